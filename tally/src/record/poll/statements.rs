//! What the scrutineers' devices have signed, against the poll that the record has: all have approved the election before it was opened,
//! and enough have stated which ballots are summed before the first of them decrypted.

use std::collections::{BTreeMap, BTreeSet};

use ballot::group::{InGroup, in_group};
use ballot::trustee::{Approval, Closing, Signed, Statement, TrusteeId, Trustees, fewest};
use ballot::{Digest, Group, Wire};

use super::PollRecordError;
use crate::record::body::{Exact, PollClosed, PollFrozen};
use crate::record::tree::Hash;

/// Why a statement in the record does not count.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StatementFault {
    /// The election or the trustees of the freeze cannot be read.
    #[error("the poll's {0} cannot be read: {1}")]
    Setup(&'static str, String),
    /// It is no signed statement of this kind.
    #[error("no signed statement: {0}")]
    Unreadable(String),
    /// It is not signed by the trustee whom it names.
    #[error("the statement of trustee {0} is not signed by it")]
    Signature(TrusteeId),
    /// Its trustee has stated something before.
    #[error("trustee {0} has stated something before")]
    Twice(TrusteeId),
    /// Its trustee has seen another poll.
    #[error("trustee {0} states another {1} than the record has")]
    Differs(TrusteeId, &'static str),
    /// Too few have stated it in time.
    #[error("{stated} of the {needed} statements that must stand before it")]
    TooFew {
        /// How many have.
        stated: usize,
        /// How many must.
        needed: usize,
    },
}

/// Whose devices have signed the same of a poll.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stated {
    /// Whose.
    pub by: BTreeSet<TrusteeId>,
    /// How many must have, before the next step.
    pub needed: usize,
}

impl Stated {
    /// Whether enough have.
    pub fn is_enough(&self) -> bool {
        self.needed > 0 && self.by.len() >= self.needed
    }
}

/// A statement with the index of its entry.
pub(super) type Entry = (u64, Exact);

/// The approvals stand before the opening: those of all whom it takes state the election that was frozen under this rule.
pub(super) fn check_approvals(
    frozen: &PollFrozen,
    rule: &str,
    approvals: &[Entry],
    opened: Option<u64>,
) -> Result<Stated, PollRecordError> {
    let work = Approvals {
        frozen,
        rule,
        approvals,
        opened,
    };
    in_its_group(frozen, work)
}

/// What there is to compare closing statements with.
pub(super) struct Closed<'a> {
    /// The entry's index.
    pub(super) index: u64,
    /// The entry.
    pub(super) body: &'a PollClosed,
    /// The record's root at each size from the close on.
    pub(super) roots: &'a BTreeMap<u64, Hash>,
    /// The entry before which enough must have stated the same.
    pub(super) decrypted: Option<u64>,
}

/// The closing statements are of the sum that the record has at the close, each under a root that the record had. Answers also
/// with the number of ballots in them.
pub(super) fn check_closings(
    frozen: &PollFrozen,
    closed: &Closed<'_>,
    closings: &[Entry],
) -> Result<(Stated, Option<u64>), PollRecordError> {
    let work = Closings {
        frozen,
        closed,
        closings,
    };
    in_its_group(frozen, work)
}

struct Approvals<'a> {
    frozen: &'a PollFrozen,
    rule: &'a str,
    approvals: &'a [Entry],
    opened: Option<u64>,
}

struct Closings<'a> {
    frozen: &'a PollFrozen,
    closed: &'a Closed<'a>,
    closings: &'a [Entry],
}

type Checked<T> = Result<T, (u64, StatementFault)>;

impl InGroup for Approvals<'_> {
    type Output = Checked<Stated>;

    fn run<G: Group>(self) -> Self::Output {
        let mut read = Reading::<G>::of(self.frozen, self.first())?;
        let fingerprint = Digest::of(self.frozen.election.text());
        let roll = Digest::of(self.frozen.roll.text());
        for (index, text) in self.approvals {
            let (trustee, stated) = read.next::<Approval>(*index, text)?;
            let differs = |what| Err((*index, StatementFault::Differs(trustee, what)));
            if stated.fingerprint != fingerprint {
                return differs("election");
            }
            if stated.rule != Digest::of(self.rule) {
                return differs("rule");
            }
            if stated.roll != roll {
                return differs("roll");
            }
        }
        read.stated_before(self.opened)
    }
}

