//! What is told to `minsheng-print`: which paper, and the words and figures on it.
//!
//! Words come ready from the site, which alone has the texts of both languages; this says where on a paper they stand. Nothing
//! here is markup: whatever a text holds is printed as it is.

mod announcement;
mod ballots;
mod limits;
mod sheet;

pub use announcement::{Announced, Announcement};
pub use ballots::{BallotForm, BallotPapers, Candidate, Numbers};
pub use limits::{MOST_BYTES, TooMuch};
pub use sheet::{Check, Column, Fact, Figure, Holds, QrModules, ResultSheet, Signature, Table};

use serde::{Deserialize, Serialize};

/// A paper with what its file says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The language of its words, for hyphenation and for who has it read aloud.
    pub language: Language,
    /// What readers of PDF show as its title.
    pub title: String,
    /// The day that it is about. The file's date: the same input makes the same bytes on whatever day.
    pub day: Day,
    /// The paper.
    pub paper: Paper,
}

/// A language that papers are printed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    /// Chinese in China.
    #[serde(rename = "zh-CN")]
    Chinese,
    /// English.
    #[serde(rename = "en")]
    English,
}

/// A day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Day {
    /// The year, 1 to 9999.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

/// The kinds of paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paper {
    /// 计票报告单
    ResultSheet(ResultSheet),
    /// 公告
    Announcement(Announcement),
    /// 表决票
    BallotPapers(BallotPapers),
}
