//! Finding proposals: what the public list can be asked for, and likeness. The statements are in
//! `search_store`.

pub use super::search_store::{found, index, list, progress};
use crate::name_enum;
use tracing::instrument;

use super::proposal::{Content, Proposal};
use super::search_store;
use super::terms::{likeness, terms};
use crate::cycles::Cycle;
use crate::cycles::settings::CategoryCode;
use crate::infra::database::{DatabaseError, Tx};
use std::collections::BTreeSet;

/// From which likeness on two proposals are shown to their proposer as similar; people decide.
pub const SIMILAR_FROM: f64 = 0.3;
/// How many similar proposals are shown at most.
pub const SIMILAR_SHOWN: usize = 5;
/// How many of a text's terms look for similar ones, the title's first.
const SIMILAR_TERMS: usize = 160;

name_enum! {
    /// How far an accepted proposal has come, as everybody may know.
    ///
    /// [`Self::name`]: the name in addresses and translation keys (`progress-<name>`).
    pub enum Progress {
        /// Accepted; screening has published nothing on it yet.
        Accepted = "accepted",
        /// Found feasible.
        Feasible = "feasible",
        /// Declined at screening, with a reason.
        Declined = "declined",
        /// In a candidate of the published shortlist.
        Candidate = "candidate",
    }
}

/// In which order a list stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// A random one, the same for the same seed: while collecting, nobody is first by having been first.
    Shuffled(u32),
    /// Most supporters first.
    Ranked,
    /// Newest first.
    Newest,
}

/// What a list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// Only this category.
    pub category: Option<CategoryCode>,
    /// Only this district; empty for all.
    pub district: String,
    /// Only these.
    pub progress: Option<Progress>,
    /// Only what has all this in it; empty for all.
    pub query: String,
    /// The order.
    pub order: Order,
}

/// A line of the public list.
#[derive(Debug)]
pub struct Listed {
    /// The proposal, accepted.
    pub proposal: Proposal,
    /// How far it has come.
    pub progress: Progress,
}

/// Accepted proposals of the cycle that are like this one, likest first.
#[instrument(skip_all, fields(cycle = %cycle.id), err(level = "debug"))]
pub async fn similar(
    tx: &mut Tx,
    cycle: &Cycle,
    content: &Content,
) -> Result<Vec<Proposal>, DatabaseError> {
    let words = Words::of(&content.title, &content.body, &content.place);
    let all = words.title.iter().chain(&words.whole);
    let wanted: BTreeSet<&String> = all.take(SIMILAR_TERMS).collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let mut ranked = Vec::new();
    for proposal in search_store::sharing(tx, cycle, wanted).await? {
        let one = &proposal.content;
        let like = words.likeness(&Words::of(&one.title, &one.body, &one.place));
        if like >= SIMILAR_FROM {
            ranked.push((like, proposal));
        }
    }
    ranked.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    Ok(ranked
        .into_iter()
        .take(SIMILAR_SHOWN)
        .map(|(_, proposal)| proposal)
        .collect())
}

/// What likeness looks at of a proposal.
#[derive(Debug)]
pub struct Words {
    title: BTreeSet<String>,
    whole: BTreeSet<String>,
}

impl Words {
    /// The words of a proposal's parts.
    pub fn of(title: &str, body: &str, place: &str) -> Self {
        Self {
            title: terms(title),
            whole: terms(&searched(title, body, place)),
        }
    }

    /// How alike two proposals are, from 0 to 1: by their titles or by all that they say, whichever is more.
    pub fn likeness(&self, other: &Self) -> f64 {
        let by_title = likeness(&self.title, &other.title);
        by_title.max(likeness(&self.whole, &other.whole))
    }
}

/// The text that full-text search and likeness look at.
pub(super) fn searched_text(content: &Content) -> String {
    searched(&content.title, &content.body, &content.place)
}

/// The same of a proposal's parts.
pub(super) fn searched(title: &str, body: &str, place: &str) -> String {
    format!("{title}\n{body}\n{place}")
}
