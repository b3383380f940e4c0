//! Checkpoints (c2sp.org/tlog-checkpoint): the origin, the size and the root that the log signs.

use super::note::{Note, NoteError};
use super::tree::Hash;
use crate::strict;

/// A tree head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's identity, e.g. `piaojue.example/record`.
    pub origin: String,
    /// Number of leaves.
    pub size: u64,
    /// Root of the tree of that size.
    pub root: Hash,
}

/// Why a text is no checkpoint of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a checkpoint of three lines: origin, size, root")]
pub struct CheckpointError;

impl Checkpoint {
    /// The text to be signed: three lines. Our log writes no extension lines.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root)
    }

    /// The unsigned note.
    pub fn to_note(&self) -> Result<Note, NoteError> {
        Note::new(self.text())
    }

    /// Reads a text. Extension lines are read over, as the specification allows them.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let body = text.strip_suffix('\n').ok_or(CheckpointError)?;
        let mut lines = body.split('\n');
        let mut next = || {
            lines
                .next()
                .filter(|line| !line.is_empty())
                .ok_or(CheckpointError)
        };
        let origin = next()?.to_owned();
        let size = strict::decimal(next()?).ok_or(CheckpointError)?;
        let root = Hash::from_base64(next()?).ok_or(CheckpointError)?;
        if lines.any(str::is_empty) {
            return Err(CheckpointError);
        }
        Ok(Self { origin, size, root })
    }
}
