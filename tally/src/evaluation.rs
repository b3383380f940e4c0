//! Satisfaction evaluation (满意度测评): verdicts on projects from deputies' counts, and residents' ratings beside them.

use serde::{Deserialize, Serialize};

use crate::decision::{CountError, DecisionError, Returns, Sheet};
use crate::rules::{EvaluationBase, EvaluationRule, Form, ItemId, Poll, Rule};

/// What an evaluation poll came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum EvaluationOutcome {
    /// Too few signed in.
    NoQuorum {
        /// Signed in.
        signed_in: u64,
        /// Needed.
        needed: u64,
    },
    /// More ballots came back than were issued.
    Void {
        /// Issued.
        issued: u64,
        /// Returned.
        returned: u64,
    },
    /// Counted.
    Judged(Evaluation),
}

/// A counted evaluation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evaluation {
    /// The figures of the result sheet.
    pub sheet: Sheet,
    /// The projects in the order of the rule.
    pub items: Vec<ItemVerdict>,
    /// Whether the evaluation only advises: whoever shows it must say so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub advisory: bool,
}

/// One project's counts and verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemVerdict {
    /// The project.
    pub id: ItemId,
    /// Its counts.
    pub levels: Levels,
    /// Of how many the share was counted.
    pub base: u64,
    /// The fewest that reach the share.
    pub needed: u64,
    /// The verdict.
    pub verdict: Verdict,
}

/// Counts of one project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Levels {
    /// 满意.
    pub satisfied: u64,
    /// 基本满意.
    pub basically: u64,
    /// 不满意.
    pub unsatisfied: u64,
    /// 不了解, where offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown: Option<u64>,
    /// Valid ballots that said nothing of this project.
    pub unanswered: u64,
}

/// The verdict on a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// 满意.
    Satisfied,
    /// 基本满意.
    BasicallySatisfied,
    /// 不满意.
    Unsatisfied,
    /// Nobody is left in the base: everyone entitled said 不了解, or there was no valid ballot.
    NoBase,
}

/// Judges the projects of an evaluation poll. `counts` are the election result: one list a project.
pub fn judge(
    rule: &Rule,
    returns: Returns,
    counts: &[Vec<u64>],
) -> Result<EvaluationOutcome, DecisionError> {
    let (Poll::Evaluation(evaluation), Form::Levels { unknown }) = (rule.poll(), rule.form())
    else {
        return Err(DecisionError::OtherPoll);
    };
    let sheet = Sheet::new(rule.deputies(), returns)?;
    let needed = rule.quorum_count();
    if sheet.signed_in < needed {
        return Ok(EvaluationOutcome::NoQuorum {
            signed_in: sheet.signed_in,
            needed,
        });
    }
    if sheet.is_void() {
        return Ok(EvaluationOutcome::Void {
            issued: sheet.issued,
            returned: sheet.returned,
        });
    }
    // Reading checks the shape and that no question has more answers than valid ballots.
    crate::decision::Counts::read(rule, counts, sheet.valid)?;
    let items = rule
        .items()
        .iter()
        .zip(counts)
        .enumerate()
        .map(|(question, (id, answers))| {
            let levels = levels(question, answers, unknown, sheet.valid)?;
            Ok(verdict(id.clone(), levels, evaluation, &sheet))
        })
        .collect::<Result<_, CountError>>()?;
    Ok(EvaluationOutcome::Judged(Evaluation {
        sheet,
        items,
        advisory: rule.is_advisory(),
    }))
}

fn levels(
    question: usize,
    answers: &[u64],
    offered: bool,
    valid: u64,
) -> Result<Levels, CountError> {
    let wrong = CountError::Answers {
        question,
        expected: 3 + u64::from(offered),
        found: u64::try_from(answers.len()).unwrap_or(u64::MAX),
    };
    let (satisfied, basically, unsatisfied, unknown) = match (answers, offered) {
        ([satisfied, basically, unsatisfied], false) => {
            (*satisfied, *basically, *unsatisfied, None)
        }
        ([satisfied, basically, unsatisfied, unknown], true) => {
            (*satisfied, *basically, *unsatisfied, Some(*unknown))
        }
        _ => return Err(wrong),
    };
    let answered = answers
        .iter()
        .fold(0_u64, |sum, votes| sum.saturating_add(*votes));
    Ok(Levels {
        satisfied,
        basically,
        unsatisfied,
        unknown,
        unanswered: valid.saturating_sub(answered),
    })
}

fn verdict(id: ItemId, levels: Levels, rule: &EvaluationRule, sheet: &Sheet) -> ItemVerdict {
    let whole = match rule.base {
        EvaluationBase::Entitled => sheet.deputies,
        EvaluationBase::Present => sheet.signed_in,
        EvaluationBase::Valid => sheet.valid,
    };
    let taken_off = if rule.unknown_in_base {
        0
    } else {
        levels.unknown.unwrap_or(0)
    };
    let base = whole.saturating_sub(taken_off);
    let needed = rule.threshold.least(base).max(1);
    let verdict = if base == 0 {
        Verdict::NoBase
    } else if levels.satisfied >= needed {
        Verdict::Satisfied
    } else if levels.satisfied.saturating_add(levels.basically) >= needed {
        Verdict::BasicallySatisfied
    } else {
        Verdict::Unsatisfied
    };
    ItemVerdict {
        id,
        levels,
        base,
        needed,
        verdict,
    }
}

/// Fewest residents' ratings that are published; below it a person could be guessed.
pub const LEAST_RATINGS: u64 = 5;

/// Residents' ratings of one project: how many gave 1, 2, 3, 4 and 5.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ratings([u64; 5]);

/// What of the ratings may be published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ratings", rename_all = "snake_case")]
pub enum RatingSummary {
    /// Fewer than [`LEAST_RATINGS`].
    Withheld,
    /// Enough.
    Published {
        /// Number of residents who rated.
        responses: u64,
        /// Mean in hundredths, rounded half up: 437 is 4.37.
        mean_hundredths: u64,
        /// How many gave 1, 2, 3, 4 and 5.
        counts: [u64; 5],
    },
}

impl Ratings {
    /// How many gave 1, 2, 3, 4 and 5.
    pub fn new(counts: [u64; 5]) -> Self {
        Self(counts)
    }

    /// What may be published.
    pub fn summary(self) -> RatingSummary {
        let responses: u128 = self.0.iter().map(|count| u128::from(*count)).sum();
        if responses < u128::from(LEAST_RATINGS) {
            return RatingSummary::Withheld;
        }
        let points: u128 = (1_u128..)
            .zip(self.0)
            .map(|(stars, count)| stars * u128::from(count))
            .sum();
        let mean = (points * 200 + responses) / (responses * 2);
        RatingSummary::Published {
            responses: u64::try_from(responses).unwrap_or(u64::MAX),
            mean_hundredths: u64::try_from(mean).unwrap_or(u64::MAX),
            counts: self.0,
        }
    }
}
