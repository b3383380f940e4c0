//! The same random walk from the adopted rules to the archive.

use super::voting::{close, open};
use super::walk_tests::{demo, pick};
use super::{DemoStep, Now, next, take};
use crate::demo::content::Content;
use crate::demo::people::account_of;
use crate::session::simulate;
use domain::closed_loop;
use domain::cycles::Stage;
use domain::evaluation;
use domain::infra::app::App;
use domain::infra::ids::AccountId;
use domain::infra::money::Money;
use domain::projects::{self, Month, NewReport};
use domain::record::change::Actor;
use domain::session::{self, DualControlStep, Party, PollKind, StateName};
use proptest::prelude::Rng as _;
use proptest::test_runner::{RngAlgorithm, TestRng};

/// The most presses of the switch from the adopted rules to the archive.
const PRESSES: usize = 19;

/// Who may act.
struct Visitors {
    office: AccountId,
    chief: AccountId,
    chair: AccountId,
}

impl Visitors {
    async fn of(app: &App, content: &Content) -> Self {
        let people = &content.people;
        let deputy = |number: &str| {
            let found = people.deputies.iter().find(|one| one.number == number);
            found.unwrap().email.clone()
        };
        let chief = people.scrutineers.iter().find(|one| one.chief).unwrap();
        let mut tx = app.database.read().await.unwrap();
        let mut account = async |email: &str| account_of(app, &mut tx, email).await.unwrap();
        Self {
            office: account(&people.office[0].email).await,
            chief: account(&deputy(&chief.number)).await,
            chair: account(&deputy(&people.chair.number)).await,
        }
    }

    /// Somebody does something, or tries to: what is out of place is refused, which is right as well.
    async fn act(&self, app: &App, random: &mut TestRng) {
        let now = Now::read(app).await.unwrap();
        let by = Actor::Account(self.office);
        let poll = now.current_poll().ok();
        match (random.next_u32() % 6, poll) {
            (0, Some(poll)) => {
                let steps = [
                    DualControlStep::Freeze,
                    DualControlStep::Open,
                    DualControlStep::Close,
                ];
                let step = *pick(random, &steps).unwrap();
                let sides = [
                    (self.office, Party::Office),
                    (self.chief, Party::ChiefScrutineer),
                ];
                let (account, side) = *pick(random, &sides).unwrap();
                let _ = simulate::confirm(app, account, poll, step, side).await;
            }
            (1, Some(poll)) => {
                let place = poll.jurisdiction;
                let _ = closed_loop::announce(app, self.chair, place, poll.id).await;
            }
            (2, _) => {
                if let Ok(new) = session::new_main_poll(app, &now.cycle).await {
                    let _ = session::create(app, by, &now.cycle, new).await;
                }
                let _ = evaluation::create_poll(app, by, &now.cycle).await;
            }
            (3, _) => {
                let to = *pick(random, &Stage::ALL).unwrap();
                let _ = closed_loop::advance(app, by, &now.cycle, to).await;
            }
            (4, _) => drop(projects::hand_over_chosen(app, by, &now.cycle).await),
            _ => work(app, &now, random).await,
        }
    }
}

/// A unit and the office say something of a project.
async fn work(app: &App, now: &Now, random: &mut TestRng) {
    let cycle = &now.cycle;
    let mut tx = app.database.read().await.unwrap();
    let all = projects::store::projects(&mut tx, cycle).await.unwrap();
    drop(tx);
    let Some(project) = pick(random, &all) else {
        return;
    };
    let key = project.plan.code.as_str();
    let (day, by) = (projects::today(app), Actor::System);
    match random.next_u32() % 4 {
        0 => {
            let report = NewReport {
                month: Month::of(day),
                percent: i32::try_from(random.next_u32() % 101).unwrap(),
                spent: Money::from_wan(90),
                text: "访客所报".to_owned(),
                explanation: Some("访客所说".to_owned()),
            };
            let _ = projects::report_progress(app, by, cycle, key, &report).await;
        }
        1 => {
            for position in 0..project.milestones.len() {
                let _ = projects::complete_milestone(app, by, cycle, key, position, day).await;
            }
        }
        2 => drop(projects::deliver(app, by, cycle, key, day).await),
        _ => drop(projects::accept(app, by, cycle, key, day).await),
    }
}

/// The demo with its rules adopted, and who visits it.
async fn at_the_session() -> (App, Content, Visitors, tempfile::TempDir) {
    let (app, content, dir) = demo().await;
    loop {
        let now = Now::read(&app).await.unwrap();
        let step = next(&app, &content, &now).await.unwrap().unwrap();
        if step == DemoStep::CheckIn {
            let visitors = Visitors::of(&app, &content).await;
            return (app, content, visitors, dir);
        }
        take(&app, &content, step).await.unwrap();
    }
}

#[tokio::test]
async fn whatever_visitors_do_the_switch_goes_on_through_the_year() {
    // One moves the cycle on by itself, one confirms for both sides, one calls evaluation upon evaluation.
    for walk in [4u8, 11, 14] {
        let mut random = TestRng::from_seed(RngAlgorithm::ChaCha, &[walk; 32]);
        let (app, content, visitors, _dir) = at_the_session().await;
        let mut done: Vec<DemoStep> = Vec::new();
        loop {
            for _ in 0..random.next_u32() % 4 {
                visitors.act(&app, &mut random).await;
            }
            let now = Now::read(&app).await.unwrap();
            if now.cycle.stage == Stage::Closed {
                break;
            }
            let step = next(&app, &content, &now).await.unwrap();
            let step = step.unwrap_or_else(|| panic!("walk {walk} stands still after {done:?}"));
            take(&app, &content, step)
                .await
                .unwrap_or_else(|error| panic!("walk {walk}, {step:?} after {done:?}: {error}"));
            done.push(step);
            assert!(
                done.len() <= 2 * PRESSES,
                "walk {walk} goes round: {done:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_vote_closed_without_ballots_is_announced_and_chooses_nothing() {
    let (app, content, _, _dir) = at_the_session().await;
    for step in [DemoStep::CheckIn, DemoStep::Freeze] {
        take(&app, &content, step).await.unwrap();
    }
    let poll = async || {
        let now = Now::read(&app).await.unwrap();
        now.poll(PollKind::Main).unwrap().clone()
    };
    open(&app, &poll().await, &content).await.unwrap();
    close(&app, &poll().await, &content).await.unwrap();
    for step in [DemoStep::Decrypt, DemoStep::Announce] {
        take(&app, &content, step).await.unwrap();
    }
    assert_eq!(poll().await.state.name(), StateName::Announced);
    let now = Now::read(&app).await.unwrap();
    assert_eq!(next(&app, &content, &now).await.unwrap(), None);
    let handed = projects::hand_over_chosen(&app, Actor::System, &now.cycle).await;
    assert!(
        matches!(handed, Err(projects::ProjectError::NothingChosen)),
        "{handed:?}"
    );
}
