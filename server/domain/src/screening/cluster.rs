//! Clusters of proposals that ask for the same, each screened as one.

use crate::cycles::settings::DeclineReasonCode;
use crate::id;
use crate::infra::clock::Timestamp;
use crate::infra::money::Money;
use crate::name_enum;
use crate::people::Unit;
use crate::proposals::ProposalId;

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
    /// The unit that it is assigned to for review.
    pub unit: Option<Unit>,
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
    /// The district that it names.
    pub district: Option<String>,
}

impl Cluster {
    /// The districts that its proposals name, in the order of `all`, which are the jurisdiction's.
    pub fn districts(&self, all: &[String]) -> Vec<String> {
        let is_named = |district: &&String| {
            self.members
                .iter()
                .any(|member| member.district.as_ref() == Some(*district))
        };
        all.iter().filter(is_named).cloned().collect()
    }

    /// The title that stands for it.
    pub fn title(&self) -> &str {
        self.members
            .iter()
            .find(|member| member.id == self.lead)
            .map_or("", |member| &member.title)
    }

    /// How far its screening has come.
    pub fn state(&self) -> DecisionState {
        self.decision
            .as_ref()
            .map_or(DecisionState::Undecided, Decision::state)
    }

    /// Whether everybody knows its decision, so that nothing about it changes any more.
    pub fn is_published(&self) -> bool {
        self.state() == DecisionState::Published
    }

    /// The decision to be held, or a better one in place of one that is held.
    pub fn decide(
        &self,
        outcome: Outcome,
        explanation: String,
        at: Timestamp,
    ) -> Result<Decision, DecisionError> {
        match self.state() {
            DecisionState::Undecided | DecisionState::Held => Ok(Decision {
                outcome,
                explanation,
                decided_at: at,
                published_at: None,
            }),
            DecisionState::Published => Err(DecisionError::Published),
        }
    }

    /// The held decision, known to everybody from now on.
    pub fn publish(&self, at: Timestamp) -> Result<Decision, DecisionError> {
        match &self.decision {
            None => Err(DecisionError::Undecided),
            Some(decision) => match decision.state() {
                DecisionState::Undecided | DecisionState::Held => Ok(Decision {
                    published_at: Some(at),
                    ..decision.clone()
                }),
                DecisionState::Published => Err(DecisionError::Published),
            },
        }
    }
}

/// How far the screening of a cluster has come.
///
/// ```mermaid
/// stateDiagram-v2
///     [*] --> undecided
///     undecided --> held: decide
///     held --> held: decide
///     held --> published: publish
///     published --> [*]
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecisionState {
    /// Nobody has decided.
    Undecided,
    /// It is decided, and kept back until the office publishes all decisions together.
    Held,
    /// Everybody knows it.
    Published,
}

/// Why a cluster does not take a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecisionError {
    /// There is nothing to publish.
    #[error("nothing is decided")]
    Undecided,
    /// The decision is published; it stays as it is.
    #[error("the decision is published")]
    Published,
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

impl Decision {
    const fn state(&self) -> DecisionState {
        match self.published_at {
            None => DecisionState::Held,
            Some(_) => DecisionState::Published,
        }
    }
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
        reason: DeclineReasonCode,
    },
}

name_enum! {
    /// Whether a cluster can be done, by its name in the database, the record, forms and translation keys
    /// (`outcome-<name>`).
    pub enum OutcomeName {
        /// It can.
        Feasible = "feasible",
        /// It cannot.
        Declined = "declined",
    }
}

impl Outcome {
    /// The name.
    pub const fn name(&self) -> OutcomeName {
        match self {
            Self::Feasible { .. } => OutcomeName::Feasible,
            Self::Declined { .. } => OutcomeName::Declined,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::drawn_edges;

    const AT: Timestamp = Timestamp::from_millis(7);

    type Step = fn(&Cluster) -> Result<Decision, DecisionError>;

    fn declined() -> Outcome {
        Outcome::Declined {
            reason: DeclineReasonCode::new("already_planned").unwrap(),
        }
    }

    const STEPS: [(&str, Step); 2] = [
        ("decide", |cluster| {
            cluster.decide(declined(), "已列入计划".to_owned(), AT)
        }),
        ("publish", |cluster| cluster.publish(AT)),
    ];

    fn cluster(decision: Option<Decision>) -> Cluster {
        let id = uuid::Uuid::from_u128(1);
        Cluster {
            id: id.into(),
            lead: id.into(),
            members: Vec::new(),
            supporters: 0,
            unit: None,
            decision,
        }
    }

    fn samples() -> [Cluster; 3] {
        let held = Decision {
            outcome: declined(),
            explanation: "原因".to_owned(),
            decided_at: AT,
            published_at: None,
        };
        let published = Decision {
            published_at: Some(AT),
            ..held.clone()
        };
        [None, Some(held), Some(published)].map(cluster)
    }

    const fn name(state: DecisionState) -> &'static str {
        match state {
            DecisionState::Undecided => "undecided",
            DecisionState::Held => "held",
            DecisionState::Published => "published",
        }
    }

    #[test]
    fn every_state_and_step_is_as_the_diagram_has_it() {
        let mut edges = Vec::new();
        for before in samples() {
            for (step, take) in STEPS {
                match take(&before) {
                    Ok(next) => edges.push((name(before.state()), name(next.state()), step)),
                    Err(error) => assert_eq!(
                        error,
                        match before.state() {
                            DecisionState::Undecided => DecisionError::Undecided,
                            DecisionState::Held => panic!("{step}: {error}"),
                            DecisionState::Published => DecisionError::Published,
                        }
                    ),
                }
            }
        }
        assert_eq!(edges, drawn_edges(include_str!("cluster.rs")));
    }
}
