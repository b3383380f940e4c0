//! Clusters of proposals that ask for the same, each screened as one.

use crate::id;
use crate::infra::clock::Timestamp;
use crate::infra::money::Money;
use crate::proposals::{ProposalId, Reason};

id!(
    /// A cluster of proposals; a proposal that stands alone is screened as a cluster of one.
    ClusterId
);

/// A cluster with all its originals: nobody's proposal is changed and nobody's support is moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// Its id.
    pub id: ClusterId,
    /// The proposal whose title stands for it.
    pub lead: ProposalId,
    /// Its proposals by number, the lead among them.
    pub members: Vec<Member>,
    /// How many different people support one of them or several.
    pub supporters: i64,
    /// What screening says, if it has said it.
    pub decision: Option<Decision>,
}

/// A proposal in a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The proposal.
    pub id: ProposalId,
    /// Its number in the cycle.
    pub number: i32,
    /// Its title.
    pub title: String,
}

impl Cluster {
    /// The title that stands for it.
    pub fn title(&self) -> &str {
        self.members
            .iter()
            .find(|member| member.id == self.lead)
            .map_or("", |member| &member.title)
    }

    /// Whether everybody knows its decision, so that nothing about it changes any more.
    pub fn is_published(&self) -> bool {
        self.decision
            .as_ref()
            .is_some_and(|decision| decision.published_at.is_some())
    }
}

/// What screening says of a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Whether it can be done.
    pub outcome: Outcome,
    /// In words, for the proposers.
    pub explanation: String,
    /// When it was made.
    pub decided_at: Timestamp,
    /// When everybody was told; decisions are held until the office publishes them together.
    pub published_at: Option<Timestamp>,
}

/// Whether a cluster can be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It can: by whom, for how much, from which money.
    Feasible {
        /// 承办单位
        unit: String,
        /// 预算
        budget: Money,
        /// 资金来源; empty if it is not settled.
        funding: String,
    },
    /// It cannot.
    Declined {
        /// Why.
        reason: Reason,
    },
}

impl Outcome {
    /// The name in the database, the record and translation keys (`outcome-<name>`).
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Feasible { .. } => "feasible",
            Self::Declined { .. } => "declined",
        }
    }
}

/// How a proposal fares in screening, as everybody may know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The others that it is treated with.
    pub others: Vec<Member>,
    /// How many different people support one of them all.
    pub supporters: i64,
    /// What screening says, once it is published.
    pub decision: Option<Decision>,
    /// The candidates of the published shortlist that grew from it: code and title.
    pub candidates: Vec<(String, String)>,
}
