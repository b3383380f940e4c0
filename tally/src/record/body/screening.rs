//! Screening: clusters of proposals that ask for the same, decisions on them, and the candidates that grow from them.
//!
//! A cluster is called by the number of the proposal that stands for it, which never leaves it.

use serde::{Deserialize, Serialize};

use super::values::{
    Code, CycleName, Date, DeclineReasonCode, Percent, ProposalNumber, PublicText, Quarter,
    Sha256Hex,
};
use super::{Recorded, Subject};

/// Proposals that ask for the same are put into one cluster, to be screened as one. Written when the office makes the
/// cluster, and again with all of them when it adds one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProposalsMerged {
    /// The proposal that stands for the cluster.
    pub cluster: ProposalNumber,
    /// All proposals of the cluster.
    pub proposals: Vec<ProposalNumber>,
    /// How many different people support one of them or several.
    pub distinct_supporters: u64,
}

/// A proposal is taken out of its cluster again, to be screened by itself. Written when the office takes it out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProposalSplit {
    /// The proposal.
    pub proposal: ProposalNumber,
    /// The proposal that stands for the cluster it was in.
    pub cluster: ProposalNumber,
}

/// A cluster is given to a unit to be reviewed, or to another one. Written when the office assigns it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ClusterAssigned {
    /// The proposal that stands for the cluster.
    pub cluster: ProposalNumber,
    /// The unit that reviews it from now on.
    pub unit: PublicText,
    /// The unit that it was assigned to before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub former_unit: Option<PublicText>,
}

/// Whether a cluster can be done, or why not. Written for each cluster when the office publishes the decisions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ScreeningDecided {
    /// The proposal that stands for the cluster.
    pub cluster: ProposalNumber,
    /// All proposals of the cluster.
    pub proposals: Vec<ProposalNumber>,
    /// How many different people support one of them or several.
    pub distinct_supporters: u64,
    /// The decision.
    pub outcome: ScreeningOutcome,
    /// The decision in words, for the proposers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<PublicText>,
}

/// A decision on a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ScreeningOutcome {
    /// It can be done.
    Feasible {
        /// The responsible unit (承办单位).
        unit: PublicText,
        /// What it costs, in fen.
        budget_fen: u64,
        /// Where the money comes from (资金来源), once that is settled.
        #[serde(skip_serializing_if = "Option::is_none")]
        funding: Option<PublicText>,
    },
    /// It cannot.
    Declined {
        /// Why; the jurisdiction's settings name the code.
        reason: DeclineReasonCode,
    },
}

/// The candidates are published with all their facts. Written when the office publishes the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ShortlistPublished {
    /// The cycle.
    pub cycle: CycleName,
    /// The day of the party committee's review.
    pub reviewed_on: Date,
    /// The review's document, by its number.
    pub review_document: PublicText,
    /// [`facts_sha256`] of the candidates.
    pub facts_sha256: Sha256Hex,
    /// All candidates.
    pub candidates: Vec<Candidate>,
}

/// A published candidate is changed. Written at once when the office changes it, with the whole list as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ShortlistAmended {
    /// The candidate that is changed, by its code as it is now.
    pub code: Code,
    /// Its code before, where that is what was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub former_code: Option<Code>,
    /// Why.
    pub reason: PublicText,
    /// [`facts_sha256`] of the candidates.
    pub facts_sha256: Sha256Hex,
    /// All candidates.
    pub candidates: Vec<Candidate>,
}

/// A candidate project (候选项目).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Candidate {
    /// What the deputies decide about.
    pub facts: CandidateFacts,
    /// The accepted proposals that it grew from.
    pub proposals: Vec<ProposalNumber>,
}

/// The facts of a candidate. A project is handed over with these very facts.
///
/// The fields stand in the order of their names and all numbers are whole, so that what is written is canonical JSON
/// (RFC 8785).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CandidateFacts {
    /// What it costs, in fen (计划投资).
    pub budget_fen: u64,
    /// The official code, unique in the cycle.
    pub code: Code,
    /// The districts (乡镇、街道) that it serves, each once; none where it serves the whole jurisdiction.
    pub districts: Vec<PublicText>,
    /// Where the money comes from (资金来源).
    pub funding: PublicText,
    /// What will be there when it is done.
    pub goal: PublicText,
    /// The official who answers for it (责任领导), as the plan names them.
    pub lead: PublicText,
    /// Where it is built.
    pub location: PublicText,
    /// The plan, in its order.
    pub milestones: Vec<PlannedMilestone>,
    /// What will be done.
    pub summary: PublicText,
    /// The title.
    pub title: PublicText,
    /// The responsible unit (承办单位).
    pub unit: PublicText,
}

/// A milestone of a plan; its fields, too, in the order of their names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlannedMilestone {
    /// The day by which it is to be reached.
    pub due: Date,
    /// How much of the whole is to be done by then.
    pub planned_percent: Percent,
    /// The quarter.
    pub quarter: Quarter,
    /// What is to be reached.
    pub text: PublicText,
}

/// The facts of all candidates in the order of their codes, as canonical JSON (RFC 8785).
pub fn facts_json<'f>(facts: impl IntoIterator<Item = &'f CandidateFacts>) -> String {
    let mut facts: Vec<_> = facts.into_iter().collect();
    facts.sort_by(|a, b| a.code.cmp(&b.code));
    // Strings and whole numbers serialise without fail.
    serde_json::to_string(&facts).unwrap_or_default()
}

/// The hash that the rule names and every ballot is thereby bound to: SHA-256 of [`facts_json`].
pub fn facts_sha256<'f>(facts: impl IntoIterator<Item = &'f CandidateFacts>) -> Sha256Hex {
    Sha256Hex::of(facts_json(facts).as_bytes())
}

impl Recorded for ProposalsMerged {
    fn subject(&self) -> Subject {
        Subject::Cluster(self.cluster)
    }
}

impl Recorded for ProposalSplit {
    fn subject(&self) -> Subject {
        Subject::Proposal(self.proposal)
    }
}

impl Recorded for ClusterAssigned {
    fn subject(&self) -> Subject {
        Subject::Cluster(self.cluster)
    }
}

impl Recorded for ScreeningDecided {
    fn subject(&self) -> Subject {
        Subject::Cluster(self.cluster)
    }
}

impl Recorded for ShortlistPublished {
    fn subject(&self) -> Subject {
        Subject::Cycle(self.cycle.clone())
    }
}

impl Recorded for ShortlistAmended {
    fn subject(&self) -> Subject {
        Subject::Candidate(self.code.clone())
    }
}
