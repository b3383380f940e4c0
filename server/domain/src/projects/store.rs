//! Projects in the database.

use super::month::Month;
use super::project::{Milestone, Plan, Project, ProjectId, ProjectState, Report, StateName};
use crate::cycles::Cycle;
use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, exactly_one};
use crate::infra::ids::{AccountId, CycleId, JurisdictionId};
use crate::infra::money::Money;
use crate::on_either;
use crate::people::{Unit, UnitId};
use crate::screening::CandidateId;
use std::collections::HashMap;
use time::Date;
use time::format_description::well_known::Iso8601;
use tracing::instrument;

#[derive(sqlx::FromRow)]
struct ProjectRow {
    jurisdiction: JurisdictionId,
    id: ProjectId,
    cycle: CycleId,
    candidate: CandidateId,
    code: String,
    title: String,
    summary: String,
    unit: UnitId,
    unit_name: String,
    lead: String,
    goal: String,
    budget: Money,
    funding: String,
    location: String,
    handed_over_on: String,
    state: StateName,
    underway_on: Option<String>,
    delivered_on: Option<String>,
    accepted_on: Option<String>,
}

impl TryFrom<ProjectRow> for Project {
    type Error = DatabaseError;

    fn try_from(row: ProjectRow) -> Result<Self, DatabaseError> {
        let state = state_of(&row)?;
        Ok(Self {
            id: row.id,
            jurisdiction: row.jurisdiction,
            cycle: row.cycle,
            candidate: row.candidate,
            handed_over_on: day("handed_over_on", &row.handed_over_on)?,
            state,
            plan: Plan {
                code: row.code,
                title: row.title,
                summary: row.summary,
                unit: Unit {
                    id: row.unit,
                    name: row.unit_name,
                },
                lead: row.lead,
                goal: row.goal,
                budget: row.budget,
                funding: row.funding,
                location: row.location,
                districts: Vec::new(),
            },
            milestones: Vec::new(),
            reports: Vec::new(),
        })
    }
}

fn state_of(row: &ProjectRow) -> Result<ProjectState, DatabaseError> {
    let needed = |column: &'static str, value: &Option<String>| match value {
        Some(text) => day(column, text),
        None => Err(broken(column, &format!("empty although {:?}", row.state))),
    };
    let since = || needed("underway_on", &row.underway_on);
    let delivered = || needed("delivered_on", &row.delivered_on);
    Ok(match row.state {
        StateName::Planned => ProjectState::Planned,
        StateName::Underway => ProjectState::Underway { since: since()? },
        StateName::Delivered => ProjectState::Delivered {
            since: since()?,
            on: delivered()?,
        },
        StateName::Accepted => ProjectState::Accepted {
            since: since()?,
            delivered_on: delivered()?,
            on: needed("accepted_on", &row.accepted_on)?,
        },
    })
}

fn broken(column: &'static str, reason: &dyn std::fmt::Display) -> DatabaseError {
    DatabaseError::Column {
        table: "projects",
        column,
        reason: reason.to_string(),
    }
}

fn day(column: &'static str, text: &str) -> Result<Date, DatabaseError> {
    Date::parse(text, &Iso8601::DATE).map_err(|error| broken(column, &format!("{text}: {error}")))
}

/// The projects of a cycle by code, with districts, milestones and all versions of all reports.
#[instrument(level = "debug", skip_all)]
pub async fn projects(tx: &mut Tx, cycle: &Cycle) -> Result<Vec<Project>, DatabaseError> {
    projects_of(tx, cycle.jurisdiction, cycle.id).await
}

/// The same where only the ids are at hand.
#[instrument(level = "debug", skip_all)]
pub async fn projects_of(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    cycle: CycleId,
) -> Result<Vec<Project>, DatabaseError> {
    let rows: Vec<ProjectRow> = on_either!(tx, conn => sqlx::query_as(
        "SELECT projects.jurisdiction, projects.id, cycle, candidate, code, title, summary, unit, \
         units.name AS unit_name, lead, goal, budget, funding, location, handed_over_on, state, underway_on, \
         delivered_on, accepted_on FROM projects \
         JOIN units ON units.jurisdiction = projects.jurisdiction AND units.id = projects.unit \
         WHERE projects.jurisdiction = $1 AND projects.cycle = $2 ORDER BY code",
    ).bind(jurisdiction).bind(cycle).fetch_all(&mut *conn).await?);
    let mut districts = districts(tx, jurisdiction, cycle).await?;
    let mut milestones = milestones(tx, jurisdiction, cycle).await?;
    let mut reports = reports(tx, jurisdiction, cycle).await?;
    rows.into_iter()
        .map(|row| {
            let mut project: Project = row.try_into()?;
            project.plan.districts = districts.remove(&project.id).unwrap_or_default();
            project.milestones = milestones.remove(&project.id).unwrap_or_default();
            project.reports = reports.remove(&project.id).unwrap_or_default();
            Ok(project)
        })
        .collect()
}

