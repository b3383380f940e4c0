//! The desk at the check-in (签到台): personal codes for who cannot read the screen, and leaves of absence (请假).

use super::code::{CheckInCode, PERSONAL_CODE_SECONDS, personal_digits};
use crate::infra::app::App;
use crate::infra::database::Tx;
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::people::DeputyId;
use crate::record::change::{Actor, Change};
use crate::session::audit::SessionEvent;
use crate::session::base::begin;
use crate::session::error::SessionError;
use crate::session::poll::{Poll, PollId};
use crate::session::state::{StateName, Step};
use crate::session::store::{self, DeskDeputy, NewDeskCode};
use tracing::instrument;

/// The office says whether this poll's check-in asks for the code that the hall's screen shows. It does unless the office has said
/// otherwise, and that only before the meeting adopts the rules. The same again changes nothing.
#[instrument(skip_all, fields(%jurisdiction, %poll), err(level = "debug"))]
pub async fn set_check_in_code(
    app: &App,
    actor: Actor,
    jurisdiction: JurisdictionId,
    poll: PollId,
    asked: bool,
) -> Result<(), SessionError> {
    let (mut change, poll) = begin(app, actor, jurisdiction, poll).await?;
    poll.state.require(Step::Adopt)?;
    if store::asks_code(&mut change.tx, &poll).await? == asked {
        return Ok(());
    }
    store::set_asks_code(&mut change.tx, &poll, asked).await?;
    let poll = poll.id;
    change
        .audit(SessionEvent::SetCheckInCode { poll, asked })
        .await?;
    change.commit().await?;
    Ok(())
}

/// The desk gives the deputy of this roster number a code with which only that deputy's device checks in, once. Asked again soon
/// it is the same one.
///
/// # Errors
/// [`SessionError::CheckInClosed`] · [`SessionError::NoCodeAsked`] · [`SessionError::NoSuchDeputy`]
#[instrument(skip_all, fields(%jurisdiction, %poll), err(level = "debug"))]
pub async fn give_desk_code(
    app: &App,
    account: AccountId,
    jurisdiction: JurisdictionId,
    poll: PollId,
    number: i32,
) -> Result<CheckInCode, SessionError> {
    let (mut change, poll, deputy) = at_the_desk(app, account, jurisdiction, poll, number).await?;
    if poll.state.name() != StateName::RulesAdopted || poll.is_checked_in_before() {
        return Err(SessionError::CheckInClosed);
    }
    if !store::asks_code(&mut change.tx, &poll).await? {
        return Err(SessionError::NoCodeAsked);
    }
    let half = change.at.plus_seconds(PERSONAL_CODE_SECONDS / 2);
    let kept = store::desk_code(&mut change.tx, &poll, deputy.id).await?;
    if let Some(kept) = kept.filter(|kept| kept.expires_at > half) {
        return Ok(shown(app, &poll, deputy.id, &kept));
    }
    let new = NewDeskCode {
        nonce: app.entropy.bytes::<16>().to_vec(),
        expires_at: change.at.plus_seconds(PERSONAL_CODE_SECONDS),
    };
    store::keep_desk_code(&mut change.tx, &poll, deputy.id, &new).await?;
    change
        .audit(SessionEvent::DeskCode {
            poll: poll.id,
            deputy: deputy.id,
        })
        .await?;
    change.commit().await?;
    Ok(shown(app, &poll, deputy.id, &new))
}

/// The deputy's personal code as long as it is taken.
pub async fn desk_code(
    app: &App,
    tx: &mut Tx,
    poll: &Poll,
    deputy: DeputyId,
) -> Result<Option<CheckInCode>, SessionError> {
    let kept = store::desk_code(tx, poll, deputy).await?;
    let kept = kept.filter(|kept| kept.expires_at > app.clock.now());
    Ok(kept.map(|kept| shown(app, poll, deputy, &kept)))
}

fn shown(app: &App, poll: &Poll, deputy: DeputyId, kept: &NewDeskCode) -> CheckInCode {
    CheckInCode {
        digits: personal_digits(app, poll.id, deputy, &kept.nonce),
        until: kept.expires_at,
    }
}

/// The desk notes that the deputy of this roster number has leave, or takes it back. The same again changes nothing. Who comes
/// all the same checks in as everybody does.
///
/// # Errors
/// [`SessionError::CheckInClosed`] from the freeze on · [`SessionError::NoSuchDeputy`] · [`SessionError::IsPresent`]
#[instrument(skip_all, fields(%jurisdiction, %poll), err(level = "debug"))]
pub async fn set_leave(
    app: &App,
    account: AccountId,
    jurisdiction: JurisdictionId,
    poll: PollId,
    number: i32,
    on_leave: bool,
) -> Result<(), SessionError> {
    let (mut change, poll, deputy) = at_the_desk(app, account, jurisdiction, poll, number).await?;
    if !takes_leaves(poll.state.name()) || poll.is_checked_in_before() {
        return Err(SessionError::CheckInClosed);
    }
    if on_leave && deputy.checked_in_at.is_some() {
        return Err(SessionError::IsPresent);
    }
    if deputy.leave_at.is_some() == on_leave {
        return Ok(());
    }
    let event = if on_leave {
        store::note_leave(&mut change.tx, &poll, deputy.id, account, change.at).await?;
        SessionEvent::NoteLeave {
            poll: poll.id,
            deputy: deputy.id,
        }
    } else {
        store::cancel_leave(&mut change.tx, &poll, deputy.id).await?;
        SessionEvent::CancelLeave {
            poll: poll.id,
            deputy: deputy.id,
        }
    };
    change.audit(event).await?;
    change.commit().await?;
    Ok(())
}

/// Whether leaves are noted in this state: until the roll is fixed.
pub fn takes_leaves(state: StateName) -> bool {
    matches!(state, StateName::Drafted | StateName::RulesAdopted)
}

async fn at_the_desk(
    app: &App,
    account: AccountId,
    jurisdiction: JurisdictionId,
    poll: PollId,
    number: i32,
) -> Result<(Change<'_>, Poll, DeskDeputy), SessionError> {
    let (mut change, poll) = begin(app, Actor::Account(account), jurisdiction, poll).await?;
    let roster = store::desk_roster(&mut change.tx, &poll).await?;
    let deputy = roster.into_iter().find(|one| one.number == number);
    let deputy = deputy.ok_or(SessionError::NoSuchDeputy)?;
    Ok((change, poll, deputy))
}
