//! Every lawful end of a vote: run-off, lot, second ballot, void, withdrawn. None is a dead end, and what was decided can be
//! checked by anybody.

use crate::session::simulate::SimulateError;
use crate::session::testkit::{TestSession, lot, void, withdraw};
use domain::closed_loop::{Act, AdvanceError, ConditionKind, CycleAct, PollAct, advance, tasks};
use domain::cycles::Stage;
use domain::infra::ids::AccountId;
use domain::people::{Role, Viewer};
use domain::projects;
use domain::record::change::Actor;
use domain::session::{
    self, DualControlStep, EndReason, Motion, NextRound, Party, PollKind, SessionError, StateName,
};
use tally::verify::Verdict;

/// Two places; the second and the third have three votes each, which is a majority of five, for the second place.
const TIED: [&[u8]; 5] = [
    &[1, 1, 0, 0],
    &[1, 1, 0, 0],
    &[1, 0, 1, 0],
    &[1, 0, 1, 0],
    &[0, 1, 1, 0],
];

/// A vote with a tie across the last place.
async fn tied() -> TestSession {
    let mut session = TestSession::drafted(PollKind::Main, 5, 4).await;
    session.adopt(2).await;
    session.check_in(5).await;
    session.hold(&TIED).await;
    session
}

async fn next(session: &TestSession) -> NextRound {
    let mut tx = session.app().database.read().await.unwrap();
    let rounds = session::rounds(&mut tx, &session.service.cycle)
        .await
        .unwrap();
    rounds.unwrap().next()
}

async fn chosen(session: &TestSession) -> Vec<String> {
    let mut tx = session.app().database.read().await.unwrap();
    projects::chosen(&mut tx, &session.service.cycle)
        .await
        .unwrap()
}

/// The bundle of the session's poll, verified as anybody does.
async fn verified(session: &TestSession) {
    let poll = session.poll().await;
    let bundle = session::bundle(session.app(), &poll).await.unwrap();
    let report = crate::session::testkit::judged(&bundle);
    assert_eq!(report.verdict, Verdict::Verified, "{}", report.summary());
}

/// The bundle of a poll without a result proves that it ended so, and counts nothing.
async fn proved_to_have_ended(session: &TestSession, how: &str) {
    let poll = session.poll().await;
    let bundle = session::bundle(session.app(), &poll).await.unwrap();
    let report = crate::session::testkit::judged(&bundle);
    assert_eq!(report.verdict, Verdict::Verified, "{}", report.summary());
    assert_eq!(report.decision.unwrap()["outcome"], how);
    assert!(report.counted.is_none());
}

