//! Which unit reviews a cluster, and what was decided on it before.

use super::cluster::ClusterPage;
use crate::web::components::moment;
use crate::web::cycle_path::InCycle;
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::shared::screening_decision::decision_facts;
use crate::web::visit::{Visit, redirect_with};
use axum::Form;
use axum::extract::State;
use domain::infra::app::App;
use domain::people::{Role, UnitId, Viewer};
use domain::screening;
use maud::{Markup, html};
use serde::Deserialize;

/// To which unit.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct AssignForm {
    unit: String,
}

/// `POST …/screening/clusters/{cluster}/assign`
pub(crate) async fn assign(
    State(app): State<App>,
    viewer: Viewer,
    at: InCycle,
    Form(form): Form<AssignForm>,
) -> HttpResult {
    let page = ClusterPage::open(&app, &viewer, &at).await?;
    let unit: UnitId = form
        .unit
        .parse()
        .map_err(|_| HttpError::invalid("unit", "not-an-option"))?;
    screening::assign(&app, viewer.actor(), at.cycle(), page.cluster.id, unit).await?;
    Ok(redirect_with(&page.path(), "cluster-assigned"))
}

impl ClusterPage {
    /// The unit that reviews it; the office may assign another one.
    pub(super) fn assigned(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let office = visit.holds_any(&[Role::Office], self.heading.jurisdiction.id);
        let own = |unit: &UnitId| {
            self.cluster
                .unit
                .as_ref()
                .is_some_and(|one| one.id == *unit)
        };
        html! {
            p {
                @match &self.cluster.unit {
                    Some(unit) => { (locale.text("cluster-assigned-to")) " " strong { (unit.name) } },
                    None => (locale.text("cluster-unassigned")),
                }
            }
            @if office && !self.units.is_empty() && !self.cluster.is_published() {
                form.form method="post" action={ (self.path()) "/assign" } {
                    div.field {
                        label for="assign-unit" { (locale.text("cluster-assign")) }
                        select #assign-unit name="unit" required {
                            option value="" {}
                            @for unit in &self.units {
                                option value=(unit.id) selected[own(&unit.id)] { (unit.name) }
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
