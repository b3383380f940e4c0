//! What is answered where a use case refuses.

use crate::web::http_error::HttpError;
use domain::record::RecordError;

impl From<RecordError> for HttpError {
    fn from(error: RecordError) -> Self {
        Self::internal(&error)
    }
}
