//! What a proposal is, and how the office takes it in.

use crate::cycles::settings::{CategoryCode, DeclineReasonCode};
use crate::id;
use crate::infra::clock::Timestamp;
use crate::infra::ids::AccountId;
use crate::infra::money::Money;
use crate::name_enum;
use crate::record::values::recorded_as;
use tally::record::body;

id!(
    /// A resident's proposal.
    ProposalId
);
id!(
    /// A picture that came with a proposal.
    PictureId
);

/// A proposal as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Its id.
    pub id: ProposalId,
    /// Its number in the cycle, from 1.
    pub number: i32,
    /// What it says.
    pub content: Content,
    /// The picture.
    pub picture: Option<PictureId>,
    /// By which way it came in.
    pub channel: Channel,
    /// Who made it. Never shown.
    pub proposer: AccountId,
    /// The chosen name that stands on its page, and nowhere else.
    pub display_name: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// How far the office's intake has come.
    pub state: State,
    /// How many people support it.
    pub supporters: i64,
}

/// What a proposal says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// At most 40 characters.
    pub title: String,
    /// At most 2,000 characters.
    pub body: String,
    /// What it is about: a code of the jurisdiction's settings.
    pub category: CategoryCode,
    /// One of the jurisdiction's districts.
    pub district: Option<String>,
    /// Where exactly; empty if it was not said.
    pub place: String,
    /// What the proposer thinks it costs.
    pub budget: Option<Money>,
}

name_enum! {
    /// By which way a proposal came in.
    ///
    /// [`Self::name`]: the name in forms and translation keys (`channel-<name>`).
    pub enum Channel {
        /// 网上提交
        Online = "online",
        /// 扫码提交
        Qr = "qr",
        /// 代表联络站: staff enter it for people who don't go online.
        Station = "station",
        /// 12345热线
        Hotline = "hotline",
        /// 代表走访
        Visit = "visit",
    }
}

/// How far the office's intake of a proposal has come.
///
/// ```mermaid
/// stateDiagram-v2
///     submitted --> accepted
///     submitted --> declined
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Only its proposer and the office see it.
    Submitted,
    /// Everybody sees it.
    Accepted {
        /// Since when.
        at: Timestamp,
    },
    /// Only its proposer and the office see it, with the reason.
    Declined {
        /// Since when.
        at: Timestamp,
        /// Why: a code of the jurisdiction's settings.
        reason: DeclineReasonCode,
        /// In words.
        explanation: String,
    },
}

/// The office has decided already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the proposal's intake is decided already")]
pub struct AlreadyDecided;

impl State {
    /// The office lets it in.
    pub fn accept(&self, at: Timestamp) -> Result<Self, AlreadyDecided> {
        match self {
            Self::Submitted => Ok(Self::Accepted { at }),
            Self::Accepted { .. } | Self::Declined { .. } => Err(AlreadyDecided),
        }
    }

    /// The office does not let it in.
    pub fn decline(
        &self,
        at: Timestamp,
        reason: DeclineReasonCode,
        explanation: String,
    ) -> Result<Self, AlreadyDecided> {
        match self {
            Self::Submitted => Ok(Self::Declined {
                at,
                reason,
                explanation,
            }),
            Self::Accepted { .. } | Self::Declined { .. } => Err(AlreadyDecided),
        }
    }

    /// The name in the database and translation keys (`proposal-state-<name>`).
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Accepted { .. } => "accepted",
            Self::Declined { .. } => "declined",
        }
    }

    /// Whether everybody may see the proposal.
    pub const fn is_public(&self) -> bool {
        matches!(self, Self::Accepted { .. })
    }
}

recorded_as!(Channel => body::Channel { Online Qr Station Hotline Visit });

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::NOW;

    #[test]
    fn what_is_decided_is_not_decided_again() {
        let reason = || DeclineReasonCode::new("illegal").unwrap();
        let accepted = State::Submitted.accept(NOW).unwrap();
        let declined = State::Submitted
            .decline(NOW, reason(), "依法不可行".to_owned())
            .unwrap();
        for decided in [accepted, declined] {
            assert_eq!(decided.accept(NOW), Err(AlreadyDecided));
            assert_eq!(
                decided.decline(NOW, reason(), String::new()),
                Err(AlreadyDecided)
            );
        }
    }

    #[test]
    fn names_in_forms_are_the_names_in_the_database() {
        for channel in Channel::ALL {
            assert_eq!(serde_json::to_value(channel).unwrap(), channel.name());
        }
    }
}
