//! Whether a copy goes as far as what the public has seen.

use super::error::BackupError;
use crate::infra::config::Config;
use crate::infra::database::Tx;
use crate::infra::record_key::{LAST, SignedCheckpoint};
use crate::infra::whole_file;
use crate::record::{self, Rechecked};
use std::path::PathBuf;
use tally::record::VerifierKey;

/// Where the last checkpoint that was published is known from. A copy is older than what it is restored in the place of: only
/// with that checkpoint can be seen whether it goes as far as the public has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LastPublished {
    /// From `record.checkpoint` in the data directory.
    Remembered,
    /// From a file with a signed note, as `/record/checkpoint` serves it, and from `record.checkpoint` where that is there.
    File(PathBuf),
    /// None was ever published, says the operator: believed only where none was signed when the copy was made.
    Never,
}

/// The signed checkpoints that are known to have been published.
pub(super) fn known_checkpoints(
    config: &Config,
    key: &VerifierKey,
    last: &LastPublished,
) -> Result<Vec<SignedCheckpoint>, BackupError> {
    let remembered = config.data_dir.join(LAST);
    let mut paths = Vec::new();
    if remembered.exists() {
        paths.push(remembered);
    }
    if let LastPublished::File(path) = last {
        paths.push(path.clone());
    }
    if paths.is_empty() && *last == LastPublished::Remembered {
        return Err(BackupError::NoCheckpoint(config.data_dir.clone()));
    }
    let mut known = Vec::new();
    for path in paths {
        let file = |source| BackupError::File {
            path: path.clone(),
            source,
        };
        let note = std::fs::read_to_string(&path).map_err(file)?;
        let signed = record::read_signed(key, &note);
        known.push(signed.map_err(|source| BackupError::Checkpoint { path, source })?);
    }
    Ok(known)
}

/// Whether the copy's record begins with everything that is known to have been published. Answers with the newest note.
pub(super) async fn continues(
    tx: &mut Tx,
    key: &VerifierKey,
    record: Rechecked,
    known: &[SignedCheckpoint],
    last: &LastPublished,
) -> Result<Option<String>, BackupError> {
    if let (LastPublished::Never, Some(size)) = (last, record.checkpoint) {
        return Err(BackupError::WasPublished(size));
    }
    for published in known {
        let size = published.checkpoint.size;
        if size > record.entries {
            return Err(BackupError::TooOld {
                published: size,
                stored: record.entries,
            });
        }
        record::require_beginning(tx, &published.checkpoint).await?;
    }
    let mut newest = record::newest_signed(tx, key).await?;
    for published in known {
        let size = published.checkpoint.size;
        if newest.as_ref().is_none_or(|one| one.checkpoint.size < size) {
            newest = Some(published.clone());
        }
    }
    Ok(newest.map(|newest| newest.note.to_string()))
}

/// Remembers what was published last beside the key.
pub(super) fn remember(config: &Config, note: &str) -> Result<(), BackupError> {
    let path = config.data_dir.join(LAST);
    whole_file::replace(&path, note.as_bytes()).map_err(|source| BackupError::File { path, source })
}
