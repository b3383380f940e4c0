//! Sheets that can come up under a rule: what a count could be, if so many ballots come back.

use tally::rules::{QuestionShape, Rule};

/// A count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sheet {
    /// What it is, for whoever reads why a rule is refused.
    pub name: &'static str,
    /// Ballots that came back.
    pub ballots: u64,
    /// As the election's result has it.
    pub counts: Vec<Vec<u64>>,
}

/// Every kind of sheet, with up to so many ballots.
pub(super) fn all(rule: &Rule, most: u64) -> Vec<Sheet> {
    let mut sheets = some(rule, most);
    let shapes = rule.questions();
    let answers = shapes.iter().map(|shape| shape.answers).max().unwrap_or(0);
    // Where each item has answers of its own, everybody may give any of them; of one question, the first are as good as others.
    let others = if shapes.len() > 1 { answers } else { 1 };
    for first in 1..others {
        sheets.push(sheet("all-for-another-answer", &shapes, most, |shape| {
            same(shape, most, first)
        }));
    }
    sheets
}

/// Those that tell most: nothing in the box, nothing ticked, everything alike, everything tied.
pub(super) fn some(rule: &Rule, most: u64) -> Vec<Sheet> {
    let shapes = rule.questions();
    let sheet =
        |name, ballots, of: &dyn Fn(QuestionShape) -> Vec<u64>| sheet(name, &shapes, ballots, of);
    vec![
        sheet("empty-box", 0, &|shape| same(shape, 0, 0)),
        sheet("nothing-ticked", most, &|shape| silent(shape, most)),
        sheet("all-for-the-same", most, &|shape| same(shape, most, 0)),
        sheet("all-tied", most, &|shape| tied(shape, most)),
        sheet("one-ballot", most.min(1), &|shape| {
            same(shape, most.min(1), 0)
        }),
    ]
}

fn sheet(
    name: &'static str,
    shapes: &[QuestionShape],
    ballots: u64,
    of: impl Fn(QuestionShape) -> Vec<u64>,
) -> Sheet {
    Sheet {
        name,
        ballots,
        counts: shapes.iter().map(|shape| of(*shape)).collect(),
    }
}

/// The counts of a question: the blank choice first, where it has one.
fn counted(shape: QuestionShape, blank: u64, votes: impl Iterator<Item = u64>) -> Vec<u64> {
    let blank = shape.blank.then_some(blank);
    blank.into_iter().chain(votes).collect()
}

/// Every ballot ticks as little as it may.
fn silent(shape: QuestionShape, ballots: u64) -> Vec<u64> {
    if shape.blank {
        counted(shape, ballots, (0..shape.answers).map(|_| 0))
    } else {
        let (answers, min) = (shape.answers, shape.min);
        counted(
            shape,
            0,
            (0..answers).map(|at| if at < min { ballots } else { 0 }),
        )
    }
}

/// Every ballot ticks the same, as many as it may, from the answer `first` on.
fn same(shape: QuestionShape, ballots: u64, first: u64) -> Vec<u64> {
    let votes = (0..shape.answers).map(|at| {
        let from_first = (at + shape.answers - first % shape.answers.max(1)) % shape.answers;
        if from_first < shape.max { ballots } else { 0 }
    });
    counted(shape, 0, votes)
}

/// As many ticks as there may be, spread evenly over all answers.
fn tied(shape: QuestionShape, ballots: u64) -> Vec<u64> {
    let ticks = shape.max.saturating_mul(ballots);
    let (each, more) = (ticks / shape.answers.max(1), ticks % shape.answers.max(1));
    let votes = (0..shape.answers).map(|at| each + u64::from(at < more));
    counted(shape, 0, votes)
}
