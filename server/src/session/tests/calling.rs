//! When the office may call a poll, and on what.

use crate::proposals::tests::set_stage;
use crate::session::testkit::{TestSession, items_of, ticks};
use crate::testing::TestService;
use domain::cycles::Stage;
use domain::record::change::Actor;
use domain::screening::{CandidateId, Review, shortlist, store as candidates};
use domain::session::{self, DualControlStep, NewPoll, PollId, PollKind, SessionError};
use time::macros::date;

async fn create(service: &TestService, kind: PollKind) -> Result<PollId, SessionError> {
    let new = NewPoll {
        kind,
        items: items_of(4),
        facts: None,
    };
    session::create(&service.app, Actor::System, &service.cycle, new).await
}

#[tokio::test]
async fn a_poll_is_called_in_its_stage_alone() {
    let mut service = TestService::start(Stage::Collecting).await;
    for stage in Stage::ALL {
        set_stage(&mut service, stage).await;
        for (kind, own) in [
            (PollKind::Main, Stage::Voting),
            (PollKind::Evaluation, Stage::Evaluating),
        ] {
            let called = create(&service, kind).await;
            if stage == own {
                called.unwrap();
            } else {
                assert!(
                    matches!(called, Err(SessionError::Stage)),
                    "{kind:?} in {stage:?}: {called:?}"
                );
            }
        }
    }
}

/// A poll on the four candidates of a published shortlist, for two places, in which the three deputies vote like this.
async fn announced(service: TestService, votes: [[u8; 4]; 3]) -> TestSession {
    let mut tx = service.app.database.write().await.unwrap();
    for item in items_of(4) {
        let facts = crate::projects::tests::facts(&item.code, "县水利局");
        let id = CandidateId::new(crate::testing::NOW, &service.app.entropy);
        candidates::insert(&mut tx, &service.cycle, id, &facts)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    let mut service = service;
    set_stage(&mut service, Stage::Shortlisted).await;
    let review = Review {
        on: date!(2026 - 01 - 10),
        document: "青委〔2026〕3号".to_owned(),
    };
    let (app, cycle) = (&service.app, &service.cycle);
    shortlist::review(app, Actor::System, cycle, &review)
        .await
        .unwrap();
    shortlist::publish(app, Actor::System, cycle).await.unwrap();
    set_stage(&mut service, Stage::Voting).await;
    let mut session = TestSession::in_service(service, PollKind::Main, 3, 4).await;
    session.adopt(2).await;
    session.check_in(3).await;
    session.both(DualControlStep::Freeze).await;
    session.both(DualControlStep::Open).await;
    for (deputy, marks) in votes.iter().enumerate() {
        session.cast(deputy, &ticks(marks)).await;
    }
    session.both(DualControlStep::Close).await;
    session.decrypt_all().await;
    let early = create(&session.service, PollKind::Main).await;
    assert!(matches!(early, Err(SessionError::PollExists)));
    session.announce().await;
    session
}

#[tokio::test]
async fn no_poll_follows_one_that_has_filled_the_places() {
    for service in TestService::on_each_database(Stage::Voting).await {
        let session = announced(service, [[1, 1, 0, 0]; 3]).await;
        let again = create(&session.service, PollKind::Main).await;
        assert!(matches!(again, Err(SessionError::PollExists)), "{again:?}");
    }
}

#[tokio::test]
async fn a_second_ballot_is_on_what_the_first_has_not_chosen() {
    for service in TestService::on_each_database(Stage::Voting).await {
        // Two of three are more than half: only the second has them.
        let votes = [[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 0, 1]];
        let mut session = announced(service, votes).await;
        let again = create(&session.service, PollKind::Main).await;
        assert!(matches!(again, Err(SessionError::PollExists)), "{again:?}");
        session.call(PollKind::SecondBallot).await;
        let poll = session.poll().await;
        let mut tx = session.app().database.read().await.unwrap();
        let items = session::store::items(&mut tx, &poll).await.unwrap();
        let codes: Vec<&str> = items.iter().map(|item| item.code.as_str()).collect();
        assert_eq!(codes, ["QH26-01", "QH26-03", "QH26-04"]);
    }
}
