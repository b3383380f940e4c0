//! What every handler shares.

use crate::infra::chance::Chance;
use crate::infra::clock::Clock;
use crate::infra::config::Config;
use crate::infra::database::{Database, DatabaseError};
use crate::infra::metrics::Metrics;
use crate::infra::post::{SenderConfigError, Senders};
use crate::infra::vault::{Vault, VaultError};
use crate::record::{self, RecordError, RecordKey, RecordKeyError};
use std::sync::Arc;

/// The running service's shared parts; cheap to clone.
#[derive(Clone, Debug)]
pub struct App(Arc<Parts>);

/// See [`App`], which dereferences to it.
#[derive(Debug)]
pub struct Parts {
    /// The configuration.
    pub config: Config,
    /// The database.
    pub database: Database,
    /// The clock.
    pub clock: Clock,
    /// The source of randomness.
    pub chance: Chance,
    /// The key that signs the public record's checkpoints.
    pub record_key: RecordKey,
    /// The keys that personal data is encrypted and found by.
    pub vault: Vault,
    /// How messages leave the house.
    pub senders: Senders,
    /// Figures for whoever runs the service.
    pub metrics: Metrics,
    /// Whether this is the demo: one-click sign-in, simulated deputies, a clock that can be stepped.
    pub demo: bool,
}

impl App {
    /// Opens everything that the configuration names and brings the database up to date.
    pub async fn open(config: Config, clock: Clock, demo: bool) -> Result<Self, OpenError> {
        std::fs::create_dir_all(&config.data_dir).map_err(OpenError::DataDir)?;
        let record_key = RecordKey::load_or_make(&config.data_dir)?;
        let chance = Chance::system();
        let vault = Vault::load_or_make(&config.data_dir, &chance)?;
        let senders = if demo {
            Senders::in_house()
        } else {
            Senders::from_config(&config)?
        };
        let database = Database::open(&config.database_url).await?;
        database.migrate().await?;
        let app = Self::new(Parts {
            config,
            database,
            clock,
            chance,
            record_key,
            vault,
            senders,
            metrics: Metrics::default(),
            demo,
        });
        record::check_against_published(&app).await?;
        Ok(app)
    }

    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Why the service cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
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
    /// A sender cannot be set up.
    #[error("configuration: {0}")]
    Senders(#[from] SenderConfigError),
    /// The record does not continue what was published.
    #[error("record: {0}")]
    Record(#[from] RecordError),
    /// The database cannot be opened or brought up to date.
    #[error("database: {0}")]
    Database(#[from] DatabaseError),
}
