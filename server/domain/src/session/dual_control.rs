//! The steps that need two people: the office and the chief scrutineer each confirm, and with the second
//! confirmation the step is taken.

use super::audit::SessionEvent;
use super::base::{begin, own_seat, parsed_rule, stored_object};
use super::confirmed::{Matter, matter};
use super::counting::close;
use super::error::SessionError;
use super::motions::{carry, require_takeable};
use super::paper::{require_counted, require_reserved};
use super::poll::{DualControlStep, Party, Poll, PollId};
use super::rehearsal;
use super::roll::{confirmed_heads, forget, freeze};
use super::statements::require_approved;
use super::store::{self, Confirmation, ObjectKind};
use super::voting::open;
use crate::infra::app::App;
use crate::infra::database::Tx;
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::people::{Role, store as people_store};
use crate::record::change::{Actor, Change};
use tracing::instrument;

/// What a confirmation led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    /// The other side has not confirmed yet.
    Waiting,
    /// The step has been taken.
    Done,
}

/// One side confirms a step as its page showed it: `seen` is the [`matter`] there. With the second confirmation of the same
/// matter the step is taken, in the same transaction; a first one of something else is undone. A repeated confirmation is
/// harmless.
#[instrument(skip_all, fields(%jurisdiction, %poll, step = step.name()), err(level = "debug"))]
pub async fn confirm(
    app: &App,
    account: AccountId,
    jurisdiction: JurisdictionId,
    poll: PollId,
    step: DualControlStep,
    side: Party,
    seen: &Matter,
) -> Result<Confirmed, SessionError> {
    let (change, poll) = begin(app, Actor::Account(account), jurisdiction, poll).await?;
    confirm_within(change, poll, account, step, side, seen).await
}

/// As [`confirm`], in a change that has begun and is committed here.
pub(super) async fn confirm_within(
    mut change: Change<'_>,
    poll: Poll,
    account: AccountId,
    step: DualControlStep,
    side: Party,
    seen: &Matter,
) -> Result<Confirmed, SessionError> {
    require_side(&mut change.tx, &poll, account, side).await?;
    let before = store::confirmations(&mut change.tx, &poll).await?;
    let given = |matter: &Matter| -> Vec<Confirmation> {
        let same = |one: &&Confirmation| one.step == step && one.matter == matter.as_str();
        before.iter().filter(same).cloned().collect()
    };
    let told = |given: usize| {
        if given == Party::ALL.len() {
            Confirmed::Done
        } else {
            Confirmed::Waiting
        }
    };
    if given(seen).iter().any(|one| one.side == side) {
        let of_step = given(seen).len();
        return Ok(told(of_step));
    }
    require_takeable(&mut change.tx, &poll, step).await?;
    check_ready(&mut change.tx, &poll, step).await?;
    rehearsal::before(&mut change.tx, &poll, step).await?;
    let matter = matter(&mut change.tx, &poll, step).await?;
    if matter != *seen {
        return Err(SessionError::MatterChanged);
    }
    let undone = store::undo_confirmations(&mut change.tx, &poll, step, matter.as_str()).await?;
    if undone > 0 {
        change
            .audit(SessionEvent::UndoConfirmation {
                poll: poll.id,
                step,
            })
            .await?;
    }
    let of_step = given(&matter);
    if of_step.iter().any(|one| one.account == account) {
        return Err(SessionError::SamePerson);
    }
    let mut others: Vec<AccountId> = of_step.iter().map(|one| one.account).collect();
    if step == DualControlStep::Freeze {
        others.extend(confirmed_heads(&mut change.tx, &poll).await?);
    }
    require_two_people(&mut change.tx, &poll, account, &others).await?;
    let confirmation = Confirmation {
        step,
        side,
        account,
        matter: matter.to_string(),
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
    let confirmed = told(of_step.len() + 1);
    let app = change.app();
    if confirmed == Confirmed::Done {
        take(&mut change, &poll, step).await?;
    }
    change.commit().await?;
    if confirmed == Confirmed::Done
        && matches!(step, DualControlStep::Freeze | DualControlStep::Withdraw)
    {
        forget(app, poll.id)?;
    }
    Ok(confirmed)
}

/// Both have confirmed: the step is taken.
async fn take(
    change: &mut Change<'_>,
    poll: &Poll,
    step: DualControlStep,
) -> Result<(), SessionError> {
    match step {
        DualControlStep::Freeze => freeze(change, poll).await,
        DualControlStep::Open => {
            // Where the key has outlived the freeze, nobody votes before it is gone.
            forget(change.app(), poll.id)?;
            open(change, poll).await
        }
        DualControlStep::Close => close(change, poll).await,
        DualControlStep::Withdraw | DualControlStep::Void | DualControlStep::Lot => {
            carry(change, poll, step, &Party::ALL).await
        }
    }
}

/// A step that waits for two people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaited {
    /// Which.
    pub step: DualControlStep,
    /// Whether everything is there that it needs.
    pub is_ready: bool,
    /// Who has confirmed it as it stands now.
    pub given: Vec<Confirmation>,
}

