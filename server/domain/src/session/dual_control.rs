//! The steps that need two people: the office and the chief scrutineer each confirm, and with the second
//! confirmation the step is taken.

use super::audit::SessionEvent;
use super::base::{begin, own_seat, parsed_rule, stored_object};
use super::counting::close;
use super::error::SessionError;
use super::poll::{DualControlStep, Party, Poll, PollId};
use super::roll::{forget, freeze};
use super::store::{self, Confirmation, ObjectKind};
use super::voting::open;
use crate::infra::app::App;
use crate::infra::database::Tx;
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::people::Role;
use crate::record::change::Actor;
use tracing::instrument;

/// What a confirmation led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    /// The other side has not confirmed yet.
    Waiting,
    /// The step has been taken.
    Done,
}

/// One side confirms a step; with the second confirmation it is taken, in the same transaction. A repeated
/// confirmation is harmless.
#[instrument(skip_all, fields(%jurisdiction, %poll, step = step.name()), err(level = "debug"))]
pub async fn confirm(
    app: &App,
    account: AccountId,
    jurisdiction: JurisdictionId,
    poll: PollId,
    step: DualControlStep,
    side: Party,
) -> Result<Confirmed, SessionError> {
    let (mut change, poll) = begin(app, Actor::Account(account), jurisdiction, poll).await?;
    require_side(&mut change.tx, &poll, account, side).await?;
    let before = store::confirmations(&mut change.tx, &poll).await?;
    let of_step: Vec<&Confirmation> = before.iter().filter(|one| one.step == step).collect();
    if of_step.iter().any(|one| one.side == side) {
        return Ok(if of_step.len() == Party::ALL.len() {
            Confirmed::Done
        } else {
            Confirmed::Waiting
        });
    }
    poll.state.require(step.step())?;
    check_ready(&mut change.tx, &poll, step).await?;
    if of_step.iter().any(|one| one.account == account) {
        return Err(SessionError::SamePerson);
    }
    let confirmation = Confirmation {
        step,
        side,
        account,
        at: change.at,
    };
    store::confirm(&mut change.tx, &poll, &confirmation).await?;
    change
        .audit(SessionEvent::Confirm {
            poll: poll.id,
            step,
            side,
        })
        .await?;
    let done = of_step.len() + 1 == Party::ALL.len();
    if done {
        match step {
            DualControlStep::Freeze => freeze(&mut change, &poll).await?,
            DualControlStep::Open => {
                // Where the key has outlived the freeze, nobody votes before it is gone.
                forget(app, poll.id)?;
                open(&mut change, &poll).await?;
            }
            DualControlStep::Close => close(&mut change, &poll).await?,
        }
    }
    change.commit().await?;
    if done && step == DualControlStep::Freeze {
        forget(app, poll.id)?;
    }
    Ok(if done {
        Confirmed::Done
    } else {
        Confirmed::Waiting
    })
}

/// The office's side needs the role; the other side needs the role and to be a scrutineer of this poll.
async fn require_side(
    tx: &mut Tx,
    poll: &Poll,
    account: AccountId,
    side: Party,
) -> Result<(), SessionError> {
    let role = match side {
        Party::Office => Role::Office,
        Party::ChiefScrutineer => Role::ChiefScrutineer,
    };
    if !store::holds_role(tx, poll.jurisdiction, account, role).await? {
        return Err(SessionError::Forbidden);
    }
    if side == Party::ChiefScrutineer {
        let all = store::scrutineers(tx, poll).await?;
        own_seat(&all, account)?;
    }
    Ok(())
}

/// What must be there before anybody can confirm the step.
pub(super) async fn check_ready(
    tx: &mut Tx,
    poll: &Poll,
    step: DualControlStep,
) -> Result<(), SessionError> {
    if step == DualControlStep::Close {
        return Ok(());
    }
    let text = stored_object(tx, poll, ObjectKind::Rule).await?;
    let needed = parsed_rule(poll, &text)?.quorum_count();
    let present = u64::from(store::count_present(tx, poll).await?);
    if present < needed {
        return Err(SessionError::NoQuorum { present, needed });
    }
    let all = store::scrutineers(tx, poll).await?;
    match all.iter().find(|one| one.public_key.is_none()) {
        Some(missing) => Err(SessionError::KeyMissing(missing.number)),
        None => Ok(()),
    }
}
