//! Bodies that are no longer shown.

use serde::{Deserialize, Serialize};

use super::{Recorded, Subject};

/// An entry's body is no longer shown; the tree still verifies. Written when it is taken down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BodyTakenDown {
    /// The entry's position in the record, from 0.
    pub position: u64,
    /// Why.
    pub reason: TakedownReason,
}

/// Why a body is taken down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum TakedownReason {
    /// Personal data slipped in.
    PersonalData,
    /// The law forbids to show it.
    IllegalContent,
}

impl Recorded for BodyTakenDown {
    fn subject(&self) -> Subject {
        Subject::Entry(self.position)
    }
}
