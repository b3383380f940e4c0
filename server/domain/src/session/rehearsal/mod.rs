//! The rule is carried out before it binds anybody: with the code that decides at the announcement, on sheets that can come up, to the
//! last poll that may follow. What would end in an error there is refused at the adoption, at the freeze and at the opening, with the
//! part of the rule that is to blame.

mod sheets;

use super::base::{inconsistent, off_thread, required_rule, stored_object};
use super::error::SessionError;
use super::poll::{DualControlStep, Poll, PollItem, PollKind};
use super::store::{self, ObjectKind};
use crate::infra::database::Tx;
use ballot::{Ed25519, Election, Wire as _};
use sheets::Sheet;
use tally::bundle::{Figures, Reported};
use tally::decision::{Decision, DecisionError, FollowUp, Lot, Outcome};
use tally::evaluation::EvaluationOutcome;
use tally::opening::{self, PollOutcome};
use tally::rules::{FactsHash, Form, ItemId, Reserved, Rule, RuleHash};
use tally::setup::{self, BindingLines, Item, ItemsError, check_questions};

/// How often a vote is carried on after the first: a run-off and its own, or a second ballot and its run-off. What follows these is
/// of the same shape.
const FOLLOWING: usize = 2;

/// A rule that cannot be carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the rule cannot be carried out, by `{key}`: {reason}")]
pub struct NotCarriedOut {
    /// The key of the rule document that is to blame, e.g. `ballot.max`.
    pub key: &'static str,
    /// What would fail, and on which sheet.
    pub reason: String,
}

/// Who can vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turnout {
    /// Deputies present.
    pub present: u64,
    /// Credentials on the roll, those reserved for paper with them.
    pub credentials: u64,
}

impl Turnout {
    /// So many deputies, each with a device.
    pub fn of(rule: &Rule, present: u64) -> Self {
        Self {
            present,
            credentials: present.saturating_add(rule.reserved().paper),
        }
    }
}

/// What the ballot says for a poll's items. A code that is no id stands in no rule: if the rule needs the item, the setup says that it
/// is missing.
pub(super) fn ballot_items(items: &[PollItem]) -> Vec<Item> {
    let item = |item: &PollItem| {
        let label = item.ballot_label(items);
        ItemId::new(item.code.as_str()).map(|id| Item { id, label })
    };
    items.iter().filter_map(item).collect()
}

/// Before the adoption: with the fewest who may vote and with all deputies.
pub(super) async fn before_adoption(
    tx: &mut Tx,
    poll: &Poll,
    rule: &Rule,
) -> Result<(), SessionError> {
    ballot_is_made(tx, poll, rule).await?;
    for present in [rule.quorum_count(), rule.deputies()] {
        run(poll, rule, Turnout::of(rule, present)).await?;
    }
    Ok(())
}

/// Before a step that two people confirm: the freeze with those who have checked in, the opening with roll and election as they are fixed.
pub(super) async fn before(
    tx: &mut Tx,
    poll: &Poll,
    step: DualControlStep,
) -> Result<(), SessionError> {
    match step {
        DualControlStep::Freeze => {
            let rule = required_rule(tx, poll).await?;
            ballot_is_made(tx, poll, &rule).await?;
            let present = u64::from(store::count_present(tx, poll).await?);
            let on_paper = u64::from(store::count_on_paper(tx, poll).await?);
            let all_devices = Turnout::of(&rule, present);
            let turnout = Turnout {
                credentials: all_devices.credentials.saturating_sub(on_paper),
                ..all_devices
            };
            run(poll, &rule, turnout).await
        }
        DualControlStep::Open => {
            let rule = required_rule(tx, poll).await?;
            is_asked(tx, poll, &rule).await?;
            let frozen = poll.state.frozen().ok_or(SessionError::NotYet)?;
            let credentials = store::roll(tx, poll).await?.len();
            let turnout = Turnout {
                present: frozen.present.into(),
                credentials: u64::try_from(credentials).unwrap_or(u64::MAX),
            };
            run(poll, &rule, turnout).await
        }
        DualControlStep::Close
        | DualControlStep::Withdraw
        | DualControlStep::Void
        | DualControlStep::Lot => Ok(()),
    }
}

