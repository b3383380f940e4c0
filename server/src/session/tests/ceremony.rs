//! The ceremony in which three scrutineers make one key: who may send what, and when.

use crate::session::simulate::{self, CeremonyDevice};
use crate::session::testkit::TestSession;
use crate::testing::{Browser, TestService};
use axum::http::StatusCode;
use ballot::trustee::TrusteeId;
use domain::cycles::Stage;
use domain::infra::ids::AccountId;
use domain::people::{Role, store as people};
use domain::record::change::Actor;
use domain::session::{
    self, Adoption, Ceremony, DualControlStep, Hands, Party, PollKind, SessionError,
};
use proptest::prelude::{Just, ProptestConfig, Strategy};
use proptest::test_runner::TestRunner;
use serde_json::json;
use tally::record::ceremony::Round;
use tally::record::transcript::NotTaken;

/// A poll whose rules are adopted, with three scrutineers.
pub(super) struct Three {
    pub session: TestSession,
    pub third: Browser,
}

impl Three {
    pub(super) async fn drafted(service: TestService) -> Self {
        let session = TestSession::in_service(service, PollKind::Main, 5, 4).await;
        let third = session.service.sign_in(&[Role::Scrutineer]).await;
        let mut tx = session.app().database.write().await.unwrap();
        let deputy = session.deputies[3];
        people::link_deputy(&mut tx, session.jurisdiction(), deputy, third.account, None)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        Self { session, third }
    }

    pub(super) async fn adopted() -> Self {
        let three = Self::drafted(TestService::start(Stage::Voting).await).await;
        three.adopt(2).await.unwrap();
        three
    }

    pub(super) async fn adopt(&self, threshold: u32) -> Result<(), SessionError> {
        let session = &self.session;
        let rule = session.write_rules(2).await;
        let hands = Hands {
            in_favour: 5,
            against: 0,
            abstained: 0,
        };
        let (chief, second) = (session.chief.account, session.second.account);
        let adoption = Adoption {
            rule,
            hands,
            scrutineers: vec![chief, second, self.third.account],
            threshold,
            details: crate::session::testkit::details(),
        };
        let actor = Actor::Account(session.office.account);
        let here = session.jurisdiction();
        session::adopt(session.app(), actor, here, session.poll, &adoption).await
    }

    pub(super) async fn ceremony(&self) -> Ceremony {
        let poll = self.session.poll().await;
        let mut tx = self.session.app().database.read().await.unwrap();
        session::ceremony(&mut tx, &poll).await.unwrap().unwrap()
    }

    async fn devices(&self) -> Vec<CeremonyDevice> {
        let (app, here) = (self.session.app(), self.session.jurisdiction());
        let devices = simulate::ceremony_devices(app, here, self.session.poll).await;
        devices.unwrap()
    }

    async fn send(
        &self,
        account: AccountId,
        attempt: u32,
        (round, message): (Round, String),
    ) -> Result<(), SessionError> {
        let (app, here, poll) = (
            self.session.app(),
            self.session.jurisdiction(),
            self.session.poll,
        );
        session::submit_ceremony_message(app, account, here, poll, attempt, round, message).await
    }

    async fn restart(&self, seen: u32, reason: &str) -> Result<(), SessionError> {
        let (office, here) = (self.session.office.account, self.session.jurisdiction());
        let poll = self.session.poll;
        session::restart_ceremony(self.session.app(), office, here, poll, seen, reason).await
    }

    /// All send what they have in their round, and go on.
    async fn round(&self, devices: &mut [CeremonyDevice]) {
        for device in devices.iter() {
            self.send(device.account, 1, device.message())
                .await
                .unwrap();
        }
        let (app, here) = (self.session.app(), self.session.jurisdiction());
        simulate::proceed(app, here, self.session.poll, devices)
            .await
            .unwrap();
    }
}

/// With half of the scrutineers or fewer, two sets of them could open two counts.
#[tokio::test]
async fn not_more_than_half_of_the_scrutineers_or_more_than_all_are_refused_by_the_fields_name() {
    let three = Three::drafted(TestService::start(Stage::Voting).await).await;
    for (threshold, code) in [
        (0, "threshold-no-majority"),
        (1, "threshold-no-majority"),
        (4, "threshold-too-many"),
    ] {
        let refused = three.adopt(threshold).await;
        assert!(
            matches!(refused, Err(SessionError::Threshold(found)) if found == code),
            "{threshold}: {refused:?}"
        );
    }
    three.adopt(2).await.unwrap();
    let view = three.session.service.get(&three.session.api(), None).await;
    let view: serde_json::Value = serde_json::from_str(&view.body).unwrap();
    assert_eq!(view["threshold"], 2);
    assert_eq!(
        view["ceremony"],
        json!({ "attempt": 1, "round": "certificate", "awaited": [1, 2, 3] })
    );
}

