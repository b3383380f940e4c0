//! Proposals that the office has let in. Who made one is nowhere in the record.

use serde::{Deserialize, Serialize};

use super::values::{CategoryCode, ProposalNumber, PublicText};
use super::{Recorded, Subject};

/// A proposal is accepted: from now on everybody sees it. Written when the office lets it in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProposalAccepted {
    /// Its number in the cycle.
    pub number: ProposalNumber,
    /// Its title.
    pub title: PublicText,
    /// What it asks for.
    pub text: PublicText,
    /// What it is about; the jurisdiction's settings name the code.
    pub category: CategoryCode,
    /// The district that it names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub district: Option<PublicText>,
    /// Where exactly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<PublicText>,
    /// What it may cost, in fen, as the proposer thinks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget_fen: Option<u64>,
    /// By which way it came in.
    pub channel: Channel,
}

/// By which way a proposal came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Channel {
    /// 网上提交
    Online,
    /// 扫码提交
    Qr,
    /// 代表联络站
    Station,
    /// 12345热线
    Hotline,
    /// 代表走访
    Visit,
}

impl Recorded for ProposalAccepted {
    fn subject(&self) -> Subject {
        Subject::Proposal(self.number)
    }
}
