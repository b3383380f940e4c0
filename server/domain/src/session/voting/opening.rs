//! Voting begins.

use crate::record::change::Change;
use crate::session::error::SessionError;
use crate::session::poll::Party;
use crate::session::poll::Poll;
use crate::session::store;
use tally::record::body::PollOpened;
use tracing::instrument;

/// Voting begins.
#[instrument(skip_all, fields(poll = %poll.id), err(level = "debug"))]
pub(in crate::session) async fn open(
    change: &mut Change<'_>,
    poll: &Poll,
) -> Result<(), SessionError> {
    let next = poll.state.clone().open(change.at)?;
    store::save_state(&mut change.tx, poll, poll.state.name(), &next).await?;
    let opened = PollOpened {
        election_uuid: (&poll.election).into(),
        confirmed_by: Party::recorded(),
    };
    change.publish(opened).await?;
    Ok(())
}
