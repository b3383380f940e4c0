//! Polls that follow another: the bundle of the poll before stands in this one, is verified like it, and its decision says which
//! items and places were left. So a run-off's items and places are no claim.

use std::fmt::Display;
use std::io::Cursor;

use super::check::{self, failure};
use super::file::Small;
use crate::decision::{Decision, DecisionError, FollowUp, Outcome};
use crate::record::body::ReservedRoll;
use crate::record::poll::RecordedPoll;
use crate::rules::{DecisionRule, FactsHash, Form, Poll, Reserved, Rule, RuleHash};
use crate::verify::{Failure, Halt, Progress, Verdict};

/// The file of the bundle before.
pub(super) const PREVIOUS: &str = "previous.zip";

/// The most polls that follow each other in one bundle: a vote, its run-offs, a second ballot and its run-offs.
const MOST: usize = 8;

/// A poll with everything before it put together.
pub(super) struct Rounds {
    /// The rule of the first poll, and its hash.
    first: (Rule, RuleHash),
    /// The hash of the last poll's rule.
    last: RuleHash,
    /// What all of them have decided, where the first was counted.
    decision: Option<Decision>,
    /// How many polls.
    polls: usize,
    /// The rolls that the record of the polls before has fixed for polls that follow.
    reserved: Vec<ReservedRoll>,
}

/// What a poll claims that may follow another.
pub(super) struct Round<'r> {
    /// Its election's id.
    pub election: &'r str,
    /// Its rule.
    pub rule: &'r Rule,
    /// The same, as its bytes.
    pub bytes: &'r [u8],
    /// Its roll.
    pub roll: &'r [u8],
    /// Its own decision, recomputed.
    pub decision: &'r serde_json::Value,
}

/// The poll and those before it; `before` is how many bundles this one stands in.
pub(super) fn check(
    files: &Small,
    round: &Round<'_>,
    before: usize,
    progress: Progress<'_>,
) -> Result<Rounds, Halt> {
    let Round {
        rule,
        bytes,
        decision,
        ..
    } = *round;
    let own: Option<Decision> = match serde_json::from_value(decision.clone()) {
        Ok(Outcome::Decided(decision)) => Some(decision),
        Ok(Outcome::NoQuorum { .. } | Outcome::Void { .. }) | Err(_) => None,
    };
    let hash = RuleHash::of(bytes);
    let previous = files.optional(PREVIOUS);
    let of = match rule.poll() {
        Poll::Choice(_) | Poll::Evaluation(_) if previous.is_some() => {
            return Err(refused("unexpected", &"the rule follows no other").into());
        }
        Poll::RunOff { of, .. } | Poll::SecondBallot { of, .. } => Some(*of),
        Poll::Adoption(_) if previous.is_some() => None,
        Poll::Choice(_) | Poll::Adoption(_) | Poll::Evaluation(_) => {
            return Ok(Rounds::of(rule, hash, own, 1));
        }
    };
    let previous =
        previous.ok_or_else(|| refused("missing", &"the rule follows that of another poll"))?;
    if before + 1 >= MOST {
        let message = format!("more than {MOST} polls follow each other");
        return Err(refused("previous", &message).into());
    }
    let earlier = earlier(previous, before + 1, progress)?;
    if of.is_some_and(|of| of != earlier.first.1 && of != earlier.last) {
        let message = "it is not the bundle of the poll that the rule follows";
        return Err(refused("other", &message).into());
    }
    if let Some(fixed) = earlier.fixed_roll(round.election)? {
        require_fixed_roll(fixed, round.roll)?;
    }
    if of.is_none() {
        adopts(&earlier, rule)?;
        return Ok(Rounds::of(rule, hash, own, earlier.polls + 1));
    }
    let decision = follow(&earlier, rule, own.as_ref())?;
    Ok(Rounds {
        first: earlier.first,
        last: hash,
        decision,
        polls: earlier.polls + 1,
        reserved: earlier.reserved,
    })
}

/// The bundle before, verified.
fn earlier(bytes: &[u8], before: usize, progress: Progress<'_>) -> Result<Rounds, Halt> {
    let checked = check::run_within(Cursor::new(bytes), before, progress)?;
    let summary = checked.report.summary();
    match (checked.report.verdict, checked.rounds) {
        (Verdict::Verified, Some(mut rounds)) => {
            let frozen = checked.recorded.and_then(|recorded| recorded.poll.frozen);
            rounds
                .reserved
                .extend(frozen.into_iter().flat_map(|frozen| frozen.reserved));
            Ok(rounds)
        }
        _ => Err(refused("previous", &summary).into()),
    }
}

/// The roll is the one that was fixed with the first poll's: nobody else votes in what follows.
pub(super) fn require_fixed_roll(fixed: &ReservedRoll, roll: &[u8]) -> Result<(), Failure> {
    if fixed.roll.text().as_bytes() == roll {
        Ok(())
    } else {
        let message = "its roll is not the one that was fixed for it before the first poll";
        Err(refused("roll", &message))
    }
}