/// What keeps the cycle from the year of building.
async fn unmet(session: &TestSession) -> Option<ConditionKind> {
    let actor = Actor::Account(session.office.account);
    let cycle = &session.service.cycle;
    match advance(session.app(), actor, cycle, Stage::Implementing).await {
        Err(AdvanceError::NotYet(condition)) => Some(condition.kind),
        Ok(_) => None,
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_tie_is_voted_on_again_by_the_same_check_in_until_it_is_decided() {
    let mut session = tied().await;
    assert!(matches!(
        next(&session).await,
        NextRound::RunOff { places: 1, .. }
    ));
    assert_eq!(unmet(&session).await, Some(ConditionKind::TieDecided));
    verified(&session).await;
    session.call(PollKind::RunOff).await;
    let first = session.poll().await;
    assert_eq!(first.state.name(), StateName::RulesAdopted);
    assert!(first.is_checked_in_before());
    // Called twice it is one.
    session.call(PollKind::RunOff).await;
    assert_eq!(session.poll, first.id);
    assert_eq!(unmet(&session).await, Some(ConditionKind::NoPollUnderWay));
    // Tied again.
    session.hold(&[&[1, 0], &[0, 1]]).await;
    assert_eq!(chosen(&session).await, ["QH26-01"]);
    verified(&session).await;
    session.call(PollKind::RunOff).await;
    assert_ne!(session.poll, first.id);
    session.hold(&[&[0, 1], &[0, 1], &[1, 0]]).await;
    assert_eq!(chosen(&session).await, ["QH26-01", "QH26-03"]);
    assert_eq!(next(&session).await, NextRound::Nothing);
    assert_eq!(
        unmet(&session).await,
        Some(ConditionKind::ProjectsHandedOver)
    );
    verified(&session).await;
}

#[tokio::test]
async fn nobody_checks_in_for_a_run_off_and_its_roll_and_keys_are_those_fixed_before_the_vote() {
    let mut session = tied().await;
    let main = session.poll().await;
    session.call(PollKind::RunOff).await;
    let poll = session.poll().await;
    let own = session.present[0].credential.clone();
    let (app, here) = (session.app(), session.jurisdiction());
    let own = crate::session::simulate::registered(app, here, poll.id, &own)
        .await
        .unwrap();
    let late = session::check_in(
        app,
        Actor::System,
        here,
        poll.id,
        session.deputies[0],
        &own,
        None,
    )
    .await;
    assert!(matches!(late, Err(SessionError::CheckInClosed)));
    let chief = session.chief.account;
    let another = crate::session::simulate::make_key(app, here, poll.id, chief).await;
    assert!(matches!(
        another,
        Err(SimulateError::Session(SessionError::TrusteeKey(_)))
    ));
    let mut tx = app.database.read().await.unwrap();
    let fixed = session::store::reserved_roll(&mut tx, &main, poll.election.as_str())
        .await
        .unwrap()
        .unwrap();
    drop(tx);
    session.both(DualControlStep::Freeze).await;
    let mut tx = session.app().database.read().await.unwrap();
    let roll = session::store::object(&mut tx, &poll, session::store::ObjectKind::Roll)
        .await
        .unwrap();
    assert_eq!(roll, Some(fixed));
}

#[tokio::test]
async fn what_follows_is_called_only_where_the_vote_has_left_it() {
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    session.adopt(2).await;
    session.check_in(3).await;
    let call = async |session: &TestSession, kind| {
        let actor = Actor::Account(session.office.account);
        session::call_follow_up(session.app(), actor, &session.service.cycle, kind).await
    };
    let early = call(&session, PollKind::RunOff).await;
    assert!(matches!(early, Err(SessionError::PollExists)));
    // Two of two places by all votes: nothing is left but to adopt them.
    session.hold(&[&[1, 1, 0, 0], &[1, 1, 0, 0]]).await;
    for kind in PollKind::ALL
        .into_iter()
        .filter(|kind| *kind != PollKind::Adoption)
    {
        let refused = call(&session, kind).await;
        assert!(
            matches!(refused, Err(SessionError::NothingFollows)),
            "{kind:?}"
        );
    }
    // A decided vote is not held again.
    let again = session::create(
        session.app(),
        Actor::Account(session.office.account),
        &session.service.cycle,
        session::NewPoll {
            kind: PollKind::Main,
            items: crate::session::testkit::items_of(4),
            facts: None,
        },
    )
    .await;
    assert!(matches!(again, Err(SessionError::PollExists)));
}

#[tokio::test]
async fn empty_places_are_filled_by_a_second_ballot_on_the_rest() {
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    session.adopt(2).await;
    session.check_in(3).await;
    // The second has one vote of three: no majority.
    session.hold(&[&[1, 1, 0, 0], &[1, 0, 0, 0]]).await;
    let NextRound::SecondBallot { items, places } = next(&session).await else {
        panic!("a second ballot can follow");
    };
    assert_eq!((items.len(), places), (3, 1));
    // It may be left at that: nothing is tied.
    assert_eq!(
        unmet(&session).await,
        Some(ConditionKind::ProjectsHandedOver)
    );
    session.call(PollKind::SecondBallot).await;
    session.hold(&[&[0, 1, 0], &[0, 1, 0]]).await;
    assert_eq!(chosen(&session).await, ["QH26-01", "QH26-03"]);
    assert_eq!(next(&session).await, NextRound::Nothing);
    verified(&session).await;
}

/// A vote with a tie that the rule decides by lot.
async fn tied_by_lot() -> TestSession {
    let mut session = TestSession::drafted(PollKind::Main, 5, 4).await;
    let rule = session.write_rules_with(2, |form| {
        form.rule_tie = crate::web::choice::Choice::One(tally::rules::TieBreak::Lot);
    });
    let rule = rule.await;
    session.adopt_written(rule).await;
    session.check_in(5).await;
    session.hold(&TIED).await;
    session
}

async fn tasks_of(session: &TestSession, (account, role): (AccountId, Role)) -> Vec<Act> {
    let viewer = Viewer {
        account,
        display_name: String::new(),
        roles: vec![(session.jurisdiction(), role)],
        withheld: Vec::new(),
    };
    let mut tx = session.app().database.read().await.unwrap();
    let found = tasks(session.app(), &mut tx, &viewer).await.unwrap();
    found.all.into_iter().map(|task| task.act).collect()
}

#[tokio::test]
async fn a_lot_decides_once_two_people_have_confirmed_what_was_drawn_before_witnesses() {
    let session = tied_by_lot().await;
    assert!(matches!(
        next(&session).await,
        NextRound::Lot { places: 1, .. }
    ));
    assert_eq!(unmet(&session).await, Some(ConditionKind::TieDecided));
    let (app, here, poll) = (session.app(), session.jurisdiction(), session.poll);
    let forward = async |motion| {
        let office = session.office.account;
        session::put_forward(app, office, here, poll, Party::Office, motion).await
    };
    let two = ["石磊", "乔安"];
    for (drawn, witnesses, field) in [
        (vec!["QH26-01"], two.as_slice(), "drawn"),
        (vec!["QH26-02", "QH26-03"], &two, "drawn"),
        (vec![], &two, "drawn"),
        (vec!["QH26-02"], &["石磊", " "], "witnesses"),
        (vec!["QH26-02"], &["石磊", "石磊"], "witnesses"),
    ] {
        let Err(SessionError::Form(errors)) = forward(lot(&drawn, witnesses)).await else {
            panic!("{drawn:?} {witnesses:?}");
        };
        assert_eq!(errors.iter().map(|one| one.0).collect::<Vec<_>>(), [field]);
    }
    verified(&session).await;
    let office = (session.office.account, Role::Office);
    let tie = |act: &Act| {
        matches!(
            act,
            Act::OfCycle {
                act: CycleAct::DecideTie,
                ..
            }
        )
    };
    assert!(tasks_of(&session, office).await.iter().any(tie));
    forward(lot(&["QH26-03"], &two)).await.unwrap();
    let chief = (session.chief.account, Role::ChiefScrutineer);
    let confirms = |act: &Act| {
        let (step, other) = (DualControlStep::Lot, Some(Party::Office));
        matches!(act, Act::OfPoll { act, .. } if *act == PollAct::Confirm { step, other })
    };
    assert!(tasks_of(&session, chief).await.iter().any(confirms));
    session
        .confirm(DualControlStep::Lot, Party::ChiefScrutineer)
        .await
        .unwrap();
    assert!(!tasks_of(&session, chief).await.iter().any(confirms));
    assert_eq!(chosen(&session).await, ["QH26-01", "QH26-03"]);
    assert_eq!(next(&session).await, NextRound::Nothing);
    verified(&session).await;
    // It is drawn once; the same again is harmless.
    let again = forward(lot(&["QH26-02"], &two)).await;
    assert!(matches!(again, Err(SessionError::NoLot)));
    assert!(forward(lot(&["QH26-03"], &two)).await.is_ok());
}

#[tokio::test]
async fn a_void_vote_counts_for_nothing_and_is_held_again() {
    let mut session = TestSession::open().await;
    let ballot = session
        .cast(0, &crate::session::testkit::ticks(&[1, 0, 0, 0]))
        .await;
    session.carry(void("监票人设备损坏")).await;
    let poll = session.poll().await;
    let ended = poll.state.ended().unwrap();
    assert_eq!(ended.reason, EndReason::CannotDecrypt);
    assert_eq!(ended.before.name(), StateName::Open);
    let after = session
        .seal(1, &crate::session::testkit::ticks(&[1, 0, 0, 0]))
        .await;
    assert!(matches!(
        session.put(after).await,
        Err(SessionError::NotOpen)
    ));
    // What was cast stays findable, and nothing of it is counted or given out as a result.
    let (app, here) = (session.app(), session.jurisdiction());
    let found = session::find_ballot(app, here, poll.id, &ballot.tracker).await;
    assert_eq!(found.unwrap().tracker, ballot.tracker);
    proved_to_have_ended(&session, "voided").await;
    let mut tx = app.database.read().await.unwrap();
    assert_eq!(session::outcome(&mut tx, &poll).await.unwrap(), None);
    session::recheck(&mut tx, &app.vault, &poll).await.unwrap();
    drop(tx);
    let actor = Actor::Account(session.office.account);
    let new = session::NewPoll {
        kind: PollKind::Main,
        items: crate::session::testkit::items_of(4),
        facts: None,
    };
    let again = session::create(app, actor, &session.service.cycle, new)
        .await
        .unwrap();
    (session.poll, session.present, session.keys) = (again, Vec::new(), Vec::new());
    session.adopt(2).await;
    session.check_in(3).await;
    session.hold(&[&[1, 1, 0, 0], &[1, 1, 0, 0]]).await;
    assert_eq!(chosen(&session).await, ["QH26-01", "QH26-02"]);
    verified(&session).await;
}

#[tokio::test]
async fn once_the_count_is_open_nobody_can_void_it_away() {
    let session = TestSession::open().await;
    session.both(DualControlStep::Close).await;
    let (app, here, poll) = (session.app(), session.jurisdiction(), session.poll);
    let (office, side) = (session.office.account, Party::Office);
    let pending = session::put_forward(app, office, here, poll, side, void("设备损坏")).await;
    assert!(pending.is_ok());
    session.decrypt_all().await;
    // What was put forward before is carried no more, and is shown to nobody.
    let late = session
        .confirm(DualControlStep::Void, Party::ChiefScrutineer)
        .await;
    assert!(matches!(late, Err(SessionError::State(_))));
    let mut tx = app.database.read().await.unwrap();
    let found = session.poll().await;
    assert_eq!(session::motions(&mut tx, &found).await.unwrap(), []);
    drop(tx);
    session.announce().await;
}

#[tokio::test]
async fn a_draft_is_withdrawn_by_the_office_and_what_was_adopted_by_two() {
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    let (here, office) = (session.jurisdiction(), session.office.account);
    let forward = async |session: &TestSession, account, side| {
        let motion = withdraw("会议改期");
        session::put_forward(session.app(), account, here, session.poll, side, motion).await
    };
    let by_chief = forward(&session, session.chief.account, Party::ChiefScrutineer).await;
    assert!(matches!(by_chief, Err(SessionError::Forbidden)));
    let first = session.poll;
    forward(&session, office, Party::Office).await.unwrap();
    assert_eq!(session.state().await, StateName::Withdrawn);
    // Its way is free.
    let actor = Actor::Account(office);
    let new = session::NewPoll {
        kind: PollKind::Main,
        items: crate::session::testkit::items_of(4),
        facts: None,
    };
    let cycle = session.service.cycle.clone();
    session.poll = session::create(session.app(), actor, &cycle, new)
        .await
        .unwrap();
    assert_ne!(session.poll, first);
    session.adopt(2).await;
    session.check_in(3).await;
    forward(&session, office, Party::Office).await.unwrap();
    assert_eq!(session.state().await, StateName::RulesAdopted);
    let alone = session
        .confirm(DualControlStep::Withdraw, Party::Office)
        .await
        .unwrap();
    assert_eq!(alone, session::Confirmed::Waiting);
    session
        .confirm(DualControlStep::Withdraw, Party::ChiefScrutineer)
        .await
        .unwrap();
    assert_eq!(session.state().await, StateName::Withdrawn);
    proved_to_have_ended(&session, "withdrawn").await;
    // Whose device made which credential is forgotten with it.
    let mut tx = session.app().database.read().await.unwrap();
    assert_eq!(session::store::count_links(&mut tx).await.unwrap(), 0);
}

#[tokio::test]
async fn a_reason_that_was_changed_is_confirmed_anew() {
    let session = TestSession::open().await;
    let (app, here, poll) = (session.app(), session.jurisdiction(), session.poll);
    let (office, chief) = (session.office.account, session.chief.account);
    let forward = async |account, side, motion| {
        session::put_forward(app, account, here, poll, side, motion).await
    };
    forward(office, Party::Office, void("第一种说法"))
        .await
        .unwrap();
    let other = forward(chief, Party::ChiefScrutineer, void("第二种说法")).await;
    assert_eq!(other.unwrap(), session::Confirmed::Waiting);
    assert_eq!(session.state().await, StateName::Open);
    let unfit = Motion::Void {
        reason: EndReason::WrongRules,
        explanation: "办法有误".to_owned(),
    };
    let refused = forward(office, Party::Office, unfit).await;
    assert!(matches!(refused, Err(SessionError::Form(_))));
    session
        .confirm(DualControlStep::Void, Party::Office)
        .await
        .unwrap();
    assert_eq!(session.state().await, StateName::Voided);
    // A second press sends what was typed again.
    let again = forward(chief, Party::ChiefScrutineer, void(" 第二种说法\r\n")).await;
    assert_eq!(again.unwrap(), session::Confirmed::Done);
    let ended = session.poll().await.state.ended().unwrap().clone();
    assert_eq!(ended.explanation, "第二种说法");
}

/// Three deputies, and two of four chosen without a tie.
async fn chosen_by_three() -> TestSession {
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    session.adopt(2).await;
    session.check_in(3).await;
    session.hold(&[&[1, 1, 0, 0], &[1, 1, 0, 0]]).await;
    session
}

const FOR: &[u8] = &[1, 0, 0];
const AGAINST: &[u8] = &[0, 1, 0];
const ABSTAINS: &[u8] = &[0, 0, 1];

#[tokio::test]
async fn the_meeting_adopts_the_list_by_the_same_check_in_and_the_bundle_binds_the_list() {
    let mut session = chosen_by_three().await;
    let main = session.poll().await;
    session.call(PollKind::Adoption).await;
    let poll = session.poll().await;
    assert!(poll.is_checked_in_before());
    assert_eq!(poll.follows, Some(main.id));
    let mut tx = session.app().database.read().await.unwrap();
    let list = session::adopted_list(&mut tx, &poll).await.unwrap();
    drop(tx);
    let codes: Vec<&str> = list.iter().map(|item| item.code.as_str()).collect();
    assert_eq!(codes, ["QH26-01", "QH26-02"]);
    session.hold(&[FOR, FOR, ABSTAINS]).await;
    verified(&session).await;
    assert_eq!(
        unmet(&session).await,
        Some(ConditionKind::ProjectsHandedOver)
    );
    // What was adopted is not adopted again.
    let actor = Actor::Account(session.office.account);
    let (app, cycle) = (session.app(), &session.service.cycle);
    let again = session::call_follow_up(app, actor, cycle, PollKind::Adoption).await;
    assert!(matches!(again, Err(SessionError::NothingFollows)));
    for page in ["", "/sheet", "/announcement"] {
        let path = format!("/j/qinghe/2026/results/{}{page}", session.poll);
        let shown = session.service.get(&path, None).await;
        assert!(shown.body.contains("赞成 2 票"), "{page}: {}", shown.body);
    }
}

/// Where the election that was set aside is used up, those present check in anew.
#[tokio::test]
async fn a_list_that_was_turned_down_is_voted_on_again_after_a_check_in_of_its_own() {
    let mut session = chosen_by_three().await;
    session.call(PollKind::Adoption).await;
    session.hold(&[FOR, AGAINST, AGAINST]).await;
    verified(&session).await;
    assert_eq!(unmet(&session).await, Some(ConditionKind::ListNotRejected));
    session.call(PollKind::Adoption).await;
    let poll = session.poll().await;
    assert!(!poll.is_checked_in_before());
    (session.present, session.keys) = (Vec::new(), Vec::new());
    session.check_in(3).await;
    session.hold(&[FOR, FOR, AGAINST]).await;
    verified(&session).await;
    assert_eq!(
        unmet(&session).await,
        Some(ConditionKind::ProjectsHandedOver)
    );
}

#[tokio::test]
async fn a_list_with_an_open_tie_is_not_put_to_the_vote() {
    let session = tied().await;
    let actor = Actor::Account(session.office.account);
    let (app, cycle) = (session.app(), &session.service.cycle);
    let early = session::call_follow_up(app, actor, cycle, PollKind::Adoption).await;
    assert!(matches!(early, Err(SessionError::NothingFollows)));
}
