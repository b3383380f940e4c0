//! The announcement (公告).

use serde::{Deserialize, Serialize};

/// What stands on an announcement, from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Announcement {
    /// Whose meeting.
    pub meeting: String,
    /// The heading: 公告.
    pub heading: String,
    /// The number, once there is one.
    pub number: Option<String>,
    /// What was voted on, with the figures, and what is announced.
    pub opening: Vec<String>,
    /// What was chosen, or judged, in order.
    pub list: Vec<Announced>,
    /// What follows the list.
    pub closing: Vec<String>,
    /// That the vote only advises, where it does.
    pub advisory: Option<String>,
    /// Who announces.
    pub signed: String,
    /// The announcement's day, once there is one.
    pub day: Option<String>,
}

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Announced {
    /// The item's title.
    pub title: String,
    /// Its code.
    pub code: String,
    /// What is said of it: its votes, or the verdict.
    pub said: Option<String>,
}
