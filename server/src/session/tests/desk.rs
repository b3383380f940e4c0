//! The desk at the check-in: personal codes and leaves of absence.

use crate::session::simulate;
use crate::session::testkit::TestSession;
use crate::testing::TestService;
use axum::http::StatusCode;
use ballot::Credential;
use domain::cycles::Stage;
use domain::people::Role;
use domain::record::change::Actor;
use domain::session::store::{self, DelegationAttendance};
use domain::session::{self, DualControlStep, PollKind, SessionError};

async fn adopted() -> Vec<TestSession> {
    let mut sessions = Vec::new();
    for service in TestService::on_each_database(Stage::Voting).await {
        let mut session = TestSession::in_service(service, PollKind::Main, 4, 4).await;
        session.adopt(2).await;
        sessions.push(session);
    }
    sessions
}

async fn check_in(session: &TestSession, deputy: usize, code: &str) -> Result<u32, SessionError> {
    let (app, here) = (session.app(), session.jurisdiction());
    let made = Credential::generate(&mut app.entropy.rng());
    let public = simulate::registered(app, here, session.poll, &made)
        .await
        .unwrap();
    let (deputy, code) = (session.deputies[deputy], Some(code));
    session::check_in(
        app,
        Actor::System,
        here,
        session.poll,
        deputy,
        &public,
        code,
    )
    .await
}

async fn code_for(session: &TestSession, number: i32) -> String {
    let (app, here) = (session.app(), session.jurisdiction());
    let by = session.office.account;
    let code = session::give_desk_code(app, by, here, session.poll, number).await;
    code.unwrap().digits
}

fn is_wrong(result: &Result<u32, SessionError>) -> bool {
    matches!(
        result,
        Err(SessionError::CheckInCode("check-in-code-wrong"))
    )
}

#[tokio::test]
async fn a_personal_code_lets_its_deputy_in_once_and_nobody_else() {
    for session in adopted().await {
        let code = code_for(&session, 1).await;
        assert_eq!(code.len(), 8);
        assert_eq!(
            code,
            code_for(&session, 1).await,
            "a repeated click shows the same"
        );
        assert_ne!(code, code_for(&session, 2).await);
        assert!(
            is_wrong(&check_in(&session, 1, &code).await),
            "another deputy's"
        );
        assert_eq!(check_in(&session, 0, &code).await.unwrap(), 1);
        assert!(is_wrong(&check_in(&session, 0, &code).await), "used");
    }
}

