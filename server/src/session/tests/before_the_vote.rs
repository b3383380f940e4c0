//! Rules, scrutineers, keys, check-in, freeze (promise 5).

use crate::session::simulate;
use crate::session::testkit::{TestSession, items_of};
use ballot::{Ed25519, Election, Wire as _};
use domain::on_either;
use domain::people::{Role, store as people};
use domain::record::change::Actor;
use domain::session::{
    self, Adoption, Confirmed, Credentials, Departure, DualControlStep, Hands, Matter, NewPoll,
    Party, PollKind, SessionError, StateName, store,
};
use tally::rules::RuleHash;

fn hands(in_favour: u32) -> Hands {
    Hands {
        in_favour,
        against: 0,
        abstained: 0,
    }
}

async fn adopt(session: &TestSession, adoption: &Adoption) -> Result<(), SessionError> {
    let actor = Actor::Account(session.office.account);
    session::adopt(
        session.app(),
        actor,
        session.jurisdiction(),
        session.poll,
        adoption,
    )
    .await
}

#[tokio::test]
async fn the_meeting_adopts_the_rules_that_it_saw_by_a_majority_of_all_deputies() {
    let session = TestSession::drafted(PollKind::Main, 6, 4).await;
    let rule = session.write_rules(2).await;
    let good = Adoption {
        rule,
        hands: hands(4),
        scrutineers: vec![session.chief.account, session.second.account],
        threshold: 2,
        details: crate::session::testkit::details(),
    };
    let other_rule = Adoption {
        rule: RuleHash::of(b"another"),
        ..good.clone()
    };
    assert!(matches!(
        adopt(&session, &other_rule).await,
        Err(SessionError::RulesChanged)
    ));
    for (wrong, code) in [
        // Exactly half is not more than half.
        (hands(3), "hands-no-majority"),
        (hands(7), "more-hands-than-deputies"),
    ] {
        let adoption = Adoption {
            hands: wrong,
            ..good.clone()
        };
        assert!(
            matches!(adopt(&session, &adoption).await, Err(SessionError::Hands(found)) if found == code)
        );
    }
    for (wrong, code) in [
        (vec![], "required"),
        (vec![session.second.account], "no-chief-scrutineer"),
        (
            vec![session.chief.account, session.chair.account],
            "not-a-scrutineer",
        ),
    ] {
        let adoption = Adoption {
            scrutineers: wrong,
            ..good.clone()
        };
        assert!(
            matches!(adopt(&session, &adoption).await, Err(SessionError::Scrutineers(found)) if found == code)
        );
    }
    adopt(&session, &good).await.unwrap();
    assert_eq!(session.state().await, StateName::RulesAdopted);
}

#[tokio::test]
async fn an_adopted_rule_cannot_change_neither_by_the_office_nor_by_hand_in_the_database() {
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    session.adopt(2).await;
    let poll = session::find(session.app(), session.jurisdiction(), session.poll)
        .await
        .unwrap();
    let mut tx = session.app().database.read().await.unwrap();
    let text = store::object(&mut tx, &poll, store::ObjectKind::Rule)
        .await
        .unwrap()
        .unwrap();
    drop(tx);
    let rule = tally::rules::Rule::parse(&text).unwrap();
    let actor = Actor::Account(session.office.account);
    let refused = session::write_rules(
        session.app(),
        actor,
        session.jurisdiction(),
        session.poll,
        &rule,
    )
    .await;
    assert!(matches!(refused, Err(SessionError::State(_))));
    for sql in [
        "UPDATE poll_objects SET text = 'x'",
        "DELETE FROM poll_objects",
        "UPDATE poll_items SET title = 'x'",
        "DELETE FROM poll_items",
        "UPDATE polls SET rule_sha256 = 'x'",
    ] {
        let mut tx = session.app().database.write().await.unwrap();
        let done = on_either!(&mut tx, conn => sqlx::query(sql).execute(&mut *conn).await.is_ok());
        assert!(!done, "{sql}");
    }
}

#[tokio::test]
async fn a_second_poll_of_the_kind_is_refused_while_one_runs() {
    let session = TestSession::drafted(PollKind::Main, 3, 4).await;
    let new = NewPoll {
        kind: PollKind::Main,
        items: items_of(4),
        facts: None,
    };
    let again = session::create(session.app(), Actor::System, &session.service.cycle, new).await;
    assert!(matches!(again, Err(SessionError::PollExists)));
}

