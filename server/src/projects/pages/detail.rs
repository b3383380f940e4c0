//! `/j/{jurisdiction}/{year}/projects/{project}`: plan, light with its reasons, milestones, reports, forms.

use super::chart::plan_against_actual;
use super::forms::{FormInput, ReportForm, day_form, milestone_form, report_form, rework_form};
use super::{lamp, percent, reasons, state_badge};
use crate::web::components::{
    Stat, Tone, breadcrumbs, empty_state, facts, notice, stats, table_wrap,
};
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::query::Query;
use crate::web::shared::evaluation_panel::{ProjectPanel, project_panel};
use crate::web::shared::money::money;
use crate::web::visit::Visit;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::cycles::Stage;
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::infra::money::Money;
use domain::people::Role;
use domain::projects::Month;
use domain::projects::{Colour, LightRules};
use domain::projects::{Project, ProjectState, Report};
use domain::projects::{light_rules, may_act_for, store, today};
use maud::{Markup, html};
use serde::Deserialize;
use time::Date;

/// A project's page.
pub(crate) struct ProjectPage {
    heading: CycleHeading,
    project: Project,
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
        Ok(Self {
            may_accept: stage && visit.holds_any(&[Role::Office], project.jurisdiction),
            may_report,
            light_rules: light_rules(app, &mut tx, project.jurisdiction).await?,
            today: today(app),
            heading,
            project,
            panel,
            typed,
        })
    }

    /// The page again, with what is wrong in what was typed.
    pub(crate) fn refused(&self, visit: &Visit, status: StatusCode) -> Response {
        (status, show(visit, self)).into_response()
    }

    /// The correction is now one of the version in force.
    pub(crate) fn has_seen_what_is_in_force(&mut self) {
        let month = self.typed.correcting;
        if let Some(report) = month.and_then(|month| self.project.report_of(month)) {
            self.typed.report.seen = report.version.to_string();
        }
    }

    /// Whether the viewer may do anything here.
    pub(crate) const fn may_act(&self) -> bool {
        self.may_report || self.may_accept
    }

    fn path(&self) -> String {
        format!(
            "{}/projects/{}",
            self.heading.path(),
            self.project.plan.code
        )
    }
}

impl Page for ProjectPage {
    fn errors(&self) -> Option<&FieldErrors> {
        Some(&self.typed.errors)
    }

