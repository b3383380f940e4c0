//! The announced results as a list: for spreadsheets and for programs.

use crate::web::cycle_path::InCycle;
use crate::web::export::{Cell, Sheet};
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::openapi::{Moment, OfCycle, PollKind, ReadProblems};
use crate::web::shared::levels::{level_name, verdict_name};
use crate::web::visit::Visit;
use axum::Json;
use axum::extract::State;
use domain::infra::app::App;
use domain::infra::database::Tx;
use domain::session::PollState;
use domain::session::store;
use domain::session::{Poll, PollItem};
use domain::session::{PollOutcome, adopted_rule, outcome};
use serde::Serialize;
use tally::decision::Outcome as Decided;
use tally::evaluation::{EvaluationOutcome, ItemVerdict};
use tally::rules::{Level, Rule};
use utoipa::ToSchema;

/// The announced results of a cycle.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ResultsAnswer {
    /// Whether they only advise: a street's council has no congress behind it.
    advisory: bool,
    /// What was announced, oldest first. A poll that is not announced is not here.
    results: Vec<ResultAnswer>,
}

/// An announced result.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ResultAnswer {
    /// The poll.
    #[schema(value_type = uuid::Uuid)]
    poll: domain::session::PollId,
    /// The election's id in the ballot protocol, which the record's entries about the poll name.
    election_uuid: String,
    /// What it decides.
    #[schema(value_type = PollKind)]
    kind: domain::session::PollKind,
    /// The title.
    title: String,
    /// When it was announced.
    announced_at: Option<Moment>,
    /// Counts and decision as `tally` computed them.
    #[schema(value_type = Object)]
    outcome: PollOutcome,
}

struct Announced {
    poll: Poll,
    items: Vec<PollItem>,
    rule: Rule,
    outcome: PollOutcome,
}

async fn announced(tx: &mut Tx, at: &InCycle) -> Result<Vec<Announced>, HttpError> {
    let cycle = at.cycle();
    let mut all = Vec::new();
    for poll in store::polls_of_cycle(tx, cycle.jurisdiction, cycle.id).await? {
        let rule = adopted_rule(tx, &poll).await?;
        if let Some((outcome, rule)) = outcome(tx, &poll).await?.zip(rule) {
            let items = store::items(tx, &poll).await?;
            all.push(Announced {
                poll,
                items,
                rule,
                outcome,
            });
        }
    }
    Ok(all)
}

/// The results that were announced, with every count.
#[utoipa::path(
    get, path = "/api/v1/j/{jurisdiction}/{year}/results", tag = "polls", operation_id = "listResults",
    params(OfCycle),
    responses((status = 200, description = "The announced results.", body = ResultsAnswer), ReadProblems)
)]
pub(crate) async fn results(
    State(app): State<App>,
    at: InCycle,
) -> HttpResult<Json<ResultsAnswer>> {
    let mut tx = app.database.read().await?;
    let results = announced(&mut tx, &at).await?;
    let results = results.into_iter().map(|one| ResultAnswer {
        poll: one.poll.id,
        election_uuid: one.poll.election.to_string(),
        kind: one.poll.kind,
        announced_at: match &one.poll.state {
            PollState::Announced(announced) => Some(Moment(announced.at)),
            _ => None,
        },
        title: one.poll.title,
        outcome: one.outcome,
    });
    Ok(Json(ResultsAnswer {
        advisory: at.heading.jurisdiction.kind.is_advisory(),
        results: results.collect(),
    }))
}

/// `/j/{jurisdiction}/{year}/results.csv`
pub(crate) async fn csv(State(app): State<App>, visit: Visit, at: InCycle) -> HttpResult {
    sheet(&app, visit.locale, &at).await?.csv()
}

/// `/j/{jurisdiction}/{year}/results.xlsx`
pub(crate) async fn xlsx(State(app): State<App>, visit: Visit, at: InCycle) -> HttpResult {
    sheet(&app, visit.locale, &at).await?.xlsx(app.clock.now())
}

