//! What is done with several cases of the queue at once: all of it or nothing.

use super::desk::{QueueQuery, chosen, queue_path};
use super::queue::QueuePage;
use crate::screening::decision_form::EXPLANATION_CHARACTERS;
use crate::web::choice::no_such_option;
use crate::web::components::Field;
use crate::web::cycle_path::InCycle;
use crate::web::http_error::HttpResult;
use crate::web::page::show;
use crate::web::query::Query;
use crate::web::shared::code_names::{offered_reason, reason_options};
use crate::web::visit::{Visit, redirect_with};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum_extra::extract::Form;
use domain::cycles::settings::Settings;
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::people::{Role, UnitId, Viewer};
use domain::proposals::ProposalId;
use domain::screening::{self, NewDecision, Outcome, ScreeningError};
use maud::{Markup, html};
use serde::Deserialize;

/// The reason that is proposed for declining several at once, where the jurisdiction has it.
const USUAL_REASON: &str = "insufficient_detail";

/// What was chosen, and what is to be done with it, as it was typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct BulkForm {
    /// The ticked boxes.
    proposal: Vec<String>,
    /// To which unit.
    unit: String,
    /// A reason's code.
    reason: String,
    /// In words, the same for all.
    explanation: String,
}

impl BulkForm {
    /// Whether the box of this case was ticked.
    pub(super) fn has_chosen(&self, id: ProposalId) -> bool {
        let id = id.to_string();
        let mut boxes = self.proposal.iter();
        boxes.any(|value| value.split('~').next() == Some(&id))
    }

    /// The reason that the form shows as chosen.
    fn reason(&self, settings: &Settings) -> String {
        let mut offered = settings.decline_reasons.iter().filter(|one| !one.retired);
        match self.reason.as_str() {
            "" if offered.any(|one| one.code.as_str() == USUAL_REASON) => USUAL_REASON.to_owned(),
            typed => typed.to_owned(),
        }
    }
}

/// What is wrong with a form that has chosen nothing.
fn none_chosen(form: &BulkForm) -> FieldErrors {
    let mut errors = FieldErrors::none();
    if form.proposal.is_empty() {
        errors.add("proposal", "nothing-chosen");
    }
    errors
}

/// `POST …/screening/queue/assign`
pub(crate) async fn assign_chosen(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    at: InCycle,
    Query(query): Query<QueueQuery>,
    Form(form): Form<BulkForm>,
) -> HttpResult {
    let on = chosen(&form.proposal)?;
    let mut errors = none_chosen(&form);
    let unit: Option<UnitId> = form.unit.parse().ok();
    if unit.is_none() {
        errors.add("unit", no_such_option(&form.unit));
    }
    let refused = Refused {
        visit: &visit,
        viewer: &viewer,
        at: &at,
        query: &query,
    };
    let (Some(unit), true) = (unit, errors.is_empty()) else {
        return refused.with(&app, form, errors, None).await;
    };
    match screening::assign(&app, viewer.actor(), at.cycle(), &on, unit).await {
        Err(ScreeningError::Stale(one)) => {
            return refused.with(&app, form, errors, Some(one)).await;
        }
        done => done?,
    }
    let path = query.address(&queue_path(&at.heading));
    Ok(redirect_with(&path, "chosen-assigned"))
}

/// `POST …/screening/queue/decline`
pub(crate) async fn decline_chosen(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    at: InCycle,
    Query(query): Query<QueueQuery>,
    Form(form): Form<BulkForm>,
) -> HttpResult {
    let on = chosen(&form.proposal)?;
    let mut errors = none_chosen(&form);
    let settings = &at.heading.jurisdiction.settings;
    let reason = offered_reason(&mut errors, settings, &form.reason);
    let most = EXPLANATION_CHARACTERS;
    let explanation = errors.text("explanation", &form.explanation, 1, most);
    let refused = Refused {
        visit: &visit,
        viewer: &viewer,
        at: &at,
        query: &query,
    };
    let (Some(reason), true) = (reason, errors.is_empty()) else {
        return refused.with(&app, form, errors, None).await;
    };
    let new = NewDecision {
        by: viewer.account,
        outcome: Outcome::Declined { reason },
        explanation: &explanation,
    };
    match screening::decide(&app, viewer.actor(), at.cycle(), &on, &new).await {
        Err(ScreeningError::Stale(one)) => {
            return refused.with(&app, form, errors, Some(one)).await;
        }
        done => done?,
    }
    let path = query.address(&queue_path(&at.heading));
    Ok(redirect_with(&path, "chosen-declined"))
}

/// Who asked, and from which list.
struct Refused<'a> {
    visit: &'a Visit,
    viewer: &'a Viewer,
    at: &'a InCycle,
    query: &'a QueueQuery,
}

impl Refused<'_> {
    /// The list again, with what was chosen and typed, and why nothing was done.
    async fn with(
        self,
        app: &App,
        form: BulkForm,
        errors: FieldErrors,
        stale: Option<ProposalId>,
    ) -> HttpResult {
        let mut page = QueuePage::open(app, self.viewer, self.at, self.query.clone()).await?;
        if let Some(id) = stale {
            let mut tx = app.database.read().await?;
            let changed = screening::case(&mut tx, self.at.cycle(), id).await?;
            page.stale = Some(changed.map_or(0, |case| case.number));
        }
        let status = match page.stale {
            Some(_) => StatusCode::CONFLICT,
            None => StatusCode::UNPROCESSABLE_ENTITY,
        };
        page.bulk = form;
        page.errors = errors;
        Ok((status, show(self.visit, &page)).into_response())
    }
}

impl QueuePage {
    /// Below the table: merge, assign, decline what is chosen. The addresses keep the list's filter.
    pub(super) fn bulk_bar(&self, visit: &Visit, clerk: bool, may_decide: bool) -> Markup {
        let locale = visit.locale;
        let settings = &self.desk.heading.jurisdiction.settings;
        let office = visit.holds_any(&[Role::Office], self.desk.heading.jurisdiction.id);
        let to = |path: &str| {
            self.desk
                .query
                .address(&format!("{}{path}", self.desk.screening()))
        };
        let field = |name, value| Field {
            name,
            value,
            errors: &self.errors,
            required: true,
        };
        let units = self.desk.units.iter();
        let units: Vec<_> = units
            .map(|unit| (unit.id.to_string(), unit.name.clone()))
            .collect();
        let reason = self.bulk.reason(settings);
        let is_declining =
            self.errors.of("reason").is_some() || self.errors.of("explanation").is_some();
        html! {
            div.bench-bulk role="group" aria-label=(locale.text("bulk-label")) {
                p.bench-chosen { (locale.text("bulk-label")) " " output data-part="chosen" {} }
                @if clerk {
                    button.secondary type="submit" formaction=(to("/clusters")) title=(locale.text("merge-note")) {
                        (locale.text("merge-chosen"))
                    }
                }
                @if office && !units.is_empty() {
                    div.bench-assign {
                        (field("unit", self.bulk.unit.as_str()).select(locale, &units))
                        button.secondary type="submit" formaction=(to("/queue/assign")) { (locale.text("cluster-assign-button")) }
                    }
                }
                @if may_decide {
                    details open[is_declining] {
                        summary { (locale.text("bulk-decline")) }
                        (field("reason", reason.as_str()).select(locale, &reason_options(locale, settings, &reason)))
                        (field("explanation", self.bulk.explanation.as_str()).textarea(locale, 2))
                        button type="submit" formaction=(to("/queue/decline")) { (locale.text("bulk-decline-button")) }
                    }
                }
            }
        }
    }
}