    fn title(&self, _: &Locale) -> String {
        self.project.plan.title.clone()
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.heading)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let list = format!("{}/projects", self.heading.path());
        html! {
            (breadcrumbs(locale, &[(list, locale.text("projects-title"))], &self.project.plan.title))
            header.page-head {
                p.eyebrow { (self.project.plan.code) " · " (self.project.plan.unit.name) }
                h1 { (self.project.plan.title) }
                p.lead { (self.project.plan.summary) }
            }
            (self.standing(locale))
            (plan_against_actual(locale, &self.project, self.today))
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
    fn standing(&self, locale: &Locale) -> Markup {
        let project = &self.project;
        let light = project.light(self.today, &self.light_rules);
        let latest = project.latest();
        let spent = latest.map_or(Money::from_fen(0), |report| report.spent);
        let tone = match light.colour {
            Colour::Blue => Tone::Done,
            Colour::Green => Tone::Good,
            Colour::Yellow => Tone::Warn,
            Colour::Red => Tone::Bad,
        };
        let done = Stat::new(
            locale.text("project-percent"),
            format!("{}%", latest.map_or(0, |report| percent(report.percent))),
        );
        let reported = latest.map(|report| {
            locale.text_with(
                "project-as-of",
                &[("month", report.month.to_string().into())],
            )
        });
        html! {
            p.row { (lamp(locale, light.colour)) (state_badge(locale, project.state.name())) }
            (notice(tone, &html! { ul { @for reason in reasons(locale, project, &light) { li { (reason) } } } }))
            (stats(&[
                Stat { note: reported, ..done },
                Stat::new(
                    locale.text("project-planned"),
                    format!("{}%", project.planned(self.today).shown()),
                ).with_note(self.today.to_string()),
                Stat::new(locale.text("projects-spent"), money(locale, spent)),
                Stat::new(locale.text("project-budget"), money(locale, project.plan.budget)),
            ]))
        }
    }

    fn plan(&self, locale: &Locale) -> Markup {
        let plan = &self.project.plan;
        let state = self.project.state;
        let fact = |key: &str, value: &str| (locale.text(key), html! { (value) });
        let day =
            |key: &str, day: Date| (locale.text(key), html! { time datetime=(day) { (day) } });
        let mut list = vec![
            fact("project-unit", &plan.unit.name),
            fact("project-lead", &plan.lead),
            fact("project-goal", &plan.goal),
            fact("project-location", &plan.location),
            fact("project-budget", &money(locale, plan.budget)),
            fact("project-funding", &plan.funding),
            day("project-handover-on", self.project.handed_over_on),
        ];
        list.extend(
            state
                .delivered_on()
                .map(|on| day("project-delivered-on", on)),
        );
        list.extend(state.accepted_on().map(|on| day("project-accepted-on", on)));
        facts(&list)
    }

    fn milestones(&self, locale: &Locale) -> Markup {
        let path = self.path();
        // One form at a time: the fields' ids stand once in a page.
        let next = self
            .project
            .milestones
            .iter()
            .position(|milestone| milestone.completed_on.is_none());
        html! {
            ol.milestones {
                @for (position, milestone) in self.project.milestones.iter().enumerate() {
                    @let late = milestone.completed_on.is_none() && milestone.due < self.today;
                    li.done[milestone.completed_on.is_some()].late[late] {
                        strong { (milestone.text) }
                        p.muted {
                            (locale.text_with("project-milestone-due", &[
                                ("day", milestone.due.to_string().into()),
                                ("percent", milestone.planned_percent.into()),
                            ]))
                            @if let Some(on) = milestone.completed_on {
                                " " (locale.text_with("project-milestone-completed", &[("day", on.to_string().into())]))
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
        let months = self.project.reported_months();
        html! {
            @if months.is_empty() { (empty_state(locale, "project-no-reports")) }
            ol.log {
                @for month in months.into_iter().rev() { li { (self.report(locale, month)) } }
            }
        }
    }

    /// The report in force, and the versions before it.
    fn report(&self, locale: &Locale, month: Month) -> Markup {
        let Some(current) = self.project.report_of(month) else {
            return html! {};
        };
        let before: Vec<&Report> = self
            .project
            .reports
            .iter()
            .filter(|report| report.month == month && report.version < current.version)
            .collect();
        html! {
            strong { (month) } " "
            span.number { (locale.text_with("project-report-figures", &[
                ("percent", current.percent.into()), ("spent", money(locale, current.spent).into()),
            ])) }
            p { (current.text) }
            p.small.muted {
                (locale.text_with("project-reported-on", &[("day", current.reported_on.to_string().into())]))
                @if self.may_report {
                    " " a href={ (self.path()) "?correct=" (month) "#report" } { (locale.text("project-correct")) }
                }
            }
            @if let Some(reason) = &current.reason {
                p.small { (locale.text_with("project-corrected", &[("reason", reason.clone().into())])) }
            }
            @if !before.is_empty() {
                details {
                    summary { (locale.text("project-versions")) }
                    @for report in before {
                        p { span.number { (locale.text_with("project-report-figures", &[
                            ("percent", report.percent.into()), ("spent", money(locale, report.spent).into()),
                        ])) } " " (report.text) }
                        p.small.muted {
                            (locale.text_with("project-reported-on", &[("day", report.reported_on.to_string().into())]))
                        }
                    }
                }
            }
        }
    }

    fn lights(&self, locale: &Locale) -> Markup {
        let lights = self.project.lights(self.today, &self.light_rules);
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
                                    th scope="row" { (month) }
                                    td { (lamp(locale, light.colour)) }
                                    td { (reasons(locale, &self.project, light).join(" ")) }
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
        let is_delivered = self.project.state.delivered_on().is_some();
        let rating = format!(
            "{}/evaluation/{}",
            self.heading.path(),
            self.project.plan.code
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
                (report_form(locale, &self.project, &path, &self.typed, self.today))
                @if matches!(self.project.state, ProjectState::Underway { .. }) {
                    section.panel {
                        h2 { (locale.text("project-deliver-title")) }
                        p.hint { (locale.text("project-deliver-hint")) }
                        (day_form(locale, &format!("{path}/delivery"), "delivered_on", &days.delivered_on, errors, self.today))
                    }
                }
            }
            @if self.may_accept && matches!(self.project.state, ProjectState::Delivered { .. }) {
                section.panel {
                    h2 { (locale.text("project-accept-title")) }
                    (day_form(locale, &format!("{path}/acceptance"), "accepted_on", &days.accepted_on, errors, self.today))
                }
            }
        }
    }
}

/// Which report is to be corrected.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wish {
    correct: String,
}

/// `/j/{jurisdiction}/{year}/projects/{project}`; `?correct=2026-03` shows that month's report to be corrected.
pub(crate) async fn project(
    State(app): State<App>,
    visit: Visit,
    at: InCycle,
    Query(wish): Query<Wish>,
) -> HttpResult {
    let key: String = at.param("project")?;
    let mut page = ProjectPage::load(&app, &visit, at.heading, &key, FormInput::default()).await?;
    let month = wish.correct.parse::<Month>().ok();
    if let Some(report) = month.and_then(|month| page.project.report_of(month)) {
        page.typed.report = ReportForm::of(report);
        page.typed.correcting = month;
    }
    Ok(show(&visit, &page))
}
