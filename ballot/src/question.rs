//! What an election asks.

use crate::wire::{Reader, Wire, WireError, WireFault, Writer};

/// A homomorphic question: tick from `min` to `max` of the answers. Specification 3.3.0, section 4.9.1.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "the format's own names")]
pub struct Question {
    answers: Vec<String>,
    blank: Option<bool>,
    min: u32,
    max: u32,
    question: String,
}

/// Why something is no election or no question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ElectionError {
    /// The key is the neutral element: everyone could read the ballots.
    #[error("the election's key is the neutral element")]
    NeutralKey,
    /// Nothing is asked.
    #[error("an election asks at least one question")]
    NoQuestion,
    /// A question without answers.
    #[error("a question has at least one answer")]
    NoAnswer,
    /// Bounds that are not 0 ≤ min ≤ max ≤ number of answers.
    #[error("a question's bounds must be 0 ≤ min ≤ max ≤ number of answers")]
    Bounds,
}

impl Question {
    /// Tick at least `min` and at most `max` of `answers`.
    ///
    /// # Errors
    /// [`ElectionError::NoAnswer`], [`ElectionError::Bounds`].
    pub fn new<A: Into<String>>(
        question: impl Into<String>,
        answers: impl IntoIterator<Item = A>,
        min: u32,
        max: u32,
    ) -> Result<Self, ElectionError> {
        Self {
            answers: answers.into_iter().map(Into::into).collect(),
            blank: None,
            min,
            max,
            question: question.into(),
        }
        .checked()
    }

    /// The same question, but a voter may also answer it blank.
    #[must_use]
    pub fn or_blank(mut self) -> Self {
        self.blank = Some(true);
        self
    }

    /// The question's text.
    pub fn text(&self) -> &str {
        &self.question
    }

    /// The answers' texts.
    pub fn answers(&self) -> &[String] {
        &self.answers
    }

    /// Fewest ticks of a ballot that is not blank.
    pub fn min(&self) -> u32 {
        self.min
    }

    /// Most ticks.
    pub fn max(&self) -> u32 {
        self.max
    }

    /// Whether a voter may answer blank.
    pub fn allows_blank(&self) -> bool {
        self.blank == Some(true)
    }

    /// Ciphertexts of an answer: one for each of the answers, and one before them for "blank" where it is allowed.
    pub fn ciphertexts(&self) -> usize {
        self.answers.len() + self.leading()
    }

    /// Ciphertexts before those of the answers: one where a blank vote is allowed.
    pub fn leading(&self) -> usize {
        usize::from(self.allows_blank())
    }

    /// Branches of the overall proof.
    pub(crate) fn overall_branches(&self) -> usize {
        (self.min..=self.max).count() + self.leading()
    }

    fn checked(self) -> Result<Self, ElectionError> {
        if self.answers.is_empty() {
            return Err(ElectionError::NoAnswer);
        }
        let within = usize::try_from(self.max).is_ok_and(|max| max <= self.answers.len());
        if self.min > self.max || !within {
            return Err(ElectionError::Bounds);
        }
        Ok(self)
    }
}

impl Wire for Question {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("answers", &self.answers);
            o.optional("blank", self.blank.as_ref());
            o.member("min", &self.min);
            o.member("max", &self.max);
            o.member("question", &self.question);
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let start = reader.fault(WireFault::NotCanonical);
        if reader.sees("{\"type\":") {
            return Err(reader.fault(WireFault::Unsupported("a question that is not homomorphic")));
        }
        let question = reader.object(|o| {
            Ok(Self {
                answers: o.required("answers")?,
                blank: o.optional("blank")?,
                min: o.required("min")?,
                max: o.required("max")?,
                question: o.required("question")?,
            })
        })?;
        question.checked().map_err(|error| WireError {
            fault: WireFault::Refused(error.to_string()),
            ..start
        })
    }
}
