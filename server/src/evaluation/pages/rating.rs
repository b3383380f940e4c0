//! `/j/{jurisdiction}/{year}/evaluation/…/rate`: a resident rates a delivered project.

use crate::web::components::{
    Field, Tone, breadcrumbs, empty_state, error_text, notice, page_head,
};
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::shared::evaluation_panel::{ProjectPanel, project_panel};
use crate::web::visit::{Visit, redirect_with};
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::cycles::Stage;
use domain::evaluation::store;
use domain::evaluation::{self, COMMENT_CHARACTERS, EvaluationError};
use domain::evaluation::{Rating, Stars};
use domain::infra::app::App;
use domain::infra::clock::Timestamp;
use domain::infra::field_errors::FieldErrors;
use domain::people::Role;
use domain::people::Viewer;
use domain::projects::{Project, store as project_store, today};
use maud::{Markup, html};
use serde::Deserialize;
use time::Date;

/// A rating as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RatingForm {
    stars: String,
    rating_comment: String,
    /// When the rating was made that this one replaces, in milliseconds; empty: none.
    seen: String,
}

impl RatingForm {
    fn of((rating, at): &(Rating, Timestamp)) -> Self {
        Self {
            stars: rating.stars.number().to_string(),
            rating_comment: rating.comment.clone(),
            seen: at.millis().to_string(),
        }
    }

    fn seen(&self) -> Option<Timestamp> {
        self.seen.parse().ok().map(Timestamp::from_millis)
    }

    fn read(&self) -> Result<Rating, FieldErrors> {
        let mut errors = FieldErrors::none();
        let number = if self.stars.is_empty() {
            errors.add("stars", "required");
            None
        } else {
            errors.whole_number("stars", &self.stars, 1, 5)
        };
        let stars = number
            .and_then(|number| i32::try_from(number).ok())
            .and_then(Stars::new);
        errors.text(
            "rating_comment",
            &self.rating_comment,
            0,
            COMMENT_CHARACTERS,
        );
        match stars {
            Some(stars) if errors.is_empty() => Ok(Rating {
                stars,
                comment: self.rating_comment.clone(),
            }),
            _ => Err(errors),
        }
    }
}

struct RatingPage {
    heading: CycleHeading,
    project: Project,
    form: RatingForm,
    errors: FieldErrors,
    own: Option<(Rating, Timestamp)>,
    /// Whether the own rating was made elsewhere while the form was filled in.
    is_stale: bool,
    may_rate: bool,
    panel: ProjectPanel,
    comments: Vec<Rating>,
    today: Date,
}

impl RatingPage {
    async fn load(app: &App, visit: &Visit, place: &InCycle) -> Result<Self, HttpError> {
        let key: String = place.param("project")?;
        let cycle = place.cycle();
        let mut tx = app.database.read().await?;
        let project = project_store::project(&mut tx, cycle, &key)
            .await?
            .ok_or(HttpError::NotFound)?;
        let panel = ProjectPanel::load(&mut tx, cycle, project.id).await?;
        let own = match &visit.viewer {
            Some(viewer) => {
                store::rating_of(&mut tx, (cycle.jurisdiction, project.id, viewer.account)).await?
            }
            None => None,
        };
        // Below the least number a comment would tell who rated.
        let is_published = panel.ratings.summary() != tally::evaluation::RatingSummary::Withheld;
        let comments = if is_published {
            store::comments(&mut tx, cycle.jurisdiction, project.id).await?
        } else {
            Vec::new()
        };
        let open = matches!(cycle.stage, Stage::Implementing | Stage::Evaluating)
            && project.state.delivered_on().is_some();
        Ok(Self {
            may_rate: open && visit.holds_any(&[Role::Resident], cycle.jurisdiction),
            form: own.as_ref().map(RatingForm::of).unwrap_or_default(),
            own,
            is_stale: false,
            heading: place.heading.clone(),
            project,
            errors: FieldErrors::none(),
            panel,
            comments,
            today: today(app),
        })
    }

