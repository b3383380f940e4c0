//! Links for people who cannot be sent a code, and what they must not open.

use super::passwords::PASSWORD;
use super::{Jar, roster};
use crate::invariants::world::factor_of;
use crate::people::link_made;
use crate::testing::{Browser, NOW, Reply, TestService};
use crate::web::locale::Locale;
use axum::http::StatusCode;
use domain::cycles::{JurisdictionKind, Stage};
use domain::infra::app::App;
use domain::infra::ids::AccountId;
use domain::people::admin::first_admin;
use domain::people::links::{self, LINK_DAYS, Maker, NoLink, Whom};
use domain::people::{Contact, DelegationId, Deputy, PeopleError, Role, store};

const PATH: &str = "/j/qinghe/people/links";
const PHONE: &str = "13900000009";

/// The paths of the links on a sheet.
fn paths(page: &str) -> Vec<String> {
    let links = page.split("/sign-in/link/").skip(1);
    links
        .map(|rest| {
            let token: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
            format!("/sign-in/link/{token}")
        })
        .collect()
}

async fn make(service: &TestService, maker: &Browser, field: &str, value: &str) -> Reply {
    let reply = service.post(PATH, Some(maker), &[(field, value)]).await;
    assert_eq!(crate::web::lint::faults(&reply.body), Vec::<String>::new());
    reply
}

/// Whoever is signed in here accepts what was offered.
async fn accept(service: &TestService, jar: &mut Jar) {
    let me = jar.get(service, "/me").await.body;
    let (_, rest) = me.split_once("action=\"/me/offers/").unwrap();
    let (id, _) = rest.split_once('/').unwrap();
    let path = format!("/me/offers/{id}/accept");
    let seen = jar.post(service, &path, &[]).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.body);
}

/// Somebody gets no link, for this reason.
async fn refused(service: &TestService, maker: &Browser, account: AccountId, why: NoLink) {
    let reply = make(service, maker, "link_account", &account.to_string()).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{why}");
    let words = Locale::default_locale().text(&format!("error-{}", why.code()));
    assert!(reply.body.contains(&words), "{why}: {}", reply.body);
    assert_eq!(paths(&reply.body), Vec::<String>::new());
}

async fn offer(service: &TestService, giver: &Browser, contact: &str, role: &str) {
    let form = [
        ("contact", contact),
        ("person", "陈主任"),
        ("role", role),
        ("unit", ""),
    ];
    let path = "/j/qinghe/people/grant";
    let reply = service.post(path, Some(giver), &form).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
}

async fn deputies(service: &TestService) -> Vec<Deputy> {
    let mut tx = service.app.database.read().await.unwrap();
    let here = service.jurisdiction.id;
    store::deputies(&mut tx, here).await.unwrap()
}

