//! What office and chief scrutineer put forward and both confirm off the straight road: that a poll is withdrawn or void, and which
//! lots were drawn.

use super::audit::SessionEvent;
use super::base::{begin, inconsistent, required_rule};
use super::counting::outcome;
use super::dual_control::{Confirmed, confirm_within};
use super::error::SessionError;
use super::poll::{DualControlStep, Party, Poll, PollId};
use super::state::{EndReason, StateName};
use super::store::{self, ObjectKind, StoredMotion};
use crate::infra::app::App;
use crate::infra::database::Tx;
use crate::infra::field_errors::FieldErrors;
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::people::Role;
use crate::record::change::{Actor, Change};
use crate::record::values::{code, text};
use serde::{Deserialize, Serialize};
use tally::decision::{Decision, FollowUp, Lot, Outcome};
use tally::opening::PollOutcome;
use tally::record::body::{self, PollLotDrawn, PollVoided, PollWithdrawn, PublicText};
use tally::rules::ItemId;
use tracing::instrument;

/// The longest explanation, in characters.
pub const EXPLANATION_MAX: usize = 500;
/// The fewest and the most witnesses of a drawn lot.
pub const WITNESSES: std::ops::RangeInclusive<usize> = 2..=12;

/// What is put forward.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "motion")]
pub enum Motion {
    /// The poll ends before anybody can vote.
    Withdraw {
        /// Why.
        reason: EndReason,
        /// The same in words.
        explanation: String,
    },
    /// The vote is void.
    Void {
        /// Why.
        reason: EndReason,
        /// The same in words.
        explanation: String,
    },
    /// What was drawn among the tied.
    Lot {
        /// The codes drawn, in the ballot's order.
        drawn: Vec<String>,
        /// Who watched, by name.
        witnesses: Vec<String>,
    },
}

impl Motion {
    /// The step that it is about.
    pub const fn step(&self) -> DualControlStep {
        match self {
            Self::Withdraw { .. } => DualControlStep::Withdraw,
            Self::Void { .. } => DualControlStep::Void,
            Self::Lot { .. } => DualControlStep::Lot,
        }
    }
}

/// A motion that waits for both, or has been carried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// What.
    pub motion: Motion,
    /// Who put it forward.
    pub account: AccountId,
}

/// The motions that wait for both sides: those whose step can still be taken.
#[instrument(skip_all, fields(poll = %poll.id), err(level = "debug"))]
pub async fn motions(tx: &mut Tx, poll: &Poll) -> Result<Vec<Pending>, SessionError> {
    let mut pending = Vec::new();
    for stored in store::motions(tx, poll).await? {
        if require_takeable(tx, poll, stored.step).await.is_ok() {
            pending.push(Pending {
                motion: read(poll, &stored)?,
                account: stored.account,
            });
        }
    }
    Ok(pending)
}

fn read(poll: &Poll, stored: &StoredMotion) -> Result<Motion, SessionError> {
    serde_json::from_str(&stored.motion)
        .map_err(|error| inconsistent(poll, format!("poll_motions: {error}")))
}

/// The text of the motion about a step, which is what is confirmed.
pub(super) async fn stored_text(
    tx: &mut Tx,
    poll: &Poll,
    step: DualControlStep,
) -> Result<String, SessionError> {
    let all = store::motions(tx, poll).await?;
    let found = all.into_iter().find(|one| one.step == step);
    Ok(found.ok_or(SessionError::NotYet)?.motion)
}

