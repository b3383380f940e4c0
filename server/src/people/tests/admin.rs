use super::Jar;
use crate::demo::audit::DemoEvent;
use crate::testing::TestService;
use axum::http::StatusCode;
use domain::cycles::{JurisdictionKind, Stage};
use domain::people::admin::{add_jurisdiction, first_admin};
use domain::people::{Contact, PeopleError, Role, store};
use domain::record::change::{Actor, Change};

fn grant<'a>(contact: &'a str, role: &'a str) -> [(&'a str, &'a str); 4] {
    [
        ("contact", contact),
        ("person", "陈主任"),
        ("role", role),
        ("unit", ""),
    ]
}

/// Whoever is signed in here accepts what was offered.
async fn accept(service: &TestService, jar: &mut Jar) {
    let page = jar.get(service, "/me").await;
    let (_, rest) = page.body.split_once("action=\"/me/offers/").unwrap();
    let (id, _) = rest.split_once('/').unwrap();
    let seen = jar
        .post(service, &format!("/me/offers/{id}/accept"), &[])
        .await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.body);
}

#[tokio::test]
async fn the_first_administrator_comes_in_by_a_link_and_names_the_office() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let contact = Contact::parse("admin@example.cn").unwrap();
        let link = first_admin(&service.app, &service.jurisdiction, "管理员", &contact)
            .await
            .unwrap();
        let mut jar = Jar::default();
        jar.post(&service, &link, &[]).await;
        let seen = jar
            .post(
                &service,
                "/j/qinghe/people/grant",
                &grant("chen@example.cn", "office"),
            )
            .await;
        assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.body);
        let page = jar.get(&service, "/j/qinghe/people").await;
        assert!(page.body.contains("陈主任"), "{}", page.body);
        let mut office = Jar::sign_in(&service, "chen@example.cn").await;
        let seen = office.get(&service, "/j/qinghe/people").await;
        assert_eq!(seen.status, StatusCode::FORBIDDEN, "not accepted yet");
        accept(&service, &mut office).await;
        let seen = office.get(&service, "/j/qinghe/people").await;
        assert_eq!(
            seen.status,
            StatusCode::OK,
            "the invited person signs in by code"
        );
    }
}

#[tokio::test]
async fn a_role_of_another_jurisdiction_opens_nothing_here() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let other =
            TestService::add_jurisdiction(&service.app, "liuwan", JurisdictionKind::Town).await;
        let elsewhere = service
            .sign_in_at(&[Role::Admin, Role::Office], other.id)
            .await;
        let here = service.sign_in(&[Role::Admin]).await;
        for path in ["people", "people/import", "audit"] {
            let path = format!("/j/qinghe/{path}");
            let seen = service.get(&path, Some(&elsewhere)).await;
            assert_eq!(seen.status, StatusCode::FORBIDDEN, "{path}");
            let seen = service.get(&path, Some(&here)).await;
            assert_eq!(seen.status, StatusCode::OK, "{path}");
        }
        let account = here.account.to_string();
        // The ids of one jurisdiction under another's address.
        let path = format!("/j/liuwan/people/{account}/contact");
        let seen = service.post(&path, Some(&elsewhere), &[]).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND);
        let form = [("account", account.as_str()), ("role", "admin")];
        let seen = service
            .post("/j/liuwan/people/revoke", Some(&elsewhere), &form)
            .await;
        assert_ne!(seen.status, StatusCode::SEE_OTHER, "{}", seen.body);
        let mut tx = service.app.database.read().await.unwrap();
        let roles = store::roles_of(&mut tx, here.account).await.unwrap();
        assert_eq!(roles, [(service.jurisdiction.id, Role::Admin)]);
    }
}

#[tokio::test]
async fn the_office_cannot_make_itself_administrator() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let office = service.sign_in(&[Role::Office]).await;
        for role in ["admin", "office", "deputy", "resident"] {
            let form = grant("chen@example.cn", role);
            let seen = service
                .post("/j/qinghe/people/grant", Some(&office), &form)
                .await;
            assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{role}");
            assert!(
                seen.body.contains("您不能授予或撤销这一身份"),
                "{}",
                seen.body
            );
            assert!(
                seen.body.contains("value=\"chen@example.cn\""),
                "what was typed is kept"
            );
        }
        let form = grant("chen@example.cn", "teller");
        let seen = service
            .post("/j/qinghe/people/grant", Some(&office), &form)
            .await;
        assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.body);
    }
}

