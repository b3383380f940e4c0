//! A cycle and its stages.

use serde::{Deserialize, Serialize};

use super::values::{CycleName, Date, Ordinal, PublicText};
use super::{Recorded, Subject};

/// A cycle begins, or moves to another stage. Written when the office opens the cycle and whenever it moves it on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CycleStageReached {
    /// The cycle.
    pub cycle: CycleName,
    /// The congress's term (届).
    pub term: Ordinal,
    /// The session in the term (次).
    pub session: Ordinal,
    /// How many projects are to be chosen.
    pub places: u32,
    /// The stage that is reached.
    pub stage: Stage,
    /// Where two people let it begin although something was left open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception: Option<StageException>,
}

/// What was left open where a stage began by an exception, why, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StageException {
    /// Rework orders that the unit has not answered; they stay in force.
    pub open_reworks: u32,
    /// Why the stage begins all the same.
    pub reason: PublicText,
    /// The offices of the two: whoever asked, then whoever confirmed.
    pub confirmed_by: Vec<StageParty>,
}

/// Who lets a stage begin by an exception.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum StageParty {
    /// 办公室
    Office,
    /// 会议主持人
    Chair,
    /// 常务委员会
    Committee,
}

/// The stages of a cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Stage {
    /// 征集
    Collecting,
    /// 筛选
    Screening,
    /// 初步候选、公示
    Shortlisted,
    /// 票决
    Voting,
    /// 实施
    Implementing,
    /// 测评
    Evaluating,
    /// 归档
    Closed,
}

/// The office plans when the cycle's stages begin, in place of what it planned before. A plan binds nobody: what a
/// stage has really begun with is its `cycle_stage_reached`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CycleScheduled {
    /// The cycle.
    pub cycle: CycleName,
    /// The stages to come that have a day, in the order of the loop.
    pub stages: Vec<PlannedStage>,
}

/// A stage and the day on which it is to begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlannedStage {
    /// The stage.
    pub stage: Stage,
    /// The day.
    pub begins_on: Date,
}

impl Recorded for CycleScheduled {
    fn subject(&self) -> Subject {
        Subject::Cycle(self.cycle.clone())
    }
}

impl Recorded for CycleStageReached {
    fn subject(&self) -> Subject {
        Subject::Cycle(self.cycle.clone())
    }
}
