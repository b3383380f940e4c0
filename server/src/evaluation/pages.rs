//! `/j/{jurisdiction}/{year}/evaluation`: both results side by side; a resident's rating of one project.

use super::view::{ProjectPanel, project_panel};
use crate::web::components::{
    Field, Icon, Stat, breadcrumbs, empty_state, error_summary, error_text, icon, page_head, stats,
};
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::export;
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
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
use domain::session::{Poll, StateName};
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::HashSet;
use tally::evaluation::Verdict;
use time::Date;

struct EvaluationPage {
    heading: CycleHeading,
    projects: Vec<(Project, ProjectPanel)>,
    polls: Vec<Poll>,
    /// Announced polls whose verdicts are not entered yet.
    unentered: bool,
    today: Date,
}

impl Page for EvaluationPage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("evaluation-title")
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.heading)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let path = self.heading.path();
        let name = format!(
            "{} {}",
            self.heading.jurisdiction.name, self.heading.cycle.year
        );
        let is_office = visit.holds_any(&[Role::Office], self.heading.jurisdiction.id);
        html! {
            (breadcrumbs(locale, &[(path.clone(), name)], &locale.text("evaluation-title")))
            (page_head(&locale.text("evaluation-title"), &locale.text("evaluation-lead")))
            @if self.heading.jurisdiction.kind.is_advisory() { p.notice { (locale.text("evaluation-advisory")) } }
            (self.poll_states(locale, &path))
            @if is_office { (self.office(locale, &path)) }
            @if self.projects.is_empty() {
                (empty_state(locale, "projects-none"))
            } @else {
                (self.summary(locale))
                @for (project, panel) in &self.projects { (self.project(locale, &path, project, panel)) }
            }
            (export::links(locale, &format!("{path}/evaluation"), &format!("/api/v1{path}/evaluation")))
        }
    }
}

impl EvaluationPage {
    fn poll_states(&self, locale: &Locale, path: &str) -> Markup {
        html! {
            section.panel {
                h2 { (locale.text("evaluation-poll")) }
                @if self.polls.is_empty() { p.muted { (locale.text("evaluation-no-poll")) } }
                @for poll in &self.polls {
                    @let announced = poll.state.name() == StateName::Announced;
                    p {
                        a href={ (path) @if announced { "/results/" } @else { "/session/polls/" } (poll.id) } { (poll.title) }
                        " " (locale.text(&format!("evaluation-poll-{}", poll.state.name().name())))
                    }
                }
            }
        }
    }

    fn office(&self, locale: &Locale, path: &str) -> Markup {
        let running = self
            .polls
            .iter()
            .any(|poll| poll.state.name() != StateName::Announced);
        let may_create =
            self.heading.cycle.stage == Stage::Evaluating && !running && !self.projects.is_empty();
        html! {
            @if may_create {
                form method="post" action={ (path) "/evaluation/poll" } {
                    button type="submit" { (locale.text("evaluation-create-poll")) }
                }
            }
            @if self.unentered {
                form method="post" action={ (path) "/evaluation/verdicts" } {
                    button type="submit" { (locale.text("evaluation-enter-verdicts")) }
                }
            }
        }
    }

    fn summary(&self, locale: &Locale) -> Markup {
        let judged = |wanted: Verdict| {
            self.projects
                .iter()
                .filter(|(_, panel)| {
                    panel
                        .verdicts
                        .first()
                        .is_some_and(|newest| newest.verdict == wanted)
                })
                .count()
        };
        let reworks: usize = self
            .projects
            .iter()
            .map(|(_, panel)| panel.reworks.len())
            .sum();
        stats(&[
            Stat::new(locale.text("projects-count"), self.projects.len()),
            Stat::new(
                locale.text("project-verdict-satisfied"),
                judged(Verdict::Satisfied),
            ),
            Stat::new(
                locale.text("project-verdict-basically_satisfied"),
                judged(Verdict::BasicallySatisfied),
            ),
            Stat::new(
                locale.text("project-verdict-unsatisfied"),
                judged(Verdict::Unsatisfied),
            ),
            Stat::new(locale.text("evaluation-reworks"), reworks),
        ])
    }

    fn project(
        &self,
        locale: &Locale,
        path: &str,
        project: &Project,
        panel: &ProjectPanel,
    ) -> Markup {
        let code = &project.plan.code;
        html! {
            section.panel id=(code) {
                p.eyebrow { (code) " · " (project.plan.unit.name) }
                h2 { a href={ (path) "/projects/" (code) } { (project.plan.title) } }
                (project_panel(locale, panel, self.today))
                @if project.state.delivered_on().is_some() && self.heading.cycle.stage != Stage::Closed {
                    p { a.button.secondary href={ (path) "/evaluation/" (code) } {
                        (icon(Icon::People)) (locale.text("rating-go"))
                    } }
                } @else if project.state.delivered_on().is_none() {
                    p.small.muted { (locale.text("rating-not-yet")) }
                }
            }
        }
    }
}

/// `/j/{jurisdiction}/{year}/evaluation`
pub async fn evaluation(State(app): State<App>, visit: Visit, place: InCycle) -> HttpResult {
    let cycle = place.cycle();
    let mut tx = app.database.read().await?;
    let mut projects = Vec::new();
    for project in project_store::projects(&mut tx, cycle).await? {
        let panel = ProjectPanel::load(&mut tx, cycle, project.id).await?;
        projects.push((project, panel));
    }
    let polls = evaluation::polls(&mut tx, cycle).await?;
    let entered: HashSet<_> = store::verdicts(&mut tx, cycle)
        .await?
        .into_iter()
        .map(|verdict| verdict.poll)
        .collect();
    let unentered = polls.iter().any(|poll| {
        poll.state.name() == StateName::Announced && !entered.contains(&poll.id.uuid())
    });
    Ok(show(
        &visit,
        &EvaluationPage {
            heading: place.heading,
            projects,
            polls,
            unentered,
            today: today(&app),
        },
    ))
}

/// `POST …/evaluation/poll`: the office makes the evaluation poll, and goes on to its page.
pub async fn create(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    place: InCycle,
) -> HttpResult {
    let title = format!(
        "{} {}",
        place.cycle().year,
        visit.locale.text("evaluation-title")
    );
    let poll = evaluation::create_poll(&app, viewer.actor(), place.cycle(), title).await?;
    let path = format!("{}/session/polls/{poll}/manage", place.heading.path());
    Ok(redirect_with(&path, "evaluation-flash-poll"))
}

/// `POST …/evaluation/verdicts`: the office enters the verdicts of an announced poll.
pub async fn apply(State(app): State<App>, viewer: Viewer, place: InCycle) -> HttpResult {
    evaluation::apply_announced(&app, viewer.actor(), place.cycle()).await?;
    let path = format!("{}/evaluation", place.heading.path());
    Ok(redirect_with(&path, "evaluation-flash-verdicts"))
}

/// A rating as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct RatingForm {
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
            (error_summary(locale, &self.errors))
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
pub async fn rating_form(State(app): State<App>, visit: Visit, place: InCycle) -> HttpResult {
    let page = RatingPage::load(&app, &visit, &place).await?;
    Ok(show(&visit, &page))
}

/// `POST …/evaluation/{project}`: a resident rates, or changes the rating.
pub async fn rate(
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
