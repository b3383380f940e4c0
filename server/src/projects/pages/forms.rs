//! The forms of the unit and the office: what was typed, read strictly, and shown again with what is wrong.

use crate::web::components::Field;
use crate::web::locale::Locale;
use domain::evaluation::ANSWER_CHARACTERS;
use domain::infra::field_errors::FieldErrors;
use domain::infra::typed;
use domain::projects::Month;
use domain::projects::{Milestone, Question, Report};
use domain::projects::{NewReport, REASON_CHARACTERS, REPORT_CHARACTERS};
use maud::{Markup, html};
use serde::Deserialize;
use time::Date;
use time::format_description::well_known::Iso8601;

/// A monthly report, or its correction, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ReportForm {
    pub report_month: String,
    pub report_percent: String,
    pub report_spent: String,
    pub report_text: String,
    pub report_reason: String,
    /// What is said of the figures that are questioned.
    pub report_explanation: String,
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

/// All that is typed on a project's pages, with what is wrong.
#[derive(Debug, Clone, Default)]
pub(crate) struct FormInput {
    pub report: ReportForm,
    pub days: DayForm,
    pub rework: ReworkForm,
    pub errors: FieldErrors,
    /// The month whose report is being corrected.
    pub correcting: Option<Month>,
    /// What is asked about the report's figures.
    pub questions: Vec<Question>,
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
            report_explanation: report.explanation.clone().unwrap_or_default(),
            seen: report.version.to_string(),
        }
    }

    /// The empty form for a month.
    pub(crate) fn for_month(month: Month) -> Self {
        Self {
            report_month: month.to_string(),
            ..Self::default()
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
        let explanation = errors.text(
            "report_explanation",
            &self.report_explanation,
            0,
            REASON_CHARACTERS,
        );
        match (month, percent, spent) {
            (Some(month), Some(percent), Some(spent)) if errors.is_empty() => Ok(NewReport {
                month,
                percent,
                spent,
                text,
                explanation: Some(explanation).filter(|text| !text.is_empty()),
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
