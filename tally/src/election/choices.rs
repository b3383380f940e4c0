//! A choice as people type it.

use ballot::{Choices, Question};

/// Why a typed choice is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChoiceError {
    /// Not one choice for each question.
    #[error(
        "{found} choices for {expected} questions: give --choose once for each question, in their order"
    )]
    Count {
        /// The questions.
        expected: usize,
        /// The choices.
        found: usize,
    },
    /// Neither numbers, nor `none`, nor `blank`.
    #[error(
        "question {question}: {text:?} is not a list of answers like 1,3, nor `none`, nor `blank`"
    )]
    Text {
        /// The question, from 1.
        question: usize,
        /// What was typed.
        text: String,
    },
    /// An answer that the question does not have.
    #[error("question {question} has the answers 1 to {answers}, not {answer}")]
    NoSuchAnswer {
        /// The question, from 1.
        question: usize,
        /// How many answers it has.
        answers: usize,
        /// What was typed.
        answer: usize,
    },
    /// A blank choice where there is none.
    #[error("question {question} has no blank choice; `none` ticks nothing")]
    NoBlank {
        /// The question, from 1.
        question: usize,
    },
}

/// Reads one typed choice a question: the numbers of the ticked answers from 1, joined by commas; `none` of them; or `blank`
/// where the question allows that. Whether the rule allows so many ticks is checked by sealing.
///
/// # Errors
/// [`ChoiceError`].
pub fn choices(questions: &[Question], typed: &[String]) -> Result<Choices, ChoiceError> {
    if questions.len() != typed.len() {
        return Err(ChoiceError::Count {
            expected: questions.len(),
            found: typed.len(),
        });
    }
    let marks = (1..)
        .zip(questions.iter().zip(typed))
        .map(|(number, (question, text))| marks(number, question, text))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Choices::from(marks))
}

fn marks(number: usize, question: &Question, text: &str) -> Result<Vec<bool>, ChoiceError> {
    let mut ticked = vec![false; question.answers().len()];
    let is_blank = text == "blank";
    if is_blank && !question.allows_blank() {
        return Err(ChoiceError::NoBlank { question: number });
    }
    if !is_blank && text != "none" {
        for part in text.split(',') {
            let answer: usize = part.trim().parse().map_err(|_| ChoiceError::Text {
                question: number,
                text: text.to_owned(),
            })?;
            let answers = ticked.len();
            let tick = answer.checked_sub(1).and_then(|at| ticked.get_mut(at));
            *tick.ok_or(ChoiceError::NoSuchAnswer {
                question: number,
                answers,
                answer,
            })? = true;
        }
    }
    let blank = question.allows_blank().then_some(is_blank);
    Ok(blank.into_iter().chain(ticked).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(texts: &[&str]) -> Result<Vec<Vec<bool>>, ChoiceError> {
        let questions = [
            Question::new("a", ["1", "2", "3"], 0, 2).unwrap(),
            Question::new("b", ["1", "2"], 1, 1).unwrap().or_blank(),
        ];
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        choices(&questions, &texts).map(|choices| choices.marks().to_vec())
    }

    #[test]
    fn numbers_none_and_blank_become_marks() {
        let (x, o) = (true, false);
        assert_eq!(
            typed(&["1, 3", "2"]),
            Ok(vec![vec![x, o, x], vec![o, o, x]])
        );
        assert_eq!(
            typed(&["none", "blank"]),
            Ok(vec![vec![o, o, o], vec![x, o, o]])
        );
    }

    #[test]
    fn what_is_no_choice_is_refused_with_its_question() {
        assert_eq!(
            typed(&["1"]),
            Err(ChoiceError::Count {
                expected: 2,
                found: 1
            })
        );
        assert_eq!(
            typed(&["blank", "1"]),
            Err(ChoiceError::NoBlank { question: 1 })
        );
        for answer in [0, 3] {
            let expected = ChoiceError::NoSuchAnswer {
                question: 2,
                answers: 2,
                answer,
            };
            assert_eq!(typed(&["none", &answer.to_string()]), Err(expected));
        }
        let text = "one".to_owned();
        assert_eq!(
            typed(&["one", "1"]),
            Err(ChoiceError::Text { question: 1, text })
        );
    }
}
