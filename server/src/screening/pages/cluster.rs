//! `/j/{jurisdiction}/{year}/screening/clusters/{cluster}`: one cluster, its originals, its decision.

use crate::screening::CLERK_ROLES;
use crate::screening::decision_form::DecisionForm;
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::shared::code_names::reason_options;
use crate::web::shared::screening_decision::decision_facts;
use domain::infra::app::App;
use domain::people::{self, Unit};
use domain::proposals::{Proposal, ProposalId, search, store as proposal_store};
use domain::screening;
use domain::screening::{Cluster, ClusterId, Decision, NewDecision, OutcomeName, ScreeningError};

use crate::web::choice::Choice;
use crate::web::components::{Field, Tone, breadcrumbs, error_text, notice};
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::visit::{Visit, redirect_with};
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use domain::infra::field_errors::FieldErrors;
use domain::people::{UnitId, Viewer};
use maud::{Markup, html};

pub(super) struct ClusterPage {
    pub(super) heading: CycleHeading,
    pub(super) cluster: Cluster,
    lead: Proposal,
    similar: Vec<Proposal>,
    pub(super) units: Vec<Unit>,
    /// What was decided before, oldest first.
    pub(super) former: Vec<Decision>,
    may_decide: bool,
    form: DecisionForm,
    errors: FieldErrors,
    /// Whether somebody else has decided while the form was filled in.
    is_stale: bool,
    /// The unit that was chosen while a colleague chose another one.
    pub(super) wanted: Option<UnitId>,
}

impl ClusterPage {
    pub(super) async fn open(app: &App, viewer: &Viewer, at: &InCycle) -> Result<Self, HttpError> {
        let id: ClusterId = at.param("cluster")?;
        let mut tx = app.database.read().await?;
        let cluster = screening::find_cluster(&mut tx, at.cycle(), id)
            .await?
            .ok_or(HttpError::NotFound)?;
        let lead = proposal_store::find(&mut tx, at.cycle(), cluster.lead)
            .await?
            .ok_or(HttpError::NotFound)?;
        let mut similar = search::similar(&mut tx, at.cycle(), &lead.content).await?;
        similar.retain(|one| !cluster.members.iter().any(|member| member.id == one.id));
        let here = at.cycle().jurisdiction;
        Ok(Self {
            may_decide: screening::may_decide(&mut tx, viewer.actor(), here, &cluster).await?,
            former: screening::former_decisions(&mut tx, at.cycle(), id).await?,
            units: people::store::units(&mut tx, here).await?,
            form: cluster
                .decision
                .as_ref()
                .map(DecisionForm::of)
                .unwrap_or_default(),
            heading: at.heading.clone(),
            cluster,
            lead,
            similar,
            errors: FieldErrors::none(),
            is_stale: false,
            wanted: None,
        })
    }

    pub(super) fn path(&self) -> String {
        format!(
            "{}/screening/clusters/{}",
            self.heading.path(),
            self.cluster.id
        )
    }
}

/// The page.
pub(crate) async fn cluster(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    at: InCycle,
) -> HttpResult {
    Ok(show(&visit, &ClusterPage::open(&app, &viewer, &at).await?))
}

/// Decides; the decision is held.
pub(crate) async fn decide(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    at: InCycle,
    Form(form): Form<DecisionForm>,
) -> HttpResult {
    let (outcome, explanation) = match form.check(&at.heading.jurisdiction.settings) {
        Ok(checked) => checked,
        Err(errors) => {
            let mut page = ClusterPage::open(&app, &viewer, &at).await?;
            page.form = form;
            page.errors = errors;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, show(&visit, &page)).into_response());
        }
    };
    let id: ClusterId = at.param("cluster")?;
    let decision = NewDecision {
        by: viewer.account,
        outcome,
        explanation: &explanation,
        seen: form.seen(),
    };
    match screening::decide(&app, viewer.actor(), at.cycle(), id, decision).await {
        Err(ScreeningError::Stale(_)) => {
            let mut page = ClusterPage::open(&app, &viewer, &at).await?;
            // Sent again, the form has seen what stands above it.
            page.form = DecisionForm {
                seen: std::mem::take(&mut page.form.seen),
                ..form
            };
            page.is_stale = true;
            return Ok((StatusCode::CONFLICT, show(&visit, &page)).into_response());
        }
        done => done?,
    }
    let path = format!("{}/screening/queue", at.heading.path());
    Ok(redirect_with(&path, "decision-is-held"))
}

/// Puts one more proposal into the cluster.
pub(crate) async fn join(State(app): State<App>, viewer: Viewer, at: InCycle) -> HttpResult {
    let (id, proposal): (ClusterId, ProposalId) = (at.param("cluster")?, at.param("proposal")?);
    screening::join(&app, viewer.actor(), at.cycle(), id, proposal).await?;
    let path = format!("{}/screening/clusters/{id}", at.heading.path());
    Ok(redirect_with(&path, "cluster-changed"))
}

/// Takes a proposal out of the cluster.
pub(crate) async fn split(State(app): State<App>, viewer: Viewer, at: InCycle) -> HttpResult {
    let (id, proposal): (ClusterId, ProposalId) = (at.param("cluster")?, at.param("proposal")?);
    screening::split(&app, viewer.actor(), at.cycle(), id, proposal).await?;
    let path = format!("{}/screening/clusters/{id}", at.heading.path());
    Ok(redirect_with(&path, "cluster-changed"))
}

