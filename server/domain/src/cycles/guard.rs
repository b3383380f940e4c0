//! Whether a cycle's stage allows a change.

use super::cycle::{Cycle, Stage};
use super::store;
use crate::infra::database::{DatabaseError, Tx};

/// Why an act cannot be done in the cycle's stage.
#[derive(Debug, thiserror::Error)]
pub enum GuardError {
    /// The stage does not allow it.
    #[error("not possible in the stage {0:?}")]
    NotInStage(Stage),
    /// The database refused.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// How long the stage must stay as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// Until the transaction's end, beside others that need the same.
    Shared,
    /// Until the transaction's end, alone: acts that number things.
    Alone,
}

/// Requires that the cycle is in one of these stages, and keeps it there until the transaction's end.
pub async fn require_stage(
    tx: &mut Tx,
    cycle: &Cycle,
    hold: Hold,
    allowed: &[Stage],
) -> Result<(), GuardError> {
    let stage = store::held_stage(tx, cycle, hold).await?;
    if allowed.contains(&stage) {
        Ok(())
    } else {
        Err(GuardError::NotInStage(stage))
    }
}
