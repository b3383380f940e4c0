//! Rules, scrutineers, keys, check-in, freeze (promise 5).

use crate::session::simulate;
use crate::session::testkit::{TestSession, items_of};
use ballot::{Ed25519, Election, Wire as _};
use domain::on_either;
use domain::people::Role;
use domain::record::change::Actor;
use domain::session::{
    self, Adoption, Confirmed, DualControlStep, Hands, NewPoll, Party, PollKind, SessionError,
    StateName, confirm, store,
};
use tally::rules::RuleHash;

fn hands(in_favour: u32) -> Hands {
    Hands {
        in_favour,
        against: 0,
        abstained: 0,
    }
}

async fn adopt(hall: &TestSession, adoption: &Adoption) -> Result<(), SessionError> {
    let actor = Actor::Account(hall.office.account);
    session::adopt(hall.app(), actor, hall.jurisdiction(), hall.poll, adoption).await
}

#[tokio::test]
async fn the_meeting_adopts_the_rules_that_it_saw_by_a_majority_of_all_deputies() {
    let hall = TestSession::drafted(PollKind::Main, 5, 4).await;
    let rule = hall.write_rules(2).await;
    let good = Adoption {
        rule,
        hands: hands(3),
        scrutineers: vec![hall.chief.account, hall.second.account],
    };
    let other_rule = Adoption {
        rule: RuleHash::of(b"another"),
        ..good.clone()
    };
    assert!(matches!(
        adopt(&hall, &other_rule).await,
        Err(SessionError::RulesChanged)
    ));
    for (wrong, code) in [
        (hands(2), "hands-no-majority"),
        (hands(6), "more-hands-than-deputies"),
    ] {
        let adoption = Adoption {
            hands: wrong,
            ..good.clone()
        };
        assert!(
            matches!(adopt(&hall, &adoption).await, Err(SessionError::Hands(found)) if found == code)
        );
    }
    for (wrong, code) in [
        (vec![], "required"),
        (vec![hall.second.account], "no-chief-scrutineer"),
        (
            vec![hall.chief.account, hall.chair.account],
            "not-a-scrutineer",
        ),
    ] {
        let adoption = Adoption {
            scrutineers: wrong,
            ..good.clone()
        };
        assert!(
            matches!(adopt(&hall, &adoption).await, Err(SessionError::Scrutineers(found)) if found == code)
        );
    }
    adopt(&hall, &good).await.unwrap();
    assert_eq!(hall.state().await, StateName::RulesAdopted);
}

#[tokio::test]
async fn an_adopted_rule_cannot_change_neither_by_the_office_nor_by_hand_in_the_database() {
    let mut hall = TestSession::drafted(PollKind::Main, 3, 4).await;
    hall.adopt(2).await;
    let poll = session::find(hall.app(), hall.jurisdiction(), hall.poll)
        .await
        .unwrap();
    let mut tx = hall.app().database.read().await.unwrap();
    let text = store::object(&mut tx, &poll, store::ObjectKind::Rule)
        .await
        .unwrap()
        .unwrap();
    drop(tx);
    let rule = tally::rules::Rule::parse(&text).unwrap();
    let actor = Actor::Account(hall.office.account);
    let refused =
        session::write_rules(hall.app(), actor, hall.jurisdiction(), hall.poll, &rule).await;
    assert!(matches!(refused, Err(SessionError::State(_))));
    for sql in [
        "UPDATE poll_objects SET text = 'x'",
        "DELETE FROM poll_objects",
        "UPDATE poll_items SET title = 'x'",
        "DELETE FROM poll_items",
        "UPDATE polls SET rule_sha256 = 'x'",
    ] {
        let mut tx = hall.app().database.write().await.unwrap();
        let done = on_either!(&mut tx, conn => sqlx::query(sql).execute(&mut *conn).await.is_ok());
        assert!(!done, "{sql}");
    }
}

#[tokio::test]
async fn a_second_poll_of_the_kind_is_refused_while_one_runs() {
    let hall = TestSession::drafted(PollKind::Main, 3, 4).await;
    let new = NewPoll {
        kind: PollKind::Main,
        items: items_of(4),
        facts: None,
    };
    let again = session::create(hall.app(), Actor::System, &hall.service.cycle, new).await;
    assert!(matches!(again, Err(SessionError::PollExists)));
}