#[tokio::test]
async fn a_personal_code_is_taken_for_ten_minutes() {
    for session in adopted().await {
        let code = code_for(&session, 1).await;
        let clock = &session.app().clock;
        clock.set(clock.now().plus_seconds(session::PERSONAL_CODE_SECONDS));
        assert!(is_wrong(&check_in(&session, 0, &code).await));
        let fresh = code_for(&session, 1).await;
        assert_ne!(fresh, code);
        assert_eq!(check_in(&session, 0, &fresh).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn of_two_devices_that_send_one_personal_code_at_once_one_is_taken() {
    for session in adopted().await {
        let code = code_for(&session, 1).await;
        let (one, other) = tokio::join!(check_in(&session, 0, &code), check_in(&session, 0, &code));
        assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1);
        assert!(is_wrong(&one) || is_wrong(&other));
    }
}

async fn attendance(session: &TestSession) -> Vec<(u32, u32, u32, u32)> {
    let mut tx = session.app().database.read().await.unwrap();
    let poll = session.poll().await;
    let all = store::attendance_by_delegation(&mut tx, &poll)
        .await
        .unwrap();
    let figures =
        |one: &DelegationAttendance| (one.deputies, one.present, one.on_leave, one.missing());
    all.iter().map(figures).collect()
}

#[tokio::test]
async fn leave_is_counted_by_delegation_until_the_deputy_comes_all_the_same() {
    for session in adopted().await {
        let (app, here) = (session.app(), session.jurisdiction());
        let by = session.office.account;
        let leave =
            async |number, on| session::set_leave(app, by, here, session.poll, number, on).await;
        // Deputies 2 and 4 are of the first delegation, 1 and 3 of the second.
        assert_eq!(attendance(&session).await, [(2, 0, 0, 2), (2, 0, 0, 2)]);
        leave(1, true).await.unwrap();
        leave(1, true).await.unwrap();
        leave(2, true).await.unwrap();
        assert_eq!(attendance(&session).await, [(2, 0, 1, 1), (2, 0, 1, 1)]);
        leave(2, false).await.unwrap();
        let code = session::hall_code(app, session.poll).digits;
        check_in(&session, 0, &code).await.unwrap();
        assert_eq!(attendance(&session).await, [(2, 0, 0, 2), (2, 1, 0, 1)]);
        assert!(matches!(leave(1, false).await, Ok(())));
        assert!(matches!(leave(1, true).await, Err(SessionError::IsPresent)));
        assert!(matches!(
            leave(99, true).await,
            Err(SessionError::NoSuchDeputy)
        ));
        let mut tx = app.database.read().await.unwrap();
        let lines: i64 = domain::on_either!(&mut tx, conn => sqlx::query_scalar(
            "SELECT COUNT(*) FROM audit WHERE action IN ('session.note_leave', 'session.cancel_leave')",
        ).fetch_one(&mut *conn).await.unwrap());
        assert_eq!(lines, 4);
    }
}

#[tokio::test]
async fn the_desk_gives_nothing_and_notes_nothing_once_the_roll_is_fixed() {
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    session.adopt(2).await;
    session.check_in(3).await;
    session.both(DualControlStep::Freeze).await;
    let (app, here, by) = (
        session.app(),
        session.jurisdiction(),
        session.office.account,
    );
    let code = session::give_desk_code(app, by, here, session.poll, 1).await;
    assert!(matches!(code, Err(SessionError::CheckInClosed)));
    let leave = session::set_leave(app, by, here, session.poll, 1, true).await;
    assert!(matches!(leave, Err(SessionError::CheckInClosed)));
}

#[tokio::test]
async fn tellers_and_office_sit_at_the_desk_and_find_a_deputy_by_name_or_number() {
    let mut session = TestSession::drafted(PollKind::Main, 12, 4).await;
    session.adopt(2).await;
    let teller = session.service.sign_in(&[Role::Teller]).await;
    let desk = format!("{}/desk", session.page());
    for sought in ["11", "代表11"] {
        let page = session
            .service
            .get(&format!("{desk}?q={sought}"), Some(&teller))
            .await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(
            page.body.matches("class=\"desk-who\"").count(),
            1,
            "{sought}"
        );
    }
    let fields = [("deputy", "11"), ("q", "11")];
    let given = session
        .service
        .post(&format!("{desk}/code"), Some(&teller), &fields)
        .await;
    let shown = given.location.unwrap();
    let page = session.service.get(&shown, Some(&teller)).await;
    let code = code_for(&session, 11).await;
    let halves = format!("{} {}", &code[..4], &code[4..]);
    assert!(page.body.contains(&halves), "{}", page.body);
    assert!(
        !shown.contains(&code),
        "no code stands in an address: {shown}"
    );
    let fields = [("deputy", "12"), ("on_leave", "yes"), ("q", "")];
    let noted = session
        .service
        .post(&format!("{desk}/leave"), Some(&teller), &fields)
        .await;
    assert_eq!(noted.status, StatusCode::SEE_OTHER);
    for role in [Role::Deputy, Role::Scrutineer, Role::Chair, Role::Resident] {
        let other = session.service.sign_in(&[role]).await;
        let page = session.service.get(&desk, Some(&other)).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{role:?}");
    }
}

/// What the desk noted stands in the record with the names of those present, by name, and the bundle still verifies.
#[tokio::test]
async fn who_has_leave_is_in_the_record_of_the_freeze() {
    for mut session in adopted().await {
        let (app, here, by) = (
            session.app(),
            session.jurisdiction(),
            session.office.account,
        );
        session::set_leave(app, by, here, session.poll, 4, true)
            .await
            .unwrap();
        // Who has come all the same has no leave.
        session::set_leave(app, by, here, session.poll, 1, true)
            .await
            .unwrap();
        session.check_in(3).await;
        session.hold(&[&[1, 1, 0, 0]]).await;
        let poll = session.poll().await;
        let record = session::poll_record(session.app(), &poll, session::UpTo::Newest)
            .await
            .unwrap();
        let bodies = record.bodies.iter().map(|one| one.document.as_str());
        let on_leave: Vec<&str> = bodies
            .filter_map(|one| one.split_once("\"on_leave\":")?.1.split_once(']'))
            .map(|(list, _)| list)
            .collect();
        assert_eq!(on_leave, ["[{\"number\":4,\"name\":\"代表4\"}"]);
        let bundle = session::bundle(session.app(), &poll).await.unwrap();
        let report = crate::session::testkit::judged(&bundle);
        assert_eq!(
            report.verdict,
            tally::verify::Verdict::Verified,
            "{report:?}"
        );
    }
}
