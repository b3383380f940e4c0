//! The machine of polls driven at random: any act, by anybody, in any state. Nothing that the service does wrong comes of it, no
//! count leaves a poll that is not announced, and from wherever the walk ends there is a lawful way to an end.

use crate::session::simulate::{self, SimulateError, SimulatedScrutineer};
use crate::session::testkit::{TestSession, items_of, lot, ticks, void, withdraw};
use crate::testing::Browser;
use crate::web::http_error::HttpError;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use domain::closed_loop;
use domain::record::change::Actor;
use domain::session::{
    self, Adoption, DualControlStep, Hands, Motion, NewPoll, NextRound, Party, PollKind,
    SessionError, StateName,
};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use std::collections::BTreeSet;

/// How many acts are tried.
const STEPS: usize = 10_000;

struct Walk {
    session: TestSession,
    random: ChaCha20Rng,
    /// Where it has been.
    states: BTreeSet<&'static str>,
    kinds: BTreeSet<&'static str>,
    done: usize,
    /// Votes that came to their end.
    votes: usize,
}

impl Walk {
    fn one_of<T: Clone>(&mut self, all: &[T]) -> T {
        let place = self.random.next_u32() as usize % all.len();
        all[place].clone()
    }

    fn anybody(&mut self) -> Browser {
        let session = &self.session;
        let all = [
            session.office.clone(),
            session.chief.clone(),
            session.second.clone(),
            session.chair.clone(),
        ];
        self.one_of(&all)
    }

    /// A poll of the cycle: most often the one under way.
    async fn polls(&mut self) -> Vec<session::Poll> {
        let mut tx = self.session.app().database.read().await.unwrap();
        let cycle = &self.session.service.cycle;
        session::store::polls_of_cycle(&mut tx, cycle.jurisdiction, cycle.id)
            .await
            .unwrap()
    }

    /// A vote that has decided is not held again: the walk goes on in another congress.
    async fn another_congress(&mut self) {
        self.finish().await;
        self.votes += 1;
        self.session = TestSession::drafted(PollKind::Main, 3, 4).await;
    }

