//! Satisfaction evaluation (满意度测评): verdicts on projects from deputies' counts, and residents' ratings beside them.

use serde::{Deserialize, Serialize};

use crate::decision::{Answers, DecisionError, Returns, Sheet, questions};
use crate::rules::{Apart, EvaluationBase, EvaluationRule, ItemId, LevelId, LevelRole, Rule};

/// What an evaluation poll came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum EvaluationOutcome {
    /// Too few present.
    NoQuorum {
        /// Present.
        present: u64,
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ItemVerdict {
    /// The project.
    pub id: ItemId,
    /// Votes of each level, in the order of the rule.
    pub levels: Vec<LevelVotes>,
    /// Valid ballots that said nothing of this project.
    pub unanswered: u64,
    /// Of how many the shares were counted.
    pub base: u64,
    /// The level that is the verdict. `None`: nobody is left in the base, since there was no valid ballot, or everyone
    /// entitled chose a level that counts nowhere.
    pub verdict: Option<LevelId>,
}

/// Votes of one level for one project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LevelVotes {
    /// The level.
    pub id: LevelId,
    /// Its votes.
    pub votes: u64,
    /// The fewest votes of this and all better levels together with which it is the verdict, where the rule sets a share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needed: Option<u64>,
}

/// Judges the projects of an evaluation poll. `counts` are the election result: one list a project.
pub fn judge(
    rule: &Rule,
    returns: Returns,
    counts: &[Vec<u64>],
) -> Result<EvaluationOutcome, DecisionError> {
    let evaluation = rule.evaluation().ok_or(DecisionError::OtherPoll)?;
    let sheet = Sheet::new(rule.deputies(), returns)?;
    let needed = rule.quorum_count();
    if sheet.present < needed {
        return Ok(EvaluationOutcome::NoQuorum {
            present: sheet.present,
            needed,
        });
    }
    if sheet.is_void() {
        return Ok(EvaluationOutcome::Void {
            issued: sheet.issued,
            returned: sheet.returned,
        });
    }
    let items = rule
        .items()
        .iter()
        .zip(questions(rule, counts, sheet.valid)?)
        .map(|(id, answers)| verdict(id.clone(), &answers, evaluation, &sheet))
        .collect();
    Ok(EvaluationOutcome::Judged(Evaluation {
        sheet,
        items,
        advisory: rule.is_advisory(),
    }))
}

fn verdict(id: ItemId, answers: &Answers, rule: &EvaluationRule, sheet: &Sheet) -> ItemVerdict {
    let whole = match rule.base {
        EvaluationBase::Entitled => sheet.deputies,
        EvaluationBase::Present => sheet.present,
        EvaluationBase::Valid => sheet.valid,
    };
    let counted = || rule.levels.iter().zip(answers.votes.iter().copied());
    let base = counted()
        .filter(|(level, _)| level.role == LevelRole::Apart(Apart::Nowhere))
        .fold(whole, |base, (_, votes)| base.saturating_sub(votes));
    // This level's votes with those of all better ones.
    let mut together = 0_u64;
    let mut verdict = None;
    let levels = counted()
        .map(|(level, votes)| {
            let (needed, reached) = match level.role {
                LevelRole::From(threshold) => {
                    together = together.saturating_add(votes);
                    // No level is reached by no vote, whatever the share.
                    let needed = threshold.least(base).max(1);
                    (Some(needed), together >= needed)
                }
                LevelRole::Otherwise => (None, true),
                LevelRole::Apart(_) => (None, false),
            };
            if reached && base > 0 && verdict.is_none() {
                verdict = Some(level.id.clone());
            }
            LevelVotes {
                id: level.id.clone(),
                votes,
                needed,
            }
        })
        .collect();
    ItemVerdict {
        id,
        levels,
        unanswered: answers.silent,
        base,
        verdict,
    }
}

/// Fewest residents' ratings that are published; below it a person could be guessed.
pub const MIN_RATINGS: u64 = 5;

/// Residents' ratings of one project: how many gave 1, 2, 3, 4 and 5.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ratings([u64; 5]);

/// What of the ratings may be published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ratings", rename_all = "snake_case")]
pub enum RatingSummary {
    /// Fewer than [`MIN_RATINGS`].
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
        if responses < u128::from(MIN_RATINGS) {
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