#[tokio::test]
async fn a_message_is_taken_in_its_round_from_its_scrutineer_once() {
    let three = Three::adopted().await;
    let mut devices = three.devices().await;
    let first = (devices[0].account, devices[0].message());
    // By somebody else: who is no scrutineer, and who has another seat.
    let chair = three.session.chair.account;
    assert!(matches!(
        three.send(chair, 1, first.1.clone()).await,
        Err(SessionError::NotAScrutineer)
    ));
    assert!(matches!(
        three.send(devices[1].account, 1, first.1.clone()).await,
        Err(SessionError::Ceremony(NotTaken::Refused(_)))
    ));
    // Of a ceremony that is none, and in a round that is not due.
    assert!(matches!(
        three.send(first.0, 2, first.1.clone()).await,
        Err(SessionError::OtherAttempt)
    ));
    let early = (Round::Commitment, first.1.1.clone());
    assert!(matches!(
        three.send(first.0, 1, early).await,
        Err(SessionError::Ceremony(NotTaken::NotDue { .. }))
    ));
    three.send(first.0, 1, first.1.clone()).await.unwrap();
    let before = recorded(&three).await;
    three.send(first.0, 1, first.1.clone()).await.unwrap();
    assert_eq!(recorded(&three).await, before, "the same again is recorded");
    let other = three.devices().await[0].message();
    assert!(matches!(
        three.send(first.0, 1, other).await,
        Err(SessionError::Ceremony(NotTaken::Another(_)))
    ));
    three.round(&mut devices).await;
    assert_eq!(
        three.ceremony().await.transcript.due(),
        Some(Round::Commitment)
    );
    // What was sent in a round that is over is harmless for ever.
    three.send(first.0, 1, first.1).await.unwrap();
}

/// How many messages of ceremonies the record has.
async fn recorded(three: &Three) -> usize {
    let document = three
        .session
        .service
        .get(&format!("{}/record", three.session.api()), None)
        .await;
    document.body.matches("ceremony_message").count()
}

/// Each round's message with one letter changed, or with another member's text, is refused by the name of its trustee.
#[tokio::test]
async fn a_tampered_message_names_its_trustee_and_is_not_taken() {
    let three = Three::adopted().await;
    let mut devices = three.devices().await;
    for _ in 0..4 {
        let (round, message) = devices[1].message();
        let (_, of_another) = devices[2].message();
        let digit = message.rfind(|c: char| c.is_ascii_digit()).unwrap();
        let mut changed = message.clone().into_bytes();
        changed[digit] = if changed[digit] == b'1' { b'2' } else { b'1' };
        for bad in [
            String::from_utf8(changed).unwrap(),
            of_another,
            "{}".to_owned(),
        ] {
            let refused = three.send(devices[1].account, 1, (round, bad)).await;
            let Err(SessionError::Ceremony(NotTaken::Refused(error))) = refused else {
                panic!("{round}: {refused:?}");
            };
            assert_eq!(error.blames().map(TrusteeId::get), Some(2), "{error}");
        }
        if round != Round::Acknowledgement {
            three.round(&mut devices).await;
        }
    }
    assert_eq!(
        three.ceremony().await.transcript.due(),
        Some(Round::Acknowledgement)
    );
}

/// The freeze waits for a complete ceremony; each one's own key is no way around it.
#[tokio::test]
async fn nobody_hands_in_a_key_of_their_own_where_one_is_made_together() {
    let three = Three::adopted().await;
    let (app, here, poll) = (
        three.session.app(),
        three.session.jurisdiction(),
        three.session.poll,
    );
    let chief = three.session.chief.account;
    let alone = simulate::make_key(app, here, poll, chief).await;
    assert!(alone.is_err(), "{alone:?}");
    for deputy in three.session.deputies.iter().take(5) {
        simulate::check_in(app, here, poll, *deputy).await.unwrap();
    }
    simulate::confirm_headcounts(app, here, poll).await.unwrap();
    let frozen = three
        .session
        .confirm(DualControlStep::Freeze, Party::Office)
        .await;
    assert!(
        matches!(frozen, Err(SessionError::KeyMissing(1))),
        "{frozen:?}"
    );
}

#[tokio::test]
async fn all_begin_again_with_fresh_secrets_and_the_reason_is_public() {
    let three = Three::adopted().await;
    let mut devices = three.devices().await;
    three.round(&mut devices).await;
    let reason = "一名监票人的设备损坏";
    assert!(matches!(
        three.restart(1, " ").await,
        Err(SessionError::Form(_))
    ));
    three.restart(1, reason).await.unwrap();
    // A repeated click; somebody else's page of before.
    three.restart(1, reason).await.unwrap();
    assert!(matches!(
        three.restart(1, "另一个原因").await,
        Err(SessionError::OtherAttempt)
    ));
    let now = three.ceremony().await;
    assert_eq!(
        (now.attempt, now.transcript.due()),
        (2, Some(Round::Certificate))
    );
    assert_eq!(now.reasons, [reason]);
    assert!(matches!(
        three
            .send(devices[0].account, 1, devices[0].message())
            .await,
        Err(SessionError::OtherAttempt)
    ));
    let (app, here, poll) = (
        three.session.app(),
        three.session.jurisdiction(),
        three.session.poll,
    );
    simulate::make_shared_key(app, here, poll).await.unwrap();
    let shown = three
        .session
        .service
        .get(
            &format!("{}/manage", three.session.page()),
            Some(&three.session.office),
        )
        .await;
    assert!(shown.body.contains(reason), "{}", shown.body);
    // A key that was made does not outlive the ceremony.
    three.restart(2, "又一次").await.unwrap();
    let poll = three.session.poll().await;
    let mut tx = app.database.read().await.unwrap();
    let all = session::store::scrutineers(&mut tx, &poll).await.unwrap();
    assert!(all.iter().all(|one| one.public_key.is_none()));
}

