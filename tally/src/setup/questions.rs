//! What the ballot asks: the rule's items with their ids and labels, in the shapes of its form.

use ballot::{ElectionError, Question};

use crate::rules::{ItemId, QuestionShape, Rule, TextFault, same_to_the_eye, text_fault};

/// An item as the ballot shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its id in the rule.
    pub id: ItemId,
    /// What it is, in words; empty where the id says enough.
    pub label: String,
}

/// Why a ballot cannot ask for these items under the rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ItemsError {
    /// No label for an item of the rule.
    #[error("the rule lists {0}, which is not on the ballot")]
    Missing(ItemId),
    /// An item that the rule does not list.
    #[error("{0} is on the ballot, and the rule does not list it")]
    Unknown(ItemId),
    /// Two labels for one item.
    #[error("{0} stands twice on the ballot")]
    Repeated(ItemId),
    /// A label that nobody can read, or that passes for another's.
    #[error(transparent)]
    Label(#[from] LabelError),
    /// A number of the rule that no ballot can have.
    #[error("the rule allows more ticks than a ballot can have")]
    Ticks,
    /// A question cannot be asked.
    #[error(transparent)]
    Question(#[from] ElectionError),
}

/// Why the labels of a ballot's items cannot stand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LabelError {
    /// It has characters that nobody sees.
    #[error("the label of {id} {fault}")]
    Text {
        /// Whose.
        id: ItemId,
        /// What is wrong.
        fault: TextFault,
    },
    /// Two items have labels that look the same.
    #[error("{id} and {other} have the same label")]
    Same {
        /// The first.
        id: ItemId,
        /// The second.
        other: ItemId,
    },
    /// It looks like the id of another item.
    #[error("the label of {id} is the id of {other}")]
    OtherId {
        /// Whose label.
        id: ItemId,
        /// Whose id.
        other: ItemId,
    },
}

/// Why an election does not ask what its rule says. Questions and answers count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QuestionsError {
    /// Not as many questions as the rule's form has.
    #[error("the election asks {found} questions, {expected} by the rule")]
    Count {
        /// By the rule.
        expected: usize,
        /// In the election.
        found: usize,
    },
    /// Another number of answers, other bounds, or a blank choice too many or too few.
    #[error("question {question}: its answers and bounds are not those of the rule")]
    Shape {
        /// Which question.
        question: usize,
    },
    /// The text does not begin with the item's id.
    #[error("question {question}: {id} of the rule is not at its place")]
    Item {
        /// Which question.
        question: usize,
        /// The item that should stand there.
        id: ItemId,
    },
    /// A label that nobody can read, or that passes for another's.
    #[error(transparent)]
    Label(#[from] LabelError),
    /// Other answers than the form offers for an item, or in another order.
    #[error("question {question}: its answers are not those of the rule's form")]
    Answers {
        /// Which question.
        question: usize,
    },
}

impl Item {
    /// What the ballot says: the id, a space, the label. Every ballot's signature covers both, and since an id has no
    /// space, anyone reads from the election which item a count belongs to.
    pub fn text(&self) -> String {
        if self.label.is_empty() {
            self.id.to_string()
        } else {
            format!("{} {}", self.id, self.label)
        }
    }
}

/// What a ballot offers for each single item; nothing where the items themselves are ticked.
pub fn item_answers(rule: &Rule) -> Option<Vec<String>> {
    let labels = rule.item_answers()?;
    Some(labels.into_iter().map(str::to_owned).collect())
}

/// The questions that an election named `name` asks under the rule, in the rule's order whatever that of `items`.
///
/// # Errors
/// [`ItemsError`] names the item.
pub fn questions(rule: &Rule, name: &str, items: &[Item]) -> Result<Vec<Question>, ItemsError> {
    let texts = texts(rule, items)?;
    let asked: Vec<(String, Vec<String>)> = match item_answers(rule) {
        None => vec![(name.to_owned(), texts)],
        Some(answers) => texts
            .into_iter()
            .map(|text| (text, answers.clone()))
            .collect(),
    };
    let bound = |n: u64| u32::try_from(n).map_err(|_| ItemsError::Ticks);
    asked
        .into_iter()
        .zip(rule.questions())
        .map(|((text, answers), shape)| {
            let question = Question::new(text, answers, bound(shape.min)?, bound(shape.max)?)?;
            Ok(if shape.blank {
                question.or_blank()
            } else {
                question
            })
        })
        .collect()
}

