//! `/j/{jurisdiction}/{year}/evaluation`: both results side by side; a resident's rating of one project.

use crate::web::components::{Icon, Stat, empty_state, icon, page_head, stats};
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::export;
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::shared::evaluation_panel::{EvaluationPanels, ProjectPanel, project_panel};
use crate::web::shared::levels::level_name;
use crate::web::visit::{Visit, redirect_with};
use axum::extract::State;
use domain::cycles::Stage;
use domain::evaluation::{self, store};
use domain::infra::app::App;
use domain::people::Role;
use domain::people::Viewer;
use domain::projects::{Project, store as project_store, today};
use domain::session::{Poll, StateName};
use maud::{Markup, html};
use std::collections::HashSet;
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
        let is_office = visit.holds_any(&[Role::Office], self.heading.jurisdiction.id);
        html! {
            (page_head(&locale.text("evaluation-title"), &locale.text("evaluation-lead")))
            @if self.heading.jurisdiction.kind.is_advisory() { p.notice { (locale.text_about("evaluation-advisory", &self.heading.jurisdiction.settings.body)) } }
            (self.poll_states(locale, &path))
            @if is_office { (self.office(locale, &path)) }
            @if self.projects.is_empty() {
                (empty_state(locale, "projects-none"))
            } @else {
                (self.summary(locale))
                @for (project, panel) in &self.projects { (self.project(locale, &path, project, panel)) }
            }
            (export::links(visit, &format!("{path}/evaluation"), &[]))
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
        let newest = self
            .projects
            .iter()
            .filter_map(|(_, panel)| panel.verdicts.first());
        let mut judged: Vec<(String, usize)> = Vec::new();
        for verdict in newest {
            let reached = verdict.reached().map(|level| &level.id);
            for level in verdict.levels.iter().filter(|level| level.rank.is_some()) {
                let name = level_name(locale, &level.id, &level.label);
                let is_verdict = usize::from(reached == Some(&level.id));
                match judged.iter_mut().find(|(other, _)| *other == name) {
                    Some((_, count)) => *count += is_verdict,
                    None => judged.push((name, is_verdict)),
                }
            }
        }
        let reworks: usize = self
            .projects
            .iter()
            .map(|(_, panel)| panel.reworks.len())
            .sum();
        let mut figures = vec![Stat::new(
            locale.text("projects-count"),
            self.projects.len(),
        )];
        figures.extend(
            judged
                .into_iter()
                .map(|(name, count)| Stat::new(name, count)),
        );
        figures.push(Stat::new(locale.text("evaluation-reworks"), reworks));
        stats(&figures)
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
pub(crate) async fn evaluation(State(app): State<App>, visit: Visit, place: InCycle) -> HttpResult {
    let cycle = place.cycle();
    let mut tx = app.database.read().await?;
    let mut panels = EvaluationPanels::load(&mut tx, cycle).await?;
    let projects = project_store::projects(&mut tx, cycle)
        .await?
        .into_iter()
        .map(|project| {
            let panel = panels.take(project.id);
            (project, panel)
        })
        .collect();
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
pub(crate) async fn create(State(app): State<App>, viewer: Viewer, place: InCycle) -> HttpResult {
    let poll = evaluation::create_poll(&app, viewer.actor(), place.cycle()).await?;
    let path = format!("{}/session/polls/{poll}/manage", place.heading.path());
    Ok(redirect_with(&path, "evaluation-flash-poll"))
}

/// `POST …/evaluation/verdicts`: the office enters the verdicts of an announced poll.
pub(crate) async fn apply(State(app): State<App>, viewer: Viewer, place: InCycle) -> HttpResult {
    evaluation::apply_announced(&app, viewer.actor(), place.cycle()).await?;
    let path = format!("{}/evaluation", place.heading.path());
    Ok(redirect_with(&path, "evaluation-flash-verdicts"))
}
