use super::Jar;
use crate::demo::audit::DemoEvent;
use crate::testing::TestService;
use axum::http::StatusCode;
use domain::cycles::Stage;
use domain::people::{Contact, Role, store};
use domain::record::change::Change;

pub(crate) const MAIL: &str = "chen@example.cn";
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A person of the office, signed in by code, with [`PASSWORD`].
pub(crate) async fn office_with_password(service: &TestService) -> Jar {
    let mut jar = Jar::sign_in(service, MAIL).await;
    give_role(service, Role::Office).await;
    let form = [("new_password", PASSWORD), ("new_password_again", PASSWORD)];
    let seen = jar.post(service, "/me/password", &form).await;
    assert_eq!(seen.location.as_deref(), Some("/me"), "{}", seen.body);
    jar
}

async fn give_role(service: &TestService, role: Role) {
    let app = &service.app;
    let mut change = Change::begin(app, domain::record::change::Actor::System, None)
        .await
        .unwrap();
    let lookup = Contact::parse(MAIL).unwrap().lookup(&app.vault);
    let account = store::account_of_contact(&mut change.tx, &lookup)
        .await
        .unwrap()
        .unwrap();
    store::grant_role(&mut change.tx, service.jurisdiction.id, account, role)
        .await
        .unwrap();
    change.audit(DemoEvent::SignIn { account }).await.unwrap();
    change.commit().await.unwrap();
}

#[tokio::test]
async fn staff_sign_in_by_password() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        office_with_password(&service).await;
        let (jar, seen) = Jar::enter(&service, MAIL, PASSWORD).await;
        assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.body);
        assert!(jar.has("session"));
    }
}

#[tokio::test]
async fn a_wrong_password_an_unknown_account_and_one_without_password_get_the_same_answer() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        office_with_password(&service).await;
        drop(Jar::sign_in(&service, "13800001234").await);
        let mut answers = Vec::new();
        for contact in [MAIL, "nobody@example.cn", "13800001234"] {
            let (jar, seen) = Jar::enter(&service, contact, "wrong horse battery").await;
            assert!(!jar.has("session"));
            answers.push((seen.status, seen.body.replace(contact, "")));
        }
        assert_eq!(answers[0].0, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            answers[0].1.contains("账号或密码不正确"),
            "{}",
            answers[0].1
        );
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0], answers[2]);
    }
}

#[tokio::test]
async fn a_new_password_needs_the_present_one_and_ends_the_other_sessions() {
    let service = TestService::start(Stage::Collecting).await;
    let mut jar = office_with_password(&service).await;
    let (mut other, _) = Jar::enter(&service, MAIL, PASSWORD).await;
    let new = "another horse stable";
    let wrong = [
        ("password", "x"),
        ("new_password", new),
        ("new_password_again", new),
    ];
    let seen = jar.post(&service, "/me/password", &wrong).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(seen.body.contains("账号或密码不正确"), "{}", seen.body);
    assert_eq!(other.get(&service, "/me").await.status, StatusCode::OK);
    let right = [
        ("password", PASSWORD),
        ("new_password", new),
        ("new_password_again", new),
    ];
    let seen = jar.post(&service, "/me/password", &right).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.body);
    assert_eq!(
        other.get(&service, "/me").await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(jar.get(&service, "/me").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_password_that_is_short_weak_or_typed_differently_is_refused_by_name() {
    let service = TestService::start(Stage::Collecting).await;
    let mut jar = office_with_password(&service).await;
    for (new, again, message) in [
        ("short", "short", "至少填写 12 个字"),
        ("123456789012", "123456789012", "顺序排列"),
        ("Welcome2024!", "Welcome2024!", "这个密码太常见"),
        ("chen@example", "chen@example", "您的姓名、联系方式"),
        (PASSWORD, "correct horse", "两次填写的密码不一致"),
    ] {
        let form = [
            ("password", PASSWORD),
            ("new_password", new),
            ("new_password_again", again),
        ];
        let seen = jar.post(&service, "/me/password", &form).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(seen.body.contains(message), "{new}: {}", seen.body);
        assert!(
            !seen.body.contains(PASSWORD),
            "a password is never sent back"
        );
    }
}

#[tokio::test]
async fn residents_have_no_password() {
    let service = TestService::start(Stage::Collecting).await;
    let mut jar = Jar::sign_in(&service, "13800001234").await;
    assert_eq!(
        jar.get(&service, "/me/password").await.status,
        StatusCode::FORBIDDEN
    );
}