/// A roster of three, of whom the second has no contact.
async fn with_roster(service: &TestService) -> (Browser, Vec<Deputy>) {
    let office = service.sign_in(&[Role::Office]).await;
    let form = [("csv", roster::GOOD)];
    let (status, page) = roster::send(service, &office, roster::CONFIRM, &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    (office, deputies(service).await)
}

async fn has_enrolled(app: &App, service: &TestService, by: AccountId, whom: AccountId) -> bool {
    let mut tx = app.database.read().await.unwrap();
    let here = service.jurisdiction.id;
    store::has_enrolled(&mut tx, here, by, whom).await.unwrap()
}

#[tokio::test]
async fn without_a_sender_a_second_person_gets_in_as_the_pages_say() {
    let service = TestService::without_senders(Stage::Collecting).await;
    let page = service.get("/sign-in", None).await.body;
    assert!(
        page.contains("向人大办公室或系统管理员索取登录链接"),
        "{page}"
    );
    let mut jars = [Jar::default(), Jar::default(), Jar::default()];
    let [giver, maker, invited] = &mut jars;
    for (jar, contact) in [(&mut *giver, "a@example.cn"), (&mut *maker, "b@example.cn")] {
        let contact = Contact::parse(contact).unwrap();
        let here = &service.jurisdiction;
        let link = first_admin(&service.app, here, "管理员", &contact).await;
        jar.post(&service, &link.unwrap(), &[]).await;
    }
    let wish = [("contact", PHONE), ("person", "陈主任"), ("role", "office")];
    giver.post(&service, "/j/qinghe/people/grant", &wish).await;
    let page = giver.get(&service, "/j/qinghe/people").await.body;
    assert!(page.contains("请另一位管理员或人大办公室人员"), "{page}");
    let sheet = maker
        .post(&service, PATH, &[("link_contact", PHONE)])
        .await
        .body;
    invited.post(&service, &paths(&sheet)[0], &[]).await;
    accept(&service, invited).await;
    let seen = invited.get(&service, PATH).await;
    assert_eq!(seen.status, StatusCode::OK, "of the office from now on");
}

#[tokio::test]
async fn of_two_links_made_at_once_one_works_and_the_deputy_has_one_account() {
    for service in TestService::on_each_database(Stage::Voting).await {
        let (office, roster) = with_roster(&service).await;
        let other = service.sign_in(&[Role::Office]).await;
        let id = roster[1].id.to_string();
        assert_eq!(roster[1].account, None);
        let (one, two) = tokio::join!(
            make(&service, &office, "link_deputy", &id),
            make(&service, &other, "link_deputy", &id)
        );
        let mut signed_in = 0;
        for reply in [one, two] {
            let mut jar = Jar::default();
            jar.post(&service, &paths(&reply.body)[0], &[]).await;
            signed_in += u32::from(jar.has("session"));
            if jar.has("session") {
                let me = jar.get(&service, "/me").await.body;
                assert!(me.contains("李芳"), "{me}");
            }
        }
        assert_eq!(signed_in, 1);
    }
}

#[tokio::test]
async fn whoever_was_invited_comes_in_by_a_link_that_another_made() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let giver = service.sign_in(&[Role::Admin]).await;
        let maker = service.sign_in(&[Role::Admin]).await;
        offer(&service, &giver, PHONE, "office").await;
        let reply = make(&service, &giver, "link_contact", PHONE).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            reply.body.contains("链接须由另一位人员制作"),
            "{}",
            reply.body
        );
        let reply = make(&service, &maker, "link_contact", PHONE).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
        assert_eq!(reply.headers["cache-control"], "no-store");
        assert!(reply.body.contains("陈主任") && reply.body.contains("qr-code"));
        assert!(!reply.body.contains(PHONE), "no contact is shown");
        let [link] = &paths(&reply.body)[..] else {
            panic!("{}", reply.body)
        };
        let again = service.get(PATH, Some(&maker)).await.body;
        assert!(!again.contains("/sign-in/link/"), "shown once");
        let mut jar = Jar::default();
        let seen = jar.post(&service, link, &[]).await;
        assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.body);
        accept(&service, &mut jar).await;
        let seen = jar.get(&service, PATH).await;
        assert_eq!(seen.status, StatusCode::OK, "of the office from now on");
    }
}

#[tokio::test]
async fn a_delegation_s_cards_let_each_deputy_in_and_new_ones_replace_the_unused() {
    for service in TestService::on_each_database(Stage::Voting).await {
        let (_, roster) = with_roster(&service).await;
        let maker = service.sign_in(&[Role::Office]).await;
        let delegation = roster[0].delegation_id.to_string();
        assert_eq!(roster[1].account, None);
        let page = service.get("/j/qinghe/deputies", Some(&maker)).await.body;
        assert!(page.contains(PATH), "how they get in: {page}");
        let page = service.get("/j/qinghe/deputies", None).await.body;
        assert!(!page.contains(PATH), "{page}");
        let first = make(&service, &maker, "link_delegation", &delegation).await;
        let second = make(&service, &maker, "link_delegation", &delegation).await;
        assert_eq!(second.status, StatusCode::OK, "{}", second.body);
        assert!(second.body.contains("张明") && second.body.contains("李芳"));
        assert!(!second.body.contains("王强"), "of another delegation");
        assert!(!second.body.contains("13800000001"));
        assert_eq!(paths(&first.body).len(), 2);
        for link in paths(&first.body) {
            let seen = Jar::default().post(&service, &link, &[]).await;
            assert_eq!(seen.status, StatusCode::CONFLICT, "replaced");
        }
        for link in paths(&second.body) {
            let mut jar = Jar::default();
            jar.post(&service, &link, &[]).await;
            let me = jar.get(&service, "/me").await.body;
            assert!(me.contains("代表"), "{me}");
        }
        let accounts: Vec<_> = deputies(&service).await;
        assert!(accounts[1].account.is_some(), "one account for both sheets");
        let trail = service
            .get("/j/qinghe/audit?action=people.link.make", Some(&maker))
            .await;
        assert_eq!(trail.body.matches("<td>生成登录链接</td>").count(), 4);
    }
}

