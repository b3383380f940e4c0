//! Whether the box has exactly the ballots of the record: whoever has a receipt is counted.

use crate::infra::database::Tx;
use crate::record::EntryIndex;
use crate::record::store::told_after;
use crate::session::base::inconsistent;
use crate::session::error::SessionError;
use crate::session::poll::Poll;
use crate::session::store;
use ballot::Digest;
use std::collections::BTreeMap;
use tally::record::body::Kind;
use tally::record::poll::box_equals_record;

/// How many rows are read at a time.
const BATCH: u16 = 256;

/// The box has exactly the ballots of the record, byte for byte, and each names its entry. Answers with how many.
///
/// # Errors
/// [`SessionError::BoxDiffers`] names the ballots of which one of the two has other ones.
pub(in crate::session) async fn require_recorded(
    tx: &mut Tx,
    poll: &Poll,
) -> Result<usize, SessionError> {
    let recorded = recorded_ballots(tx, poll).await?;
    let mut in_box = Vec::new();
    let mut misplaced = None;
    loop {
        let offset =
            u64::try_from(in_box.len()).map_err(|error| inconsistent(poll, error.to_string()))?;
        let page = store::ballots_from(tx, poll, offset, BATCH).await?;
        if page.is_empty() {
            break;
        }
        for cast in page {
            let digest = Digest::of(&cast.ballot);
            if cast.tracker != digest.to_string() || recorded.get(&cast.entry) != Some(&digest) {
                misplaced.get_or_insert(cast.tracker);
            }
            in_box.push(digest);
        }
    }
    let count = in_box.len();
    box_equals_record(recorded.into_values(), in_box)?;
    match misplaced {
        None => Ok(count),
        Some(tracker) => Err(inconsistent(
            poll,
            format!("the ballot {tracker} has another tracker or another entry than the record's"),
        )),
    }
}

async fn recorded_ballots(
    tx: &mut Tx,
    poll: &Poll,
) -> Result<BTreeMap<EntryIndex, Digest>, SessionError> {
    let subject = poll.election.to_string();
    let mut recorded = BTreeMap::new();
    let mut last = None;
    loop {
        let page = told_after(tx, poll.scope(), &subject, last, BATCH).await?;
        let Some(end) = page.last() else {
            return Ok(recorded);
        };
        last = Some(end.position);
        for entry in page {
            if entry.kind != Kind::PollBallot.name() {
                continue;
            }
            let body = entry.body.ok_or_else(|| {
                inconsistent(
                    poll,
                    format!("the ballot of entry {} was taken down", entry.position),
                )
            })?;
            recorded.insert(entry.position, Digest::of(body));
        }
    }
}
