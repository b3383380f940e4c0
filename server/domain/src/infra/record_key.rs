//! The key that signs the record's checkpoints, and the file that remembers what it signed last.

use super::whole_file;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use tally::record::{Checkpoint, Note};
use tokio::sync::Mutex;

/// The file that holds the checkpoint which was signed last.
pub const LAST: &str = "record.checkpoint";

/// The file that holds the checkpoint which was signed before the last.
pub const BEFORE_LAST: &str = "record.checkpoint.before";

/// The key that signs checkpoints. It lies in `record.key` in the data directory (PKCS#8), made at the first
/// start; beside it, `record.checkpoint` holds the checkpoint that was signed last, so that a database restored
/// from an older copy is found out before a second history is signed.
pub struct RecordKey {
    pair: Ed25519KeyPair,
    data_dir: PathBuf,
    /// What was signed last; whoever signs holds the lock, so that one checkpoint is made at a time.
    pub(crate) last: Mutex<Option<SignedCheckpoint>>,
    /// Whether the database was last found not to continue what was published.
    forks: AtomicBool,
}

/// A checkpoint and the signed note that says it.
#[derive(Debug, Clone)]
pub struct SignedCheckpoint {
    /// Origin, size and root.
    pub checkpoint: Checkpoint,
    /// The note as it is published.
    pub note: Note,
}

/// Why the record's key, or the file beside it, cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RecordKeyError {
    /// The file cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file holds no Ed25519 key in PKCS#8.
    #[error("{path}: not an Ed25519 key in PKCS#8: {reason}")]
    Key {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

impl RecordKey {
    /// Reads the key that is there; `None` where none was made yet. Makes nothing.
    pub fn load(data_dir: &Path) -> Result<Option<Self>, RecordKeyError> {
        if data_dir.join("record.key").exists() {
            Self::load_or_make(data_dir).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Reads the key, or makes one at the first start (readable by the owner alone).
    pub fn load_or_make(data_dir: &Path) -> Result<Self, RecordKeyError> {
        let path = data_dir.join("record.key");
        let refused = |reason: String| RecordKeyError::Key {
            path: path.clone(),
            reason,
        };
        let file = |source| RecordKeyError::File {
            path: path.clone(),
            source,
        };
        let document = if path.exists() {
            std::fs::read(&path).map_err(file)?
        } else {
            let made = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new())
                .map_err(|error| refused(error.to_string()))?;
            whole_file::create(&path, made.as_ref()).map_err(file)?;
            made.as_ref().to_vec()
        };
        Ok(Self {
            pair: Ed25519KeyPair::from_pkcs8(&document)
                .map_err(|error| refused(error.to_string()))?,
            data_dir: data_dir.to_owned(),
            last: Mutex::new(None),
            forks: AtomicBool::new(false),
        })
    }

    /// Notes whether the database continues what was published: where it does not, nothing may be changed.
    pub(crate) fn forks(&self, found: bool) {
        self.forks.store(found, Ordering::Relaxed);
    }

    /// Whether it was last found not to.
    pub(crate) fn has_forked(&self) -> bool {
        self.forks.load(Ordering::Relaxed)
    }

    /// The signature of `message`.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        let mut bytes = [0; 64];
        bytes.copy_from_slice(self.pair.sign(message).as_ref());
        bytes
    }

    /// The public key.
    pub fn public(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.pair.public_key().as_ref());
        bytes
    }

    /// Remembers a checkpoint before it is published, and beside it the one before: where the file of the last is ever
    /// damaged, that one tells whether the database knows of everything that was published.
    pub(crate) async fn remember(&self, note: &str) -> Result<(), RecordKeyError> {
        let again = note.to_owned();
        self.write(note, move |last| {
            // Killed before the database had it: signed again, it is the same, and what was before stays so.
            if std::fs::read(last).is_ok_and(|held| held == again.as_bytes()) {
                return Ok(());
            }
            whole_file::keep(last, &last.with_file_name(BEFORE_LAST))
        })
        .await
    }

    /// Puts the last checkpoint, read elsewhere, in the place of a damaged file.
    pub(crate) async fn remember_again(&self, note: &str) -> Result<(), RecordKeyError> {
        self.write(note, |_| Ok(())).await
    }

    async fn write(
        &self,
        note: &str,
        keep: impl FnOnce(&Path) -> std::io::Result<()> + Send + 'static,
    ) -> Result<(), RecordKeyError> {
        let path = self.data_dir.join(LAST);
        let (file, note) = (path.clone(), note.to_owned());
        // Not on tokio's files: those answer before they have written, and keep a full disk to themselves.
        tokio::task::spawn_blocking(move || {
            keep(&file)?;
            whole_file::replace(&file, note.as_bytes())
        })
        .await
        .map_err(std::io::Error::other)
        .flatten()
        .map_err(|source| RecordKeyError::File { path, source })
    }
}

/// What this machine remembers beside its key of what it has signed: the files' bytes, which may be damaged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// `record.checkpoint`: what was signed last.
    pub last: Option<Vec<u8>>,
    /// `record.checkpoint.before`: what was signed before that.
    pub before: Option<Vec<u8>>,
}

impl Remembered {
    /// Reads what lies in the data directory.
    pub async fn read(data_dir: &Path) -> Result<Self, RecordKeyError> {
        Ok(Self {
            last: read_if_there(data_dir.join(LAST)).await?,
            before: read_if_there(data_dir.join(BEFORE_LAST)).await?,
        })
    }
}

async fn read_if_there(path: PathBuf) -> Result<Option<Vec<u8>>, RecordKeyError> {
    match tokio::fs::read(&path).await {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(RecordKeyError::File { path, source }),
    }
}

impl std::fmt::Debug for RecordKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecordKey(<redacted>)")
    }
}
