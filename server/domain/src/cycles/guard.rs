//! Whether a cycle's stage allows a change.

use super::cycle::{Cycle, Stage};
use super::error::GuardError;
use super::store;
use crate::infra::database::Tx;

/// How long the stage must stay as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// Until the transaction's end, beside others that need the same.
    Shared,
    /// Until the transaction's end, alone: for use cases that number things.
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
