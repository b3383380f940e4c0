//! Several polls of one meeting by one check-in: the office joins a poll to another's check-in before anybody has checked in there.
//! Each has its own rules, scrutineers and keys; the devices register a public part for each, and the rolls of all are fixed when
//! the poll of the check-in is frozen.

use crate::infra::app::App;
use crate::infra::database::Tx;
use crate::infra::ids::JurisdictionId;
use crate::record::change::Actor;
use crate::session::audit::SessionEvent;
use crate::session::base::{adopted_rule, begin};
use crate::session::error::SessionError;
use crate::session::poll::{Poll, PollId};
use crate::session::state::{StateName, Step};
use crate::session::store;
use tracing::instrument;

/// The office lets a poll be checked in for with another one, or on its own again. The same again changes nothing.
///
/// # Errors
/// [`SessionError::State`] once the rules are adopted · [`SessionError::CheckInTogether`] where the other poll has begun its check-in,
/// is over, or is itself checked in for with another one
#[instrument(skip_all, fields(%jurisdiction, %poll), err(level = "debug"))]
pub async fn check_in_together(
    app: &App,
    actor: Actor,
    jurisdiction: JurisdictionId,
    poll: PollId,
    with: PollId,
) -> Result<(), SessionError> {
    // The poll of the check-in is locked first, as by everything that follows from it.
    let (mut change, other) = begin(app, actor, jurisdiction, with).await?;
    let poll = store::lock_poll(&mut change.tx, jurisdiction, poll)
        .await?
        .ok_or(SessionError::NoSuchPoll)?;
    change.belongs_to(poll.scope());
    poll.state.require(Step::Adopt)?;
    if poll.check_in == with {
        return Ok(());
    }
    let mine = store::joined_polls(&mut change.tx, &poll).await?;
    if with != poll.id && !(may_be_joined(&mut change.tx, &other).await? && mine.is_empty()) {
        return Err(SessionError::CheckInTogether);
    }
    store::set_check_in(&mut change.tx, &poll, with).await?;
    change
        .audit(SessionEvent::ShareCheckIn {
            poll: poll.id,
            with,
        })
        .await?;
    change.commit().await?;
    Ok(())
}

/// The polls whose check-in another poll of the jurisdiction may join.
pub async fn may_join(tx: &mut Tx, poll: &Poll) -> Result<Vec<Poll>, SessionError> {
    let mut others = Vec::new();
    for other in store::polls_under_way(tx, poll.jurisdiction).await? {
        if other.id != poll.id && may_be_joined(tx, &other).await? {
            others.push(other);
        }
    }
    Ok(others)
}

async fn may_be_joined(tx: &mut Tx, other: &Poll) -> Result<bool, SessionError> {
    let before = matches!(
        other.state.name(),
        StateName::Drafted | StateName::RulesAdopted
    );
    Ok(before && !other.is_checked_in_before() && store::count_present(tx, other).await? == 0)
}

/// The elections for which a device registers a public part besides the poll's own, in their order: those that the poll's rule sets
/// aside, then for each poll that is checked in for with it its own and those of its rule.
///
/// # Errors
/// [`SessionError::RulesOfJoined`] where one of these has no rules yet.
pub async fn elections_of_check_in(tx: &mut Tx, poll: &Poll) -> Result<Vec<String>, SessionError> {
    let mut elections = reserved(tx, poll).await?;
    for other in store::joined_polls(tx, poll).await? {
        if other.state.name() == StateName::Drafted {
            return Err(SessionError::RulesOfJoined);
        }
        // One that was withdrawn since keeps its place: devices have registered for it.
        elections.push(other.election.to_string());
        elections.extend(reserved(tx, &other).await?);
    }
    Ok(elections)
}

async fn reserved(tx: &mut Tx, poll: &Poll) -> Result<Vec<String>, SessionError> {
    let rule = adopted_rule(tx, poll).await?;
    let reserved = rule.iter().flat_map(|rule| rule.reserved().elections());
    Ok(reserved.map(|id| id.as_str().to_owned()).collect())
}