#[tokio::test]
async fn a_freeze_needs_quorum_every_key_and_two_people() {
    let mut hall = TestSession::drafted(PollKind::Main, 6, 4).await;
    hall.adopt(2).await;
    for deputy in hall.deputies[..3].iter().copied() {
        simulate::check_in(hall.app(), hall.jurisdiction(), hall.poll, deputy)
            .await
            .unwrap();
    }
    assert!(matches!(
        hall.confirm(DualControlStep::Freeze, Party::Office).await,
        Err(SessionError::NoQuorum {
            present: 3,
            needed: 4
        })
    ));
    simulate::check_in(hall.app(), hall.jurisdiction(), hall.poll, hall.deputies[3])
        .await
        .unwrap();
    assert!(matches!(
        hall.confirm(DualControlStep::Freeze, Party::Office).await,
        Err(SessionError::KeyMissing(1))
    ));
    hall.check_in(0).await;
    assert!(matches!(
        hall.confirm(DualControlStep::Open, Party::Office).await,
        Err(SessionError::State(_))
    ));
    assert!(matches!(
        confirm(
            hall.app(),
            hall.chair.account,
            hall.jurisdiction(),
            hall.poll,
            DualControlStep::Freeze,
            Party::Office
        )
        .await,
        Err(SessionError::Forbidden)
    ));
    assert_eq!(
        hall.confirm(DualControlStep::Freeze, Party::Office)
            .await
            .unwrap(),
        Confirmed::Waiting
    );
    assert_eq!(
        hall.confirm(DualControlStep::Freeze, Party::Office)
            .await
            .unwrap(),
        Confirmed::Waiting,
        "a second tap is harmless"
    );
    assert_eq!(hall.state().await, StateName::RulesAdopted);
    assert_eq!(
        hall.confirm(DualControlStep::Freeze, Party::ChiefScrutineer)
            .await
            .unwrap(),
        Confirmed::Done
    );
    assert_eq!(hall.state().await, StateName::Frozen);
}

#[tokio::test]
async fn one_person_in_both_roles_cannot_confirm_for_both_sides() {
    let mut hall = TestSession::drafted(PollKind::Main, 3, 4).await;
    let both = hall
        .service
        .sign_in(&[Role::Office, Role::ChiefScrutineer])
        .await;
    hall.office = both.clone();
    hall.chief = both;
    hall.adopt(2).await;
    hall.check_in(3).await;
    hall.confirm(DualControlStep::Freeze, Party::Office)
        .await
        .unwrap();
    assert!(matches!(
        hall.confirm(DualControlStep::Freeze, Party::ChiefScrutineer)
            .await,
        Err(SessionError::SamePerson)
    ));
}

#[tokio::test]
async fn the_frozen_election_binds_rule_and_roll_and_forgets_whose_credential_is_whose() {
    let mut hall = TestSession::drafted(PollKind::Main, 3, 4).await;
    hall.adopt(2).await;
    hall.check_in(3).await;
    hall.both(DualControlStep::Freeze).await;
    let poll = session::find(hall.app(), hall.jurisdiction(), hall.poll)
        .await
        .unwrap();
    let frozen = poll.state.frozen().unwrap();
    let mut tx = hall.app().database.read().await.unwrap();
    let text = store::object(&mut tx, &poll, store::ObjectKind::Election)
        .await
        .unwrap()
        .unwrap();
    let election = Election::<Ed25519>::from_json(text.as_bytes()).unwrap();
    assert_eq!(election.fingerprint(), frozen.fingerprint);
    let bound = format!(
        "\nrule:sha256:{}\nroll:sha256:{}",
        frozen.adopted.rule, frozen.roll
    );
    assert!(election.description().ends_with(&bound));
    assert_eq!(frozen.present, 3);
    assert_eq!(store::links(&mut tx, &poll).await.unwrap(), []);
    let attended = store::attendance(&mut tx, &poll).await.unwrap();
    assert!(attended.iter().all(|one| one.checked_in_at.is_some()));
    drop(tx);
    // Nor does the audit trail, which outlives the link, name a credential.
    for deputy in &hall.present {
        use ballot::Group as _;
        let public = Ed25519::encode(&deputy.credential.public::<Ed25519>(&poll.election));
        let mut tx = hall.app().database.read().await.unwrap();
        let lines: i64 = on_either!(&mut tx, conn => sqlx::query_scalar(
            "SELECT COUNT(*) FROM audit WHERE details LIKE '%' || $1 || '%'",
        ).bind(&public).fetch_one(&mut *conn).await.unwrap());
        assert_eq!(lines, 0);
    }
    let late =
        simulate::check_in(hall.app(), hall.jurisdiction(), hall.poll, hall.deputies[0]).await;
    assert!(matches!(
        late,
        Err(simulate::SimulateError::Session(
            SessionError::CheckInClosed
        ))
    ));
}