#[tokio::test]
async fn only_the_office_lets_all_begin_again_and_an_empty_reason_is_named() {
    let three = Three::adopted().await;
    let path = format!("{}/ceremony/restart", three.session.page());
    let form = [("attempt", "1"), ("reason", "设备损坏")];
    for browser in [&three.session.chief, &three.session.chair, &three.third] {
        let refused = three
            .session
            .service
            .post(&path, Some(browser), &form)
            .await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    }
    let office = Some(&three.session.office);
    let empty = [("attempt", "1"), ("reason", "")];
    let refused = three.session.service.post(&path, office, &empty).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.body.contains("id=\"error-reason\""),
        "{}",
        refused.body
    );
    let done = three.session.service.post(&path, office, &form).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    assert_eq!(three.ceremony().await.attempt, 2);
}

/// Whatever order the devices of a round come in, and however often each sends, the same key is made.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_in_any_order_and_any_number_make_one_key() {
    let any = proptest::collection::vec(
        (Just(vec![0_usize, 1, 2]).prop_shuffle(), 1..3_usize),
        4..=4,
    );
    let mut runner = TestRunner::new(ProptestConfig::with_cases(1));
    for _ in 0..3 {
        let orders = any.new_tree(&mut runner).unwrap();
        let orders = proptest::strategy::ValueTree::current(&orders);
        let three = Three::adopted().await;
        let mut devices = three.devices().await;
        let mut keys = 0;
        for (order, times) in orders {
            for _ in 0..times {
                for number in &order {
                    let device = &devices[*number];
                    three
                        .send(device.account, 1, device.message())
                        .await
                        .unwrap();
                }
            }
            let (app, here) = (three.session.app(), three.session.jurisdiction());
            let made = simulate::proceed(app, here, three.session.poll, &mut devices).await;
            keys += made.unwrap().len();
        }
        assert_eq!(keys, 3);
        assert_eq!(recorded(&three).await, 12);
    }
}

/// A device complains of a share that is good: it is published, and everybody sees that the complaint is not true.
#[tokio::test]
async fn a_complaint_about_a_share_is_published_with_its_judgement() {
    let three = Three::adopted().await;
    let session = &three.session;
    let mut devices = three.devices().await;
    let complain = async |account: AccountId, attempt: u32, complaint: &str| {
        let (app, here) = (session.app(), session.jurisdiction());
        let complaint = complaint.to_owned();
        session::submit_complaint(app, account, here, session.poll, attempt, complaint).await
    };
    three.round(&mut devices).await;
    three.round(&mut devices).await;
    let polynomials: Vec<String> = devices.iter().map(|one| one.message().1).collect();
    let mut rng = session.app().entropy.rng();
    let second = TrusteeId::new(2).unwrap();
    let made = devices[0]
        .complaint(&polynomials, second, &mut rng)
        .unwrap();
    let again = devices[0]
        .complaint(&polynomials, second, &mut rng)
        .unwrap();
    // Before all shares are sent nobody knows one.
    assert!(matches!(
        complain(devices[0].account, 1, &made).await,
        Err(SessionError::Ceremony(NotTaken::NotDue { .. }))
    ));
    three.round(&mut devices).await;
    assert!(matches!(
        complain(devices[1].account, 1, &made).await,
        Err(SessionError::Ceremony(NotTaken::OtherComplainer(_)))
    ));
    let forged = made.replace("\"against\":2", "\"against\":3");
    assert!(matches!(
        complain(devices[0].account, 1, &forged).await,
        Err(SessionError::Ceremony(NotTaken::Refused(_)))
    ));
    assert!(matches!(
        complain(session.office.account, 1, &made).await,
        Err(SessionError::NotAScrutineer)
    ));
    complain(devices[0].account, 1, &made).await.unwrap();
    complain(devices[0].account, 1, &again).await.unwrap();
    let complaints = three.ceremony().await.complaints;
    assert_eq!(complaints.len(), 1);
    assert!(!complaints[0].is_true);
    three.restart(1, "一名监票人提出异议").await.unwrap();
    let page = session.service.get(&session.page(), None).await.body;
    assert!(page.contains("提出异议，经核验不属实"), "{page}");
    let poll = session.poll().await;
    let mut tx = session.app().database.read().await.unwrap();
    let vault = &session.app().vault;
    session::recheck(&mut tx, vault, &poll).await.unwrap();
    drop(tx);
    let record = session::poll_record(session.app(), &poll, session::UpTo::Newest).await;
    let bodies = record.unwrap().bodies;
    let told = bodies
        .iter()
        .filter(|one| one.document.contains("\"complaint\":"));
    assert_eq!(told.count(), 1);
}
