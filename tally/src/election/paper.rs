//! Ballots on paper, as two tellers type them independently of each other.
//!
//! Only where both say the same of every sheet is anything sealed. Sheets are numbered as they come out of the box, so
//! that a number leads back to the paper and to nobody who filled it in.

use std::collections::BTreeMap;
use std::fmt;

use ballot::{Choices, Question};

use super::{ChoiceError, choices};

/// What a teller types for a sheet that the chief scrutineer has ruled invalid.
const INVALID: &str = "invalid";

/// A sheet on which both tellers agree.
#[derive(Debug)]
pub struct Sheet {
    /// Its number.
    pub number: u32,
    /// What it says; nothing where it is invalid, over-ticked or ruled so.
    pub choices: Option<Choices>,
}

/// Which of the two lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Teller {
    /// The first.
    First,
    /// The second.
    Second,
}

/// A sheet of which the tellers do not say the same. Nothing where a teller does not have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The sheet's number.
    pub sheet: u32,
    /// What the first teller typed.
    pub first: Option<String>,
    /// What the second teller typed.
    pub second: Option<String>,
}

/// Why nothing is sealed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PaperError {
    /// A line that is none.
    #[error(
        "the {teller} teller, line {line}: a sheet's number and one choice for each question expected, like `7 1,3`"
    )]
    Line {
        /// Whose list.
        teller: Teller,
        /// The line, from 1.
        line: usize,
    },
    /// A sheet stands twice in one list.
    #[error("the {teller} teller has sheet {sheet} twice")]
    Twice {
        /// Whose list.
        teller: Teller,
        /// The sheet.
        sheet: u32,
    },
    /// Not a choice.
    #[error("the {teller} teller, sheet {sheet}: {error}")]
    Choice {
        /// Whose list.
        teller: Teller,
        /// The sheet.
        sheet: u32,
        /// Why.
        error: ChoiceError,
    },
    /// Nothing is ticked where a blank ballot is told apart.
    #[error(
        "the {teller} teller, sheet {sheet}: nothing is ticked in question {question}: type `blank`"
    )]
    Blank {
        /// Whose list.
        teller: Teller,
        /// The sheet.
        sheet: u32,
        /// The question, from 1.
        question: usize,
    },
    /// The tellers do not agree.
    #[error("the tellers do not agree: {}; look at the paper, correct the lists, and type nothing from each other", list(.0))]
    Differ(Vec<Difference>),
}

/// The sheets in the order of their numbers, if both lists say the same of each.
///
/// A list has a line for each sheet: its number, then one choice for each question as [`choices`] reads it, without white
/// space, or `invalid`. Empty lines and lines that begin with `#` are left out.
///
/// # Errors
/// [`PaperError`].
pub fn agree(questions: &[Question], first: &str, second: &str) -> Result<Vec<Sheet>, PaperError> {
    let first = read(Teller::First, questions, first)?;
    let mut second = read(Teller::Second, questions, second)?;
    let mut differences = Vec::new();
    let mut agreed = Vec::new();
    for (sheet, one) in first {
        let other = second.remove(&sheet);
        let same = other.as_ref().is_some_and(|other| other.marks == one.marks);
        if same {
            agreed.push(Sheet {
                number: sheet,
                choices: one.valid.then_some(one.marks).flatten(),
            });
        } else {
            differences.push(Difference {
                sheet,
                first: Some(one.text),
                second: other.map(|other| other.text),
            });
        }
    }
    differences.extend(second.into_iter().map(|(sheet, other)| Difference {
        sheet,
        first: None,
        second: Some(other.text),
    }));
    differences.sort_by_key(|one| one.sheet);
    if differences.is_empty() {
        Ok(agreed)
    } else {
        Err(PaperError::Differ(differences))
    }
}

/// What one teller says of a sheet.
struct Typed {
    text: String,
    /// Nothing where the chief scrutineer has ruled it invalid.
    marks: Option<Choices>,
    valid: bool,
}

fn read(
    teller: Teller,
    questions: &[Question],
    text: &str,
) -> Result<BTreeMap<u32, Typed>, PaperError> {
    let mut sheets = BTreeMap::new();
    for (line, text) in (1..).zip(text.lines()) {
        if text.trim().is_empty() || text.starts_with('#') {
            continue;
        }
        let mut words = text.split_whitespace();
        let number = words.next().and_then(|word| word.parse().ok());
        let typed: Vec<String> = words.map(str::to_owned).collect();
        let (Some(sheet), false) = (number, typed.is_empty()) else {
            return Err(PaperError::Line { teller, line });
        };
        let one = sheet_of(teller, sheet, questions, &typed)?;
        if sheets.insert(sheet, one).is_some() {
            return Err(PaperError::Twice { teller, sheet });
        }
    }
    Ok(sheets)
}

