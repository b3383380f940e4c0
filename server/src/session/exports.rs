//! The announced results as a list: for spreadsheets and for programs.

use crate::web::cycle_path::InCycle;
use crate::web::export::{Cell, Sheet, rfc3339};
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::openapi::{OfCycle, ReadProblems};
use crate::web::visit::Visit;
use axum::Json;
use axum::extract::State;
use domain::evaluation::verdict_name;
use domain::infra::app::App;
use domain::infra::database::Tx;
use domain::session::PollState;
use domain::session::store;
use domain::session::{Outcome, outcome};
use domain::session::{Poll, PollItem};
use serde::Serialize;
use tally::decision::Outcome as Decided;
use tally::evaluation::EvaluationOutcome;
use utoipa::ToSchema;

/// The announced results of a cycle.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResultsAnswer {
    /// Whether they only advise: a street's council has no congress behind it.
    advisory: bool,
    /// What was announced, oldest first. A poll that is not announced is not here.
    results: Vec<ResultAnswer>,
}

/// An announced result.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResultAnswer {
    /// The poll.
    #[schema(value_type = uuid::Uuid)]
    poll: domain::session::PollId,
    /// main or evaluation.
    #[schema(value_type = String)]
    kind: domain::session::PollKind,
    /// The title.
    title: String,
    /// When it was announced (RFC 3339, UTC).
    announced_at: Option<String>,
    /// Counts and decision as `tally` computed them.
    #[schema(value_type = Object)]
    outcome: Outcome,
}

struct Announced {
    poll: Poll,
    items: Vec<PollItem>,
    outcome: Outcome,
}

async fn announced(tx: &mut Tx, at: &InCycle) -> Result<Vec<Announced>, HttpError> {
    let cycle = at.cycle();
    let mut all = Vec::new();
    for poll in store::polls_of_cycle(tx, cycle.jurisdiction, cycle.id).await? {
        if let Some(outcome) = outcome(tx, &poll).await? {
            let items = store::items(tx, &poll).await?;
            all.push(Announced {
                poll,
                items,
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
pub async fn results(State(app): State<App>, at: InCycle) -> HttpResult<Json<ResultsAnswer>> {
    let mut tx = app.database.read().await?;
    let results = announced(&mut tx, &at).await?;
    let results = results.into_iter().map(|one| ResultAnswer {
        poll: one.poll.id,
        kind: one.poll.kind,
        announced_at: match &one.poll.state {
            PollState::Announced(announced) => Some(rfc3339(announced.at)),
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
pub async fn csv(State(app): State<App>, visit: Visit, at: InCycle) -> HttpResult {
    sheet(&app, visit.locale, &at).await?.csv()
}

/// `/j/{jurisdiction}/{year}/results.xlsx`
pub async fn xlsx(State(app): State<App>, visit: Visit, at: InCycle) -> HttpResult {
    sheet(&app, visit.locale, &at).await?.xlsx()
}

const COLUMNS: [&str; 12] = [
    "export-poll",
    "export-code",
    "export-title",
    "result-in-favour",
    "result-against",
    "result-abstained",
    "export-rank",
    "result-standing",
    "verdict-satisfied",
    "verdict-basically",
    "verdict-unsatisfied",
    "result-verdict",
];

async fn sheet(app: &App, locale: &Locale, at: &InCycle) -> Result<Sheet, HttpError> {
    let mut tx = app.database.read().await?;
    let mut rows = Vec::new();
    for one in announced(&mut tx, at).await? {
        rows.extend(lines(locale, &one));
    }
    Ok(Sheet {
        name: "results",
        columns: COLUMNS.iter().map(|key| locale.text(key)).collect(),
        rows,
    })
}

fn lines(locale: &Locale, one: &Announced) -> Vec<Vec<Cell>> {
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
        Outcome::Choice {
            decision: Decided::Decided(decision),
        } => decision
            .items
            .iter()
            .map(|item| {
                let (_, standing) = super::pages::result_view::standing(locale, item.standing);
                let mut line = head(item.id.as_str());
                line.extend([
                    item.votes.in_favour.into(),
                    item.votes.against.into(),
                    item.votes.abstained.into(),
                    item.rank.into(),
                    standing.into(),
                ]);
                line.extend(empty(4));
                line
            })
            .collect(),
        Outcome::Evaluation {
            verdicts: EvaluationOutcome::Judged(judged),
        } => judged
            .items
            .iter()
            .map(|item| {
                let verdict = format!("project-verdict-{}", verdict_name(item.verdict));
                let mut line = head(item.id.as_str());
                line.extend(empty(5));
                line.extend([
                    item.levels.satisfied.into(),
                    item.levels.basically.into(),
                    item.levels.unsatisfied.into(),
                    locale.text(&verdict).into(),
                ]);
                line
            })
            .collect(),
        // Held again: there are no counts to show.
        _ => Vec::new(),
    }
}
