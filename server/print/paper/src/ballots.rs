//! Ballot papers (表决票), each with a numbered stub (存根) that is torn off before the paper is given out.

use serde::{Deserialize, Serialize};

/// Ballot papers of one vote: all alike but for the number, which stands on the stub and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BallotPapers {
    /// Whose meeting: 青禾县第十八届人民代表大会第五次会议.
    pub meeting: String,
    /// What is voted on: 2026 年度民生实事项目.
    pub vote: String,
    /// What the paper is called: 表决票, where the vote advises 票选.
    pub heading: String,
    /// That the vote only advises, where it does.
    pub advisory: Option<String>,
    /// How the paper is filled in, in words.
    pub rules: Vec<String>,
    /// What can be marked.
    pub form: BallotForm,
    /// The heading of the column of places in the order.
    pub order_column: String,
    /// The heading of the column of titles.
    pub title_column: String,
    /// What is voted on, in the order that was adopted.
    pub candidates: Vec<Candidate>,
    /// Where the seal is put: （盖章处）.
    pub seal: String,
    /// What is printed across the line at which the stub is torn off.
    pub tear: String,
    /// The stub's heading: 存根.
    pub stub: String,
    /// The word before the number: 编号.
    pub number: String,
    /// The words before the lines that are filled in by hand on the stub: 领票人, 发票人.
    pub stub_lines: Vec<String>,
    /// What is said at the foot of a page where the paper goes on overleaf.
    pub overleaf: String,
    /// The numbers of the stubs.
    pub numbers: Numbers,
}

/// What can be marked on a ballot paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BallotForm {
    /// One box beside each candidate.
    Tick {
        /// The heading of the column of boxes: 赞成.
        mark: String,
    },
    /// For each candidate one box in each column.
    EachItem {
        /// The headings: 赞成, 反对, 弃权; of an evaluation its levels.
        marks: Vec<String>,
    },
}

/// What is voted on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Candidate {
    /// Its code: QH26-01.
    pub code: String,
    /// Its title.
    pub title: String,
    /// Who builds it, for how much: nothing, or a line below the title.
    pub about: Option<String>,
}

/// A range of numbers, both ends belonging to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Numbers {
    /// The first, at least 1.
    pub first: u32,
    /// The last.
    pub last: u32,
}
