//! The chain of events as a state machine: what may follow what, and what each event points to.

use std::collections::{HashMap, HashSet};

use ballot::wire::Wire;

use super::error::ArchiveError;
use super::objects::{Event, EventKind, Header, ObjectHash, Owned, SetupData, SizedTally};
use super::read::Setup;
use super::tar::{BLOCK, Entry};

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

/// An object in the archive.
#[derive(Clone, Copy, Debug)]
pub(super) struct Object<B> {
    pub(super) hash: ObjectHash,
    pub(super) bytes: B,
    /// Where the bytes begin.
    pub(super) at: usize,
}

/// An event whose objects have been found.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step<B> {
    Setup(Setup<B>),
    Ballot(Object<B>),
    EndBallots,
    EncryptedTally { sized: SizedTally, bytes: B },
    PartialDecryption { owner: u32, partial: Object<B> },
    Result { bytes: B },
}

/// The most objects that one event takes: the setup's, with a certificate of the roll.
const MAX_PENDING: usize = 5;

/// Reads entries one by one; objects are let go once an event has taken them.
#[derive(Clone, Debug)]
pub(super) struct Chain<B> {
    header: Option<Header>,
    /// What waits for its event. Of more objects than an event takes, which will be refused, only the hashes are kept.
    pending: HashMap<ObjectHash, Option<Object<B>>>,
    seen: HashSet<ObjectHash>,
    pub(super) last: Option<ObjectHash>,
    pub(super) height: u64,
    pub(super) stage: Stage,
}

impl<B: AsRef<[u8]>> Chain<B> {
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
        entry: Entry<B>,
    ) -> Result<Option<(u64, Step<B>)>, ArchiveError> {
        let Some(header) = self.header else {
            return self.first(&entry).map(|()| None);
        };
        let name = || entry.name.clone();
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
        if ObjectHash::of(entry.body.as_ref()) != hash {
            return Err(ArchiveError::NameHash { name: name() });
        }
        if !self.seen.insert(hash) {
            return Err(ArchiveError::Repeated(hash));
        }
        if kind == "data.json" {
            let object = Object {
                hash,
                bytes: entry.body,
                at: entry.offset + BLOCK,
            };
            let kept = (self.pending.len() < MAX_PENDING).then_some(object);
            self.pending.insert(hash, kept);
            return Ok(None);
        }
        self.event(hash, entry.body.as_ref()).map(Some)
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

    fn first(&mut self, entry: &Entry<B>) -> Result<(), ArchiveError> {
        if entry.name != "BELENIOS" {
            return Err(ArchiveError::NoHeader);
        }
        let header = Header::from_json(entry.body.as_ref()).map_err(|error| match error.fault {
            ballot::wire::WireFault::Unsupported(_) => ArchiveError::Unsupported(error),
            _ => ArchiveError::NoHeader,
        })?;
        if header.timestamp != entry.time {
            return Err(ArchiveError::Time {
                name: entry.name.clone(),
            });
        }
        self.header = Some(header);
        Ok(())
    }

    fn event(&mut self, hash: ObjectHash, bytes: &[u8]) -> Result<(u64, Step<B>), ArchiveError> {
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

    fn resolve(&mut self, event: &Event) -> Result<Step<B>, ArchiveError> {
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
        let found = self.take(height, payload)?;
        let bytes = found.bytes.as_ref();
        Ok(match kind {
            EventKind::Setup => {
                let setup: SetupData = object("setup data", payload, bytes)?;
                Step::Setup(Setup {
                    election: self.take(height, setup.election)?.bytes,
                    trustees: self.take(height, setup.trustees)?.bytes,
                    credentials: self.take(height, setup.credentials)?.bytes,
                    certificate: setup
                        .certificate
                        .map(|hash| self.take(height, hash))
                        .transpose()?
                        .map(|certificate| certificate.bytes),
                })
            }
            EventKind::Ballot => Step::Ballot(found),
            EventKind::EndBallots => Step::EndBallots,
            EventKind::EncryptedTally => {
                let sized: SizedTally = object("sized encrypted tally", payload, bytes)?;
                Step::EncryptedTally {
                    sized,
                    bytes: self.take(height, sized.encrypted_tally)?.bytes,
                }
            }
            EventKind::PartialDecryption => {
                let owned: Owned = object("owned partial decryption", payload, bytes)?;
                Step::PartialDecryption {
                    owner: owned.owner,
                    partial: self.take(height, owned.payload)?,
                }
            }
            EventKind::Result => Step::Result { bytes: found.bytes },
        })
    }

    fn take(&mut self, height: u64, hash: ObjectHash) -> Result<Object<B>, ArchiveError> {
        match self.pending.remove(&hash) {
            Some(Some(object)) => Ok(object),
            // More objects wait than any event takes: one of them is nobody's.
            Some(None) => Err(ArchiveError::Unreferenced(
                self.pending
                    .keys()
                    .min()
                    .map_or(hash, |other| *other.min(&hash)),
            )),
            None => Err(ArchiveError::Missing { height, hash }),
        }
    }
}

fn object<T: Wire>(what: &'static str, hash: ObjectHash, bytes: &[u8]) -> Result<T, ArchiveError> {
    T::from_json(bytes).map_err(|error| match error.fault {
        ballot::wire::WireFault::Unsupported(_) => ArchiveError::Unsupported(error),
        _ => ArchiveError::Object { what, hash, error },
    })
}