#[tokio::test]
async fn the_last_administrator_stays() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let admin = service.sign_in(&[Role::Admin]).await;
        let account = admin.account.to_string();
        let form = [("account", account.as_str()), ("role", "admin")];
        let seen = service
            .post("/j/qinghe/people/revoke", Some(&admin), &form)
            .await;
        assert_eq!(seen.status, StatusCode::CONFLICT, "{}", seen.body);
        let second = service.sign_in(&[Role::Admin]).await;
        let seen = service
            .post("/j/qinghe/people/revoke", Some(&second), &form)
            .await;
        assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.body);
        let seen = service.get("/j/qinghe/people", Some(&admin)).await;
        assert_eq!(seen.status, StatusCode::FORBIDDEN, "revoked at once");
    }
}

#[tokio::test]
async fn a_scrutineer_is_a_deputy_and_unit_staff_have_a_unit() {
    let service = TestService::start(Stage::Voting).await;
    let office = service.sign_in(&[Role::Office]).await;
    let form = grant("chen@example.cn", "scrutineer");
    let seen = service
        .post("/j/qinghe/people/grant", Some(&office), &form)
        .await;
    assert!(
        seen.body.contains("监票人须由本级代表担任"),
        "{}",
        seen.body
    );
    let form = grant("chen@example.cn", "unit_staff");
    let seen = service
        .post("/j/qinghe/people/grant", Some(&office), &form)
        .await;
    assert_eq!(
        seen.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        seen.body
    );
    for expected in [StatusCode::SEE_OTHER, StatusCode::UNPROCESSABLE_ENTITY] {
        let form = [("unit_name", "县水利局")];
        let seen = service
            .post("/j/qinghe/people/units", Some(&office), &form)
            .await;
        assert_eq!(seen.status, expected, "a unit's name is taken once");
    }
}

#[tokio::test]
async fn reading_a_contact_is_recorded_and_the_trail_shows_it() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let office = service.sign_in(&[Role::Office]).await;
        let form = grant("chen@example.cn", "teller");
        service
            .post("/j/qinghe/people/grant", Some(&office), &form)
            .await;
        let mut teller = Jar::sign_in(&service, "chen@example.cn").await;
        accept(&service, &mut teller).await;
        let list = service.get("/j/qinghe/people", Some(&office)).await;
        assert!(
            !list.body.contains("chen@example.cn"),
            "the list shows no contact"
        );
        let lookup = Contact::parse("chen@example.cn")
            .unwrap()
            .lookup(&service.app.vault);
        let mut tx = service.app.database.read().await.unwrap();
        let account = store::account_of_contact(&mut tx, &lookup)
            .await
            .unwrap()
            .unwrap();
        drop(tx);
        let path = format!("/j/qinghe/people/{account}/contact");
        let seen = service.post(&path, Some(&office), &[]).await;
        assert!(seen.body.contains("chen@example.cn"), "{}", seen.body);
        let trail = service
            .get("/j/qinghe/audit?action=people.contact.read", Some(&office))
            .await;
        assert!(trail.body.contains(&account.to_string()), "{}", trail.body);
        assert!(
            trail.body.contains("<td>查看联系方式</td>"),
            "{}",
            trail.body
        );
        assert!(
            !trail.body.contains("<td>授予角色</td>"),
            "filtered: {}",
            trail.body
        );
        let trail = service.get("/j/qinghe/audit", Some(&office)).await;
        assert!(
            trail.body.contains("<td>查看操作记录</td>"),
            "reading the trail is recorded too"
        );
    }
}

#[tokio::test]
async fn a_long_trail_has_pages() {
    let service = TestService::start(Stage::Collecting).await;
    let office = service.sign_in(&[Role::Office]).await;
    let place = Some(service.cycle.scope());
    let mut change = Change::begin(&service.app, Actor::System, place)
        .await
        .unwrap();
    for _ in 0..55 {
        let account = office.account;
        change.audit(DemoEvent::SignIn { account }).await.unwrap();
    }
    change.commit().await.unwrap();
    let first = service.get("/j/qinghe/audit", Some(&office)).await.body;
    assert_eq!(
        first.matches("<tr>").count(),
        51,
        "fifty lines and the head"
    );
    let (_, rest) = first.split_once("before=").unwrap();
    let before: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let path = format!("/j/qinghe/audit?action=&before={before}");
    let second = service.get(&path, Some(&office)).await.body;
    assert_eq!(
        second.matches("<tr>").count(),
        6,
        "the five oldest and the head"
    );
}

#[tokio::test]
async fn a_slug_is_taken_once() {
    let service = TestService::start(Stage::Collecting).await;
    let again = add_jurisdiction(&service.app, "qinghe", "青禾县", JurisdictionKind::County).await;
    assert!(matches!(again, Err(PeopleError::NameTaken)), "{again:?}");
}
