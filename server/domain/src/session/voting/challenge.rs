//! Challenging a sealed ballot instead of casting it: the device then shows what it has sealed, and any other device computes it
//! again. Whoever has seen that can cast the ballot, too, so it must be refused before anything is shown.

use super::cast::{election, in_turn, read, require_open};
use crate::infra::app::App;
use crate::record;
use crate::record::change::{Actor, Change};
use crate::session::audit::SessionEvent;
use crate::session::error::SessionError;
use crate::session::poll::Poll;
use crate::session::store;
use ballot::BallotError;
use tracing::instrument;

/// How many ballots of one credential may be challenged: whoever holds a credential cannot fill the record with them.
pub const MOST_CHALLENGES: usize = 5;

/// Refuses a ballot from now on, which its device will open. The same ballot again is harmless. Its tracker stands in the record's
/// entry of the close.
///
/// # Errors
/// [`SessionError::AlreadyCast`] where a ballot of this credential is in the box, [`SessionError::TooManyChallenges`], and what
/// casting the ballot would have been refused for.
#[instrument(skip_all, fields(poll = %poll.id), err(level = "debug"))]
pub async fn challenge(app: &App, poll: &Poll, bytes: String) -> Result<(), SessionError> {
    require_open(poll)?;
    let opened = poll.state.opened().ok_or(SessionError::NotOpen)?;
    let read = in_turn(poll, move || read(bytes)).await??;
    let mut tx = app.database.read().await?;
    let listed = store::listed(&mut tx, poll, &read.credential).await?;
    drop(tx);
    if listed.as_ref().is_some_and(|listed| listed.of_paper) {
        return Err(SessionError::PaperNotAgreed);
    }
    if listed.is_none() && read.ballot.election_uuid == poll.election {
        return Err(BallotError::NotOnRoll.into());
    }
    let election = election(app, poll).await?;
    let checked = in_turn(poll, move || read.check(&election)).await??;
    let tracker = checked.tracker.to_string();
    let mut change = Change::begin(app, Actor::Anonymous, Some(poll.scope())).await?;
    // From here on no ballot is cast and the poll is not closed: one of both has been before, or comes after.
    record::store::hold(&mut change.tx).await?;
    // As a cast's: its own time would tell whose it is to anybody who saw the hall.
    change.at = opened.at;
    let listed = store::listed(&mut change.tx, poll, &checked.credential).await?;
    if listed.is_some_and(|listed| listed.tracker.is_some()) {
        return Err(SessionError::AlreadyCast);
    }
    let earlier = store::spoiled_of(&mut change.tx, poll, &checked.credential).await?;
    if earlier.contains(&tracker) {
        return Ok(());
    }
    let number = earlier.len() + 1;
    let number = i32::try_from(number)
        .ok()
        .filter(|_| number <= MOST_CHALLENGES)
        .ok_or(SessionError::TooManyChallenges)?;
    if !store::insert_spoiled(&mut change.tx, poll, &checked.credential, number, &tracker).await? {
        return Err(SessionError::NotOpen);
    }
    change
        .audit(SessionEvent::Challenge { poll: poll.id })
        .await?;
    change.commit().await?;
    Ok(())
}
