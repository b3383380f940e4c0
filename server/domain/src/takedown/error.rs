//! Why a body is not taken down.

use crate::infra::database::DatabaseError;

/// Why a body is not taken down, or not by this person.
#[derive(Debug, thiserror::Error)]
pub enum TakedownError {
    /// The database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The record has no such entry.
    #[error("the record has no such entry")]
    NoSuchEntry,
    /// The account is no administrator of the jurisdiction whose entry it is.
    #[error("not an administrator of the entry's jurisdiction")]
    Forbidden,
    /// Bodies of this kind stay.
    #[error("the body of a `{0}` cannot be taken down")]
    Stays(String),
    /// It is down.
    #[error("the body is down already")]
    AlreadyTakenDown,
    /// Somebody else has asked, or the same person for another reason.
    #[error("the takedown of this body was asked for already")]
    AlreadyAsked,
    /// Nobody has asked, or the request was withdrawn.
    #[error("nobody has asked to take this body down")]
    NotAsked,
    /// Another request than the page showed.
    #[error("another takedown was asked for than the one that is confirmed")]
    MatterChanged,
    /// One person cannot do both.
    #[error("whoever asks cannot confirm")]
    SamePerson,
    /// One of the two has enrolled the other: they may be one person.
    #[error("one of the two has enrolled the other")]
    EnrolledByEachOther,
}
