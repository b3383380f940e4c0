//! What a proposal is, and how the office takes it in.

use crate::id;
use crate::infra::clock::Timestamp;
use crate::infra::ids::AccountId;
use crate::infra::money::Money;
use crate::record::values::recorded_as;
use serde::{Deserialize, Serialize};
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

/// What a proposal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum Category {
    /// 道路交通
    Roads,
    /// 住房社区
    Housing,
    /// 教育
    Education,
    /// 医疗卫生
    Health,
    /// 养老助残
    Elderly,
    /// 供水排水
    Water,
    /// 环境市容
    Environment,
    /// 文化体育
    CultureSports,
    /// 公共安全
    Safety,
    /// 就业与市场
    Livelihood,
}

recorded_as!(Category => body::Category {
    Roads Housing Education Health Elderly Water Environment CultureSports Safety Livelihood
});
recorded_as!(Channel => body::Channel { Online Qr Station Hotline Visit });
recorded_as!(Reason => body::DeclineReason {
    OutOfScope AlreadyPlanned NotOneYear NoFunding Illegal Duplicate PrivateInterest InsufficientDetail
});

impl Category {
    /// All categories.
    pub const ALL: [Self; 10] = [
        Self::Roads,
        Self::Housing,
        Self::Education,
        Self::Health,
        Self::Elderly,
        Self::Water,
        Self::Environment,
        Self::CultureSports,
        Self::Safety,
        Self::Livelihood,
    ];

    /// The name in forms, addresses and translation keys (`category-<name>`).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Roads => "roads",
            Self::Housing => "housing",
            Self::Education => "education",
            Self::Health => "health",
            Self::Elderly => "elderly",
            Self::Water => "water",
            Self::Environment => "environment",
            Self::CultureSports => "culture_sports",
            Self::Safety => "safety",
            Self::Livelihood => "livelihood",
        }
    }

    /// The category of this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// By which way a proposal came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum Channel {
    /// 网上提交
    Online,
    /// 扫码提交
    Qr,
    /// 代表联络站: staff enter it for people who don't go online.
    Station,
    /// 12345热线
    Hotline,
    /// 代表走访
    Visit,
}

impl Channel {
    /// All ways.
    pub const ALL: [Self; 5] = [
        Self::Online,
        Self::Qr,
        Self::Station,
        Self::Hotline,
        Self::Visit,
    ];

    /// The name in forms and translation keys (`channel-<name>`).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Qr => "qr",
            Self::Station => "station",
            Self::Hotline => "hotline",
            Self::Visit => "visit",
        }
    }

    /// The way of this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// Why a proposal is declined, at intake or at screening.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum Reason {
    /// 不属本级事权
    OutOfScope,
    /// 已列入计划
    AlreadyPlanned,
    /// 一年内难以完成
    NotOneYear,
    /// 资金无法落实
    NoFunding,
    /// 不符合法律政策
    Illegal,
    /// 与其他建议重复
    Duplicate,
    /// 仅涉及个别利益
    PrivateInterest,
    /// 内容不具体
    InsufficientDetail,
}

impl Reason {
    /// All reasons.
    pub const ALL: [Self; 8] = [
        Self::OutOfScope,
        Self::AlreadyPlanned,
        Self::NotOneYear,
        Self::NoFunding,
        Self::Illegal,
        Self::Duplicate,
        Self::PrivateInterest,
        Self::InsufficientDetail,
    ];

    /// The code in forms, the record and translation keys (`reason-<name>`).
    pub const fn name(self) -> &'static str {
        match self {
            Self::OutOfScope => "out_of_scope",
            Self::AlreadyPlanned => "already_planned",
            Self::NotOneYear => "not_one_year",
            Self::NoFunding => "no_funding",
            Self::Illegal => "illegal",
            Self::Duplicate => "duplicate",
            Self::PrivateInterest => "private_interest",
            Self::InsufficientDetail => "insufficient_detail",
        }
    }

    /// The reason of this code.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
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
