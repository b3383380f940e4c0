//! The chain of events as a state machine: what may follow what, and what each event points to.

use std::collections::{HashMap, HashSet};

use ballot::wire::{Wire, WireError};

use super::objects::{Event, EventKind, Header, ObjectHash, Owned, SetupData, SizedTally};
use super::tar::{Entry, TarFault};

/// How far an archive has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nothing yet.
    Empty,
    /// Set up; ballots may come.
    Voting,
    /// No more ballots.
    Ended,
    /// The encrypted tally is there.
    Tallied,
    /// At least one partial decryption is there.
    Decrypting,
    /// The result is there; nothing may follow.
    Finished,
}

impl Stage {
    /// The stage after an event, if the event may come now.
    pub(super) fn after(self, event: EventKind) -> Option<Self> {
        match (self, event) {
            (Self::Empty, EventKind::Setup) | (Self::Voting, EventKind::Ballot) => {
                Some(Self::Voting)
            }
            (Self::Voting, EventKind::EndBallots) => Some(Self::Ended),
            (Self::Ended, EventKind::EncryptedTally) => Some(Self::Tallied),
            (Self::Tallied | Self::Decrypting, EventKind::PartialDecryption) => {
                Some(Self::Decrypting)
            }
            (Self::Decrypting, EventKind::Result) => Some(Self::Finished),
            (
                Self::Empty
                | Self::Voting
                | Self::Ended
                | Self::Tallied
                | Self::Decrypting
                | Self::Finished,
                _,
            ) => None,
        }
    }
}

impl std::fmt::Display for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Empty => "the beginning",
            Self::Voting => "voting",
            Self::Ended => "the end of ballots",
            Self::Tallied => "the encrypted tally",
            Self::Decrypting => "a partial decryption",
            Self::Finished => "the result",
        })
    }
}

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

/// An event whose objects have been found.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step<'a> {
    Setup {
        election: &'a [u8],
        trustees: &'a [u8],
        credentials: &'a [u8],
    },
    Ballot {
        hash: ObjectHash,
        bytes: &'a [u8],
    },
    EndBallots,
    EncryptedTally {
        sized: SizedTally,
        bytes: &'a [u8],
    },
    PartialDecryption {
        owner: u32,
        bytes: &'a [u8],
    },
    Result {
        bytes: &'a [u8],
    },
}

/// Reads entries one by one; objects are let go once an event has taken them.
#[derive(Clone, Debug)]
pub(super) struct Chain<'a> {
    header: Option<Header>,
    pending: HashMap<ObjectHash, &'a [u8]>,
    seen: HashSet<ObjectHash>,
    pub(super) last: Option<ObjectHash>,
    pub(super) height: u64,
    pub(super) stage: Stage,
}

impl<'a> Chain<'a> {
    pub(super) fn new() -> Self {
        Self {
            header: None,
            pending: HashMap::new(),
            seen: HashSet::new(),
            last: None,
            height: 0,
            stage: Stage::Empty,
        }
    }

    pub(super) fn header(&self) -> Option<Header> {
        self.header
    }

    /// Takes the next entry: an event that it completes, with its height.
    pub(super) fn entry(
        &mut self,
        entry: Entry<'a>,
    ) -> Result<Option<(u64, Step<'a>)>, ArchiveError> {
        let Some(header) = self.header else {
            return self.first(entry).map(|()| None);
        };
        let name = || entry.name.to_owned();
        if entry.time != header.timestamp {
            return Err(ArchiveError::Time { name: name() });
        }
        let (hash, kind) = entry
            .name
            .split_once('.')
            .ok_or_else(|| ArchiveError::Name { name: name() })?;
        let hash = ObjectHash::from_hex(hash).ok_or_else(|| ArchiveError::Name { name: name() })?;
        if kind != "data.json" && kind != "event.json" {
            return Err(ArchiveError::Name { name: name() });
        }
        if ObjectHash::of(entry.body) != hash {
            return Err(ArchiveError::NameHash { name: name() });
        }
        if !self.seen.insert(hash) {
            return Err(ArchiveError::Repeated(hash));
        }
        if kind == "data.json" {
            self.pending.insert(hash, entry.body);
            return Ok(None);
        }
        self.event(hash, entry.body).map(Some)
    }

