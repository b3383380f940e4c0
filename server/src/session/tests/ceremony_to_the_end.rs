//! Two of three scrutineers open the count when the third has vanished, and one alone does not.

use super::ceremony::Three;
use crate::session::simulate::{self, SimulatedScrutineer};
use crate::session::testkit::ticks;
use crate::testing::TestService;
use domain::cycles::Stage;
use domain::session::{DualControlStep, Party, SessionError, StateName, bundle, recheck};
use tally::verify::Verdict;

/// An open poll of three scrutineers with a common key, of whom only the first two have approved the election.
async fn open(service: TestService) -> (Three, Vec<SimulatedScrutineer>) {
    let mut three = Three::drafted(service).await;
    three.adopt(2).await.unwrap();
    let (here, poll) = (three.session.jurisdiction(), three.session.poll);
    for deputy in three.session.deputies.clone() {
        let one = simulate::check_in(three.session.app(), here, poll, deputy).await;
        three.session.present.push(one.unwrap());
    }
    let app = three.session.app();
    let keys = simulate::make_shared_key(app, here, poll).await.unwrap();
    simulate::confirm_headcounts(app, here, poll).await.unwrap();
    three.session.both(DualControlStep::Freeze).await;
    simulate::approve(app, here, poll, &keys[0]).await.unwrap();
    let early = three
        .session
        .confirm(DualControlStep::Open, Party::Office)
        .await;
    assert!(
        matches!(
            early,
            Err(SessionError::ApprovalsMissing {
                stated: 1,
                needed: 2
            })
        ),
        "{early:?}"
    );
    simulate::approve(app, here, poll, &keys[1]).await.unwrap();
    three.session.both(DualControlStep::Open).await;
    (three, keys)
}

#[tokio::test]
async fn two_of_three_open_the_count_and_the_bundle_verifies() {
    for service in TestService::on_each_database(Stage::Voting).await {
        let (three, keys) = open(service).await;
        let session = &three.session;
        let (app, here, id) = (session.app(), session.jurisdiction(), session.poll);
        session.cast(0, &ticks(&[1, 1, 0, 0])).await;
        session.cast(1, &ticks(&[1, 0, 1, 0])).await;
        session.both(DualControlStep::Close).await;
        // One alone: neither states enough nor decrypts.
        simulate::state_closing(app, here, id, &keys[0])
            .await
            .unwrap();
        let alone = simulate::decrypt(app, here, id, &keys[0]).await;
        assert!(
            alone.unwrap_err().to_string().contains("2 must"),
            "one of three decrypts"
        );
        simulate::state_closing(app, here, id, &keys[1])
            .await
            .unwrap();
        simulate::decrypt(app, here, id, &keys[0]).await.unwrap();
        assert_eq!(session.state().await, StateName::Closed);
        let (chair, poll) = (session.chair.account, session.poll);
        let early = domain::closed_loop::announce(app, chair, here, poll).await;
        assert!(early.is_err(), "one of three opens the count");
        simulate::decrypt(app, here, id, &keys[1]).await.unwrap();
        assert_eq!(session.state().await, StateName::Decrypted);
        session.announce().await;
        verified(&three).await;
    }
}

/// The third is late, and not gone: what it hands in before the announcement is taken, and the bundle verifies with it.
#[tokio::test]
async fn the_part_of_whoever_is_late_is_taken_until_the_announcement() {
    let (three, keys) = open(TestService::start(Stage::Voting).await).await;
    let session = &three.session;
    let (app, here, poll) = (session.app(), session.jurisdiction(), session.poll);
    session.cast(0, &ticks(&[1, 1, 0, 0])).await;
    session.both(DualControlStep::Close).await;
    for key in &keys[..2] {
        simulate::state_closing(app, here, poll, key).await.unwrap();
    }
    for key in &keys[..2] {
        simulate::decrypt(app, here, poll, key).await.unwrap();
    }
    simulate::state_closing(app, here, poll, &keys[2])
        .await
        .unwrap();
    simulate::decrypt(app, here, poll, &keys[2]).await.unwrap();
    assert_eq!(session.state().await, StateName::Decrypted);
    session.announce().await;
    let late = simulate::decrypt(app, here, poll, &keys[0]).await;
    assert!(late.is_err(), "decrypted after the announcement");
    verified(&three).await;
}

async fn verified(three: &Three) {
    let app = three.session.app();
    let poll = three.session.poll().await;
    let bundle = bundle(app, &poll).await.unwrap();
    let report = crate::session::testkit::judged(&bundle);
    assert_eq!(report.verdict, Verdict::Verified, "{report:?}");
    let mut tx = app.database.read().await.unwrap();
    recheck(&mut tx, &app.vault, &poll).await.unwrap();
}