#[tokio::test]
async fn a_link_ends_with_its_last_day_and_is_told_to_whoever_can_be_reached() {
    let service = TestService::start(Stage::Voting).await;
    let (_, roster) = with_roster(&service).await;
    let maker = service.sign_in(&[Role::Office]).await;
    let id = roster[0].id.to_string();
    let reply = make(&service, &maker, "link_deputy", &id).await;
    let link = paths(&reply.body).remove(0);
    assert!(!super::all_sent(&service).await, "a message waits");
    service
        .app
        .clock
        .set(NOW.plus_days(LINK_DAYS).plus_seconds(-1));
    assert_eq!(service.get(&link, None).await.status, StatusCode::OK);
    service.app.clock.set(NOW.plus_days(LINK_DAYS));
    let seen = Jar::default().post(&service, &link, &[]).await;
    assert_eq!(seen.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn whoever_used_a_link_before_its_owner_leaves_nothing_to_come_back_by() {
    for service in TestService::on_each_database(Stage::Voting).await {
        let (_, roster) = with_roster(&service).await;
        let maker = service.sign_in(&[Role::Office]).await;
        let id = roster[0].id.to_string();
        let mut jars = [Jar::default(), Jar::default()];
        let [thief, owner] = &mut jars;
        let sheet = make(&service, &maker, "link_deputy", &id).await.body;
        thief.post(&service, &paths(&sheet)[0], &[]).await;
        let form = [("new_password", PASSWORD), ("new_password_again", PASSWORD)];
        let seen = thief.post(&service, "/me/password", &form).await;
        assert_eq!(seen.location.as_deref(), Some("/me"), "{}", seen.body);
        let sheet = make(&service, &maker, "link_deputy", &id).await.body;
        owner.post(&service, &paths(&sheet)[0], &[]).await;
        assert_eq!(owner.get(&service, "/me").await.status, StatusCode::OK);
        let seen = thief.get(&service, "/me").await;
        assert_eq!(seen.status, StatusCode::SEE_OTHER);
        let (jar, _) = Jar::enter(&service, "13800000001", PASSWORD).await;
        assert!(!jar.has("session"));
        // Where a factor stands behind the link, its holder ends nobody's session.
        factor_of(&service, roster[0].account.unwrap()).await;
        let sheet = make(&service, &maker, "link_deputy", &id).await.body;
        thief.post(&service, &paths(&sheet)[0], &[]).await;
        assert_eq!(owner.get(&service, "/me").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn nobody_makes_a_link_that_opens_more_than_they_could_give() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let office = service.sign_in(&[Role::Office]).await;
        let admin = service.sign_in(&[Role::Admin]).await;
        refused(&service, &office, admin.account, NoLink::Standing).await;
        refused(&service, &office, office.account, NoLink::Own).await;
        let other =
            TestService::add_jurisdiction(&service.app, "liuwan", JurisdictionKind::Town).await;
        let here = service.jurisdiction.id;
        let both = service.account(&[Role::Teller], here).await;
        let mut tx = service.app.database.write().await.unwrap();
        store::grant_role(&mut tx, other.id, both, Role::Government)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        refused(&service, &office, both, NoLink::Standing).await;
        refused(&service, &admin, both, NoLink::Standing).await;
        // A role that waits opens as much as one that is held.
        offer(&service, &admin, PHONE, "admin").await;
        let reply = make(&service, &office, "link_contact", PHONE).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(reply.body.contains("无权授予的身份"), "{}", reply.body);
        let resident = service.account(&[Role::Resident], here).await;
        let reply = make(&service, &admin, "link_account", &resident.to_string()).await;
        assert!(reply.body.contains("本地没有这个人"), "{}", reply.body);
    }
}

#[tokio::test]
async fn who_watches_a_vote_gets_a_link_only_behind_a_second_factor() {
    for service in TestService::on_each_database(Stage::Voting).await {
        let admin = service.sign_in(&[Role::Admin]).await;
        let here = service.jurisdiction.id;
        for role in [
            Role::ChiefScrutineer,
            Role::Scrutineer,
            Role::Chair,
            Role::Office,
        ] {
            let account = service.account(&[role], here).await;
            refused(&service, &admin, account, NoLink::NoFactor).await;
            factor_of(&service, account).await;
            let reply = make(&service, &admin, "link_account", &account.to_string()).await;
            let mut jar = Jar::default();
            let seen = jar.post(&service, &paths(&reply.body)[0], &[]).await;
            assert_eq!(
                seen.location.as_deref(),
                Some("/sign-in/factor"),
                "{role:?}"
            );
            let seen = jar.get(&service, "/me").await;
            assert_eq!(seen.status, StatusCode::SEE_OTHER, "half a session");
        }
        let (_, roster) = with_roster(&service).await;
        let head = roster[0].id.to_string();
        let form = [("deputy", head.as_str())];
        let path = "/j/qinghe/people/heads";
        let reply = service.post(path, Some(&admin), &form).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
        let reply = make(&service, &admin, "link_deputy", &head).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        // The rest of the delegation gets its cards, and the sheet says who has none and why.
        let delegation: DelegationId = roster[0].delegation_id;
        let reply = make(&service, &admin, "link_delegation", &delegation.to_string()).await;
        assert_eq!(paths(&reply.body).len(), 1, "{}", reply.body);
        assert!(reply.body.contains("未制作") && reply.body.contains("担任团长"));
    }
}

#[tokio::test]
async fn whoever_has_made_a_link_has_enrolled_that_person_for_good() {
    for service in TestService::on_each_database(Stage::Voting).await {
        let (_, roster) = with_roster(&service).await;
        let maker = service.sign_in(&[Role::Office]).await;
        let account = roster[0].account.unwrap();
        let app = &service.app;
        assert!(!has_enrolled(app, &service, maker.account, account).await);
        make(&service, &maker, "link_deputy", &roster[0].id.to_string()).await;
        assert!(has_enrolled(app, &service, maker.account, account).await);
        let form = [
            ("contact", "13800000001"),
            ("person", "张明"),
            ("role", "scrutineer"),
            ("unit", ""),
        ];
        let path = "/j/qinghe/people/grant";
        let reply = service.post(path, Some(&maker), &form).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(reply.body.contains("制作过登录链接"), "{}", reply.body);
        // Long after the link itself is deleted.
        let mut tx = app.database.write().await.unwrap();
        let later = NOW.plus_days(LINK_DAYS + 1);
        store::delete_expired(&mut tx, later).await.unwrap();
        tx.commit().await.unwrap();
        assert!(has_enrolled(app, &service, maker.account, account).await);
    }
}

#[tokio::test]
async fn who_runs_the_service_lets_in_whoever_stands_here_and_nobody_else() {
    for service in TestService::on_each_database(Stage::Voting).await {
        let app = &service.app;
        let here = service.jurisdiction.id;
        let chief = service.account(&[Role::ChiefScrutineer], here).await;
        let notice = link_made(Locale::default_locale(), "青禾县");
        let make = |whom| links::make(app, Maker::Operator, here, whom, &notice);
        let cards = make(Whom::Account(chief)).await.unwrap();
        let mut jar = Jar::default();
        jar.post(&service, &cards.made[0].path, &[]).await;
        assert!(jar.has("session"));
        let resident = service.account(&[Role::Resident], here).await;
        let error = make(Whom::Account(resident)).await.unwrap_err();
        assert!(matches!(error, PeopleError::NotFound), "{error:?}");
        let unknown = Contact::parse(PHONE).unwrap();
        let error = make(Whom::Contact(&unknown)).await.unwrap_err();
        assert!(matches!(error, PeopleError::NotFound), "{error:?}");
    }
}
