//! What is done with projects: one use case a function, one transaction each.

use super::audit::ProjectEvent;
use super::error::ProjectError;
use super::month::Month;
use super::project::{Project, ProjectState, Report};
use super::store;
use super::thresholds::LightRules;
use crate::cycles::store::settings_versions;
use crate::cycles::{Cycle, GuardError, Hold, Stage, require_stage};
use crate::infra::app::App;
use crate::infra::database::{DatabaseError, Tx};
use crate::infra::ids::JurisdictionId;
use crate::infra::money::Money;
use crate::infra::unique_key::UniqueKey;
use crate::people::store::units_of_account;
use crate::record::change::{Actor, Change};
use crate::record::values::{code, date, month, number, text};
use tally::record::body::{
    Body, ProjectAccepted, ProjectDelivered, ProjectMilestoneReached, ProjectReported, PublicText,
};
use time::Date;
use tracing::instrument;

/// The longest text of a report, in characters.
pub const REPORT_CHARACTERS: usize = 2000;
/// The longest reason of a correction, in characters.
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

/// Today in the deployment's zone.
pub fn today(app: &App) -> Date {
    app.clock.now().in_zone(app.config.zone()).date()
}

/// By which thresholds the lights of a jurisdiction's projects are computed, month by month.
pub async fn light_rules(
    app: &App,
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
) -> Result<LightRules, DatabaseError> {
    let versions = settings_versions(tx, jurisdiction).await?;
    let (first, later) = versions.split_first().ok_or(DatabaseError::Column {
        table: "jurisdiction_settings",
        column: "version",
        reason: format!("none of {jurisdiction}"),
    })?;
    Ok(LightRules::new(&first.settings, later, app.config.zone()))
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
    let text = check_report(&project, new, day)?;
    if let Some(present) = project.report_of(new.month) {
        return if present.version == 1 && says(present, new, &text) {
            Ok(())
        } else {
            Err(ProjectError::MonthReported)
        };
    }
    write_report(
        &mut change,
        actor,
        &project,
        version(new, text, (1, None), day),
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
    let text = check_report(&project, new, day)?;
    let reason = checked("report_reason", reason, REASON_CHARACTERS)?;
    let before = project
        .report_of(new.month)
        .ok_or(ProjectError::MonthNotReported)?;
    let reason = reason.to_string();
    if before.version != seen {
        let is_mine = before.version - 1 == seen
            && says(before, new, &text)
            && before.reason.as_ref() == Some(&reason);
        return if is_mine {
            Ok(())
        } else {
            Err(ProjectError::Stale)
        };
    }
    let number = (before.version + 1, Some(reason));
    let corrected = version(new, text, number, day);
    write_report(&mut change, actor, &project, corrected).await?;
    Ok(change.commit().await?)
}

/// Whether a report says what is to be said.
fn says(present: &Report, new: &NewReport, text: &PublicText) -> bool {
    (present.percent, present.spent, present.text.as_str())
        == (new.percent, new.spent, text.as_str())
}

fn version(
    new: &NewReport,
    text: PublicText,
    (version, reason): (i32, Option<String>),
    reported_on: Date,
) -> Report {
    Report {
        month: new.month,
        version,
        percent: new.percent,
        spent: new.spent,
        text: text.into(),
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
    let reason = report.reason.as_deref();
    Ok(ProjectReported {
        code: code(&project.plan.code)?,
        month: month(&report.month)?,
        version: number("version", report.version)?,
        percent: number("percent", report.percent)?,
        spent_fen: number("spent_fen", report.spent.fen())?,
        text: text("text", &report.text)?,
        reason: reason.map(|reason| text("reason", reason)).transpose()?,
        reported_on: date("reported_on", report.reported_on)?,
    })
}

/// The unit says that a milestone was reached. `position` counts from 0. The same day sent again is harmless.
#[instrument(skip_all, fields(cycle = %cycle.id), err(level = "debug"))]
pub async fn complete_milestone(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
    key: &str,
    position: usize,
    on: Date,
) -> Result<(), ProjectError> {
    let (mut change, project) = begin_for_unit(app, actor, cycle, key).await?;
    let milestone = project
        .milestones
        .get(position)
        .ok_or(ProjectError::NoSuchMilestone)?;
    match milestone.completed_on {
        Some(day) if day == on => return Ok(()),
        Some(_) => return Err(ProjectError::MilestoneDone),
        None => {}
    }
    check_day("completed_on", &project, on, today(app))?;
    let position = i32::try_from(position).map_err(|_| ProjectError::NoSuchMilestone)?;
    store::complete_milestone(&mut change.tx, &project, position, on).await?;
    started(&mut change, &project, on).await?;
    let reached = ProjectMilestoneReached {
        code: code(&project.plan.code)?,
        milestone: number("milestone", position + 1)?,
        text: text("text", &milestone.text)?,
        due: date("due", milestone.due)?,
        completed_on: date("completed_on", on)?,
    };
    change.publish(reached).await?;
    change
        .audit(ProjectEvent::Milestone {
            project: code(&project.plan.code)?,
            milestone: position + 1,
        })
        .await?;
    Ok(change.commit().await?)
}

/// The unit delivers the project (交付); every milestone must have been reached. The same day sent again is harmless.
#[instrument(skip_all, fields(cycle = %cycle.id), err(level = "debug"))]
pub async fn deliver(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
    key: &str,
    on: Date,
) -> Result<(), ProjectError> {
    let (mut change, project) = begin_for_unit(app, actor, cycle, key).await?;
    if project.state.delivered_on() == Some(on) {
        return Ok(());
    }
    let to = project.state.deliver(on)?;
    if project
        .milestones
        .iter()
        .any(|one| one.completed_on.is_none())
    {
        return Err(ProjectError::MilestonesOpen);
    }
    check_day("delivered_on", &project, on, today(app))?;
    let delivered = ProjectDelivered {
        code: code(&project.plan.code)?,
        delivered_on: date("delivered_on", on)?,
    };
    move_to(&mut change, &project, to, delivered).await?;
    Ok(change.commit().await?)
}

/// The office accepts a delivered project (验收销号). Who may is the route's to say. The same day sent again is harmless.
#[instrument(skip_all, fields(cycle = %cycle.id), err(level = "debug"))]
pub async fn accept(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
    key: &str,
    on: Date,
) -> Result<(), ProjectError> {
    let mut change = Change::begin(app, actor, Some(cycle.scope())).await?;
    let project = running(&mut change.tx, cycle, key).await?;
    if project.state.accepted_on() == Some(on) {
        return Ok(());
    }
    let to = project.state.accept(on)?;
    let delivered = project
        .state
        .delivered_on()
        .unwrap_or(project.handed_over_on);
    if on < delivered {
        return Err(ProjectError::Day("accepted_on"));
    }
    check_day("accepted_on", &project, on, today(app))?;
    let accepted = ProjectAccepted {
        code: code(&project.plan.code)?,
        accepted_on: date("accepted_on", on)?,
    };
    move_to(&mut change, &project, to, accepted).await?;
    Ok(change.commit().await?)
}

async fn move_to(
    change: &mut Change<'_>,
    project: &Project,
    to: ProjectState,
    fact: impl Into<Body> + Send,
) -> Result<(), ProjectError> {
    store::set_state(&mut change.tx, project, to).await?;
    change.publish(fact).await?;
    change
        .audit(ProjectEvent::State {
            project: code(&project.plan.code)?,
            state: to.name(),
        })
        .await?;
    Ok(())
}

/// The first sign of work moves a planned project on.
async fn started(
    change: &mut Change<'_>,
    project: &Project,
    day: Date,
) -> Result<(), ProjectError> {
    if let Ok(to) = project.state.start(day) {
        store::set_state(&mut change.tx, project, to).await?;
    }
    Ok(())
}

/// Begins a change by the responsible unit: by an account that works for it, or by the service itself (the demo).
async fn begin_for_unit<'a>(
    app: &'a App,
    actor: Actor,
    cycle: &Cycle,
    key: &str,
) -> Result<(Change<'a>, Project), ProjectError> {
    let mut change = Change::begin(app, actor, Some(cycle.scope())).await?;
    let project = running(&mut change.tx, cycle, key).await?;
    if may_act_for(&mut change.tx, actor, &project).await? {
        Ok((change, project))
    } else {
        Err(ProjectError::NotYourUnit)
    }
}

/// Whether the actor may act for the project's unit.
pub async fn may_act_for(
    tx: &mut Tx,
    actor: Actor,
    project: &Project,
) -> Result<bool, DatabaseError> {
    Ok(match actor {
        Actor::System => true,
        Actor::Anonymous => false,
        Actor::Account(account) => units_of_account(tx, project.jurisdiction, account)
            .await?
            .contains(&project.plan.unit),
    })
}

async fn running(tx: &mut Tx, cycle: &Cycle, key: &str) -> Result<Project, ProjectError> {
    let project = store::project(tx, cycle, key)
        .await?
        .ok_or(ProjectError::NoSuchProject)?;
    require_running(tx, cycle).await?;
    Ok(project)
}

/// Requires, until the transaction's end, that the cycle is in a stage in which projects are worked on and rated.
pub async fn require_running(tx: &mut Tx, cycle: &Cycle) -> Result<(), GuardError> {
    require_stage(
        tx,
        cycle,
        Hold::Shared,
        &[Stage::Implementing, Stage::Evaluating],
    )
    .await
}

/// The report's text, if the report is in order.
fn check_report(
    project: &Project,
    new: &NewReport,
    today: Date,
) -> Result<PublicText, ProjectError> {
    if !(Month::of(project.handed_over_on)..=Month::of(today)).contains(&new.month) {
        return Err(ProjectError::MonthNotOpen);
    }
    if !(0..=100).contains(&new.percent) {
        return Err(ProjectError::Percent);
    }
    if new.spent < Money::from_fen(0) {
        return Err(ProjectError::Spent);
    }
    checked("report_text", &new.text, REPORT_CHARACTERS)
}

fn checked(field: &'static str, typed: &str, most: usize) -> Result<PublicText, ProjectError> {
    PublicText::cleaned(typed)
        .filter(|text| text.as_str().chars().count() <= most)
        .ok_or(ProjectError::Text(field))
}

fn check_day(
    field: &'static str,
    project: &Project,
    day: Date,
    today: Date,
) -> Result<(), ProjectError> {
    if (project.handed_over_on..=today).contains(&day) {
        Ok(())
    } else {
        Err(ProjectError::Day(field))
    }
}
