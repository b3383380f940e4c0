//! What a form offers whoever writes a rule: the customary values of its keys, as the document spells them. Each list begins
//! with the usual one. A rule may say otherwise: [`Rule::parse`](super::Rule::parse) takes any fraction.
//! Where a key's value is one of several words, its type has the list, e.g. [`Base::ALL`](super::Base::ALL).

use super::Apart;
use super::document::LevelTable;
use super::words::words;

/// `quorum`.
pub const QUORUMS: [&str; 4] = [">= 2/3", ">= 3/4", "> 1/2", ">= 1/2"];

/// `surplus`.
pub const SURPLUSES: [&str; 4] = ["1/5", "1/10", "1/2", "0/1"];

/// `decision.majority`.
pub const MAJORITIES: [&str; 4] = ["> 1/2", ">= 1/2", ">= 2/3", "none"];

/// `threshold` of a level.
pub const LEVEL_THRESHOLDS: [&str; 3] = [">= 1/2", "> 1/2", ">= 2/3"];

words! {
    /// Customary levels of a satisfaction poll: 满意, 基本满意 and 不满意, and what is offered beside them.
    pub enum LevelPreset {
        /// The three alone.
        Three = "three",
        /// And 不了解, which is taken off the base.
        Unknown = "unknown",
        /// And 不了解, which stays in the base.
        UnknownInBase = "unknown_in_base",
        /// And 弃权, which stays in the base.
        Abstention = "abstention",
    }
}

impl LevelPreset {
    /// The tables `[[levels]]`, where 满意, and 满意 with 基本满意, must reach `threshold`.
    pub fn levels(self, threshold: &str) -> Vec<LevelTable> {
        let judged = |id, label, threshold: Option<&str>| LevelTable {
            threshold: threshold.map(str::to_owned),
            ..level(id, label)
        };
        let apart = |id, label, counts| LevelTable {
            counts: Some(counts),
            ..level(id, label)
        };
        let beside = match self {
            Self::Three => None,
            Self::Unknown => Some(apart("unknown", "不了解", Apart::Nowhere)),
            Self::UnknownInBase => Some(apart("unknown", "不了解", Apart::InBaseOnly)),
            Self::Abstention => Some(apart("abstained", "弃权", Apart::InBaseOnly)),
        };
        [
            judged("satisfied", "满意", Some(threshold)),
            judged("basically_satisfied", "基本满意", Some(threshold)),
            judged("unsatisfied", "不满意", None),
        ]
        .into_iter()
        .chain(beside)
        .collect()
    }
}

fn level(id: &str, label: &str) -> LevelTable {
    LevelTable {
        id: id.to_owned(),
        label: label.to_owned(),
        threshold: None,
        counts: None,
    }
}
