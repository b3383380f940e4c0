//! What is answered where a use case refuses.

use crate::web::http_error::HttpError;
use domain::evaluation::EvaluationError;

impl From<EvaluationError> for HttpError {
    fn from(error: EvaluationError) -> Self {
        match error {
            EvaluationError::Database(error) => error.into(),
            EvaluationError::NoSuchProject => Self::NotFound,
            EvaluationError::Session(error) => error.into(),
            EvaluationError::Stage => Self::Conflict("project-stage"),
            EvaluationError::NotDelivered => Self::Conflict("not-delivered"),
            EvaluationError::NotYourUnit => Self::Forbidden,
            EvaluationError::Applied => Self::Conflict("verdicts-applied"),
            EvaluationError::NoRework => Self::Conflict("no-rework"),
            EvaluationError::Stale => Self::Conflict("changed-meanwhile"),
            EvaluationError::Text(field) => Self::invalid(field, "required"),
        }
    }
}