/// One side puts a motion forward and so confirms it; with the other side's confirmation of the same it is carried. A draft is
/// withdrawn by the office alone: nobody has adopted anything yet.
///
/// # Errors
/// [`SessionError::Form`] names the field; the others are those of [`super::confirm`].
#[instrument(skip_all, fields(%jurisdiction, %poll, step = motion.step().name()), err(level = "debug"))]
pub async fn put_forward(
    app: &App,
    account: AccountId,
    jurisdiction: JurisdictionId,
    poll: PollId,
    side: Party,
    motion: Motion,
) -> Result<Confirmed, SessionError> {
    let (mut change, poll) = begin(app, Actor::Account(account), jurisdiction, poll).await?;
    let step = motion.step();
    if has_been_carried(&mut change.tx, &poll, &motion).await? {
        return Ok(Confirmed::Done);
    }
    require_takeable(&mut change.tx, &poll, step).await?;
    let motion = checked(&mut change.tx, &poll, motion).await?;
    let text =
        serde_json::to_string(&motion).map_err(|error| inconsistent(&poll, error.to_string()))?;
    let stored = StoredMotion {
        step,
        motion: text,
        account,
        at: change.at,
    };
    let known = store::motions(&mut change.tx, &poll).await?;
    if !known
        .iter()
        .any(|one| one.step == step && one.motion == stored.motion)
    {
        store::keep_motion(&mut change.tx, &poll, &stored).await?;
        change
            .audit(SessionEvent::PutForward {
                poll: poll.id,
                step,
                side,
            })
            .await?;
    }
    if poll.state.name() == StateName::Drafted {
        if !store::holds_role(&mut change.tx, jurisdiction, account, Role::Office).await? {
            return Err(SessionError::Forbidden);
        }
        carry(&mut change, &poll, step, &[Party::Office]).await?;
        change.commit().await?;
        return Ok(Confirmed::Done);
    }
    let matter = super::matter(&mut change.tx, &poll, step).await?;
    confirm_within(change, poll, account, step, side, &matter).await
}

/// The same motion again, after it was carried, changes nothing: also as it was typed, before its texts were cleaned.
async fn has_been_carried(tx: &mut Tx, poll: &Poll, motion: &Motion) -> Result<bool, SessionError> {
    let again = cleaned(motion.clone());
    let mut is_same = false;
    for stored in store::motions(tx, poll).await? {
        is_same |= read(poll, &stored)? == again;
    }
    let is_over = match motion.step() {
        DualControlStep::Lot => store::object(tx, poll, ObjectKind::Lot).await?.is_some(),
        _ => poll.state.ended().is_some(),
    };
    Ok(is_same && is_over)
}

/// The motion with its words as they are stored.
fn cleaned(mut motion: Motion) -> Motion {
    match &mut motion {
        Motion::Withdraw { explanation, .. } | Motion::Void { explanation, .. } => {
            *explanation = clean(explanation);
        }
        Motion::Lot { witnesses, .. } => {
            let names = witnesses.iter().map(|name| clean(name));
            *witnesses = names.filter(|name| !name.is_empty()).collect();
        }
    }
    motion
}

fn clean(text: &str) -> String {
    PublicText::cleaned(text).map_or_else(String::new, String::from)
}

/// Whether the poll can take the step now.
pub(super) async fn require_takeable(
    tx: &mut Tx,
    poll: &Poll,
    step: DualControlStep,
) -> Result<(), SessionError> {
    match step.step() {
        Some(step) => Ok(poll.state.require(step)?),
        None => tied(tx, poll).await.map(|_| ()),
    }
}

/// The decision whose tie a lot decides.
async fn tied(tx: &mut Tx, poll: &Poll) -> Result<(Decision, Vec<ItemId>, u64), SessionError> {
    if let Some(PollOutcome::Choice {
        decision: Outcome::Decided(decision),
    }) = outcome(tx, poll).await?
        && let FollowUp::Lot { items, places } = &decision.follow_up
    {
        let (items, places) = (items.clone(), *places);
        return Ok((decision, items, places));
    }
    Err(SessionError::NoLot)
}

/// The motion as it is stored: with clean texts, or the fields that are wrong.
async fn checked(tx: &mut Tx, poll: &Poll, motion: Motion) -> Result<Motion, SessionError> {
    let mut errors = FieldErrors::none();
    let clean = match motion {
        Motion::Withdraw {
            reason,
            explanation,
        } => Motion::Withdraw {
            explanation: explained(&mut errors, reason, DualControlStep::Withdraw, &explanation),
            reason,
        },
        Motion::Void {
            reason,
            explanation,
        } => Motion::Void {
            explanation: explained(&mut errors, reason, DualControlStep::Void, &explanation),
            reason,
        },
        Motion::Lot { drawn, witnesses } => {
            let (_, items, places) = tied(tx, poll).await?;
            let of_tied: Vec<String> = items
                .iter()
                .map(ToString::to_string)
                .filter(|code| drawn.contains(code))
                .collect();
            if of_tied.len() != drawn.len() || u64::try_from(drawn.len()) != Ok(places) {
                errors.add("drawn", "lot-places");
            }
            Motion::Lot {
                drawn: of_tied,
                witnesses: watched(&mut errors, &witnesses),
            }
        }
    };
    if errors.is_empty() {
        Ok(clean)
    } else {
        Err(SessionError::Form(errors))
    }
}

