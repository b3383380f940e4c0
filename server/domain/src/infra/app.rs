//! What every use case and every handler shares.

use super::clock::Clock;
use super::config::Config;
use super::database::Database;
use super::downloads::Downloads;
use super::elections::Elections;
use super::entropy::Entropy;
use super::mail::Senders;
use super::metrics::Metrics;
use super::printer::Printer;
use super::record_key::RecordKey;
use super::vault::Vault;
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
    pub entropy: Entropy,
    /// The key that signs the public record's checkpoints.
    pub record_key: RecordKey,
    /// The keys that personal data is encrypted and found by.
    pub vault: Vault,
    /// How messages are sent.
    pub senders: Senders,
    /// The elections that ballots are checked against.
    pub elections: Elections,
    /// The programs that are offered for download.
    pub downloads: Downloads,
    /// How papers become PDF, where that is installed.
    pub printer: Printer,
    /// Figures for whoever runs the service.
    pub metrics: Metrics,
    /// Whether this is the demo: one-click sign-in, simulated deputies, a clock that can be stepped.
    pub demo: bool,
}

impl App {
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
