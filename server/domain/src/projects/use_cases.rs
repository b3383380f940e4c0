//! What is done with projects beside reporting: one use case a function, one transaction each.

use super::audit::ProjectEvent;
use super::error::ProjectError;
use super::project::{Project, ProjectState};
use super::store;
use super::thresholds::LightRules;
use crate::cycles::store::settings_versions;
use crate::cycles::{Cycle, GuardError, Hold, Stage, require_stage};
use crate::infra::app::App;
use crate::infra::database::{DatabaseError, Tx};
use crate::infra::ids::JurisdictionId;
use crate::people::store::units_of_account;
use crate::record::change::{Actor, Change};
use crate::record::values::{code, date, number, text};
use tally::record::body::{Body, ProjectAccepted, ProjectDelivered, ProjectMilestoneReached};
use time::Date;
use tracing::instrument;

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
pub(super) async fn started(
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
pub(super) async fn begin_for_unit<'a>(
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
