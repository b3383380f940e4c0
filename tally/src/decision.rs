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

mod counts;
mod sheet;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::rules::{Base, DecisionRule, ItemId, Rule, TieBreak, TooFew};

pub(crate) use counts::Counts;
pub use counts::{CountError, Votes};
pub use sheet::{Returns, Sheet, SheetError};

/// What a poll came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// Too few deputies signed in: the voting could not have been opened.
    NoQuorum {
        /// Signed in.
        signed_in: u64,
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
#[serde(rename_all = "kebab-case")]
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
}

/// One item's votes and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Chosen by its votes.
    Chosen,
    /// Chosen without the majority, as the rule fills places.
    Filled,
    /// Chosen in a run-off.
    ChosenInRunOff,
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
            Self::Chosen | Self::Filled | Self::ChosenInRunOff | Self::ChosenByLot => true,
            Self::Tied | Self::Reserve | Self::NotChosen => false,
        }
    }
}

/// What must happen before the result is complete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
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
#[serde(rename_all = "kebab-case")]
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
    if sheet.signed_in < needed {
        return Ok(Outcome::NoQuorum {
            signed_in: sheet.signed_in,
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
    let decision = rank_and_place(rule.items(), decision_rule, sheet, counts);
    Ok(Outcome::Decided(match lot {
        Some(lot) => decision.with_lot(lot, decision_rule.reserve)?,
        None => decision,
    }))
}

fn rank_and_place(ids: &[ItemId], rule: &DecisionRule, sheet: Sheet, counts: Counts) -> Decision {
    let base = match rule.base {
        Base::Deputies => sheet.deputies,
        Base::SignedIn => sheet.signed_in,
        Base::Valid => sheet.valid,
    };
    let votes_needed = rule.majority.votes_needed(base);
    let least = match rule.too_few {
        TooFew::LeaveEmpty => votes_needed,
        TooFew::Fill => 1,
    };
    let cut = Cut::new(
        counts.items.iter().map(|votes| votes.in_favour),
        rule.places,
        least,
    );
    let all: Vec<u64> = counts.items.iter().map(|votes| votes.in_favour).collect();
    let items: Vec<ItemDecision> = ids
        .iter()
        .zip(counts.items)
        .map(|(id, votes)| {
            let reached = votes.in_favour >= votes_needed;
            let higher = all.iter().filter(|other| **other > votes.in_favour).count();
            ItemDecision {
                id: id.clone(),
                votes,
                rank: u64::try_from(higher).unwrap_or(u64::MAX).saturating_add(1),
                reached,
                standing: cut.standing(votes.in_favour, reached, rule.reserve),
            }
        })
        .collect();
    let tied: Vec<ItemId> = items
        .iter()
        .filter(|item| item.standing == Standing::Tied)
        .map(|item| item.id.clone())
        .collect();
    let follow_up = match (tied.is_empty(), rule.tie) {
        (true, _) => FollowUp::Nothing,
        (false, TieBreak::RunOff) => FollowUp::RunOff {
            items: tied,
            places: cut.places_for_tied,
        },
        (false, TieBreak::Lot) => FollowUp::Lot {
            items: tied,
            places: cut.places_for_tied,
        },
    };
    Decision {
        sheet,
        base,
        votes_needed,
        places: rule.places,
        blank: counts.blank,
        items,
        empty_places: cut.empty,
        follow_up,
    }
}

/// Where the line of the last place falls among the votes.
struct Cut {
    /// From this many votes on an item is chosen outright.
    chosen_from: u64,
    /// Items with exactly this many are tied across the line.
    tied_at: Option<u64>,
    places_for_tied: u64,
    empty: u64,
}

impl Cut {
    fn new(votes: impl Iterator<Item = u64>, places: u64, least: u64) -> Self {
        let mut eligible: Vec<u64> = votes.filter(|votes| *votes >= least).collect();
        eligible.sort_unstable_by(|a, b| b.cmp(a));
        let number = u64::try_from(eligible.len()).unwrap_or(u64::MAX);
        if number <= places {
            return Self {
                chosen_from: least,
                tied_at: None,
                places_for_tied: 0,
                empty: places - number,
            };
        }
        // More eligible items than places, and at least one place: the last place has a holder.
        let last = usize::try_from(places)
            .ok()
            .and_then(|places| eligible.get(places.checked_sub(1)?))
            .copied()
            .unwrap_or(least);
        let above = u64::try_from(eligible.iter().filter(|votes| **votes > last).count())
            .unwrap_or(u64::MAX);
        let at = u64::try_from(eligible.iter().filter(|votes| **votes == last).count())
            .unwrap_or(u64::MAX);
        if above.saturating_add(at) <= places {
            return Self {
                chosen_from: last,
                tied_at: None,
                places_for_tied: 0,
                empty: 0,
            };
        }
        Self {
            chosen_from: last.saturating_add(1),
            tied_at: Some(last),
            places_for_tied: places - above,
            empty: 0,
        }
    }

    fn standing(&self, votes: u64, reached: bool, reserve: bool) -> Standing {
        if votes >= self.chosen_from {
            if reached {
                Standing::Chosen
            } else {
                Standing::Filled
            }
        } else if Some(votes) == self.tied_at {
            Standing::Tied
        } else {
            without_place(reached, reserve)
        }
    }
}

fn without_place(reached: bool, reserve: bool) -> Standing {
    if reached && reserve {
        Standing::Reserve
    } else {
        Standing::NotChosen
    }
}

impl Decision {
    /// The chosen items, best first; equal votes in the rule's order.
    pub fn chosen(&self) -> Vec<&ItemDecision> {
        self.by_rank(|item| item.standing.is_chosen())
    }

    /// The runners-up for the reserve pool, best first.
    pub fn reserve(&self) -> Vec<&ItemDecision> {
        self.by_rank(|item| item.standing == Standing::Reserve)
    }

    /// Whether nothing must follow: no tie is open.
    pub fn is_complete(&self) -> bool {
        self.follow_up == FollowUp::Nothing
    }

    fn by_rank(&self, keep: impl Fn(&ItemDecision) -> bool) -> Vec<&ItemDecision> {
        let mut items: Vec<&ItemDecision> = self.items.iter().filter(|item| keep(item)).collect();
        items.sort_by_key(|item| item.rank);
        items
    }

    /// Puts a drawn lot into this decision. `reserve` is the rule's key of that name.
    fn with_lot(mut self, lot: &Lot, reserve: bool) -> Result<Self, DecisionError> {
        let FollowUp::Lot {
            items: tied,
            places,
        } = &self.follow_up
        else {
            return Err(DecisionError::NoLotToDraw);
        };
        let drawn: BTreeSet<&ItemId> = lot.drawn.iter().collect();
        let as_many =
            u64::try_from(lot.drawn.len()) == Ok(*places) && drawn.len() == lot.drawn.len();
        if !as_many || !drawn.iter().all(|id| tied.contains(id)) {
            return Err(DecisionError::BadLot {
                places: *places,
                tied: u64::try_from(tied.len()).unwrap_or(u64::MAX),
            });
        }
        for item in self
            .items
            .iter_mut()
            .filter(|item| item.standing == Standing::Tied)
        {
            item.standing = if drawn.contains(&item.id) {
                Standing::ChosenByLot
            } else {
                without_place(item.reached, reserve)
            };
        }
        self.follow_up = FollowUp::Nothing;
        Ok(self)
    }

    /// Puts a run-off's decision into this one: its winners take the places left, and where it is tied again, its tie is what
    /// must follow. `rule` is the rule of this decision.
    pub fn with_run_off(mut self, rule: &Rule, run_off: &Self) -> Result<Self, DecisionError> {
        let reserve = rule.decision().ok_or(DecisionError::OtherPoll)?.reserve;
        let FollowUp::RunOff {
            items: tied,
            places,
        } = &self.follow_up
        else {
            return Err(DecisionError::OtherRunOff);
        };
        let expected: BTreeSet<&ItemId> = tied.iter().collect();
        let found: BTreeSet<&ItemId> = run_off.items.iter().map(|item| &item.id).collect();
        if expected != found || run_off.places != *places {
            return Err(DecisionError::OtherRunOff);
        }
        for item in self
            .items
            .iter_mut()
            .filter(|item| item.standing == Standing::Tied)
        {
            let second = run_off
                .items
                .iter()
                .find(|other| other.id == item.id)
                .map(|other| other.standing);
            item.standing = match second {
                Some(Standing::Chosen | Standing::Filled | Standing::ChosenInRunOff) => {
                    Standing::ChosenInRunOff
                }
                Some(Standing::ChosenByLot) => Standing::ChosenByLot,
                Some(Standing::Tied) => Standing::Tied,
                Some(Standing::Reserve | Standing::NotChosen) | None => {
                    without_place(item.reached, reserve)
                }
            };
        }
        self.empty_places = self.empty_places.saturating_add(run_off.empty_places);
        self.follow_up = run_off.follow_up.clone();
        Ok(self)
    }
}
