//! Every entry of the record, whoever writes it, is a body of its kind in its one form, about what its leaf says.

use super::world::{in_session_of, opened};
use crate::projects::tests::World as Works;
use crate::session::testkit::TestSession;
use crate::testing::TestService;
use domain::cycles::Stage;
use domain::infra::money::Money;
use domain::people::Role;
use domain::projects::NewReport;
use domain::record::{EntryIndex, Kind, store};
use domain::session::DualControlStep;
use domain::takedown::{self, Reason};
use std::collections::BTreeSet;
use time::macros::date;

#[tokio::test]
async fn every_entry_up_to_the_result_opens() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let (session, _) = in_session_of(service).await;
        session.both(DualControlStep::Close).await;
        session.decrypt_all().await;
        session.announce().await;
        take_down_first(&session).await;
        let expected = BTreeSet::from([
            Kind::ProposalAccepted,
            Kind::ShortlistPublished,
            Kind::PollCreated,
            Kind::PollRulesAdopted,
            Kind::PollFrozen,
            Kind::PollApproved,
            Kind::PollOpened,
            Kind::PollBallot,
            Kind::PollClosed,
            Kind::PollClosingStated,
            Kind::PollPartiallyDecrypted,
            Kind::PollAnnounced,
            Kind::BodyTakenDown,
        ]);
        assert_eq!(opened(session.app()).await, expected);
    }
}

/// Two administrators take the first proposal's text down.
async fn take_down_first(session: &TestSession) {
    let (app, service) = (session.app(), &session.service);
    let first = EntryIndex::new(0).unwrap();
    let asks = service.sign_in(&[Role::Admin]).await.account;
    let confirms = service.sign_in(&[Role::Admin]).await.account;
    takedown::ask(app, asks, first, Reason::PersonalData)
        .await
        .unwrap();
    let mut tx = app.database.read().await.unwrap();
    let entry = store::entry(&mut tx, first).await.unwrap().unwrap();
    let request = takedown::request(&mut tx, first).await.unwrap().unwrap();
    drop(tx);
    takedown::confirm(app, confirms, first, &request.matter(&entry))
        .await
        .unwrap();
}

#[tokio::test]
async fn every_entry_on_projects_opens() {
    for works in Works::on_each_database().await {
        let report = NewReport {
            month: "2025-07".parse().unwrap(),
            percent: 40,
            spent: Money::from_wan(12),
            text: "完成路基。\r\n\t下月铺面。".to_owned(),
            explanation: Some("先行段提前开工。".to_owned()),
        };
        works.report("QH26-01", &report).await.unwrap();
        works.finish("QH26-01", date!(2025 - 07 - 20)).await;
        let expected = BTreeSet::from([
            Kind::ProjectHandedOver,
            Kind::ProjectReported,
            Kind::ProjectMilestoneReached,
            Kind::ProjectDelivered,
            Kind::ProjectAccepted,
        ]);
        assert_eq!(opened(&works.service.app).await, expected);
    }
}
