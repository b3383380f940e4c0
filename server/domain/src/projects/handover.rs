//! The hand-over (交办): what the deputies chose becomes projects of the responsible units.

use super::audit::ProjectEvent;
use super::error::ProjectError;
use super::project::{Milestone, Plan, Project, ProjectId, ProjectState};
use super::store;
use super::use_cases::today;
use crate::cycles::{Cycle, Hold, Stage, require_stage};
use crate::infra::app::App;
use crate::infra::database::{DatabaseError, Tx};
use crate::infra::unique_key::UniqueKey;
use crate::people::store::{insert_unit, units};
use crate::people::{Unit, UnitId};
use crate::record::change::{Actor, Change};
use crate::record::values::{code, date};
use crate::screening::{Candidate, Origin, candidates};
use crate::session::{PollId, SessionError, rounds};
use tally::record::body::ProjectHandedOver;
use time::Date;
use tracing::instrument;

/// The codes that the cycle's vote has chosen with all that followed it, in the order of the ballot; empty before.
#[instrument(skip_all, fields(cycle = %cycle.id), err(level = "debug"))]
pub async fn chosen(tx: &mut Tx, cycle: &Cycle) -> Result<Vec<String>, SessionError> {
    let rounds = rounds(tx, cycle).await?;
    Ok(rounds.map_or_else(Vec::new, |rounds| rounds.chosen()))
}

/// Where a project came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The accepted proposals that its candidate grew from, oldest first.
    pub proposals: Vec<Origin>,
    /// The vote that chose it; none where it was handed over without one.
    pub vote: Option<Vote>,
}

/// The vote that chose a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vote {
    /// The poll.
    pub poll: PollId,
    /// How many voted for it.
    pub votes: u64,
    /// The fewest with which it could be chosen.
    pub needed: u64,
}

/// Where a project came from: its candidate's proposals, and the last poll of the vote that chose it.
#[instrument(skip_all, fields(cycle = %cycle.id), err(level = "debug"))]
pub async fn source(tx: &mut Tx, cycle: &Cycle, project: &Project) -> Result<Source, SessionError> {
    let candidates = candidates(tx, cycle).await?;
    let candidate = candidates
        .into_iter()
        .find(|candidate| candidate.id == project.candidate);
    let decided = rounds(tx, cycle)
        .await?
        .map_or_else(Vec::new, |one| one.polls);
    let vote = decided.into_iter().rev().find_map(|(poll, decision)| {
        let item = decision
            .items
            .iter()
            .find(|item| item.standing.is_chosen() && item.id.to_string() == project.plan.code)?;
        Some(Vote {
            poll: poll.id,
            votes: item.votes.in_favour,
            needed: decision.votes_needed,
        })
    });
    Ok(Source {
        proposals: candidate.map_or_else(Vec::new, |candidate| candidate.proposals),
        vote,
    })
}

/// The office hands over what the vote has chosen and is no project yet. Who may is the route's
/// to say.
#[instrument(skip_all, fields(cycle = %cycle.id), err(level = "debug"))]
pub async fn hand_over_chosen(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
) -> Result<Vec<ProjectId>, ProjectError> {
    let mut change = Change::begin(app, actor, Some(cycle.scope())).await?;
    let taken = store::projects(&mut change.tx, cycle).await?;
    let open: Vec<String> = chosen(&mut change.tx, cycle)
        .await?
        .into_iter()
        .filter(|code| taken.iter().all(|project| project.plan.code != *code))
        .collect();
    if open.is_empty() && !taken.is_empty() {
        return Err(ProjectError::AlreadyHandedOver);
    }
    let made = hand_over(app, &mut change, cycle, &open).await?;
    change.commit().await?;
    Ok(made)
}

/// Hands the chosen candidates over to their units (交办): each becomes a project with its plan. `chosen` are the
/// codes that an announced poll chose. Units that the roster lacks are added. Belongs into the caller's change,
/// who has the right to it and audits nothing further.
#[instrument(skip_all, fields(cycle = %cycle.id), err(level = "debug"))]
pub async fn hand_over(
    app: &App,
    change: &mut Change<'_>,
    cycle: &Cycle,
    chosen: &[String],
) -> Result<Vec<ProjectId>, ProjectError> {
    let allowed = [Stage::Voting, Stage::Implementing];
    require_stage(&mut change.tx, cycle, Hold::Shared, &allowed).await?;
    if chosen.is_empty() {
        return Err(ProjectError::NothingChosen);
    }
    let listed = candidates(&mut change.tx, cycle).await?;
    let day = today(app);
    let mut made = Vec::new();
    for code in chosen {
        let candidate = listed
            .iter()
            .find(|candidate| candidate.facts.code == *code)
            .ok_or_else(|| ProjectError::UnknownCandidate(code.clone()))?;
        let unit = unit_named(app, change, cycle, &candidate.facts.unit).await?;
        let project = planned(app, change, cycle, candidate, unit, day);
        match store::insert(&mut change.tx, &project).await {
            Err(error) if error.refused_by(UniqueKey::ProjectsCode) => {
                return Err(ProjectError::AlreadyHandedOver);
            }
            other => other?,
        }
        let handed_over = ProjectHandedOver {
            handed_over_on: date("handed_over_on", day)?,
            plan: candidate.facts.recorded()?,
        };
        change.publish(handed_over).await?;
        made.push(project.id);
    }
    let codes = chosen
        .iter()
        .map(|one| code(one))
        .collect::<Result<_, _>>()?;
    change
        .audit(ProjectEvent::HandOver {
            cycle: cycle.id,
            chosen: codes,
        })
        .await?;
    Ok(made)
}

fn planned(
    app: &App,
    change: &Change<'_>,
    cycle: &Cycle,
    candidate: &Candidate,
    unit: Unit,
    day: Date,
) -> Project {
    let facts = candidate.facts.clone();
    Project {
        id: ProjectId::new(change.at, &app.entropy),
        jurisdiction: cycle.jurisdiction,
        cycle: cycle.id,
        candidate: candidate.id,
        handed_over_on: day,
        state: ProjectState::Planned,
        milestones: facts
            .milestones
            .into_iter()
            .map(|milestone| Milestone {
                quarter: milestone.quarter,
                due: milestone.due,
                text: milestone.text,
                planned_percent: milestone.planned_percent,
                completed_on: None,
            })
            .collect(),
        reports: Vec::new(),
        plan: Plan {
            code: facts.code,
            title: facts.title,
            summary: facts.summary,
            unit,
            lead: facts.lead,
            goal: facts.goal,
            budget: facts.budget,
            funding: facts.funding,
            location: facts.location,
            districts: facts.districts,
        },
    }
}

async fn unit_named(
    app: &App,
    change: &mut Change<'_>,
    cycle: &Cycle,
    name: &str,
) -> Result<Unit, DatabaseError> {
    let known = units(&mut change.tx, cycle.jurisdiction).await?;
    if let Some(unit) = known.into_iter().find(|unit| unit.name == name) {
        return Ok(unit);
    }
    let unit = Unit {
        id: UnitId::new(change.at, &app.entropy),
        name: name.to_owned(),
    };
    insert_unit(&mut change.tx, cycle.jurisdiction, &unit).await?;
    Ok(unit)
}
