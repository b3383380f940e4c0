//! What screening has before it: a proposal by itself, or a cluster of them, as one line of the office's queue.

use super::cluster::{Cluster, ClusterId, Decision, Member};
use crate::cycles::settings::CategoryCode;
use crate::infra::clock::Timestamp;
use crate::name_enum;
use crate::people::{Unit, UnitId};
use crate::proposals::ProposalId;
use std::cmp::Reverse;
use std::collections::HashSet;
use std::fmt;

/// A proposal that is in no cluster, or a cluster under the proposal that stands for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The proposal, or the one that stands for the cluster.
    pub id: ProposalId,
    /// Its number in the cycle.
    pub number: i32,
    /// Its title.
    pub title: String,
    /// Its district.
    pub district: Option<String>,
    /// Its category.
    pub category: CategoryCode,
    /// When it was made.
    pub made_at: Timestamp,
    /// The cluster, once somebody has begun to review it.
    pub cluster: Option<ClusterId>,
    /// The proposals that are reviewed together, by number; one alone is its own.
    pub members: Vec<Member>,
    /// How many different people support one of them or several.
    pub supporters: i64,
    /// Whether a picture came with one of them.
    pub has_picture: bool,
    /// The unit that it is assigned to for review.
    pub unit: Option<Unit>,
    /// What screening says, if it has said it.
    pub decision: Option<Decision>,
}

impl Case {
    /// What somebody who looks at it has seen.
    pub fn seen(&self) -> Seen {
        Seen::new(&self.members, self.unit.as_ref(), self.decision.as_ref())
    }

    /// Whether everybody knows its decision, so that nothing about it changes any more.
    pub fn is_published(&self) -> bool {
        let decision = self.decision.as_ref();
        decision.is_some_and(|decision| decision.published_at.is_some())
    }

    /// Whether it can still be put together with others: it stands alone, nobody reviews it and nobody has decided.
    pub const fn is_free(&self) -> bool {
        self.members.len() == 1 && self.unit.is_none() && self.decision.is_none()
    }
}

/// What a form showed of a case when it was opened. What has changed since is not done over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// The numbers of the proposals that were reviewed together.
    pub members: Vec<i32>,
    /// The unit that had it.
    pub unit: Option<UnitId>,
    /// When the decision was made that stood.
    pub decided_at: Option<Timestamp>,
}

impl Seen {
    fn new(members: &[Member], unit: Option<&Unit>, decision: Option<&Decision>) -> Self {
        Self {
            members: members.iter().map(|member| member.number).collect(),
            unit: unit.map(|unit| unit.id),
            decided_at: decision.map(|decision| decision.decided_at),
        }
    }

    /// What there is to see of a cluster.
    pub fn of(cluster: &Cluster) -> Self {
        Self::new(
            &cluster.members,
            cluster.unit.as_ref(),
            cluster.decision.as_ref(),
        )
    }

    /// Reads what [`fmt::Display`] wrote; nothing else was ever seen.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let (members, unit, decided) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let members = members.split('+').map(|number| number.parse().ok());
        Some(Self {
            members: members.collect::<Option<_>>()?,
            unit: match unit {
                "" => None,
                id => Some(id.parse().ok()?),
            },
            decided_at: match decided {
                "" => None,
                millis => Some(Timestamp::from_millis(millis.parse().ok()?)),
            },
        })
    }
}

/// For a hidden field: the numbers joined by `+`, the unit's id, the decision's moment in milliseconds, with dots between.
impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, number) in self.members.iter().enumerate() {
            let plus = if at == 0 { "" } else { "+" };
            write!(f, "{plus}{number}")?;
        }
        f.write_str(".")?;
        if let Some(unit) = self.unit {
            unit.fmt(f)?;
        }
        f.write_str(".")?;
        match self.decided_at {
            Some(at) => at.millis().fmt(f),
            None => Ok(()),
        }
    }
}

/// A case that was chosen on a page, as it was seen there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// One of its proposals.
    pub proposal: ProposalId,
    /// What the page showed of it.
    pub seen: Seen,
}

