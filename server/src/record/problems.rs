//! What is answered where a use case refuses.

use crate::web::http_error::HttpError;
use domain::record::RecordError;
use domain::takedown::TakedownError;

impl From<RecordError> for HttpError {
    fn from(error: RecordError) -> Self {
        Self::internal(&error)
    }
}

impl From<TakedownError> for HttpError {
    fn from(error: TakedownError) -> Self {
        match error {
            TakedownError::Database(error) => error.into(),
            TakedownError::NoSuchEntry => Self::NotFound,
            TakedownError::Forbidden => Self::Forbidden,
            TakedownError::Stays(_) => Self::Conflict("body-stays"),
            TakedownError::AlreadyTakenDown => Self::Conflict("already-taken-down"),
            TakedownError::AlreadyAsked => Self::Conflict("takedown-already-asked"),
            TakedownError::NotAsked => Self::Conflict("takedown-not-asked"),
            TakedownError::MatterChanged => Self::Conflict("takedown-changed"),
            TakedownError::SamePerson => Self::Conflict("takedown-same-person"),
            TakedownError::EnrolledByEachOther => Self::Conflict("enrolled-by-each-other"),
        }
    }
}
