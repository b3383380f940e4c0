//! How many SQL statements a ballot costs: a hall casts all at once.

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
        let mut hall = TestSession::in_service(service, PollKind::Main, 6, 4).await;
        hall.adopt(2).await;
        hall.check_in(6).await;
        hall.both(DualControlStep::Freeze).await;
        hall.both(DualControlStep::Open).await;
        // The first ballot reads the election for all.
        hall.cast(0, &ticks(&[1, 1, 0, 0])).await;
        let poll = find(hall.app(), hall.jurisdiction(), hall.poll)
            .await
            .unwrap();
        for deputy in 1..6 {
            let ballot = hall.seal(deputy, &ticks(&[1, 0, 1, 0])).await;
            let (done, noted) = statements(cast(hall.app(), &poll, ballot)).await;
            done.unwrap();
            println!("{backend:?}: {} statements", noted.len());
            assert!((5..=8).contains(&noted.len()), "{backend:?}: {noted:#?}");
        }
    }
}