/// Whose cases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Assigned {
    /// Whosever.
    #[default]
    Whatever,
    /// No unit's.
    ToNobody,
    /// Some unit's.
    ToSomebody,
    /// This unit's.
    To(UnitId),
}

/// How far the decision must have come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Decided {
    /// Nobody has decided.
    #[default]
    NotYet,
    /// Somebody has.
    Already,
    /// Whether or not.
    Whether,
}

name_enum! {
    /// In which order the queue stands.
    ///
    /// [`Self::name`]: the name in addresses and translation keys.
    pub enum QueueOrder {
        /// Most supporters first.
        Supporters = "supporters",
        /// Lowest number first, which is oldest first.
        Number = "number",
        /// Newest first.
        Newest = "newest",
        /// By district, those of one in the order of their numbers.
        District = "district",
        /// By category.
        Category = "category",
        /// By the unit that has it, those that none has first.
        Unit = "unit",
        /// What is undecided first.
        State = "state",
    }
}

/// What the queue shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueueFilter {
    /// Only this district; empty for all.
    pub district: String,
    /// Only this category.
    pub category: Option<CategoryCode>,
    /// Whose.
    pub assigned: Assigned,
    /// How far decided.
    pub decided: Decided,
    /// Only with a picture.
    pub with_picture: bool,
    /// Only where one of these is among its proposals.
    pub found: Option<HashSet<ProposalId>>,
    /// Only what one of these units has: what a unit's staff may see.
    pub of_units: Option<Vec<UnitId>>,
}

impl QueueFilter {
    /// Whether the queue shows it.
    pub fn shows(&self, case: &Case) -> bool {
        let unit = case.unit.as_ref().map(|unit| unit.id);
        let is_assigned = match self.assigned {
            Assigned::Whatever => true,
            Assigned::ToNobody => unit.is_none(),
            Assigned::ToSomebody => unit.is_some(),
            Assigned::To(wanted) => unit == Some(wanted),
        };
        let is_decided = match self.decided {
            Decided::NotYet => case.decision.is_none(),
            Decided::Already => case.decision.is_some(),
            Decided::Whether => true,
        };
        is_assigned
            && is_decided
            && (self.district.is_empty() || case.district.as_deref() == Some(&*self.district))
            && self
                .category
                .as_ref()
                .is_none_or(|category| *category == case.category)
            && (!self.with_picture || case.has_picture)
            && self.found.as_ref().is_none_or(|found| {
                let mut members = case.members.iter();
                members.any(|member| found.contains(&member.id))
            })
            && self
                .of_units
                .as_ref()
                .is_none_or(|units| unit.is_some_and(|unit| units.contains(&unit)))
    }

    /// What the queue shows of all, in this order.
    pub fn of(&self, all: Vec<Case>, order: QueueOrder) -> Vec<Case> {
        let mut shown: Vec<Case> = all.into_iter().filter(|one| self.shows(one)).collect();
        match order {
            QueueOrder::Supporters => {
                shown.sort_by_key(|one| (Reverse(one.supporters), one.number));
            }
            QueueOrder::Number => shown.sort_by_key(|one| one.number),
            QueueOrder::Newest => shown.sort_by_key(|one| Reverse(one.number)),
            QueueOrder::District => {
                shown.sort_by_cached_key(|one| (one.district.clone(), one.number));
            }
            QueueOrder::Category => {
                shown.sort_by_cached_key(|one| (one.category.to_string(), one.number));
            }
            QueueOrder::Unit => shown.sort_by_cached_key(|one| {
                (one.unit.as_ref().map(|unit| unit.name.clone()), one.number)
            }),
            QueueOrder::State => shown.sort_by_key(|one| {
                let decided_at = one.decision.as_ref().map(|decision| decision.decided_at);
                (decided_at, one.number)
            }),
        }
        shown
    }
}

#[cfg(test)]
#[path = "case_tests.rs"]
mod tests;
