//! The closing of a poll that stands in a public record.

use ballot::trustee::Closing;
use ballot::{Digest, Group, Tracker, Uuid};

use super::closing_of;
use crate::note::NoteError;
use crate::record::body::ElectionUuid;
use crate::record::poll::{BoxDifference, PollRecord, PollRecordError, RecordedPoll};
use crate::rules::Rule;
use crate::verify::Closed;

/// Why a device states nothing of a closed election: it is not what the record says of the poll.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotRecorded {
    /// There is nothing to compare with.
    #[error("the rule names no public record")]
    NoLog,
    /// The document is not the poll's part of the record that the rule names.
    #[error("the record: {0}")]
    Record(#[from] PollRecordError),
    /// Too few of the rule's witnesses have cosigned the checkpoint.
    #[error("the record's witnesses: {0}")]
    Witnesses(#[from] NoteError),
    /// Another election was frozen.
    #[error("the election that the record has at the freeze is another one")]
    OtherElection,
    /// The record does not have the close.
    #[error("the record goes only up to before the close")]
    NotClosed,
    /// The archive has other ballots.
    #[error(transparent)]
    Ballots(#[from] BoxDifference),
    /// The archive has the record's ballots in another order; where ballots may be replaced, the last one counts.
    #[error("the archive has the record's ballots in another order")]
    Order,
    /// The close has another sum.
    #[error("the record has another encrypted tally at the close")]
    OtherTally,
}

/// What a device states that has the poll's part of the record: that the archive, whose ballots are these in their order,
/// is what the record says, under this checkpoint.
///
/// # Errors
/// [`NotRecorded`]: what differs.
pub fn recorded_closing<G: Group>(
    closed: &Closed<G>,
    ballots: &[Tracker],
    rule: &Rule,
    record: &PollRecord,
) -> Result<Closing, NotRecorded> {
    let poll = verified(rule, closed.election.uuid(), record)?;
    let frozen = poll.frozen.as_ref();
    let fingerprint = frozen.map(|frozen| Digest::of(frozen.election.text()));
    if fingerprint != Some(closed.election.fingerprint()) {
        return Err(NotRecorded::OtherElection);
    }
    let end = poll.closed.as_ref().ok_or(NotRecorded::NotClosed)?;
    poll.equals_box(ballots.iter().copied())?;
    let recorded = poll.ballots.iter().map(|(_, ballot)| ballot.tracker());
    if !recorded.eq(ballots.iter().copied()) {
        return Err(NotRecorded::Order);
    }
    let root = Digest::from_bytes(*poll.checkpoint.root.as_bytes());
    let own = closing_of(closed, Some(root));
    if end.encrypted_tally_hash.as_str() != own.tally.to_string() {
        return Err(NotRecorded::OtherTally);
    }
    Ok(own)
}

/// The poll's part of the record that the rule names, with its witnesses.
fn verified(
    rule: &Rule,
    election: &Uuid,
    record: &PollRecord,
) -> Result<RecordedPoll, NotRecorded> {
    let log = rule.log().ok_or(NotRecorded::NoLog)?;
    let poll = record.verify(log, &ElectionUuid::from(election), None)?;
    let witnesses = rule.witnesses();
    if witnesses.required > 0 {
        poll.note
            .verify_witnesses(&witnesses.keys, witnesses.required)?;
    }
    Ok(poll)
}
