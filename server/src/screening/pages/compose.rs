//! `/j/{jurisdiction}/{year}/shortlist/compose`: the office composes, enters the review, publishes.

use crate::web::components::{
    Field, Tone, empty_state, irrevocable, moment, notice, page_head, steps, table_wrap,
};
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::visit::{Visit, redirect_with};
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::people::Role;
use domain::people::Viewer;
use domain::screening::{self, shortlist};
use domain::screening::{Candidate, CandidateId};
use domain::screening::{Cluster, Outcome};
use domain::screening::{Review, Shortlist, candidates, shortlist as shortlist_state};
use maud::{Markup, html};
use serde::Deserialize;
use time::Date;
use time::format_description::well_known::Iso8601;

/// The review as it was typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub(crate) struct ReviewForm {
    review_date: String,
    review_document: String,
}

impl ReviewForm {
    fn check(&self) -> Result<Review, FieldErrors> {
        let mut errors = FieldErrors::none();
        let document = errors.text("review-document", &self.review_document, 1, 60);
        match Date::parse(self.review_date.trim(), &Iso8601::DATE) {
            Ok(on) if errors.is_empty() => Ok(Review { on, document }),
            Ok(_) => Err(errors),
            Err(_) => {
                errors.add("review-date", "not-a-date");
                Err(errors)
            }
        }
    }
}

struct ComposePage {
    heading: CycleHeading,
    state: Shortlist,
    candidates: Vec<Candidate>,
    /// Feasible clusters, from which candidates can grow.
    feasible: Vec<Cluster>,
    form: ReviewForm,
    errors: FieldErrors,
}

impl ComposePage {
    async fn open(app: &App, at: &InCycle) -> Result<Self, HttpError> {
        let mut tx = app.database.read().await?;
        let state = shortlist_state(&mut tx, at.cycle()).await?;
        let feasible = screening::clusters(&mut tx, at.cycle())
            .await?
            .into_iter()
            .filter(|cluster| {
                cluster
                    .decision
                    .as_ref()
                    .is_some_and(|decision| matches!(decision.outcome, Outcome::Feasible { .. }))
            })
            .collect();
        let form = match &state {
            Shortlist::Drafting => ReviewForm::default(),
            Shortlist::Reviewed(review) | Shortlist::Published { review, .. } => ReviewForm {
                review_date: review.on.to_string(),
                review_document: review.document.clone(),
            },
        };
        Ok(Self {
            heading: at.heading.clone(),
            candidates: candidates(&mut tx, at.cycle()).await?,
            state,
            feasible,
            form,
            errors: FieldErrors::none(),
        })
    }
}

/// The page.
pub(crate) async fn compose(State(app): State<App>, visit: Visit, at: InCycle) -> HttpResult {
    Ok(show(&visit, &ComposePage::open(&app, &at).await?))
}

/// Enters the review.
pub(crate) async fn review(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    at: InCycle,
    Form(form): Form<ReviewForm>,
) -> HttpResult {
    let review = match form.check() {
        Ok(review) => review,
        Err(errors) => {
            let mut page = ComposePage::open(&app, &at).await?;
            page.form = form;
            page.errors = errors;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, show(&visit, &page)).into_response());
        }
    };
    shortlist::review(&app, viewer.actor(), at.cycle(), &review).await?;
    Ok(redirect_with(&compose_path(&at.heading), "review-entered"))
}

/// Publishes the list.
pub(crate) async fn publish(State(app): State<App>, viewer: Viewer, at: InCycle) -> HttpResult {
    shortlist::publish(&app, viewer.actor(), at.cycle()).await?;
    let path = format!("{}/shortlist", at.heading.path());
    Ok(redirect_with(&path, "shortlist-was-published"))
}

/// Takes a candidate off the list.
pub(crate) async fn remove(State(app): State<App>, viewer: Viewer, at: InCycle) -> HttpResult {
    let id: CandidateId = at.param("candidate")?;
    shortlist::remove(&app, viewer.actor(), at.cycle(), id).await?;
    Ok(redirect_with(
        &compose_path(&at.heading),
        "candidate-removed",
    ))
}

/// The page's address.
pub(crate) fn compose_path(heading: &CycleHeading) -> String {
    format!("{}/shortlist/compose", heading.path())
}

