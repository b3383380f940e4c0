//! The election's result read as votes on items, and checked against the rule and the sheet.

use serde::{Deserialize, Serialize};

use crate::rules::{Blank, Form, QuestionShape, Rule};

/// Votes on one item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Votes {
    /// 赞成.
    pub in_favour: u64,
    /// 反对, where the form has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<u64>,
    /// 弃权, where the form has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abstained: Option<u64>,
    /// Valid ballots that did not answer for this item, where the form tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unanswered: Option<u64>,
}

/// Why counts do not fit. Questions and answers are counted from 0, as in the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CountError {
    /// Another number of questions than the rule asks.
    #[error("{found} questions counted, the rule asks {expected}")]
    Questions {
        /// As the rule asks.
        expected: usize,
        /// As counted.
        found: usize,
    },
    /// Another number of answers.
    #[error("question {question}: {found} answers counted, the rule has {expected}")]
    Answers {
        /// The question.
        question: usize,
        /// As the rule has.
        expected: u64,
        /// As counted.
        found: u64,
    },
    /// More votes for an answer than valid ballots.
    #[error("question {question}, answer {answer}: {votes} votes on {most} ballots")]
    TooManyVotes {
        /// The question.
        question: usize,
        /// The answer.
        answer: usize,
        /// The votes.
        votes: u64,
        /// The ballots that could have ticked it.
        most: u64,
    },
    /// The sum of a question's votes is outside of what so many ballots can give.
    #[error(
        "question {question}: {sum} votes in all, {ballots} valid ballots give {least} to {most}"
    )]
    Sum {
        /// The question.
        question: usize,
        /// Votes in all, blanks left out.
        sum: u64,
        /// Valid ballots.
        ballots: u64,
        /// Least sum.
        least: u64,
        /// Largest sum.
        most: u64,
    },
}

/// Counts that fit the rule.
pub(crate) struct Counts {
    pub(crate) items: Vec<Votes>,
    pub(crate) blank: Option<u64>,
}

impl Counts {
    pub(crate) fn read(rule: &Rule, counts: &[Vec<u64>], valid: u64) -> Result<Self, CountError> {
        let questions = questions(rule, counts, valid)?;
        let blank = questions.iter().find_map(|answers| answers.blank);
        let questions = questions.iter();
        let items = match rule.form() {
            Form::AtMost { .. } | Form::AtLeast { .. } => questions
                .flat_map(|answers| &answers.votes)
                .map(|votes| ticks(*votes))
                .collect(),
            Form::EachItem { blank } => questions.map(|answers| each(answers, blank)).collect(),
            // Nothing is decided by levels: an evaluation is judged.
            Form::Levels => Vec::new(),
        };
        Ok(Self { items, blank })
    }
}

/// Counts of one question.
pub(crate) struct Answers {
    blank: Option<u64>,
    /// Votes for each answer, the blank choice left out.
    pub(crate) votes: Vec<u64>,
    /// Valid ballots that ticked nothing, where a ballot ticks at most one answer.
    pub(crate) silent: u64,
}

/// Every question's counts, checked: as many questions and answers as the rule asks, and no more votes than ballots.
pub(crate) fn questions(
    rule: &Rule,
    counts: &[Vec<u64>],
    valid: u64,
) -> Result<Vec<Answers>, CountError> {
    let shapes = rule.questions();
    if shapes.len() != counts.len() {
        return Err(CountError::Questions {
            expected: shapes.len(),
            found: counts.len(),
        });
    }
    let questions = shapes.iter().zip(counts).enumerate();
    questions
        .map(|(question, (shape, counts))| checked(question, *shape, counts, valid))
        .collect()
}

fn checked(
    question: usize,
    shape: QuestionShape,
    counts: &[u64],
    valid: u64,
) -> Result<Answers, CountError> {
    let expected = shape.answers + u64::from(shape.blank);
    let found = u64::try_from(counts.len()).unwrap_or(u64::MAX);
    if expected != found {
        return Err(CountError::Answers {
            question,
            expected,
            found,
        });
    }
    let (blank, votes) = match (shape.blank, counts.split_first()) {
        (true, Some((blank, votes))) => (Some(*blank), votes),
        _ => (None, counts),
    };
    let too_many = |answer: usize, votes: u64, most: u64| CountError::TooManyVotes {
        question,
        answer,
        votes,
        most,
    };
    let ballots = valid
        .checked_sub(blank.unwrap_or(0))
        .ok_or_else(|| too_many(0, blank.unwrap_or(0), valid))?;
    for (answer, votes) in counts.iter().enumerate().skip(usize::from(shape.blank)) {
        if *votes > ballots {
            return Err(too_many(answer, *votes, ballots));
        }
    }
    // Every vote is at most `ballots`, at most 10⁶ in a rule that was read; saturating keeps others from wrapping.
    let sum = votes
        .iter()
        .fold(0_u64, |sum, votes| sum.saturating_add(*votes));
    let (least, most) = (
        shape.min.saturating_mul(ballots),
        shape.max.saturating_mul(ballots),
    );
    if !(least..=most).contains(&sum) {
        return Err(CountError::Sum {
            question,
            sum,
            ballots,
            least,
            most,
        });
    }
    Ok(Answers {
        blank,
        votes: votes.to_vec(),
        silent: ballots.saturating_sub(sum),
    })
}

fn ticks(in_favour: u64) -> Votes {
    Votes {
        in_favour,
        against: None,
        abstained: None,
        unanswered: None,
    }
}

/// 赞成, 反对, 弃权 of one item.
fn each(answers: &Answers, blank: Blank) -> Votes {
    let answer = |index: usize| answers.votes.get(index).copied().unwrap_or(0);
    let (abstained, unanswered) = match blank {
        Blank::Nobody => (answer(2), answers.silent),
        Blank::Abstention => (answer(2).saturating_add(answers.silent), 0),
    };
    Votes {
        in_favour: answer(0),
        against: Some(answer(1)),
        abstained: Some(abstained),
        unanswered: Some(unanswered),
    }
}
