//! The questions that an election under a rule asks, as protocol version 1 has them.

use super::{Blank, Form, Level, Rule};

/// One question of the election that carries this rule, as protocol version 1 asks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuestionShape {
    /// Number of answers, the blank choice not included.
    pub answers: u64,
    /// Fewest answers ticked.
    pub min: u64,
    /// Most answers ticked.
    pub max: u64,
    /// Whether the question has a blank choice.
    pub blank: bool,
}

/// The answers of a question on one item, where each item is voted on: for, against, abstaining.
pub const EACH_ITEM_ANSWERS: [&str; 3] = ["赞成", "反对", "弃权"];

impl Rule {
    /// The questions that an election under this rule asks, in order.
    pub fn questions(&self) -> Vec<QuestionShape> {
        let items = u64::try_from(self.items.len()).unwrap_or(u64::MAX);
        let one = |min, max, blank| {
            vec![QuestionShape {
                answers: items,
                min,
                max,
                blank,
            }]
        };
        match self.form {
            Form::AtMost { max, blank } => match blank {
                Blank::Nobody => one(0, max, false),
                Blank::Abstention => one(1, max, true),
            },
            Form::AtLeast { min, max } => one(min, max, true),
            // An item without an answer says nothing, or abstains: either way the question takes none.
            Form::EachItem { .. } | Form::Levels => self.one_question_an_item(),
        }
    }

    /// What the ballot says for the answers of a question on one item; `None` where the items themselves are the answers.
    pub fn item_answers(&self) -> Option<Vec<&str>> {
        match self.form {
            Form::AtMost { .. } | Form::AtLeast { .. } => None,
            Form::EachItem { .. } => Some(EACH_ITEM_ANSWERS.to_vec()),
            Form::Levels => {
                let levels = self.levels().iter();
                Some(levels.map(|level| level.label.as_str()).collect())
            }
        }
    }

    /// The levels of an evaluation; every other poll has none.
    fn levels(&self) -> &[Level] {
        self.evaluation()
            .map_or(&[], |evaluation| &evaluation.levels)
    }

    fn one_question_an_item(&self) -> Vec<QuestionShape> {
        let answers = self.item_answers().unwrap_or_default().len();
        let question = QuestionShape {
            answers: u64::try_from(answers).unwrap_or(u64::MAX),
            min: 0,
            max: 1,
            blank: false,
        };
        self.items.iter().map(|_| question).collect()
    }
}
