//! The result sheet (计票报告单) as lines that add up: what each line says of an item, column by column, is together the valid ballots.

use domain::session::{PollItem, PollOutcome};
use tally::decision::{Decision, Outcome as Decided, Sheet, Standing};
use tally::evaluation::{Evaluation, EvaluationOutcome};
use tally::rules::{LevelId, Rule};

/// A column of the sheet: what a valid ballot may say of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Column {
    /// 赞成, or ticked.
    InFavour,
    /// 反对
    Against,
    /// 弃权
    Abstained,
    /// 未表态: the form asks about each item, and the ballot says nothing of this one.
    Unanswered,
    /// 未选: the ballot ticks others.
    NotTicked,
    /// The ballot is blank, where the form tells blank ballots apart.
    Blank,
    /// A level of an evaluation, by its id and its words on the ballot.
    Level(LevelId, String),
}

/// What became of a line's item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LineOutcome {
    /// Rank and standing of a candidate.
    Ranked(u64, Standing),
    /// The verdict on a project, if there is one.
    Judged(Option<LevelId>),
}

/// A line of the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// The item's code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// The counts, one for each column.
    pub counts: Vec<u64>,
    /// What became of it.
    pub outcome: LineOutcome,
}

/// The sheet of a counted poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ResultSheet {
    /// The figures of the ballots.
    pub figures: Sheet,
    /// The columns of every line.
    pub columns: Vec<Column>,
    /// The items, the best rank first; projects in the order of the ballot.
    pub lines: Vec<Line>,
    /// The fewest votes with which an item is chosen, where the rule sets any.
    pub votes_needed: Option<u64>,
}

/// A line that is not the valid ballots, or of no item of the poll: what is stored contradicts itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SheetFault {
    /// The columns of a line do not add up.
    #[error("{code}: the columns give {sum}, there are {valid} valid ballots")]
    Sum {
        /// Which item.
        code: String,
        /// What the columns give.
        sum: u64,
        /// How many ballots are valid.
        valid: u64,
    },
    /// An item that is not on the ballot.
    #[error("{0} is not on the ballot")]
    Unknown(String),
}

impl ResultSheet {
    /// The sheet, every sum of it checked; `None` where nothing was counted.
    pub(crate) fn of(
        rule: &Rule,
        outcome: &PollOutcome,
        items: &[PollItem],
    ) -> Result<Option<Self>, SheetFault> {
        let sheet = match outcome {
            PollOutcome::Choice {
                decision: Decided::Decided(decision),
            } => chosen(rule, decision, items)?,
            PollOutcome::Evaluation {
                verdicts: EvaluationOutcome::Judged(judged),
            } => judged_sheet(rule, judged, items)?,
            PollOutcome::Choice {
                decision: Decided::NoQuorum { .. } | Decided::Void { .. },
            }
            | PollOutcome::Evaluation {
                verdicts: EvaluationOutcome::NoQuorum { .. } | EvaluationOutcome::Void { .. },
            } => return Ok(None),
        };
        sheet.check()?;
        Ok(Some(sheet))
    }

    /// Whether every line is the valid ballots; the figures have checked themselves when they were read.
    fn check(&self) -> Result<(), SheetFault> {
        let valid = self.figures.valid;
        for line in &self.lines {
            let sum = line
                .counts
                .iter()
                .fold(0_u64, |sum, n| sum.saturating_add(*n));
            if sum != valid || line.counts.len() != self.columns.len() {
                let code = line.code.clone();
                return Err(SheetFault::Sum { code, sum, valid });
            }
        }
        Ok(())
    }
}

fn chosen(rule: &Rule, decision: &Decision, items: &[PollItem]) -> Result<ResultSheet, SheetFault> {
    let by_item = decision
        .items
        .iter()
        .any(|item| item.votes.against.is_some());
    let columns = if by_item {
        vec![
            Column::InFavour,
            Column::Against,
            Column::Abstained,
            Column::Unanswered,
        ]
    } else {
        let blank = decision.blank.map(|_| Column::Blank);
        let ticks = [Column::InFavour, Column::NotTicked];
        ticks.into_iter().chain(blank).collect()
    };
    let valid = decision.sheet.valid;
    let line = |item: &tally::decision::ItemDecision| {
        let votes = item.votes;
        let counts = if by_item {
            let others = [votes.against, votes.abstained, votes.unanswered];
            let others = others.map(Option::unwrap_or_default);
            [votes.in_favour].into_iter().chain(others).collect()
        } else {
            let told = votes
                .in_favour
                .saturating_add(decision.blank.unwrap_or_default());
            let not_ticked = valid.saturating_sub(told);
            let ticks = [votes.in_favour, not_ticked];
            ticks.into_iter().chain(decision.blank).collect()
        };
        let outcome = LineOutcome::Ranked(item.rank, item.standing);
        line_of(items, item.id.as_str(), counts, outcome)
    };
    let mut ranked: Vec<_> = decision.items.iter().collect();
    ranked.sort_by_key(|item| item.rank);
    let by_majority = rule
        .decision()
        .is_some_and(|rule| rule.majority != tally::rules::Majority::None);
    Ok(ResultSheet {
        figures: decision.sheet,
        columns,
        lines: ranked.into_iter().map(line).collect::<Result<_, _>>()?,
        votes_needed: by_majority.then_some(decision.votes_needed),
    })
}

fn judged_sheet(
    rule: &Rule,
    judged: &Evaluation,
    items: &[PollItem],
) -> Result<ResultSheet, SheetFault> {
    let levels = rule.evaluation().map_or(&[][..], |rule| &rule.levels);
    let columns = levels
        .iter()
        .map(|level| Column::Level(level.id.clone(), level.label.clone()))
        .chain([Column::Unanswered])
        .collect();
    let line = |item: &tally::evaluation::ItemVerdict| {
        let counts = item.levels.iter().map(|level| level.votes);
        let counts = counts.chain([item.unanswered]).collect();
        let outcome = LineOutcome::Judged(item.verdict.clone());
        line_of(items, item.id.as_str(), counts, outcome)
    };
    Ok(ResultSheet {
        figures: judged.sheet,
        columns,
        lines: judged.items.iter().map(line).collect::<Result<_, _>>()?,
        votes_needed: None,
    })
}

fn line_of(
    items: &[PollItem],
    code: &str,
    counts: Vec<u64>,
    outcome: LineOutcome,
) -> Result<Line, SheetFault> {
    let item = items.iter().find(|item| item.code == code);
    let item = item.ok_or_else(|| SheetFault::Unknown(code.to_owned()))?;
    Ok(Line {
        code: code.to_owned(),
        title: item.title.clone(),
        counts,
        outcome,
    })
}

#[cfg(test)]
#[path = "sheet_tests.rs"]
mod tests;
