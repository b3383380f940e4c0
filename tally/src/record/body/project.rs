//! Projects, from the hand-over to their acceptance. A project keeps the code of the candidate that it was.

use serde::{Deserialize, Serialize};

use super::screening::CandidateFacts;
use super::values::{Code, Date, Month, Ordinal, Percent, PublicText};
use super::{Recorded, Subject};

/// A chosen candidate is handed over to its unit (交办), with its plan. Written when the office hands it over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProjectHandedOver {
    /// The day.
    pub handed_over_on: Date,
    /// The plan: the candidate's facts, its code among them.
    pub plan: CandidateFacts,
}

/// A unit's monthly report, or a correction of it. Written when the unit sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProjectReported {
    /// The project.
    pub code: Code,
    /// For which month.
    pub month: Month,
    /// 1 for the first report of the month, more for corrections.
    pub version: Ordinal,
    /// How much of the whole is done since the start.
    pub percent: Percent,
    /// How much is spent since the start, in fen.
    pub spent_fen: u64,
    /// What was done.
    pub text: PublicText,
    /// Why it was corrected; from version 2 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<PublicText>,
    /// What the unit says of figures that were questioned: less done than before, more spent than planned, a leap.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<PublicText>,
    /// The day.
    pub reported_on: Date,
}

/// A milestone was reached. Written when the unit says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProjectMilestoneReached {
    /// The project.
    pub code: Code,
    /// The milestone's number in the plan.
    pub milestone: Ordinal,
    /// What was to be reached.
    pub text: PublicText,
    /// By which day.
    pub due: Date,
    /// The day when it was.
    pub completed_on: Date,
}

/// A unit delivered a project (交付). Written when the unit says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProjectDelivered {
    /// The project.
    pub code: Code,
    /// The day.
    pub delivered_on: Date,
}

/// A delivered project is accepted (验收销号). Written when the office accepts it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProjectAccepted {
    /// The project.
    pub code: Code,
    /// The day.
    pub accepted_on: Date,
}

impl Recorded for ProjectHandedOver {
    fn subject(&self) -> Subject {
        Subject::Project(self.plan.code.clone())
    }
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

about_a_project!(ProjectReported ProjectMilestoneReached ProjectDelivered ProjectAccepted);