#[tokio::test]
async fn a_credential_is_registered_by_one_deputy_and_replaced_only_by_its_own() {
    let mut hall = TestSession::drafted(PollKind::Main, 3, 4).await;
    hall.adopt(2).await;
    hall.check_in(1).await;
    let poll = session::find(hall.app(), hall.jurisdiction(), hall.poll)
        .await
        .unwrap();
    let public = {
        use ballot::Group as _;
        Ed25519::encode(&hall.present[0].credential.public::<Ed25519>(&poll.election))
    };
    let check_in = async |deputy: usize, credential: &str| {
        session::check_in(
            hall.app(),
            Actor::System,
            hall.jurisdiction(),
            hall.poll,
            hall.deputies[deputy],
            credential,
        )
        .await
    };
    assert_eq!(check_in(0, &public).await.unwrap(), 1);
    assert!(matches!(
        check_in(1, &public).await,
        Err(SessionError::Credential("credential-taken"))
    ));
    for no_credential in ["", "zz", &"0".repeat(64)] {
        assert!(matches!(
            check_in(1, no_credential).await,
            Err(SessionError::Credential("not-a-credential"))
        ));
    }
}

#[tokio::test]
async fn a_trustee_key_must_prove_possession_and_be_its_own() {
    let mut hall = TestSession::drafted(PollKind::Main, 3, 4).await;
    hall.adopt(2).await;
    let key = ballot::trustee::SecretKey::<Ed25519>::generate(&mut hall.app().entropy.rng());
    let text = key
        .verification_key(&mut hall.app().entropy.rng())
        .to_json();
    let give = async |account, text: &str| {
        session::submit_trustee_key(hall.app(), account, hall.jurisdiction(), hall.poll, text).await
    };
    let other = ballot::trustee::SecretKey::<Ed25519>::generate(&mut hall.app().entropy.rng())
        .verification_key(&mut hall.app().entropy.rng())
        .to_json();
    let (proof, _) = text.split_once(",\"public_key\"").unwrap();
    let (_, public) = other.split_once(",\"public_key\"").unwrap();
    let forged = format!("{proof},\"public_key\"{public}");
    assert!(matches!(
        give(hall.chief.account, &forged).await,
        Err(SessionError::TrusteeKey(_))
    ));
    assert!(matches!(
        give(hall.chair.account, &text).await,
        Err(SessionError::NotAScrutineer)
    ));
    give(hall.chief.account, &text).await.unwrap();
    give(hall.chief.account, &text).await.unwrap();
    assert!(matches!(
        give(hall.second.account, &text).await,
        Err(SessionError::TrusteeKey(_))
    ));
}

#[tokio::test]
async fn a_whole_poll_runs_on_each_database() {
    for service in
        crate::testing::TestService::on_each_database(domain::cycles::Stage::Voting).await
    {
        let mut hall = TestSession::in_service(service, PollKind::Main, 3, 4).await;
        hall.adopt(2).await;
        hall.check_in(3).await;
        hall.both(DualControlStep::Freeze).await;
        hall.both(DualControlStep::Open).await;
        let choices = crate::session::testkit::ticks(&[1, 1, 0, 0]);
        let first = hall.cast(0, &choices).await;
        let ballot = hall.seal(0, &choices).await;
        assert!(matches!(
            hall.put(ballot).await,
            Err(SessionError::AlreadyCast)
        ));
        let found =
            session::find_ballot(hall.app(), hall.jurisdiction(), hall.poll, &first.tracker).await;
        assert_eq!(found.unwrap(), first);
        hall.both(DualControlStep::Close).await;
        hall.decrypt_all().await;
        hall.announce().await;
        assert_eq!(hall.state().await, StateName::Announced);
        let mut tx = hall.app().database.write().await.unwrap();
        let done = on_either!(&mut tx, conn => sqlx::query("UPDATE polls SET fingerprint = 'x'")
            .execute(&mut *conn).await.is_ok());
        assert!(!done, "a frozen election is fixed");
    }
}

#[tokio::test]
async fn nobody_leaves_the_stage_while_a_poll_is_under_way() {
    use domain::closed_loop::{AdvanceError, advance};
    for service in
        crate::testing::TestService::on_each_database(domain::cycles::Stage::Voting).await
    {
        let mut hall = TestSession::in_service(service, PollKind::Main, 3, 4).await;
        let leave = async |hall: &TestSession| {
            let actor = Actor::Account(hall.office.account);
            let to = domain::cycles::Stage::Implementing;
            advance(hall.app(), actor, &hall.service.cycle, to).await
        };
        let refused = |left| matches!(left, Err(AdvanceError::PollUnderWay(_)));
        hall.adopt(2).await;
        assert!(refused(leave(&hall).await), "adopted");
        hall.check_in(3).await;
        for step in [
            DualControlStep::Freeze,
            DualControlStep::Open,
            DualControlStep::Close,
        ] {
            hall.both(step).await;
            assert!(refused(leave(&hall).await), "{step:?}");
            if step == DualControlStep::Open {
                hall.cast(0, &crate::session::testkit::ticks(&[1, 1, 0, 0])).await;
            }
        }
        hall.decrypt_all().await;
        assert!(refused(leave(&hall).await), "decrypted");
        hall.announce().await;
        leave(&hall).await.unwrap();
    }
}
