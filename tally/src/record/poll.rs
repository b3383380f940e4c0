//! A poll's part of the public record, as one document: from it device, service and bundle see with the same code which
//! ballots were cast, and that a box has exactly those.
//!
//! ```json
//! {"first":812,"peaks":["…"],"leaves":["{\"v\":1,…}",…],"bodies":[{"index":813,"document":"salt\nbody"},…],"checkpoint":"…"}
//! ```
//!
//! Every leaf from `first` up to the checkpoint's size is there, whatever it is about: so no entry about the poll can be left
//! out, not even one that was written after the close. What lies before stands there as the hashes of its complete subtrees,
//! and cannot be about the poll's ballots, since the first entry about the poll is among the leaves.

mod ceremony;
mod order;
mod people;
mod statements;
mod takedown;

use std::collections::BTreeMap;
use std::fmt;

use ballot::{Digest, Tracker};
use serde::{Deserialize, Serialize};

use super::body::{
    Body, ElectionUuid, Kind, OpenError, PollAnnounced, PollBallot, PollClosed, PollFrozen,
    PollLotDrawn, PollOpened, PollPaperCounted, PollPartiallyDecrypted, PollRulesAdopted,
    PollVoided, PollWithdrawn, RosterDeputy, RosterFault,
};
use super::checkpoint::{Checkpoint, CheckpointError};
use super::leaf::{LeafError, LeafHeader};
use super::tree::{Frontier, Hash, TreeError, leaf_hash};
use crate::note::{Note, NoteError, VerifierKey};
pub use ceremony::{KeyFault, RecordedCeremony};
use order::Progress;
pub use statements::{Stated, StatementFault};

/// A poll's part of the record: a claim, until it is verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PollRecord {
    /// The index of the first leaf that stands here: not after the first entry about the poll.
    pub first: u64,
    /// The hashes of the complete subtrees of everything before it, from left to right, each as base64 of 32 bytes.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub peaks: Vec<Hash>,
    /// Every leaf from the first up to the checkpoint's size, as its exact text.
    pub leaves: Vec<String>,
    /// The bodies of the entries about the poll, in ascending order.
    pub bodies: Vec<ServedBody>,
    /// The signed checkpoint, with its cosignatures.
    pub checkpoint: String,
}

/// The body of an entry, as the record serves it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ServedBody {
    /// The entry's index.
    pub index: u64,
    /// The salt as 64 hexadecimal digits, a newline, the body.
    pub document: String,
}

/// What the record says of a poll, verified.
#[derive(Clone, Debug)]
pub struct RecordedPoll {
    /// The tree in which it stands.
    pub checkpoint: Checkpoint,
    /// The signed note of it, to verify witnesses by.
    pub note: Note,
    /// The election of the poll that left what this one decides, where there is one.
    pub follows: Option<ElectionUuid>,
    /// The deputies in office at the adoption.
    pub roster: Vec<RosterDeputy>,
    /// The adopted rules.
    pub rules: PollRulesAdopted,
    /// The ceremony that is under way, or has given the key.
    pub ceremony: RecordedCeremony,
    /// What was fixed before voting, once it was.
    pub frozen: Option<PollFrozen>,
    /// Whose devices have approved the election.
    pub approved: Stated,
    /// The opening.
    pub opened: Option<PollOpened>,
    /// The ballots in the order of the record, each with its index.
    pub ballots: Vec<(u64, PollBallot)>,
    /// What came out of the box with the paper ballots, where it was emptied.
    pub paper: Option<PollPaperCounted>,
    /// The close.
    pub closed: Option<PollClosed>,
    /// The hashes of the partial decryptions, as they came.
    pub partials: Vec<PollPartiallyDecrypted>,
    /// Whose devices have stated which ballots are summed, all of them the same.
    pub closing: Stated,
    /// How many ballots they have stated, once one has.
    pub stated_ballots: Option<u64>,
    /// The announcement.
    pub announced: Option<PollAnnounced>,
    /// The drawn lot, where one was needed.
    pub lot: Option<PollLotDrawn>,
    /// How it ended without a result, where it did.
    pub ended: Option<Ended>,
}

/// How a poll ended without a result: the record's entry with the name of the end, as it stands in a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Ended {
    /// Before anybody could vote.
    Withdrawn(PollWithdrawn),
    /// After the opening.
    Voided(PollVoided),
}

impl Ended {
    /// The election's id.
    pub fn election_uuid(&self) -> &ElectionUuid {
        match self {
            Self::Withdrawn(body) => &body.election_uuid,
            Self::Voided(body) => &body.election_uuid,
        }
    }
}

