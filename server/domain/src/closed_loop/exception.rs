//! A stage begins by an exception: the office asks, with a reason, and the chair or the committee confirms. Only where what is left open
//! may be ([`ConditionKind::may_be_left`]); reason and offices of the two are in the record.

use super::conditions::{Condition, conditions};
use super::exception_store as store;
use super::{AdvanceError, ConditionKind};
use crate::cycles::audit::CycleEvent;
use crate::cycles::{self, Cycle, Hold, Stage};
use crate::infra::app::App;
use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, fitted};
use crate::infra::field_errors::FieldErrors;
use crate::infra::ids::AccountId;
use crate::people::{Role, store as people_store};
use crate::record::change::{Actor, Change};
use crate::record::values::text;
use crate::session;
use serde::Serialize;
use tally::record::body::{Sha256Hex, StageException, StageParty};
use tracing::instrument;

/// Characters of a reason.
const REASON: (usize, usize) = (4, 300);
/// Who confirms what the office asks for.
pub const CONFIRMERS: &[Role] = &[Role::Chair, Role::Committee];

/// An exception that the office has asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// The stage that is to begin.
    pub to: Stage,
    /// Rework orders that were left open when it was asked for.
    pub open_reworks: u32,
    /// Why.
    pub reason: String,
    /// Who asked.
    pub asked_by: AccountId,
    /// When.
    pub asked_at: Timestamp,
    /// Who confirmed it and in which role, once somebody has: then the stage has begun.
    pub confirmed: Option<(AccountId, Role, Timestamp)>,
}

#[derive(Serialize)]
struct Confirmed<'a> {
    cycle: String,
    to: &'static str,
    open_reworks: u32,
    reason: &'a str,
    asked_by: AccountId,
}

impl Exception {
    /// The hash of what is confirmed.
    pub fn matter(&self, cycle: &Cycle) -> Sha256Hex {
        let confirmed = Confirmed {
            cycle: cycle.id.to_string(),
            to: self.to.name(),
            open_reworks: self.open_reworks,
            reason: &self.reason,
            asked_by: self.asked_by,
        };
        // Strings and integers serialise without fail.
        Sha256Hex::of(&serde_json::to_vec(&confirmed).unwrap_or_default())
    }
}

/// The exceptions by which stages of the cycle have begun.
#[instrument(skip_all, fields(cycle = %cycle.id), err(level = "debug"))]
pub async fn exceptions(tx: &mut Tx, cycle: &Cycle) -> Result<Vec<Exception>, DatabaseError> {
    let mut all = store::all(tx, cycle).await?;
    all.retain(|one| one.confirmed.is_some());
    Ok(all)
}

/// The exception that waits for its confirmation before the stage `to` begins, if the office has asked for one.
#[instrument(skip_all, fields(cycle = %cycle.id), err(level = "debug"))]
pub async fn exception_to(
    tx: &mut Tx,
    cycle: &Cycle,
    to: Stage,
) -> Result<Option<Exception>, DatabaseError> {
    let all = store::all(tx, cycle).await?;
    Ok(all
        .into_iter()
        .find(|one| one.to == to && one.confirmed.is_none()))
}

/// The office asks that a stage begin although rework orders are open. The same again changes nothing; another reason takes the place of
/// the one before, until somebody has confirmed.
///
/// # Errors
/// [`AdvanceError::Form`] for the reason · [`AdvanceError::NotYet`] where something is left that may not be ·
/// [`AdvanceError::NoException`] where nothing is left
#[instrument(skip_all, fields(cycle = %cycle.id, to = to.name()), err(level = "debug"))]
pub async fn ask_exception(
    app: &App,
    account: AccountId,
    cycle: &Cycle,
    to: Stage,
    reason: &str,
) -> Result<(), AdvanceError> {
    let mut errors = FieldErrors::none();
    let reason = errors.text("exception_reason", reason, REASON.0, REASON.1);
    if !errors.is_empty() {
        return Err(AdvanceError::Form(errors));
    }
    let (mut change, cycle) = begin(app, account, cycle).await?;
    if !session::store::holds_role(&mut change.tx, cycle.jurisdiction, account, Role::Office)
        .await?
    {
        return Err(AdvanceError::Forbidden);
    }
    let next = cycle.stage.advance(to)?;
    let asked = Exception {
        to: next,
        open_reworks: left_open(&mut change.tx, &cycle, next).await?,
        reason,
        asked_by: account,
        asked_at: change.at,
        confirmed: None,
    };
    let known = exception_to(&mut change.tx, &cycle, next).await?;
    if known.is_some_and(|known| known.matter(&cycle) == asked.matter(&cycle)) {
        return Ok(());
    }
    store::put(&mut change.tx, &cycle, &asked).await?;
    change
        .audit(CycleEvent::AskException {
            cycle: cycle.id,
            to: next,
        })
        .await?;
    Ok(change.commit().await?)
}

