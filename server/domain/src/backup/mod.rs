//! The whole database in one file, and back: `server backup FILE` and `server restore FILE`.
//!
//! The file is a zip of stored (uncompressed) members: `tables/{name}.jsonl` with a JSON list a row, and `backup.json`,
//! the [`Manifest`] with the SHA-256 of each. One read transaction gives one moment's view. Neither database's own
//! format is used, so that a county that outgrows SQLite moves to PostgreSQL by the same two commands
//! (docs/decisions/0014). Pictures are rows like any other; the keys in the data directory are *not* in the file.

mod file;
pub mod tables;

pub use file::{Manifest, TableFile};
pub use tables::{Column, Kind, Table};

use crate::infra::clock::Timestamp;
use crate::infra::config::Config;
use crate::infra::database::{Database, DatabaseError, Tx};
use crate::infra::record_key::{RecordKey, RecordKeyError};
use crate::proposals;
use crate::record::{self, Rechecked, RecordError};
use crate::session;
use file::{Reader, Writer};
use std::path::{Path, PathBuf};
use tally::record::VerifierKey;

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// The number of tables.
    pub tables: usize,
    /// The number of rows in all of them.
    pub rows: u64,
    /// What the record holds.
    pub record: Rechecked,
}

/// What was put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// When the copy was made.
    pub made_at: Timestamp,
    /// The number of tables.
    pub tables: usize,
    /// The number of rows in all of them.
    pub rows: u64,
    /// What the record holds: computed anew from its entries.
    pub record: Rechecked,
    /// Whether the key that signed the record lies in the data directory; without it the service does not start.
    pub has_key: bool,
}

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

/// Writes everything that the database holds into a new file.
pub async fn backup(config: &Config, path: &Path, at: Timestamp) -> Result<Written, BackupError> {
    let key = RecordKey::load(&config.data_dir)?
        .ok_or_else(|| BackupError::NoKey(config.data_dir.clone()))?;
    let key = record::verifier_key_of(&config.record_origin, key.public())?;
    let database = Database::open_existing(&config.database_url).await?;
    let written = copy_out(&database, &key, path, at).await;
    database.close().await;
    written
}

async fn copy_out(
    database: &Database,
    key: &VerifierKey,
    path: &Path,
    at: Timestamp,
) -> Result<Written, BackupError> {
    let pending = database.pending_migrations().await?;
    if !pending.is_empty() {
        return Err(BackupError::Pending(pending));
    }
    let migrations = database.applied_migrations().await?;
    let mut tx = database.read().await?;
    let links = session::store::count_links(&mut tx).await?;
    if links > 0 {
        return Err(BackupError::LinksOpen(links));
    }
    let record = record::recheck(&mut tx, key).await?;
    let mut writer = Writer::create(path)?;
    for table in tables::tables(&mut tx).await? {
        writer.begin(&table)?;
        tables::copy_out(&mut tx, &table, |line| writer.write(line)).await?;
        writer.end();
    }
    let manifest = writer.finish(at.millis(), migrations, key.to_string())?;
    Ok(Written {
        tables: manifest.tables.len(),
        rows: manifest.tables.iter().map(|table| table.rows).sum(),
        record,
    })
}

/// Puts a copy into the configured database, which must be empty, and computes the record anew from its entries:
/// where it does not give the checkpoint that was signed last, nothing is changed.
pub async fn restore(config: &Config, path: &Path) -> Result<Restored, BackupError> {
    let mut reader = Reader::open(path)?;
    let manifest = reader.verify()?;
    let damaged = |reason: &str| BackupError::Damaged {
        path: path.to_owned(),
        reason: reason.to_owned(),
    };
    let key: VerifierKey = (manifest.vkey.parse()).map_err(|_| damaged("vkey"))?;
    let has_key = has_key(config, &manifest.vkey)?;
    std::fs::create_dir_all(&config.data_dir).map_err(|source| BackupError::File {
        path: config.data_dir.clone(),
        source,
    })?;
    let database = Database::open(&config.database_url).await?;
    let restored = copy_in(&database, &mut reader, &manifest, &key).await;
    database.close().await;
    let record = restored?;
    Ok(Restored {
        made_at: Timestamp::from_millis(manifest.made_at_ms),
        tables: manifest.tables.len(),
        rows: manifest.tables.iter().map(|table| table.rows).sum(),
        record,
        has_key,
    })
}

/// Whether the data directory holds the key that signed the copy's record; another one is refused.
fn has_key(config: &Config, vkey: &str) -> Result<bool, BackupError> {
    let Some(here) = RecordKey::load(&config.data_dir)? else {
        return Ok(false);
    };
    if record::verifier_key_of(&config.record_origin, here.public())?.to_string() == vkey {
        Ok(true)
    } else {
        Err(BackupError::OtherKey(config.data_dir.clone()))
    }
}

async fn copy_in(
    database: &Database,
    reader: &mut Reader,
    manifest: &Manifest,
    key: &VerifierKey,
) -> Result<Rechecked, BackupError> {
    let known = database.known_migrations();
    let newer = |version: &&i64| !known.contains(version);
    if let Some(newer) = manifest.migrations.iter().find(newer) {
        return Err(BackupError::Newer(*newer));
    }
    let applied = database.applied_migrations().await?;
    if !applied.is_empty() {
        refuse_rows(&mut database.read().await?).await?;
    }
    // Under the schema that the rows were written for; what came later is applied to them afterwards.
    let last = manifest.migrations.last().copied().unwrap_or_default();
    if applied.iter().all(|version| *version <= last) {
        database.migrate_to(last).await?;
    }
    let mut tx = database.write().await?;
    tables::remove_empty_head(&mut tx).await?;
    tables::defer_references(&mut tx).await?;
    let here = tables::tables(&mut tx).await?;
    for table in &manifest.tables {
        let there = table
            .find_in(&here)
            .ok_or_else(|| reader.damaged(&format!("{} is no table of this schema", table.name)))?;
        for line in reader.lines(table)? {
            tables::copy_in(&mut tx, &there, &line?).await?;
        }
    }
    tables::check_references(&mut tx).await?;
    tables::continue_numbers(&mut tx).await?;
    proposals::index_all(&mut tx).await?;
    let record = record::recheck(&mut tx, key).await?;
    tx.commit().await?;
    database.migrate().await?;
    Ok(record)
}

/// Restoring never overwrites: the database must hold nothing but what the migrations make.
async fn refuse_rows(tx: &mut Tx) -> Result<(), BackupError> {
    for table in tables::tables(tx).await? {
        let rows = tables::count(tx, &table).await?;
        let from_migrations = i64::from(table.name == "record_head");
        if rows > from_migrations {
            return Err(BackupError::NotEmpty {
                table: table.name,
                rows,
            });
        }
    }
    Ok(())
}