/// The columns of every result; those of the levels follow.
const COLUMNS: [&str; 8] = [
    "export-poll",
    "export-code",
    "export-title",
    "result-in-favour",
    "result-against",
    "result-abstained",
    "export-rank",
    "result-standing",
];

async fn sheet(app: &App, locale: &Locale, at: &InCycle) -> Result<Sheet, HttpError> {
    let mut tx = app.database.read().await?;
    let results = announced(&mut tx, at).await?;
    let levels = levels_of(&results);
    let mut columns: Vec<String> = COLUMNS.iter().map(|key| locale.text(key)).collect();
    let names = levels
        .iter()
        .map(|level| level_name(locale, &level.id, &level.label));
    columns.extend(names);
    columns.push(locale.text("result-verdict"));
    let rows = results
        .iter()
        .flat_map(|one| lines(locale, one, &levels))
        .collect();
    let title = locale.text("results-title");
    Ok(Sheet::of_cycle(
        &at.heading,
        ("results", title),
        columns,
        rows,
    ))
}

/// The levels that the results' rules have, each once, in the order of the ballots.
fn levels_of(results: &[Announced]) -> Vec<&Level> {
    let mut found: Vec<&Level> = Vec::new();
    let rules = results.iter().filter_map(|one| one.rule.evaluation());
    for level in rules.flat_map(|rule| &rule.levels) {
        if !found.iter().any(|other| is_same(other, level)) {
            found.push(level);
        }
    }
    found
}

/// The same answer on two ballots.
fn is_same(one: &Level, other: &Level) -> bool {
    one.id == other.id && one.label == other.label
}

fn lines(locale: &Locale, one: &Announced, levels: &[&Level]) -> Vec<Vec<Cell>> {
    let title_of = |code: &str| {
        let found = one.items.iter().find(|item| item.code == code);
        found.map_or_else(String::new, |item| item.title.clone())
    };
    let head = |code: &str| -> Vec<Cell> {
        vec![
            one.poll.title.clone().into(),
            code.into(),
            title_of(code).into(),
        ]
    };
    let empty = |count| std::iter::repeat_n(Cell::Empty, count);
    match &one.outcome {
        PollOutcome::Choice {
            decision: Decided::Decided(decision),
        } => decision
            .items
            .iter()
            .map(|item| {
                let (_, standing) =
                    super::pages::result_view::standing(locale, &one.rule, item.standing);
                let mut line = head(item.id.as_str());
                line.extend([
                    item.votes.in_favour.into(),
                    item.votes.against.into(),
                    item.votes.abstained.into(),
                    item.rank.into(),
                    standing.into(),
                ]);
                line.extend(empty(levels.len() + 1));
                line
            })
            .collect(),
        PollOutcome::Evaluation {
            verdicts: EvaluationOutcome::Judged(judged),
        } => judged
            .items
            .iter()
            .map(|item| {
                let mut line = head(item.id.as_str());
                line.extend(empty(5));
                line.extend(verdict_cells(locale, &one.rule, item, levels));
                line
            })
            .collect(),
        // Held again: there are no counts to show.
        PollOutcome::Choice {
            decision: Decided::NoQuorum { .. } | Decided::Void { .. },
        }
        | PollOutcome::Evaluation {
            verdicts: EvaluationOutcome::NoQuorum { .. } | EvaluationOutcome::Void { .. },
        } => Vec::new(),
    }
}

/// The votes of each level that this poll has, and the verdict.
fn verdict_cells(locale: &Locale, rule: &Rule, item: &ItemVerdict, levels: &[&Level]) -> Vec<Cell> {
    let Some(rule) = rule.evaluation() else {
        return Vec::new();
    };
    let votes = |level: &&Level| {
        rule.level(&level.id)
            .filter(|own| is_same(own, level))
            .and_then(|own| item.levels.iter().find(|counted| counted.id == own.id))
            .map(|counted| counted.votes)
            .into()
    };
    let mut cells: Vec<Cell> = levels.iter().map(votes).collect();
    cells.push(verdict_name(locale, rule, item.verdict.as_ref()).into());
    cells
}
