//! What the counts of a poll decide, whatever kind of poll it is.

use serde::{Deserialize, Serialize};

use crate::decision::{self, DecisionError, Lot, Returns};
use crate::evaluation::{self, EvaluationOutcome};
use crate::rules::{Poll, Rule};

/// What a poll came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "poll", rename_all = "snake_case")]
pub enum PollOutcome {
    /// A choice among candidates, a run-off, a second ballot or an adoption.
    Choice {
        /// As it was decided.
        decision: decision::Outcome,
    },
    /// Verdicts on projects.
    Evaluation {
        /// As they were judged.
        verdicts: EvaluationOutcome,
    },
}

impl PollOutcome {
    /// The decision or the verdicts alone, as a bundle's `decision.json` has them.
    ///
    /// # Errors
    /// If it cannot be written as JSON, which is a fault of this program.
    pub fn document(&self) -> serde_json::Result<serde_json::Value> {
        match self {
            Self::Choice { decision } => serde_json::to_value(decision),
            Self::Evaluation { verdicts } => serde_json::to_value(verdicts),
        }
    }
}

/// What the rule makes of the counts: verdicts of an evaluation, else a decision.
///
/// `counts` are the election result as the archive has it. `lot` is the recorded draw where one was needed and made.
///
/// # Errors
/// [`DecisionError`]; a lot is never drawn on verdicts.
pub fn decide(
    rule: &Rule,
    returns: Returns,
    counts: &[Vec<u64>],
    lot: Option<&Lot>,
) -> Result<PollOutcome, DecisionError> {
    match rule.poll() {
        Poll::Evaluation(_) if lot.is_some() => Err(DecisionError::NoLotToDraw),
        Poll::Evaluation(_) => evaluation::judge(rule, returns, counts)
            .map(|verdicts| PollOutcome::Evaluation { verdicts }),
        Poll::Choice(_) | Poll::RunOff { .. } | Poll::SecondBallot { .. } | Poll::Adoption(_) => {
            decision::decide(rule, returns, counts, lot)
                .map(|decision| PollOutcome::Choice { decision })
        }
    }
}