fn explained(
    errors: &mut FieldErrors,
    reason: EndReason,
    step: DualControlStep,
    words: &str,
) -> String {
    if !step.step().is_some_and(|step| reason.fits(step)) {
        errors.add("end_reason", "not-an-option");
    }
    errors.text("explanation", words, 1, EXPLANATION_MAX)
}

fn watched(errors: &mut FieldErrors, names: &[String]) -> Vec<String> {
    let mut clean: Vec<String> = Vec::new();
    for name in names.iter().filter(|name| !name.trim().is_empty()) {
        let name = errors.text("witnesses", name, 1, 60);
        if !clean.contains(&name) {
            clean.push(name);
        }
    }
    if errors.is_empty() && !WITNESSES.contains(&clean.len()) {
        errors.add("witnesses", "witnesses-two");
    }
    clean
}

/// The motion takes effect: both have confirmed it.
pub(super) async fn carry(
    change: &mut Change<'_>,
    poll: &Poll,
    step: DualControlStep,
    confirmed_by: &[Party],
) -> Result<(), SessionError> {
    let stored = stored_text(&mut change.tx, poll, step).await?;
    let motion: Motion = serde_json::from_str(&stored)
        .map_err(|error| inconsistent(poll, format!("poll_motions: {error}")))?;
    let election_uuid = (&poll.election).into();
    let confirmed_by: Vec<body::Party> = confirmed_by.iter().map(|one| (*one).into()).collect();
    let state = poll.state.clone();
    match motion {
        Motion::Withdraw {
            reason,
            explanation,
        } => {
            let next = state.withdraw(reason, explanation.clone(), change.at)?;
            if poll.state.frozen().is_none() {
                // Their rolls will not be made here: they are checked in for on their own.
                for other in store::joined_polls(&mut change.tx, poll).await? {
                    store::set_check_in(&mut change.tx, &other, other.id).await?;
                }
            }
            store::delete_links(&mut change.tx, poll).await?;
            store::save_state(&mut change.tx, poll, poll.state.name(), &next).await?;
            let withdrawn = PollWithdrawn {
                election_uuid,
                reason: reason.into(),
                explanation: text("explanation", &explanation)?,
                confirmed_by,
            };
            change.publish(withdrawn).await?;
        }
        Motion::Void {
            reason,
            explanation,
        } => {
            // As at the close: no ballot is under way while this is held.
            crate::record::store::hold(&mut change.tx).await?;
            store::forget_papers(&mut change.tx, poll).await?;
            let next = state.void(reason, explanation.clone(), change.at)?;
            store::save_state(&mut change.tx, poll, poll.state.name(), &next).await?;
            let voided = PollVoided {
                election_uuid,
                reason: reason.into(),
                explanation: text("explanation", &explanation)?,
                confirmed_by,
            };
            change.publish(voided).await?;
        }
        Motion::Lot { drawn, witnesses } => {
            keep_lot(change, poll, &drawn).await?;
            let lot = PollLotDrawn {
                election_uuid,
                drawn: drawn
                    .iter()
                    .map(|one| code(one))
                    .collect::<Result<_, _>>()?,
                witnesses: witnesses
                    .iter()
                    .map(|name| text("witnesses", name))
                    .collect::<Result<_, _>>()?,
                confirmed_by,
            };
            change.publish(lot).await?;
        }
    }
    Ok(())
}

/// Keeps the lot as the bundle has it, once it decides the tie.
async fn keep_lot(
    change: &mut Change<'_>,
    poll: &Poll,
    drawn: &[String],
) -> Result<(), SessionError> {
    let (decision, ..) = tied(&mut change.tx, poll).await?;
    let rule = required_rule(&mut change.tx, poll).await?;
    let drawn: Option<Vec<ItemId>> = drawn.iter().map(ItemId::new).collect();
    let lot = Lot {
        drawn: drawn.ok_or_else(|| inconsistent(poll, "a drawn code is no item"))?,
    };
    decision
        .with_lot(&rule, &lot)
        .map_err(|error| inconsistent(poll, error.to_string()))?;
    let text =
        serde_json::to_string(&lot).map_err(|error| inconsistent(poll, error.to_string()))?;
    store::insert_object(&mut change.tx, poll, ObjectKind::Lot, &text).await?;
    Ok(())
}