    /// Tries something. What is refused is refused with a reason; nothing contradicts itself.
    async fn step(&mut self, number: usize) {
        let polls = self.polls().await;
        let newest = under_way(&polls).clone();
        self.session.poll = if number.is_multiple_of(8) {
            self.one_of(&polls).id
        } else {
            newest.id
        };
        let state = self.session.state().await;
        self.states.insert(state.name());
        self.kinds.insert(newest.kind.name());
        let act = self.random.next_u32() % 16;
        let answer = self.act(act).await;
        match answer {
            Ok(()) => self.done += 1,
            Err(error) => {
                let words = format!("step {number}, act {act}, {state:?}: {error:?}");
                let status = HttpError::from(error).into_response().status();
                assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR, "{words}");
            }
        }
        if number.is_multiple_of(500) {
            self.look().await;
        }
        if newest.state.name().is_over() {
            let mut tx = self.session.app().database.read().await.unwrap();
            let rounds = session::rounds(&mut tx, &self.session.service.cycle).await;
            drop(tx);
            // Empty places may be left empty, or voted on again: as likely as that anybody calls just that poll in a step.
            let calls = 16 * u32::try_from(PollKind::ALL.len()).unwrap();
            let is_enough = self.random.next_u32().is_multiple_of(calls);
            let is_over = |next| match next {
                NextRound::Nothing => true,
                NextRound::SecondBallot { .. } => is_enough,
                NextRound::RunOff { .. } | NextRound::Lot { .. } => false,
            };
            if rounds.unwrap().is_some_and(|one| is_over(one.next())) {
                self.another_congress().await;
            }
        }
    }

    async fn act(&mut self, act: u32) -> Result<(), SessionError> {
        let who = self.anybody();
        let side = self.one_of(&Party::ALL);
        let deputy = self.random.next_u32() as usize % self.session.deputies.len();
        let marks = self.one_of(&[[1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 0, 0], [0, 1, 0, 0]]);
        let step = self.one_of(&DualControlStep::ALL);
        let (motion, ending) = self.motion();
        let kind = self.one_of(&PollKind::ALL);
        let is_off = self.one_of(&[true, false]);
        let session = &mut self.session;
        let (app, here, poll) = (
            session.service.app.clone(),
            session.jurisdiction(),
            session.poll,
        );
        let actor = Actor::Account(session.office.account);
        let found = session.poll().await;
        match act {
            0 => {
                let new = NewPoll {
                    kind: PollKind::Main,
                    items: items_of(4),
                    facts: None,
                };
                let cycle = session.service.cycle.clone();
                session::create(&app, actor, &cycle, new).await?;
                (session.present, session.keys) = (Vec::new(), Vec::new());
                Ok(())
            }
            1 => {
                let cycle = session.service.cycle.clone();
                session::call_follow_up(&app, actor, &cycle, kind)
                    .await
                    .map(drop)
            }
            2 | 3 => adopt(session, &found).await,
            4 => {
                let deputy = session.deputies[deputy];
                let own = simulate::check_in(&app, here, poll, deputy).await;
                let own = of_session(own)?;
                session.present.retain(|one| one.deputy != own.deputy);
                session.present.push(own);
                Ok(())
            }
            5 => {
                let key = of_session(simulate::make_key(&app, here, poll, who.account).await)?;
                session.keys.retain(|one| one.account != key.account);
                session.keys.push(key);
                Ok(())
            }
            6 => simulate::confirm_headcounts(&app, here, poll).await,
            7 | 8 => {
                let next = DualControlStep::next_in(found.state.name()).unwrap_or(step);
                session.confirm_of(who.account, next, side).await
            }
            9 => {
                let step = if is_off { ending } else { step };
                session.confirm_of(who.account, step, side).await
            }
            10 => {
                let forward =
                    session::put_forward(&app, who.account, here, poll, side, motion).await;
                forward.map(drop)
            }
            11 => {
                each(session, |key| {
                    let app = app.clone();
                    async move { simulate::approve(&app, here, poll, &key).await }
                })
                .await
            }
            12 => {
                let Some(own) = session.present.get(deputy).cloned() else {
                    return Ok(());
                };
                let width = items_in(session).await;
                let marks = &marks[..width.min(marks.len())];
                let cast = simulate::cast(&app, here, poll, &own, &ticks(marks)).await;
                of_session(cast).map(drop)
            }
            13 => {
                each(session, |key| {
                    let app = app.clone();
                    async move { simulate::state_closing(&app, here, poll, &key).await }
                })
                .await
            }
            14 => {
                each(session, |key| {
                    let app = app.clone();
                    async move { simulate::decrypt(&app, here, poll, &key).await }
                })
                .await
            }
            _ => closed_loop::announce(&app, who.account, here, poll).await,
        }
    }

    /// Something to put forward, and an end to confirm. Withdrawals are rare, or no vote would ever be opened.
    fn motion(&mut self) -> (Motion, DualControlStep) {
        let motion = match self.random.next_u32() % 12 {
            0..=2 => withdraw("会议改期"),
            3 => void(""),
            4 => lot(&["QH26-02"], &["石磊", "乔安"]),
            _ => void("设备损坏"),
        };
        (
            motion,
            self.one_of(&[DualControlStep::Void, DualControlStep::Withdraw]),
        )
    }

    /// What everybody can see of each poll: pages open, and no count is on any of them before its announcement.
    async fn look(&self) {
        let service = &self.session.service;
        let mut tx = self.session.app().database.read().await.unwrap();
        let cycle = &service.cycle;
        let polls = session::store::polls_of_cycle(&mut tx, cycle.jurisdiction, cycle.id);
        let polls = polls.await.unwrap();
        drop(tx);
        for poll in polls {
            let page = format!("/j/qinghe/2026/session/polls/{}", poll.id);
            let office = Some(&self.session.office);
            for path in [page.clone(), format!("{page}/manage")] {
                let reply = service.get(&path, office).await;
                assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.body);
            }
            let api = format!("/api/v1/j/qinghe/2026/polls/{}", poll.id);
            let is_announced = poll.state.name() == StateName::Announced;
            // What ended without a result has a bundle that says so.
            let has_ended = poll.state.ended().is_some() && poll.state.adopted().is_some();
            for (rest, is_there) in [
                ("result", is_announced),
                ("bundle", is_announced || has_ended),
            ] {
                let reply = service.get(&format!("{api}/{rest}"), None).await;
                assert_eq!(reply.status.is_success(), is_there, "{api}/{rest}");
            }
        }
    }

    /// From wherever it stands, the cycle's vote comes to a decision that leaves nothing open.
    async fn finish(&mut self) {
        for _ in 0..8 {
            let newest = under_way(&self.polls().await).clone();
            self.session.poll = newest.id;
            if !newest.state.name().is_over() {
                self.finish_poll(newest.state.name()).await;
                continue;
            }
            let mut tx = self.session.app().database.read().await.unwrap();
            let rounds = session::rounds(&mut tx, &self.session.service.cycle)
                .await
                .unwrap();
            drop(tx);
            match rounds.map(|rounds| rounds.next()) {
                Some(NextRound::Nothing | NextRound::SecondBallot { .. }) => return,
                Some(NextRound::RunOff { .. }) => self.session.call(PollKind::RunOff).await,
                Some(NextRound::Lot { .. }) => panic!("the rule has run-offs"),
                None => self.call_again().await,
            }
        }
        panic!("eight polls, and no decision");
    }

    async fn call_again(&mut self) {
        let actor = Actor::Account(self.session.office.account);
        let new = NewPoll {
            kind: PollKind::Main,
            items: items_of(4),
            facts: None,
        };
        let cycle = self.session.service.cycle.clone();
        let poll = session::create(self.session.app(), actor, &cycle, new).await;
        self.session.poll = poll.unwrap();
        (self.session.present, self.session.keys) = (Vec::new(), Vec::new());
    }

    async fn finish_poll(&mut self, state: StateName) {
        let session = &mut self.session;
        if state == StateName::Drafted {
            session.adopt(2).await;
        }
        let found = session.poll().await;
        if state <= StateName::RulesAdopted {
            if !found.is_checked_in_before() {
                (session.present, session.keys) = (Vec::new(), Vec::new());
                session.check_in(3).await;
            }
            session.both_again(DualControlStep::Freeze).await;
        }
        if state <= StateName::Frozen {
            session.both_again(DualControlStep::Open).await;
        }
        if state <= StateName::Open {
            session.both_again(DualControlStep::Close).await;
        }
        if state <= StateName::Closed {
            session.decrypt_all().await;
        }
        session.announce().await;
    }
}

