//! A trustee's key file: what its device knows, from the first round to the decryption.

use std::path::{Path, PathBuf};

use ballot::trustee::ceremony::{Certified, Committed, Keyed, Revealed};
use ballot::trustee::{SecretKey, SigningKey};
use ballot::wire::Wire;
use ballot::{Digest, Group};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use super::disk::{self, Eyes};
use super::folder::{Folder, parse};
use crate::cli::{CommandError, content, read};

const FORMAT: &str = "minsheng-trustee/1";

/// A trustee's device.
pub(super) struct Device<G: Group> {
    path: PathBuf,
    pub(super) number: u32,
    pub(super) state: State<G>,
    /// The key of its certificate, where it has one.
    signing: Option<SigningKey<G>>,
    /// The hash of the trustees object that the ceremony gave it.
    trustees: Option<Digest>,
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signing: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trustees: Option<String>,
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
        signing: Option<SigningKey<G>>,
    ) -> Result<Self, CommandError> {
        let device = Self {
            path: path.to_owned(),
            number,
            state,
            signing,
            trustees: None,
        };
        disk::write_once(path, &device.to_bytes(folder)?, Eyes::Owner)?;
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
        let signing = file.signing.as_ref().map(|key| parse(path, key.as_bytes()));
        let trustees = file
            .trustees
            .as_ref()
            .map(|hash| Digest::parse(hash).ok_or_else(|| content(path, "`trustees` is no hash")));
        Ok(Self {
            path: path.to_owned(),
            number: file.trustee,
            state,
            signing: signing.transpose()?,
            trustees: trustees.transpose()?,
        })
    }

    /// Keeps the next state, before anything is sent.
    pub(super) fn keep(&mut self, folder: &Folder, state: State<G>) -> Result<(), CommandError> {
        self.state = state;
        disk::replace(&self.path, &self.to_bytes(folder)?, Eyes::Owner)
    }

    /// Keeps the key and which trustees object the ceremony has given.
    pub(super) fn finish(
        &mut self,
        folder: &Folder,
        key: SecretKey<G>,
        trustees: Digest,
    ) -> Result<(), CommandError> {
        self.trustees = Some(trustees);
        self.keep(folder, State::Key(key))
    }

    /// Where the key file lies.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The key that decrypts, once the ceremony has made it.
    pub(super) fn key(&self) -> Result<&SecretKey<G>, CommandError> {
        match &self.state {
            State::Key(key) => Ok(key),
            state => Err(CommandError::Argument(format!(
                "the key is not made yet: first `tally election {}`",
                state.next()
            ))),
        }
    }

    /// The key that signs this trustee's statements.
    pub(super) fn signing_key(&self) -> Result<SigningKey<G>, CommandError> {
        let own = self.key()?;
        Ok(self.signing.clone().unwrap_or_else(|| own.signing_key()))
    }

    /// Whether these are the trustees of the ceremony that this device has gone through. A recovered key cannot tell.
    pub(super) fn knows(&self, trustees: Digest) -> Option<bool> {
        self.trustees.map(|known| known == trustees)
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
            signing: self.signing.as_ref().map(Wire::to_json),
            trustees: self.trustees.map(|hash| hash.to_string()),
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
            Self::Key(_) => "attest",
        }
    }
}

impl Drop for KeyFile {
    fn drop(&mut self) {
        self.state.zeroize();
        self.signing.zeroize();
    }
}
