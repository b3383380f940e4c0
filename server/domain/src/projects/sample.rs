//! A project for tests.

use super::month::Month;
use super::project::{Milestone, Plan, Project, ProjectId, ProjectState, Report};
use crate::infra::clock::Timestamp;
use crate::infra::entropy::Entropy;
use crate::infra::ids::{CycleId, JurisdictionId};
use crate::infra::money::Money;
use crate::people::{Unit, UnitId};
use crate::screening::CandidateId;
use time::macros::date;

/// A project of 1,000 万元 for this code, handed over on 31 January 2026, half to be done by the end of June and all by the
/// end of November; it serves the whole jurisdiction, and nothing is reported.
pub(super) fn project(code: &str) -> Project {
    let (at, entropy) = (Timestamp::from_millis(0), Entropy::seeded([7; 32]));
    let day = date!(2026 - 01 - 31);
    let milestone = |due, planned_percent| Milestone {
        quarter: 2,
        due,
        text: "完成主体".to_owned(),
        planned_percent,
        completed_on: None,
    };
    let text = |text: &str| text.to_owned();
    Project {
        id: ProjectId::new(at, &entropy),
        jurisdiction: JurisdictionId::new(at, &entropy),
        cycle: CycleId::new(at, &entropy),
        candidate: CandidateId::new(at, &entropy),
        handed_over_on: day,
        state: ProjectState::Underway { since: day },
        milestones: vec![
            milestone(date!(2026 - 06 - 30), 50),
            milestone(date!(2026 - 11 - 30), 100),
        ],
        reports: Vec::new(),
        plan: Plan {
            code: text(code),
            title: text("农村公路提档升级"),
            summary: text("改造68公里"),
            unit: Unit {
                id: UnitId::new(at, &entropy),
                name: text("县交通运输局"),
            },
            lead: text("赵局长"),
            goal: text("68公里通车"),
            budget: Money::from_wan(1000),
            funding: text("县财政"),
            location: text("九个乡镇"),
            districts: Vec::new(),
        },
    }
}

/// A report for this month, made on its last day.
pub(super) fn report(month: &str, percent: i32, wan: i64) -> Report {
    let month: Month = month.parse().unwrap();
    Report {
        month,
        version: 1,
        percent,
        spent: Money::from_wan(wan),
        text: "按计划推进。".to_owned(),
        reason: None,
        explanation: None,
        reported_on: month.last_day(),
    }
}
