//! What a project is, and how it goes from plan to acceptance.

use super::light::{BasisPoints, Light, Reading, Standing, Waypoint, history, light};
use super::month::Month;
use super::thresholds::LightRules;
use crate::id;
use crate::infra::ids::{CycleId, JurisdictionId};
use crate::infra::money::Money;
use crate::name_enum;
use crate::people::Unit;
use crate::screening::CandidateId;
use time::Date;

id!(
    /// A project that the deputies chose.
    ProjectId
);

/// A project (民生实事项目) under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// Whose.
    pub jurisdiction: JurisdictionId,
    /// Of which cycle.
    pub cycle: CycleId,
    /// The candidate that it was.
    pub candidate: CandidateId,
    /// What was chosen.
    pub plan: Plan,
    /// The day of the hand-over (交办).
    pub handed_over_on: Date,
    /// How far it has come.
    pub state: ProjectState,
    /// The milestones in their order.
    pub milestones: Vec<Milestone>,
    /// All versions of all reports, in the order in which they were made.
    pub reports: Vec<Report>,
}

/// The implementation plan: the chosen candidate's facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The candidate's code, e.g. `QH26-01`.
    pub code: String,
    /// The title.
    pub title: String,
    /// What will be done.
    pub summary: String,
    /// 承办单位: the responsible unit.
    pub unit: Unit,
    /// 责任领导: the responsible lead.
    pub lead: String,
    /// What will be there when it is done.
    pub goal: String,
    /// 计划投资.
    pub budget: Money,
    /// 资金来源.
    pub funding: String,
    /// Where.
    pub location: String,
    /// The districts that it serves, in the jurisdiction's order; none: the whole jurisdiction.
    pub districts: Vec<String>,
}

impl Plan {
    /// Whether it serves the people of this district.
    pub fn serves(&self, district: &str) -> bool {
        self.districts.is_empty() || self.districts.iter().any(|one| one == district)
    }
}

/// A milestone of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Milestone {
    /// The quarter, 1 to 4.
    pub quarter: i32,
    /// By when.
    pub due: Date,
    /// What is to be reached.
    pub text: String,
    /// How much of the whole is to be done by then, 0 to 100 per cent.
    pub planned_percent: i32,
    /// When it was reached.
    pub completed_on: Option<Date>,
}

/// One version of a monthly report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// For which month.
    pub month: Month,
    /// 1 for the first, more for corrections.
    pub version: i32,
    /// How much of the whole is done since the start, 0 to 100 per cent.
    pub percent: i32,
    /// How much is spent since the start.
    pub spent: Money,
    /// What was done.
    pub text: String,
    /// Why it was corrected; from version 2 on.
    pub reason: Option<String>,
    /// What the unit says of figures that were questioned ([`super::Question`]).
    pub explanation: Option<String>,
    /// On which day it was made.
    pub reported_on: Date,
}

/// The states of a project and the steps between them.
///
/// ```mermaid
/// stateDiagram-v2
///     [*] --> planned
///     planned --> underway: start
///     underway --> delivered: deliver
///     delivered --> accepted: accept
///     accepted --> [*]
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProjectState {
    /// Handed over, nothing reported yet.
    Planned,
    /// Being built, since the first report or milestone.
    Underway {
        /// Since when.
        since: Date,
    },
    /// The unit says that it is done.
    Delivered {
        /// Since when it was being built.
        since: Date,
        /// When it was delivered (交付).
        on: Date,
    },
    /// The office has accepted it (验收销号).
    Accepted {
        /// Since when it was being built.
        since: Date,
        /// When it was delivered.
        delivered_on: Date,
        /// When it was accepted.
        on: Date,
    },
}

name_enum! {
    /// A state's name.
    ///
    /// [`Self::name`]: the name in code, exports and translation keys (`project-state-<name>`).
    #[expect(missing_docs, reason = "described at ProjectState")]
    pub enum StateName {
        Planned = "planned",
        Underway = "underway",
        Delivered = "delivered",
        Accepted = "accepted",
    }
}

/// The steps from state to state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "described at ProjectState")]
pub enum Step {
    Start,
    Deliver,
    Accept,
}

/// A step that a project in this state does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a project that is {from:?} cannot take the step {step:?}")]
pub struct StateError {
    /// Where it is.
    pub from: StateName,
    /// What was to be done.
    pub step: Step,
}

impl ProjectState {
    /// The first sign of work.
    pub fn start(self, since: Date) -> Result<Self, StateError> {
        match self {
            Self::Planned => Ok(Self::Underway { since }),
            Self::Underway { .. } | Self::Delivered { .. } | Self::Accepted { .. } => {
                Err(self.refuse(Step::Start))
            }
        }
    }

    /// The unit delivers.
    pub fn deliver(self, on: Date) -> Result<Self, StateError> {
        match self {
            Self::Underway { since } => Ok(Self::Delivered { since, on }),
            Self::Planned | Self::Delivered { .. } | Self::Accepted { .. } => {
                Err(self.refuse(Step::Deliver))
            }
        }
    }

    /// The office accepts.
    pub fn accept(self, on: Date) -> Result<Self, StateError> {
        match self {
            Self::Delivered {
                since,
                on: delivered_on,
            } => Ok(Self::Accepted {
                since,
                delivered_on,
                on,
            }),
            Self::Planned | Self::Underway { .. } | Self::Accepted { .. } => {
                Err(self.refuse(Step::Accept))
            }
        }
    }

