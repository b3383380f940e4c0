//! How many SQL statements a ballot costs: the whole meeting casts at once.

use crate::session::testkit::{TestSession, ticks};
use crate::testing::TestService;
use crate::traces::statements;
use domain::cycles::Stage;
use domain::session::{DualControlStep, PollKind, cast, find};

#[tokio::test]
#[expect(clippy::print_stdout, reason = "the number is worth seeing")]
async fn a_ballot_costs_at_most_eight_statements() {
    for service in TestService::on_each_database(Stage::Voting).await {
        let backend = service.app.database.backend();
        let mut session = TestSession::in_service(service, PollKind::Main, 6, 4).await;
        session.adopt(2).await;
        session.check_in(6).await;
        session.both(DualControlStep::Freeze).await;
        session.both(DualControlStep::Open).await;
        // The first ballot reads the election for all.
        session.cast(0, &ticks(&[1, 1, 0, 0])).await;
        let poll = find(session.app(), session.jurisdiction(), session.poll)
            .await
            .unwrap();
        for deputy in 1..6 {
            let ballot = session.seal(deputy, &ticks(&[1, 0, 1, 0])).await;
            let (done, noted) = statements(cast(session.app(), &poll, ballot)).await;
            done.unwrap();
            println!("{backend:?}: {} statements", noted.len());
            assert!((5..=8).contains(&noted.len()), "{backend:?}: {noted:#?}");
        }
    }
}
