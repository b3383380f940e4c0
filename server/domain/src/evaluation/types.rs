//! What an evaluation leaves behind: verdicts, rework orders, ratings.

use crate::infra::clock::Timestamp;
use crate::projects::ProjectId;
use serde::Serialize;
use tally::evaluation::{Levels, Verdict};
use time::Date;
use uuid::Uuid;

/// How many days a unit has for a rework, unless the rules say otherwise.
pub const REWORK_DAYS: i64 = 60;

/// The deputies' verdict on a project in one announced poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectVerdict {
    /// Which project.
    pub project: ProjectId,
    /// In which poll.
    pub poll: Uuid,
    /// The counts.
    pub levels: Levels,
    /// Of how many the share was counted.
    pub base: u64,
    /// The fewest that reach the share.
    pub needed: u64,
    /// The verdict.
    pub verdict: Verdict,
    /// When it was announced; orders several verdicts on one project.
    pub announced_at: Timestamp,
    /// The day of it.
    pub announced_on: Date,
}

/// The name of a verdict in code, exports and translation keys (`project-verdict-<name>`).
pub const fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Satisfied => "satisfied",
        Verdict::BasicallySatisfied => "basically_satisfied",
        Verdict::Unsatisfied => "unsatisfied",
        Verdict::NoBase => "no_base",
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