impl Approvals<'_> {
    /// The entry to blame where the setup cannot be read.
    fn first(&self) -> u64 {
        let first = self.approvals.first().map(|(index, _)| *index);
        first.or(self.opened).unwrap_or_default()
    }
}

impl InGroup for Closings<'_> {
    type Output = Checked<(Stated, Option<u64>)>;

    fn run<G: Group>(self) -> Self::Output {
        let mut read = Reading::<G>::of(self.frozen, self.closed.index)?;
        let fingerprint = Digest::of(self.frozen.election.text());
        let tally = self.closed.body.encrypted_tally_hash.as_str();
        let mut first: Option<Closing> = None;
        for (index, text) in self.closings {
            let (trustee, stated) = read.next::<Closing>(*index, text)?;
            let differs = |what| Err((*index, StatementFault::Differs(trustee, what)));
            if stated.fingerprint != fingerprint {
                return differs("election");
            }
            if stated.tally.to_string() != tally {
                return differs("sum");
            }
            if !self.had(stated.root, *index) {
                return differs("history");
            }
            if !first.get_or_insert(stated.clone()).agrees_with(&stated) {
                return differs("number of ballots");
            }
        }
        let stated = read.stated_before(self.closed.decrypted)?;
        Ok((stated, first.map(|closing| closing.ballots)))
    }
}

impl Closings<'_> {
    /// Whether the record had this root between the close and the statement's entry.
    fn had(&self, root: Option<Digest>, statement: u64) -> bool {
        let mut sizes = self.closed.roots.range(..=statement);
        root.is_some_and(|root| sizes.any(|(_, had)| had.as_bytes() == root.bytes()))
    }
}

/// The statements of one kind, one after the other.
struct Reading<G: Group> {
    trustees: Trustees<G>,
    stated: BTreeMap<TrusteeId, u64>,
}

impl<G: Group> Reading<G> {
    fn of(frozen: &PollFrozen, index: u64) -> Result<Self, (u64, StatementFault)> {
        let trustees = Trustees::<G>::from_json(frozen.trustees.text().as_bytes());
        let unreadable = |error: ballot::WireError| {
            let fault = StatementFault::Setup("trustees", error.to_string());
            (index, fault)
        };
        Ok(Self {
            trustees: trustees.map_err(unreadable)?,
            stated: BTreeMap::new(),
        })
    }

    /// One more: signed by its trustee, who has stated nothing before.
    fn next<S: Statement + Clone>(
        &mut self,
        index: u64,
        text: &Exact,
    ) -> Result<(TrusteeId, S), (u64, StatementFault)> {
        let signed = Signed::<G, S>::from_json(text.text().as_bytes())
            .map_err(|error| (index, StatementFault::Unreadable(error.to_string())))?;
        let trustee = signed.trustee();
        if !signed.is_signed(&self.trustees) {
            return Err((index, StatementFault::Signature(trustee)));
        }
        if self.stated.insert(trustee, index).is_some() {
            return Err((index, StatementFault::Twice(trustee)));
        }
        Ok((trustee, signed.statement().clone()))
    }

    /// All of them, of which enough stand before this entry, where it is there.
    fn stated_before(self, entry: Option<u64>) -> Checked<Stated> {
        let needed = fewest(&self.trustees);
        if let Some(entry) = entry {
            let stated = self.stated.values().filter(|index| **index < entry).count();
            if stated < needed {
                return Err((entry, StatementFault::TooFew { stated, needed }));
            }
        }
        let by = self.stated.into_keys().collect();
        Ok(Stated { by, needed })
    }
}

fn in_its_group<T, W: InGroup<Output = Checked<T>>>(
    frozen: &PollFrozen,
    work: W,
) -> Result<T, PollRecordError> {
    let blame = |(index, fault)| PollRecordError::Statement { index, fault };
    let setup = |reason: String| blame((0, StatementFault::Setup("election", reason)));
    let election = frozen.election.text().as_bytes();
    let group = ballot::group_of_election(election).map_err(|error| setup(error.to_string()))?;
    match in_group(&group, work) {
        Some(checked) => checked.map_err(blame),
        None => Err(setup(format!("unsupported: the group {group}"))),
    }
}