/// The poll under way, else the last one: all of them are made in the same moment.
fn under_way(polls: &[session::Poll]) -> &session::Poll {
    let running = polls.iter().find(|poll| !poll.state.name().is_over());
    running.or(polls.last()).unwrap()
}

/// Writes the rules and lets the meeting adopt them, as far as the state allows.
async fn adopt(session: &TestSession, found: &session::Poll) -> Result<(), SessionError> {
    let (app, here) = (session.app(), session.jurisdiction());
    let actor = Actor::Account(session.office.account);
    if found.state.name() != StateName::Drafted {
        return found
            .state
            .require(session::Step::Adopt)
            .map_err(Into::into);
    }
    let rule = session.write_rules(2).await;
    let adoption = Adoption {
        rule,
        hands: Hands {
            in_favour: 3,
            against: 0,
            abstained: 0,
        },
        scrutineers: vec![session.chief.account, session.second.account],
        threshold: 2,
        details: crate::session::testkit::details(),
    };
    session::adopt(app, actor, here, found.id, &adoption).await
}

async fn items_in(session: &TestSession) -> usize {
    let found = session.poll().await;
    let mut tx = session.app().database.read().await.unwrap();
    session::store::items(&mut tx, &found).await.unwrap().len()
}

/// Every scrutineer's device does it; a first refusal is the answer.
async fn each<F>(
    session: &TestSession,
    act: impl Fn(SimulatedScrutineer) -> F,
) -> Result<(), SessionError>
where
    F: Future<Output = Result<(), SimulateError>>,
{
    for key in &session.keys {
        of_session(act(key.clone()).await)?;
    }
    Ok(())
}

/// What the service said; that a device had nothing to act on is no answer of the service's.
fn of_session<T>(answer: Result<T, SimulateError>) -> Result<T, SessionError> {
    answer.map_err(|error| match error {
        SimulateError::Session(error) => error,
        _ => SessionError::NotYet,
    })
}

#[tokio::test]
async fn any_act_by_anybody_in_any_state_leaves_a_way_to_a_lawful_end() {
    let mut walk = Walk {
        session: TestSession::drafted(PollKind::Main, 3, 4).await,
        random: ChaCha20Rng::from_seed([26; 32]),
        states: BTreeSet::new(),
        kinds: BTreeSet::new(),
        done: 0,
        votes: 0,
    };
    for number in 0..STEPS {
        walk.step(number).await;
    }
    walk.look().await;
    walk.finish().await;
    let all: BTreeSet<&str> = StateName::ALL.iter().map(|state| state.name()).collect();
    assert_eq!(walk.states, all, "the walk has not been everywhere");
    let follow_ups = [PollKind::RunOff, PollKind::SecondBallot].map(PollKind::name);
    assert!(
        follow_ups.iter().any(|kind| walk.kinds.contains(kind)),
        "no vote was followed by another: {:?}, {} votes",
        walk.kinds,
        walk.votes
    );
    let (votes, done) = (walk.votes, walk.done);
    assert!(
        votes > 0 && done > STEPS / 20,
        "{votes} votes, {done} acts done"
    );
}