/// Whether the rule is that of what was left, and what both have decided.
fn follow(
    earlier: &Rounds,
    rule: &Rule,
    own: Option<&Decision>,
) -> Result<Option<Decision>, Failure> {
    let before = earlier.decision.clone();
    let before = before.ok_or_else(|| refused("items", &"the poll before decided nothing"))?;
    let expected = due(earlier, rule, &before)?;
    if !is_like(&expected, rule) {
        let message =
            "items, places, majority, form or record are not those that the poll before left";
        return Err(refused("items", &message));
    }
    let first = &earlier.first.0;
    let put_together = |own: &Decision| match rule.poll() {
        Poll::RunOff { .. } => before.clone().with_run_off(first, own),
        Poll::SecondBallot { .. } => before.clone().with_second_ballot(own),
        Poll::Choice(_) | Poll::Adoption(_) | Poll::Evaluation(_) => Err(DecisionError::OtherPoll),
    };
    own.map(put_together)
        .transpose()
        .map_err(|error| refused("items", &error))
}

/// Whether the rule is that of the vote by which the meeting adopts what the polls before have decided.
fn adopts(earlier: &Rounds, rule: &Rule) -> Result<(), Failure> {
    let before = earlier.decision.as_ref();
    let before = before.filter(|decision| decision.is_complete());
    let before =
        before.ok_or_else(|| refused("items", &"the poll before left no list to adopt"))?;
    let (Some(item), Some(facts)) = (rule.items().first(), rule.facts()) else {
        return Err(refused("items", &"it names no list"));
    };
    let expected = earlier
        .first
        .0
        .adoption(
            rule.title(),
            item.clone(),
            FactsHash::of(before.list().as_bytes()),
        )
        .map_err(|error| refused("items", &error))?;
    if expected.facts() == Some(facts) && is_like(&expected, rule) {
        return Ok(());
    }
    let message = "the list, the majority, the form or the record are not those of the poll before";
    Err(refused("items", &message))
}

/// Whether two rules decide alike on the same items: by the same people, quorum and majority, on the same form, in the same record
/// before the same witnesses.
fn is_like(due: &Rule, rule: &Rule) -> bool {
    let key = |rule: &Rule| -> Option<(DecisionRule, Form)> {
        Some((rule.decision()?.clone(), rule.form()))
    };
    let voters = |rule: &Rule| (rule.deputies(), rule.quorum_count(), rule.is_advisory());
    let ballots = |rule: &Rule| (rule.secrecy(), rule.allows_revoting());
    key(due) == key(rule)
        && voters(due) == voters(rule)
        && ballots(due) == ballots(rule)
        && (due.log(), due.witnesses()) == (rule.log(), rule.witnesses())
        && due.items() == rule.items()
}

/// The rule that follows from what was left.
fn due(earlier: &Rounds, rule: &Rule, before: &Decision) -> Result<Rule, Failure> {
    let (first, hash) = &earlier.first;
    let nothing = Reserved::default();
    let made = match (rule.poll(), &before.follow_up, before.rest()) {
        (Poll::RunOff { .. }, FollowUp::RunOff { items, places }, _) => {
            first.run_off(*hash, items, *places, nothing)
        }
        (Poll::SecondBallot { .. }, _, Some((rest, empty))) => {
            first.second_ballot(*hash, &rest, empty, nothing)
        }
        _ => {
            return Err(refused(
                "items",
                &"the poll before left nothing to decide like this",
            ));
        }
    };
    made.map_err(|error| refused("items", &error))
}

impl Rounds {
    /// A poll whose decision no other changes.
    fn of(rule: &Rule, hash: RuleHash, decision: Option<Decision>, polls: usize) -> Self {
        Self {
            first: (rule.clone(), hash),
            last: hash,
            decision,
            polls,
            reserved: Vec::new(),
        }
    }

    /// A poll that another one called, by the record, stands with that one.
    pub(super) fn require_before(&self, recorded: &RecordedPoll) -> Result<(), Failure> {
        if recorded.follows.is_none() || self.followed() {
            return Ok(());
        }
        Err(refused(
            "missing",
            &"the record says that it follows another poll",
        ))
    }

    /// The roll that the record of the first poll has fixed for this election, where the rule has set the election aside.
    fn fixed_roll(&self, election: &str) -> Result<Option<&ReservedRoll>, Failure> {
        let mut reserved = self.first.0.reserved().elections();
        if !reserved.any(|id| id.as_str() == election) || self.first.0.log().is_none() {
            return Ok(None);
        }
        let mut fixed = self.reserved.iter();
        let found = fixed.find(|one| one.election_uuid.as_str() == election);
        found.map(Some).ok_or_else(|| {
            refused(
                "roll",
                &"the record of the first poll has fixed none for it",
            )
        })
    }

    /// Whether it is more than one poll.
    pub(super) fn followed(&self) -> bool {
        self.polls > 1
    }
}

fn refused(reason: &'static str, message: &dyn Display) -> Failure {
    failure("rounds", PREVIOUS, reason, message)
}