#[tokio::test]
async fn a_freeze_needs_quorum_every_key_and_two_people() {
    let mut session = TestSession::drafted(PollKind::Main, 6, 4).await;
    session.adopt(2).await;
    for deputy in session.deputies[..3].iter().copied() {
        simulate::check_in(session.app(), session.jurisdiction(), session.poll, deputy)
            .await
            .unwrap();
    }
    assert!(matches!(
        session
            .confirm(DualControlStep::Freeze, Party::Office)
            .await,
        Err(SessionError::NoQuorum {
            present: 3,
            needed: 4
        })
    ));
    simulate::check_in(
        session.app(),
        session.jurisdiction(),
        session.poll,
        session.deputies[3],
    )
    .await
    .unwrap();
    assert!(matches!(
        session
            .confirm(DualControlStep::Freeze, Party::Office)
            .await,
        Err(SessionError::KeyMissing(1))
    ));
    session.check_in(0).await;
    assert!(matches!(
        session.confirm(DualControlStep::Open, Party::Office).await,
        Err(SessionError::State(_))
    ));
    assert!(matches!(
        session
            .confirm_as(
                session.chair.account,
                DualControlStep::Freeze,
                Party::Office,
                &Matter::of(b"nothing"),
            )
            .await,
        Err(SessionError::Forbidden)
    ));
    // A chief scrutineer, but of no poll that this meeting adopted.
    let other_chief = session.service.sign_in(&[Role::ChiefScrutineer]).await;
    let other = session
        .confirm_as(
            other_chief.account,
            DualControlStep::Freeze,
            Party::ChiefScrutineer,
            &Matter::of(b"nothing"),
        )
        .await;
    assert!(matches!(other, Err(SessionError::NotAScrutineer)));
    assert_eq!(
        session
            .confirm(DualControlStep::Freeze, Party::Office)
            .await
            .unwrap(),
        Confirmed::Waiting
    );
    assert_eq!(
        session
            .confirm(DualControlStep::Freeze, Party::Office)
            .await
            .unwrap(),
        Confirmed::Waiting,
        "a second tap is harmless"
    );
    assert_eq!(session.state().await, StateName::RulesAdopted);
    assert_eq!(
        session
            .confirm(DualControlStep::Freeze, Party::ChiefScrutineer)
            .await
            .unwrap(),
        Confirmed::Done
    );
    assert_eq!(session.state().await, StateName::Frozen);
}

