//! What is answered where a use case refuses.

use crate::web::http_error::HttpError;
use domain::screening::{DecisionError, ScreeningError, ShortlistError, ShortlistStateError};

impl From<ScreeningError> for HttpError {
    fn from(error: ScreeningError) -> Self {
        match error {
            ScreeningError::Guard(error) => error.into(),
            ScreeningError::NoSuchCluster(_) | ScreeningError::NoSuchProposal(_) => Self::NotFound,
            ScreeningError::InAnotherCluster(_) => Self::Conflict("in-another-cluster"),
            ScreeningError::StandsForCluster(_) => Self::Conflict("stands-for-cluster"),
            ScreeningError::Stale(_) => Self::Conflict("changed-meanwhile"),
            ScreeningError::NothingChosen | ScreeningError::State(_, DecisionError::Undecided) => {
                Self::Conflict("nothing-chosen")
            }
            ScreeningError::State(_, DecisionError::Published) => {
                Self::Conflict("already-published")
            }
            ScreeningError::NoSuchUnit(_) => Self::invalid("unit", "not-an-option"),
            ScreeningError::NotYourUnit(_) | ScreeningError::NotAClerk => Self::Forbidden,
            ScreeningError::Database(error) => error.into(),
        }
    }
}

impl From<ShortlistError> for HttpError {
    fn from(error: ShortlistError) -> Self {
        match error {
            ShortlistError::Guard(error) => error.into(),
            ShortlistError::NoSuchCandidate(_)
            | ShortlistError::NoSuchCluster(_)
            | ShortlistError::NoSuchComment(_) => Self::NotFound,
            ShortlistError::Stale(_) => Self::Conflict("changed-meanwhile"),
            ShortlistError::SentOtherwise(_) => Self::Conflict("sent-otherwise"),
            ShortlistError::CodeTaken(_) => Self::invalid("candidate-code", "code-taken"),
            ShortlistError::State(ShortlistStateError::Published) => {
                Self::Conflict("already-published")
            }
            ShortlistError::State(ShortlistStateError::NotPublished) => {
                Self::Conflict("not-published")
            }
            ShortlistError::State(ShortlistStateError::NotReviewed) => {
                Self::Conflict("not-reviewed")
            }
            ShortlistError::Empty => Self::Conflict("no-candidates"),
            ShortlistError::Answered(_) => Self::Conflict("already-answered"),
            ShortlistError::Database(error) => error.into(),
        }
    }
}
