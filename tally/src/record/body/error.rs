//! Why a body is refused: always with its kind and the field that is to blame.

use super::{Kind, Subject};
use crate::record::leaf::LeafError;

/// Why bytes are no body of a kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: `{field}`: {fault}")]
pub struct BodyError {
    /// The kind that it was to be.
    pub kind: Kind,
    /// The field's path, e.g. `items[0].code`; `.` is the whole.
    pub field: String,
    /// What is wrong with it.
    pub fault: BodyFault,
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BodyFault {
    /// Not JSON; or missing, unknown, of another type, out of its bounds.
    #[error("{0}")]
    Unreadable(String),
    /// From here on the bytes are not those that writing it again gives.
    #[error("not in its one form: compact JSON in the order of the fields")]
    OtherForm,
}

/// Why a leaf's body cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The document is not the leaf's.
    #[error(transparent)]
    Leaf(#[from] LeafError),
    /// A kind that this version does not know.
    #[error("unknown kind `{0}`")]
    Kind(String),
    /// Not a body of its kind.
    #[error(transparent)]
    Body(#[from] BodyError),
    /// The header says that it is about something else than the body does.
    #[error("the leaf is about `{header}`, its body about `{body}`")]
    Subject {
        /// As the header says.
        header: String,
        /// As the body says.
        body: Subject,
    },
}
