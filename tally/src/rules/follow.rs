//! The rules of the polls that may follow a poll: a run-off, a second ballot on the rest, the adoption of the list.

use super::convert::{bad, check_places, items};
use super::{
    Base, Blank, Comparison, DecisionRule, FactsHash, Form, Fraction, ItemId, KeyProblem, Majority,
    ParseFractionError, Poll, Reserved, Rule, RuleError, RuleHash, Threshold,
};

impl Rule {
    /// The rule of the run-off among `tied` for `places`, as design and law have it: exactly the tied items, most votes win.
    /// `self_hash` is the hash of this rule's published bytes; `reserved` the election ids that are left.
    pub fn run_off(
        &self,
        self_hash: RuleHash,
        tied: &[ItemId],
        places: u64,
        reserved: Reserved,
    ) -> Result<Self, RuleError> {
        let decision = DecisionRule {
            places,
            majority: Majority::None,
            reserve: false,
            ..self.deciding()?.clone()
        };
        self.following(
            Poll::RunOff {
                decision,
                of: self_hash,
            },
            tied,
            Form::AtMost {
                max: places,
                blank: Blank::Nobody,
            },
            reserved,
        )
    }

    /// The rule of a second ballot on `rest`, the items that were not chosen, for the places that stayed empty: at most as
    /// many as there are items. The majority and its base stay what they were; no tick more than places.
    pub fn second_ballot(
        &self,
        self_hash: RuleHash,
        rest: &[ItemId],
        empty_places: u64,
        reserved: Reserved,
    ) -> Result<Self, RuleError> {
        let places = empty_places.min(u64::try_from(rest.len()).unwrap_or(u64::MAX));
        let decision = DecisionRule {
            places,
            ..self.deciding()?.clone()
        };
        let form = match self.form {
            Form::AtMost { blank, .. } => Form::AtMost { max: places, blank },
            Form::AtLeast { min, .. } => Form::AtLeast {
                min: min.min(places),
                max: places,
            },
            form @ (Form::EachItem { .. } | Form::Levels) => form,
        };
        self.following(
            Poll::SecondBallot {
                decision,
                of: self_hash,
            },
            rest,
            form,
            reserved,
        )
    }

    /// The rule of the vote by which the meeting adopts the list as a resolution: one item, for, against or abstaining, more
    /// than half of all deputies. `title` is the resolution's, `facts` the hash of the list's published bytes.
    pub fn adoption(
        &self,
        title: impl Into<String>,
        list: ItemId,
        facts: FactsHash,
    ) -> Result<Self, RuleError> {
        let half = Fraction::new(1, 2).ok_or_else(no_fraction)?;
        let more_than_half = Threshold::new(Comparison::MoreThan, half).ok_or_else(no_fraction)?;
        let decision = DecisionRule {
            places: 1,
            majority: Majority::Share(more_than_half),
            base: Base::Deputies,
            reserve: false,
            ..self.deciding()?.clone()
        };
        let rule = self.following(
            Poll::Adoption(decision),
            &[list],
            Form::EachItem {
                blank: Blank::Nobody,
            },
            Reserved {
                paper: self.reserved.paper,
                ..Reserved::default()
            },
        )?;
        Ok(Self {
            title: title.into(),
            facts: Some(facts),
            ..rule
        })
    }

    fn deciding(&self) -> Result<&DecisionRule, RuleError> {
        self.decision()
            .ok_or_else(|| bad("poll", KeyProblem::NotApplicable))
    }

    fn following(
        &self,
        poll: Poll,
        ids: &[ItemId],
        form: Form,
        reserved: Reserved,
    ) -> Result<Self, RuleError> {
        let rule = Self {
            poll,
            items: items(ids.iter().map(ToString::to_string).collect())?,
            // Law gives these polls no surplus of their own: the items are what the vote before left.
            surplus: Fraction::new(0, 1).ok_or_else(no_fraction)?,
            form,
            reserved,
            ..self.clone()
        };
        check_places(&rule)?;
        Ok(rule)
    }
}

fn no_fraction() -> RuleError {
    bad("surplus", KeyProblem::Fraction(ParseFractionError))
}