    /// The state's name.
    pub const fn name(&self) -> StateName {
        match self {
            Self::Planned => StateName::Planned,
            Self::Underway { .. } => StateName::Underway,
            Self::Delivered { .. } => StateName::Delivered,
            Self::Accepted { .. } => StateName::Accepted,
        }
    }

    /// Since when it was being built.
    pub const fn underway_on(&self) -> Option<Date> {
        match self {
            Self::Planned => None,
            Self::Underway { since }
            | Self::Delivered { since, .. }
            | Self::Accepted { since, .. } => Some(*since),
        }
    }

    /// When it was delivered.
    pub const fn delivered_on(&self) -> Option<Date> {
        match self {
            Self::Planned | Self::Underway { .. } => None,
            Self::Delivered { on, .. }
            | Self::Accepted {
                delivered_on: on, ..
            } => Some(*on),
        }
    }

    /// When it was accepted.
    pub const fn accepted_on(&self) -> Option<Date> {
        match self {
            Self::Planned | Self::Underway { .. } | Self::Delivered { .. } => None,
            Self::Accepted { on, .. } => Some(*on),
        }
    }

    const fn refuse(&self, step: Step) -> StateError {
        StateError {
            from: self.name(),
            step,
        }
    }
}

impl Project {
    /// What its light is computed from.
    pub fn standing(&self) -> Standing {
        Standing {
            started_on: self.handed_over_on,
            waypoints: self
                .milestones
                .iter()
                .map(|milestone| Waypoint {
                    due: milestone.due,
                    planned_percent: milestone.planned_percent,
                    completed_on: milestone.completed_on,
                })
                .collect(),
            readings: self
                .reports
                .iter()
                .map(|report| Reading {
                    month: report.month,
                    percent: report.percent,
                    reported_on: report.reported_on,
                })
                .collect(),
            delivered_on: self.state.delivered_on(),
            accepted_on: self.state.accepted_on(),
        }
    }

    /// Its light today.
    pub fn light(&self, today: Date, rules: &LightRules) -> Light {
        light(&self.standing(), today, rules.on(today))
    }

    /// Its light in each month.
    pub fn lights(&self, today: Date, rules: &LightRules) -> Vec<(Month, Light)> {
        history(&self.standing(), today, rules)
    }

    /// What was to be done by today.
    pub fn planned(&self, today: Date) -> BasisPoints {
        self.standing().planned(today)
    }

    /// The report that is in force for a month.
    pub fn report_of(&self, month: Month) -> Option<&Report> {
        self.reports
            .iter()
            .filter(|report| report.month == month)
            .max_by_key(|report| report.version)
    }

    /// The report in force for the latest month.
    pub fn latest(&self) -> Option<&Report> {
        self.reports
            .iter()
            .max_by_key(|report| (report.month, report.version))
    }

    /// The report in force for the latest month before this one.
    pub fn report_before(&self, month: Month) -> Option<&Report> {
        self.reports
            .iter()
            .filter(|report| report.month < month)
            .max_by_key(|report| (report.month, report.version))
    }

    /// The month whose report is wanted next: the oldest that is over and has none, else the present one, else any that is
    /// open. The month of the hand-over needs none, nor those from the delivery's on.
    pub fn month_to_report(&self, today: Date) -> Option<Month> {
        let first = Month::of(self.handed_over_on);
        let last = self.state.delivered_on().map(Month::of);
        let open = self.open_months(today);
        let mut due = open
            .iter()
            .filter(|month| last.is_none_or(|last| **month < last));
        let next = due.clone().find(|month| **month > first);
        next.or_else(|| due.next()).copied()
    }

    /// The first milestone in the plan's order that is not reached.
    pub fn next_milestone(&self) -> Option<&Milestone> {
        self.milestones
            .iter()
            .find(|milestone| milestone.completed_on.is_none())
    }

    /// The months that have a report, oldest first.
    pub fn reported_months(&self) -> Vec<Month> {
        let mut months: Vec<Month> = self.reports.iter().map(|report| report.month).collect();
        months.sort_unstable();
        months.dedup();
        months
    }

    /// The months that a report may be made for and that have none: from the hand-over to now.
    pub fn open_months(&self, today: Date) -> Vec<Month> {
        Month::of(self.handed_over_on)
            .to(Month::of(today))
            .filter(|month| self.report_of(*month).is_none())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn a_project_s_steps_are_exactly_the_diagram_s() {
        let drawn: Vec<(&str, &str, &str)> = include_str!("project.rs")
            .lines()
            .filter_map(|line| line.trim_start_matches("///").trim().split_once(" --> "))
            .filter_map(|(from, rest)| {
                let (to, step) = rest.split_once(": ")?;
                Some((from, to, step))
            })
            .collect();
        let day = date!(2026 - 03 - 01);
        let underway = ProjectState::Planned.start(day).unwrap();
        let delivered = underway.deliver(day).unwrap();
        let accepted = delivered.accept(day).unwrap();
        let mut found = Vec::new();
        for from in [ProjectState::Planned, underway, delivered, accepted] {
            for (step, reached) in [
                ("start", from.start(day)),
                ("deliver", from.deliver(day)),
                ("accept", from.accept(day)),
            ] {
                if let Ok(to) = reached {
                    found.push((from.name().name(), to.name().name(), step));
                }
            }
        }
        assert_eq!(found, drawn);
    }
}
