//! `/j/{jurisdiction}/{year}/projects/{project}`: plan, light with its reasons, milestones, reports, forms.

use super::chart::plan_against_actual;
use super::forms::{FormInput, day_form, milestone_form, rework_form};
use super::report::{figures, said_of};
use super::standing::{head, standing};
use super::{lamp, reasons, state_badge};
use crate::web::components::{amount, day, day_text, empty_state, facts, month_text, table_wrap};
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::shared::evaluation_panel::{ProjectPanel, project_panel};
use crate::web::visit::Visit;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::cycles::Stage;
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::people::Role;
use domain::projects::Month;
use domain::projects::{LightRules, Lit, Source, source};
use domain::projects::{Project, ProjectState, Report};
use domain::projects::{light_rules, may_act_for, store, today};
use maud::{Markup, html};
use time::Date;

/// A project's page.
pub(crate) struct ProjectPage {
    heading: CycleHeading,
    /// The project as it stands today.
    lit: Lit,
    source: Source,
    panel: ProjectPanel,
    light_rules: LightRules,
    today: Date,
    /// Whether the viewer works for the responsible unit, and the stage lets units act.
    may_report: bool,
    /// Whether the viewer is of the office, likewise.
    may_accept: bool,
    typed: FormInput,
}

impl ProjectPage {
    /// The page for this viewer.
    pub(crate) async fn load(
        app: &App,
        visit: &Visit,
        heading: CycleHeading,
        key: &str,
        typed: FormInput,
    ) -> Result<Self, HttpError> {
        let mut tx = app.database.read().await?;
        let project = store::project(&mut tx, &heading.cycle, key)
            .await?
            .ok_or(HttpError::NotFound)?;
        let panel = ProjectPanel::load(&mut tx, &heading.cycle, project.id).await?;
        let stage = matches!(heading.cycle.stage, Stage::Implementing | Stage::Evaluating);
        let may_report = match &visit.viewer {
            Some(viewer) if stage && visit.holds_any(&[Role::UnitStaff], project.jurisdiction) => {
                may_act_for(&mut tx, viewer.actor(), &project).await?
            }
            _ => false,
        };
        let light_rules = light_rules(app, &mut tx, project.jurisdiction).await?;
        let today = today(app);
        Ok(Self {
            may_accept: stage && visit.holds_any(&[Role::Office], project.jurisdiction),
            may_report,
            source: source(&mut tx, &heading.cycle, &project).await?,
            lit: Lit::new(project, today, &light_rules),
            light_rules,
            today,
            heading,
            panel,
            typed,
        })
    }

    /// The page again, with what is wrong in what was typed.
    pub(crate) fn refused(&self, visit: &Visit, status: StatusCode) -> Response {
        (status, show(visit, self)).into_response()
    }

    /// Whether the viewer may do anything here.
    pub(crate) const fn may_act(&self) -> bool {
        self.may_report || self.may_accept
    }

    const fn project(&self) -> &Project {
        &self.lit.project
    }

    fn path(&self) -> String {
        let code = &self.project().plan.code;
        format!("{}/projects/{code}", self.heading.path())
    }
}

impl Page for ProjectPage {
    fn errors(&self) -> Option<&FieldErrors> {
        Some(&self.typed.errors)
    }

    fn title(&self, _: &Locale) -> String {
        self.project().plan.title.clone()
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.heading)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let project = self.project();
        html! {
            (head(locale, &self.lit))
            (standing(locale, &self.heading, &self.lit, &self.source, self.today))
            (self.report_link(locale))
            (plan_against_actual(locale, project, self.today))
            h2 { (locale.text("project-plan")) }
            (self.plan(locale))
            h2 { (locale.text("project-milestones")) }
            (self.milestones(locale))
            h2 { (locale.text("project-reports")) }
            (self.reports(locale))
            h2 { (locale.text("project-lights")) }
            (self.lights(locale))
            (self.evaluation(locale))
            (self.forms(locale))
        }
    }
}

impl ProjectPage {
    /// The unit's way to its form, with the month that is wanted.
    fn report_link(&self, locale: &Locale) -> Markup {
        let month = self.project().month_to_report(self.today);
        html! {
            @if let Some(month) = month.filter(|_| self.may_report) {
                p { a.button href={ (self.path()) "/report" } {
                    (locale.text_with("project-report-month", &[("month", month_text(locale, month).into())]))
                } }
            }
        }
    }

    fn plan(&self, locale: &Locale) -> Markup {
        let plan = &self.project().plan;
        let state = self.project().state;
        let fact = |key: &str, value: &str| (locale.text(key), html! { (value) });
        let on = |key: &str, on: Date| (locale.text(key), day(locale, on));
        let mut list = vec![
            (
                locale.text("project-state"),
                state_badge(locale, state.name()),
            ),
            fact("project-summary", &plan.summary),
            fact("project-unit", &plan.unit.name),
            fact("project-lead", &plan.lead),
            fact("project-goal", &plan.goal),
            fact("project-location", &plan.location),
            (locale.text("project-budget"), amount(locale, plan.budget)),
            fact("project-funding", &plan.funding),
            on("project-handover-on", self.project().handed_over_on),
        ];
        list.extend(
            state
                .delivered_on()
                .map(|day| on("project-delivered-on", day)),
        );
        list.extend(
            state
                .accepted_on()
                .map(|day| on("project-accepted-on", day)),
        );
        facts(&list)
    }

