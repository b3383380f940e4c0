//! Why a copy cannot be made or put back.

use crate::infra::database::DatabaseError;
use crate::infra::record_key::RecordKeyError;
use crate::infra::vault::VaultError;
use crate::record::RecordError;
use std::path::PathBuf;

/// Why a copy cannot be made or put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database refused.
    #[error("database: {0}")]
    Database(#[from] DatabaseError),
    /// The record is damaged, or another than the one that was signed.
    #[error("record: {0}")]
    Record(#[from] RecordError),
    /// The record's key cannot be read.
    #[error("record key: {0}")]
    Key(#[from] RecordKeyError),
    /// The file cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no copy of ours, or was damaged or changed.
    #[error("{path}: not an undamaged backup: {reason}")]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Nothing says what was published last.
    #[error(
        "what was published last must be known, else a second history could be signed: pass the newest signed checkpoint as \
         --checkpoint FILE (what /record/checkpoint served, from a mirror, a bundle or anybody's receipt), or put the old \
         record.checkpoint into {0}; only where no checkpoint was ever published, pass --no-checkpoint"
    )]
    NoCheckpoint(PathBuf),
    /// A checkpoint was signed, so that one was published.
    #[error(
        "--no-checkpoint: the backup's record has a signed checkpoint of {0} entries, so one was published: pass the newest \
         as --checkpoint FILE"
    )]
    WasPublished(u64),
    /// The checkpoint is not one of the copy's record.
    #[error("{path}: not a checkpoint of this backup's record: {source}")]
    Checkpoint {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: RecordError,
    },
    /// The copy ends before what was published.
    #[error(
        "the backup is too old: its record has {stored} entries and {published} were published, so {} are missing, and \
         going on from here would be a second history. Look for a newer backup, or for the database itself; where neither \
         is left this record has ended: say so in public, and begin another one with an empty database, a new record.key \
         and another record_origin", published.saturating_sub(*stored)
    )]
    TooOld {
        /// How many entries were published.
        published: u64,
        /// How many the copy has.
        stored: u64,
    },
    /// The data directory holds the data key of another service.
    #[error("{0} does not open the contacts of this backup: put the old data.key there first")]
    OtherDataKey(PathBuf),
    /// The data directory's key cannot be read.
    #[error("data key: {0}")]
    DataKey(#[from] VaultError),
    /// A row does not fit its table.
    #[error("a row of the table {table} does not fit the table")]
    Row {
        /// Which table.
        table: String,
    },
    /// No key was ever made here, so there is nothing to copy yet.
    #[error("{0} holds no record.key: this is not the data directory of a running service")]
    NoKey(PathBuf),
    /// Migrations are missing.
    #[error("the database is not up to date: run `server migrate` first (pending: {0:?})")]
    Pending(Vec<i64>),
    /// Deputies are signing in: until the roll is frozen the database knows whose credential is whose, and no copy may.
    #[error(
        "deputies are signing in to a vote: until its roll is frozen the database holds {0} links between deputies and \
         credentials, which no copy may keep; make the backup after the freeze"
    )]
    LinksOpen(i64),
    /// Something is in the database already.
    #[error("the database is not empty: {table} has {rows} rows; restore into a new database")]
    NotEmpty {
        /// A table with rows.
        table: String,
        /// How many.
        rows: i64,
    },
    /// The copy was made by a newer program.
    #[error(
        "the backup needs migration {0}, which this program does not have: use a newer program"
    )]
    Newer(i64),
    /// The data directory holds the key of another record.
    #[error(
        "the record.key in {0} is not the one that signed this backup's record: put the old record.key and data.key \
         there first"
    )]
    OtherKey(PathBuf),
}
