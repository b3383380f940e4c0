//! Which unit reviews a cluster, and what was decided on it before.

use super::cluster::ClusterPage;
use crate::web::components::{Tone, moment, notice};
use crate::web::cycle_path::InCycle;
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::page::show;
use crate::web::shared::screening_decision::decision_facts;
use crate::web::visit::{Visit, redirect_with};
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use domain::infra::app::App;
use domain::people::{Role, UnitId, Viewer};
use domain::screening::{self, ScreeningError};
use maud::{Markup, html};
use serde::Deserialize;

/// To which unit.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct AssignForm {
    unit: String,
    /// The unit that the form showed; empty: none.
    seen: String,
}

/// `POST …/screening/clusters/{cluster}/assign`
pub(crate) async fn assign(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    at: InCycle,
    Form(form): Form<AssignForm>,
) -> HttpResult {
    let mut page = ClusterPage::open(&app, &viewer, &at).await?;
    let unit: UnitId = form
        .unit
        .parse()
        .map_err(|_| HttpError::invalid("unit", "not-an-option"))?;
    let change = (form.seen.parse().ok(), unit);
    match screening::assign(&app, viewer.actor(), at.cycle(), page.cluster.id, change).await {
        Err(ScreeningError::Stale(_)) => {
            page.wanted = Some(unit);
            return Ok((StatusCode::CONFLICT, show(&visit, &page)).into_response());
        }
        done => done?,
    }
    Ok(redirect_with(&page.path(), "cluster-assigned"))
}

impl ClusterPage {
    /// The unit that reviews it; the office may assign another one.
    pub(super) fn assigned(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let office = visit.holds_any(&[Role::Office], self.heading.jurisdiction.id);
        let present = self.cluster.unit.as_ref().map(|unit| unit.id);
        let proposed = self.wanted.or(present);
        html! {
            p {
                @match &self.cluster.unit {
                    Some(unit) => { (locale.text("cluster-assigned-to")) " " strong { (unit.name) } },
                    None => (locale.text("cluster-unassigned")),
                }
            }
            @if office && !self.units.is_empty() && !self.cluster.is_published() {
                form.form method="post" action={ (self.path()) "/assign" } {
                    @if self.wanted.is_some() {
                        (notice(Tone::Bad, &html! { p role="alert" { (locale.text("assigned-meanwhile")) } }))
                    }
                    input type="hidden" name="seen" value=[present];
                    div.field {
                        label for="assign-unit" { (locale.text("cluster-assign")) }
                        select #assign-unit name="unit" required {
                            option value="" {}
                            @for unit in &self.units {
                                option value=(unit.id) selected[proposed == Some(unit.id)] { (unit.name) }
                            }
                        }
                    }
                    button.secondary type="submit" { (locale.text("cluster-assign-button")) }
                }
            }
        }
    }

    /// What was decided before, oldest first.
    pub(super) fn former(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let settings = &self.heading.jurisdiction.settings;
        html! {
            @if !self.former.is_empty() {
                section.panel {
                    h2 { (locale.text("former-decisions")) }
                    ul.list { @for decision in &self.former {
                        li {
                            p { (moment(visit, decision.decided_at)) }
                            (decision_facts(locale, settings, decision))
                        }
                    } }
                }
            }
        }
    }
}
