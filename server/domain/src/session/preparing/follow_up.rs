//! The poll that follows a vote: the run-off among the tied, the second ballot on the rest for the empty places, the vote by which
//! the meeting adopts the list. The adopted rules
//! foresee it, so that nothing is adopted again: items, places and form follow from what the vote has left. Where the rules
//! have set an election aside for it, those who checked in for the vote have a credential on its roll already.

use super::adoption::recorded_adoption;
use super::creation::{created, poll_taken};
use super::roster::roster;
use crate::cycles::{Cycle, Hold, Stage, require_stage};
use crate::infra::app::App;
use crate::infra::database::Tx;
use crate::record::change::{Actor, Change};
use crate::record::values::sha256;
use crate::session::audit::SessionEvent;
use crate::session::base::inconsistent;
use crate::session::error::SessionError;
use crate::session::poll::{Hands, Poll, PollId, PollItem, PollKind};
use crate::session::rounds::{NextRound, Rounds, rounds_of};
use crate::session::state::{Adopted, PollState};
use crate::session::store::{self, Eligible, ObjectKind};
use crate::session::titles;
use ballot::Uuid;
use tally::record::body::{PollRulesAdopted, roster_sha256};
use tally::rules::{FactsHash, ItemId, Reserved, Rule, RuleHash};
use tracing::instrument;

/// The office calls the poll that must or may follow the cycle's vote. The same call again answers with the poll that was called.
///
/// # Errors
/// [`SessionError::NothingFollows`] · [`SessionError::PollExists`] · [`SessionError::RosterFixed`] where the roster is another one
/// by now.
#[instrument(skip_all, fields(cycle = %cycle.id), err(level = "debug"))]
pub async fn call_follow_up(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
    kind: PollKind,
) -> Result<PollId, SessionError> {
    let mut change = Change::begin(app, actor, Some(cycle.scope())).await?;
    require_stage(&mut change.tx, cycle, Hold::Alone, &[Stage::Voting])
        .await
        .map_err(super::creation::stage_refused)?;
    let polls = store::polls_of_cycle(&mut change.tx, cycle.jurisdiction, cycle.id).await?;
    if let Some(running) = polls.iter().find(|poll| !poll.state.name().is_over()) {
        let is_this = running.kind == kind && running.follows.is_some();
        return if is_this {
            Ok(running.id)
        } else {
            Err(SessionError::PollExists)
        };
    }
    let rounds = rounds_of(&mut change.tx, &polls).await?;
    let rounds = rounds.ok_or(SessionError::NothingFollows)?;
    let called = Called {
        app,
        kind,
        year: cycle.year,
        rounds: &rounds,
        used: polls.iter().map(|poll| poll.election.to_string()).collect(),
    };
    let id = called.call(&mut change).await?;
    change
        .audit(SessionEvent::CallFollowUp {
            poll: id,
            follows: rounds.last().id,
        })
        .await?;
    change.commit().await?;
    Ok(id)
}

/// What is called, by what.
struct Called<'a> {
    app: &'a App,
    kind: PollKind,
    year: i32,
    rounds: &'a Rounds,
    /// Elections that were held.
    used: Vec<String>,
}

