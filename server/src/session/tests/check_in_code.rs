//! Nobody checks in from home: a check-in needs the code of the hall, of now, of this poll; or the deputy's own from the desk.

use crate::session::simulate;
use crate::session::testkit::TestSession;
use crate::testing::{Browser, TestService};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use ballot::Credential;
use domain::cycles::Stage;
use domain::people::limits::CHECK_IN_CODES;
use domain::people::{DeputyId, Role, store as people};
use domain::record::change::Actor;
use domain::session::{self, Credentials, PollId, PollKind, SessionError};

async fn adopted() -> Vec<TestSession> {
    let mut sessions = Vec::new();
    for service in TestService::on_each_database(Stage::Voting).await {
        let mut session = TestSession::in_service(service, PollKind::Main, 3, 4).await;
        session.adopt(2).await;
        sessions.push(session);
    }
    sessions
}

async fn fresh(session: &TestSession) -> Credentials {
    let made = Credential::generate(&mut session.app().entropy.rng());
    let (app, here) = (session.app(), session.jurisdiction());
    simulate::registered(app, here, session.poll, &made)
        .await
        .unwrap()
}

/// A deputy's device sends a fresh credential with this code.
async fn check_in(
    session: &TestSession,
    deputy: DeputyId,
    code: Option<&str>,
) -> Result<u32, SessionError> {
    let public = fresh(session).await;
    let (app, here, poll) = (session.app(), session.jurisdiction(), session.poll);
    session::check_in(app, Actor::System, here, poll, deputy, &public, code).await
}

fn refused(result: &Result<u32, SessionError>) -> &'static str {
    match result {
        Err(SessionError::CheckInCode(code)) => code,
        other => panic!("{other:?}"),
    }
}

fn later(session: &TestSession, seconds: i64) {
    let clock = &session.app().clock;
    clock.set(clock.now().plus_seconds(seconds));
}

#[tokio::test]
async fn the_code_of_now_and_the_one_before_let_in_and_an_older_one_does_not() {
    for session in adopted().await {
        let shown = session::hall_code(session.app(), session.poll).digits;
        for (age, deputy) in [(0, 0), (session::HALL_CODE_SECONDS, 1)] {
            later(&session, age);
            let present = check_in(&session, session.deputies[deputy], Some(&shown)).await;
            assert_eq!(present.unwrap(), u32::try_from(deputy).unwrap() + 1);
        }
        later(&session, 60);
        let old = check_in(&session, session.deputies[2], Some(&shown)).await;
        assert_eq!(refused(&old), "check-in-code-wrong");
    }
}

#[tokio::test]
async fn one_code_lets_two_deputies_in_since_it_proves_the_room_and_not_the_person() {
    for session in adopted().await {
        let shown = session::hall_code(session.app(), session.poll).digits;
        let spaced = format!(" {} {}", &shown[..3], &shown[3..]);
        check_in(&session, session.deputies[0], Some(&shown))
            .await
            .unwrap();
        let second = check_in(&session, session.deputies[1], Some(&spaced)).await;
        assert_eq!(second.unwrap(), 2);
    }
}

#[tokio::test]
async fn a_code_of_another_poll_a_missing_one_and_letters_are_refused_each_by_its_name() {
    for session in adopted().await {
        let deputy = session.deputies[0];
        let other = PollId::new(session.app().clock.now(), &session.app().entropy);
        let foreign = session::hall_code(session.app(), other).digits;
        for (typed, said) in [
            (Some(foreign.as_str()), "check-in-code-wrong"),
            (None, "check-in-code-missing"),
            (Some("  "), "check-in-code-missing"),
            (Some("12a456"), "check-in-code-digits"),
            (Some("1234567"), "check-in-code-digits"),
        ] {
            let result = check_in(&session, deputy, typed).await;
            assert_eq!(refused(&result), said, "{typed:?}");
        }
        let mut tx = session.app().database.read().await.unwrap();
        let poll = session.poll().await;
        assert_eq!(
            session::store::count_present(&mut tx, &poll).await.unwrap(),
            0
        );
    }
}

#[tokio::test]
async fn who_guesses_is_stopped_and_another_deputy_is_not() {
    for session in adopted().await {
        let guesser = session.deputies[0];
        let right = session::hall_code(session.app(), session.poll).digits;
        let wrong = if right == "000000" {
            "000001"
        } else {
            "000000"
        };
        for _ in 0..CHECK_IN_CODES.max() {
            let result = check_in(&session, guesser, Some(wrong)).await;
            assert_eq!(refused(&result), "check-in-code-wrong");
        }
        let stopped = check_in(&session, guesser, Some(&right)).await;
        assert!(
            matches!(stopped, Err(SessionError::TooManyCodes { .. })),
            "{stopped:?}"
        );
        check_in(&session, session.deputies[1], Some(&right))
            .await
            .unwrap();
        later(&session, 600);
        let right = session::hall_code(session.app(), session.poll).digits;
        check_in(&session, guesser, Some(&right)).await.unwrap();
    }
}