#[tokio::test]
async fn one_person_in_both_roles_cannot_confirm_for_both_sides() {
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    let mut tx = session.app().database.write().await.unwrap();
    people::grant_role(
        &mut tx,
        session.jurisdiction(),
        session.chief.account,
        Role::Office,
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    session.office = session.chief.clone();
    session.adopt(2).await;
    session.check_in(3).await;
    session
        .confirm(DualControlStep::Freeze, Party::Office)
        .await
        .unwrap();
    assert!(matches!(
        session
            .confirm(DualControlStep::Freeze, Party::ChiefScrutineer)
            .await,
        Err(SessionError::SamePerson)
    ));
}

#[tokio::test]
async fn the_frozen_election_binds_rule_and_roll_and_forgets_whose_credential_is_whose() {
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    session.adopt(2).await;
    session.check_in(3).await;
    session.both(DualControlStep::Freeze).await;
    let poll = session::find(session.app(), session.jurisdiction(), session.poll)
        .await
        .unwrap();
    let frozen = poll.state.frozen().unwrap();
    let mut tx = session.app().database.read().await.unwrap();
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
    for deputy in &session.present {
        use ballot::Group as _;
        let public = Ed25519::encode(&deputy.credential.public::<Ed25519>(&poll.election));
        let mut tx = session.app().database.read().await.unwrap();
        let lines: i64 = on_either!(&mut tx, conn => sqlx::query_scalar(
            "SELECT COUNT(*) FROM audit WHERE details LIKE '%' || $1 || '%'",
        ).bind(&public).fetch_one(&mut *conn).await.unwrap());
        assert_eq!(lines, 0);
    }
    let late = simulate::check_in(
        session.app(),
        session.jurisdiction(),
        session.poll,
        session.deputies[0],
    )
    .await;
    assert!(matches!(
        late,
        Err(simulate::SimulateError::Session(
            SessionError::CheckInClosed
        ))
    ));
}

#[tokio::test]
async fn a_credential_is_registered_by_one_deputy_and_replaced_only_by_its_own() {
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    session.adopt(2).await;
    session.check_in(1).await;
    let poll = session::find(session.app(), session.jurisdiction(), session.poll)
        .await
        .unwrap();
    let own = simulate::registered(
        session.app(),
        session.jurisdiction(),
        poll.id,
        &session.present[0].credential,
    )
    .await
    .unwrap();
    let check_in = async |deputy: usize, credentials: &Credentials| {
        let code = session::hall_code(session.app(), session.poll).digits;
        session::check_in(
            session.app(),
            Actor::System,
            session.jurisdiction(),
            session.poll,
            session.deputies[deputy],
            credentials,
            Some(&code),
        )
        .await
    };
    assert_eq!(check_in(0, &own).await.unwrap(), 1);
    assert!(matches!(
        check_in(1, &own).await,
        Err(SessionError::Credential("credential-taken"))
    ));
    // No text, no number, no point of the group, and its neutral element, which would sign anything.
    let neutral = format!("{}1", "0".repeat(63));
    for no_credential in ["", "zz", &"0".repeat(64), &neutral] {
        let mut changed = own.clone();
        changed.own = no_credential.to_owned();
        let refused = check_in(1, &changed).await;
        assert!(matches!(
            refused,
            Err(SessionError::Credential("not-a-credential"))
        ));
        let mut changed = own.clone();
        changed.reserved[1] = no_credential.to_owned();
        let refused = check_in(1, &changed).await;
        assert!(matches!(
            refused,
            Err(SessionError::Credential("not-a-credential"))
        ));
    }
    // One for each reserved election, no fewer, and none twice.
    let mut fewer = own.clone();
    fewer.reserved.pop();
    let refused = check_in(0, &fewer).await;
    assert!(matches!(refused, Err(SessionError::Credential("reserved"))));
    let mut twice = own.clone();
    twice.reserved[0] = twice.own.clone();
    let refused = check_in(0, &twice).await;
    assert!(matches!(
        refused,
        Err(SessionError::Credential("credential-twice"))
    ));
}

#[tokio::test]
async fn a_trustee_key_must_prove_possession_and_be_its_own() {
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    session.adopt(2).await;
    let key = ballot::trustee::SecretKey::<Ed25519>::generate(&mut session.app().entropy.rng());
    let text = key
        .verification_key(&mut session.app().entropy.rng())
        .to_json();
    let give = async |account, text: &str| {
        session::submit_trustee_key(
            session.app(),
            account,
            session.jurisdiction(),
            session.poll,
            text,
        )
        .await
    };
    let other = ballot::trustee::SecretKey::<Ed25519>::generate(&mut session.app().entropy.rng())
        .verification_key(&mut session.app().entropy.rng())
        .to_json();
    let (proof, _) = text.split_once(",\"public_key\"").unwrap();
    let (_, public) = other.split_once(",\"public_key\"").unwrap();
    let forged = format!("{proof},\"public_key\"{public}");
    assert!(matches!(
        give(session.chief.account, &forged).await,
        Err(SessionError::TrusteeKey(_))
    ));
    assert!(matches!(
        give(session.chair.account, &text).await,
        Err(SessionError::NotAScrutineer)
    ));
    give(session.chief.account, &text).await.unwrap();
    give(session.chief.account, &text).await.unwrap();
    assert!(matches!(
        give(session.second.account, &text).await,
        Err(SessionError::TrusteeKey(_))
    ));
}

#[tokio::test]
async fn a_whole_poll_runs_on_each_database() {
    for service in
        crate::testing::TestService::on_each_database(domain::cycles::Stage::Voting).await
    {
        let mut session = TestSession::in_service(service, PollKind::Main, 3, 4).await;
        session.adopt(2).await;
        session.check_in(3).await;
        session.both(DualControlStep::Freeze).await;
        session.both(DualControlStep::Open).await;
        let choices = crate::session::testkit::ticks(&[1, 1, 0, 0]);
        let first = session.cast(0, &choices).await;
        let ballot = session.seal(0, &choices).await;
        assert!(matches!(
            session.put(ballot).await,
            Err(SessionError::AlreadyCast)
        ));
        let found = session::find_ballot(
            session.app(),
            session.jurisdiction(),
            session.poll,
            &first.tracker,
        )
        .await;
        assert_eq!(found.unwrap(), first);
        session.both(DualControlStep::Close).await;
        session.decrypt_all().await;
        session.announce().await;
        assert_eq!(session.state().await, StateName::Announced);
        let mut tx = session.app().database.write().await.unwrap();
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
        let mut session = TestSession::in_service(service, PollKind::Main, 3, 4).await;
        let leave = async |session: &TestSession| {
            let actor = Actor::Account(session.office.account);
            let to = domain::cycles::Stage::Implementing;
            advance(session.app(), actor, &session.service.cycle, to).await
        };
        let refused = |left| matches!(left, Err(AdvanceError::NotYet(_)));
        session.adopt(2).await;
        assert!(refused(leave(&session).await), "adopted");
        session.check_in(3).await;
        for step in [
            DualControlStep::Freeze,
            DualControlStep::Open,
            DualControlStep::Close,
        ] {
            session.both(step).await;
            assert!(refused(leave(&session).await), "{step:?}");
            if step == DualControlStep::Open {
                session
                    .cast(0, &crate::session::testkit::ticks(&[1, 1, 0, 0]))
                    .await;
            }
        }
        session.decrypt_all().await;
        assert!(refused(leave(&session).await), "decrypted");
        session.announce().await;
        let cycle = &session.service.cycle;
        let chosen =
            domain::projects::chosen(&mut session.app().database.read().await.unwrap(), cycle)
                .await
                .unwrap();
        assert!(chosen.is_empty(), "nothing to hand over: {chosen:?}");
        leave(&session).await.unwrap();
    }
}

/// Where rules depart from the cycle's places or the law, the reason is asked for and published; a council that only advises is bound
/// by its own rules.
#[tokio::test]
async fn what_departs_from_the_cycle_or_the_law_needs_a_public_reason() {
    let session = TestSession::drafted(PollKind::Main, 7, 12).await;
    let cycle = &session.service.cycle;
    let of = async |places: u32, quorum: &str, majority: &str| {
        let rule = session.write_rules_with(places, |form| {
            form.rule_quorum = quorum.to_owned();
            form.rule_majority = majority.to_owned();
        });
        let hash = rule.await;
        let poll = session.poll().await;
        let mut tx = session.app().database.read().await.unwrap();
        let text = store::rule_draft(&mut tx, &poll).await.unwrap().unwrap();
        let rule = session::parsed_rule(&poll, &text).unwrap();
        (hash, session::departures(&rule, cycle))
    };
    // Ten of twelve by two thirds and more than half: as the cycle and the law have it.
    let (_, lawful) = of(10, ">= 2/3", "> 1/2").await;
    assert_eq!(lawful, []);
    let (_, places) = of(2, ">= 2/3", "> 1/2").await;
    assert_eq!(places, [Departure::Places { rule: 2, cycle: 10 }]);
    // Of seven, five are two thirds and four are more than half.
    let (hash, both) = of(10, ">= 1/2", ">= 1/3").await;
    assert_eq!(
        both,
        [
            Departure::Quorum { rule: 4, law: 5 },
            Departure::Majority { rule: 3, law: 4 },
        ]
    );
    let silent = Adoption {
        rule: hash,
        hands: hands(4),
        scrutineers: vec![session.chief.account, session.second.account],
        threshold: 2,
        details: session::AdoptionDetails {
            departure: Some("  ".to_owned()),
            ..session::AdoptionDetails::default()
        },
    };
    assert!(matches!(
        adopt(&session, &silent).await,
        Err(SessionError::DepartureWithoutReason)
    ));
    let reasoned = Adoption {
        details: crate::session::testkit::details(),
        ..silent
    };
    adopt(&session, &reasoned).await.unwrap();
    let poll = session.poll().await;
    let mut tx = session.app().database.read().await.unwrap();
    let recorded = session::recorded_adoption(&mut tx, &poll).await.unwrap();
    assert_eq!(
        recorded.departure.map(|reason| reason.to_string()),
        crate::session::testkit::details().departure
    );
}
