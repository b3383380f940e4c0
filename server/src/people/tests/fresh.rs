//! A fresh sign-in before what weighs.

use super::passwords::{MAIL, PASSWORD, office_with_password};
use super::{Jar, code_sent_to, hidden};
use crate::invariants::world::{filled, in_session};
use crate::router::routes;
use crate::session::simulate;
use crate::session::testkit::TestSession;
use crate::testing::{Browser, NOW, TestService};
use axum::http::StatusCode;
use domain::cycles::Stage;
use domain::people::sign_in::stored;
use domain::people::{Contact, Role, store};
use domain::session::{PollKind, StateName};

/// What weighs: to lead a vote on, to take something down, to say who may, and whatever changes how one signs in.
const FRESH: [&str; 22] = [
    "/j/{jurisdiction}/people/grant",
    "/j/{jurisdiction}/people/heads",
    "/j/{jurisdiction}/people/import/confirm",
    "/j/{jurisdiction}/people/links",
    "/j/{jurisdiction}/people/revoke",
    "/j/{jurisdiction}/{year}/session/follow-up",
    "/j/{jurisdiction}/{year}/session/polls/{poll}/announce",
    "/j/{jurisdiction}/{year}/session/polls/{poll}/ceremony/restart",
    "/j/{jurisdiction}/{year}/session/polls/{poll}/confirm",
    "/j/{jurisdiction}/{year}/session/polls/{poll}/first-look",
    "/j/{jurisdiction}/{year}/session/polls/{poll}/headcount",
    "/j/{jurisdiction}/{year}/session/polls/{poll}/motion",
    "/j/{jurisdiction}/{year}/stage/exception",
    "/j/{jurisdiction}/{year}/stage/exception/confirm",
    "/me/offers/{offer}/accept",
    "/me/password",
    "/me/security/app",
    "/me/security/app/confirm",
    "/me/security/factors/{factor}/remove",
    "/me/security/passkey",
    "/me/security/passkey/confirm",
    "/me/security/recovery-codes",
];

#[tokio::test]
async fn what_weighs_is_refused_on_an_old_proof() {
    let (session, mut ids) = in_session().await;
    ids.insert("jurisdiction", "qinghe".to_owned());
    let service = &session.service;
    let everybody = service.sign_in(&Role::ALL).await;
    let mut found = Vec::new();
    service.app.clock.set(NOW.plus_seconds(10 * 60));
    for route in routes(&service.app).declared() {
        if !route.terms.fresh {
            continue;
        }
        let path = filled(route.path, &ids).unwrap();
        let form = [("step", "freeze"), ("side", "office")];
        let reply = service.post(&path, Some(&everybody), &form).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{path}");
        assert!(reply.body.contains("再次确认是您本人"), "{}", reply.body);
        let faults = crate::web::lint::faults(&reply.body);
        assert_eq!(faults, Vec::<String>::new(), "{path}");
        found.push(route.path);
    }
    found.sort_unstable();
    let mut expected = FRESH.to_vec();
    expected.push("/record/entry/{position}/take-down");
    expected.push("/record/entry/{position}/take-down/confirm");
    expected.sort_unstable();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn after_the_proof_one_press_sends_the_form_again() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let mut jar = office_with_password(&service).await;
        let granting = [
            ("contact", "13700001234"),
            ("person", "李\"<芳>&"),
            ("role", "teller"),
        ];
        service.app.clock.set(NOW.plus_seconds(10 * 60));
        let path = "/j/qinghe/people/grant";
        let seen = jar.post(&service, path, &granting).await;
        assert_eq!(seen.status, StatusCode::FORBIDDEN);
        let (next, held) = (hidden(&seen.body, "next"), hidden(&seen.body, "held"));
        let carried = [("next", next.as_str()), ("held", held.as_str())];
        let ways = jar.post(&service, "/sign-in/again", &carried).await;
        assert_eq!(ways.status, StatusCode::OK, "{}", ways.body);
        assert_eq!(hidden(&ways.body, "held"), held);
        let wrong = [carried[0], carried[1], ("password", "wrong horse battery")];
        let seen = jar.post(&service, "/sign-in/again", &wrong).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(hidden(&seen.body, "held"), held, "still held");
        let right = [carried[0], carried[1], ("password", PASSWORD)];
        let seen = jar.post(&service, "/sign-in/again", &right).await;
        assert_eq!(seen.status, StatusCode::OK, "{}", seen.body);
        assert!(
            seen.body.contains(&format!("action=\"{path}\"")),
            "{}",
            seen.body
        );
        let sent: Vec<(&str, String)> = granting
            .iter()
            .map(|(name, _)| (*name, hidden(&seen.body, name)))
            .collect();
        let again: Vec<(&str, &str)> = sent
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        assert_eq!(again, granting);
        let seen = jar.post(&service, path, &again).await;
        assert_eq!(
            seen.location.as_deref(),
            Some("/j/qinghe/people"),
            "{}",
            seen.body
        );
        let page = jar.get(&service, "/j/qinghe/people").await.body;
        assert!(page.contains("李&quot;&lt;芳&gt;&amp;"), "{page}");
    }
}

