//! What the deputies think of a project, and what follows.

use serde::{Deserialize, Serialize};

use super::values::{Code, Date, ElectionUuid, LevelId, PublicText};
use super::{Recorded, Subject};

/// The deputies' verdict on a project. Written for each project when the evaluation poll is announced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EvaluationVerdict {
    /// The project.
    pub code: Code,
    /// The evaluation poll's election.
    pub election_uuid: ElectionUuid,
    /// The votes for each level, in the order of the ballot.
    pub levels: Vec<LevelVotes>,
    /// Valid ballots that said nothing of this project.
    pub unanswered: u64,
    /// Of how many the share was counted.
    pub base: u64,
    /// The fewest votes that reach the share.
    pub needed: u64,
    /// The level that the rule arrives at; left out where nobody is left in the base.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<LevelId>,
}

/// The votes for one level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LevelVotes {
    /// The level.
    pub level: LevelId,
    /// Its votes.
    pub votes: u64,
}

/// A project is sent back to its unit, with a deadline. Written together with the verdict that demands it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReworkOrdered {
    /// The project.
    pub code: Code,
    /// The evaluation poll's election.
    pub election_uuid: ElectionUuid,
    /// The unit that is to answer.
    pub unit: PublicText,
    /// The day by which it is.
    pub due: Date,
}

/// What the unit did about it. Written when the unit answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReworkAnswered {
    /// The project.
    pub code: Code,
    /// The evaluation poll's election.
    pub election_uuid: ElectionUuid,
    /// What was done.
    pub answer: PublicText,
    /// The day.
    pub answered_on: Date,
}

macro_rules! about_a_project {
    ($($body:ident)*) => {
        $(impl Recorded for $body {
            fn subject(&self) -> Subject {
                Subject::Project(self.code.clone())
            }
        })*
    };
}

about_a_project!(EvaluationVerdict ReworkOrdered ReworkAnswered);