impl Page for ComposePage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("compose-title")
    }

    fn errors(&self) -> Option<&FieldErrors> {
        Some(&self.errors)
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.heading)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let path = compose_path(&self.heading);
        let published = self.state.is_published();
        let names = ["step-compose", "step-review", "step-publish"].map(|key| locale.text(key));
        let step = match &self.state {
            Shortlist::Drafting => usize::from(!self.candidates.is_empty()),
            Shortlist::Reviewed(_) => 2,
            Shortlist::Published { .. } => 3,
        };
        html! {
            (page_head(&locale.text("compose-title"), &locale.text("compose-lead")))
            (steps(&names, step))
            @if let Shortlist::Published { at, .. } = &self.state {
                (notice(Tone::Good, &html! {
                    p { (locale.text("published-at")) " " (moment(visit, *at)) }
                    p { (locale.text("changes-need-a-reason")) }
                }))
            }
            (self.surplus(locale))
            (self.table(locale, &path))
            @if !published {
                div.actions { a.button href={ (path) "/new" } { (locale.text("add-candidate")) } }
                (self.sources(locale, &path))
                (self.review_form(locale, &path))
                @if matches!(self.state, Shortlist::Reviewed(_))
                    && visit.holds_any(&[Role::Office], self.heading.jurisdiction.id) {
                    (irrevocable(&locale.text("publish-shortlist"), &locale.text("publish-note"), &html! {
                        form method="post" action={ (path) "/publish" } {
                            button type="submit" { (locale.text("publish-shortlist")) }
                        }
                    }))
                }
            }
        }
    }
}

impl ComposePage {
    /// Candidates should outnumber the places by a fifth at least.
    fn surplus(&self, locale: &Locale) -> Markup {
        let places = self.heading.cycle.places;
        let wanted = (i64::from(places) * 6 + 4) / 5;
        let count = self.candidates.len();
        html! {
            @if i64::try_from(count).is_ok_and(|count| count < wanted) {
                (notice(Tone::Warn, &html! {
                    p { (locale.text_with("surplus-missing", &[
                        ("count", count.into()), ("places", places.into()), ("wanted", wanted.into()),
                    ])) }
                }))
            }
        }
    }

    fn table(&self, locale: &Locale, path: &str) -> Markup {
        if self.candidates.is_empty() {
            return empty_state(locale, "no-candidates-yet");
        }
        let removable = !self.state.is_published();
        table_wrap(
            &locale.text("candidates"),
            &html! {
                table.stacked {
                    thead { tr {
                        th { (locale.text("field-candidate-code")) } th { (locale.text("field-candidate-title")) }
                        th { (locale.text("field-candidate-unit")) } th.number { (locale.text("field-candidate-budget")) } th {}
                    } }
                    tbody {
                        @for candidate in &self.candidates {
                            @let facts = &candidate.facts;
                            tr {
                                td data-label=(locale.text("field-candidate-code")) { (facts.code) }
                                th scope="row" { a href={ (path) "/" (candidate.id) } { (facts.title) } }
                                td data-label=(locale.text("field-candidate-unit")) { (facts.unit) }
                                td.number data-label=(locale.text("field-candidate-budget")) { (facts.budget.wan()) }
                                td {
                                    @if removable {
                                        (irrevocable(&locale.text("candidate-remove"), &locale.text("candidate-remove-note"), &html! {
                                            form method="post" action={ (path) "/" (candidate.id) "/remove" } {
                                                button.danger type="submit" { (locale.text("candidate-remove")) }
                                            }
                                        }))
                                    }
                                }
                            }
                        }
                    }
                }
            },
        )
    }

    fn sources(&self, locale: &Locale, path: &str) -> Markup {
        html! {
            @if !self.feasible.is_empty() {
                details {
                    summary { (locale.text_with("feasible-clusters", &[("count", self.feasible.len().into())])) }
                    ul.list {
                        @for cluster in &self.feasible {
                            li.row {
                                span { (cluster.title()) }
                                a href={ (path) "/new?cluster=" (cluster.id) } { (locale.text("make-candidate")) }
                            }
                        }
                    }
                }
            }
        }
    }

    fn review_form(&self, locale: &Locale, path: &str) -> Markup {
        let field = |name, value| Field {
            name,
            value,
            errors: &self.errors,
            required: true,
        };
        html! {
            section.panel {
                h2 { (locale.text("step-review")) }
                form.form method="post" action={ (path) "/review" } {
                    (field("review-date", self.form.review_date.as_str()).input(locale, "date", "off"))
                    (field("review-document", self.form.review_document.as_str()).input(locale, "text", "off"))
                    button.secondary type="submit" { (locale.text("enter-review")) }
                }
            }
        }
    }
}
