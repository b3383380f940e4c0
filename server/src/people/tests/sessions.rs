use super::{Jar, hidden};
use crate::testing::{NOW, TestService};
use axum::http::StatusCode;
use domain::cycles::Stage;
use domain::people::sign_in::make_link;
use domain::people::{Contact, Role, store};
use domain::record::change::{Actor, Change};

const PHONE: &str = "13800001234";

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let service = TestService::start(Stage::Collecting).await;
    let mut jar = Jar::default();
    jar.ask(&service, PHONE).await;
    let code = super::code_sent_to(&service, PHONE);
    jar.code(&service, &code).await;
    let form = [("display_name", "城东李师傅"), ("residence", "qinghe")];
    let seen = jar.post(&service, "/sign-in/name", &form).await;
    let cookie = seen
        .cookies
        .iter()
        .find(|cookie| cookie.starts_with("session="))
        .unwrap();
    for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age="] {
        assert!(cookie.contains(part), "{cookie}");
    }
}

#[tokio::test]
async fn a_session_ends_when_its_time_is_over() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let mut jar = Jar::sign_in(&service, PHONE).await;
        let mut unused = Jar::sign_in(&service, "13800005678").await;
        service.app.clock.set(NOW.plus_days(30).plus_seconds(-1));
        assert_eq!(jar.get(&service, "/me").await.status, StatusCode::OK);
        service.app.clock.set(NOW.plus_days(30));
        let seen = unused.get(&service, "/me").await;
        assert_eq!(seen.location.as_deref(), Some("/sign-in?next=/me"));
    }
}

#[tokio::test]
async fn the_token_changes_after_hours_and_the_old_one_dies_after_its_grace() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let mut jar = Jar::sign_in(&service, PHONE).await;
        let mut old = jar.clone();
        let later = NOW.plus_seconds(4 * 3_600);
        service.app.clock.set(later);
        assert_eq!(jar.get(&service, "/me").await.status, StatusCode::OK);
        assert_ne!(jar.cookie("session"), old.cookie("session"));
        let parallel = old.get(&service, "/me").await;
        assert_eq!(
            parallel.status,
            StatusCode::OK,
            "under way during the change"
        );
        let third = parallel
            .cookies
            .iter()
            .any(|cookie| cookie.starts_with("session="));
        assert!(!third, "no third token");
        service.app.clock.set(later.plus_seconds(5 * 60));
        let stolen = old.get(&service, "/me").await;
        assert_eq!(
            stolen.status,
            StatusCode::SEE_OTHER,
            "the old token is dead"
        );
        assert_eq!(jar.get(&service, "/me").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn signing_in_again_ends_the_browser_s_former_session() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let mut jar = Jar::sign_in(&service, PHONE).await;
        let mut former = Jar::default();
        former.set("session", jar.cookie("session"));
        jar.ask(&service, PHONE).await;
        let code = super::code_sent_to(&service, PHONE);
        jar.code(&service, &code).await;
        assert_ne!(jar.cookie("session"), former.cookie("session"));
        assert_eq!(
            former.get(&service, "/me").await.status,
            StatusCode::SEE_OTHER
        );
    }
}

#[tokio::test]
async fn after_signing_out_the_token_opens_nothing_and_again_is_no_error() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let mut jar = Jar::sign_in(&service, PHONE).await;
        let mut kept = jar.clone();
        let seen = jar.post(&service, "/sign-out", &[]).await;
        assert_eq!(seen.status, StatusCode::SEE_OTHER);
        assert!(!jar.has("session"));
        assert_eq!(
            kept.get(&service, "/me").await.status,
            StatusCode::SEE_OTHER
        );
        assert_eq!(
            kept.post(&service, "/sign-out", &[]).await.status,
            StatusCode::SEE_OTHER
        );
    }
}

#[tokio::test]
async fn people_end_their_own_other_sessions_and_nobody_else_s() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let mut phone = Jar::sign_in(&service, PHONE).await;
        let mut tablet = Jar::sign_in(&service, PHONE).await;
        let mut stranger = Jar::sign_in(&service, "13900001234").await;
        let page = tablet.get(&service, "/me").await.body;
        let path = page
            .split("action=\"")
            .find_map(|part| part.split_once("/end\""))
            .map(|(path, _)| format!("{path}/end"))
            .unwrap();
        let seen = stranger.post(&service, &path, &[]).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND);
        assert_eq!(phone.get(&service, "/me").await.status, StatusCode::OK);
        tablet.post(&service, &path, &[]).await;
        assert_eq!(
            phone.get(&service, "/me").await.status,
            StatusCode::SEE_OTHER
        );
        let mut third = Jar::sign_in(&service, PHONE).await;
        tablet.post(&service, "/me/sessions/end-others", &[]).await;
        assert_eq!(
            third.get(&service, "/me").await.status,
            StatusCode::SEE_OTHER
        );
        assert_eq!(tablet.get(&service, "/me").await.status, StatusCode::OK);
        assert_eq!(stranger.get(&service, "/me").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_sign_in_link_works_once_and_only_by_its_button() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let account = service.sign_in(&[]).await.account;
        let mut change = Change::begin(&service.app, Actor::System, None)
            .await
            .unwrap();
        let path = make_link(&mut change, &service.app, account, 60)
            .await
            .unwrap();
        change.commit().await.unwrap();
        let mut jar = Jar::default();
        for _ in 0..2 {
            assert_eq!(jar.get(&service, &path).await.status, StatusCode::OK);
            assert!(!jar.has("session"));
        }
        let mut jars = [jar.clone(), jar.clone(), jar];
        let [a, b, c] = &mut jars;
        tokio::join!(
            a.post(&service, &path, &[]),
            b.post(&service, &path, &[]),
            c.post(&service, &path, &[])
        );
        assert_eq!(jars.iter().filter(|jar| jar.has("session")).count(), 1);
        let seen = Jar::default().get(&service, &path).await;
        assert_eq!(seen.status, StatusCode::CONFLICT);
    }
}

