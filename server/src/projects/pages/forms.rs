//! The forms of the unit and the office: what was typed, read strictly, and shown again with what is wrong.

use crate::web::components::{Field, Tone, notice};
use crate::web::locale::Locale;
use crate::web::shared::money::money;
use domain::evaluation::ANSWER_CHARACTERS;
use domain::infra::field_errors::FieldErrors;
use domain::infra::typed;
use domain::projects::Month;
use domain::projects::{Milestone, Project, Report};
use domain::projects::{NewReport, REASON_CHARACTERS, REPORT_CHARACTERS};
use maud::{Markup, html};
use serde::Deserialize;
use time::Date;
use time::format_description::well_known::Iso8601;

/// A monthly report, or its correction, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ReportForm {
    report_month: String,
    report_percent: String,
    report_spent: String,
    report_text: String,
    pub report_reason: String,
    /// The version that is corrected.
    pub seen: String,
}

/// A day as typed; the form has one of the three.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct DayForm {
    pub completed_on: String,
    pub delivered_on: String,
    pub accepted_on: String,
}

/// What was done about a rework order, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ReworkForm {
    pub rework_answer: String,
}

impl ReworkForm {
    /// What is wrong with it.
    pub(crate) fn errors(&self) -> FieldErrors {
        let mut errors = FieldErrors::none();
        errors.text("rework_answer", &self.rework_answer, 1, ANSWER_CHARACTERS);
        errors
    }
}

/// All that is typed on a project's page, with what is wrong.
#[derive(Debug, Clone, Default)]
pub(crate) struct FormInput {
    pub report: ReportForm,
    pub days: DayForm,
    pub rework: ReworkForm,
    pub errors: FieldErrors,
    /// The month whose report is being corrected.
    pub correcting: Option<Month>,
    /// The milestone whose day was typed.
    pub milestone: Option<usize>,
    /// Whether somebody else has corrected the same report meanwhile.
    pub is_stale: bool,
}

impl ReportForm {
    /// The report in force, to be corrected.
    pub(crate) fn of(report: &Report) -> Self {
        Self {
            report_month: report.month.to_string(),
            report_percent: report.percent.to_string(),
            report_spent: report.spent.wan(),
            report_text: report.text.clone(),
            report_reason: String::new(),
            seen: report.version.to_string(),
        }
    }

    /// The month, if it is one.
    pub(crate) fn month(&self) -> Option<Month> {
        typed::plain(&self.report_month).parse().ok()
    }

    /// The version that is corrected; none that ever was, where the form does not say.
    pub(crate) fn seen(&self) -> i32 {
        self.seen.parse().unwrap_or_default()
    }

    /// What was typed, or what is wrong with each field.
    pub(crate) fn read(&self, correction: bool) -> Result<NewReport, FieldErrors> {
        let mut errors = FieldErrors::none();
        let month = self.month();
        if month.is_none() {
            errors.add("report_month", "month-not-open");
        }
        let percent = errors
            .whole_number("report_percent", &self.report_percent, 0, 100)
            .and_then(|percent| i32::try_from(percent).ok());
        let spent = errors.wan("report_spent", &self.report_spent);
        let text = errors.text("report_text", &self.report_text, 1, REPORT_CHARACTERS);
        if correction {
            errors.text("report_reason", &self.report_reason, 1, REASON_CHARACTERS);
        }
        match (month, percent, spent) {
            (Some(month), Some(percent), Some(spent)) if errors.is_empty() => Ok(NewReport {
                month,
                percent,
                spent,
                text,
            }),
            _ => Err(errors),
        }
    }
}

/// Reads a day like `2026-03-31`.
pub(crate) fn read_day(field: &'static str, text: &str) -> Result<Date, FieldErrors> {
    let mut errors = FieldErrors::none();
    let text = text.trim();
    if text.is_empty() {
        errors.add(field, "required");
        return Err(errors);
    }
    Date::parse(text, &Iso8601::DATE).map_err(|_| {
        errors.add(field, "not-a-day");
        errors
    })
}

