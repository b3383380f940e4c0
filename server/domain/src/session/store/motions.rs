//! What one side has put forward, until both have confirmed it.

use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, exactly_one};
use crate::infra::ids::AccountId;
use crate::on_either;
use crate::session::poll::{DualControlStep, Poll};
use tracing::instrument;

/// A motion as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StoredMotion {
    /// The step that it is about.
    pub step: DualControlStep,
    /// JSON, as it is hashed and confirmed.
    pub motion: String,
    /// Who put it forward.
    pub account: AccountId,
    /// When.
    pub at: Timestamp,
}

/// Keeps a motion in place of an earlier one about the same step.
#[instrument(level = "debug", skip_all)]
pub async fn keep_motion(
    tx: &mut Tx,
    poll: &Poll,
    new: &StoredMotion,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO poll_motions (jurisdiction, poll, step, motion, account, at) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (jurisdiction, poll, step) DO UPDATE SET motion = excluded.motion, account = excluded.account, \
             at = excluded.at",
    ).bind(poll.jurisdiction).bind(poll.id).bind(new.step).bind(&new.motion).bind(new.account).bind(new.at)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO poll_motions", touched)
}

/// The motions of a poll, oldest first.
#[instrument(level = "debug", skip_all)]
pub async fn motions(tx: &mut Tx, poll: &Poll) -> Result<Vec<StoredMotion>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT step, motion, account, at FROM poll_motions WHERE jurisdiction = $1 AND poll = $2 ORDER BY at, step",
    ).bind(poll.jurisdiction).bind(poll.id).fetch_all(&mut *conn).await?))
}
