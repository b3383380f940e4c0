//! What a candidate project is, and the facts of a list of candidates as everybody can hash them.

use crate::id;
use crate::infra::money::Money;
use crate::proposals::ProposalId;
use ring::digest::{SHA256, digest};
use serde::Serialize;
use serde_json::{Value, json};
use time::Date;

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
    pub proposals: Vec<ProposalId>,
}

/// What the deputies decide about: everything here is in the hash that every ballot is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandidateFacts {
    /// The office's code, unique in the cycle, e.g. `QH26-01`.
    pub code: String,
    /// The title.
    pub title: String,
    /// What will be done, in a paragraph.
    pub summary: String,
    /// 承办单位: the responsible unit.
    pub unit: String,
    /// 责任人: the responsible lead.
    pub lead: String,
    /// What will be there when it is done.
    pub goal: String,
    /// 计划投资.
    pub budget: Money,
    /// 资金来源: where the money comes from.
    pub funding: String,
    /// Where it is built.
    pub location: String,
    /// The milestones in their order.
    pub milestones: Vec<Milestone>,
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
    /// The facts as JSON; amounts in fen, dates as `2026-03-31`.
    pub fn json(&self) -> Value {
        let milestones: Vec<Value> = self
            .milestones
            .iter()
            .map(|milestone| {
                json!({
                    "due": milestone.due.to_string(),
                    "planned_percent": milestone.planned_percent,
                    "quarter": milestone.quarter,
                    "text": milestone.text,
                })
            })
            .collect();
        json!({
            "budget_fen": self.budget.fen(),
            "code": self.code,
            "funding": self.funding,
            "goal": self.goal,
            "lead": self.lead,
            "location": self.location,
            "milestones": milestones,
            "summary": self.summary,
            "title": self.title,
            "unit": self.unit,
        })
    }
}

/// The facts of all candidates by code, as canonical JSON (RFC 8785: keys sorted, no spaces; all numbers here
/// are whole). Its SHA-256 is [`facts_hash`].
pub fn canonical_facts(candidates: &[Candidate]) -> String {
    let mut facts: Vec<&CandidateFacts> = candidates.iter().map(|one| &one.facts).collect();
    facts.sort_by(|a, b| a.code.cmp(&b.code));
    // `json()` writes its keys in sorted order, which a test holds it to.
    facts
        .into_iter()
        .map(CandidateFacts::json)
        .collect::<Value>()
        .to_string()
}

/// The SHA-256 of [`canonical_facts`] in lower-case hexadecimal: the rule names it, so ballots are bound to it.
pub fn facts_hash(candidates: &[Candidate]) -> String {
    hex::encode(digest(&SHA256, canonical_facts(candidates).as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infra::entropy::Entropy;
    use crate::testing::NOW;
    use time::macros::date;

    fn candidate(code: &str) -> Candidate {
        Candidate {
            id: CandidateId::new(NOW, &Entropy::system()),
            facts: CandidateFacts {
                code: code.to_owned(),
                title: "农村公路提档升级".to_owned(),
                summary: "改造68公里".to_owned(),
                unit: "县交通运输局".to_owned(),
                lead: "赵局长".to_owned(),
                goal: "68公里通车".to_owned(),
                budget: Money::from_wan(5440),
                funding: "县财政".to_owned(),
                location: "九个乡镇".to_owned(),
                milestones: vec![Milestone {
                    quarter: 1,
                    due: date!(2026 - 03 - 31),
                    text: "完成招标".to_owned(),
                    planned_percent: 10,
                }],
            },
            proposals: Vec::new(),
        }
    }

    #[test]
    fn the_canonical_facts_are_frozen_by_a_snapshot() {
        assert_eq!(
            canonical_facts(&[candidate("QH26-02")]),
            "[{\"budget_fen\":5440000000,\"code\":\"QH26-02\",\"funding\":\"县财政\",\"goal\":\"68公里通车\",\
             \"lead\":\"赵局长\",\"location\":\"九个乡镇\",\"milestones\":[{\"due\":\"2026-03-31\",\
             \"planned_percent\":10,\"quarter\":1,\"text\":\"完成招标\"}],\"summary\":\"改造68公里\",\
             \"title\":\"农村公路提档升级\",\"unit\":\"县交通运输局\"}]"
        );
    }

    #[test]
    fn the_hash_does_not_depend_on_the_order_but_on_every_fact() {
        let (one, two) = (candidate("QH26-01"), candidate("QH26-02"));
        let hash = facts_hash(&[one.clone(), two.clone()]);
        assert_eq!(hash, facts_hash(&[two.clone(), one.clone()]));
        let mut dearer = two;
        dearer.facts.budget = Money::from_fen(5_440_000_001);
        assert_ne!(hash, facts_hash(&[one, dearer]));
    }
}