/// The form for the next report, or for the correction of one.
pub(crate) fn report_form(
    locale: &Locale,
    project: &Project,
    path: &str,
    typed: &FormInput,
    today: Date,
) -> Markup {
    let field = |name, value| Field {
        name,
        value,
        errors: &typed.errors,
        required: true,
    };
    let form = &typed.report;
    let open: Vec<(String, String)> = project
        .open_months(today)
        .iter()
        .map(|month| (month.to_string(), month.to_string()))
        .collect();
    let correcting = typed.correcting.is_some();
    let (title, action) = if correcting {
        ("project-correct-title", "corrections")
    } else {
        ("project-report-title", "reports")
    };
    html! {
        section.panel #report {
            h2 { (locale.text(title)) }
            @if typed.is_stale {
                (notice(Tone::Bad, &html! { p role="alert" { (locale.text("changed-meanwhile-both")) } }))
                @if let Some(present) = form.month().and_then(|month| project.report_of(month)) {
                    (in_force(locale, present))
                }
            }
            @if open.is_empty() && !correcting {
                p.muted { (locale.text("project-all-reported")) }
            } @else {
                form.form method="post" action={ (path) "/" (action) } {
                    @if correcting {
                        input type="hidden" name="report_month" value=(form.report_month);
                        input type="hidden" name="seen" value=(form.seen);
                        p { (locale.labelled(&locale.text("field-report_month"), &form.report_month)) }
                    } @else {
                        (field("report_month", &form.report_month).select(locale, &open))
                    }
                    (field("report_percent", &form.report_percent).input(locale, "text", "off"))
                    (field("report_spent", &form.report_spent).input(locale, "text", "off"))
                    (field("report_text", &form.report_text).textarea(locale, 5))
                    @if correcting {
                        (field("report_reason", &form.report_reason).textarea(locale, 2))
                    }
                    div.actions {
                        button type="submit" { (locale.text("project-report-send")) }
                        @if correcting { a.button.secondary href=(path) { (locale.text("project-correct-stop")) } }
                    }
                }
            }
        }
    }
}

/// What the report in force says, beside what somebody else would have it say.
fn in_force(locale: &Locale, report: &Report) -> Markup {
    html! {
        p {
            strong { (report.month) } " "
            span.number { (locale.text_with("project-report-figures", &[
                ("percent", report.percent.into()), ("spent", money(locale, report.spent).into()),
            ])) }
        }
        p { (report.text) }
        @if let Some(reason) = &report.reason {
            p.small { (locale.text_with("project-corrected", &[("reason", reason.clone().into())])) }
        }
    }
}

/// A day and a button: a milestone reached, a delivery, an acceptance.
pub(crate) fn day_form(
    locale: &Locale,
    action: &str,
    name: &'static str,
    value: &str,
    errors: &FieldErrors,
    today: Date,
) -> Markup {
    let proposed = today.to_string();
    let value = if value.is_empty() { &proposed } else { value };
    html! {
        form.form method="post" action=(action) {
            (Field { name, value, errors, required: true }.input(locale, "date", "off"))
            div.actions { button.secondary type="submit" { (locale.text(&format!("project-send-{name}"))) } }
        }
    }
}

/// The day form of an open milestone, folded away until it is needed.
pub(crate) fn milestone_form(
    locale: &Locale,
    path: &str,
    position: usize,
    milestone: &Milestone,
    typed: &FormInput,
    today: Date,
) -> Markup {
    let mine = typed.milestone == Some(position);
    let none = FieldErrors::none();
    let errors = if mine { &typed.errors } else { &none };
    html! {
        @if milestone.completed_on.is_none() {
            details open[mine] {
                summary { (locale.text("project-milestone-report")) }
                (day_form(locale, &format!("{path}/milestones/{position}"), "completed_on",
                    if mine { &typed.days.completed_on } else { "" }, errors, today))
            }
        }
    }
}

/// The unit's answer to a rework order.
pub(crate) fn rework_form(locale: &Locale, path: &str, typed: &FormInput) -> Markup {
    let field = Field {
        name: "rework_answer",
        value: &typed.rework.rework_answer,
        errors: &typed.errors,
        required: true,
    };
    html! {
        section.panel #rework {
            h2 { (locale.text("rework-title")) }
            form.form method="post" action={ (path) "/rework" } {
                (field.textarea(locale, 5))
                div.actions { button type="submit" { (locale.text("rework-send")) } }
            }
        }
    }
}
