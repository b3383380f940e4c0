//! A clock that is behind the record's last entry dates nothing: every change is refused, and nothing is written.

use crate::backup_tests::rows;
use crate::session::simulate;
use crate::session::testkit::{TestSession, items_of, ticks};
use crate::testing::NOW;
use axum::http::StatusCode;
use domain::closed_loop::{self, AdvanceError};
use domain::cycles::Stage;
use domain::infra::clock::{ClockBehind, TOLERANCE_MILLIS, Timestamp};
use domain::infra::database::DatabaseError;
use domain::people::{Contact, PeopleError, admin};
use domain::record::change::Actor;
use domain::record::{self, EntryIndex};
use domain::session::{self, DualControlStep, NewPoll, Party, PollKind, SessionError};
use domain::takedown::{self, Reason, TakedownError};

async fn last_at(session: &TestSession) -> Timestamp {
    record::last_entry_at(session.app()).await.unwrap()
}

fn is_clock(result: &Result<(), SessionError>) -> bool {
    matches!(result, Err(SessionError::Database(DatabaseError::Clock(_))))
}

/// What is done to a poll, of each kind; the last is possible in the open poll, and the clock is told before all else.
async fn tried(
    session: &TestSession,
    ballot: &str,
) -> Vec<(&'static str, Result<(), SessionError>)> {
    let (app, place, poll) = (session.app(), session.jurisdiction(), session.poll);
    let office = Actor::Account(session.office.account);
    let new = NewPoll {
        kind: PollKind::Main,
        items: items_of(2),
        facts: None,
    };
    let mut tx = app.database.read().await.unwrap();
    let found = session::store::poll(&mut tx, place, poll)
        .await
        .unwrap()
        .unwrap();
    let rule = session::adopted_rule(&mut tx, &found)
        .await
        .unwrap()
        .unwrap();
    drop(tx);
    let deputy = session.deputies[0];
    let key = session.keys[0].key.verification_key(&mut app.entropy.rng());
    let key = ballot::Wire::to_json(&key);
    let account = session.second.account;
    let credential = &session.present[0].credential;
    let credentials = simulate::registered(app, place, poll, credential)
        .await
        .unwrap();
    vec![
        (
            "create",
            session::create(app, office, &session.service.cycle, new)
                .await
                .map(drop),
        ),
        (
            "write_rules",
            session::write_rules(app, office, place, poll, &rule)
                .await
                .map(drop),
        ),
        (
            "check_in",
            session::check_in(app, office, place, poll, deputy, &credentials, None)
                .await
                .map(drop),
        ),
        (
            "key",
            session::submit_trustee_key(app, account, place, poll, &key).await,
        ),
        (
            "close",
            session
                .confirm(DualControlStep::Close, Party::Office)
                .await
                .map(drop),
        ),
        (
            "decrypt",
            session::submit_partial_decryption(app, account, place, poll, String::new()).await,
        ),
        (
            "announce",
            closed_loop::announce(app, session.chair.account, place, poll).await,
        ),
        ("cast", session.put(ballot.to_owned()).await.map(drop)),
    ]
}

#[tokio::test]
async fn with_a_clock_a_day_behind_every_change_is_refused_and_nothing_is_written() {
    let session = TestSession::open().await;
    let ballot = session.seal(0, &ticks(&[1, 0, 0, 0])).await;
    let app = session.app();
    let before = rows(&mut app.database.read().await.unwrap()).await;
    app.clock.set(NOW.plus_days(-1));
    for (what, result) in tried(&session, &ballot).await {
        assert!(is_clock(&result), "{what}");
    }
    let office = Actor::Account(session.office.account);
    let cycle = &session.service.cycle;
    assert!(matches!(
        closed_loop::advance(app, office, cycle, Stage::Implementing).await,
        Err(AdvanceError::Database(DatabaseError::Clock(_)))
    ));
    let contact = Contact::parse("li@example.cn").unwrap();
    assert!(matches!(
        admin::first_admin(app, &session.service.jurisdiction, "李四", &contact).await,
        Err(PeopleError::Database(DatabaseError::Clock(_)))
    ));
    let entry = EntryIndex::new(0).unwrap();
    assert!(matches!(
        takedown::ask(app, session.office.account, entry, Reason::PersonalData).await,
        Err(TakedownError::Database(DatabaseError::Clock(ClockBehind { now, last })))
            if now == NOW.plus_days(-1) && last == NOW
    ));
    let after = rows(&mut app.database.read().await.unwrap()).await;
    assert_eq!(after, before);

    app.clock.set(NOW);
    session.put(ballot).await.unwrap();
    session.both(DualControlStep::Close).await;
}

#[tokio::test]
async fn who_asks_is_told_that_the_clock_is_wrong_and_so_is_whoever_spreads_the_load() {
    let session = TestSession::open().await;
    let ballot: serde_json::Value =
        serde_json::from_str(&session.seal(0, &ticks(&[1, 0, 0, 0])).await).unwrap();
    let service = &session.service;
    service.app.clock.set(NOW.plus_days(-1));
    let path = format!("{}/ballots", session.api());
    let answer = service.post_json(&path, None, &ballot).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    let problem: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(problem["code"], "clock-behind");
    let stage = [("to", "implementing")];
    let office = &session.office;
    for (browser, words) in [
        (office.clone(), "系统时钟有误"),
        (office.clone().in_english(), "clock is wrong"),
    ] {
        let page = service
            .post("/j/qinghe/2026/stage", Some(&browser), &stage)
            .await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(page.body.contains(words), "{}", page.body);
    }
    let ready = service.get("/readyz", None).await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(
        ready.body.contains("86400 seconds behind"),
        "{}",
        ready.body
    );
    service.app.clock.set(NOW);
    assert_eq!(service.get("/readyz", None).await.body, "ready\n");
}

#[tokio::test]
async fn a_small_step_back_dates_a_change_as_the_last_entry_and_a_larger_one_nothing() {
    let session = TestSession::open().await;
    let app = session.app();
    let last = last_at(&session).await;
    app.clock
        .set(Timestamp::from_millis(last.millis() - TOLERANCE_MILLIS - 1));
    let refused = session.confirm(DualControlStep::Close, Party::Office).await;
    assert!(is_clock(&refused.map(drop)));
    app.clock
        .set(Timestamp::from_millis(last.millis() - TOLERANCE_MILLIS));
    session.both(DualControlStep::Close).await;
    let mut tx = app.database.read().await.unwrap();
    let newest = record::store::newest(&mut tx, 1).await.unwrap();
    assert_eq!(
        (newest[0].kind.as_str(), newest[0].at),
        ("poll_closed", last)
    );
}

#[tokio::test]
async fn a_ballot_s_entry_of_the_opening_s_time_follows_a_later_entry_and_moves_no_time_back() {
    let session = TestSession::open().await;
    let opened = last_at(&session).await;
    let app = session.app();
    app.clock.set(opened.plus_seconds(3_600));
    crate::record::tests::publish(&session.service, 1).await;
    let cast = session.cast(0, &ticks(&[1, 0, 0, 0])).await;
    let mut tx = app.database.read().await.unwrap();
    let found = record::store::entry(&mut tx, cast.entry)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.at, opened);
    assert_eq!(last_at(&session).await, opened.plus_seconds(3_600));
}
