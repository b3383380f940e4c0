//! A vote with all that followed it: the main poll, its run-offs, the second ballot on empty places, the drawn lot. What all of
//! them have decided is put together by the same code as the verifier's.

use crate::cycles::Cycle;
use crate::infra::database::Tx;
use crate::session::base::{inconsistent, required_rule};
use crate::session::counting::outcome;
use crate::session::error::SessionError;
use crate::session::poll::{Poll, PollItem, PollKind};
use crate::session::state::StateName;
use crate::session::store;
use tally::decision::{Decision, FollowUp, Outcome};
use tally::opening::PollOutcome;
use tally::rules::{ItemId, Rule};
use tracing::instrument;

/// A counted vote and the counted polls that followed it.
#[derive(Debug, Clone)]
pub struct Rounds {
    /// The rule of the first poll.
    pub rule: Rule,
    /// The polls in the order in which they were announced, the main poll first, each with what it alone decided.
    pub polls: Vec<(Poll, Decision)>,
    /// What all of them have decided.
    pub decision: Decision,
    /// Whether the meeting has adopted the list as it is now, where it has voted on that.
    pub is_adopted: Option<bool>,
}

/// What must or may follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextRound {
    /// Nothing: every place is taken, or nobody is left.
    Nothing,
    /// The tied are voted on again for the places left: it must follow.
    RunOff {
        /// The tied.
        items: Vec<ItemId>,
        /// The places left.
        places: u64,
    },
    /// Lots are drawn among the tied of the last poll: it must follow.
    Lot {
        /// The tied.
        items: Vec<ItemId>,
        /// The places left.
        places: u64,
    },
    /// The rest may be voted on for the places that stayed empty.
    SecondBallot {
        /// The rest.
        items: Vec<ItemId>,
        /// The places.
        places: u64,
    },
}

impl Rounds {
    /// The main poll.
    pub fn main(&self) -> &Poll {
        &self.first().0
    }

    /// The last announced poll.
    pub fn last(&self) -> &Poll {
        self.polls
            .last()
            .map_or_else(|| self.main(), |(poll, _)| poll)
    }

    #[expect(clippy::indexing_slicing, reason = "made with the main poll in it")]
    fn first(&self) -> &(Poll, Decision) {
        &self.polls[0]
    }

    /// What must or may follow.
    pub fn next(&self) -> NextRound {
        match (&self.decision.follow_up, self.decision.rest()) {
            (FollowUp::RunOff { items, places }, _) => NextRound::RunOff {
                items: items.clone(),
                places: *places,
            },
            (FollowUp::Lot { items, places }, _) => NextRound::Lot {
                items: items.clone(),
                places: *places,
            },
            (FollowUp::Nothing, Some((items, places))) => NextRound::SecondBallot { items, places },
            (FollowUp::Nothing, None) => NextRound::Nothing,
        }
    }

    /// Whether the meeting may vote on adopting the list: it is complete, there is something on it, and it was not adopted yet.
    pub fn may_be_adopted(&self) -> bool {
        self.decision.is_complete()
            && !self.decision.chosen().is_empty()
            && self.is_adopted != Some(true)
    }

    /// The codes of the chosen, in the order of the main poll's ballot.
    pub fn chosen(&self) -> Vec<String> {
        self.decision
            .items
            .iter()
            .filter(|item| item.standing.is_chosen())
            .map(|item| item.id.to_string())
            .collect()
    }
}

/// The last counted vote of a cycle with what followed it, if one is announced.
///
/// # Errors
/// [`SessionError::Inconsistent`] where announced polls do not follow from each other.
#[instrument(skip_all, fields(cycle = %cycle.id), err(level = "debug"))]
pub async fn rounds(tx: &mut Tx, cycle: &Cycle) -> Result<Option<Rounds>, SessionError> {
    let all = store::polls_of_cycle(tx, cycle.jurisdiction, cycle.id).await?;
    rounds_of(tx, &all).await
}

