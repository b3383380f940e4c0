//! `server check`: whether what lies on the disk and in the database is whole, belongs together and continues what was
//! published. It only looks: it makes no file, applies no migration, mends nothing. About the record it judges as
//! [`crate::startup::open`] does.

mod fault;
mod files;
#[cfg(test)]
mod standby_tests;

pub use fault::Fault;

use crate::cycles;
use crate::infra::clock::{self, Timestamp};
use crate::infra::config::Config;
use crate::infra::database::{Database, DatabaseError, Tx, files_of};
use crate::infra::entropy::Entropy;
use crate::infra::integrity;
use crate::infra::record_key::RecordKey;
use crate::infra::replication::replication;
use crate::infra::vault::Vault;
use crate::people;
use crate::record::{self, Published};
use crate::session;
use tally::record::VerifierKey;
use tracing::instrument;

/// What was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Who may read keys and database.
    Files,
    /// `record.key`.
    RecordKey,
    /// `data.key`.
    DataKey,
    /// Whether the database is there and up to date.
    Database,
    /// Whether what was answered can be lost with PostgreSQL's primary.
    Standbys,
    /// The database's own pages and indexes.
    Pages,
    /// Rows that name other rows.
    References,
    /// Entries, bodies, tree and signed checkpoints of the record.
    Record,
    /// What was published last.
    Published,
    /// The polls, compared with the record.
    Polls,
    /// Whether the clock is behind the record.
    Clock,
}

impl Part {
    /// How a line begins that is about it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::RecordKey => "record key",
            Self::DataKey => "data key",
            Self::Database => "database",
            Self::Standbys => "standbys",
            Self::Pages => "pages",
            Self::References => "references",
            Self::Record => "record",
            Self::Published => "last checkpoint",
            Self::Polls => "polls",
            Self::Clock => "clock",
        }
    }
}

/// A part, with what was found of it in words.
#[derive(Debug)]
pub struct Finding {
    /// The part.
    pub part: Part,
    /// What is in order, or what is not and where.
    pub outcome: Result<String, Fault>,
}

/// Looks at the data directory and the database that the configuration names, at a time that the clock shows.
#[instrument(skip_all)]
pub async fn inspect(config: &Config, now: Timestamp) -> Vec<Finding> {
    let mut found = Findings(Vec::new());
    // First: opening the database may make its log.
    found.note(Part::Files, files::inspect(config));
    let key = record_key(config);
    let vault = data_key(config);
    match existing(config).await {
        Err(fault) => found.note(Part::Database, Err(fault)),
        Ok(database) => {
            match up_to_date(&database).await {
                Err(fault) => found.note(Part::Database, Err(fault)),
                Ok((mut tx, what)) => {
                    found.note(Part::Database, Ok(what));
                    found.note(Part::Clock, clock(&mut tx, now).await);
                    inside(&mut found, &mut tx, config, key, vault).await;
                }
            }
            database.close().await;
            found.0.sort_by_key(|finding| finding.part);
            return found.0;
        }
    }
    found.note(Part::RecordKey, key.map(|key| key.to_string()));
    found.note(
        Part::DataKey,
        vault.map(|_| config.data_dir.display().to_string()),
    );
    found.0.sort_by_key(|finding| finding.part);
    found.0
}

/// The database, where there is one: SQLite says of a file that is not there only that it cannot be opened.
async fn existing(config: &Config) -> Result<Database, Fault> {
    let url = &config.database_url;
    match files_of(url)?.into_iter().next() {
        Some(file) if !file.exists() => Err(Fault::NotThere(file)),
        Some(_) | None => Ok(Database::open_existing(url).await?),
    }
}

struct Findings(Vec<Finding>);

impl Findings {
    fn note(&mut self, part: Part, outcome: Result<String, Fault>) {
        self.0.push(Finding { part, outcome });
    }
}

/// Everything that is seen in one moment's view of the database.
async fn inside(
    found: &mut Findings,
    tx: &mut Tx,
    config: &Config,
    key: Result<VerifierKey, Fault>,
    vault: Result<Vault, Fault>,
) {
    found.note(Part::Standbys, standbys(tx).await);
    found.note(Part::Pages, pages(tx).await);
    found.note(Part::References, references(tx).await);
    let key = match key {
        Ok(key) => match record::require_own_key(tx, &key, &config.data_dir).await {
            Ok(()) => Ok(key),
            Err(error) => Err(error.into()),
        },
        Err(fault) => Err(fault),
    };
    match key {
        Err(fault) => found.note(Part::RecordKey, Err(fault)),
        Ok(key) => {
            found.note(Part::RecordKey, Ok(key.to_string()));
            found.note(Part::Record, the_record(tx, &key).await);
            found.note(Part::Published, published(tx, &key, config).await);
        }
    }
    match vault {
        Err(fault) => found.note(Part::DataKey, Err(fault)),
        Ok(vault) => {
            let own = own_data_key(tx, &vault, config).await;
            let fits = own.is_ok();
            found.note(Part::DataKey, own);
            // Under another key, no partial decryption opens either.
            if fits {
                polls(found, tx, &vault).await;
            }
        }
    }
}

