//! Why a proposal, its support or its picture is refused.

use super::picture::SENT_BYTES;
use super::proposal::{AlreadyDecided, PictureId, ProposalId};
use super::use_cases::{PICTURE_BYTES_WAITING, PICTURES_WAITING, PROPOSALS_PER_PERSON};
use crate::cycles::GuardError;
use crate::infra::database::DatabaseError;

/// Why a proposal, or what is done with it, is refused.
#[derive(Debug, thiserror::Error)]
pub enum ProposalError {
    /// The cycle's stage does not allow it.
    #[error(transparent)]
    Guard(#[from] GuardError),
    /// The person has made as many as a person may.
    #[error("this person has made {PROPOSALS_PER_PERSON} proposals already")]
    TooMany,
    /// The form made a proposal already, and was sent again with something else in it.
    #[error("the form has made proposal {0}, which says something else")]
    SentOtherwise(ProposalId),
    /// No such proposal in this cycle, or none that this person may know of.
    #[error("no proposal {0} in this cycle")]
    NoSuchProposal(ProposalId),
    /// The picture is not this person's, or stands in another proposal.
    #[error("picture {0} cannot be used")]
    NoSuchPicture(PictureId),
    /// The person has as many pictures waiting for a proposal as a person may.
    #[error(
        "this person has {PICTURES_WAITING} pictures or {PICTURE_BYTES_WAITING} bytes waiting already"
    )]
    TooManyPictures,
    /// The office has decided already.
    #[error(transparent)]
    AlreadyDecided(#[from] AlreadyDecided),
    /// The database refused.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// Why a picture is refused.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// Not a JPEG, PNG or WebP, or a damaged one.
    #[error("not a picture: {0}")]
    NotAPicture(image::ImageError),
    /// It has too many pixels, or would take too much memory.
    #[error("the picture is too large")]
    TooLarge,
    /// The file is too long.
    #[error("the file is longer than {SENT_BYTES} bytes")]
    TooLong,
    /// So many pictures are being read that this one cannot wait.
    #[error("too many pictures are being read")]
    Busy,
}

impl PictureError {
    /// The code that the form shows.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAPicture(_) => "not-a-picture",
            Self::TooLarge => "picture-too-large",
            Self::TooLong => "picture-too-long",
            Self::Busy => "pictures-busy",
        }
    }
}

impl From<image::ImageError> for PictureError {
    fn from(error: image::ImageError) -> Self {
        match error {
            image::ImageError::Limits(_) => Self::TooLarge,
            error => Self::NotAPicture(error),
        }
    }
}
