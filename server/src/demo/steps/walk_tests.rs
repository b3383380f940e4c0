//! A random walk over the demo: whatever visitors do in whatever order, the switch goes on.

use super::{DemoStep, Now, next, take};
use crate::demo::content::Content;
use crate::demo::people::account_of;
use crate::demo::seed::{beginning, seed};
use crate::proposals::tests::ready;
use domain::cycles::Stage;
use domain::infra::app::App;
use domain::infra::clock::Clock;
use domain::infra::config::{Config, SecondFactor};
use domain::infra::ids::AccountId;
use domain::infra::money::Money;
use domain::proposals;
use domain::record::change::Actor;
use domain::screening::{self, Chosen, NewDecision, Outcome, Review, Seen, shortlist};
use domain::startup;
use proptest::prelude::Rng as _;
use proptest::test_runner::{RngAlgorithm, TestRng};
use time::macros::date;

/// The most presses of the switch from the beginning to the adopted rules.
const PRESSES: usize = 9;

pub(super) async fn demo() -> (App, Content, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let config = Config {
        data_dir: dir.path().to_owned(),
        database_url: format!("sqlite:{}", dir.path().join("demo.sqlite").display()),
        second_factor: SecondFactor::Offered,
        ..Config::default()
    };
    let app = startup::open(config, Clock::fixed(beginning()), true)
        .await
        .unwrap();
    let content = Content::load().unwrap();
    seed(&app, &content).await.unwrap();
    (app, content, dir)
}

pub(super) fn pick<'a, T>(random: &mut TestRng, all: &'a [T]) -> Option<&'a T> {
    let count = u32::try_from(all.len()).unwrap();
    (count > 0).then(|| &all[usize::try_from(random.next_u32() % count).unwrap()])
}

/// The office does something, or tries to: what is out of place is refused, which is right as well.
async fn visit(app: &App, content: &Content, random: &mut TestRng) {
    let office = &content.people.office[0].email;
    let mut tx = app.database.read().await.unwrap();
    let account = account_of(app, &mut tx, office).await.unwrap();
    let cycle = Now::read(app).await.unwrap().cycle;
    let loose = screening::unclustered(&mut tx, &cycle).await.unwrap();
    let clusters = screening::clusters(&mut tx, &cycle).await.unwrap();
    let listed = screening::candidates(&mut tx, &cycle).await.unwrap();
    drop(tx);
    let by = Actor::Account(account);
    let proposal = pick(random, &loose).map(|(id, ..)| *id);
    let cluster = pick(random, &clusters);
    match random.next_u32() % 9 {
        // One more wish, which nobody has let in yet.
        8 => {
            let title = format!("访客的建议 {}", random.next_u32());
            let wish = ready(&title, "访客所提。", &title);
            let _ = proposals::propose(app, by, &cycle, account, &wish).await;
        }
        0 | 1 => {
            if let Some(id) = proposal {
                let _ = screening::cluster(app, by, &cycle, &[id]).await;
            }
        }
        2 => {
            if let (Some(id), Some(cluster)) = (proposal, cluster) {
                let _ = screening::cluster(app, by, &cycle, &[cluster.lead, id]).await;
            }
        }
        3 | 4 => {
            if let Some(cluster) = cluster {
                let chosen = Chosen {
                    proposal: cluster.lead,
                    seen: Seen::of(cluster),
                };
                decide(app, &cycle, account, chosen).await;
            }
        }
        5 => {
            let _ = screening::publish_decisions(app, by, &cycle).await;
        }
        6 => {
            if let Some(candidate) = pick(random, &listed) {
                let _ = shortlist::remove(app, by, &cycle, candidate.id).await;
            }
        }
        _ => {
            let review = Review {
                on: date!(2025 - 12 - 20),
                document: "青委〔2025〕9号".to_owned(),
            };
            let _ = shortlist::review(app, by, &cycle, &review).await;
            let _ = shortlist::publish(app, by, &cycle).await;
        }
    }
}

async fn decide(app: &App, cycle: &domain::cycles::Cycle, by: AccountId, chosen: Chosen) {
    let decision = NewDecision {
        by,
        outcome: Outcome::Feasible {
            unit: "县民政局".to_owned(),
            budget: Money::from_wan(80),
            funding: String::new(),
        },
        explanation: "先行试点",
    };
    let _ = screening::decide(app, Actor::Account(by), cycle, &[chosen], &decision).await;
}

#[tokio::test]
async fn whatever_visitors_do_the_switch_goes_on_to_the_session() {
    for walk in 0u8..10 {
        let mut random = TestRng::from_seed(RngAlgorithm::ChaCha, &[walk; 32]);
        let (app, content, _dir) = demo().await;
        let mut presses = 0;
        let mut done: Vec<DemoStep> = Vec::new();
        loop {
            let now = Now::read(&app).await.unwrap();
            let step = next(&app, &content, &now).await.unwrap();
            if now.cycle.stage == Stage::Voting && step == Some(DemoStep::CheckIn) {
                break;
            }
            for _ in 0..random.next_u32() % 4 {
                visit(&app, &content, &mut random).await;
            }
            // What the visitors did may have changed what is next.
            let now = Now::read(&app).await.unwrap();
            let step = next(&app, &content, &now).await.unwrap();
            let step = step.unwrap_or_else(|| panic!("walk {walk} stands still after {done:?}"));
            take(&app, &content, step)
                .await
                .unwrap_or_else(|error| panic!("walk {walk}, {step:?} after {done:?}: {error}"));
            done.push(step);
            presses += 1;
            assert!(presses <= 3 * PRESSES, "walk {walk} goes round: {done:?}");
        }
    }
}