/// Why a document is not a poll's part of this record. Entries are named by their index in the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PollRecordError {
    /// The checkpoint is not signed by the log.
    #[error("checkpoint: {0}")]
    Signature(#[from] NoteError),
    /// The checkpoint's text.
    #[error("checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// A checkpoint of another log.
    #[error("checkpoint: its origin is `{found}`, the key is that of `{expected}`")]
    OtherOrigin {
        /// The key's name.
        expected: String,
        /// The checkpoint's origin.
        found: String,
    },
    /// The leaves do not go up to the checkpoint's size.
    #[error("the leaves end before {found}, the checkpoint has {expected}")]
    Size {
        /// By the checkpoint.
        expected: u64,
        /// By first leaf and number of leaves.
        found: u64,
    },
    /// What lies before the first leaf has another number of subtrees.
    #[error("{0} leaves before the first do not have so many complete subtrees")]
    Peaks(u64),
    /// The leaves are not those of the checkpoint.
    #[error("the leaves do not lead to the checkpoint's root")]
    Root,
    /// The record did not grow from a checkpoint that was seen before.
    #[error("the record with {0} entries that was seen before is not the beginning of this one")]
    OtherHistory(u64),
    /// The tree cannot be built.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// A leaf cannot be read.
    #[error("entry {index}: {error}")]
    Leaf {
        /// Which entry.
        index: u64,
        /// Why.
        error: LeafError,
    },
    /// A body is not the leaf's.
    #[error("entry {index}: {error}")]
    Body {
        /// Which entry.
        index: u64,
        /// Why.
        error: OpenError,
    },
    /// An entry about the poll without its body.
    #[error("entry {index}: the body of a `{kind}` is missing")]
    MissingBody {
        /// Which entry.
        index: u64,
        /// Its kind.
        kind: Kind,
    },
    /// A body that is not of an entry about the poll, or not in ascending order.
    #[error("entry {0}: its body does not belong here, or stands twice")]
    StrayBody(u64),
    /// An entry about the poll where none of its kind can be.
    #[error("entry {index}: a `{kind}` cannot stand here")]
    Order {
        /// Which entry.
        index: u64,
        /// Its kind.
        kind: String,
    },
    /// What the record says about people does not fit together.
    #[error("entry {index}: {fault}")]
    People {
        /// Which entry.
        index: u64,
        /// What does not fit.
        fault: RosterFault,
    },
    /// What a scrutineer's device has signed is something else, or missing.
    #[error("entry {index}: {fault}")]
    Statement {
        /// Which entry.
        index: u64,
        /// What does not fit.
        fault: StatementFault,
    },
    /// The key is not the one that the scrutineers have made.
    #[error("entry {index}: {fault}")]
    Key {
        /// Which entry.
        index: u64,
        /// What does not fit.
        fault: KeyFault,
    },
    /// The same ballot in two entries.
    #[error("entry {index}: the ballot {tracker} stands twice")]
    BallotTwice {
        /// The second entry.
        index: u64,
        /// The ballot.
        tracker: Tracker,
    },
    /// A takedown of a body that stays.
    #[error("entry {index}: takes down the body of entry {subject}, which cannot be taken down")]
    TakenDown {
        /// Which entry.
        index: u64,
        /// Of which entry, as it says.
        subject: String,
    },
    /// No rules of the poll in the leaves.
    #[error("the record has no adopted rules of this poll")]
    NoRules,
}

impl PollRecordError {
    /// What is wrong, as a stable name for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Signature(_) | Self::Checkpoint(_) | Self::OtherOrigin { .. } => "checkpoint",
            Self::Size { .. } | Self::Peaks(_) | Self::Root | Self::Tree(_) => "tree",
            Self::OtherHistory(_) => "history",
            Self::Leaf { .. }
            | Self::Body { .. }
            | Self::MissingBody { .. }
            | Self::StrayBody(_)
            | Self::TakenDown { .. } => "entry",
            Self::People { .. } => "people",
            Self::Statement { .. } => "statement",
            Self::Key { .. } => "key",
            Self::Order { .. } | Self::BallotTwice { .. } | Self::NoRules => "order",
        }
    }
}

impl PollRecord {
    /// Verifies that this is everything that the log of this key says of an election's poll, up to the checkpoint.
    ///
    /// Witnesses are not looked at: the rule says how many are needed ([`Note::verify_witnesses`]). `seen` is a checkpoint of
    /// this log that the caller has verified before, of which this one must be a continuation; one of before the first leaf
    /// cannot be compared.
    ///
    /// # Errors
    /// [`PollRecordError`] names the entry.
    pub fn verify(
        &self,
        log: &VerifierKey,
        election: &ElectionUuid,
        seen: Option<&Checkpoint>,
    ) -> Result<RecordedPoll, PollRecordError> {
        let note = Note::parse(&self.checkpoint)?;
        note.verify(log)?;
        let checkpoint = Checkpoint::parse(note.text())?;
        if checkpoint.origin != log.name().as_str() {
            return Err(PollRecordError::OtherOrigin {
                expected: log.name().to_string(),
                found: checkpoint.origin,
            });
        }
        self.verify_tree(&checkpoint, seen)?;
        let mut progress = Progress::default();
        let mut bodies: BTreeMap<u64, &str> = BTreeMap::new();
        for body in &self.bodies {
            let last = bodies.last_key_value().map(|(index, _)| *index);
            if last >= Some(body.index) {
                return Err(PollRecordError::StrayBody(body.index));
            }
            bodies.insert(body.index, &body.document);
        }
        for (index, leaf) in (self.first..).zip(&self.leaves) {
            let header = LeafHeader::from_entry(leaf.as_bytes())
                .map_err(|error| PollRecordError::Leaf { index, error })?;
            if order::is_about(&header, election) {
                let document = bodies.remove(&index);
                progress.entry(index, &header, document)?;
            }
            takedown::check(self, index, &header)?;
        }
        if let Some(index) = bodies.keys().next() {
            return Err(PollRecordError::StrayBody(*index));
        }
        let roots = match progress.closed_at() {
            Some(closed) => self.roots_after(closed)?,
            None => BTreeMap::new(),
        };
        progress.finish(checkpoint, note, &roots)
    }

