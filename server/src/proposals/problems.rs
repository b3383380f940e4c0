//! What is answered where a use case refuses.

use crate::web::http_error::HttpError;
use domain::proposals::ProposalError;

impl From<ProposalError> for HttpError {
    fn from(error: ProposalError) -> Self {
        match error {
            ProposalError::Guard(error) => error.into(),
            ProposalError::TooMany => Self::Conflict("too-many-proposals"),
            ProposalError::SentOtherwise(_) => Self::Conflict("sent-otherwise"),
            ProposalError::NoSuchProposal(_) => Self::NotFound,
            ProposalError::NoSuchPicture(_) => {
                Self::invalid("proposal-picture", "picture-not-there")
            }
            ProposalError::TooManyPictures => {
                Self::invalid("proposal-picture", "too-many-pictures")
            }
            ProposalError::AlreadyDecided(_) => Self::Conflict("already-decided"),
            ProposalError::Database(error) => error.into(),
        }
    }
}
