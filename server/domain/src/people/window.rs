//! At most so many of something in a window of time, counted in the database.

use super::audit::PeopleEvent;
use super::error::PeopleError;
use super::store;
use crate::infra::app::App;
use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx};
use crate::infra::vault::Purpose;
use crate::record::change::{Actor, Change};

/// At most so many in a window of time.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// What the audit trail calls it.
    pub(super) name: &'static str,
    pub(super) max: i32,
    pub(super) seconds: i64,
}

impl Limit {
    pub(super) const fn new(name: &'static str, max: i32, seconds: i64) -> Self {
        Self { name, max, seconds }
    }

    /// How many a window allows.
    pub const fn max(self) -> i32 {
        self.max
    }

    /// The key under which it is counted.
    pub(super) fn bucket(self, app: &App, key: &[u8]) -> [u8; 32] {
        app.vault.mac(Purpose::Limit, &[self.name.as_bytes(), key])
    }

    /// Counts one, and says how many there are in this window.
    pub(super) async fn count(
        self,
        tx: &mut Tx,
        app: &App,
        key: &[u8],
        now: Timestamp,
    ) -> Result<i32, DatabaseError> {
        let until = now.plus_seconds(self.seconds);
        store::count_try(tx, &self.bucket(app, key), now, until).await
    }

    /// Whether there are as many in this window as it allows.
    pub(super) async fn is_reached(
        self,
        tx: &mut Tx,
        app: &App,
        key: &[u8],
        now: Timestamp,
    ) -> Result<bool, DatabaseError> {
        Ok(store::tries(tx, &self.bucket(app, key), now).await? >= self.max)
    }

    /// Refuses once there are as many in this window as it allows.
    pub(super) async fn check(
        self,
        tx: &mut Tx,
        app: &App,
        key: &[u8],
        now: Timestamp,
    ) -> Result<(), PeopleError> {
        if self.is_reached(tx, app, key, now).await? {
            return Err(too_many(now, now.plus_seconds(self.seconds)));
        }
        Ok(())
    }
}

/// Leaves a line in the audit trail that a limit was reached.
pub(super) async fn note_limit(
    app: &App,
    limit: &'static str,
    tries: i32,
) -> Result<(), DatabaseError> {
    tracing::warn!(limit, "a limit was reached");
    let mut change = Change::begin(app, Actor::Anonymous, None).await?;
    change.audit(PeopleEvent::Limit { limit, tries }).await?;
    change.commit().await
}

/// Refused until `at`.
pub(super) fn too_many(now: Timestamp, at: Timestamp) -> PeopleError {
    let left = (at.millis() - now.millis()) / 1000 + 1;
    PeopleError::TooMany {
        retry_after_seconds: u64::try_from(left).unwrap_or(1),
    }
}
