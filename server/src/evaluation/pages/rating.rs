//! `/j/{jurisdiction}/{year}/evaluation/…/rate`: a resident rates a delivered project.

use crate::web::components::{Field, breadcrumbs, empty_state, error_text, page_head};
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
use domain::evaluation::{self, COMMENT_CHARACTERS};
use domain::evaluation::{Rating, Stars};
use domain::infra::app::App;
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
}

impl RatingForm {
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
    has_rated: bool,
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
                store::rating_of(&mut tx, cycle.jurisdiction, project.id, viewer.account).await?
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
            has_rated: own.is_some(),
            form: own.map_or_else(RatingForm::default, |own| RatingForm {
                stars: own.stars.number().to_string(),
                rating_comment: own.comment,
            }),
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
            form.form method="post" action=(action) {
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
                    (locale.text(if self.has_rated { "rating-replace" } else { "rating-send" }))
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
                        li { p.small.muted {
                            (locale.text_with("ratings-stars", &[("stars", rating.stars.number().into())]))
                        } p { (rating.comment) } }
                    }
                }
            }
        }
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
    evaluation::rate(&app, viewer.account, place.cycle(), &key, &rating).await?;
    let path = format!("{}/evaluation/{key}", place.heading.path());
    Ok(redirect_with(&path, "rating-flash"))
}
