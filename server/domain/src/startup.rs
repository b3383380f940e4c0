//! Opening a service, and what runs beside its requests.

use crate::infra::app::{App, Parts};
use crate::infra::clock::Clock;
use crate::infra::config::Config;
use crate::infra::database::{Database, DatabaseError};
use crate::infra::downloads::Downloads;
use crate::infra::elections::Elections;
use crate::infra::entropy::Entropy;
use crate::infra::mail::{self, SenderConfigError, Senders};
use crate::infra::metrics::Metrics;
use crate::infra::printer::Printer;
use crate::infra::record_key::{RecordKey, RecordKeyError};
use crate::infra::vault::{Vault, VaultError};
use crate::people::{self, PeopleError};
use crate::proposals;
use crate::record::{self, RecordError};
use crate::session::{self, SessionError};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;
use std::time::Duration;

/// Opens everything that the configuration names and brings the database up to date.
pub async fn open(config: Config, clock: Clock, demo: bool) -> Result<App, OpenError> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&config.data_dir)
        .map_err(OpenError::DataDir)?;
    let entropy = Entropy::system();
    let senders = if demo {
        Senders::to_console()
    } else {
        Senders::from_config(&config)?
    };
    let database = Database::open(&config.database_url).await?;
    // Before anything is written: a database that is in use is not changed under keys that are not its own.
    let own = own_keys(&config, &database, &entropy).await?;
    database.migrate().await?;
    let (record_key, vault) = match own {
        Some(own) => own,
        None => new_keys(&config, &entropy)?,
    };
    let app = App::new(Parts {
        downloads: Downloads::new(config.downloads.clone()),
        printer: Printer::find(config.print_program.clone()),
        config,
        database,
        clock,
        entropy,
        record_key,
        vault,
        senders,
        elections: Elections::default(),
        metrics: Metrics::default(),
        demo,
    });
    people::keep_key_check(&app).await?;
    record::check_against_published(&app).await?;
    session::forget_spent_links(&app).await?;
    Ok(app)
}

/// The keys of the data directory, at the first start: made anew beside a database in use, they would open no contact and continue no
/// record.
fn new_keys(config: &Config, entropy: &Entropy) -> Result<(RecordKey, Vault), OpenError> {
    let keys = (
        RecordKey::load_or_make(&config.data_dir)?,
        Vault::load_or_make(&config.data_dir, entropy)?,
    );
    tracing::info!(
        origin = config.record_origin,
        "first start: the record is signed under this name from now on, which cannot be changed"
    );
    Ok(keys)
}

/// The keys of a database that is in use; `None` of one that holds nothing of theirs. Others' are refused.
async fn own_keys(
    config: &Config,
    database: &Database,
    entropy: &Entropy,
) -> Result<Option<(RecordKey, Vault)>, OpenError> {
    if database.applied_migrations().await?.is_empty() {
        return Ok(None);
    }
    let mut tx = database.read().await?;
    if !people::is_sealed(&mut tx).await? && record::store::size(&mut tx).await? == 0 {
        return Ok(None);
    }
    let missing = |name: &str| OpenError::NoKey(config.data_dir.join(name));
    let record_key = RecordKey::load(&config.data_dir)?.ok_or_else(|| missing("record.key"))?;
    let vault = Vault::load(&config.data_dir, entropy)?.ok_or_else(|| missing("data.key"))?;
    let key = record::verifier_key_of(&config.record_origin, record_key.public())?;
    record::require_own_key(&mut tx, &key, &config.data_dir).await?;
    if people::is_own_data_key(&mut tx, &vault).await? {
        Ok(Some((record_key, vault)))
    } else {
        Err(OpenError::OtherDataKey(config.data_dir.join("data.key")))
    }
}

/// How often what has run out is deleted.
const SWEEP: Duration = Duration::from_mins(10);

/// Starts what runs beside the requests: sending messages, deleting what has run out.
pub fn start_loops(app: &App) {
    tokio::spawn(mail::run(app.clone()));
    tokio::spawn(sweep(app.clone()));
}

async fn sweep(app: App) {
    loop {
        if let Err(error) = sweep_once(&app).await {
            tracing::error!(%error, "what has run out could not be deleted");
        }
        tokio::time::sleep(SWEEP).await;
    }
}

async fn sweep_once(app: &App) -> Result<u64, DatabaseError> {
    let mut tx = app.database.write().await?;
    let now = app.clock.now();
    let deleted = people::store::delete_expired(&mut tx, now).await?
        + proposals::delete_stale_pictures(&mut tx, now).await?;
    tx.commit().await?;
    Ok(deleted)
}

/// Why the service cannot start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data directory cannot be made.
    #[error("data_dir: {0}")]
    DataDir(std::io::Error),
    /// The record's key cannot be used.
    #[error("record key: {0}")]
    RecordKey(#[from] RecordKeyError),
    /// The data key cannot be used.
    #[error("data key: {0}")]
    Vault(#[from] VaultError),
    /// The database is in use, and its key is not there.
    #[error(
        "{0} is not there, but the database is in use: put the old key there; a new one would not fit"
    )]
    NoKey(PathBuf),
    /// The data key does not open what the database holds.
    #[error("{0} does not open what this database holds: put the old data.key there")]
    OtherDataKey(PathBuf),
    /// What the data key is known by cannot be kept.
    #[error("data key: {0}")]
    KeyCheck(#[from] PeopleError),
    /// A sender cannot be set up.
    #[error("configuration: {0}")]
    Senders(#[from] SenderConfigError),
    /// The record does not continue what was published.
    #[error("record: {0}")]
    Record(#[from] RecordError),
    /// The key of a check-in that is over cannot be destroyed.
    #[error("session: {0}")]
    Session(#[from] SessionError),
    /// The database cannot be opened or brought up to date.
    #[error("database: {0}")]
    Database(#[from] DatabaseError),
}
