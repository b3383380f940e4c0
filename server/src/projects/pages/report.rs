//! `/j/{jurisdiction}/{year}/projects/{project}/report`: the unit's form for a month, or for the correction of one.

use super::forms::{FormInput, ReportForm};
use crate::web::components::{
    Field, Tone, amount, amount_text, breadcrumbs, day_text, month_text, notice,
};
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::query::Query;
use crate::web::visit::Visit;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::people::Viewer;
use domain::projects::{LightRules, Month, Project, Question, Report};
use domain::projects::{ProjectError, light_rules, may_act_for, store, today};
use maud::{Markup, html};
use serde::Deserialize;
use time::Date;

/// The form of a project's unit.
pub(crate) struct ReportPage {
    heading: CycleHeading,
    project: Project,
    light_rules: LightRules,
    today: Date,
    typed: FormInput,
}

/// Which report is to be corrected.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wish {
    correct: String,
}

/// The form for the month that is due; `?correct=2026-03` shows that month's report to be corrected.
pub(crate) async fn report_page(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    at: InCycle,
    Query(wish): Query<Wish>,
) -> HttpResult {
    let key: String = at.param("project")?;
    let mut page = ReportPage::load(&app, &viewer, at.heading, &key, FormInput::default()).await?;
    let month = wish.correct.parse::<Month>().ok();
    if let Some(report) = month.and_then(|month| page.project.report_of(month)) {
        page.typed.report = ReportForm::of(report);
        page.typed.correcting = month;
    } else if let Some(month) = page.project.month_to_report(page.today) {
        page.typed.report = ReportForm::for_month(month);
    }
    Ok(show(&visit, &page))
}

impl ReportPage {
    /// The form for somebody of the responsible unit.
    pub(crate) async fn load(
        app: &App,
        viewer: &Viewer,
        heading: CycleHeading,
        key: &str,
        typed: FormInput,
    ) -> Result<Self, HttpError> {
        let mut tx = app.database.read().await?;
        let project = store::project(&mut tx, &heading.cycle, key)
            .await?
            .ok_or(HttpError::NotFound)?;
        if !may_act_for(&mut tx, viewer.actor(), &project).await? {
            return Err(ProjectError::NotYourUnit.into());
        }
        Ok(Self {
            light_rules: light_rules(app, &mut tx, project.jurisdiction).await?,
            today: today(app),
            heading,
            project,
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

    fn path(&self) -> String {
        let code = &self.project.plan.code;
        format!("{}/projects/{code}", self.heading.path())
    }

    /// The report in force before the month that the form is for.
    fn before(&self) -> Option<&Report> {
        self.project.report_before(self.typed.report.month()?)
    }
}

impl Page for ReportPage {
    fn errors(&self) -> Option<&FieldErrors> {
        Some(&self.typed.errors)
    }

    fn title(&self, locale: &Locale) -> String {
        locale.text(if self.typed.correcting.is_some() {
            "project-correct-title"
        } else {
            "project-report-title"
        })
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.heading)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let plan = &self.project.plan;
        let title = self.title(locale);
        let open = self.project.open_months(self.today);
        html! {
            (breadcrumbs(locale, &[(self.path(), plan.title.clone())], &title))
            header.page-head {
                p.eyebrow { (plan.code) " · " (plan.unit.name) }
                h1 { (title) }
            }
            @if self.typed.is_stale {
                (notice(Tone::Bad, &html! { p role="alert" { (locale.text("changed-meanwhile-both")) } }))
                @if let Some(present) = self.typed.report.month().and_then(|month| self.project.report_of(month)) {
                    (in_force(locale, present))
                }
            }
            @if open.is_empty() && self.typed.correcting.is_none() {
                p { (locale.text("project-all-reported")) }
                p { a.button.secondary href=(self.path()) { (locale.text("project-report-leave")) } }
            } @else {
                (self.form(locale, &open))
            }
        }
    }
}

impl ReportPage {
    fn field<'a>(&'a self, name: &'static str, value: &'a str) -> Field<'a> {
        Field {
            name,
            value,
            errors: &self.typed.errors,
            required: true,
        }
    }

