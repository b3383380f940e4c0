//! What a candidate project is, and what the record says of it.

use crate::id;
use crate::infra::database::DatabaseError;
use crate::infra::money::Money;
use crate::proposals::ProposalId;
use crate::record::values::{code, date, number, text};
use serde::Serialize;
use tally::record::body;
use time::Date;

/// The longest text of a milestone, in characters.
pub const MILESTONE_CHARACTERS: usize = 100;

id!(
    /// A candidate project.
    CandidateId
);

/// A candidate project (候选项目) of a cycle's shortlist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its id.
    pub id: CandidateId,
    /// What it says about itself.
    pub facts: CandidateFacts,
    /// The accepted proposals that it grew from, oldest first.
    pub proposals: Vec<Origin>,
}

/// An accepted proposal that a candidate grew from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The proposal.
    pub id: ProposalId,
    /// Its number in the cycle.
    pub number: i32,
}

/// What the deputies decide about: everything here is in the hash that every ballot is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CandidateFacts {
    /// The office's code, unique in the cycle, e.g. `QH26-01`.
    pub code: String,
    /// The title.
    pub title: String,
    /// What will be done, in a paragraph.
    pub summary: String,
    /// 承办单位: the responsible unit.
    pub unit: String,
    /// 责任领导: the responsible lead.
    pub lead: String,
    /// What will be there when it is done.
    pub goal: String,
    /// 计划投资.
    pub budget: Money,
    /// 资金来源: where the money comes from.
    pub funding: String,
    /// Where it is built.
    pub location: String,
    /// The districts (乡镇、街道) that it serves, in the jurisdiction's order; none: the whole jurisdiction.
    pub districts: Vec<String>,
    /// The milestones in their order.
    pub milestones: Vec<Milestone>,
}

impl CandidateFacts {
    /// Which version of the facts this is: the hash of all of them, in hexadecimal. A form carries the one that it showed.
    pub fn version(&self) -> String {
        let facts = serde_json::to_vec(self).unwrap_or_default();
        hex::encode(ring::digest::digest(&ring::digest::SHA256, &facts))
    }
}

/// A milestone of a candidate's plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Milestone {
    /// The quarter, 1 to 4.
    pub quarter: i32,
    /// The day by which it is to be reached.
    pub due: Date,
    /// What is to be reached.
    pub text: String,
    /// How much of the whole is to be done by then, 0 to 100 percent.
    pub planned_percent: i32,
}

impl CandidateFacts {
    /// The facts as the record has them and everybody hashes them.
    pub fn recorded(&self) -> Result<body::CandidateFacts, DatabaseError> {
        Ok(body::CandidateFacts {
            budget_fen: number("budget_fen", self.budget.fen())?,
            code: code(&self.code)?,
            districts: self
                .districts
                .iter()
                .map(|district| text("districts", district))
                .collect::<Result<_, _>>()?,
            funding: text("funding", &self.funding)?,
            goal: text("goal", &self.goal)?,
            lead: text("lead", &self.lead)?,
            location: text("location", &self.location)?,
            milestones: self
                .milestones
                .iter()
                .map(Milestone::recorded)
                .collect::<Result<_, _>>()?,
            summary: text("summary", &self.summary)?,
            title: text("title", &self.title)?,
            unit: text("unit", &self.unit)?,
        })
    }
}

impl Milestone {
    fn recorded(&self) -> Result<body::PlannedMilestone, DatabaseError> {
        Ok(body::PlannedMilestone {
            due: date("due", self.due)?,
            planned_percent: number("planned_percent", self.planned_percent)?,
            quarter: number("quarter", self.quarter)?,
            text: text("text", &self.text)?,
        })
    }
}

impl Candidate {
    /// The candidate as the record has it.
    pub fn recorded(&self) -> Result<body::Candidate, DatabaseError> {
        Ok(body::Candidate {
            facts: self.facts.recorded()?,
            proposals: self
                .proposals
                .iter()
                .map(|origin| number("proposals", origin.number))
                .collect::<Result<_, _>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn the_facts_are_recorded_in_fen_and_by_their_canonical_bytes() {
        let facts = CandidateFacts {
            code: "QH26-02".to_owned(),
            title: "农村公路提档升级".to_owned(),
            summary: "改造68公里".to_owned(),
            unit: "县交通运输局".to_owned(),
            lead: "赵局长".to_owned(),
            goal: "68公里通车".to_owned(),
            budget: Money::from_wan(5440),
            funding: "县财政".to_owned(),
            location: "九个乡镇".to_owned(),
            districts: vec!["稻香镇".to_owned(), "柳湾镇".to_owned()],
            milestones: vec![Milestone {
                quarter: 1,
                due: date!(2026 - 03 - 31),
                text: "完成招标".to_owned(),
                planned_percent: 10,
            }],
        };
        assert_eq!(
            body::facts_json([&facts.recorded().unwrap()]),
            "[{\"budget_fen\":5440000000,\"code\":\"QH26-02\",\"districts\":[\"稻香镇\",\"柳湾镇\"],\
             \"funding\":\"县财政\",\"goal\":\"68公里通车\",\"lead\":\"赵局长\",\"location\":\"九个乡镇\",\"milestones\":[{\"due\":\"2026-03-31\",\
             \"planned_percent\":10,\"quarter\":1,\"text\":\"完成招标\"}],\"summary\":\"改造68公里\",\
             \"title\":\"农村公路提档升级\",\"unit\":\"县交通运输局\"}]"
        );
    }
}