/// Checks that an election asks what its rule says: the shapes, each item by its id at its place, and the answers of
/// the form. The labels behind the ids are the election's own.
///
/// # Errors
/// [`QuestionsError`] names the question.
pub fn check_questions(rule: &Rule, asked: &[Question]) -> Result<(), QuestionsError> {
    let shapes = rule.questions();
    if shapes.len() != asked.len() {
        return Err(QuestionsError::Count {
            expected: shapes.len(),
            found: asked.len(),
        });
    }
    for (question, (expected, found)) in (1..).zip(shapes.iter().zip(asked)) {
        if *expected != shape(found) {
            return Err(QuestionsError::Shape { question });
        }
    }
    let answers = item_answers(rule);
    let texts = item_texts(rule, asked);
    // Where one question has all items, it is the first.
    let places = (1..).map(|number| if answers.is_some() { number } else { 1 });
    for (question, (id, text)) in places.zip(rule.items().iter().zip(&texts)) {
        if !names(text, id) {
            let id = id.clone();
            return Err(QuestionsError::Item { question, id });
        }
    }
    if let Some(answers) = answers {
        let differs = asked.iter().position(|found| found.answers() != answers);
        if let Some(position) = differs {
            let question = position + 1;
            return Err(QuestionsError::Answers { question });
        }
    }
    let labels: Vec<(&ItemId, &str)> = rule
        .items()
        .iter()
        .zip(&texts)
        .map(|(id, text)| (id, text.split_once(' ').map_or("", |(_, label)| label)))
        .collect();
    Ok(check_labels(&labels)?)
}

/// What is voted on in an election under the rule, each as [`Item::text`] has it: the answers of the one question where
/// items are ticked, else the questions' texts.
pub fn item_texts(rule: &Rule, asked: &[Question]) -> Vec<String> {
    if item_answers(rule).is_some() {
        asked.iter().map(|found| found.text().to_owned()).collect()
    } else {
        asked.iter().flat_map(Question::answers).cloned().collect()
    }
}

/// Each label is readable, none is that of another item or its id: a deputy could tick one for the other.
fn check_labels(labels: &[(&ItemId, &str)]) -> Result<(), LabelError> {
    for (position, (id, label)) in labels.iter().enumerate() {
        if label.is_empty() {
            continue;
        }
        let id = (*id).clone();
        if let Some(fault) = text_fault(label) {
            return Err(LabelError::Text { id, fault });
        }
        let mut before = labels.iter().take(position);
        if let Some((other, _)) = before.find(|(_, other)| same_to_the_eye(other, label)) {
            let (id, other) = ((*other).clone(), id);
            return Err(LabelError::Same { id, other });
        }
        let mut others = labels.iter().filter(|(other, _)| **other != id);
        if let Some((other, _)) = others.find(|(other, _)| same_to_the_eye(other.as_str(), label)) {
            let other = (*other).clone();
            return Err(LabelError::OtherId { id, other });
        }
    }
    Ok(())
}

/// The items' texts in the rule's order.
fn texts(rule: &Rule, items: &[Item]) -> Result<Vec<String>, ItemsError> {
    for (position, item) in items.iter().enumerate() {
        if !rule.items().contains(&item.id) {
            return Err(ItemsError::Unknown(item.id.clone()));
        }
        if items.iter().take(position).any(|other| other.id == item.id) {
            return Err(ItemsError::Repeated(item.id.clone()));
        }
    }
    let labels: Vec<(&ItemId, &str)> = items
        .iter()
        .map(|item| (&item.id, item.label.as_str()))
        .collect();
    check_labels(&labels)?;
    let text = |id: &ItemId| {
        items
            .iter()
            .find(|item| item.id == *id)
            .map(Item::text)
            .ok_or_else(|| ItemsError::Missing(id.clone()))
    };
    rule.items().iter().map(text).collect()
}

/// Whether the text is an [`Item::text`] of this id.
fn names(text: &str, id: &ItemId) -> bool {
    text.split(' ').next() == Some(id.as_str())
}

fn shape(question: &Question) -> QuestionShape {
    QuestionShape {
        answers: u64::try_from(question.answers().len()).unwrap_or(u64::MAX),
        min: u64::from(question.min()),
        max: u64::from(question.max()),
        blank: question.allows_blank(),
    }
}