async fn ballot_is_made(tx: &mut Tx, poll: &Poll, rule: &Rule) -> Result<(), SessionError> {
    let items = store::items(tx, poll).await?;
    Ok(rehearse_ballot(rule, &poll.title, &items)?)
}

/// The election that is fixed asks what the rule says.
async fn is_asked(tx: &mut Tx, poll: &Poll, rule: &Rule) -> Result<(), SessionError> {
    let text = stored_object(tx, poll, ObjectKind::Election).await?;
    let election = Election::<Ed25519>::from_json(text.as_bytes());
    let election = election.map_err(|error| inconsistent(poll, format!("election: {error}")))?;
    check_questions(rule, election.questions()).map_err(|error| failed("ballot.form", error))?;
    Ok(())
}

async fn run(poll: &Poll, rule: &Rule, turnout: Turnout) -> Result<(), SessionError> {
    let (rule, kind) = (rule.clone(), poll.kind);
    Ok(off_thread(poll, move || rehearse(&rule, kind, turnout)).await??)
}

/// The ballot can be made: each item of the rule by a label of its own, under the rule's title.
///
/// # Errors
/// [`NotCarriedOut`] with the key that is to blame.
pub fn rehearse_ballot(rule: &Rule, name: &str, items: &[PollItem]) -> Result<(), NotCarriedOut> {
    let lines = BindingLines::of(rule.to_toml().as_bytes(), b"[]");
    let title = lines.description(rule.title());
    title.map_err(|error| failed("title", error))?;
    setup::questions(rule, name, &ballot_items(items)).map_err(|error| {
        let key = match error {
            ItemsError::Ticks | ItemsError::Question(_) => "ballot.max",
            _ => "items",
        };
        failed(key, error)
    })?;
    Ok(())
}

/// The rule decides, whatever comes out of the box: an empty box, nobody ticked, everybody for the same, all tied, and so on to the last
/// poll that may follow.
///
/// # Errors
/// [`NotCarriedOut`] with the key that is to blame.
pub fn rehearse(rule: &Rule, kind: PollKind, turnout: Turnout) -> Result<(), NotCarriedOut> {
    let decides = rule.evaluation().is_none();
    if decides == (kind == PollKind::Evaluation) {
        return Err(failed("poll", "it is the rule of another kind of poll"));
    }
    for sheet in sheets::all(rule, able(rule, turnout)?) {
        let PollOutcome::Choice { decision } = decide(rule, turnout, &sheet)? else {
            continue;
        };
        let Outcome::Decided(decision) = decision else {
            continue;
        };
        carry_on(rule, turnout, &decision, FOLLOWING)?;
    }
    Ok(())
}

/// How many ballots can come back.
fn able(rule: &Rule, turnout: Turnout) -> Result<u64, NotCarriedOut> {
    let figures = figures(rule, turnout, 0)?;
    Ok(figures.issued)
}

fn figures(rule: &Rule, turnout: Turnout, counted: u64) -> Result<Figures, NotCarriedOut> {
    let reserved = rule.reserved().paper;
    let devices = turnout.credentials.saturating_sub(reserved);
    let reported = Reported {
        present: turnout.present,
        // Whoever is present without a device is handed a paper.
        paper_issued: turnout.present.saturating_sub(devices).min(reserved),
        ..Reported::default()
    };
    let key = if reserved > 0 {
        "reserved.paper"
    } else {
        "deputies"
    };
    Figures::account(rule, turnout.credentials, counted, reported)
        .map_err(|error| failed(key, error))
}