/// The step that a poll waits for two people to confirm, if its state has one.
#[instrument(skip_all, fields(poll = %poll.id), err(level = "debug"))]
pub async fn awaited(tx: &mut Tx, poll: &Poll) -> Result<Option<Awaited>, SessionError> {
    let Some(step) = DualControlStep::next_in(poll.state.name()) else {
        return Ok(None);
    };
    let is_ready = match check_ready(tx, poll, step).await {
        Ok(()) => true,
        Err(
            SessionError::NoQuorum { .. }
            | SessionError::CheckInFirst
            | SessionError::KeyMissing(_)
            | SessionError::HeadcountMissing(_)
            | SessionError::PaperMissing(_)
            | SessionError::PaperNotCounted
            | SessionError::ApprovalsMissing { .. },
        ) => false,
        Err(other) => return Err(other),
    };
    let mut given = store::confirmations(tx, poll).await?;
    given.retain(|one| one.step == step);
    if !given.is_empty() {
        let matter = matter(tx, poll, step).await?;
        given.retain(|one| one.matter == matter.as_str());
    }
    Ok(Some(Awaited {
        step,
        is_ready,
        given,
    }))
}

/// Nobody confirms a step with somebody whom the same person enrolled: that would be one person who acts for two.
async fn require_two_people(
    tx: &mut Tx,
    poll: &Poll,
    account: AccountId,
    others: &[AccountId],
) -> Result<(), SessionError> {
    for other in others.iter().copied().filter(|other| *other != account) {
        let enrolled = people_store::has_enrolled(tx, poll.jurisdiction, account, other).await?
            || people_store::has_enrolled(tx, poll.jurisdiction, other, account).await?;
        if enrolled {
            return Err(SessionError::EnrolledByEachOther);
        }
    }
    Ok(())
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
        return require_counted(tx, poll).await.map(drop);
    }
    if !matches!(step, DualControlStep::Freeze | DualControlStep::Open) {
        return Ok(());
    }
    let text = stored_object(tx, poll, ObjectKind::Rule).await?;
    let needed = parsed_rule(poll, &text)?.quorum_count();
    if step == DualControlStep::Freeze && poll.is_checked_in_before() {
        let election = poll.election.to_string();
        let fixed = store::reserved_roll(tx, poll, &election).await?;
        fixed.ok_or(SessionError::CheckInFirst)?;
    }
    let present = u64::from(store::count_present(tx, poll).await?);
    if present < needed {
        return Err(SessionError::NoQuorum { present, needed });
    }
    let all = store::scrutineers(tx, poll).await?;
    if let Some(missing) = all.iter().find(|one| one.public_key.is_none()) {
        return Err(SessionError::KeyMissing(missing.number));
    }
    if step == DualControlStep::Freeze {
        require_reserved(tx, poll).await?;
    }
    match step {
        DualControlStep::Freeze => confirmed_heads(tx, poll).await.map(|_| ()),
        _ => require_approved(tx, poll).await,
    }
}