#[tokio::test]
async fn without_a_password_a_code_to_one_s_own_contact_is_the_proof() {
    let service = TestService::start(Stage::Collecting).await;
    let mut jar = Jar::sign_in(&service, "13800001234").await;
    service.app.clock.set(NOW.plus_seconds(10 * 60));
    let next = [("next", "/record")];
    let page = jar.get(&service, "/sign-in/again?next=/record").await;
    assert!(page.body.contains("138****1234"), "{}", page.body);
    let seen = jar.post(&service, "/sign-in/again/code", &next).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.body);
    let code = code_sent_to(&service, "13800001234");
    let wrong = super::another_code(&code);
    let form = [next[0], ("code", wrong.as_str())];
    let seen = jar.post(&service, "/sign-in/again", &form).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    let form = [next[0], ("code", code.as_str())];
    let seen = jar.post(&service, "/sign-in/again", &form).await;
    assert_eq!(seen.location.as_deref(), Some("/record"), "{}", seen.body);
}

#[tokio::test]
async fn where_there_is_a_factor_a_password_alone_makes_no_fresh_session() {
    let service = TestService::start(Stage::Collecting).await;
    let mut jar = office_with_password(&service).await;
    let page = jar.post(&service, "/me/security/app", &[]).await.body;
    let secret = page
        .split("<code>")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap();
    let code = domain::people::factors::code_at(secret, NOW);
    let form = [("factor_name", "手机"), ("factor_code", code.as_str())];
    jar.post(&service, "/me/security/app/confirm", &form).await;
    let later = NOW.plus_seconds(10 * 60);
    service.app.clock.set(later);
    let mut by_password = jar.clone();
    let seen = by_password
        .post(&service, "/sign-in/again", &[("password", PASSWORD)])
        .await;
    assert_eq!(seen.location.as_deref(), Some("/sign-in/factor"));
    let seen = by_password.get(&service, "/me").await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER);
    // The session at hand has ended with that, so it begins anew.
    let mut jar = Jar::default();
    let form = [("contact", MAIL), ("password", PASSWORD)];
    jar.post(&service, "/sign-in/password", &form).await;
    let code = domain::people::factors::code_at(secret, later);
    let form = [("factor_code", code.as_str())];
    jar.post(&service, "/sign-in/factor", &form).await;
    let seen = jar.post(&service, "/me/security/recovery-codes", &[]).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.body);
}

/// A session in which the freeze is to be confirmed next.
async fn before_the_freeze() -> TestSession {
    let mut session = TestSession::drafted(PollKind::Main, 4, 4).await;
    session.adopt(2).await;
    session.check_in(3).await;
    session
}