/// As [`rounds`], where the cycle's polls are at hand.
#[instrument(skip_all, err(level = "debug"))]
pub async fn rounds_of(tx: &mut Tx, polls: &[Poll]) -> Result<Option<Rounds>, SessionError> {
    let mut found: Option<Rounds> = None;
    // Only one main poll of a cycle decides: no other can be called after it.
    for main in polls.iter().filter(|poll| poll.kind == PollKind::Main) {
        if let Some(own) = decided(tx, main).await? {
            found = Some(Rounds {
                rule: required_rule(tx, main).await?,
                decision: own.clone(),
                polls: vec![(main.clone(), own)],
                is_adopted: None,
            });
        }
    }
    let Some(mut rounds) = found else {
        return Ok(None);
    };
    let mut followed = true;
    while followed {
        followed = false;
        let last = rounds.last().id;
        let decides = |poll: &&Poll| poll.follows == Some(last) && poll.kind != PollKind::Adoption;
        for poll in polls.iter().filter(decides) {
            if let Some(own) = decided(tx, poll).await? {
                rounds = rounds.followed_by(poll, own)?;
                followed = true;
                break;
            }
        }
    }
    rounds.is_adopted = adopted(tx, polls, rounds.last()).await?;
    Ok(Some(rounds))
}

/// Whether one of the meeting's votes on the list that the polls up to `last` have left has adopted it, where it was voted on: what is
/// adopted is not voted on again.
async fn adopted(tx: &mut Tx, polls: &[Poll], last: &Poll) -> Result<Option<bool>, SessionError> {
    let mut is_adopted = None;
    let on_it = |poll: &&Poll| poll.kind == PollKind::Adoption && poll.follows == Some(last.id);
    for poll in polls.iter().filter(on_it) {
        if let Some(own) = decided(tx, poll).await? {
            is_adopted = Some(is_adopted == Some(true) || !own.chosen().is_empty());
        }
    }
    Ok(is_adopted)
}

/// What is on the list that an adoption votes on: the chosen items of the vote before, in the list's order. Nothing for other polls.
#[instrument(skip_all, fields(poll = %poll.id), err(level = "debug"))]
pub async fn adopted_list(tx: &mut Tx, poll: &Poll) -> Result<Vec<PollItem>, SessionError> {
    if poll.kind != PollKind::Adoption {
        return Ok(Vec::new());
    }
    let polls = store::polls_of_cycle(tx, poll.jurisdiction, poll.cycle).await?;
    let rounds = rounds_of(tx, &polls).await?;
    let rounds = rounds.ok_or_else(|| inconsistent(poll, "it adopts no vote"))?;
    let all = store::items(tx, rounds.main()).await?;
    let chosen = rounds.decision.chosen().into_iter();
    Ok(chosen
        .filter_map(|item| all.iter().find(|one| one.code == item.id.as_str()).cloned())
        .collect())
}

/// What an announced poll alone has decided, if it has.
async fn decided(tx: &mut Tx, poll: &Poll) -> Result<Option<Decision>, SessionError> {
    if poll.state.name() != StateName::Announced {
        return Ok(None);
    }
    Ok(match outcome(tx, poll).await? {
        Some(PollOutcome::Choice {
            decision: Outcome::Decided(own),
        }) => Some(own),
        _ => None,
    })
}

impl Rounds {
    fn followed_by(mut self, poll: &Poll, own: Decision) -> Result<Self, SessionError> {
        let before = self.decision;
        let together = match poll.kind {
            PollKind::RunOff => before.with_run_off(&self.rule, &own),
            PollKind::SecondBallot | PollKind::Main | PollKind::Adoption | PollKind::Evaluation => {
                before.with_second_ballot(&own)
            }
        };
        self.decision = together.map_err(|error| inconsistent(poll, error.to_string()))?;
        self.polls.push((poll.clone(), own));
        Ok(self)
    }
}