/// The project of this code or id in the cycle; of another jurisdiction's there is none (promise 7).
#[instrument(level = "debug", skip_all)]
pub async fn project(
    tx: &mut Tx,
    cycle: &Cycle,
    key: &str,
) -> Result<Option<Project>, DatabaseError> {
    let id: Option<ProjectId> = key.parse().ok();
    // A cycle has a dozen projects: reading all of them keeps one statement instead of two.
    Ok(projects(tx, cycle)
        .await?
        .into_iter()
        .find(|project| project.plan.code == key || Some(project.id) == id))
}

async fn districts(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    cycle: CycleId,
) -> Result<HashMap<ProjectId, Vec<String>>, DatabaseError> {
    let rows: Vec<(ProjectId, String)> = on_either!(tx, conn => sqlx::query_as(
        "SELECT project, district FROM project_districts \
         JOIN projects ON projects.jurisdiction = project_districts.jurisdiction \
             AND projects.id = project_districts.project \
         WHERE projects.jurisdiction = $1 AND projects.cycle = $2 ORDER BY project, position",
    ).bind(jurisdiction).bind(cycle).fetch_all(&mut *conn).await?);
    let mut found: HashMap<ProjectId, Vec<String>> = HashMap::new();
    for (project, district) in rows {
        found.entry(project).or_default().push(district);
    }
    Ok(found)
}

#[derive(sqlx::FromRow)]
struct MilestoneRow {
    project: ProjectId,
    quarter: i32,
    due: String,
    text: String,
    planned_percent: i32,
    completed_on: Option<String>,
}

async fn milestones(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    cycle: CycleId,
) -> Result<HashMap<ProjectId, Vec<Milestone>>, DatabaseError> {
    let rows: Vec<MilestoneRow> = on_either!(tx, conn => sqlx::query_as(
        "SELECT project, quarter, due, text, planned_percent, completed_on FROM project_milestones \
         JOIN projects ON projects.jurisdiction = project_milestones.jurisdiction \
             AND projects.id = project_milestones.project \
         WHERE projects.jurisdiction = $1 AND projects.cycle = $2 ORDER BY project, position",
    ).bind(jurisdiction).bind(cycle).fetch_all(&mut *conn).await?);
    let mut found: HashMap<ProjectId, Vec<Milestone>> = HashMap::new();
    for row in rows {
        let completed_on = row.completed_on.as_deref();
        found.entry(row.project).or_default().push(Milestone {
            quarter: row.quarter,
            due: day("milestones.due", &row.due)?,
            text: row.text,
            planned_percent: row.planned_percent,
            completed_on: completed_on
                .map(|text| day("milestones.completed_on", text))
                .transpose()?,
        });
    }
    Ok(found)
}

#[derive(sqlx::FromRow)]
struct ReportRow {
    project: ProjectId,
    month: String,
    version: i32,
    percent: i32,
    spent: Money,
    text: String,
    reason: Option<String>,
    explanation: Option<String>,
    reported_on: String,
}

async fn reports(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    cycle: CycleId,
) -> Result<HashMap<ProjectId, Vec<Report>>, DatabaseError> {
    let rows: Vec<ReportRow> = on_either!(tx, conn => sqlx::query_as(
        "SELECT project, month, version, percent, spent, text, reason, explanation, reported_on \
         FROM project_reports \
         JOIN projects ON projects.jurisdiction = project_reports.jurisdiction \
             AND projects.id = project_reports.project \
         WHERE projects.jurisdiction = $1 AND projects.cycle = $2 ORDER BY project, made_at, month, version",
    ).bind(jurisdiction).bind(cycle).fetch_all(&mut *conn).await?);
    let mut found: HashMap<ProjectId, Vec<Report>> = HashMap::new();
    for row in rows {
        let month: Month = row
            .month
            .parse()
            .map_err(|error| broken("reports.month", &error))?;
        found.entry(row.project).or_default().push(Report {
            month,
            version: row.version,
            percent: row.percent,
            spent: row.spent,
            text: row.text,
            reason: row.reason,
            explanation: row.explanation,
            reported_on: day("reports.reported_on", &row.reported_on)?,
        });
    }
    Ok(found)
}

