//! Which unit reviews a case.

use super::case::CasePage;
use super::desk::QueueQuery;
use crate::web::cycle_path::InCycle;
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::page::show;
use crate::web::query::Query;
use crate::web::visit::{Visit, redirect_with};
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use domain::infra::app::App;
use domain::people::{UnitId, Viewer};
use domain::screening::{self, Chosen, ScreeningError, Seen};
use serde::Deserialize;

/// To which unit.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct AssignForm {
    unit: String,
    /// What the form showed of the case.
    seen: String,
}

/// `POST …/screening/queue/{proposal}/assign`
pub(crate) async fn assign(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    at: InCycle,
    Query(query): Query<QueueQuery>,
    Form(form): Form<AssignForm>,
) -> HttpResult {
    let mut page = CasePage::open(&app, &viewer, &at, query).await?;
    let unit: UnitId = form
        .unit
        .parse()
        .map_err(|_| HttpError::invalid("unit", "not-an-option"))?;
    let chosen = [Chosen {
        proposal: page.case.id,
        seen: Seen::parse(&form.seen).unwrap_or_default(),
    }];
    match screening::assign(&app, viewer.actor(), at.cycle(), &chosen, unit).await {
        Err(ScreeningError::Stale(_)) => {
            page.wanted = Some(unit);
            return Ok((StatusCode::CONFLICT, show(&visit, &page)).into_response());
        }
        done => done?,
    }
    Ok(redirect_with(&page.act(""), "cluster-assigned"))
}
