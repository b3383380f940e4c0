//! What an evaluation leaves behind: verdicts, rework orders, ratings.

use crate::infra::clock::Timestamp;
use crate::projects::ProjectId;
use serde::Serialize;
use tally::rules::{EvaluationRule, LevelId, LevelRole};
use time::Date;
use uuid::Uuid;

/// The deputies' verdict on a project in one announced poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectVerdict {
    /// Which project.
    pub project: ProjectId,
    /// In which poll.
    pub poll: Uuid,
    /// The levels in the order of the ballot.
    pub levels: Vec<VerdictLevel>,
    /// Valid ballots that said nothing of the project.
    pub unanswered: u64,
    /// Of how many the shares were counted.
    pub base: u64,
    /// The level that is the verdict; none where nobody was left in the base.
    pub verdict: Option<LevelId>,
    /// When it was announced; orders several verdicts on one project.
    pub announced_at: Timestamp,
    /// The day of it.
    pub announced_on: Date,
}

impl ProjectVerdict {
    /// The level that is the verdict, with its votes.
    pub fn reached(&self) -> Option<&VerdictLevel> {
        self.levels
            .iter()
            .find(|level| Some(&level.id) == self.verdict.as_ref())
    }
}

/// What deputies said of a project at one level of the ballot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerdictLevel {
    /// The level.
    pub id: LevelId,
    /// What the ballot said.
    pub label: String,
    /// Where it stands; none for a level that is never the verdict.
    pub rank: Option<Rank>,
    /// Its votes.
    pub votes: u64,
    /// The fewest votes of this and all better levels together with which it is the verdict, where there is a share.
    pub needed: Option<u64>,
}

/// Where a level stands among those that can be the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum Rank {
    /// None is better.
    Best,
    /// Some are better, some are worse.
    Between,
    /// The one that is left where no better is reached.
    Lowest,
}

impl Rank {
    /// The rank of a level under the rule.
    pub fn of(rule: &EvaluationRule, id: &LevelId) -> Option<Self> {
        if rule.is_lowest(id) {
            return Some(Self::Lowest);
        }
        let mut judged = rule
            .levels
            .iter()
            .filter(|level| !matches!(level.role, LevelRole::Apart(_)));
        match judged.position(|level| level.id == *id)? {
            0 => Some(Self::Best),
            _ => Some(Self::Between),
        }
    }
}

/// A rework order (二次办理).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rework {
    /// Which project.
    pub project: ProjectId,
    /// The poll whose verdict orders it.
    pub poll: Uuid,
    /// When it was ordered.
    pub ordered_on: Date,
    /// By when the unit has to have reworked.
    pub due: Date,
    /// What the unit did, and when it said so.
    pub answer: Option<(String, Date)>,
}

impl Rework {
    /// Whether the deadline has passed without an answer.
    pub fn is_late(&self, today: Date) -> bool {
        self.answer.is_none() && self.due < today
    }
}

/// A resident's stars, 1 to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, sqlx::Type)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct Stars(i32);

impl Stars {
    /// All there are, best first.
    pub const ALL: [Self; 5] = [Self(5), Self(4), Self(3), Self(2), Self(1)];

    /// 1 to 5, else nothing.
    pub fn new(stars: i32) -> Option<Self> {
        (1..=5).contains(&stars).then_some(Self(stars))
    }

    /// The number.
    pub const fn number(self) -> i32 {
        self.0
    }
}

/// A resident's rating of a delivered project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rating {
    /// The stars.
    pub stars: Stars,
    /// What the resident says; may be empty.
    pub comment: String,
}