/// Adds a project with its districts and milestones. A candidate that is a project already violates `projects_code`.
#[instrument(level = "debug", skip_all)]
pub async fn insert(tx: &mut Tx, new: &Project) -> Result<(), DatabaseError> {
    let plan = &new.plan;
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO projects (jurisdiction, id, cycle, candidate, code, title, summary, unit, lead, goal, budget, \
         funding, location, handed_over_on, state) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    ).bind(new.jurisdiction).bind(new.id).bind(new.cycle).bind(new.candidate).bind(&plan.code).bind(&plan.title)
     .bind(&plan.summary).bind(plan.unit.id).bind(&plan.lead).bind(&plan.goal).bind(plan.budget)
     .bind(&plan.funding).bind(&plan.location).bind(new.handed_over_on.to_string()).bind(new.state.name())
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO projects", touched)?;
    for (position, district) in (0_i32..).zip(&plan.districts) {
        let touched = on_either!(tx, conn => sqlx::query(
            "INSERT INTO project_districts (jurisdiction, project, position, district) VALUES ($1, $2, $3, $4)",
        ).bind(new.jurisdiction).bind(new.id).bind(position).bind(district)
         .execute(&mut *conn).await?.rows_affected());
        exactly_one("INSERT INTO project_districts", touched)?;
    }
    for (position, milestone) in (0_i32..).zip(&new.milestones) {
        let touched = on_either!(tx, conn => sqlx::query(
            "INSERT INTO project_milestones (jurisdiction, project, position, quarter, due, text, planned_percent) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        ).bind(new.jurisdiction).bind(new.id).bind(position).bind(milestone.quarter)
         .bind(milestone.due.to_string()).bind(&milestone.text).bind(milestone.planned_percent)
         .execute(&mut *conn).await?.rows_affected());
        exactly_one("INSERT INTO project_milestones", touched)?;
    }
    Ok(())
}

/// Adds a version of a report. A version that exists violates `project_reports_once`.
#[instrument(level = "debug", skip_all)]
pub async fn insert_report(
    tx: &mut Tx,
    project: &Project,
    report: &Report,
    at: Timestamp,
    author: Option<AccountId>,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO project_reports (jurisdiction, project, month, version, percent, spent, text, reason, \
         explanation, reported_on, made_at, author) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    ).bind(project.jurisdiction).bind(project.id).bind(report.month.to_string()).bind(report.version)
     .bind(report.percent).bind(report.spent).bind(&report.text).bind(&report.reason)
     .bind(&report.explanation).bind(report.reported_on.to_string()).bind(at).bind(author)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO project_reports", touched)
}

/// Notes that a milestone was reached; fails if it had been.
#[instrument(level = "debug", skip_all)]
pub async fn complete_milestone(
    tx: &mut Tx,
    project: &Project,
    position: i32,
    on: Date,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "UPDATE project_milestones SET completed_on = $4 \
         WHERE jurisdiction = $1 AND project = $2 AND position = $3 AND completed_on IS NULL",
    ).bind(project.jurisdiction).bind(project.id).bind(position).bind(on.to_string())
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE project_milestones SET completed_on", touched)
}

/// Moves a project to another state; fails if somebody else has moved it meanwhile.
#[instrument(level = "debug", skip_all)]
pub async fn set_state(
    tx: &mut Tx,
    project: &Project,
    to: ProjectState,
) -> Result<(), DatabaseError> {
    let text = |day: Option<Date>| day.map(|day| day.to_string());
    let touched = on_either!(tx, conn => sqlx::query(
        "UPDATE projects SET state = $4, underway_on = $5, delivered_on = $6, accepted_on = $7 \
         WHERE jurisdiction = $1 AND id = $2 AND state = $3",
    ).bind(project.jurisdiction).bind(project.id).bind(project.state.name()).bind(to.name())
     .bind(text(to.underway_on())).bind(text(to.delivered_on())).bind(text(to.accepted_on()))
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE projects SET state", touched)
}
