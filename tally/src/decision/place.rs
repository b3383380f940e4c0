//! Who gets a place: ranks, the line of the last place, and ties across it.

use super::{Counts, Decision, FollowUp, ItemDecision, Sheet, Standing};
use crate::rules::{Base, DecisionRule, ItemId, Rule, TieBreak, TooFew};

/// The decision that the votes give. `rule` is the decision's part of `whole`.
pub(super) fn decision(
    whole: &Rule,
    rule: &DecisionRule,
    sheet: Sheet,
    counts: Counts,
) -> Decision {
    let base = match rule.base {
        Base::Deputies => sheet.deputies,
        Base::Present => sheet.present,
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
    let items: Vec<ItemDecision> = whole
        .items()
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
        advisory: whole.is_advisory(),
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

/// What becomes of an item that got no place.
pub(super) fn without_place(reached: bool, reserve: bool) -> Standing {
    if reached && reserve {
        Standing::Reserve
    } else {
        Standing::NotChosen
    }
}
