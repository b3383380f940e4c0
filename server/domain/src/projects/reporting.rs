//! The monthly reports of a unit and their corrections.

use super::audit::ProjectEvent;
use super::error::ProjectError;
use super::month::Month;
use super::project::{Project, Report};
use super::questions::questions;
use super::store;
use super::use_cases::{begin_for_unit, started, today};
use crate::cycles::Cycle;
use crate::infra::app::App;
use crate::infra::database::DatabaseError;
use crate::infra::money::Money;
use crate::infra::unique_key::UniqueKey;
use crate::record::change::{Actor, Change};
use crate::record::values::{code, date, month, number, text};
use tally::record::body::{ProjectReported, PublicText};
use time::Date;
use tracing::instrument;

/// The longest text of a report, in characters.
pub const REPORT_CHARACTERS: usize = 2000;
/// The longest reason of a correction, and the longest explanation, in characters.
pub const REASON_CHARACTERS: usize = 500;

/// A monthly report as a unit makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReport {
    /// For which month.
    pub month: Month,
    /// How much of the whole is done since the start, 0 to 100 per cent.
    pub percent: i32,
    /// How much is spent since the start.
    pub spent: Money,
    /// What was done.
    pub text: String,
    /// What the unit says of figures that are questioned; kept only where they are.
    pub explanation: Option<String>,
}

/// A correction of a report.
#[derive(Debug, Clone, Copy)]
pub struct Correction<'a> {
    /// The version that is corrected; another one in force is not.
    pub seen: i32,
    /// What it says from now on.
    pub report: &'a NewReport,
    /// Why.
    pub reason: &'a str,
}

/// Makes the report for a month. `key` is the project's code or id. The first one starts the project. The same report sent
/// again is harmless.
#[instrument(skip_all, fields(cycle = %cycle.id), err(level = "debug"))]
pub async fn report_progress(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
    key: &str,
    new: &NewReport,
) -> Result<(), ProjectError> {
    let (mut change, project) = begin_for_unit(app, actor, cycle, key).await?;
    let day = today(app);
    let checked = check_report(&project, new, day)?;
    if let Some(present) = project.report_of(new.month) {
        return if present.version == 1 && says(present, new, &checked) {
            Ok(())
        } else {
            Err(ProjectError::MonthReported)
        };
    }
    write_report(
        &mut change,
        actor,
        &project,
        version(new, checked, (1, None), day),
    )
    .await?;
    started(&mut change, &project, day).await?;
    Ok(change.commit().await?)
}

/// Corrects the report of a month, with the reason; the versions before stay visible. The same correction
/// sent again is harmless.
#[instrument(skip_all, fields(cycle = %cycle.id), err(level = "debug"))]
pub async fn correct_report(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
    key: &str,
    correction: Correction<'_>,
) -> Result<(), ProjectError> {
    let Correction {
        seen,
        report: new,
        reason,
    } = correction;
    let (mut change, project) = begin_for_unit(app, actor, cycle, key).await?;
    let day = today(app);
    let checked = check_report(&project, new, day)?;
    let reason = text_within("report_reason", reason, REASON_CHARACTERS)?;
    let before = project
        .report_of(new.month)
        .ok_or(ProjectError::MonthNotReported)?;
    let reason = reason.to_string();
    if before.version != seen {
        let is_mine = before.version - 1 == seen
            && says(before, new, &checked)
            && before.reason.as_ref() == Some(&reason);
        return if is_mine {
            Ok(())
        } else {
            Err(ProjectError::Stale)
        };
    }
    let number = (before.version + 1, Some(reason));
    let corrected = version(new, checked, number, day);
    write_report(&mut change, actor, &project, corrected).await?;
    Ok(change.commit().await?)
}

/// Whether a report says what is to be said.
fn says(present: &Report, new: &NewReport, checked: &Checked) -> bool {
    (present.percent, present.spent, present.text.as_str())
        == (new.percent, new.spent, checked.text.as_str())
        && present.explanation.as_deref() == checked.explanation.as_ref().map(PublicText::as_str)
}

fn version(
    new: &NewReport,
    checked: Checked,
    (version, reason): (i32, Option<String>),
    reported_on: Date,
) -> Report {
    Report {
        month: new.month,
        version,
        percent: new.percent,
        spent: new.spent,
        text: checked.text.into(),
        explanation: checked.explanation.map(Into::into),
        reason,
        reported_on,
    }
}

async fn write_report(
    change: &mut Change<'_>,
    actor: Actor,
    project: &Project,
    report: Report,
) -> Result<(), ProjectError> {
    let author = match actor {
        Actor::Account(account) => Some(account),
        Actor::Anonymous | Actor::System => None,
    };
    let at = change.at;
    match store::insert_report(&mut change.tx, project, &report, at, author).await {
        Err(error) if error.refused_by(UniqueKey::ProjectReportsOnce) => {
            return Err(ProjectError::MonthReported);
        }
        other => other?,
    }
    change.publish(reported(project, &report)?).await?;
    change
        .audit(ProjectEvent::Report {
            project: code(&project.plan.code)?,
            month: report.month,
            version: report.version,
        })
        .await?;
    Ok(())
}

fn reported(project: &Project, report: &Report) -> Result<ProjectReported, DatabaseError> {
    let (reason, explanation) = (report.reason.as_deref(), report.explanation.as_deref());
    Ok(ProjectReported {
        code: code(&project.plan.code)?,
        month: month(&report.month)?,
        version: number("version", report.version)?,
        percent: number("percent", report.percent)?,
        spent_fen: number("spent_fen", report.spent.fen())?,
        text: text("text", &report.text)?,
        reason: reason.map(|reason| text("reason", reason)).transpose()?,
        explanation: explanation
            .map(|explanation| text("explanation", explanation))
            .transpose()?,
        reported_on: date("reported_on", report.reported_on)?,
    })
}

/// The words of a report that is in order.
struct Checked {
    text: PublicText,
    /// What is said of the figures that are questioned.
    explanation: Option<PublicText>,
}

/// The report's words, if the report is in order: what is questioned is explained.
fn check_report(project: &Project, new: &NewReport, today: Date) -> Result<Checked, ProjectError> {
    if !(Month::of(project.handed_over_on)..=Month::of(today)).contains(&new.month) {
        return Err(ProjectError::MonthNotOpen);
    }
    if !(0..=100).contains(&new.percent) {
        return Err(ProjectError::Percent);
    }
    if new.spent < Money::from_fen(0) {
        return Err(ProjectError::Spent);
    }
    let text = text_within("report_text", &new.text, REPORT_CHARACTERS)?;
    let questions = questions(project, new);
    let explanation = match &new.explanation {
        _ if questions.is_empty() => None,
        None => return Err(ProjectError::Questioned(questions)),
        Some(typed) => Some(text_within("report_explanation", typed, REASON_CHARACTERS)?),
    };
    Ok(Checked { text, explanation })
}

fn text_within(field: &'static str, typed: &str, most: usize) -> Result<PublicText, ProjectError> {
    PublicText::cleaned(typed)
        .filter(|text| text.as_str().chars().count() <= most)
        .ok_or(ProjectError::Text(field))
}
