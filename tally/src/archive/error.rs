//! Why an archive is refused before any proof is looked at: with the check, the object to blame and a stable reason.

use ballot::wire::WireError;

use super::chain::Stage;
use super::objects::{EventKind, ObjectHash};
use super::tar::TarFault;

/// Why an archive is refused before any proof is looked at.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// The tar is damaged.
    #[error("byte {offset}: {fault}")]
    Tar {
        /// Offset of the entry's header.
        offset: usize,
        /// What is wrong.
        fault: TarFault,
    },
    /// The first entry is not `BELENIOS`, or is a bad one.
    #[error("the archive does not begin with its header `BELENIOS`")]
    NoHeader,
    /// The version or a part of it is not supported.
    #[error("unsupported: {0}")]
    Unsupported(WireError),
    /// An entry has another time than the archive's.
    #[error("entry {name}: its time is not the archive's")]
    Time {
        /// The entry.
        name: String,
    },
    /// A name that is not of the form `{sha256}.data.json` or `{sha256}.event.json`.
    #[error("entry {name}: not a name of this format")]
    Name {
        /// The entry.
        name: String,
    },
    /// A name that is not the content's hash.
    #[error("entry {name}: its content has another hash")]
    NameHash {
        /// The entry.
        name: String,
    },
    /// The same object twice.
    #[error("object {0} stands twice")]
    Repeated(ObjectHash),
    /// An object is not in its canonical encoding.
    #[error("{what} {hash}: {error}")]
    Object {
        /// What it should be.
        what: &'static str,
        /// The object.
        hash: ObjectHash,
        /// What is wrong with it.
        error: WireError,
    },
    /// An event's parent is not the event before.
    #[error("event {height}: its parent is not the event before it")]
    Parent {
        /// The event's place.
        height: u64,
    },
    /// An event's height is not its place.
    #[error("event {expected}: it says to be event {found}")]
    Height {
        /// Its place.
        expected: u64,
        /// What it says.
        found: u64,
    },
    /// An event that may not come here.
    #[error("event {height}: {} may not follow {after}", kind.name())]
    OutOfOrder {
        /// The event's place.
        height: u64,
        /// What it is.
        kind: EventKind,
        /// How far the election had come.
        after: Stage,
    },
    /// An event has no payload, or has one although it must not.
    #[error("event {height}: {} {}", kind.name(), if *.expected { "needs a payload" } else { "has no payload" })]
    Payload {
        /// The event's place.
        height: u64,
        /// What it is.
        kind: EventKind,
        /// Whether one is expected.
        expected: bool,
    },
    /// An object that an event points to does not stand before it.
    #[error("event {height}: object {hash} does not stand before it")]
    Missing {
        /// The event's place.
        height: u64,
        /// The object.
        hash: ObjectHash,
    },
    /// An object that no event points to.
    #[error("object {0} belongs to no event")]
    Unreferenced(ObjectHash),
}

impl ArchiveError {
    /// The check's stable name.
    pub fn check(&self) -> &'static str {
        match self {
            Self::Tar { .. }
            | Self::NoHeader
            | Self::Time { .. }
            | Self::Name { .. }
            | Self::NameHash { .. } => "archive",
            Self::Unsupported(_) => "supported",
            Self::Repeated(_)
            | Self::Object { .. }
            | Self::Parent { .. }
            | Self::Height { .. }
            | Self::OutOfOrder { .. }
            | Self::Payload { .. }
            | Self::Missing { .. }
            | Self::Unreferenced(_) => "events",
        }
    }

    /// What is wrong, as a stable name.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Tar { .. } => "tar",
            Self::NoHeader => "header",
            Self::Unsupported(_) => "unsupported",
            Self::Time { .. } => "time",
            Self::Name { .. } => "name",
            Self::NameHash { .. } => "name-hash",
            Self::Repeated(_) => "repeated",
            Self::Object { .. } => "encoding",
            Self::Parent { .. } => "parent",
            Self::Height { .. } => "height",
            Self::OutOfOrder { .. } => "order",
            Self::Payload { .. } => "payload",
            Self::Missing { .. } => "missing",
            Self::Unreferenced(_) => "unreferenced",
        }
    }

    /// The object to blame.
    pub fn object(&self) -> Option<String> {
        match self {
            Self::Tar { offset, .. } => Some(format!("byte {offset}")),
            Self::NoHeader | Self::Unsupported(_) => None,
            Self::Time { name } | Self::Name { name } | Self::NameHash { name } => {
                Some(name.clone())
            }
            Self::Repeated(hash) | Self::Object { hash, .. } | Self::Unreferenced(hash) => {
                Some(hash.to_string())
            }
            Self::Parent { height }
            | Self::Height {
                expected: height, ..
            }
            | Self::OutOfOrder { height, .. }
            | Self::Payload { height, .. }
            | Self::Missing { height, .. } => Some(format!("event {height}")),
        }
    }
}
