//! Reading a whole archive: its objects in memory are not copied, those of a large one elsewhere are not kept.

use ballot::credential_of_ballot;

use super::chain::{Chain, Object, Stage, Step};
use super::error::ArchiveError;
use super::objects::{ObjectHash, SizedTally};
use super::tar::{Bytes, Fault, Reader};

/// An archive in memory whose form, hashes, chain and order of events hold. No proof has been checked.
pub type Archive<'a> = Contents<&'a [u8], &'a [u8]>;

/// What an archive holds: `B` stands for an object, `P` for a ballot or partial decryption, of which there may be many.
#[derive(Clone, Debug)]
pub struct Contents<B, P> {
    /// Seconds since 1970 of the election's beginning.
    pub timestamp: u64,
    /// What the election is.
    pub setup: Setup<B>,
    /// The ballots in the order of the record.
    pub ballots: Vec<BallotEntry<P>>,
    /// The encrypted tally, once there.
    pub tally: Option<TallyEntry<B>>,
    /// The partial decryptions.
    pub partials: Vec<PartialEntry<P>>,
    /// The result, once there.
    pub result: Option<ResultEntry<B>>,
    /// How far it has come.
    pub stage: Stage,
    pub(super) last: Option<ObjectHash>,
    pub(super) height: u64,
}

/// The objects of the setup.
#[derive(Clone, Copy, Debug)]
pub struct Setup<B> {
    /// The election object.
    pub election: B,
    /// The trustees object.
    pub trustees: B,
    /// The public credentials: the roll.
    pub credentials: B,
    /// The credential authority's certificate of the roll, where it has made one.
    pub certificate: Option<B>,
}

/// A ballot event.
#[derive(Clone, Copy, Debug)]
pub struct BallotEntry<P> {
    /// The event's height.
    pub height: u64,
    /// The ballot's hash; in base64 it is the tracker.
    pub hash: ObjectHash,
    /// The hash of its credential as it is written, which the strict encoding makes enough to tell credentials apart;
    /// of nothing where it is no ballot.
    pub credential: ObjectHash,
    /// The ballot.
    pub bytes: P,
}

/// An encrypted-tally event.
#[derive(Clone, Copy, Debug)]
pub struct TallyEntry<B> {
    /// The event's height.
    pub height: u64,
    /// What it says of its size.
    pub sized: SizedTally,
    /// The encrypted tally.
    pub bytes: B,
}

/// A partial-decryption event.
#[derive(Clone, Copy, Debug)]
pub struct PartialEntry<P> {
    /// The event's height.
    pub height: u64,
    /// The trustee's number, from 1 (0 is possible in a bad archive).
    pub owner: u32,
    /// The partial decryption's hash.
    pub hash: ObjectHash,
    /// The partial decryption.
    pub bytes: P,
}

/// A result event.
#[derive(Clone, Copy, Debug)]
pub struct ResultEntry<B> {
    /// The event's height.
    pub height: u64,
    /// The result object.
    pub bytes: B,
}

impl<'a> Archive<'a> {
    /// Reads an archive, finished or not.
    pub fn read(bytes: &'a [u8]) -> Result<Self, ArchiveError> {
        contents(bytes, |object| object.bytes).map_err(|error| match error {
            ReadError::Archive(error) => error,
            ReadError::Source(never) => match never {},
        })
    }
}

impl<P> BallotEntry<P> {
    /// The ballot to blame: its event's height and its tracker.
    pub fn blame(&self) -> String {
        format!("event {}, ballot {}", self.height, self.hash.tracker())
    }
}

/// Why an archive could not be read.
#[derive(Debug)]
pub(super) enum ReadError<E> {
    /// It is not one.
    Archive(ArchiveError),
    /// Its bytes cannot be had.
    Source(E),
}

impl<E> From<ArchiveError> for ReadError<E> {
    fn from(error: ArchiveError) -> Self {
        Self::Archive(error)
    }
}

/// Reads an archive from anywhere; `keep` says what is kept of a ballot or a partial decryption.
pub(super) fn contents<S: Bytes, P>(
    source: S,
    keep: impl Fn(Object<S::Run>) -> P,
) -> Result<Contents<S::Run, P>, ReadError<S::Error>> {
    let mut chain = Chain::new();
    let mut steps = Steps::default();
    let mut reader = Reader::new(source);
    loop {
        let entry = match reader.entry() {
            Ok(Some(entry)) => entry,
            Ok(None) => break,
            Err(Fault::Tar(fault)) => {
                let offset = reader.offset();
                return Err(ArchiveError::Tar { offset, fault }.into());
            }
            Err(Fault::Source(error)) => return Err(ReadError::Source(error)),
        };
        if let Some((height, step)) = chain.entry(entry)? {
            steps.take(height, step, &keep);
        }
    }
    chain.finish()?;
    let timestamp = chain.header().ok_or(ArchiveError::NoHeader)?.timestamp;
    let setup = steps.setup.ok_or(ArchiveError::NoHeader)?;
    Ok(Contents {
        timestamp,
        setup,
        ballots: steps.ballots,
        tally: steps.tally,
        partials: steps.partials,
        result: steps.result,
        stage: chain.stage,
        last: chain.last,
        height: chain.height,
    })
}

struct Steps<B, P> {
    setup: Option<Setup<B>>,
    ballots: Vec<BallotEntry<P>>,
    tally: Option<TallyEntry<B>>,
    partials: Vec<PartialEntry<P>>,
    result: Option<ResultEntry<B>>,
}

impl<B, P> Default for Steps<B, P> {
    fn default() -> Self {
        Self {
            setup: None,
            ballots: Vec::new(),
            tally: None,
            partials: Vec::new(),
            result: None,
        }
    }
}

impl<B: AsRef<[u8]>, P> Steps<B, P> {
    fn take(&mut self, height: u64, step: Step<B>, keep: impl Fn(Object<B>) -> P) {
        match step {
            Step::Setup(setup) => self.setup = Some(setup),
            Step::Ballot(object) => {
                let credential = credential_of_ballot(object.bytes.as_ref()).unwrap_or_default();
                self.ballots.push(BallotEntry {
                    height,
                    hash: object.hash,
                    credential: ObjectHash::of(credential.as_bytes()),
                    bytes: keep(object),
                });
            }
            Step::EndBallots => {}
            Step::EncryptedTally { sized, bytes } => {
                self.tally = Some(TallyEntry {
                    height,
                    sized,
                    bytes,
                });
            }
            Step::PartialDecryption { owner, partial } => self.partials.push(PartialEntry {
                height,
                owner,
                hash: partial.hash,
                bytes: keep(partial),
            }),
            Step::Result { bytes } => self.result = Some(ResultEntry { height, bytes }),
        }
    }
}
