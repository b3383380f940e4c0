//! What follows a count: the drawn lot, the run-off, the second ballot, each put into the decision.

use std::collections::BTreeSet;

use super::place::without_place;
use super::{Decision, DecisionError, FollowUp, ItemDecision, Lot, Standing};
use crate::rules::{ItemId, Rule};

impl Decision {
    /// The chosen items, best first; equal votes in the rule's order.
    pub fn chosen(&self) -> Vec<&ItemDecision> {
        self.by_rank(|item| item.standing.is_chosen())
    }

    /// The list as an adoption vote adopts it: the ids of the chosen, best first, each followed by a new line. Its hash are the `facts`
    /// of that vote's rule.
    pub fn list(&self) -> String {
        let lines = self
            .chosen()
            .into_iter()
            .map(|item| format!("{}\n", item.id));
        lines.collect()
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

    /// Puts a drawn lot into this decision. `rule` is the rule of this decision.
    pub fn with_lot(mut self, rule: &Rule, lot: &Lot) -> Result<Self, DecisionError> {
        let reserve = rule.decision().ok_or(DecisionError::OtherPoll)?.reserve;
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
                Some(
                    Standing::Chosen
                    | Standing::Filled
                    | Standing::ChosenInRunOff
                    | Standing::ChosenInSecondBallot,
                ) => Standing::ChosenInRunOff,
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

    /// The items for a second ballot on the rest and the places that stayed empty, where one can be called: nothing is tied,
    /// and both are left.
    pub fn rest(&self) -> Option<(Vec<ItemId>, u64)> {
        let items: Vec<ItemId> = self
            .items
            .iter()
            .filter(|item| !item.standing.is_chosen())
            .map(|item| item.id.clone())
            .collect();
        let callable = self.is_complete() && self.empty_places > 0 && !items.is_empty();
        callable.then_some((items, self.empty_places))
    }

    /// Puts a second ballot's decision into this one: its winners take places that were empty, what it reserves is reserved,
    /// and a tie of it is what must follow.
    pub fn with_second_ballot(mut self, second: &Self) -> Result<Self, DecisionError> {
        let (rest, empty) = self.rest().ok_or(DecisionError::OtherSecondBallot)?;
        let expected: BTreeSet<&ItemId> = rest.iter().collect();
        let found: BTreeSet<&ItemId> = second.items.iter().map(|item| &item.id).collect();
        let places = empty.min(u64::try_from(rest.len()).unwrap_or(u64::MAX));
        if expected != found || second.places != places {
            return Err(DecisionError::OtherSecondBallot);
        }
        for item in self
            .items
            .iter_mut()
            .filter(|item| !item.standing.is_chosen())
        {
            let Some(again) = second.items.iter().find(|other| other.id == item.id) else {
                return Err(DecisionError::OtherSecondBallot);
            };
            item.reached = again.reached;
            item.standing = match again.standing {
                Standing::Chosen => Standing::ChosenInSecondBallot,
                standing => standing,
            };
        }
        self.empty_places = (empty - places).saturating_add(second.empty_places);
        self.follow_up = second.follow_up.clone();
        Ok(self)
    }
}
