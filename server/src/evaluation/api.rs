//! What programs are told of the evaluation.

use super::store;
use super::types::verdict_name;
use crate::app::App;
use crate::cycles::find_cycle;
use crate::projects::store as project_store;
use crate::web::failure::Answer;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use serde_json::{Value, json};

/// `GET /api/v1/j/{jurisdiction}/{year}/evaluation`: `{projects: [{code, title, verdicts, residents, reworks}]}`.
/// `residents` is `{"ratings":"withheld"}` below five responses, else `responses`, `mean_hundredths` and the counts
/// of 1 to 5 stars.
pub async fn evaluation(State(app): State<App>, Path((slug, year)): Path<(String, i32)>) -> Answer {
    let (_, cycle) = find_cycle(&app, &slug, year).await?;
    let mut tx = app.database.read().await?;
    let projects = project_store::projects(&mut tx, &cycle).await?;
    let verdicts = store::verdicts(&mut tx, &cycle).await?;
    let reworks = store::reworks(&mut tx, &cycle).await?;
    let ratings = store::ratings(&mut tx, &cycle).await?;
    let list: Vec<Value> = projects
        .iter()
        .map(|project| {
            let verdicts: Vec<Value> = verdicts
                .iter()
                .filter(|one| one.project == project.id)
                .map(|one| {
                    json!({
                        "poll": one.poll, "verdict": verdict_name(one.verdict), "levels": one.levels,
                        "base": one.base, "needed": one.needed, "announced_on": one.announced_on.to_string(),
                    })
                })
                .collect();
            let reworks: Vec<Value> = reworks
                .iter()
                .filter(|one| one.project == project.id)
                .map(|one| {
                    let answer = one.answer.as_ref();
                    json!({
                        "poll": one.poll, "ordered_on": one.ordered_on.to_string(), "due": one.due.to_string(),
                        "answer": answer.map(|(text, _)| text),
                        "answered_on": answer.map(|(_, on)| on.to_string()),
                    })
                })
                .collect();
            let residents = ratings.get(&project.id).copied().unwrap_or_default();
            json!({
                "code": project.plan.code, "title": project.plan.title, "verdicts": verdicts,
                "residents": residents.summary(), "reworks": reworks,
            })
        })
        .collect();
    Ok(Json(json!({ "projects": list })).into_response())
}
