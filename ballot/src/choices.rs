//! What a voter chooses, before anything is sealed.

use zeroize::Zeroize;

use crate::question::Question;
use crate::wire::{Reader, Wire, WireError, WireFault, Writer};

/// What a voter ticks: for each question a mark for each answer, preceded by a mark for "blank" where the question
/// allows a blank vote. Encoded as an array of arrays of 0 and 1.
///
/// This is the voter's secret: it is wiped from memory when dropped and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Choices(Vec<Vec<bool>>);

/// Why a choice cannot be sealed. Questions are counted from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The election does not have as many questions.
    #[error("the election has {expected} questions, the choice answers {found}")]
    QuestionCount {
        /// Questions in the election.
        expected: usize,
        /// Questions in the choice.
        found: usize,
    },
    /// The question does not have as many marks.
    #[error("question {question} takes {expected} marks, the choice has {found}")]
    MarkCount {
        /// The question.
        question: usize,
        /// Marks that it takes.
        expected: usize,
        /// Marks in the choice.
        found: usize,
    },
    /// Fewer or more answers are ticked than the question allows.
    #[error("question {question} takes {min} to {max} ticks, the choice has {found}")]
    TickCount {
        /// The question.
        question: usize,
        /// Fewest ticks.
        min: u32,
        /// Most ticks.
        max: u32,
        /// Ticks in the choice.
        found: usize,
    },
    /// Blank and ticked at once.
    #[error("question {question} is answered blank and ticked at once")]
    BlankAndTicked {
        /// The question.
        question: usize,
    },
}

impl Choices {
    /// The marks, question by question.
    pub fn marks(&self) -> &[Vec<bool>] {
        &self.0
    }

    /// Whether this is a choice that the questions allow.
    pub(crate) fn check(&self, questions: &[Question]) -> Result<(), SealError> {
        if questions.len() != self.0.len() {
            return Err(SealError::QuestionCount {
                expected: questions.len(),
                found: self.0.len(),
            });
        }
        questions
            .iter()
            .zip(&self.0)
            .enumerate()
            .try_for_each(|(index, (question, marks))| check_marks(index, question, marks))
    }
}

#[expect(
    clippy::needless_bitwise_bool,
    reason = "a short-cut would be a branch on a secret"
)]
fn check_marks(index: usize, question: &Question, marks: &[bool]) -> Result<(), SealError> {
    if marks.len() != question.ciphertexts() {
        return Err(SealError::MarkCount {
            question: index,
            expected: question.ciphertexts(),
            found: marks.len(),
        });
    }
    let (leading, ticks) = marks
        .split_at_checked(question.leading())
        .unwrap_or_default();
    let blank = leading.contains(&true);
    let ticked = ticks.iter().filter(|t| **t).count();
    let few = usize::try_from(question.min()).is_ok_and(|min| ticked < min);
    let many = usize::try_from(question.max()).is_ok_and(|max| ticked > max);
    // Without short-cuts: every choice that is allowed takes the same path.
    let both = blank & (ticked > 0);
    let outside = !blank & (few | many);
    if both {
        Err(SealError::BlankAndTicked { question: index })
    } else if outside {
        Err(SealError::TickCount {
            question: index,
            min: question.min(),
            max: question.max(),
            found: ticked,
        })
    } else {
        Ok(())
    }
}

impl<const N: usize> From<[Vec<bool>; N]> for Choices {
    fn from(marks: [Vec<bool>; N]) -> Self {
        Self(marks.into())
    }
}

impl From<Vec<Vec<bool>>> for Choices {
    fn from(marks: Vec<Vec<bool>>) -> Self {
        Self(marks)
    }
}

impl Drop for Choices {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl std::fmt::Debug for Choices {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Choices(<redacted>)")
    }
}

/// A mark as 0 or 1.
struct Mark(bool);

impl Wire for Mark {
    fn write(&self, out: &mut Writer) {
        out.raw(if self.0 { "1" } else { "0" });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        match reader.number()? {
            0 => Ok(Self(false)),
            1 => Ok(Self(true)),
            _ => Err(reader.fault(WireFault::Invalid("a mark is 0 or 1"))),
        }
    }
}

impl Wire for Choices {
    fn write(&self, out: &mut Writer) {
        let marks: Vec<Vec<Mark>> = self
            .0
            .iter()
            .map(|marks| marks.iter().map(|m| Mark(*m)).collect())
            .collect();
        marks.write(out);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader
            .array(|r| r.array(|r| Mark::read(r).map(|m| m.0)))
            .map(Self)
    }
}