    fn milestones(&self, locale: &Locale) -> Markup {
        let path = self.path();
        // One form at a time: the fields' ids stand once in a page.
        let next = self
            .project()
            .milestones
            .iter()
            .position(|milestone| milestone.completed_on.is_none());
        html! {
            ol.milestones {
                @for (position, milestone) in self.project().milestones.iter().enumerate() {
                    @let late = milestone.completed_on.is_none() && milestone.due < self.today;
                    li.done[milestone.completed_on.is_some()].late[late] {
                        strong { (milestone.text) }
                        p.muted {
                            (locale.text_with("project-milestone-due", &[
                                ("day", day_text(locale, milestone.due).into()),
                                ("percent", milestone.planned_percent.into()),
                            ]))
                            @if let Some(on) = milestone.completed_on {
                                " " (locale.text_with("project-milestone-completed", &[("day", day_text(locale, on).into())]))
                            } @else if late {
                                " " (locale.text("project-milestone-late"))
                            }
                        }
                        @if self.may_report && next == Some(position) {
                            (milestone_form(locale, &path, position, milestone, &self.typed, self.today))
                        }
                    }
                }
            }
        }
    }

    fn reports(&self, locale: &Locale) -> Markup {
        let months = self.project().reported_months();
        html! {
            @if months.is_empty() { (empty_state(locale, "project-no-reports")) }
            ol.log {
                @for month in months.into_iter().rev() { li { (self.report(locale, month)) } }
            }
        }
    }

    /// The report in force, and the versions before it.
    fn report(&self, locale: &Locale, month: Month) -> Markup {
        let Some(current) = self.project().report_of(month) else {
            return html! {};
        };
        let before: Vec<&Report> = self
            .project()
            .reports
            .iter()
            .filter(|report| report.month == month && report.version < current.version)
            .collect();
        html! {
            strong { (month_text(locale, month)) } " " (figures(locale, current))
            p { (current.text) }
            p.small.muted {
                (reported_on(locale, current))
                @if self.may_report {
                    " " a href={ (self.path()) "/report?correct=" (month) } { (locale.text("project-correct")) }
                }
            }
            (said_of(locale, current))
            @if !before.is_empty() {
                details {
                    summary { (locale.text("project-versions")) }
                    @for report in before {
                        p { (figures(locale, report)) " " (report.text) }
                        (said_of(locale, report))
                        p.small.muted { (reported_on(locale, report)) }
                    }
                }
            }
        }
    }

    fn lights(&self, locale: &Locale) -> Markup {
        let lights = self.project().lights(self.today, &self.light_rules);
        let label = locale.text("project-lights");
        html! {
            @if lights.is_empty() { (empty_state(locale, "project-no-lights")) } @else {
                p.small.muted { (locale.text("project-lights-note")) }
                (table_wrap(&label, &html! {
                    table {
                        caption { (label) }
                        thead { tr {
                            th { (locale.text("field-report_month")) }
                            th { (locale.text("project-light")) }
                            th { (locale.text("project-reasons")) }
                        } }
                        tbody {
                            @for (month, light) in lights.iter().rev() {
                                tr {
                                    th scope="row" { (month_text(locale, *month)) }
                                    td { (lamp(locale, light.colour)) }
                                    td { (reasons(locale, self.project(), light).join(" ")) }
                                }
                            }
                        }
                    }
                }))
            }
        }
    }

    /// What deputies and residents say, once the project is delivered or judged.
    fn evaluation(&self, locale: &Locale) -> Markup {
        let is_delivered = self.project().state.delivered_on().is_some();
        let rating = format!(
            "{}/evaluation/{}",
            self.heading.path(),
            self.project().plan.code
        );
        html! {
            @if is_delivered || !self.panel.verdicts.is_empty() {
                h2 { (locale.text("evaluation-title")) }
                (project_panel(locale, &self.panel, self.today))
                @if is_delivered { p { a.button.secondary href=(rating) { (locale.text("rating-go")) } } }
            }
        }
    }

    fn forms(&self, locale: &Locale) -> Markup {
        let path = self.path();
        let days = &self.typed.days;
        let errors = &self.typed.errors;
        html! {
            @if self.may_report {
                @if self.panel.owes_answer() { (rework_form(locale, &path, &self.typed)) }
                @if matches!(self.project().state, ProjectState::Underway { .. }) {
                    section.panel {
                        h2 { (locale.text("project-deliver-title")) }
                        p.hint { (locale.text("project-deliver-hint")) }
                        (day_form(locale, &format!("{path}/delivery"), "delivered_on", &days.delivered_on, errors, self.today))
                    }
                }
            }
            @if self.may_accept && matches!(self.project().state, ProjectState::Delivered { .. }) {
                section.panel {
                    h2 { (locale.text("project-accept-title")) }
                    (day_form(locale, &format!("{path}/acceptance"), "accepted_on", &days.accepted_on, errors, self.today))
                }
            }
        }
    }
}

fn reported_on(locale: &Locale, report: &Report) -> String {
    let day = day_text(locale, report.reported_on);
    locale.text_with("project-reported-on", &[("day", day.into())])
}

/// `/j/{jurisdiction}/{year}/projects/{project}`
pub(crate) async fn project(State(app): State<App>, visit: Visit, at: InCycle) -> HttpResult {
    let key: String = at.param("project")?;
    let page = ProjectPage::load(&app, &visit, at.heading, &key, FormInput::default()).await?;
    Ok(show(&visit, &page))
}
