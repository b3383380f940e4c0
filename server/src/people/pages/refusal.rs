//! What a use case refused, beside the field that it is about.

use super::sign_in::again;
use crate::web::page::{Page, show};
use crate::web::visit::Visit;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::infra::field_errors::FieldErrors;
use domain::people::PeopleError;

/// Why a form comes back.
#[derive(Default)]
pub(super) struct Refusal {
    pub(super) errors: FieldErrors,
    /// When it makes sense to try again, in seconds, where it was tried too often.
    wait: Option<u64>,
}

impl Refusal {
    /// What is wrong with one field.
    pub(super) fn of(field: &'static str, code: &'static str) -> Self {
        let mut errors = FieldErrors::none();
        errors.add(field, code);
        Self { errors, wait: None }
    }

    /// Of what a use case refused: that it was tried too often stands beside `field`, the rest where it belongs.
    pub(super) fn from(error: PeopleError, field: &'static str) -> Result<Self, PeopleError> {
        let mut errors = FieldErrors::none();
        let wait = match error {
            PeopleError::TooMany {
                retry_after_seconds,
            } => {
                let seconds = i64::try_from(retry_after_seconds).unwrap_or(i64::MAX);
                errors.add_limit(field, "wait-seconds", seconds);
                Some(retry_after_seconds)
            }
            error => {
                error.into_form(&mut errors)?;
                None
            }
        };
        Ok(Self { errors, wait })
    }

    /// The form with something wrong in it.
    pub(super) fn answer(&self, visit: &Visit, page: &impl Page) -> Response {
        let Some(wait) = self.wait else {
            return again(visit, page);
        };
        let headers = [(header::RETRY_AFTER, wait.to_string())];
        (StatusCode::TOO_MANY_REQUESTS, headers, show(visit, page)).into_response()
    }
}
