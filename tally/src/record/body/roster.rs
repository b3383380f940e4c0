//! Who may vote, who leads the count, and who was there: deputies by roster number and name, which are public.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::values::{ElectionUuid, Ordinal, PublicText, Sha256Hex};
use super::{Recorded, Subject};

/// A deputy on the roster (代表名册).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RosterDeputy {
    /// The number on the roster.
    pub number: Ordinal,
    /// The name.
    pub name: PublicText,
    /// The delegation (代表团).
    pub delegation: PublicText,
}

/// SHA-256 of a roster: of the compact JSON list of its deputies in the order of their numbers.
pub fn roster_sha256(roster: &[RosterDeputy]) -> Sha256Hex {
    // Strings and integers serialise without fail.
    Sha256Hex::of(&serde_json::to_vec(roster).unwrap_or_default())
}

/// Whether the deputies stand in the order of their numbers, each number once.
pub fn is_in_order(roster: &[RosterDeputy]) -> bool {
    roster.is_sorted_by(|one, next| one.number < next.number)
}

/// The roster has changed after the poll was called: the new one, whole. Written before the change takes effect; once the
/// rules are adopted there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PollRosterChanged {
    /// The election's id.
    pub election_uuid: ElectionUuid,
    /// SHA-256 of the new roster.
    pub roster_sha256: Sha256Hex,
    /// The deputies in office, in the order of their numbers.
    pub roster: Vec<RosterDeputy>,
}

impl Recorded for PollRosterChanged {
    fn subject(&self) -> Subject {
        Subject::Poll(self.election_uuid.clone())
    }
}

/// Who leads a poll's count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum OfficerRole {
    /// 执行主席: announces.
    Chair,
    /// 总监票人: holds a key, and confirms each step beside the office.
    ChiefScrutineer,
    /// 监票人: holds a key.
    Scrutineer,
    /// 计票人: types paper ballots; may be staff, who have no roster number.
    Teller,
}

/// Somebody who acts in a poll, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Officer {
    /// As what.
    pub role: OfficerRole,
    /// The name.
    pub name: PublicText,
    /// The roster number; only a teller may have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<Ordinal>,
}

impl Officer {
    /// Whether this one holds a key to the count.
    pub fn holds_key(&self) -> bool {
        matches!(
            self.role,
            OfficerRole::ChiefScrutineer | OfficerRole::Scrutineer
        )
    }
}

/// A deputy by number and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NamedDeputy {
    /// The number on the roster.
    pub number: Ordinal,
    /// The name.
    pub name: PublicText,
}

/// How many deputies of a delegation are present.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DelegationCount {
    /// The delegation (代表团).
    pub delegation: PublicText,
    /// How many of it.
    pub present: u32,
    /// The roster number of its head, who has confirmed the names.
    pub head: Ordinal,
}

/// Why what the record says about people does not fit together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RosterFault {
    /// The roster is not in the order of numbers, or one stands twice.
    #[error("the roster is not in the order of its numbers")]
    Order,
    /// The hash that stands beside a roster is that of another.
    #[error("the roster's hash is that of another roster")]
    Hash,
    /// The rule counts other deputies in office than the roster has.
    #[error("the rule counts {rule} deputies in office, the roster has {roster}")]
    Deputies {
        /// By the rule.
        rule: u64,
        /// By the roster.
        roster: u64,
    },
    /// Somebody who leads the count is not on the roster by that number and name, or stands twice.
    #[error("{0} leads the count and is not on the roster by that number and name, or twice")]
    Officer(String),
    /// Not exactly one chief scrutineer.
    #[error("{0} chief scrutineers, not one")]
    Chief(usize),
    /// Not more than half of the scrutineers, or more than there are, would open the count.
    #[error(
        "{threshold} of {scrutineers} scrutineers open the count: more than half must, and no more than there are"
    )]
    Threshold {
        /// How many are enough.
        threshold: u32,
        /// How many there are.
        scrutineers: usize,
    },
    /// Somebody who was present is not on the roster by that number and name, or stands twice.
    #[error("number {0} was present and is not on the roster by that name, or stands twice")]
    Attendance(Ordinal),
    /// Somebody who has leave is not on the roster by that number and name, stands twice, or was present.
    #[error(
        "number {0} has leave and is not on the roster by that name, stands twice, or was present"
    )]
    Leave(Ordinal),
    /// The number of the deputies present is not that of their names.
    #[error("{present} deputies are present, {named} are named")]
    Present {
        /// The number.
        present: u32,
        /// The names.
        named: usize,
    },
    /// A delegation's head count is not that of the names, or not confirmed by one of the delegation.
    #[error("the head count of {0} is not that of its names, or not confirmed by one of them")]
    Headcount(PublicText),
    /// The result was announced by somebody else than a chair.
    #[error("number {0} announced and was not the chair")]
    Announcer(Ordinal),
}

/// The numbers in a list of deputies, each of whom must stand on the roster by number and name, once.
pub(crate) fn seated<'n>(
    roster: &[RosterDeputy],
    named: impl IntoIterator<Item = (Ordinal, &'n PublicText)>,
) -> Result<BTreeSet<Ordinal>, Ordinal> {
    let mut numbers = BTreeSet::new();
    for (number, name) in named {
        let known = find(roster, number).is_some_and(|deputy| deputy.name == *name);
        if !known || !numbers.insert(number) {
            return Err(number);
        }
    }
    Ok(numbers)
}

/// The deputy of this number.
pub(crate) fn find(roster: &[RosterDeputy], number: Ordinal) -> Option<&RosterDeputy> {
    roster.iter().find(|deputy| deputy.number == number)
}
