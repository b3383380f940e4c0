//! A receipt against a bundle: the ballot is in the record and in the count, without a word of the service that gave it.

use ballot::{Tracker, credential_of_ballot};

use super::recorded::Recorded;
use crate::record::Receipt;
use crate::record::poll::PollRecordError;
use crate::record::receipt::ReceiptError;

/// The ballot of a receipt, found in a verified bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedBallot {
    /// Its tracker.
    pub tracker: Tracker,
    /// Its entry in the record.
    pub index: u64,
    /// The entry of a later ballot of the same credential, which counts in its place where the rule allows it.
    pub replaced_by: Option<u64>,
}

/// Why a receipt does not show that its ballot is counted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotCounted {
    /// The bundle is not verified, or its rule names no record.
    #[error("the bundle is not verified, or its rule names no public record")]
    Bundle,
    /// The receipt does not hold under the key of the log that the rule names.
    #[error("receipt: {0}")]
    Receipt(#[from] ReceiptError),
    /// Another entry stands at its place in the bundle's record, or none.
    #[error(
        "entry {0} of the receipt is not that of the bundle's record: keep the receipt, two histories were shown"
    )]
    OtherEntry(u64),
    /// The receipt's checkpoint is of another history.
    #[error("the receipt's checkpoint is not of the bundle's record: {0}")]
    OtherHistory(PollRecordError),
    /// The poll ended without a result.
    #[error("the poll ended without a result: no ballot of it is counted")]
    Ended,
    /// It is in the record, but no ballot of this poll.
    #[error("entry {0} is no ballot of this poll")]
    NoBallot(u64),
}

impl NotCounted {
    /// What is wrong, as a stable name for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Bundle => "bundle",
            Self::Receipt(error) => error.check(),
            Self::OtherEntry(_) => "other-entry",
            Self::OtherHistory(_) => "other-history",
            Self::Ended => "ended",
            Self::NoBallot(_) => "no-ballot",
        }
    }
}

pub(super) fn check(recorded: &Recorded, receipt: &str) -> Result<CountedBallot, NotCounted> {
    let receipt: Receipt = receipt.parse()?;
    let included = receipt.verify(&recorded.log, &[], 0)?;
    let index = included.index;
    let record = &recorded.record;
    let place = index.checked_sub(record.first);
    let leaf = place
        .and_then(|place| usize::try_from(place).ok())
        .and_then(|place| record.leaves.get(place));
    if leaf.map(String::as_bytes) != Some(receipt.entry()) {
        return Err(NotCounted::OtherEntry(index));
    }
    // A receipt may be newer than the bundle; else the bundle's record must have grown from it.
    if included.checkpoint.size <= recorded.poll.checkpoint.size {
        record
            .verify(
                &recorded.log,
                &recorded.election,
                Some(&included.checkpoint),
            )
            .map_err(NotCounted::OtherHistory)?;
    }
    let mut ballots = recorded.poll.ballots.iter();
    let (_, ballot) = ballots
        .by_ref()
        .find(|(place, _)| *place == index)
        .ok_or(NotCounted::NoBallot(index))?;
    if recorded.poll.ended.is_some() {
        return Err(NotCounted::Ended);
    }
    let credential = |text: &str| {
        credential_of_ballot(text.as_bytes())
            .ok()
            .map(str::to_owned)
    };
    let own = credential(ballot.ballot().text());
    let mut later = ballots.filter(|(_, other)| credential(other.ballot().text()) == own);
    Ok(CountedBallot {
        tracker: ballot.tracker(),
        index,
        replaced_by: later.next_back().map(|(place, _)| *place),
    })
}
