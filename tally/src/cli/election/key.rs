//! A trustee's key file: what its device knows, from the first round to the decryption.

use std::path::{Path, PathBuf};

use ballot::Group;
use ballot::trustee::SecretKey;
use ballot::trustee::ceremony::{Certified, Committed, Keyed, Revealed};
use ballot::wire::Wire as _;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use super::folder::{Folder, parse, replace, write_secret};
use crate::cli::{CommandError, content, read};

const FORMAT: &str = "minsheng-trustee/1";

/// A trustee's device.
pub(super) struct Device<G: Group> {
    path: PathBuf,
    pub(super) number: u32,
    pub(super) state: State<G>,
}

/// How far it has come. Each round needs what the one before has left.
pub(super) enum State<G: Group> {
    Certified(Certified<G>),
    Committed(Committed<G>),
    Revealed(Revealed<G>),
    Keyed(Box<Keyed<G>>),
    /// A key, made alone or together.
    Key(SecretKey<G>),
}

/// The file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    format: String,
    election: String,
    trustee: u32,
    round: Round,
    state: String,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Round {
    Certified,
    Committed,
    Revealed,
    Keyed,
    Key,
}

impl<G: Group> Device<G> {
    /// A new key file.
    pub(super) fn create(
        folder: &Folder,
        path: &Path,
        number: u32,
        state: State<G>,
    ) -> Result<Self, CommandError> {
        let device = Self {
            path: path.to_owned(),
            number,
            state,
        };
        write_secret(path, &device.to_bytes(folder)?)?;
        Ok(device)
    }

    /// Reads a key file, which must be for this election.
    pub(super) fn read(folder: &Folder, path: &Path) -> Result<Self, CommandError> {
        let bytes = Zeroizing::new(read(path)?);
        let file: KeyFile = serde_json::from_slice(&bytes).map_err(|error| content(path, error))?;
        if file.format != FORMAT {
            return Err(content(path, "this is no trustee's key file"));
        }
        let uuid = folder.poll.uuid().map_err(|error| content(path, error))?;
        if file.election != uuid.as_str() {
            return Err(CommandError::Refused(format!(
                "{} is the key of the election {}, and this is {uuid}: use the key file of this election",
                path.display(),
                file.election
            )));
        }
        let state = file.state.as_bytes();
        let state = match file.round {
            Round::Certified => State::Certified(parse(path, state)?),
            Round::Committed => State::Committed(parse(path, state)?),
            Round::Revealed => State::Revealed(parse(path, state)?),
            Round::Keyed => State::Keyed(Box::new(parse(path, state)?)),
            Round::Key => State::Key(parse(path, state)?),
        };
        Ok(Self {
            path: path.to_owned(),
            number: file.trustee,
            state,
        })
    }

    /// Keeps the next state, before anything is sent.
    pub(super) fn keep(&mut self, folder: &Folder, state: State<G>) -> Result<(), CommandError> {
        self.state = state;
        replace(&self.path, &self.to_bytes(folder)?, true)
    }

    /// The record that this key has decrypted.
    pub(super) fn decryption_record(&self) -> PathBuf {
        let mut name = self.path.file_name().unwrap_or_default().to_owned();
        name.push(".decrypted.json");
        self.path.with_file_name(name)
    }

    fn to_bytes(&self, folder: &Folder) -> Result<Zeroizing<Vec<u8>>, CommandError> {
        let wrong = |error: &dyn std::fmt::Display| content(&self.path, error);
        let (round, state) = match &self.state {
            State::Certified(state) => (Round::Certified, state.to_json()),
            State::Committed(state) => (Round::Committed, state.to_json()),
            State::Revealed(state) => (Round::Revealed, state.to_json()),
            State::Keyed(state) => (Round::Keyed, state.to_json()),
            State::Key(key) => (Round::Key, key.to_json()),
        };
        let file = KeyFile {
            format: FORMAT.to_owned(),
            election: folder
                .poll
                .uuid()
                .map_err(|error| wrong(&error))?
                .to_string(),
            trustee: self.number,
            round,
            state,
        };
        serde_json::to_vec(&file)
            .map(Zeroizing::new)
            .map_err(|error| wrong(&error))
    }
}

impl<G: Group> State<G> {
    /// What the trustee does next, for an error's text.
    pub(super) fn next(&self) -> &'static str {
        match self {
            Self::Certified(_) => "trustee commit",
            Self::Committed(_) => "trustee reveal",
            Self::Revealed(_) => "trustee acknowledge",
            Self::Keyed(_) => "trustee finish",
            Self::Key(_) => "decrypt",
        }
    }
}

impl Drop for KeyFile {
    fn drop(&mut self) {
        self.state.zeroize();
    }
}
