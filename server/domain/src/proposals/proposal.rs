//! What a proposal is, and how the office takes it in.

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
    /// What it is about.
    pub category: Category,
    /// One of the jurisdiction's districts.
    pub district: Option<String>,
    /// Where exactly; empty if it was not said.
    pub place: String,
    /// What the proposer thinks it costs.
    pub budget: Option<Money>,
}

name_enum! {
    /// What a proposal is about.
    ///
    /// [`Self::name`]: the name in forms, addresses and translation keys (`category-<name>`).
    pub enum Category {
        /// 道路交通
        Roads = "roads",
        /// 住房社区
        Housing = "housing",
        /// 教育
        Education = "education",
        /// 医疗卫生
        Health = "health",
        /// 养老助残
        Elderly = "elderly",
        /// 供水排水
        Water = "water",
        /// 环境市容
        Environment = "environment",
        /// 文化体育
        CultureSports = "culture_sports",
        /// 公共安全
        Safety = "safety",
        /// 就业与市场
        Livelihood = "livelihood",
    }
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

name_enum! {
    /// Why a proposal is declined, at intake or at screening.
    ///
    /// [`Self::name`]: the code in forms, the record and translation keys (`reason-<name>`).
    pub enum Reason {
        /// 不属本级事权
        OutOfScope = "out_of_scope",
        /// 已列入计划
        AlreadyPlanned = "already_planned",
        /// 一年内难以完成
        NotOneYear = "not_one_year",
        /// 资金无法落实
        NoFunding = "no_funding",
        /// 不符合法律政策
        Illegal = "illegal",
        /// 与其他建议重复
        Duplicate = "duplicate",
        /// 仅涉及个别利益
        PrivateInterest = "private_interest",
        /// 内容不具体
        InsufficientDetail = "insufficient_detail",
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
        /// Why.
        reason: Reason,
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
        reason: Reason,
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

recorded_as!(Category => body::Category {
    Roads Housing Education Health Elderly Water Environment CultureSports Safety Livelihood
});
recorded_as!(Channel => body::Channel { Online Qr Station Hotline Visit });
recorded_as!(Reason => body::DeclineReason {
    OutOfScope AlreadyPlanned NotOneYear NoFunding Illegal Duplicate PrivateInterest InsufficientDetail
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::NOW;

    #[test]
    fn what_is_decided_is_not_decided_again() {
        let accepted = State::Submitted.accept(NOW).unwrap();
        let declined = State::Submitted
            .decline(NOW, Reason::Illegal, "依法不可行".to_owned())
            .unwrap();
        for decided in [accepted, declined] {
            assert_eq!(decided.accept(NOW), Err(AlreadyDecided));
            assert_eq!(
                decided.decline(NOW, Reason::Duplicate, String::new()),
                Err(AlreadyDecided)
            );
        }
    }

    #[test]
    fn names_in_forms_are_the_names_in_the_database() {
        for reason in Reason::ALL {
            assert_eq!(
                serde_json::to_value(reason).unwrap(),
                reason.name(),
                "{reason:?}"
            );
        }
        for category in Category::ALL {
            assert_eq!(serde_json::to_value(category).unwrap(), category.name());
        }
        for channel in Channel::ALL {
            assert_eq!(serde_json::to_value(channel).unwrap(), channel.name());
        }
    }
}