fn sheet_of(
    teller: Teller,
    sheet: u32,
    questions: &[Question],
    typed: &[String],
) -> Result<Typed, PaperError> {
    let text = typed.join(" ");
    if text == INVALID {
        return Ok(Typed {
            text,
            marks: None,
            valid: false,
        });
    }
    let marks = choices(questions, typed).map_err(|error| PaperError::Choice {
        teller,
        sheet,
        error,
    })?;
    let mut valid = true;
    for (number, (question, marks)) in (1..).zip(questions.iter().zip(marks.marks())) {
        let ticks = marks.iter().filter(|mark| **mark).count();
        if ticks == 0 && question.allows_blank() {
            return Err(PaperError::Blank {
                teller,
                sheet,
                question: number,
            });
        }
        let blank = question.allows_blank() && marks.first() == Some(&true);
        let allowed = question.min()..=question.max();
        valid &= blank || u32::try_from(ticks).is_ok_and(|ticks| allowed.contains(&ticks));
    }
    Ok(Typed {
        text,
        marks: Some(marks),
        valid,
    })
}

fn list(differences: &[Difference]) -> String {
    let said = |teller, what: &Option<String>| match what {
        Some(text) => format!("the {teller} teller has `{text}`"),
        None => format!("the {teller} teller does not have it"),
    };
    let lines: Vec<String> = differences
        .iter()
        .map(|one| {
            format!(
                "sheet {}: {}, {}",
                one.sheet,
                said(Teller::First, &one.first),
                said(Teller::Second, &one.second)
            )
        })
        .collect();
    lines.join("; ")
}

impl fmt::Display for Teller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::First => "first",
            Self::Second => "second",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// At most two of three; one of two, or blank.
    fn questions() -> [Question; 2] {
        [
            Question::new("a", ["1", "2", "3"], 0, 2).unwrap(),
            Question::new("b", ["1", "2"], 1, 1).unwrap().or_blank(),
        ]
    }

    type Marks = Vec<Vec<bool>>;

    fn both(first: &str, second: &str) -> Result<Vec<(u32, Option<Marks>)>, PaperError> {
        let sheets = agree(&questions(), first, second)?;
        let marks = |one: Sheet| {
            let marks = one.choices.map(|choices| choices.marks().to_vec());
            (one.number, marks)
        };
        Ok(sheets.into_iter().map(marks).collect())
    }

    #[test]
    fn what_both_have_typed_is_read_and_over_ticked_paper_is_invalid() {
        let first = "# box 1\n2 1,3 2\n1 none blank\n\n3 1,2,3 1\n4 invalid\n5 1 1,2\n";
        let second = "1 none blank\n2 3,1 2\n3 1,2,3 1\n4 invalid\n5 1 2,1\n";
        let (x, o) = (true, false);
        let expected = vec![
            (1, Some(vec![vec![o, o, o], vec![x, o, o]])),
            (2, Some(vec![vec![x, o, x], vec![o, o, x]])),
            (3, None),
            (4, None),
            (5, None),
        ];
        assert_eq!(both(first, second), Ok(expected));
    }

    #[test]
    fn every_difference_is_named_and_nothing_is_sealed() {
        let refused = both("1 1 1\n2 2 2\n3 1,2,3 1\n", "1 1 1\n3 invalid\n4 none 1\n");
        let difference = |sheet, first: Option<&str>, second: Option<&str>| Difference {
            sheet,
            first: first.map(str::to_owned),
            second: second.map(str::to_owned),
        };
        let expected = vec![
            difference(2, Some("2 2"), None),
            // Invalid either way, but not the same of what is on the paper.
            difference(3, Some("1,2,3 1"), Some("invalid")),
            difference(4, None, Some("none 1")),
        ];
        assert_eq!(refused, Err(PaperError::Differ(expected)));
        assert_eq!(
            both("1 1 1", "1 2 1").unwrap_err().to_string(),
            "the tellers do not agree: sheet 1: the first teller has `1 1`, the second teller has `2 1`; look at the \
             paper, correct the lists, and type nothing from each other"
        );
    }

    #[test]
    fn a_line_that_is_none_is_refused_with_its_teller() {
        let teller = Teller::Second;
        let good = "1 1 1\n2 2 2\n";
        for (second, expected) in [
            ("1 1 1\nx 2 2", PaperError::Line { teller, line: 2 }),
            ("1 1 1\n2", PaperError::Line { teller, line: 2 }),
            ("1 1 1\n1 1 1", PaperError::Twice { teller, sheet: 1 }),
            (
                "1 1 none",
                PaperError::Blank {
                    teller,
                    sheet: 1,
                    question: 2,
                },
            ),
            (
                "1 4 1",
                PaperError::Choice {
                    teller,
                    sheet: 1,
                    error: ChoiceError::NoSuchAnswer {
                        question: 1,
                        answers: 3,
                        answer: 4,
                    },
                },
            ),
        ] {
            assert_eq!(both(good, second), Err(expected));
        }
    }
}
