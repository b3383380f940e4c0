//! The whole database in one file, and back: `server backup FILE` and `server restore FILE`.
//!
//! The file is a zip of stored (uncompressed) members: `tables/{name}.jsonl` with a JSON list a row, and `backup.json`,
//! the [`Manifest`] with the SHA-256 of each. One read transaction gives one moment's view. Neither database's own
//! format is used, so that a county that outgrows SQLite moves to PostgreSQL by the same two commands
//! (docs/decisions/0014). Pictures are rows like any other; the keys in the data directory are *not* in the file.

mod error;
mod file;
mod own_keys;
mod published;
pub mod tables;

pub use error::BackupError;
pub use file::{Manifest, TableFile};
pub use published::LastPublished;
pub use tables::{Column, Kind, Table};

use crate::infra::clock::Timestamp;
use crate::infra::config::Config;
use crate::infra::database::{Database, Tx};
use crate::infra::record_key::RecordKey;
use crate::proposals;
use crate::record::{self, Rechecked};
use crate::session;
use file::{Reader, Writer};
use own_keys::OwnKeys;
use published::{continues, known_checkpoints, remember};
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
    /// The keys that must still be put into the data directory; without them the service does not start.
    pub missing_keys: Vec<PathBuf>,
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
    tx.without_time_limit().await?;
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
/// where it does not give what was signed and does not continue what was published last, nothing is changed. What was
/// published is remembered in the data directory from then on.
pub async fn restore(
    config: &Config,
    path: &Path,
    last: &LastPublished,
) -> Result<Restored, BackupError> {
    let mut reader = Reader::open(path)?;
    let manifest = reader.verify()?;
    let damaged = |reason: &str| BackupError::Damaged {
        path: path.to_owned(),
        reason: reason.to_owned(),
    };
    let key: VerifierKey = (manifest.vkey.parse()).map_err(|_| damaged("vkey"))?;
    let own = OwnKeys::load(config, &manifest.vkey)?;
    let known = known_checkpoints(config, &key, last)?;
    std::fs::create_dir_all(&config.data_dir).map_err(|source| BackupError::File {
        path: config.data_dir.clone(),
        source,
    })?;
    let database = Database::open(&config.database_url).await?;
    let restored = async {
        let (mut tx, record) = copy_in(&database, &mut reader, &manifest, &key).await?;
        own.require_own(config, &mut tx).await?;
        let newest = continues(&mut tx, &key, record, &known, last).await?;
        if let Some(note) = newest {
            // Before the rows are there: what is remembered is true in any case.
            remember(config, &note)?;
        }
        tx.commit().await?;
        database.migrate().await?;
        Ok::<_, BackupError>(record)
    }
    .await;
    database.close().await;
    let record = restored?;
    Ok(Restored {
        made_at: Timestamp::from_millis(manifest.made_at_ms),
        tables: manifest.tables.len(),
        rows: manifest.tables.iter().map(|table| table.rows).sum(),
        record,
        missing_keys: own.missing,
    })
}

/// Puts the rows into a transaction, which the caller makes permanent.
async fn copy_in(
    database: &Database,
    reader: &mut Reader,
    manifest: &Manifest,
    key: &VerifierKey,
) -> Result<(Tx, Rechecked), BackupError> {
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
    tx.without_time_limit().await?;
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
    Ok((tx, record))
}

/// Restoring never overwrites: the database must hold nothing but what the migrations make.
async fn refuse_rows(tx: &mut Tx) -> Result<(), BackupError> {
    for table in tables::tables(tx).await? {
        let rows = tables::count(tx, &table).await?;
        let from_migrations =
            i64::from(["record_head", "data_key_check"].contains(&table.name.as_str()));
        if rows > from_migrations {
            return Err(BackupError::NotEmpty {
                table: table.name,
                rows,
            });
        }
    }
    Ok(())
}
