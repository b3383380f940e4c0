//! Why a cycle cannot be changed, or its stage does not allow something.

use super::cycle::Stage;
use crate::infra::database::DatabaseError;

/// Why a cycle cannot be changed.
#[derive(Debug, thiserror::Error)]
pub enum CycleError {
    /// The jurisdiction has a cycle of this year already.
    #[error("there is a cycle of {0} already")]
    YearTaken(i32),
    /// The database refused.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// Why something cannot be done in the cycle's stage.
#[derive(Debug, thiserror::Error)]
pub enum GuardError {
    /// The stage does not allow it.
    #[error("not possible in the stage {0:?}")]
    NotInStage(Stage),
    /// The database refused.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}