    /// At the end nothing may be left over.
    pub(super) fn finish(&self) -> Result<(), ArchiveError> {
        if self.header.is_none() {
            return Err(ArchiveError::NoHeader);
        }
        self.pending
            .keys()
            .min()
            .map_or(Ok(()), |hash| Err(ArchiveError::Unreferenced(*hash)))
    }

    fn first(&mut self, entry: Entry<'a>) -> Result<(), ArchiveError> {
        if entry.name != "BELENIOS" {
            return Err(ArchiveError::NoHeader);
        }
        let header = Header::from_json(entry.body).map_err(|error| match error.fault {
            ballot::wire::WireFault::Unsupported(_) => ArchiveError::Unsupported(error),
            _ => ArchiveError::NoHeader,
        })?;
        if header.timestamp != entry.time {
            return Err(ArchiveError::Time {
                name: entry.name.to_owned(),
            });
        }
        self.header = Some(header);
        Ok(())
    }

    fn event(&mut self, hash: ObjectHash, bytes: &[u8]) -> Result<(u64, Step<'a>), ArchiveError> {
        let event: Event = object("event", hash, bytes)?;
        let height = self.height;
        if event.height != height {
            return Err(ArchiveError::Height {
                expected: height,
                found: event.height,
            });
        }
        if event.parent != self.last {
            return Err(ArchiveError::Parent { height });
        }
        let stage = self.stage.after(event.kind);
        let stage = stage.ok_or(ArchiveError::OutOfOrder {
            height,
            kind: event.kind,
            after: self.stage,
        })?;
        let step = self.resolve(&event)?;
        // What stands before an event belongs to it.
        self.finish()?;
        self.stage = stage;
        self.last = Some(hash);
        self.height += 1;
        Ok((height, step))
    }

    fn resolve(&mut self, event: &Event) -> Result<Step<'a>, ArchiveError> {
        let (height, kind) = (event.height, event.kind);
        let payload = match (kind, event.payload) {
            (EventKind::EndBallots, None) => return Ok(Step::EndBallots),
            (EventKind::EndBallots, Some(_)) => {
                return Err(ArchiveError::Payload {
                    height,
                    kind,
                    expected: false,
                });
            }
            (_, None) => {
                return Err(ArchiveError::Payload {
                    height,
                    kind,
                    expected: true,
                });
            }
            (_, Some(payload)) => payload,
        };
        let bytes = self.take(height, payload)?;
        Ok(match kind {
            EventKind::Setup => {
                let setup: SetupData = object("setup data", payload, bytes)?;
                Step::Setup {
                    election: self.take(height, setup.election)?,
                    trustees: self.take(height, setup.trustees)?,
                    credentials: self.take(height, setup.credentials)?,
                }
            }
            EventKind::Ballot => Step::Ballot {
                hash: payload,
                bytes,
            },
            EventKind::EndBallots => Step::EndBallots,
            EventKind::EncryptedTally => {
                let sized: SizedTally = object("sized encrypted tally", payload, bytes)?;
                Step::EncryptedTally {
                    sized,
                    bytes: self.take(height, sized.encrypted_tally)?,
                }
            }
            EventKind::PartialDecryption => {
                let owned: Owned = object("owned partial decryption", payload, bytes)?;
                Step::PartialDecryption {
                    owner: owned.owner,
                    bytes: self.take(height, owned.payload)?,
                }
            }
            EventKind::Result => Step::Result { bytes },
        })
    }

    fn take(&mut self, height: u64, hash: ObjectHash) -> Result<&'a [u8], ArchiveError> {
        self.pending
            .remove(&hash)
            .ok_or(ArchiveError::Missing { height, hash })
    }
}

fn object<T: Wire>(what: &'static str, hash: ObjectHash, bytes: &[u8]) -> Result<T, ArchiveError> {
    T::from_json(bytes).map_err(|error| match error.fault {
        ballot::wire::WireFault::Unsupported(_) => ArchiveError::Unsupported(error),
        _ => ArchiveError::Object { what, hash, error },
    })
}
