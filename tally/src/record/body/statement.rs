//! What the scrutineers' devices state of a poll, signed. What a statement says is read and checked by
//! [`PollRecord::verify`](crate::record::poll::PollRecord::verify).

use serde::{Deserialize, Serialize};

use super::exact::Exact;
use super::values::ElectionUuid;
use super::{Recorded, Subject};

/// A scrutineer's device states, signed, that this is the election which it computes from rule, roll and trustees. Written when the
/// device hands it in, before the opening.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PollApproved {
    /// The election's id.
    pub election_uuid: ElectionUuid,
    /// The signed statement: `{"trustee","statement":{"fingerprint","rule","roll"},"signature"}`.
    pub approval: Exact,
}

/// A scrutineer's device states, signed and once ever, which ballots are summed. Written when the device hands it in, before it decrypts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PollClosingStated {
    /// The election's id.
    pub election_uuid: ElectionUuid,
    /// The signed statement: `{"trustee","statement":{"fingerprint","root","ballots","tally"},"signature"}`.
    pub closing: Exact,
}

impl Recorded for PollApproved {
    fn subject(&self) -> Subject {
        Subject::Poll(self.election_uuid.clone())
    }
}

impl Recorded for PollClosingStated {
    fn subject(&self) -> Subject {
        Subject::Poll(self.election_uuid.clone())
    }
}
