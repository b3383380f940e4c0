//! Reading a whole archive: its objects as they stand, none of them copied.

use super::chain::{ArchiveError, Chain, Stage, Step};
use super::objects::{ObjectHash, SizedTally};
use super::tar::Entries;

/// An archive whose form, hashes, chain and order of events hold. No proof has been checked.
#[derive(Clone, Debug)]
pub struct Archive<'a> {
    /// Seconds since 1970 of the election's beginning.
    pub timestamp: u64,
    /// What the election is.
    pub setup: Setup<'a>,
    /// The ballots in the order of the record.
    pub ballots: Vec<BallotEntry<'a>>,
    /// The encrypted tally, once there.
    pub tally: Option<TallyEntry<'a>>,
    /// The partial decryptions.
    pub partials: Vec<PartialEntry<'a>>,
    /// The result, once there.
    pub result: Option<ResultEntry<'a>>,
    /// How far it has come.
    pub stage: Stage,
    pub(super) last: Option<ObjectHash>,
    pub(super) height: u64,
}

/// The objects of the setup.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'a> {
    /// The election object.
    pub election: &'a [u8],
    /// The trustees object.
    pub trustees: &'a [u8],
    /// The public credentials: the roll.
    pub credentials: &'a [u8],
}

/// A ballot event.
#[derive(Clone, Copy, Debug)]
pub struct BallotEntry<'a> {
    /// The event's height.
    pub height: u64,
    /// The ballot's hash; in base64 it is the tracker.
    pub hash: ObjectHash,
    /// The ballot.
    pub bytes: &'a [u8],
}

/// An encrypted-tally event.
#[derive(Clone, Copy, Debug)]
pub struct TallyEntry<'a> {
    /// The event's height.
    pub height: u64,
    /// What it says of its size.
    pub sized: SizedTally,
    /// The encrypted tally.
    pub bytes: &'a [u8],
}

/// A partial-decryption event.
#[derive(Clone, Copy, Debug)]
pub struct PartialEntry<'a> {
    /// The event's height.
    pub height: u64,
    /// The trustee's number, from 1 (0 is possible in a bad archive).
    pub owner: u32,
    /// The partial decryption.
    pub bytes: &'a [u8],
}

/// A result event.
#[derive(Clone, Copy, Debug)]
pub struct ResultEntry<'a> {
    /// The event's height.
    pub height: u64,
    /// The result object.
    pub bytes: &'a [u8],
}

impl<'a> Archive<'a> {
    /// Reads an archive, finished or not.
    pub fn read(bytes: &'a [u8]) -> Result<Self, ArchiveError> {
        let mut chain = Chain::new();
        let mut steps = Steps::default();
        let mut entries = Entries::new(bytes);
        loop {
            let offset = entries.offset();
            let Some(entry) = entries.next() else { break };
            let entry = entry.map_err(|fault| ArchiveError::Tar { offset, fault })?;
            if let Some((height, step)) = chain.entry(entry)? {
                steps.take(height, step);
            }
        }
        chain.finish()?;
        let timestamp = chain.header().ok_or(ArchiveError::NoHeader)?.timestamp;
        let setup = steps.setup.ok_or(ArchiveError::NoHeader)?;
        Ok(Self {
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
}

#[derive(Default)]
struct Steps<'a> {
    setup: Option<Setup<'a>>,
    ballots: Vec<BallotEntry<'a>>,
    tally: Option<TallyEntry<'a>>,
    partials: Vec<PartialEntry<'a>>,
    result: Option<ResultEntry<'a>>,
}

impl<'a> Steps<'a> {
    fn take(&mut self, height: u64, step: Step<'a>) {
        match step {
            Step::Setup {
                election,
                trustees,
                credentials,
            } => {
                self.setup = Some(Setup {
                    election,
                    trustees,
                    credentials,
                });
            }
            Step::Ballot { hash, bytes } => self.ballots.push(BallotEntry {
                height,
                hash,
                bytes,
            }),
            Step::EndBallots => {}
            Step::EncryptedTally { sized, bytes } => {
                self.tally = Some(TallyEntry {
                    height,
                    sized,
                    bytes,
                });
            }
            Step::PartialDecryption { owner, bytes } => self.partials.push(PartialEntry {
                height,
                owner,
                bytes,
            }),
            Step::Result { bytes } => self.result = Some(ResultEntry { height, bytes }),
        }
    }
}
