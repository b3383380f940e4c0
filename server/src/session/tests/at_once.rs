//! Two people at the same moment: each sees what the other has done, on each database.

use crate::session::simulate;
use crate::session::testkit::{TestSession, ticks};
use crate::testing::TestService;
use domain::cycles::Stage;
use domain::session::{Confirmed, DualControlStep, Party, PollKind, StateName, store};
use std::time::Duration;

async fn adopted(service: TestService) -> TestSession {
    let mut session = TestSession::in_service(service, PollKind::Main, 3, 4).await;
    session.adopt(2).await;
    session.check_in(3).await;
    session
}

/// What both are answered who begin while a third holds the poll, so that neither has read before the other.
async fn at_once<A, B>(
    session: &TestSession,
    one: impl Future<Output = A>,
    other: impl Future<Output = B>,
) -> (A, B) {
    let mut tx = session.app().database.write().await.unwrap();
    store::lock_poll(&mut tx, session.jurisdiction(), session.poll)
        .await
        .unwrap();
    let release = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        drop(tx);
    };
    let (one, other, ()) = tokio::join!(one, other, release);
    (one, other)
}

/// Of two confirmations at once one is the second, and takes the step.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_confirm_at_once_take_the_step_once() {
    for service in TestService::on_each_database(Stage::Voting).await {
        let session = adopted(service).await;
        for (step, reached) in [
            (DualControlStep::Freeze, StateName::Frozen),
            (DualControlStep::Open, StateName::Open),
            (DualControlStep::Close, StateName::Closed),
        ] {
            if step == DualControlStep::Open {
                session.approve_all().await;
            }
            let office = session.confirm(step, Party::Office);
            let chief = session.confirm(step, Party::ChiefScrutineer);
            let (office, chief) = Box::pin(at_once(&session, office, chief)).await;
            let mut both = [office.unwrap(), chief.unwrap()];
            both.sort_by_key(|one| *one == Confirmed::Done);
            assert_eq!(both, [Confirmed::Waiting, Confirmed::Done], "{step:?}");
            assert_eq!(session.state().await, reached);
        }
    }
}

/// Of the scrutineers who decrypt at once one is the last, and the poll is decrypted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scrutineers_who_decrypt_at_once_have_decrypted() {
    for session in TestSession::open_on_each_database().await {
        session.cast(0, &ticks(&[1, 1, 0, 0])).await;
        session.both(DualControlStep::Close).await;
        session.state_closing_all().await;
        let decrypt = async |key: usize| {
            let (here, poll) = (session.jurisdiction(), session.poll);
            simulate::decrypt(session.app(), here, poll, &session.keys[key]).await
        };
        let (one, other) = Box::pin(at_once(&session, decrypt(0), decrypt(1))).await;
        one.unwrap();
        other.unwrap();
        assert_eq!(session.state().await, StateName::Decrypted);
        session.announce().await;
    }
}
