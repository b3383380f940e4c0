//! Voting begins.

use crate::record::EntryKind;
use crate::record::change::Change;
use crate::session::error::SessionError;
use crate::session::poll::Party;
use crate::session::poll::Poll;
use crate::session::store;
use serde_json::json;

/// Voting begins.
pub(in crate::session) async fn open(
    change: &mut Change<'_>,
    poll: &Poll,
) -> Result<(), SessionError> {
    let next = poll.state.clone().open(change.at)?;
    store::save_state(&mut change.tx, poll, poll.state.name(), &next).await?;
    change
        .publish_about(
            EntryKind::PollOpened,
            poll.election.as_str(),
            &json!({ "poll": poll.id, "confirmed_by": Party::ALL }),
        )
        .await?;
    Ok(())
}