/// The chair or the committee confirms the exception as the page showed it, `seen` is its [`Exception::matter`], and the stage begins.
/// The same again changes nothing.
///
/// # Errors
/// [`AdvanceError::MatterChanged`] where another reason was given or an order was answered since ·
/// [`AdvanceError::SamePerson`] · [`AdvanceError::EnrolledByEachOther`] · those of [`ask_exception`]
#[instrument(skip_all, fields(cycle = %cycle.id, to = to.name()), err(level = "debug"))]
pub async fn confirm_exception(
    app: &App,
    account: AccountId,
    cycle: &Cycle,
    to: Stage,
    seen: &Sha256Hex,
) -> Result<(), AdvanceError> {
    let (mut change, cycle) = begin(app, account, cycle).await?;
    let (tx, here) = (&mut change.tx, cycle.jurisdiction);
    let mut role = None;
    for one in CONFIRMERS {
        if role.is_none() && session::store::holds_role(tx, here, account, *one).await? {
            role = Some(*one);
        }
    }
    let role = role.ok_or(AdvanceError::Forbidden)?;
    let mine = |one: &Exception| {
        let is_mine = one.confirmed.is_some_and(|(by, ..)| by == account);
        is_mine && one.matter(&cycle) == *seen
    };
    if cycle.stage == to && store::all(tx, &cycle).await?.iter().any(mine) {
        return Ok(());
    }
    let next = cycle.stage.advance(to)?;
    let asked = exception_to(tx, &cycle, next).await?;
    let asked = asked.ok_or(AdvanceError::NoException)?;
    let open_reworks = left_open(tx, &cycle, next).await?;
    if asked.matter(&cycle) != *seen || open_reworks != asked.open_reworks {
        return Err(AdvanceError::MatterChanged);
    }
    require_second(tx, &cycle, asked.asked_by, account).await?;
    store::confirm(tx, &cycle, next, (account, role, change.at)).await?;
    let recorded = StageException {
        open_reworks,
        reason: text("reason", &asked.reason)?,
        confirmed_by: vec![
            StageParty::Office,
            match role {
                Role::Committee => StageParty::Committee,
                _ => StageParty::Chair,
            },
        ],
    };
    cycles::enter_stage(&mut change, &cycle, next, Some(recorded)).await?;
    change
        .audit(CycleEvent::ConfirmException {
            cycle: cycle.id,
            to: next,
        })
        .await?;
    Ok(change.commit().await?)
}

/// A change of the cycle, whose stage nobody else changes until it ends.
async fn begin<'a>(
    app: &'a App,
    account: AccountId,
    cycle: &Cycle,
) -> Result<(Change<'a>, Cycle), AdvanceError> {
    let mut change = Change::begin(app, Actor::Account(account), Some(cycle.scope())).await?;
    let stage = cycles::store::held_stage(&mut change.tx, cycle, Hold::Alone).await?;
    let cycle = Cycle {
        stage,
        ..cycle.clone()
    };
    Ok((change, cycle))
}

/// How many rework orders are left open, where nothing else is that may not be.
async fn left_open(tx: &mut Tx, cycle: &Cycle, next: Stage) -> Result<u32, AdvanceError> {
    let unmet: Vec<Condition> = conditions(tx, cycle, next)
        .await?
        .into_iter()
        .filter(|one| !one.is_met())
        .collect();
    if let Some(held) = unmet.iter().find(|one| !one.kind.may_be_left()) {
        return Err(AdvanceError::NotYet(*held));
    }
    let reworks = unmet
        .iter()
        .find(|one| one.kind == ConditionKind::ReworksAnswered);
    let reworks = reworks.ok_or(AdvanceError::NoException)?;
    Ok(fitted("rework_orders", "COUNT(*)", reworks.left)?)
}

/// Whoever confirms is another person than whoever asked, as far as the service can know: neither enrolled the other.
async fn require_second(
    tx: &mut Tx,
    cycle: &Cycle,
    first: AccountId,
    account: AccountId,
) -> Result<(), AdvanceError> {
    if first == account {
        return Err(AdvanceError::SamePerson);
    }
    let here = cycle.jurisdiction;
    if people_store::has_enrolled(tx, here, first, account).await?
        || people_store::has_enrolled(tx, here, account, first).await?
    {
        return Err(AdvanceError::EnrolledByEachOther);
    }
    Ok(())
}
