//! From a rule, the figures of the sheet and the counts to what was decided. Pure functions: anyone gets the same.
//!
//! ```text
//! quorum? ── no ──▶ NoQuorum
//!    │ yes
//! returned > issued? ── yes ──▶ Void
//!    │ no
//! rank by votes ▶ majority ▶ places ▶ tie across the last place? ▶ run-off or lot
//! ```
//!
//! Organic law 2022, articles 14, 25, 28 and 29, and the published local rules behind the defaults; where localities
//! differ, the difference is a key of the rule.

mod account;
mod counts;
mod follow;
mod place;
mod sheet;

use serde::{Deserialize, Serialize};

use crate::rules::{ItemId, Rule};

pub use account::{Account, AccountError, Devices, Paper};
pub(crate) use counts::{Answers, Counts, questions};
pub use counts::{CountError, Votes};
pub use sheet::{Returns, Sheet, SheetError};

/// What a poll came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Outcome {
    /// Too few deputies present: the voting could not have been opened.
    NoQuorum {
        /// Present.
        present: u64,
        /// Needed.
        needed: u64,
    },
    /// More ballots came back than were issued: the vote must be held again, nothing is counted.
    Void {
        /// Issued.
        issued: u64,
        /// Returned.
        returned: u64,
    },
    /// Counted and decided.
    Decided(Decision),
}

/// A counted poll: the sheet, every item's votes, rank and standing, and what must follow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Decision {
    /// The figures of the result sheet.
    pub sheet: Sheet,
    /// Of how many the majority was counted.
    pub base: u64,
    /// The fewest votes with which an item could be chosen.
    pub votes_needed: u64,
    /// Places to fill.
    pub places: u64,
    /// Blank ballots, where the form tells them apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blank: Option<u64>,
    /// The items in the order of the rule.
    pub items: Vec<ItemDecision>,
    /// Places that nobody took.
    pub empty_places: u64,
    /// What must happen before the result is complete.
    pub follow_up: FollowUp,
    /// Whether the vote only advises (街道 居民议事会): whoever shows the decision must say so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub advisory: bool,
}

/// One item's votes and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ItemDecision {
    /// The item.
    pub id: ItemId,
    /// Its votes.
    pub votes: Votes,
    /// Rank by votes in favour, from 1; equal votes share a rank.
    pub rank: u64,
    /// Whether it has the votes needed.
    pub reached: bool,
    /// What became of it.
    pub standing: Standing,
}

/// What became of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Standing {
    /// Chosen by its votes.
    Chosen,
    /// Chosen without the majority, as the rule fills places.
    Filled,
    /// Chosen in a run-off.
    ChosenInRunOff,
    /// Chosen in a second ballot on the places that stayed empty.
    ChosenInSecondBallot,
    /// Chosen by a drawn lot.
    ChosenByLot,
    /// Tied across the last place: not yet decided.
    Tied,
    /// Reached the majority without a place: offered to the next cycle (储备库).
    Reserve,
    /// Not chosen.
    NotChosen,
}

impl Standing {
    /// Whether the item has a place.
    pub fn is_chosen(self) -> bool {
        match self {
            Self::Chosen
            | Self::Filled
            | Self::ChosenInRunOff
            | Self::ChosenInSecondBallot
            | Self::ChosenByLot => true,
            Self::Tied | Self::Reserve | Self::NotChosen => false,
        }
    }
}

/// What must happen before the result is complete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum FollowUp {
    /// Nothing.
    Nothing,
    /// A run-off among exactly these items, with [`Rule::run_off`].
    RunOff {
        /// The tied items.
        items: Vec<ItemId>,
        /// The places left.
        places: u64,
    },
    /// A lot drawn among exactly these items, and recorded.
    Lot {
        /// The tied items.
        items: Vec<ItemId>,
        /// The places left.
        places: u64,
    },
}

/// A drawn lot, as recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Lot {
    /// The items drawn: as many as there were places left.
    pub drawn: Vec<ItemId>,
}

/// Why no decision can be computed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecisionError {
    /// The rule is that of an evaluation, or the other way round.
    #[error("the rule's `poll` is of another kind")]
    OtherPoll,
    /// The figures contradict each other.
    #[error(transparent)]
    Sheet(#[from] SheetError),
    /// The counts do not fit the rule or the figures.
    #[error(transparent)]
    Counts(#[from] CountError),
    /// A lot was drawn although nothing is tied, or the rule asks for a run-off.
    #[error("no lot was to be drawn")]
    NoLotToDraw,
    /// The drawn items are not exactly so many of the tied ones.
    #[error("the lot must draw {places} of the {tied} tied items, each once")]
    BadLot {
        /// Places left.
        places: u64,
        /// Items tied.
        tied: u64,
    },
    /// A run-off's items or places are not those of the tie.
    #[error("the run-off is not among exactly the tied items for the places left")]
    OtherRunOff,
    /// A second ballot's items or places are not those that were left.
    #[error("the second ballot is not on exactly the items not chosen for the places left empty")]
    OtherSecondBallot,
    /// Ballots by the way they were cast contradict each other.
    #[error(transparent)]
    Account(#[from] AccountError),
}

/// Decides a poll.
///
/// `counts` are the election result as the archive has it: one list a question, the blank choice first where the question has
/// one. `lot` is the recorded draw where one was needed and made.
pub fn decide(
    rule: &Rule,
    returns: Returns,
    counts: &[Vec<u64>],
    lot: Option<&Lot>,
) -> Result<Outcome, DecisionError> {
    let decision_rule = rule.decision().ok_or(DecisionError::OtherPoll)?;
    let sheet = Sheet::new(rule.deputies(), returns)?;
    let needed = rule.quorum_count();
    if sheet.present < needed {
        return Ok(Outcome::NoQuorum {
            present: sheet.present,
            needed,
        });
    }
    if sheet.is_void() {
        return Ok(Outcome::Void {
            issued: sheet.issued,
            returned: sheet.returned,
        });
    }
    let counts = Counts::read(rule, counts, sheet.valid)?;
    let decision = place::decision(rule, decision_rule, sheet, counts);
    Ok(Outcome::Decided(match lot {
        Some(lot) => decision.with_lot(rule, lot)?,
        None => decision,
    }))
}

/// Decides a poll whose ballots were cast on devices and on paper: as [`decide`], from figures told apart.
///
/// More paper returned than issued makes the vote void even where the totals would hide it behind devices that returned nothing.
pub fn decide_account(
    rule: &Rule,
    account: &Account,
    counts: &[Vec<u64>],
    lot: Option<&Lot>,
) -> Result<Outcome, DecisionError> {
    let returns = account.returns(rule)?;
    let Paper {
        issued, returned, ..
    } = account.paper;
    match decide(rule, returns, counts, lot)? {
        Outcome::Decided(_) if returned > issued => Ok(Outcome::Void { issued, returned }),
        outcome => Ok(outcome),
    }
}
