//! What programs are told of the shortlist.

use crate::web::cycle_path::InCycle;
use crate::web::export::Sheet;
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::openapi::{Day, Moment, OfCycle, ReadProblems};
use crate::web::shared::districts::served;
use crate::web::visit::Visit;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse as _;
use domain::infra::app::App;
use domain::proposals::ProposalId;
use domain::screening::shortlist::published;
use domain::screening::{self, Shortlist};
use domain::screening::{Candidate, CandidateId};
use serde::Serialize;
use tally::record::body::facts_json;
use utoipa::{OpenApi, ToSchema};

/// This room's part of the API's document.
#[derive(Debug, OpenApi)]
#[openapi(paths(shortlist, facts))]
pub(super) struct Operations;

/// The shortlist. Before it is published there is nothing in it.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct ShortlistAnswer {
    /// Whether it is published.
    published: bool,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    published_at: Option<Moment>,
    /// The day of the review that stands before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reviewed_on: Option<Day>,
    /// The review's document.
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<String>,
    /// SHA-256 of the bytes at `shortlist/facts`, hexadecimal: the vote's rule names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    facts_sha256: Option<String>,
    /// The candidates in the order of their codes.
    candidates: Vec<CandidateAnswer>,
}

/// A candidate.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CandidateAnswer {
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: CandidateId,
    /// The planned investment, in fen.
    budget_fen: i64,
    /// The office's code, unique in the cycle.
    code: String,
    /// Where the money comes from.
    funding: String,
    /// What will be there when it is done.
    goal: String,
    /// The responsible lead.
    lead: String,
    /// Where it is built.
    location: String,
    /// The districts that it serves; none: the whole jurisdiction.
    districts: Vec<String>,
    /// The milestones in their order.
    milestones: Vec<CandidateMilestone>,
    /// What will be done.
    summary: String,
    /// The title.
    title: String,
    /// The responsible unit.
    unit: String,
    /// The accepted proposals that it grew from.
    #[schema(value_type = Vec<uuid::Uuid>)]
    proposals: Vec<ProposalId>,
}

/// A milestone of a candidate.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CandidateMilestone {
    /// By when.
    due: Day,
    /// How much of the whole is to be done by then, in per cent.
    planned_percent: i32,
    /// The quarter, 1 to 4.
    quarter: i32,
    /// What is to be reached.
    text: String,
}

/// The candidates, once they are published.
#[utoipa::path(
    get, path = "/api/v1/j/{jurisdiction}/{year}/shortlist", tag = "shortlist", operation_id = "getShortlist",
    params(OfCycle), responses((status = 200, description = "The shortlist; empty before it is published.", body = ShortlistAnswer), ReadProblems)
)]
pub(crate) async fn shortlist(
    State(app): State<App>,
    at: InCycle,
) -> HttpResult<Json<ShortlistAnswer>> {
    let mut tx = app.database.read().await?;
    let state = screening::shortlist(&mut tx, at.cycle()).await?;
    let Shortlist::Published {
        review,
        at: published_at,
        facts_sha256,
    } = state
    else {
        return Ok(Json(ShortlistAnswer::default()));
    };
    let candidates = screening::candidates(&mut tx, at.cycle()).await?;
    Ok(Json(ShortlistAnswer {
        published: true,
        published_at: Some(Moment(published_at)),
        reviewed_on: Some(Day(review.on)),
        document: Some(review.document),
        facts_sha256: Some(facts_sha256),
        candidates: candidates.into_iter().map(shown).collect(),
    }))
}

fn shown(candidate: Candidate) -> CandidateAnswer {
    let facts = candidate.facts;
    let milestones = facts.milestones.into_iter();
    let milestones = milestones.map(|one| CandidateMilestone {
        due: Day(one.due),
        planned_percent: one.planned_percent,
        quarter: one.quarter,
        text: one.text,
    });
    CandidateAnswer {
        id: candidate.id,
        budget_fen: facts.budget.fen(),
        code: facts.code,
        funding: facts.funding,
        goal: facts.goal,
        lead: facts.lead,
        location: facts.location,
        districts: facts.districts,
        milestones: milestones.collect(),
        summary: facts.summary,
        title: facts.title,
        unit: facts.unit,
        proposals: candidate.proposals.iter().map(|one| one.id).collect(),
    }
}

/// The exact bytes whose SHA-256 the vote's rule names (RFC 8785), once the shortlist is published.
#[utoipa::path(
    get, path = "/api/v1/j/{jurisdiction}/{year}/shortlist/facts", tag = "shortlist",
    operation_id = "getShortlistFacts", params(OfCycle),
    responses((status = 200, description = "The exact bytes.", body = Vec<Object>, content_type = "application/json"), ReadProblems)
)]
pub(crate) async fn facts(State(app): State<App>, at: InCycle) -> HttpResult {
    let mut tx = app.database.read().await?;
    let candidates = published(&mut tx, at.cycle())
        .await?
        .ok_or(HttpError::NotFound)?;
    let headers = [(header::CONTENT_TYPE, "application/json")];
    let facts = candidates.iter().map(|one| one.facts.recorded());
    let facts: Vec<_> = facts.collect::<Result<_, _>>()?;
    Ok((headers, facts_json(&facts)).into_response())
}

/// `/j/{jurisdiction}/{year}/shortlist.csv`: nothing before it is published.
pub(crate) async fn csv(State(app): State<App>, visit: Visit, at: InCycle) -> HttpResult {
    sheet(&app, visit.locale, &at).await?.csv()
}

/// `/j/{jurisdiction}/{year}/shortlist.xlsx`
pub(crate) async fn xlsx(State(app): State<App>, visit: Visit, at: InCycle) -> HttpResult {
    sheet(&app, visit.locale, &at).await?.xlsx(app.clock.now())
}

const COLUMNS: [&str; 10] = [
    "export-code",
    "export-title",
    "field-candidate-unit",
    "field-candidate-lead",
    "export-budget-wan",
    "field-candidate-funding",
    "field-candidate-location",
    "candidate-serves",
    "export-goal",
    "export-text",
];

async fn sheet(app: &App, locale: &Locale, at: &InCycle) -> Result<Sheet, HttpError> {
    let mut tx = app.database.read().await?;
    let candidates = published(&mut tx, at.cycle()).await?.unwrap_or_default();
    let kind = at.heading.jurisdiction.kind;
    let row = |candidate: Candidate| {
        let facts = candidate.facts;
        vec![
            facts.code.into(),
            facts.title.into(),
            facts.unit.into(),
            facts.lead.into(),
            facts.budget.into(),
            facts.funding.into(),
            facts.location.into(),
            served(locale, kind, &facts.districts).into(),
            facts.goal.into(),
            facts.summary.into(),
        ]
    };
    Ok(Sheet::of_cycle(
        &at.heading,
        ("shortlist", locale.text("shortlist-title")),
        COLUMNS.iter().map(|key| locale.text(key)).collect(),
        candidates.into_iter().map(row).collect(),
    ))
}
