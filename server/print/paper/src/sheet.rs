//! The result sheet (计票报告单).

use serde::{Deserialize, Serialize};

/// What stands on a result sheet, from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResultSheet {
    /// Whose meeting.
    pub meeting: String,
    /// What the sheet is of.
    pub heading: String,
    /// What stands on the line below: the day, the announcement's number.
    pub line: Vec<String>,
    /// That the vote only advises, where it does.
    pub advisory: Option<String>,
    /// The figures of the ballots; none where nothing was counted.
    pub figures: Vec<Figure>,
    /// How the figures add up.
    pub sums: Vec<String>,
    /// Every item with its counts; none where nothing was counted.
    pub table: Option<Table>,
    /// What is said below the table.
    pub notes: Vec<String>,
    /// The decision in a sentence.
    pub decision: String,
    /// The heading of the rules.
    pub rules_heading: String,
    /// The rules in words.
    pub rules: Vec<String>,
    /// The heading of the signatures.
    pub signatures_heading: String,
    /// Who signs.
    pub signatures: Vec<Signature>,
    /// How anybody checks the result.
    pub check: Check,
}

/// A number with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// What it counts.
    pub name: String,
    /// How many.
    pub value: u64,
}

/// A table: the names of its columns, then its rows, each as wide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The columns.
    pub columns: Vec<Column>,
    /// The cells of each row.
    pub rows: Vec<Vec<String>>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its heading.
    pub name: String,
    /// What is in its cells.
    pub holds: Holds,
}

/// What is in the cells of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holds {
    /// Numbers, set to the right.
    Numbers,
    /// A short word that is not broken.
    Word,
    /// A text, which takes the room that is left. It names the row.
    Name,
}

/// A line to sign on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// As what one signs.
    pub role: String,
    /// Who.
    pub name: String,
}

/// By what a sheet is tied to the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// The heading.
    pub heading: String,
    /// Hashes and positions.
    pub facts: Vec<Fact>,
    /// What to do.
    pub text: String,
    /// The command that does it.
    pub command: String,
    /// Where the result is checked.
    pub address: Option<QrModules>,
}

/// A name with a value that is compared letter by letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// What it is.
    pub name: String,
    /// The value.
    pub value: String,
}

/// A QR code as it is drawn, with the quiet zone around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QrModules {
    /// What it leads to, for those who do not see it.
    pub means: String,
    /// Its rows of `1` (dark) and `0` (light), as many as each is long.
    pub rows: Vec<String>,
}
