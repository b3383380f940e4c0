//! What programs are told of projects.

use super::light::Thresholds;
use super::project::Project;
use super::{store, today};
use crate::app::App;
use crate::cycles::find_cycle;
use crate::web::failure::Answer;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use serde_json::{Value, json};
use time::Date;

/// `GET /api/v1/j/{jurisdiction}/{year}/projects`: `{today, projects: […]}`. Money in fen, days as `2026-03-31`,
/// months as `2026-03`, `planned_hundredths` in hundredths of a per cent.
pub async fn projects(State(app): State<App>, Path((slug, year)): Path<(String, i32)>) -> Answer {
    let (_, cycle) = find_cycle(&app, &slug, year).await?;
    let mut tx = app.database.read().await?;
    let day = today(&app);
    let list: Vec<Value> = store::projects(&mut tx, &cycle)
        .await?
        .iter()
        .map(|project| shown(project, day))
        .collect();
    Ok(Json(json!({ "today": day.to_string(), "projects": list })).into_response())
}

fn shown(project: &Project, today: Date) -> Value {
    let thresholds = Thresholds::default();
    let plan = &project.plan;
    let state = project.state;
    let light = project.light(today, &thresholds);
    let latest = project.latest();
    let text = |day: Option<Date>| day.map(|day| day.to_string());
    let milestones: Vec<Value> = project
        .milestones
        .iter()
        .map(|one| {
            json!({
                "quarter": one.quarter, "due": one.due.to_string(), "text": one.text,
                "planned_percent": one.planned_percent, "completed_on": text(one.completed_on),
            })
        })
        .collect();
    let reports: Vec<Value> = project
        .reports
        .iter()
        .map(|one| {
            json!({
                "month": one.month, "version": one.version, "percent": one.percent,
                "spent_fen": one.spent.fen(), "text": one.text, "reason": one.reason,
                "reported_on": one.reported_on.to_string(),
            })
        })
        .collect();
    let lights: Vec<Value> = project
        .lights(today, &thresholds)
        .into_iter()
        .map(|(month, light)| json!({ "month": month, "light": light.colour }))
        .collect();
    json!({
        "id": project.id, "code": plan.code, "title": plan.title, "summary": plan.summary,
        "unit": plan.unit.name, "lead": plan.lead, "goal": plan.goal, "location": plan.location,
        "budget_fen": plan.budget.fen(), "funding": plan.funding,
        "taken_over_on": project.taken_over_on.to_string(), "state": state.name(),
        "delivered_on": text(state.delivered_on()), "accepted_on": text(state.accepted_on()),
        "light": light.colour, "reasons": light.reasons,
        "planned_hundredths": project.planned(today),
        "percent": latest.map(|one| one.percent), "spent_fen": latest.map(|one| one.spent.fen()),
        "milestones": milestones, "reports": reports, "lights": lights,
    })
}
