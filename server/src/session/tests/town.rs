//! A town's vote, as a data set of one has it: 58 deputies, 54 valid ballots, two of twelve items tied for the last of ten places.
//! Its totals were not counted here.

use crate::session::testkit::{TestSession, lot};
use crate::web::choice::Choice;
use ballot::Choices;
use domain::projects;
use domain::session::{self, DualControlStep, NextRound, PollKind, PollOutcome};
use serde::Deserialize;
use tally::decision::{Outcome, Standing};
use tally::rules::TieBreak;
use tally::verify::Verdict;

#[derive(Deserialize)]
struct Town {
    deputies_total: i32,
    valid: usize,
    seats: u32,
    majority_floor: u64,
    projects: Vec<Project>,
    ballots: Vec<Vec<String>>,
}

#[derive(Deserialize)]
struct Project {
    id: String,
    approvals: u64,
}

fn town() -> Town {
    serde_json::from_str(include_str!("liuwan-town.json")).unwrap()
}

/// The town's vote up to its announcement. The items' codes are the session's own, in the data's order.
async fn announced(town: &Town, tie: TieBreak) -> TestSession {
    let items = town.projects.len();
    let mut session = TestSession::drafted(PollKind::Main, town.deputies_total, items).await;
    let rule = session.write_rules_with(town.seats, |form| form.rule_tie = Choice::One(tie));
    let rule = rule.await;
    session.adopt_written(rule).await;
    session.check_in(town.valid).await;
    session.both(DualControlStep::Freeze).await;
    session.both(DualControlStep::Open).await;
    for (deputy, ballot) in town.ballots.iter().enumerate() {
        let marks = town.projects.iter().map(|one| ballot.contains(&one.id));
        session
            .cast(deputy, &Choices::from([marks.collect()]))
            .await;
    }
    session.both(DualControlStep::Close).await;
    session.decrypt_all().await;
    session.announce().await;
    session
}

async fn assert_verified(session: &TestSession) {
    let poll = session.poll().await;
    let bundle = session::bundle(session.app(), &poll).await.unwrap();
    let report = crate::session::testkit::judged(&bundle);
    assert_eq!(report.verdict, Verdict::Verified, "{}", report.summary());
}

async fn chosen(session: &TestSession) -> Vec<String> {
    let mut tx = session.app().database.read().await.unwrap();
    let cycle = &session.service.cycle;
    projects::chosen(&mut tx, cycle).await.unwrap()
}

#[tokio::test]
async fn a_town_s_tie_is_counted_as_published_and_ends_by_a_run_off() {
    let town = town();
    let mut session = announced(&town, TieBreak::RunOff).await;
    let mut tx = session.app().database.read().await.unwrap();
    let poll = session.poll().await;
    let Some(PollOutcome::Choice {
        decision: Outcome::Decided(decision),
    }) = session::outcome(&mut tx, &poll).await.unwrap()
    else {
        panic!("it was counted");
    };
    drop(tx);
    assert_eq!(decision.votes_needed, town.majority_floor);
    let counted: Vec<u64> = decision
        .items
        .iter()
        .map(|item| item.votes.in_favour)
        .collect();
    let published: Vec<u64> = town.projects.iter().map(|one| one.approvals).collect();
    assert_eq!(counted, published);
    let tied = decision
        .items
        .iter()
        .filter(|item| item.standing == Standing::Tied);
    assert_eq!(
        tied.map(|item| item.id.as_str()).collect::<Vec<_>>(),
        ["QH26-05", "QH26-10"]
    );
    session.call(PollKind::RunOff).await;
    let ballots: Vec<&[u8]> = std::iter::repeat_n(&[0, 1][..], 28)
        .chain(std::iter::repeat_n(&[1, 0][..], 26))
        .collect();
    session.hold(&ballots).await;
    assert_verified(&session).await;
    let chosen = chosen(&session).await;
    assert_eq!(chosen.len(), 10);
    assert!(chosen.contains(&"QH26-10".to_owned()));
    assert!(!chosen.contains(&"QH26-05".to_owned()));
}

#[tokio::test]
async fn a_town_s_tie_ends_by_lot_where_its_rules_say_so() {
    let session = announced(&town(), TieBreak::Lot).await;
    session
        .carry(lot(&["QH26-05"], &["王见证", "李见证"]))
        .await;
    assert_verified(&session).await;
    let chosen = chosen(&session).await;
    assert_eq!(chosen.len(), 10);
    assert!(chosen.contains(&"QH26-05".to_owned()));
    let mut tx = session.app().database.read().await.unwrap();
    let rounds = session::rounds(&mut tx, &session.service.cycle)
        .await
        .unwrap();
    assert_eq!(rounds.unwrap().next(), NextRound::Nothing);
}