    fn form(&self, locale: &Locale, open: &[Month]) -> Markup {
        let form = &self.typed.report;
        let correcting = self.typed.correcting;
        let path = self.path();
        let action = if correcting.is_some() {
            "corrections"
        } else {
            "reports"
        };
        html! {
            form.form method="post" action={ (path) "/" (action) } {
                @if let Some(month) = correcting {
                    input type="hidden" name="report_month" value=(form.report_month);
                    input type="hidden" name="seen" value=(form.seen);
                    p { (locale.labelled(&locale.text("field-report_month"), &month_text(locale, month))) }
                } @else {
                    (self.field("report_month", &form.report_month).select(locale, &self.months(locale, open)))
                }
                (self.field("report_percent", &form.report_percent).input(locale, "text", "off"))
                (self.last_percent(locale))
                (self.field("report_spent", &form.report_spent).input(locale, "text", "off"))
                (self.last_spent(locale))
                (self.field("report_text", &form.report_text).textarea(locale, 5))
                @if correcting.is_some() {
                    (self.field("report_reason", &form.report_reason).textarea(locale, 2))
                }
                (self.questions(locale))
                div.actions {
                    button type="submit" { (locale.text("project-report-send")) }
                    a.button.secondary href=(path) { (locale.text("project-report-leave")) }
                }
            }
        }
    }

    /// The open months, each with the day by which its report is due.
    fn months(&self, locale: &Locale, open: &[Month]) -> Vec<(String, String)> {
        let shown = |month: &Month| {
            let due = self.light_rules.of(month.next()).due(*month);
            let text = locale.text_with(
                "project-report-due",
                &[
                    ("month", month_text(locale, *month).into()),
                    ("day", day_text(locale, due).into()),
                ],
            );
            (month.to_string(), text)
        };
        open.iter().map(shown).collect()
    }

    /// How far it was by the report before.
    fn last_percent(&self, locale: &Locale) -> Markup {
        let planned = self.project.planned(self.today).shown();
        let text = match self.before() {
            Some(report) => locale.text_with(
                "project-last-percent",
                &[
                    ("month", month_text(locale, report.month).into()),
                    ("percent", report.percent.into()),
                    ("planned", planned.into()),
                ],
            ),
            None => locale.text_with("project-first-percent", &[("planned", planned.into())]),
        };
        html! { p.last-figure { (text) } }
    }

    /// What was spent by the report before, and the budget.
    fn last_spent(&self, locale: &Locale) -> Markup {
        let budget = amount(locale, self.project.plan.budget);
        html! {
            p.last-figure {
                @if let Some(report) = self.before() {
                    (locale.labelled(
                        &locale.text_with("project-last-spent", &[("month", month_text(locale, report.month).into())]),
                        &amount_text(locale, report.spent),
                    ))
                    " · "
                }
                (locale.text("project-budget")) " " (budget)
            }
        }
    }

    /// What is asked about the figures, with the field for the answer.
    fn questions(&self, locale: &Locale) -> Markup {
        let explanation = &self.typed.report.report_explanation;
        let asked = !self.typed.questions.is_empty() || !explanation.is_empty();
        html! {
            @if asked {
                @if !self.typed.questions.is_empty() {
                    (notice(Tone::Warn, &html! {
                        p { (locale.text("project-questions")) }
                        ul { @for question in &self.typed.questions { li { (question_text(locale, *question)) } } }
                    }))
                }
                (self.field("report_explanation", explanation).textarea(locale, 3))
            }
        }
    }
}

fn question_text(locale: &Locale, question: Question) -> String {
    match question {
        Question::PercentFell { since, points } => locale.text_with(
            "question-percent-fell",
            &[
                ("month", month_text(locale, since).into()),
                ("points", points.into()),
            ],
        ),
        Question::PercentLeapt { points } => {
            locale.text_with("question-percent-leapt", &[("points", points.into())])
        }
        Question::SpentFell { since, by } => locale.text_with(
            "question-spent-fell",
            &[
                ("month", month_text(locale, since).into()),
                ("amount", amount_text(locale, by).into()),
            ],
        ),
        Question::SpentLeapt { by } => locale.text_with(
            "question-spent-leapt",
            &[("amount", amount_text(locale, by).into())],
        ),
        Question::OverBudget { by } => locale.text_with(
            "question-over-budget",
            &[("amount", amount_text(locale, by).into())],
        ),
    }
}

/// What the report in force says, beside what somebody else would have it say.
fn in_force(locale: &Locale, report: &Report) -> Markup {
    html! {
        section.panel {
            p { strong { (month_text(locale, report.month)) } " " (figures(locale, report)) }
            p { (report.text) }
            (said_of(locale, report))
        }
    }
}

/// Progress and spending of a report, in a line.
pub(super) fn figures(locale: &Locale, report: &Report) -> Markup {
    html! {
        span.number { (locale.text_with("project-report-figures", &[
            ("percent", report.percent.into()), ("spent", amount_text(locale, report.spent).into()),
        ])) }
    }
}

/// What the unit says of figures that were questioned, and why a report was corrected.
pub(super) fn said_of(locale: &Locale, report: &Report) -> Markup {
    let line = |key: &str, text: &Option<String>| {
        html! { @if let Some(text) = text { p.small { (locale.labelled(&locale.text(key), text)) } } }
    };
    html! {
        (line("project-explained", &report.explanation))
        (line("project-corrected", &report.reason))
    }
}
