//! Second factors: set up, asked for at sign-in, refused where they are wrong, old, repeated or another's.

use super::passwords::{MAIL, PASSWORD, office_with_password};
use super::{Jar, Seen};
use crate::testing::{NOW, TestService};
use axum::http::StatusCode;
use domain::cycles::Stage;
use domain::infra::clock::Timestamp;
use domain::people::factors::{self, RECOVERY_CODES, code_at};

/// What stands in the page's `code` elements.
pub(super) fn coded(page: &str) -> Vec<String> {
    page.split("<code>")
        .skip(1)
        .map(|rest| rest.split("</code>").next().unwrap().to_owned())
        .collect()
}

/// Somebody of the office who has set up an authenticator app.
struct Enrolled {
    jar: Jar,
    secret: String,
    recovery_codes: Vec<String>,
}

impl Enrolled {
    async fn new(service: &TestService) -> Self {
        Self::of(service, office_with_password(service).await).await
    }

    async fn of(service: &TestService, mut jar: Jar) -> Self {
        let page = jar.post(service, "/me/security/app", &[]).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        let secret = coded(&page.body).remove(0);
        let code = code_at(&secret, NOW);
        let form = [("factor_name", "办公手机"), ("factor_code", code.as_str())];
        let seen = jar.post(service, "/me/security/app/confirm", &form).await;
        assert_eq!(seen.status, StatusCode::OK, "{}", seen.body);
        let recovery_codes = coded(&seen.body);
        assert_eq!(recovery_codes.len(), RECOVERY_CODES);
        Self {
            jar,
            secret,
            recovery_codes,
        }
    }

    fn code(&self, at: Timestamp) -> String {
        code_at(&self.secret, at)
    }
}

/// As far as the second step.
pub(super) async fn sign_in_by_password(service: &TestService) -> Jar {
    let mut jar = Jar::default();
    let form = [
        ("contact", MAIL),
        ("password", PASSWORD),
        ("next", "/record"),
    ];
    let seen = jar.post(service, "/sign-in/password", &form).await;
    assert_eq!(
        seen.location.as_deref(),
        Some("/sign-in/factor?next=/record")
    );
    jar
}

async fn try_code(service: &TestService, jar: &mut Jar, field: &str, code: &str) -> Seen {
    let form = [(field, code), ("next", "/record")];
    jar.post(service, "/sign-in/factor", &form).await
}

#[tokio::test]
async fn an_app_s_code_is_asked_for_at_sign_in_and_works_once() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let person = Enrolled::new(&service).await;
        let later = NOW.plus_seconds(60);
        service.app.clock.set(later);
        let code = person.code(later);
        let mut jar = sign_in_by_password(&service).await;
        let wrong = super::another_code(&code);
        for (typed, why) in [
            (wrong.as_str(), "wrong"),
            (&person.code(NOW), "used to set it up"),
            (&person.code(later.plus_seconds(120)), "not yet"),
        ] {
            let seen = try_code(&service, &mut jar, "factor_code", typed).await;
            assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{why}");
            assert!(seen.body.contains("口令不正确"), "{}", seen.body);
        }
        assert!(!jar.has("device"), "half in, the device is not known yet");
        let seen = try_code(&service, &mut jar, "factor_code", &code).await;
        assert_eq!(seen.location.as_deref(), Some("/record"));
        assert!(jar.has("device"));
        assert_eq!(jar.get(&service, "/me").await.status, StatusCode::OK);
        let mut again = sign_in_by_password(&service).await;
        let seen = try_code(&service, &mut again, "factor_code", &code).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "repeated");
    }
}

#[tokio::test]
async fn half_a_session_opens_nothing_but_the_second_step() {
    let service = TestService::start(Stage::Collecting).await;
    Enrolled::new(&service).await;
    let jar = sign_in_by_password(&service).await;
    for route in crate::router::routes(&service.app).declared() {
        if route.access == crate::web::routes::Access::Public || route.path.contains('{') {
            continue;
        }
        let mut half = jar.clone();
        let seen = if route.method == axum::http::Method::GET {
            half.get(&service, route.path).await
        } else {
            half.post(&service, route.path, &[]).await
        };
        let expected = match (route.access, route.method.as_str()) {
            (crate::web::routes::Access::Demo, _) => StatusCode::NOT_FOUND,
            (_, "GET") => StatusCode::SEE_OTHER,
            _ => StatusCode::UNAUTHORIZED,
        };
        assert_eq!(seen.status, expected, "{} {}", route.method, route.path);
    }
    let mut half = jar.clone();
    let page = half.get(&service, "/sign-in/factor?next=/record").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("inputmode=\"numeric\""), "{}", page.body);
    service.app.clock.set(NOW.plus_seconds(15 * 60));
    let page = half.get(&service, "/sign-in/factor?next=/record").await;
    assert_eq!(page.location.as_deref(), Some("/sign-in?next=/record"));
}

#[tokio::test]
async fn wrong_codes_are_counted_by_account_and_leave_the_recovery_codes_a_way() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let person = Enrolled::new(&service).await;
        let later = NOW.plus_seconds(60);
        service.app.clock.set(later);
        let wrong = super::another_code(&person.code(later));
        for _ in 0..5 {
            // Each from a browser of its own.
            let mut jar = sign_in_by_password(&service).await;
            let seen = try_code(&service, &mut jar, "factor_code", &wrong).await;
            assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let mut jar = sign_in_by_password(&service).await;
        let seen = try_code(&service, &mut jar, "factor_code", &person.code(later)).await;
        assert_eq!(seen.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(seen.retry_after.as_deref(), Some("901"));
        assert!(
            seen.body.contains("name=\"recovery_code\""),
            "the way out: {}",
            seen.body
        );
        let recovery = person.recovery_codes[0].to_uppercase();
        let seen = try_code(&service, &mut jar, "recovery_code", &recovery).await;
        assert_eq!(seen.location.as_deref(), Some("/record"));
        let after = NOW.plus_seconds(20 * 60);
        service.app.clock.set(after);
        let mut jar = sign_in_by_password(&service).await;
        let seen = try_code(&service, &mut jar, "factor_code", &person.code(after)).await;
        assert_eq!(seen.location.as_deref(), Some("/record"), "{}", seen.body);
    }
}