impl Called<'_> {
    async fn call(&self, change: &mut Change<'_>) -> Result<PollId, SessionError> {
        let main = self.rounds.main();
        let title = titles::following(self.kind, &main.title, self.year);
        let (rule, items) = self.rule(&mut change.tx, &title).await?;
        let text = rule.to_toml();
        let hash = RuleHash::of(text.as_bytes());
        let adoption = recorded_adoption(&mut change.tx, main).await?;
        let roster = roster(&mut change.tx, main.jurisdiction).await?;
        if roster_sha256(&roster).as_str() != main.roster {
            return Err(SessionError::RosterFixed);
        }
        let id = PollId::new(change.at, &self.app.entropy);
        let reserved = self.reserved();
        let drafted = Poll {
            id,
            kind: self.kind,
            follows: Some(self.rounds.last().id),
            check_in: if reserved.is_some() {
                main.check_in
            } else {
                id
            },
            keys_of: if reserved.is_some() { main.keys_of } else { id },
            title,
            facts: rule.facts().map(|hash| hash.to_hex()),
            election: reserved.unwrap_or_else(|| Uuid::generate(&mut self.app.entropy.rng())),
            state: PollState::Drafted,
            created_at: change.at,
            ..main.clone()
        };
        store::insert_poll(&mut change.tx, &drafted)
            .await
            .map_err(poll_taken)?;
        for (position, item) in (0..).zip(&items) {
            store::insert_item(&mut change.tx, &drafted, position, item).await?;
        }
        let last = &self.rounds.last().election;
        change
            .publish(created(&drafted, Some(last), &items, roster)?)
            .await?;
        inherit_officers(&mut change.tx, main, &drafted).await?;
        store::insert_object(&mut change.tx, &drafted, ObjectKind::Rule, &text).await?;
        let next = drafted.state.clone().adopt(Adopted {
            rule: hash,
            hands: hands(&adoption),
            threshold: adoption.threshold.get(),
            at: change.at,
        })?;
        store::save_state(&mut change.tx, &drafted, drafted.state.name(), &next).await?;
        let adopted = PollRulesAdopted {
            election_uuid: (&drafted.election).into(),
            rule_sha256: sha256("rule_sha256", &hash.to_hex())?,
            rule: text,
            ..adoption
        };
        change.publish(adopted).await?;
        Ok(id)
    }

    /// The rule that the adopted one gives for what was left, and what is voted on.
    async fn rule(&self, tx: &mut Tx, title: &str) -> Result<(Rule, Vec<PollItem>), SessionError> {
        let main = self.rounds.main();
        let hash = main.state.adopted().ok_or(SessionError::NotYet)?.rule;
        let first = &self.rounds.rule;
        // Who voted on paper does so again.
        let none = Reserved {
            paper: first.reserved().paper,
            ..Reserved::default()
        };
        if self.kind == PollKind::Adoption {
            return self.adoption(title);
        }
        let (made, items) = match (self.kind, self.rounds.next()) {
            (PollKind::RunOff, NextRound::RunOff { items, places }) => {
                (first.run_off(hash, &items, places, none), items)
            }
            (PollKind::SecondBallot, NextRound::SecondBallot { items, places }) => {
                (first.second_ballot(hash, &items, places, none), items)
            }
            _ => return Err(SessionError::NothingFollows),
        };
        let rule = made.map_err(|error| inconsistent(main, error.to_string()))?;
        let all = store::items(tx, main).await?;
        Ok((rule, of_these(all, &items)))
    }

    /// The rule of the vote on the list, whose only item is the resolution.
    fn adoption(&self, title: &str) -> Result<(Rule, Vec<PollItem>), SessionError> {
        if !self.rounds.may_be_adopted() {
            return Err(SessionError::NothingFollows);
        }
        let main = self.rounds.main();
        let item = PollItem {
            code: format!("JY{:02}", self.year.rem_euclid(100)),
            title: title.to_owned(),
            unit: None,
            budget: None,
            source: None,
        };
        let id = ItemId::new(item.code.as_str());
        let id = id.ok_or_else(|| inconsistent(main, "the resolution's code is none"))?;
        let list = FactsHash::of(self.rounds.decision.list().as_bytes());
        let rule = self.rounds.rule.adoption(title, id, list);
        let rule = rule.map_err(|error| inconsistent(main, error.to_string()))?;
        Ok((rule, vec![item]))
    }

    /// The next election that the rules have set aside for this and that was not held yet.
    fn reserved(&self) -> Option<Uuid> {
        let reserved = self.rounds.rule.reserved();
        let mut ids = match self.kind {
            PollKind::Adoption => reserved.adoption.as_slice(),
            PollKind::Main | PollKind::RunOff | PollKind::SecondBallot | PollKind::Evaluation => {
                reserved.run_offs.as_slice()
            }
        }
        .iter();
        let free = ids.find(|id| !self.used.iter().any(|used| used == id.as_str()))?;
        free.as_str().parse().ok()
    }
}

fn of_these(all: Vec<PollItem>, these: &[ItemId]) -> Vec<PollItem> {
    all.into_iter()
        .filter(|item| these.iter().any(|id| id.as_str() == item.code))
        .collect()
}

fn hands(adoption: &PollRulesAdopted) -> Hands {
    Hands {
        in_favour: adoption.hands.in_favour,
        against: adoption.hands.against,
        abstained: adoption.hands.abstained,
    }
}

/// Those whom the meeting named for the vote lead what follows it, with the keys that they made for it.
async fn inherit_officers(tx: &mut Tx, main: &Poll, poll: &Poll) -> Result<(), SessionError> {
    for one in store::scrutineers(tx, main).await? {
        let who = Eligible {
            account: one.account,
            name: one.name,
            deputy_number: Some(one.deputy_number),
            role: crate::people::Role::Scrutineer,
        };
        store::insert_scrutineer(tx, poll, one.number, &who).await?;
        if let Some(key) = one.public_key.filter(|_| poll.has_keys_before()) {
            store::set_trustee_key(tx, poll, one.number, &key, poll.created_at).await?;
        }
    }
    for who in store::officers(tx, main).await? {
        store::insert_officer(tx, poll, &who).await?;
    }
    Ok(())
}
