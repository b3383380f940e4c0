//! What a key has done, ever: beside the key file, and in the user's own folder under the key's public part, so that a copy of the
//! key file, or the same file by another path, has not done less.

use std::fs::File;
use std::path::{Path, PathBuf};

use ballot::Group;
use sha2::{Digest as _, Sha256};
use tally::election::ClosingRecord;

use super::disk::{self, Eyes, is_there};
use super::hold::lock;
use super::key::Device;
use crate::cli::{CommandError, content, read};

/// The records of one key, which no other command of this user changes meanwhile.
pub(super) struct Memory {
    /// Where they stand: the user's, and the one beside the key.
    places: [PathBuf; 2],
    record: Option<ClosingRecord>,
    _lock: File,
}

impl Memory {
    /// Reads what this key has done.
    pub(super) fn of<G: Group>(device: &Device<G>) -> Result<Self, CommandError> {
        let folder = user_folder()?;
        disk::create_folder(&folder)?;
        let lock = lock(&folder.join(".lock"), &folder.display())?;
        let public = G::encode(&device.key()?.public_key());
        let name = Sha256::digest(format!("minsheng-key|{}|{public}", G::NAME));
        let places = [
            folder.join(format!("{}.json", hex::encode(name))),
            beside(device.path()),
        ];
        let mut record: Option<ClosingRecord> = None;
        for place in places.iter().filter(|place| is_there(place)) {
            let found: ClosingRecord =
                serde_json::from_slice(&read(place)?).map_err(|error| content(place, error))?;
            record = Some(match record {
                None => found,
                Some(other) => other.join(found).map_err(|error| {
                    CommandError::Refused(format!(
                        "{} and {}: {error}; do nothing more with this key",
                        places[0].display(),
                        places[1].display()
                    ))
                })?,
            });
        }
        Ok(Self {
            places,
            record,
            _lock: lock,
        })
    }

    /// What the key has done, if anything.
    pub(super) fn record(&self) -> Option<&ClosingRecord> {
        self.record.as_ref()
    }

    /// Keeps it in both places. Before anybody sees it: whatever happens next, the key has done it.
    pub(super) fn keep(&mut self, record: ClosingRecord) -> Result<(), CommandError> {
        for place in &self.places {
            let bytes = serde_json::to_vec(&record).map_err(|error| content(place, error))?;
            if !is_there(place) || read(place)? != bytes {
                disk::replace(place, &bytes, Eyes::Owner)?;
            }
        }
        self.record = Some(record);
        Ok(())
    }

    /// The places, for an error's text.
    pub(super) fn shown(&self) -> impl std::fmt::Display {
        self.places[1].display()
    }
}

/// `KEY.closing.json` beside the key file itself, whatever path leads to it.
fn beside(key: &Path) -> PathBuf {
    let key = std::fs::canonicalize(key).unwrap_or_else(|_| key.to_owned());
    let mut name = key.file_name().unwrap_or_default().to_owned();
    name.push(".closing.json");
    key.with_file_name(name)
}

/// Where the user's programs keep what is to last.
fn user_folder() -> Result<PathBuf, CommandError> {
    let variable = |name| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let state = variable("XDG_STATE_HOME")
        .or_else(|| variable("LOCALAPPDATA"))
        .or_else(|| Some(variable("HOME")?.join(".local/state")));
    let state = state.ok_or_else(|| {
        CommandError::Argument(
            "there is no place for the record that this key has been used: set HOME, or XDG_STATE_HOME to a folder that stays"
                .to_owned(),
        )
    })?;
    Ok(state.join("minsheng").join("closings"))
}