/// The form with which this side confirms the freeze, as its page has it.
async fn confirmation(
    session: &TestSession,
    browser: &Browser,
    side: &'static str,
) -> [(&'static str, String); 3] {
    let manage = format!("{}/manage", session.page());
    let page = session.service.get(&manage, Some(browser)).await.body;
    let step = ("step", "freeze".to_owned());
    [
        step,
        ("side", side.to_owned()),
        ("matter", hidden(&page, "matter")),
    ]
}

fn as_sent<'a>(form: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    form.iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect()
}

#[tokio::test]
async fn neither_side_of_the_freeze_is_confirmed_on_an_old_proof() {
    let session = before_the_freeze().await;
    let path = format!("{}/confirm", session.page());
    let sides = [
        (&session.office, "office"),
        (&session.chief, "chief_scrutineer"),
    ];
    for (browser, side) in sides {
        let form = confirmation(&session, browser, side).await;
        session.app().clock.set(NOW.plus_seconds(10 * 60));
        let reply = session
            .service
            .post(&path, Some(browser), &as_sent(&form))
            .await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{}", reply.body);
    }
    assert_eq!(session.state().await, StateName::RulesAdopted);
    session.app().clock.set(NOW.plus_seconds(10 * 60 - 1));
    for (browser, side) in sides {
        let form = confirmation(&session, browser, side).await;
        let reply = session
            .service
            .post(&path, Some(browser), &as_sent(&form))
            .await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
    }
    assert_eq!(session.state().await, StateName::Frozen);
}

/// The office's browser, and its account reached by [`MAIL`].
async fn reachable_office(session: &TestSession) -> Jar {
    let app = session.app();
    let contact = stored(app, &Contact::parse(MAIL).unwrap()).unwrap();
    let account = session.office.account;
    let mut tx = app.database.write().await.unwrap();
    store::insert_contact(&mut tx, account, &contact, None, NOW)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let cookie = session.office.cookie();
    let token = cookie.split(';').next().unwrap();
    let mut jar = Jar::default();
    jar.set("session", token.replace("session=", ""));
    jar
}

/// Sends a confirmation on an old proof, proves who one is by code, and gives what waits to be sent again.
async fn held_over_the_proof(
    session: &TestSession,
    jar: &mut Jar,
    path: &str,
    form: &[(&'static str, String)],
) -> Vec<(&'static str, String)> {
    let service = &session.service;
    let seen = jar.post(service, path, &as_sent(form)).await;
    assert_eq!(seen.status, StatusCode::FORBIDDEN, "{}", seen.body);
    let (next, held) = (hidden(&seen.body, "next"), hidden(&seen.body, "held"));
    let carried = [("next", next.as_str()), ("held", held.as_str())];
    jar.post(service, "/sign-in/again/code", &carried).await;
    let code = code_sent_to(service, MAIL);
    let proof = [carried[0], carried[1], ("code", code.as_str())];
    let seen = jar.post(service, "/sign-in/again", &proof).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.body);
    form.iter()
        .map(|(name, _)| (*name, hidden(&seen.body, name)))
        .collect()
}

#[tokio::test]
async fn a_confirmation_held_over_the_proof_confirms_what_its_page_showed() {
    for changes in [false, true] {
        let session = before_the_freeze().await;
        let mut jar = reachable_office(&session).await;
        let path = format!("{}/confirm", session.page());
        let form = confirmation(&session, &session.office, "office").await;
        session.app().clock.set(NOW.plus_seconds(10 * 60));
        let again = held_over_the_proof(&session, &mut jar, &path, &form).await;
        assert_eq!(again, form, "what was seen is kept");
        if changes {
            let (here, poll, second) = (session.jurisdiction(), session.poll, &session.second);
            simulate::make_key(session.app(), here, poll, second.account)
                .await
                .unwrap();
        }
        let seen = jar.post(&session.service, &path, &as_sent(&again)).await;
        let expected = if changes {
            StatusCode::CONFLICT
        } else {
            StatusCode::SEE_OTHER
        };
        assert_eq!(seen.status, expected, "changes: {changes}: {}", seen.body);
    }
}