impl Page for ClusterPage {
    fn title(&self, _: &Locale) -> String {
        self.cluster.title().to_owned()
    }

    fn errors(&self) -> Option<&FieldErrors> {
        Some(&self.errors)
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.heading)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let queue = format!("{}/screening/queue", self.heading.path());
        let clerk = visit.holds_any(&CLERK_ROLES, self.heading.jurisdiction.id);
        html! {
            (breadcrumbs(locale, &[(queue, locale.text("queue-title"))], self.cluster.title()))
            header.page-head {
                h1 { (self.cluster.title()) }
                p.lead {
                    (locale.text_with("cluster-size", &[("count", self.cluster.members.len().into())])) " · "
                    (locale.text_with("distinct-supporters", &[("count", self.cluster.supporters.into())]))
                }
            }
            (self.assigned(visit))
            div.split {
                div.stack {
                    div.prose { p { (self.lead.content.body) } }
                    (self.members(locale, clerk))
                    @if clerk && !self.similar.is_empty() && !self.cluster.is_published() { (self.similar(locale)) }
                }
                aside.stack {
                    section.panel {
                        h2 { (locale.text("screening-outcome")) }
                        @match &self.cluster.decision {
                            Some(decision) if self.cluster.is_published() => (decision_facts(locale, &self.heading.jurisdiction.settings, decision)),
                            _ if self.may_decide => (self.decision_form(locale)),
                            _ => p.hint { (locale.text("cluster-not-yours")) },
                        }
                    }
                    (self.former(visit))
                }
            }
        }
    }
}

impl ClusterPage {
    fn members(&self, locale: &Locale, clerk: bool) -> Markup {
        let proposals = format!("{}/proposals", self.heading.path());
        html! {
            h2 { (locale.text("cluster-members")) }
            ul.list {
                @for member in &self.cluster.members {
                    li.row {
                        a href={ (proposals) "/" (member.id) } {
                            (locale.text_with("proposal-number", &[("number", member.number.into())])) " " (member.title)
                        }
                        @if clerk && member.id != self.cluster.lead && !self.cluster.is_published() {
                            form.inline method="post" action={ (self.path()) "/split/" (member.id) } {
                                button.link type="submit" { (locale.text("split-off")) }
                            }
                        }
                    }
                }
            }
        }
    }

    fn similar(&self, locale: &Locale) -> Markup {
        let proposals = format!("{}/proposals", self.heading.path());
        html! {
            h2 { (locale.text("similar-proposals")) }
            ul.list {
                @for one in &self.similar {
                    li.row {
                        a href={ (proposals) "/" (one.id) } { (one.content.title) }
                        form.inline method="post" action={ (self.path()) "/join/" (one.id) } {
                            button.link type="submit" { (locale.text("join-cluster")) }
                        }
                    }
                }
            }
        }
    }

    fn decision_form(&self, locale: &Locale) -> Markup {
        let field = |name, value, required| Field {
            name,
            value,
            errors: &self.errors,
            required,
        };
        let form = &self.form;
        let units: Vec<_> = self
            .units
            .iter()
            .map(|unit| (unit.name.clone(), unit.name.clone()))
            .collect();
        html! {
            @if let (true, Some(decision)) = (self.is_stale, &self.cluster.decision) {
                (notice(Tone::Bad, &html! { p role="alert" { (locale.text("changed-meanwhile-both")) } }))
                (decision_facts(locale, &self.heading.jurisdiction.settings, decision))
                h3 { (locale.text("what-you-filled-in")) }
            }
            form.form.branches method="post" action={ (self.path()) "/decide" } {
                input type="hidden" name="seen" value=(form.seen);
                fieldset #field-outcome {
                    legend { (locale.text("field-outcome")) }
                    @if let Some(error) = self.errors.of("outcome") {
                        p.field-error { (error_text(locale, error)) }
                    }
                    div.choices {
                        @for outcome in OutcomeName::ALL {
                            label.choice {
                                input type="radio" name="outcome" value=(outcome.name())
                                    checked[form.outcome == Choice::One(outcome)];
                                span { (locale.text(&format!("outcome-{}", outcome.name()))) }
                            }
                        }
                    }
                }
                fieldset.if-feasible {
                    legend { (locale.text("if-feasible")) }
                    @if units.is_empty() {
                        (field("screening-unit", form.screening_unit.as_str(), false).input(locale, "text", "off"))
                    } @else {
                        (field("screening-unit", form.screening_unit.as_str(), false).select(locale, &units))
                    }
                    (field("screening-budget", form.screening_budget.as_str(), false).input(locale, "text", "off"))
                    (field("screening-funding", form.screening_funding.as_str(), false).input(locale, "text", "off"))
                }
                fieldset.if-declined {
                    legend { (locale.text("if-declined")) }
                    (field("reason", form.reason.as_str(), false).select(locale, &reason_options(locale, &self.heading.jurisdiction.settings, &form.reason)))
                }
                (field("explanation", form.explanation.as_str(), false).textarea(locale, 4))
                button type="submit" { (locale.text("hold-decision")) }
            }
        }
    }
}
