//! What was published of the record, and whether the database continues it: else nothing may be signed, since the public
//! would see a second history.
//!
//! A checkpoint is written into `record.checkpoint` beside the key, then into the database, and only then given to anybody.
//! So each of the two may be older than what was published only where it was damaged or brought from an older copy.

use super::checkpoint::{root_at, verifier_key};
use super::error::RecordError;
use super::store;
use crate::infra::app::App;
use crate::infra::database::Tx;
use crate::infra::record_key::{LAST, Remembered, SignedCheckpoint};
use std::path::Path;
use tally::record::note::NoteError;
use tally::record::{Checkpoint, Note, VerifierKey};
use tracing::instrument;

/// What is known to have been published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Published {
    /// No checkpoint was ever signed.
    Nothing,
    /// The file beside the key holds the last checkpoint, of this size.
    Remembered(u64),
    /// This machine has signed none; the newest in the database, of this size, is another server's or came with a backup.
    OnlyInDatabase(u64),
    /// The file beside the key is damaged, or gone. The database has a checkpoint after the one that was signed before the
    /// last, so it holds the last as well, and is no older copy.
    Recoverable {
        /// What is wrong with the file.
        damage: String,
        /// The newest note of the database, which is the last that was published.
        note: String,
        /// Its size.
        size: u64,
    },
}

/// Whether the database continues what was published under this key: what this machine remembers in the data directory, and
/// what any server has left in the database. Only looks.
///
/// # Errors
/// [`RecordError::SecondHistory`] where it does not; [`RecordError::Memory`] where the file is damaged and nothing shows that
/// the database is not an older copy.
#[instrument(skip_all, err(level = "debug"))]
pub async fn compare_with_published(
    tx: &mut Tx,
    key: &VerifierKey,
    data_dir: &Path,
) -> Result<Published, RecordError> {
    let stored = match store::last_checkpoint(tx).await? {
        Some(note) => Some((read_signed(key, &note)?.checkpoint, note)),
        None => None,
    };
    if let Some((stored, _)) = &stored {
        require_beginning(tx, stored).await?;
    }
    let files = Remembered::read(data_dir).await?;
    let damage = match (&files.last, &files.before) {
        (Some(last), _) => match read_remembered(key, last) {
            Ok(last) => {
                require_beginning(tx, &last).await?;
                return Ok(Published::Remembered(last.size));
            }
            Err(error) => error.to_string(),
        },
        (None, Some(_)) => "gone".to_owned(),
        (None, None) => {
            return Ok(stored.map_or(Published::Nothing, |(stored, _)| {
                Published::OnlyInDatabase(stored.size)
            }));
        }
    };
    let before = files.before.map(|before| read_remembered(key, &before));
    match (before, stored) {
        // Whatever followed the one before was the last: a database that has more than the one before has the last.
        (Some(Ok(before)), Some((stored, note))) if stored.size > before.size => {
            require_beginning(tx, &before).await?;
            let size = stored.size;
            Ok(Published::Recoverable { damage, note, size })
        }
        _ => Err(RecordError::Memory {
            path: data_dir.join(LAST),
            damage,
        }),
    }
}

/// As [`compare_with_published`], and mends the file where the database shows what it held. Where the database does not
/// continue what was published, nothing is changed any more until it does.
pub(super) async fn settle(app: &App, tx: &mut Tx) -> Result<Published, RecordError> {
    let published = compare_with_published(tx, &verifier_key(app)?, &app.config.data_dir).await;
    app.record_key
        .forks(matches!(published, Err(RecordError::SecondHistory { .. })));
    let published = published?;
    if let Published::Recoverable { damage, note, size } = &published {
        app.record_key.remember_again(note).await?;
        tracing::warn!(
            size, %damage,
            "record.checkpoint was damaged and has been written anew from the database, which holds what was published last"
        );
    }
    Ok(published)
}

/// Whether the database continues what was published, at the start of a service.
#[instrument(skip_all, err(level = "debug"))]
pub async fn check_against_published(app: &App) -> Result<Published, RecordError> {
    let mut tx = app.database.read().await?;
    settle(app, &mut tx).await
}

/// Whether the key signed the newest checkpoint of the database, if there is one: else it is another record's key.
pub async fn require_own_key(
    tx: &mut Tx,
    key: &VerifierKey,
    data_dir: &Path,
) -> Result<(), RecordError> {
    let Some(note) = store::last_checkpoint(tx).await? else {
        return Ok(());
    };
    match read_signed(key, &note) {
        Err(RecordError::Note(NoteError::Unsigned(_))) => Err(RecordError::OtherKey {
            path: data_dir.join("record.key"),
            key: key.to_string(),
        }),
        // A note that is damaged is the record's fault and not the key's.
        Err(_) | Ok(_) => Ok(()),
    }
}

/// The largest checkpoint that was signed, of those in the database.
pub async fn newest_signed(
    tx: &mut Tx,
    key: &VerifierKey,
) -> Result<Option<SignedCheckpoint>, RecordError> {
    let note = store::last_checkpoint(tx).await?;
    note.map(|note| read_signed(key, &note)).transpose()
}

/// The entries up to the checkpoint's size give its root.
pub async fn require_beginning(tx: &mut Tx, published: &Checkpoint) -> Result<(), RecordError> {
    let stored = store::size(tx).await?;
    if published.size > stored || root_at(tx, published.size).await? != published.root {
        return Err(RecordError::SecondHistory {
            published: published.size,
            stored,
        });
    }
    Ok(())
}

fn read_remembered(key: &VerifierKey, bytes: &[u8]) -> Result<Checkpoint, RecordError> {
    let note = std::str::from_utf8(bytes).map_err(|_| NoteError::Malformed)?;
    Ok(read_signed(key, note)?.checkpoint)
}

/// A checkpoint of this log: its note is signed by the key, and says the same origin.
pub fn read_signed(key: &VerifierKey, note: &str) -> Result<SignedCheckpoint, RecordError> {
    let note = Note::parse(note)?;
    note.verify(key)?;
    let checkpoint = Checkpoint::parse(note.text())?;
    if checkpoint.origin != key.name().as_str() {
        return Err(RecordError::OtherOrigin(checkpoint.origin));
    }
    Ok(SignedCheckpoint { checkpoint, note })
}