#[tokio::test]
async fn the_same_check_in_again_needs_no_code_and_forgives_no_guesses() {
    for session in adopted().await {
        let (app, here, poll) = (session.app(), session.jurisdiction(), session.poll);
        let deputy = session.deputies[0];
        let public = fresh(&session).await;
        let again = async |code: Option<&str>| {
            session::check_in(app, Actor::System, here, poll, deputy, &public, code).await
        };
        let right = session::hall_code(app, poll).digits;
        again(Some(&right)).await.unwrap();
        later(&session, 600);
        assert_eq!(
            again(None).await.unwrap(),
            1,
            "the first answer may be lost"
        );
        let right = session::hall_code(app, poll).digits;
        let wrong = if right == "000000" {
            "000001"
        } else {
            "000000"
        };
        for _ in 0..CHECK_IN_CODES.max() {
            let other_device = check_in(&session, deputy, Some(wrong)).await;
            assert_eq!(refused(&other_device), "check-in-code-wrong");
            again(None).await.unwrap();
        }
        let stopped = check_in(&session, deputy, Some(&right)).await;
        assert!(
            matches!(stopped, Err(SessionError::TooManyCodes { .. })),
            "{stopped:?}"
        );
    }
}

#[tokio::test]
async fn the_office_does_without_the_code_before_the_adoption_only_and_the_audit_says_so() {
    for service in TestService::on_each_database(Stage::Voting).await {
        let mut session = TestSession::in_service(service, PollKind::Main, 3, 4).await;
        let path = format!("{}/check-in-code", session.page());
        let off = async |session: &TestSession, who: &Browser, asked: &str| {
            session
                .service
                .post(&path, Some(who), &[("asked", asked)])
                .await
                .status
        };
        assert_eq!(
            off(&session, &session.chief, "no").await,
            StatusCode::FORBIDDEN
        );
        for _ in 0..2 {
            assert_eq!(
                off(&session, &session.office, "no").await,
                StatusCode::SEE_OTHER
            );
        }
        session.adopt(2).await;
        assert_eq!(
            off(&session, &session.office, "yes").await,
            StatusCode::CONFLICT
        );
        check_in(&session, session.deputies[0], None).await.unwrap();
        let mut tx = session.app().database.read().await.unwrap();
        let lines: i64 = domain::on_either!(&mut tx, conn => sqlx::query_scalar(
            "SELECT COUNT(*) FROM audit WHERE action = 'session.set_check_in_code'",
        ).fetch_one(&mut *conn).await.unwrap());
        assert_eq!(lines, 1, "a repeated click changes nothing");
    }
}

#[tokio::test]
async fn a_wrong_code_is_an_error_of_its_field_over_http_and_no_code_is_in_an_address() {
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    session.adopt(2).await;
    let deputy = session.service.sign_in(&[Role::Deputy]).await;
    let mut tx = session.app().database.write().await.unwrap();
    people::link_deputy(
        &mut tx,
        session.jurisdiction(),
        session.deputies[0],
        deputy.account,
        None,
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let page = session
        .service
        .get(&format!("{}/check-in", session.page()), Some(&deputy))
        .await;
    assert!(page.body.contains("id=\"field-check_in_code\""));
    let public = fresh(&session).await;
    let send = async |code: &str| {
        let body = serde_json::json!({ "public_credential": public.own, "reserved": public.reserved, "check_in_code": code });
        let request = Request::post(format!("{}/check-in", session.api()))
            .header(header::CONTENT_TYPE, "application/json");
        session
            .service
            .send(request, Some(&deputy), Body::from(body.to_string()))
            .await
    };
    let refused = send("123").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.body.contains("\"field\":\"check_in_code\""),
        "{}",
        refused.body
    );
    let right = session::hall_code(session.app(), session.poll).digits;
    assert_eq!(send(&right).await.status, StatusCode::OK);
    let screen = session
        .service
        .get(&format!("{}/screen", session.page()), Some(&session.office))
        .await;
    assert!(screen.body.contains(&format!("data-code=\"{right}\"")));
    assert!(!screen.body.contains(&format!("?code={right}")));
}