    /// The roots of the sizes at which the entry of this index was there.
    fn roots_after(&self, index: u64) -> Result<BTreeMap<u64, Hash>, PollRecordError> {
        let mut tree = self.before()?;
        let mut roots = BTreeMap::new();
        for leaf in &self.leaves {
            tree.push(leaf_hash(leaf.as_bytes()))?;
            if tree.size() > index {
                roots.insert(tree.size(), tree.root());
            }
        }
        Ok(roots)
    }

    /// The tree of everything before the first leaf.
    fn before(&self) -> Result<Frontier, PollRecordError> {
        Frontier::from_peaks(self.first, self.peaks.clone())
            .ok_or(PollRecordError::Peaks(self.first))
    }

    /// The leaves and what lies before them give the checkpoint's root, and on the way that of a checkpoint seen before.
    fn verify_tree(
        &self,
        checkpoint: &Checkpoint,
        seen: Option<&Checkpoint>,
    ) -> Result<(), PollRecordError> {
        let leaves = u64::try_from(self.leaves.len()).unwrap_or(u64::MAX);
        let found = self.first.saturating_add(leaves);
        if found != checkpoint.size {
            let expected = checkpoint.size;
            return Err(PollRecordError::Size { expected, found });
        }
        let mut tree = self.before()?;
        let continues = |tree: &Frontier| {
            seen.filter(|seen| seen.size == tree.size())
                .is_none_or(|seen| seen.root == tree.root())
        };
        let other = |tree: &Frontier| PollRecordError::OtherHistory(tree.size());
        if seen.is_some_and(|seen| seen.size > checkpoint.size) || !continues(&tree) {
            return Err(other(&tree));
        }
        for leaf in &self.leaves {
            tree.push(leaf_hash(leaf.as_bytes()))?;
            if !continues(&tree) {
                return Err(other(&tree));
            }
        }
        if tree.root() == checkpoint.root {
            Ok(())
        } else {
            Err(PollRecordError::Root)
        }
    }
}

impl RecordedPoll {
    /// Whether a box has exactly the ballots of the record.
    ///
    /// # Errors
    /// [`BoxDifference`].
    pub fn equals_box(
        &self,
        ballots: impl IntoIterator<Item = Tracker>,
    ) -> Result<(), BoxDifference> {
        let recorded = self.ballots.iter().map(|(_, ballot)| ballot.tracker());
        box_equals_record(recorded, ballots)
    }
}

/// Where a box and the record differ.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct BoxDifference {
    /// Ballots of the record that are not in the box: somebody has a receipt, and is not counted.
    pub missing: Vec<Tracker>,
    /// Ballots of the box that are not in the record, or more often than there.
    pub invented: Vec<Tracker>,
}

impl fmt::Display for BoxDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (missing, invented) = (self.missing.len(), self.invented.len());
        write!(
            f,
            "{missing} ballots of the record are not in the box, and {invented} of the box are not in the record; the first is {}",
            self.first()
                .map(|tracker| tracker.to_string())
                .unwrap_or_default()
        )
    }
}

impl BoxDifference {
    /// A ballot to begin with.
    pub fn first(&self) -> Option<Tracker> {
        self.missing.first().or(self.invented.first()).copied()
    }
}

/// Whether a box has exactly the ballots of the record: each once, and none besides. The one place where the two are compared.
///
/// # Errors
/// [`BoxDifference`].
pub fn box_equals_record(
    recorded: impl IntoIterator<Item = Tracker>,
    ballots: impl IntoIterator<Item = Tracker>,
) -> Result<(), BoxDifference> {
    let mut open: BTreeMap<Tracker, u64> = BTreeMap::new();
    for tracker in recorded {
        *open.entry(tracker).or_default() += 1;
    }
    let mut invented = Vec::new();
    for tracker in ballots {
        match open.get_mut(&tracker) {
            Some(left) if *left > 0 => *left -= 1,
            _ => invented.push(tracker),
        }
    }
    let missing: Vec<Tracker> = open
        .into_iter()
        .filter(|(_, left)| *left > 0)
        .map(|(tracker, _): (Digest, u64)| tracker)
        .collect();
    if missing.is_empty() && invented.is_empty() {
        Ok(())
    } else {
        Err(BoxDifference { missing, invented })
    }
}

/// Opens the body of an entry.
fn open(index: u64, header: &LeafHeader, document: &str) -> Result<Body, PollRecordError> {
    Body::open(header, document.as_bytes()).map_err(|error| PollRecordError::Body { index, error })
}