/// What the rule makes of a sheet: never an error, and never that it does not count.
fn decide(rule: &Rule, turnout: Turnout, sheet: &Sheet) -> Result<PollOutcome, NotCarriedOut> {
    let returns = figures(rule, turnout, sheet.ballots)?.returns();
    let outcome = opening::decide(rule, returns, &sheet.counts, None).map_err(|error| {
        let key = match error {
            DecisionError::Counts(_) if matches!(rule.form(), Form::Levels) => "levels",
            DecisionError::Counts(_) => "ballot.max",
            DecisionError::Sheet(_) => "deputies",
            _ => "poll",
        };
        failed(key, format!("{}: {error}", sheet.name))
    })?;
    let is_counted = matches!(
        outcome,
        PollOutcome::Choice {
            decision: Outcome::Decided(_)
        } | PollOutcome::Evaluation {
            verdicts: EvaluationOutcome::Judged(_)
        }
    );
    if is_counted {
        Ok(outcome)
    } else {
        let reason = format!("{}: with all who can vote it does not count", sheet.name);
        Err(failed("quorum", reason))
    }
}

/// Carries a decision on to its end: by what must follow it, and by what may. `first` is the rule that the meeting adopts.
fn carry_on(
    first: &Rule,
    turnout: Turnout,
    decision: &Decision,
    left: usize,
) -> Result<(), NotCarriedOut> {
    let hash = RuleHash::of(first.to_toml().as_bytes());
    // Who votes on paper does so in what follows.
    let reserved = Reserved {
        paper: first.reserved().paper,
        ..Reserved::default()
    };
    let (key, next) = match (&decision.follow_up, decision.rest()) {
        (FollowUp::Lot { items, places }, _) => {
            let drawn = usize::try_from(*places).unwrap_or(usize::MAX);
            let drawn = items.iter().take(drawn).cloned().collect();
            let with = decision.clone().with_lot(first, &Lot { drawn });
            let with = with.map_err(|error| failed("decision.tie", error))?;
            return carry_on(first, turnout, &with, left);
        }
        (FollowUp::RunOff { items, places }, _) => (
            "decision.tie",
            first.run_off(hash, items, *places, reserved),
        ),
        (FollowUp::Nothing, Some((rest, places))) => {
            let next = first.second_ballot(hash, &rest, places, reserved);
            ("decision.too_few", next)
        }
        (FollowUp::Nothing, None) => return adopt_list(first, turnout, decision),
    };
    let next = next.map_err(|error| failed(key, error))?;
    if left == 0 {
        return Ok(());
    }
    for sheet in sheets::some(&next, able(&next, turnout)?) {
        let PollOutcome::Choice {
            decision: Outcome::Decided(own),
        } = decide(&next, turnout, &sheet)?
        else {
            continue;
        };
        let before = decision.clone();
        let together = match before.follow_up {
            FollowUp::RunOff { .. } => before.with_run_off(first, &own),
            FollowUp::Nothing | FollowUp::Lot { .. } => before.with_second_ballot(&own),
        };
        let together = together.map_err(|error| failed(key, error))?;
        carry_on(first, turnout, &together, left - 1)?;
    }
    Ok(())
}

/// The meeting can adopt the list, where there is one.
fn adopt_list(rule: &Rule, turnout: Turnout, decision: &Decision) -> Result<(), NotCarriedOut> {
    let Some(item) = decision.chosen().first().map(|item| item.id.clone()) else {
        return Ok(());
    };
    let list = FactsHash::of(decision.list().as_bytes());
    let adoption = rule.adoption(rule.title(), item, list);
    let adoption = adoption.map_err(|error| failed("decision", error))?;
    for sheet in sheets::some(&adoption, able(&adoption, turnout)?) {
        decide(&adoption, turnout, &sheet)?;
    }
    Ok(())
}

#[expect(clippy::needless_pass_by_value, reason = "as map_err gives it")]
fn failed(key: &'static str, reason: impl ToString) -> NotCarriedOut {
    NotCarriedOut {
        key,
        reason: reason.to_string(),
    }
}
