//! Where programs begin: which jurisdictions there are, which years each has, and where what of a year is read.

use crate::web::cycle_path::{InCycle, find_jurisdiction};
use crate::web::http_error::HttpResult;
use crate::web::openapi::{
    CycleStage, EntryProblems, KindOfJurisdiction, OfCycle, OfJurisdiction, PollKind, PollState,
    ReadProblems,
};
use axum::Json;
use axum::extract::{Path, State};
use domain::cycles::{Cycle, Jurisdiction, JurisdictionKind, Stage, store};
use domain::infra::app::App;
use domain::session::store::polls_of_cycle;
use domain::session::{self, Poll};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

/// This room's part of the API's document.
#[derive(Debug, OpenApi)]
#[openapi(paths(entry, jurisdiction, cycle))]
pub(super) struct Operations;

/// Everything that the API has begins here. Addresses are below that of the service.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EntryAnswer {
    /// What the API answers (`OpenAPI` 3.1).
    document: &'static str,
    /// The newest signed state of the public record (c2sp.org/tlog-checkpoint); `/record/vkey` is its key.
    checkpoint: &'static str,
    /// Every jurisdiction.
    jurisdictions: Vec<JurisdictionLink>,
}

/// A jurisdiction, and where more is told of it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct JurisdictionLink {
    /// Its name in addresses.
    slug: String,
    /// Its name.
    name: String,
    /// What it is.
    #[schema(value_type = KindOfJurisdiction)]
    kind: JurisdictionKind,
    /// Where its years are listed.
    address: String,
}

/// A jurisdiction and its years.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct JurisdictionAnswer {
    /// Its name in addresses.
    slug: String,
    /// Its name.
    name: String,
    /// What it is.
    #[schema(value_type = KindOfJurisdiction)]
    kind: JurisdictionKind,
    /// Where its settings are read.
    settings: String,
    /// Its years, the newest first.
    cycles: Vec<CycleLink>,
}

/// A year, and where more is told of it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CycleLink {
    /// The year of implementation.
    year: i32,
    /// How far it has come.
    #[schema(value_type = CycleStage)]
    stage: Stage,
    /// Where its lists are named.
    address: String,
}

/// A year, and where what of it is read.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CycleAnswer {
    /// The year of implementation.
    year: i32,
    /// The congress's term (届).
    term: i32,
    /// The session within the term (次).
    session: i32,
    /// How many projects are to be chosen.
    places: i32,
    /// How far it has come.
    #[schema(value_type = CycleStage)]
    stage: Stage,
    /// The accepted proposals.
    proposals: String,
    /// The candidates.
    shortlist: String,
    /// The announced results.
    results: String,
    /// The projects.
    projects: String,
    /// The evaluation.
    evaluation: String,
    /// What entered the public record last, as a feed (Atom).
    record_feed: String,
    /// The deadlines, as a calendar (iCalendar).
    calendar: String,
    /// Every poll, the oldest first.
    polls: Vec<PollLink>,
}

/// A poll, and where more is told of it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PollLink {
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: session::PollId,
    /// What it decides.
    #[schema(value_type = PollKind)]
    kind: session::PollKind,
    /// The title.
    title: String,
    /// How far it has come.
    #[schema(value_type = PollState)]
    state: session::StateName,
    /// Where it is read.
    address: String,
}

/// The jurisdictions: where a program begins.
#[utoipa::path(
    get, path = "/api/v1", tag = "entry", operation_id = "getEntry",
    responses((status = 200, description = "The jurisdictions.", body = EntryAnswer), EntryProblems)
)]
pub(super) async fn entry(State(app): State<App>) -> HttpResult<Json<EntryAnswer>> {
    let mut tx = app.database.read().await?;
    let jurisdictions = store::jurisdictions(&mut tx).await?;
    Ok(Json(EntryAnswer {
        document: "/api/openapi.json",
        checkpoint: "/record/checkpoint",
        jurisdictions: jurisdictions
            .into_iter()
            .map(|one| JurisdictionLink {
                address: address(&one),
                slug: one.slug,
                name: one.name,
                kind: one.kind,
            })
            .collect(),
    }))
}

/// A jurisdiction's years.
#[utoipa::path(
    get, path = "/api/v1/j/{jurisdiction}", tag = "entry", operation_id = "getJurisdiction",
    params(OfJurisdiction), responses((status = 200, description = "The years.", body = JurisdictionAnswer), ReadProblems)
)]
pub(super) async fn jurisdiction(
    State(app): State<App>,
    Path(slug): Path<String>,
) -> HttpResult<Json<JurisdictionAnswer>> {
    let found = find_jurisdiction(&app, &slug).await?;
    let mut tx = app.database.read().await?;
    let cycles = store::cycles(&mut tx, found.id).await?;
    let address = address(&found);
    let link = |cycle: Cycle| CycleLink {
        year: cycle.year,
        stage: cycle.stage,
        address: format!("{address}/{}", cycle.year),
    };
    let cycles = cycles.into_iter().map(link).collect();
    Ok(Json(JurisdictionAnswer {
        settings: format!("{address}/settings"),
        slug: found.slug,
        name: found.name,
        kind: found.kind,
        cycles,
    }))
}

/// What there is of a year.
#[utoipa::path(
    get, path = "/api/v1/j/{jurisdiction}/{year}", tag = "entry", operation_id = "getCycle",
    params(OfCycle), responses((status = 200, description = "Where what of the year is read.", body = CycleAnswer), ReadProblems)
)]
pub(super) async fn cycle(State(app): State<App>, at: InCycle) -> HttpResult<Json<CycleAnswer>> {
    let (page, cycle) = (at.heading.path(), at.cycle());
    let api = format!("/api/v1{page}");
    let mut tx = app.database.read().await?;
    let polls = polls_of_cycle(&mut tx, cycle.jurisdiction, cycle.id).await?;
    let poll = |one: Poll| PollLink {
        id: one.id,
        kind: one.kind,
        state: one.state.name(),
        title: one.title,
        address: format!("{api}/polls/{}", one.id),
    };
    Ok(Json(CycleAnswer {
        year: cycle.year,
        term: cycle.term,
        session: cycle.session,
        places: cycle.places,
        stage: cycle.stage,
        polls: polls.into_iter().map(poll).collect(),
        proposals: format!("{api}/proposals"),
        shortlist: format!("{api}/shortlist"),
        results: format!("{api}/results"),
        projects: format!("{api}/projects"),
        evaluation: format!("{api}/evaluation"),
        record_feed: format!("{page}/record.atom"),
        calendar: format!("{page}/calendar.ics"),
    }))
}

fn address(jurisdiction: &Jurisdiction) -> String {
    format!("/api/v1/j/{}", jurisdiction.slug)
}