fn record_key(config: &Config) -> Result<VerifierKey, Fault> {
    let key = RecordKey::load(&config.data_dir)?
        .ok_or_else(|| Fault::NotThere(config.data_dir.join("record.key")))?;
    Ok(record::verifier_key_of(
        &config.record_origin,
        key.public(),
    )?)
}

fn data_key(config: &Config) -> Result<Vault, Fault> {
    Vault::load(&config.data_dir, &Entropy::system())?
        .ok_or_else(|| Fault::NotThere(config.data_dir.join("data.key")))
}

async fn own_data_key(tx: &mut Tx, vault: &Vault, config: &Config) -> Result<String, Fault> {
    if people::is_own_data_key(tx, vault).await? {
        Ok(format!("in {}", config.data_dir.display()))
    } else {
        Err(Fault::OtherDataKey(config.data_dir.join("data.key")))
    }
}

async fn up_to_date(database: &Database) -> Result<(Tx, String), Fault> {
    let pending = database.pending_migrations().await?;
    if !pending.is_empty() {
        return Err(Fault::Pending(pending));
    }
    let mut tx = database.read().await?;
    tx.without_time_limit().await?;
    let jurisdictions = cycles::store::jurisdictions(&mut tx).await?.len();
    let backend = database.backend();
    Ok((
        tx,
        format!("{backend:?}, up to date, {jurisdictions} jurisdictions"),
    ))
}

async fn clock(tx: &mut Tx, now: Timestamp) -> Result<String, Fault> {
    let last = record::store::last_at(tx).await?;
    clock::after(last, now).map_err(DatabaseError::from)?;
    Ok("not behind the record's last entry".to_owned())
}

async fn standbys(tx: &mut Tx) -> Result<String, Fault> {
    let Some(found) = replication(tx).await? else {
        return Ok("SQLite has none".to_owned());
    };
    if found.answers_early() {
        return Err(Fault::AnswersEarly(found.synchronous_commit));
    }
    let count = found.standbys;
    match (count, found.waits) {
        (0, false) => Ok("none attached".to_owned()),
        (_, false) => Err(Fault::Asynchronous(count)),
        (_, true) => Ok(format!(
            "{count} attached; a commit waits for those that are named"
        )),
    }
}

async fn pages(tx: &mut Tx) -> Result<String, Fault> {
    match integrity::broken_pages(tx).await? {
        None => Ok("not looked at: PostgreSQL's own `pg_amcheck` does it".to_owned()),
        Some(broken) if broken.is_empty() => Ok("every page and index is whole".to_owned()),
        Some(broken) => Err(Fault::Pages(broken)),
    }
}

async fn references(tx: &mut Tx) -> Result<String, Fault> {
    match integrity::broken_references(tx).await? {
        None => Ok("not looked at: PostgreSQL refuses broken ones at every commit".to_owned()),
        Some(broken) if broken.is_empty() => Ok("every row that is named is there".to_owned()),
        Some(broken) => Err(Fault::References(broken)),
    }
}

async fn the_record(tx: &mut Tx, key: &VerifierKey) -> Result<String, Fault> {
    let entries = record::recheck(tx, key).await?.entries;
    Ok(format!(
        "{entries} entries, hashed anew, give what was signed"
    ))
}

async fn published(tx: &mut Tx, key: &VerifierKey, config: &Config) -> Result<String, Fault> {
    match record::compare_with_published(tx, key, &config.data_dir).await? {
        Published::Nothing => Ok("none was signed yet".to_owned()),
        Published::Remembered(size) => Ok(format!(
            "the {size} entries that were published last are in the database"
        )),
        Published::OnlyInDatabase(size) => Ok(format!(
            "this machine has signed none; the newest in the database has {size} entries"
        )),
        Published::Recoverable { damage, size, .. } => Err(Fault::Recoverable { damage, size }),
    }
}

/// One line for all polls that are in order, and one for each that is not.
async fn polls(found: &mut Findings, tx: &mut Tx, vault: &Vault) {
    let all = match session::store::all_polls(tx).await {
        Ok(all) => all,
        Err(error) => return found.note(Part::Polls, Err(error.into())),
    };
    let (mut sound, mut ballots) = (0, 0);
    for poll in &all {
        match session::recheck(tx, vault, poll).await {
            Ok(count) => {
                sound += 1;
                ballots += count;
            }
            Err(error) => {
                let (poll, error) = (poll.id, Box::new(error));
                found.note(Part::Polls, Err(Fault::Poll { poll, error }));
            }
        }
    }
    if sound == all.len() {
        let what = format!("{sound} with {ballots} ballots, each the record's");
        found.note(Part::Polls, Ok(what));
    }
}
