//! What is answered where a use case refuses.

use crate::web::http_error::HttpError;
use domain::closed_loop::AdvanceError;
use domain::cycles::{CycleError, GuardError};

impl From<CycleError> for HttpError {
    fn from(error: CycleError) -> Self {
        match error {
            CycleError::YearTaken(_) => Self::invalid("cycle-year", "year-taken"),
            CycleError::Database(error) => error.into(),
        }
    }
}

impl From<GuardError> for HttpError {
    fn from(error: GuardError) -> Self {
        match error {
            GuardError::NotInStage(_) => Self::Conflict("not-in-this-stage"),
            GuardError::Database(error) => error.into(),
        }
    }
}

impl From<AdvanceError> for HttpError {
    fn from(error: AdvanceError) -> Self {
        match error {
            AdvanceError::Step(_) => Self::Conflict("no-such-step"),
            AdvanceError::NotYet(_) => Self::Conflict("stage-not-yet"),
            AdvanceError::Form(errors) => errors
                .iter()
                .next()
                .map_or(Self::invalid("body", "unreadable"), |(field, error)| {
                    Self::invalid(field, error.code)
                }),
            AdvanceError::NoException => Self::Conflict("no-exception"),
            AdvanceError::Forbidden => Self::Forbidden,
            AdvanceError::SamePerson => Self::Conflict("exception-same-person"),
            AdvanceError::EnrolledByEachOther => Self::Conflict("enrolled-by-each-other"),
            AdvanceError::MatterChanged => Self::Conflict("matter-changed"),
            AdvanceError::Session(error) => error.into(),
            AdvanceError::Cycle(error) => error.into(),
            AdvanceError::Database(error) => error.into(),
        }
    }
}
