//! `/j/{jurisdiction}/{year}/evaluation`: both results side by side; a resident's rating of one project.

use crate::web::components::{Icon, Stat, breadcrumbs, empty_state, icon, page_head, stats};
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::export;
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::shared::evaluation_panel::{ProjectPanel, project_panel};
use crate::web::visit::{Visit, redirect_with};
use axum::extract::State;
use domain::cycles::Stage;
use domain::evaluation;
use domain::evaluation::store;
use domain::infra::app::App;
use domain::people::Role;
use domain::people::Viewer;
use domain::projects::{Project, store as project_store, today};
use domain::session::{Poll, StateName};
use maud::{Markup, html};
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