    fn rating_form(&self, locale: &Locale) -> Markup {
        let action = format!(
            "{}/evaluation/{}",
            self.heading.path(),
            self.project.plan.code
        );
        html! {
            @if let (true, Some((own, _))) = (self.is_stale, &self.own) {
                (notice(Tone::Bad, &html! { p role="alert" { (locale.text("rated-elsewhere")) } }))
                (rated(locale, own))
            }
            form.form method="post" action=(action) {
                input type="hidden" name="seen" value=(self.form.seen);
                fieldset #field-stars {
                    legend { (locale.text("field-stars")) }
                    @if let Some(error) = self.errors.of("stars") {
                        p.field-error { (error_text(locale, error)) }
                    }
                    div.choices {
                        @for stars in Stars::ALL {
                            @let value = stars.number().to_string();
                            label.choice {
                                input type="radio" name="stars" value=(value) required checked[value == self.form.stars];
                                span { (locale.text_with("ratings-stars", &[("stars", stars.number().into())])) }
                            }
                        }
                    }
                }
                (Field {
                    name: "rating_comment", value: &self.form.rating_comment, errors: &self.errors, required: false,
                }.textarea(locale, 4))
                div.actions { button type="submit" {
                    (locale.text(if self.own.is_some() { "rating-replace" } else { "rating-send" }))
                } }
            }
        }
    }
}

impl Page for RatingPage {
    fn errors(&self) -> Option<&FieldErrors> {
        Some(&self.errors)
    }

    fn title(&self, locale: &Locale) -> String {
        locale.text_with(
            "rating-title",
            &[("title", self.project.plan.title.clone().into())],
        )
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.heading)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let above = format!("{}/evaluation", self.heading.path());
        html! {
            (breadcrumbs(locale, &[(above, locale.text("evaluation-title"))], &self.project.plan.title))
            (page_head(&self.title(locale), &locale.text("rating-lead")))
            @if self.may_rate {
                (self.rating_form(locale))
            } @else if self.project.state.delivered_on().is_none() {
                (empty_state(locale, "rating-not-yet"))
            } @else {
                p.muted { (locale.text("rating-residents-only")) }
                @if visit.viewer.is_none() {
                    p { a.button.secondary href=(visit.sign_in_link()) { (locale.text("sign-in")) } }
                }
            }
            h2 { (locale.text("evaluation-title")) }
            (project_panel(locale, &self.panel, self.today))
            @if !self.comments.is_empty() {
                h2 { (locale.text("rating-comments")) }
                ul.list {
                    @for rating in &self.comments {
                        li { (rated(locale, rating)) }
                    }
                }
            }
        }
    }
}

/// A rating in a list.
fn rated(locale: &Locale, rating: &Rating) -> Markup {
    html! {
        p.small.muted { (locale.text_with("ratings-stars", &[("stars", rating.stars.number().into())])) }
        p { (rating.comment) }
    }
}

/// `/j/{jurisdiction}/{year}/evaluation/{project}`
pub(crate) async fn rating_form(
    State(app): State<App>,
    visit: Visit,
    place: InCycle,
) -> HttpResult {
    let page = RatingPage::load(&app, &visit, &place).await?;
    Ok(show(&visit, &page))
}

/// `POST …/evaluation/{project}`: a resident rates, or changes the rating.
pub(crate) async fn rate(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    place: InCycle,
    Form(form): Form<RatingForm>,
) -> HttpResult {
    let key: String = place.param("project")?;
    let rating = match form.read() {
        Ok(rating) => rating,
        Err(errors) => {
            let mut page = RatingPage::load(&app, &visit, &place).await?;
            page.form = form;
            page.errors = errors;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, show(&visit, &page)).into_response());
        }
    };
    let change = (form.seen(), &rating);
    match evaluation::rate(&app, viewer.account, place.cycle(), &key, change).await {
        Err(EvaluationError::Stale) => {
            let mut page = RatingPage::load(&app, &visit, &place).await?;
            // Sent again, the form has seen what stands above it.
            page.form = RatingForm {
                seen: std::mem::take(&mut page.form.seen),
                ..form
            };
            page.is_stale = true;
            return Ok((StatusCode::CONFLICT, show(&visit, &page)).into_response());
        }
        done => done?,
    }
    let path = format!("{}/evaluation/{key}", place.heading.path());
    Ok(redirect_with(&path, "rating-flash"))
}
