//! Why verdicts, ratings and rework are refused.

use crate::cycles::GuardError;
use crate::infra::database::DatabaseError;
use crate::session::SessionError;

/// Why a verdict, a rating or a rework's answer is refused, naming what is to blame.
#[derive(Debug, thiserror::Error)]
pub enum EvaluationError {
    /// The database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// There is no such project in this cycle.
    #[error("no such project here")]
    NoSuchProject,
    /// The evaluation polls cannot be read, or none can be made.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The cycle's stage does not allow it.
    #[error("not in this stage of the cycle")]
    Stage,
    /// Only delivered projects are rated.
    #[error("the project is not delivered yet")]
    NotDelivered,
    /// The account does not work for the responsible unit.
    #[error("not of the responsible unit")]
    NotYourUnit,
    /// The verdicts of this poll have been entered.
    #[error("the verdicts of this poll have been entered")]
    Applied,
    /// There is no rework order that waits for an answer.
    #[error("no rework order is open")]
    NoRework,
    /// The same person has rated elsewhere meanwhile.
    #[error("another rating was made meanwhile")]
    Stale,
    /// A text that is empty or too long.
    #[error("{0}: empty or too long")]
    Text(&'static str),
}

impl From<GuardError> for EvaluationError {
    fn from(error: GuardError) -> Self {
        match error {
            GuardError::Database(error) => error.into(),
            GuardError::NotInStage(_) => Self::Stage,
        }
    }
}