#[tokio::test]
async fn a_recovery_code_works_once_and_new_ones_replace_it() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let mut person = Enrolled::new(&service).await;
        let first = person.recovery_codes[0].clone();
        let mut jar = sign_in_by_password(&service).await;
        let seen = try_code(&service, &mut jar, "recovery_code", &first).await;
        assert_eq!(seen.location.as_deref(), Some("/record"));
        let mut jar = sign_in_by_password(&service).await;
        let seen = try_code(&service, &mut jar, "recovery_code", &first).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "repeated");
        let made = person
            .jar
            .post(&service, "/me/security/recovery-codes", &[])
            .await;
        let old = person.recovery_codes[1].clone();
        let seen = try_code(&service, &mut jar, "recovery_code", &old).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "replaced");
        let new = coded(&made.body).remove(0);
        let seen = try_code(&service, &mut jar, "recovery_code", &new).await;
        assert_eq!(seen.location.as_deref(), Some("/record"));
    }
}

#[tokio::test]
async fn the_first_factor_ends_other_sessions_and_its_owner_is_told_of_each_change() {
    let service = TestService::start(Stage::Collecting).await;
    let jar = office_with_password(&service).await;
    let mut earlier = Jar::sign_in(&service, MAIL).await;
    assert_eq!(earlier.get(&service, "/me").await.status, StatusCode::OK);
    let mut person = Enrolled::of(&service, jar).await;
    let seen = earlier.get(&service, "/me").await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "ended");
    let told = |text: &str| {
        let console = service.app.senders.console().unwrap();
        let message = console.newest_to(MAIL).unwrap();
        assert!(message.text.contains(text), "{}", message.text);
    };
    domain::infra::mail::deliver_due(&service.app)
        .await
        .unwrap();
    told("添加了第二步验证“办公手机”");
    let page = person.jar.get(&service, "/me/security").await.body;
    let path = page
        .split("action=\"")
        .find_map(|part| part.split_once("/remove\""))
        .map(|(path, _)| format!("{path}/remove"))
        .unwrap();
    let mut stranger = Jar::sign_in(&service, "13900001234").await;
    let seen = stranger.post(&service, &path, &[]).await;
    assert_eq!(seen.status, StatusCode::NOT_FOUND);
    let seen = person.jar.post(&service, &path, &[]).await;
    assert_eq!(seen.location.as_deref(), Some("/me/security"));
    domain::infra::mail::deliver_due(&service.app)
        .await
        .unwrap();
    told("移除了第二步验证“办公手机”");
    let mut jar = Jar::default();
    let form = [("contact", MAIL), ("password", PASSWORD)];
    let seen = jar.post(&service, "/sign-in/password", &form).await;
    assert_eq!(seen.location.as_deref(), Some("/"), "nothing more is asked");
}

#[tokio::test]
async fn who_must_have_a_factor_is_led_to_it_and_can_do_nothing_in_the_role_before() {
    let service = TestService::requiring_factors(Stage::Collecting).await;
    let mut jar = office_with_password(&service).await;
    let refused = jar.get(&service, "/j/qinghe/people").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(
        refused.body.contains("href=\"/me/security\""),
        "{}",
        refused.body
    );
    let mut fresh = Jar::default();
    let form = [
        ("contact", MAIL),
        ("password", PASSWORD),
        ("next", "/record"),
    ];
    let seen = fresh.post(&service, "/sign-in/password", &form).await;
    assert_eq!(seen.location.as_deref(), Some("/me/security?next=/record"));
    let page = fresh.get(&service, "/me/security?next=/record").await.body;
    assert!(page.contains("须先设置第二步验证"), "{page}");
    let page = fresh
        .post(&service, "/me/security/app", &[("next", "/record")])
        .await;
    let code = code_at(&coded(&page.body)[0], NOW);
    let form = [
        ("factor_name", "手机"),
        ("factor_code", code.as_str()),
        ("next", "/record"),
    ];
    let seen = fresh
        .post(&service, "/me/security/app/confirm", &form)
        .await;
    assert!(seen.body.contains("href=\"/record\""), "{}", seen.body);
    let people = fresh.get(&service, "/j/qinghe/people").await;
    assert_eq!(people.status, StatusCode::OK);
}

#[tokio::test]
async fn who_runs_the_service_can_remove_what_was_lost_and_every_session_ends() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let mut person = Enrolled::new(&service).await;
        let contact = domain::people::Contact::parse(MAIL).unwrap();
        let words = crate::people::factors_removed(crate::web::locale::Locale::default_locale());
        let removed = factors::remove_all(&service.app, &contact, &words).await;
        assert_eq!(removed.unwrap(), 1);
        let seen = person.jar.get(&service, "/me").await;
        assert_eq!(seen.status, StatusCode::SEE_OTHER, "ended");
        let mut jar = Jar::default();
        let form = [("contact", MAIL), ("password", PASSWORD)];
        let seen = jar.post(&service, "/sign-in/password", &form).await;
        assert_eq!(seen.location.as_deref(), Some("/"));
        let again = factors::remove_all(&service.app, &contact, &words).await;
        assert!(matches!(again, Err(domain::people::PeopleError::NotFound)));
    }
}
