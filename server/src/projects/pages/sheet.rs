//! `/j/{jurisdiction}/{year}/projects.csv` and `.xlsx`: what the list shows, in full.

use super::list::Filter;
use super::{percent, reasons};
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::export::{Cell, Sheet};
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::query::Query;
use crate::web::shared::districts::served;
use crate::web::visit::Visit;
use axum::extract::State;
use domain::cycles::JurisdictionKind;
use domain::infra::app::App;
use domain::projects::{Lit, lit_projects};

const COLUMNS: [&str; 14] = [
    "project-code",
    "project-title",
    "project-districts",
    "project-unit",
    "project-lead",
    "export-budget-planned",
    "project-spent",
    "export-percent-done",
    "export-percent-planned",
    "project-light",
    "project-reasons",
    "project-state",
    "project-delivered-on",
    "project-accepted-on",
];

/// `/j/{jurisdiction}/{year}/projects.csv`
pub(crate) async fn csv(
    State(app): State<App>,
    visit: Visit,
    at: InCycle,
    Query(filter): Query<Filter>,
) -> HttpResult {
    sheet(&app, visit.locale, &at.heading, &filter).await?.csv()
}

/// `/j/{jurisdiction}/{year}/projects.xlsx`
pub(crate) async fn xlsx(
    State(app): State<App>,
    visit: Visit,
    at: InCycle,
    Query(filter): Query<Filter>,
) -> HttpResult {
    sheet(&app, visit.locale, &at.heading, &filter)
        .await?
        .xlsx(app.clock.now())
}

/// The projects that the list shows with this filter, in its order.
async fn sheet(
    app: &App,
    locale: &Locale,
    heading: &CycleHeading,
    filter: &Filter,
) -> Result<Sheet, HttpError> {
    let mut tx = app.database.read().await?;
    let lit = lit_projects(app, &mut tx, &heading.cycle).await?;
    let shown = lit.iter().filter(|one| filter.passes(one));
    let kind = heading.jurisdiction.kind;
    Ok(Sheet::of_cycle(
        heading,
        ("projects", locale.text("projects-title")),
        COLUMNS.iter().map(|key| locale.text(key)).collect(),
        shown.map(|one| record(locale, kind, one)).collect(),
    ))
}

fn record(locale: &Locale, kind: JurisdictionKind, lit: &Lit) -> Vec<Cell> {
    let plan = &lit.project.plan;
    let state = lit.project.state;
    vec![
        plan.code.clone().into(),
        plan.title.clone().into(),
        served(locale, kind, &plan.districts).into(),
        plan.unit.name.clone().into(),
        plan.lead.clone().into(),
        plan.budget.into(),
        lit.spent.into(),
        percent(lit.done).into(),
        lit.planned.rounded().into(),
        locale
            .text(&format!("light-{}", lit.light.colour.name()))
            .into(),
        reasons(locale, &lit.project, &lit.light).join(" ").into(),
        locale
            .text(&format!("project-state-{}", state.name().name()))
            .into(),
        state.delivered_on().into(),
        state.accepted_on().into(),
    ]
}
