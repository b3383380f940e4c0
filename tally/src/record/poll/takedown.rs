//! Which bodies a takedown may hide.

use super::{PollRecord, PollRecordError};
use crate::record::body::Kind;
use crate::record::leaf::LeafHeader;

/// Refuses a takedown of a body that stays, or of none. What it takes down of before the first leaf is not seen here.
///
/// # Errors
/// [`PollRecordError::TakenDown`].
pub(super) fn check(
    record: &PollRecord,
    index: u64,
    header: &LeafHeader,
) -> Result<(), PollRecordError> {
    if Kind::find(header.kind()) != Some(Kind::BodyTakenDown) {
        return Ok(());
    }
    let position = header.subject().parse::<u64>().ok();
    let may = match position.filter(|position| *position < index) {
        None => false,
        Some(position) => position
            .checked_sub(record.first)
            .is_none_or(|offset| kind_at(record, offset).is_some_and(Kind::may_be_taken_down)),
    };
    if may {
        Ok(())
    } else {
        Err(PollRecordError::TakenDown {
            index,
            subject: header.subject().to_owned(),
        })
    }
}

fn kind_at(record: &PollRecord, offset: u64) -> Option<Kind> {
    let leaf = record.leaves.get(usize::try_from(offset).ok()?)?;
    let header = LeafHeader::from_entry(leaf.as_bytes()).ok()?;
    Kind::find(header.kind())
}
