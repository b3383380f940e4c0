//! Where rules depart from the cycle's places or stay below what the law asks of a congress (organic law of local congresses 2022,
//! articles 14 and 28: two thirds present, more than half of all deputies). The meeting may want it so; then it says why, in public.

use crate::cycles::Cycle;
use tally::rules::{Base, Majority, Poll, Rule};

/// What a rule says otherwise, with both numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Departure {
    /// Places that are not the cycle's.
    Places {
        /// In the rule.
        rule: u64,
        /// In the cycle.
        cycle: u64,
    },
    /// Fewer deputies are enough to vote.
    Quorum {
        /// By the rule.
        rule: u64,
        /// Two thirds of all.
        law: u64,
    },
    /// Fewer votes are enough to be chosen, or they are counted of fewer than all deputies; none where no majority is asked for.
    Majority {
        /// By the rule, if at least as many as must be present vote; 0 where it asks for none.
        rule: u64,
        /// More than half of all.
        law: u64,
    },
}

/// Where the rule departs. A vote that only advises is bound by its own council's rules: only its places are compared.
pub fn departures(rule: &Rule, cycle: &Cycle) -> Vec<Departure> {
    let mut found = Vec::new();
    let places = u64::try_from(cycle.places).unwrap_or(0);
    if let (Poll::Choice(_), Some(decision)) = (rule.poll(), rule.decision())
        && decision.places != places
    {
        found.push(Departure::Places {
            rule: decision.places,
            cycle: places,
        });
    }
    if rule.is_advisory() {
        return found;
    }
    let deputies = rule.deputies();
    let quorum = (deputies * 2).div_ceil(3);
    if rule.quorum_count() < quorum {
        found.push(Departure::Quorum {
            rule: rule.quorum_count(),
            law: quorum,
        });
    }
    // A run-off asks for no second majority.
    let decision = match rule.poll() {
        Poll::RunOff { .. } => None,
        _ => rule.decision(),
    };
    if let Some(decision) = decision {
        let half = deputies / 2 + 1;
        let of = match decision.base {
            Base::Deputies => deputies,
            Base::Present | Base::Valid => rule.quorum_count(),
        };
        let needed = match decision.majority {
            Majority::Share(share) => share.least(of),
            Majority::None => 0,
        };
        if needed < half {
            found.push(Departure::Majority {
                rule: needed,
                law: half,
            });
        }
    }
    found
}
