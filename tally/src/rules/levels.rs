//! The levels of a satisfaction poll (满意度测评): data of the rule, best first.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::convert::{bad, count, within};
use super::document::LevelTable;
use super::text::seen;
use super::words::words;
use super::{KeyProblem, RuleError, TextFault, Threshold, text_fault};

/// A verdict needs two levels to choose from; more than ten no ballot can tell apart.
const LEAST_LEVELS: u64 = 2;
const MOST_LEVELS: u64 = 10;

/// A level's id, unique within a rule: what counts and verdicts call it, in any language.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LevelId(String);

impl LevelId {
    /// An id of 1 to 32 characters: a lowercase letter, then lowercase letters, digits and `_`.
    pub fn new(id: impl Into<String>) -> Option<Self> {
        let id = id.into();
        let clean = id
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        let begins = id.starts_with(|first: char| first.is_ascii_lowercase());
        (clean && begins && id.len() <= 32).then_some(Self(id))
    }

    /// The id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for LevelId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(text).ok_or("not a level's id: 1 to 32 of a-z, 0-9 and _, a letter first")
    }
}

impl From<LevelId> for String {
    fn from(id: LevelId) -> Self {
        id.0
    }
}

impl fmt::Display for LevelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One level that a ballot offers for each project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// Its id.
    pub id: LevelId,
    /// What the ballot says, e.g. 基本满意.
    pub label: String,
    /// What its votes do.
    pub role: LevelRole,
}

/// What a level's votes do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LevelRole {
    /// It is the verdict where its votes and those of all better levels together reach this share of the base.
    From(Threshold),
    /// It is the verdict where no better one is: the last level that is judged.
    Otherwise,
    /// It is never the verdict (不了解, 弃权).
    Apart(Apart),
}

words! {
    /// What becomes of the votes of a level that is never the verdict; as a document's value, that of `counts`.
    pub enum Apart {
        /// They stay in the base, where they weigh against every verdict but the last.
        InBaseOnly = "in_base_only",
        /// They are taken off the base of that project.
        Nowhere = "nowhere",
    }
}

/// Reads the tables `[[levels]]`.
pub(super) fn read(tables: Vec<LevelTable>) -> Result<Vec<Level>, RuleError> {
    within("levels", count(&tables), LEAST_LEVELS, MOST_LEVELS)?;
    let is_judged = |table: &LevelTable| table.counts.is_none();
    let judged = tables.iter().filter(|table| is_judged(table)).count();
    let judged = u64::try_from(judged).unwrap_or(u64::MAX);
    within("levels", judged, LEAST_LEVELS, MOST_LEVELS)?;
    let last = tables.iter().rposition(is_judged);
    let (mut ids, mut labels) = (BTreeSet::new(), BTreeSet::new());
    tables
        .into_iter()
        .enumerate()
        .map(|(index, table)| {
            let wrong = |key, problem| Err(bad(format!("levels[{index}].{key}"), problem));
            if !ids.insert(table.id.clone()) {
                return wrong("id", KeyProblem::Repeated(table.id));
            }
            match text_fault(&table.label) {
                Some(TextFault::Empty) => return wrong("label", KeyProblem::Empty),
                Some(fault) => return wrong("label", KeyProblem::Text(fault)),
                None => {}
            }
            // Two answers that read the same would make a ballot that says nothing.
            if !labels.insert(seen(&table.label)) {
                return wrong("label", KeyProblem::Repeated(table.label));
            }
            level(table, index, Some(index) == last)
        })
        .collect()
}

/// One level; `last` is the one that is the verdict where no better is reached.
fn level(table: LevelTable, index: usize, last: bool) -> Result<Level, RuleError> {
    let wrong = |key, problem| bad(format!("levels[{index}].{key}"), problem);
    let role = match (table.threshold, table.counts) {
        (None, Some(apart)) => LevelRole::Apart(apart),
        (None, None) if last => LevelRole::Otherwise,
        (None, None) => return Err(wrong("threshold", KeyProblem::Missing)),
        (Some(_), counts) if last || counts.is_some() => {
            return Err(wrong("threshold", KeyProblem::NotApplicable));
        }
        (Some(share), _) => LevelRole::From(
            share
                .parse()
                .map_err(|error| wrong("threshold", KeyProblem::Fraction(error)))?,
        ),
    };
    let id =
        LevelId::new(table.id.clone()).ok_or_else(|| wrong("id", KeyProblem::BadId(table.id)))?;
    Ok(Level {
        id,
        label: table.label,
        role,
    })
}
