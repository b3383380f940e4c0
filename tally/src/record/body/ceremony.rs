//! The messages by which the trustees of a poll make its key. What the rounds are and how they are checked against the record
//! is [`crate::record::ceremony`]'s.

use ballot::Uuid;
use ballot::trustee::TrusteeId;
use serde::{Deserialize, Serialize};

use super::exact::Exact;
use super::values::{ElectionUuid, Ordinal, PublicText};
use super::{Recorded, Subject};
use crate::record::ceremony::Round;

/// A trustee's message in the ceremony that makes a poll's key. Written when the trustee's device sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CeremonyMessage {
    /// The election's id.
    pub election_uuid: ElectionUuid,
    /// Which ceremony of the poll it is, from 1: after a failure all begin again.
    pub attempt: Ordinal,
    /// The round.
    pub round: Round,
    /// The trustee's number in the election.
    pub trustee: Ordinal,
    /// The message.
    pub message: Exact,
}

impl CeremonyMessage {
    /// The body of a trustee's message.
    pub fn new(
        poll: &Uuid,
        attempt: Ordinal,
        round: Round,
        trustee: TrusteeId,
        message: Exact,
    ) -> Self {
        Self {
            election_uuid: poll.into(),
            attempt,
            round,
            trustee: trustee.into(),
            message,
        }
    }
}

impl Recorded for CeremonyMessage {
    fn subject(&self) -> Subject {
        Subject::Poll(self.election_uuid.clone())
    }
}

/// A trustee complains of a bad share in the ceremony that makes a poll's key. What it reveals opens that share and nothing else, so that
/// everybody can judge whose fault it is. Written when the trustee's device sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CeremonyComplained {
    /// The election's id.
    pub election_uuid: ElectionUuid,
    /// In which ceremony of the poll, from 1.
    pub attempt: Ordinal,
    /// Who complains: the trustee's number in the election.
    pub trustee: Ordinal,
    /// The complaint, which names whose share it is about.
    pub complaint: Exact,
}

impl Recorded for CeremonyComplained {
    fn subject(&self) -> Subject {
        Subject::Poll(self.election_uuid.clone())
    }
}

/// The ceremony of a poll begins again with fresh secrets; what was sent before stays in the record and counts for nothing.
/// Written when the office begins it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CeremonyRestarted {
    /// The election's id.
    pub election_uuid: ElectionUuid,
    /// Which ceremony of the poll begins, from 2.
    pub attempt: Ordinal,
    /// Why the one before has failed.
    pub reason: PublicText,
}

impl Recorded for CeremonyRestarted {
    fn subject(&self) -> Subject {
        Subject::Poll(self.election_uuid.clone())
    }
}
