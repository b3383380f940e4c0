//! The roster (代表名册) in a poll's part of the record: who may vote, by number and name. It stands there when the poll is
//! called, each change after that is an entry, and from the adoption of the rules until the announcement there is none.

use crate::infra::database::Tx;
use crate::infra::ids::JurisdictionId;
use crate::people::store as people_store;
use crate::record::change::Change;
use crate::record::values::{number, text};
use crate::session::error::SessionError;
use crate::session::poll::Poll;
use crate::session::rounds::rounds_of;
use crate::session::state::StateName;
use crate::session::store;
use tally::record::body::{PollRosterChanged, RosterDeputy, roster_sha256};
use tracing::instrument;

/// The deputies in office, in the order of their numbers, as the record has them.
pub(in crate::session) async fn roster(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
) -> Result<Vec<RosterDeputy>, SessionError> {
    let deputies = people_store::deputies(tx, jurisdiction).await?;
    let recorded = deputies.iter().map(|deputy| {
        Ok(RosterDeputy {
            number: number("number", deputy.number)?,
            name: text("name", &deputy.name)?,
            delegation: text("delegation", &deputy.delegation)?,
        })
    });
    recorded.collect()
}

/// The roster of a drafted poll, which is published where it is another than the record has.
pub(in crate::session) async fn publish_roster(
    change: &mut Change<'_>,
    poll: &Poll,
) -> Result<Vec<RosterDeputy>, SessionError> {
    let roster = roster(&mut change.tx, poll.jurisdiction).await?;
    let hash = roster_sha256(&roster);
    if hash.as_str() != poll.roster {
        store::set_roster(&mut change.tx, poll, hash.as_str()).await?;
        let changed = PollRosterChanged {
            election_uuid: (&poll.election).into(),
            roster_sha256: hash,
            roster: roster.clone(),
        };
        change.publish(changed).await?;
    }
    Ok(roster)
}

/// The roster of a jurisdiction is about to be committed otherwise: each poll that is not adopted yet gets an entry.
///
/// # Errors
/// [`SessionError::RosterFixed`] where a poll's rules have been adopted and its result is not announced.
#[instrument(skip_all, fields(%jurisdiction), err(level = "debug"))]
pub(crate) async fn roster_changed(
    change: &mut Change<'_>,
    jurisdiction: JurisdictionId,
) -> Result<(), SessionError> {
    let hash = roster_sha256(&roster(&mut change.tx, jurisdiction).await?);
    for poll in store::lock_polls_under_way(&mut change.tx, jurisdiction).await? {
        if poll.roster == hash.as_str() {
            continue;
        }
        if poll.state.name() != StateName::Drafted {
            return Err(SessionError::RosterFixed);
        }
        change.belongs_to(poll.scope());
        publish_roster(change, &poll).await?;
    }
    require_no_open_tie(&mut change.tx, jurisdiction, hash.as_str()).await
}

/// Where a vote has left a tie, those who voted decide it.
async fn require_no_open_tie(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    hash: &str,
) -> Result<(), SessionError> {
    let polls = store::polls_in_voting(tx, jurisdiction).await?;
    for of_cycle in polls.chunk_by(|one, next| one.cycle == next.cycle) {
        let rounds = rounds_of(tx, of_cycle).await?;
        let is_tied = rounds
            .as_ref()
            .is_some_and(|one| !one.decision.is_complete());
        if is_tied && rounds.is_some_and(|one| one.main().roster != hash) {
            return Err(SessionError::RosterFixed);
        }
    }
    Ok(())
}
