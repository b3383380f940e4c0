//! The questions that an election under a rule asks, as protocol version 1 has them.

use super::{Blank, Form, Rule};

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

/// Number of answers of a question with 赞成, 反对, 弃权.
pub const EACH_ITEM_ANSWERS: u64 = 3;

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
            Form::EachItem { .. } => self.one_question_an_item(EACH_ITEM_ANSWERS),
            Form::Levels { unknown } => self.one_question_an_item(3 + u64::from(unknown)),
        }
    }

    fn one_question_an_item(&self, answers: u64) -> Vec<QuestionShape> {
        let question = QuestionShape {
            answers,
            min: 0,
            max: 1,
            blank: false,
        };
        self.items.iter().map(|_| question).collect()
    }
}
