//! Two people are two people (promise 10): one office account imports invented deputies, gives them the keys, and confirms both
//! sides of every step. Each part of that is tried.

use crate::session::simulate;
use crate::session::testkit::{TestSession, ticks};
use axum::http::StatusCode;
use domain::closed_loop;
use domain::infra::ids::AccountId;
use domain::people::Viewer;
use domain::people::import::{self, Preview};
use domain::people::store as people;
use domain::people::{Contact, PeopleError, Role};
use domain::record::change::Actor;
use domain::record::store as record;
use domain::session::{
    self, Adoption, Confirmed, DualControlStep, Hands, Matter, Party, PollKind, SessionError,
};
use tally::record::body::{Body, Kind, OfficerRole};

async fn matter(session: &TestSession, step: DualControlStep) -> Matter {
    let poll = session::find(session.app(), session.jurisdiction(), session.poll)
        .await
        .unwrap();
    let mut tx = session.app().database.read().await.unwrap();
    session::matter(&mut tx, &poll, step).await.unwrap()
}

/// The account of this deputy was let in by the office.
async fn enrolled_by_office(session: &TestSession, deputy: usize, account: AccountId) {
    let mut tx = session.app().database.write().await.unwrap();
    let by = Some(session.office.account);
    people::link_deputy(
        &mut tx,
        session.jurisdiction(),
        session.deputies[deputy],
        account,
        by,
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

async fn bodies(session: &TestSession, kind: Kind) -> Vec<Body> {
    let mut tx = session.app().database.read().await.unwrap();
    let size = i64::try_from(record::size(&mut tx).await.unwrap()).unwrap();
    let mut entries = record::newest(&mut tx, size).await.unwrap();
    entries.reverse();
    let mut found = Vec::new();
    for one in entries.iter().filter(|one| one.kind == kind.name()) {
        let body = record::body_of(&mut tx, one.position).await.unwrap();
        let Some(record::Body::Shown { text, .. }) = body else {
            panic!("{body:?}");
        };
        found.push(Body::parse(kind, text.as_bytes()).unwrap());
    }
    found
}

#[tokio::test]
async fn what_changes_between_two_confirmations_undoes_the_first() {
    let mut session = TestSession::drafted(PollKind::Main, 4, 4).await;
    session.adopt(2).await;
    session.check_in(3).await;
    let shown = matter(&session, DualControlStep::Freeze).await;
    let office = session.office.account;
    let freeze = DualControlStep::Freeze;
    let first = session
        .confirm_as(office, freeze, Party::Office, &shown)
        .await;
    assert_eq!(first.unwrap(), Confirmed::Waiting);
    // A deputy more checks in: the office has confirmed something else.
    let late = session.deputies[3];
    simulate::check_in(session.app(), session.jurisdiction(), session.poll, late)
        .await
        .unwrap();
    let chief = session.chief.account;
    let refused = session
        .confirm_as(chief, freeze, Party::ChiefScrutineer, &shown)
        .await;
    assert!(
        matches!(refused, Err(SessionError::HeadcountMissing(_))),
        "the head is asked again: {refused:?}"
    );
    simulate::confirm_headcounts(session.app(), session.jurisdiction(), session.poll)
        .await
        .unwrap();
    let refused = session
        .confirm_as(chief, freeze, Party::ChiefScrutineer, &shown)
        .await;
    assert!(matches!(refused, Err(SessionError::MatterChanged)));
    let now = matter(&session, freeze).await;
    assert_ne!(now, shown);
    let second = session
        .confirm_as(chief, freeze, Party::ChiefScrutineer, &now)
        .await;
    assert_eq!(second.unwrap(), Confirmed::Waiting, "the first is undone");
    let again = session
        .confirm_as(office, freeze, Party::Office, &now)
        .await;
    assert_eq!(again.unwrap(), Confirmed::Done);
}

#[tokio::test]
async fn a_key_replaced_between_two_confirmations_undoes_the_first() {
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    session.adopt(2).await;
    session.check_in(3).await;
    let shown = matter(&session, DualControlStep::Freeze).await;
    simulate::make_key(
        session.app(),
        session.jurisdiction(),
        session.poll,
        session.second.account,
    )
    .await
    .unwrap();
    let refused = session
        .confirm_as(
            session.chief.account,
            DualControlStep::Freeze,
            Party::ChiefScrutineer,
            &shown,
        )
        .await;
    assert!(matches!(refused, Err(SessionError::MatterChanged)));
}

#[tokio::test]
async fn nobody_confirms_with_an_account_of_the_own_making() {
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    session.adopt(2).await;
    session.check_in(3).await;
    enrolled_by_office(&session, 0, session.chief.account).await;
    for (account, side, expected) in [
        (session.chief.account, Party::ChiefScrutineer, true),
        (session.office.account, Party::Office, false),
    ] {
        let seen = matter(&session, DualControlStep::Freeze).await;
        let done = session
            .confirm_as(account, DualControlStep::Freeze, side, &seen)
            .await;
        assert_eq!(done.is_ok(), expected, "{side:?}: {done:?}");
        if !expected {
            assert!(matches!(done, Err(SessionError::EnrolledByEachOther)));
        }
    }
}

/// The office gives one head's account to itself: that head count is no second person's.
#[tokio::test]
async fn a_head_whom_the_office_enrolled_counts_for_nobody_beside_it() {
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    session.adopt(2).await;
    session.check_in(3).await;
    enrolled_by_office(&session, 1, session.second.account).await;
    let seen = matter(&session, DualControlStep::Freeze).await;
    let refused = session
        .confirm_as(
            session.office.account,
            DualControlStep::Freeze,
            Party::Office,
            &seen,
        )
        .await;
    assert!(matches!(refused, Err(SessionError::EnrolledByEachOther)));
}

#[tokio::test]
async fn a_meeting_s_scrutineers_are_not_of_the_making_of_whoever_enters_them() {
    let session = TestSession::drafted(PollKind::Main, 3, 4).await;
    let rule = session.write_rules(2).await;
    enrolled_by_office(&session, 0, session.chief.account).await;
    let adoption = Adoption {
        rule,
        hands: Hands {
            in_favour: 3,
            against: 0,
            abstained: 0,
        },
        scrutineers: vec![session.chief.account, session.second.account],
        threshold: 2,
        details: crate::session::testkit::details(),
    };
    let actor = Actor::Account(session.office.account);
    let done = session::adopt(
        session.app(),
        actor,
        session.jurisdiction(),
        session.poll,
        &adoption,
    )
    .await;
    assert!(matches!(
        done,
        Err(SessionError::Scrutineers("own-account"))
    ));
}

#[tokio::test]
async fn only_a_delegation_s_head_confirms_and_only_what_was_shown() {
    let mut session = TestSession::drafted(PollKind::Main, 4, 4).await;
    session.adopt(2).await;
    session.check_in(3).await;
    let page = format!("{}/headcount", session.page());
    let shown = session.service.get(&page, Some(&session.office)).await;
    assert_eq!(shown.status, StatusCode::FORBIDDEN);
    let confirm = |account| {
        session::confirm_headcount(
            session.app(),
            account,
            session.jurisdiction(),
            session.poll,
            "00",
        )
    };
    assert!(matches!(
        confirm(session.chair.account).await,
        Err(SessionError::NotTheHead)
    ));
    assert!(matches!(
        confirm(session.chief.account).await,
        Err(SessionError::NamesChanged)
    ));
}

fn viewer(session: &TestSession) -> Viewer {
    Viewer {
        account: session.office.account,
        display_name: "办公室".to_owned(),
        roles: vec![(session.jurisdiction(), Role::Office)],
        withheld: Vec::new(),
    }
}

fn csv(rows: &str) -> Preview {
    import::read(format!("编号,姓名,代表团,邮箱\n{rows}").as_bytes()).unwrap()
}

#[tokio::test]
async fn one_mailbox_is_one_deputy() {
    let preview = csv(
        "11,甲,城关代表团,office+1@example.cn\n12,乙,城关代表团,Office+2@example.cn\n\
         13,丙,城关代表团,of.fice@gmail.com\n14,丁,城关代表团,office+x@googlemail.com\n",
    );
    assert_eq!(preview.good.len(), 2, "{preview:?}");
    let bad: Vec<_> = preview.bad.iter().map(|bad| (bad.line, bad.code)).collect();
    assert_eq!(bad, [(3, "repeated"), (5, "repeated")]);
    let [one, two] = ["wang@example.cn", "wang+vote@example.cn"].map(|text| {
        let contact = Contact::parse(text).unwrap();
        contact.mailbox()
    });
    assert_eq!(one, two);
}

#[tokio::test]
async fn a_change_of_the_roster_is_an_entry_before_the_adoption_and_refused_after_it() {
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    let office = session.office.clone();
    let viewer = viewer(&session);
    let rule = session.write_rules(2).await;
    let rows = csv("4,新来者,城关代表团,new@example.cn\n").good;
    closed_loop::import_roster(session.app(), &viewer, session.jurisdiction(), &rows)
        .await
        .unwrap();
    let changed = bodies(&session, Kind::PollRosterChanged).await;
    let [Body::PollRosterChanged(changed)] = changed.as_slice() else {
        panic!("{changed:?}");
    };
    assert_eq!(changed.roster.len(), 4);
    // The rule of before counts three deputies.
    let adoption = Adoption {
        rule,
        hands: Hands {
            in_favour: 3,
            against: 0,
            abstained: 0,
        },
        scrutineers: vec![session.chief.account, session.second.account],
        threshold: 2,
        details: crate::session::testkit::details(),
    };
    let actor = Actor::Account(office.account);
    let done = session::adopt(
        session.app(),
        actor,
        session.jurisdiction(),
        session.poll,
        &adoption,
    )
    .await;
    assert!(matches!(
        done,
        Err(SessionError::Deputies { rule: 3, roster: 4 })
    ));
    session.adopt(2).await;
    let rows = csv("5,再来者,城关代表团,next@example.cn\n").good;
    let refused =
        closed_loop::import_roster(session.app(), &viewer, session.jurisdiction(), &rows).await;
    assert!(matches!(refused, Err(PeopleError::RosterFixed)));
    let mut tx = session.app().database.read().await.unwrap();
    let seats = people::deputies_in_office(&mut tx, session.jurisdiction()).await;
    assert_eq!(seats.unwrap(), 4, "nothing was imported");
}

#[tokio::test]
async fn who_led_and_who_was_there_is_in_the_record_by_name() {
    let mut session = TestSession::open().await;
    for deputy in 0..3 {
        session.cast(deputy, &ticks(&[1, 1, 0, 0])).await;
    }
    session.both(DualControlStep::Close).await;
    session.decrypt_all().await;
    session.announce().await;
    let adopted = bodies(&session, Kind::PollRulesAdopted).await;
    let [Body::PollRulesAdopted(adopted)] = adopted.as_slice() else {
        panic!("{adopted:?}");
    };
    let named: Vec<_> = adopted
        .officers
        .iter()
        .map(|one| (one.role, one.name.to_string()))
        .collect();
    assert_eq!(
        named,
        [
            (OfficerRole::ChiefScrutineer, "代表1".to_owned()),
            (OfficerRole::Scrutineer, "代表2".to_owned()),
            (OfficerRole::Chair, "代表3".to_owned()),
        ]
    );
    let frozen = bodies(&session, Kind::PollFrozen).await;
    let [Body::PollFrozen(frozen)] = frozen.as_slice() else {
        panic!("{frozen:?}");
    };
    let present: Vec<String> = frozen
        .attendance
        .iter()
        .map(|one| one.name.to_string())
        .collect();
    assert_eq!(present, ["代表1", "代表2", "代表3"]);
    let counts: Vec<(u32, u32)> = frozen
        .headcount
        .iter()
        .map(|one| (one.present, one.head.get()))
        .collect();
    assert_eq!(counts, [(1, 2), (2, 1)]);
    let announced = bodies(&session, Kind::PollAnnounced).await;
    let [Body::PollAnnounced(announced)] = announced.as_slice() else {
        panic!("{announced:?}");
    };
    assert_eq!(announced.announced_by.name.as_str(), "代表3");
    session.present.clear();
}

/// A role of the session is offered by one person and accepted by the other; nobody offers one to an account that the same
/// person made.
#[tokio::test]
async fn a_role_is_offered_and_accepted_and_never_to_one_s_own_making() {
    let session = TestSession::drafted(PollKind::Main, 3, 4).await;
    let viewer = viewer(&session);
    let rows = csv("9,傀儡,城关代表团,ghost@example.cn\n").good;
    closed_loop::import_roster(session.app(), &viewer, session.jurisdiction(), &rows)
        .await
        .unwrap();
    let form = [
        ("contact", "ghost@example.cn"),
        ("person", "傀儡"),
        ("role", "scrutineer"),
        ("unit", ""),
    ];
    let path = "/j/qinghe/people/grant";
    let refused = session
        .service
        .post(path, Some(&session.office), &form)
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("由您登记"), "{}", refused.body);
    // Somebody else may, and then the person must accept.
    let admin = session.service.sign_in(&[Role::Admin]).await;
    let offered = session.service.post(path, Some(&admin), &form).await;
    assert_eq!(offered.status, StatusCode::SEE_OTHER, "{}", offered.body);
    let mut tx = session.app().database.read().await.unwrap();
    let contact = Contact::parse("ghost@example.cn").unwrap();
    let lookup = contact.lookup(&session.app().vault);
    let account = people::account_of_contact(&mut tx, &lookup)
        .await
        .unwrap()
        .unwrap();
    let roles = people::roles_of(&mut tx, account).await.unwrap();
    assert!(roles.iter().all(|(_, role)| *role == Role::Deputy));
    let offers = people::offers_to(&mut tx, account).await.unwrap();
    drop(tx);
    let [(offer, _)] = offers.as_slice() else {
        panic!("{offers:?}");
    };
    let other = domain::people::offers::accept(session.app(), admin.account, offer.id).await;
    assert!(matches!(other, Err(PeopleError::NotFound)));
    let role = domain::people::offers::accept(session.app(), account, offer.id).await;
    assert_eq!(role.unwrap(), Role::Scrutineer);
    let again = domain::people::offers::accept(session.app(), account, offer.id).await;
    assert!(matches!(again, Err(PeopleError::NotFound)), "once");
}