#[tokio::test]
async fn a_browser_without_cookies_is_told_so_before_a_code_is_sent_or_a_link_is_used_up() {
    let service = TestService::start(Stage::Collecting).await;
    let account = service.sign_in(&[]).await.account;
    let mut change = Change::begin(&service.app, Actor::System, None)
        .await
        .unwrap();
    let link = make_link(&mut change, &service.app, account, 60)
        .await
        .unwrap();
    change.commit().await.unwrap();
    let contact = ("contact", PHONE);
    let password = ("password", "any horse battery");
    for (path, typed) in [
        ("/sign-in", vec![contact]),
        ("/sign-in/password", vec![contact, password]),
        (link.as_str(), vec![]),
    ] {
        // Each request of this browser is its first.
        let page = Jar::default().get(&service, path).await;
        let mut form = typed.clone();
        let probe = hidden(&page.body, "probe");
        form.push(("probe", &probe));
        let seen = Jar::default().post(&service, path, &form).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert!(seen.body.contains("允许本网站使用 Cookie"), "{}", seen.body);
        // A browser that keeps them is not asked again.
        let mut jar = Jar::default();
        let page = jar.get(&service, path).await;
        assert!(jar.has("probe"), "{}", page.body);
        let seen = jar.post(&service, path, &form).await;
        assert!(!seen.body.contains("允许本网站使用 Cookie"), "{path}");
        assert!(jar.has("session") == (path == link), "{path}");
    }
    let console = service.app.senders.console().unwrap();
    let sent = Contact::parse(PHONE).unwrap();
    assert!(
        console.newest_to(sent.expose()).is_some(),
        "with cookies the code was sent"
    );
}

#[tokio::test]
async fn what_has_run_out_is_deleted_and_what_lives_stays() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let mut jar = Jar::sign_in(&service, PHONE).await;
        let mut tx = service.app.database.write().await.unwrap();
        let later = NOW.plus_days(2);
        let deleted = store::delete_expired(&mut tx, later).await.unwrap();
        tx.commit().await.unwrap();
        // The ticket, the two counts of messages (network, contact), and the settled message.
        assert_eq!(deleted, 4);
        assert_eq!(jar.get(&service, "/me").await.status, StatusCode::OK);
    }
}

/// Half a day for whoever acts for the public, a week for deputies, a month for residents; who has several roles has the shortest.
#[tokio::test]
async fn a_session_lasts_as_long_as_its_roles_allow() {
    const HOUR: i64 = 3_600;
    for service in TestService::on_each_database(Stage::Collecting).await {
        for (contact, roles, hours) in [
            ("13800000001", &[Role::Office][..], 12),
            ("13800000002", &[Role::UnitStaff], 12),
            ("13800000003", &[Role::Deputy, Role::Chair], 12),
            ("13800000004", &[Role::Deputy], 7 * 24),
            ("13800000005", &[], 30 * 24),
        ] {
            service.app.clock.set(NOW);
            drop(Jar::sign_in(&service, contact).await);
            give_roles(&service, contact, roles).await;
            let mut used = Jar::sign_in(&service, contact).await;
            let mut unused = Jar::sign_in(&service, contact).await;
            let end = NOW.plus_seconds(hours * HOUR);
            service.app.clock.set(end.plus_seconds(-1));
            let status = used.get(&service, "/me").await.status;
            assert_eq!(status, StatusCode::OK, "{roles:?}");
            service.app.clock.set(end);
            let status = unused.get(&service, "/me").await.status;
            assert_eq!(status, StatusCode::SEE_OTHER, "{roles:?}");
        }
    }
}

async fn give_roles(service: &TestService, contact: &str, roles: &[Role]) {
    let lookup = Contact::parse(contact).unwrap().lookup(&service.app.vault);
    let mut tx = service.app.database.write().await.unwrap();
    let account = store::account_of_contact(&mut tx, &lookup).await.unwrap();
    for role in roles {
        store::grant_role(&mut tx, service.jurisdiction.id, account.unwrap(), *role)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
}
