//! What an announcement says and does: the figures of the sheet, the verdicts on the projects.

use super::count::record_bodies;
use crate::projects::tests::World;
use crate::proposals::tests::set_stage;
use crate::session::testkit::{TestSession, ticks};
use ballot::Choices;
use domain::cycles::Stage;
use domain::session::{DualControlStep, PollKind, PollOutcome, bundle, outcome};
use domain::{evaluation, projects};
use tally::decision;

/// In one transaction with the result: nobody reads a verdict in the result that the project does not have.
#[tokio::test]
async fn an_announced_evaluation_is_on_the_projects() {
    for mut world in World::on_each_database().await {
        world.service.cycle = world.cycle.clone();
        set_stage(&mut world.service, Stage::Evaluating).await;
        let World { service, cycle } = world;
        let mut session = TestSession::in_service(service, PollKind::Evaluation, 3, 2).await;
        session.adopt(1).await;
        session.check_in(3).await;
        session.both(DualControlStep::Freeze).await;
        session.both(DualControlStep::Open).await;
        let levels = Choices::from(vec![vec![true, false, false], vec![false, false, true]]);
        for deputy in 0..3 {
            session.cast(deputy, &levels).await;
        }
        session.both(DualControlStep::Close).await;
        session.decrypt_all().await;
        assert!(
            record_bodies(&session, "evaluation_verdict")
                .await
                .is_empty()
        );
        session.announce().await;
        let verdicts = record_bodies(&session, "evaluation_verdict").await;
        for (verdict, (code, level)) in verdicts
            .iter()
            .zip([("QH26-01", "satisfied"), ("QH26-02", "unsatisfied")])
        {
            assert!(verdict.contains(code), "{verdict}");
            assert!(verdict.contains(&format!("\"{level}\"")), "{verdict}");
        }
        assert_eq!(verdicts.len(), 2);
        let mut tx = session.app().database.read().await.unwrap();
        let orders = evaluation::store::reworks(&mut tx, &cycle).await.unwrap();
        let unsatisfying = projects::store::project(&mut tx, &cycle, "QH26-02").await;
        assert_eq!(orders.len(), 1);
        assert_eq!(orders[0].project, unsatisfying.unwrap().unwrap().id);
    }
}

/// Deputies, those present and those who vote are three numbers, each at its place on the sheet, in the bundle and in the record.
#[tokio::test]
async fn no_figure_of_the_sheet_stands_in_another_s_place() {
    let mut session = TestSession::drafted(PollKind::Main, 7, 4).await;
    session.adopt(2).await;
    session.check_in(5).await;
    session.both(DualControlStep::Freeze).await;
    session.both(DualControlStep::Open).await;
    for deputy in 0..3 {
        session.cast(deputy, &ticks(&[1, 1, 0, 0])).await;
    }
    session.both(DualControlStep::Close).await;
    session.decrypt_all().await;
    session.announce().await;
    let poll = session.poll().await;
    let frozen = poll.state.frozen().unwrap();
    assert_eq!(frozen.present, 5);
    assert_eq!(poll.state.closed().unwrap().returned, 3);
    let mut tx = session.app().database.read().await.unwrap();
    let Some(PollOutcome::Choice {
        decision: decision::Outcome::Decided(decided),
    }) = outcome(&mut tx, &poll).await.unwrap()
    else {
        panic!("decided");
    };
    drop(tx);
    let sheet = serde_json::to_value(decided.sheet).unwrap();
    let expected = serde_json::json!({
        "deputies": 7, "present": 5, "issued": 5, "returned": 3, "not_returned": 2,
        "valid": 3, "invalid": 0, "not_voted": 2,
    });
    assert_eq!(sheet, expected);
    // More than half of seven is four: three votes are none.
    assert_eq!((decided.votes_needed, decided.empty_places), (4, 2));
    let published = bundle(session.app(), &poll).await.unwrap();
    let report = crate::session::testkit::judged(&published);
    let counted = report.counted.unwrap();
    assert_eq!((counted.credentials, counted.ballots), (5, 3));
    let announced = &record_bodies(&session, "poll_announced").await[0];
    let returns = r#""returns":{"present":5,"issued":5,"returned":3,"invalid":0}"#;
    assert!(announced.contains(returns), "{announced}");
    let frozen = &record_bodies(&session, "poll_frozen").await[0];
    assert!(frozen.contains(r#""present":5"#), "{frozen}");
    let closed = &record_bodies(&session, "poll_closed").await[0];
    assert!(closed.contains(r#""returned":3"#), "{closed}");
}
