//! A body goes when two people want it, and only where no proof needs it.

use super::tests::{Downloaded, begin, publish, verify};
use crate::testing::{Browser, NOW, TestService};
use axum::http::StatusCode;
use domain::cycles::{JurisdictionKind, Stage};
use domain::infra::ids::AccountId;
use domain::people::Role;
use domain::people::store as people;
use domain::record::store::{self, Body};
use domain::record::{EntryIndex, Kind, RecordError, receipt};
use domain::takedown::{self, Reason, TakedownError};
use tally::record::body::{BodyTakenDown, ProposalAccepted, Sha256Hex, TakedownReason};

const ASK: &str = "/record/entry/0/take-down";
const CONFIRM: &str = "/record/entry/0/take-down/confirm";
const WITHDRAW: &str = "/record/entry/0/take-down/withdraw";
const REASON: [(&str, &str); 1] = [("reason", "personal_data")];

/// A record whose first entry is a resident's words.
async fn with_a_proposal(service: &TestService) -> EntryIndex {
    let mut change = begin(service).await;
    let sample = ProposalAccepted::KIND.sample();
    let proposal = ProposalAccepted::parse(sample.as_bytes()).unwrap();
    let entry = change.publish(proposal).await.unwrap();
    change.commit().await.unwrap();
    entry
}

async fn is_shown(service: &TestService, entry: EntryIndex) -> bool {
    let mut tx = service.app.database.read().await.unwrap();
    let body = store::body_of(&mut tx, entry).await.unwrap().unwrap();
    matches!(body, Body::Shown { .. })
}

async fn size(service: &TestService) -> u64 {
    let mut tx = service.app.database.read().await.unwrap();
    store::size(&mut tx).await.unwrap()
}

/// The hash of the request as it stands.
async fn matter(service: &TestService, entry: EntryIndex) -> Sha256Hex {
    let mut tx = service.app.database.read().await.unwrap();
    let found = store::entry(&mut tx, entry).await.unwrap().unwrap();
    let request = takedown::request(&mut tx, entry).await.unwrap().unwrap();
    request.matter(&found)
}

/// An administrator whose account another one made.
async fn made_by(service: &TestService, by: AccountId) -> AccountId {
    let account = AccountId::new(NOW, &service.app.entropy);
    let mut tx = service.app.database.write().await.unwrap();
    people::insert_account(&mut tx, account, "副管理员", Some(by), NOW)
        .await
        .unwrap();
    people::grant_role(&mut tx, service.jurisdiction.id, account, Role::Admin)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    account
}

/// The matter that the page puts on its button.
async fn shown_matter(service: &TestService, browser: &Browser) -> String {
    let page = service.get("/record/entry/0", Some(browser)).await;
    let field = page.body.split("name=\"matter\" value=\"").nth(1);
    let value = field.and_then(|rest| rest.split('"').next());
    value.unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_body_is_taken_down_by_two_with_its_reason_and_the_tree_still_verifies() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let entry = with_a_proposal(&service).await;
        let header = verify(&receipt(&service.app, entry).await.unwrap()).unwrap();
        let path = format!("/record/body/{}", header.body().to_hex());
        let first = service.sign_in(&[Role::Admin]).await;
        let second = service.sign_in(&[Role::Admin]).await;

        let reply = service
            .post(ASK, Some(&first), &[("reason", "because")])
            .await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        for _ in 0..2 {
            let reply = service.post(ASK, Some(&first), &REASON).await;
            assert_eq!(reply.location.as_deref(), Some("/record/entry/0"));
        }
        assert_eq!(service.get(&path, None).await.status, StatusCode::OK);
        let list = service.get("/record", Some(&second)).await;
        assert!(list.body.contains("待确认的停止展示申请"), "{}", list.body);
        let list = service.get("/record", None).await;
        assert!(!list.body.contains("待确认的停止展示申请"));
        assert_eq!(shown_matter(&service, &first).await, "");

        let page = service.get("/record/entry/0", Some(&second)).await;
        assert!(page.body.contains("误含个人信息"), "{}", page.body);
        let matter = shown_matter(&service, &second).await;
        for _ in 0..2 {
            let reply = service
                .post(CONFIRM, Some(&second), &[("matter", &matter)])
                .await;
            assert_eq!(reply.location.as_deref(), Some("/record/entry/0"));
        }
        let again = service.post(ASK, Some(&first), &REASON).await;
        assert_eq!(again.status, StatusCode::CONFLICT);

        let gone = service.get(&path, None).await;
        assert_eq!(gone.status, StatusCode::GONE);
        assert!(gone.body.contains("personal_data"), "{}", gone.body);
        let page = service.get("/record/entry/0", None).await;
        assert!(page.body.contains("误含个人信息"), "{}", page.body);
        assert_eq!(Downloaded::from(&service).await.verify(), Ok(2));
        assert!(!is_shown(&service, entry).await);
    }
}

#[tokio::test]
async fn nobody_takes_a_body_down_alone_or_with_an_account_of_their_own_making() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let entry = with_a_proposal(&service).await;
        let app = &service.app;
        let first = service.sign_in(&[Role::Admin]).await.account;
        let made = made_by(&service, first).await;
        takedown::ask(app, first, entry, Reason::PersonalData)
            .await
            .unwrap();
        let seen = matter(&service, entry).await;
        assert!(matches!(
            takedown::confirm(app, first, entry, &seen).await,
            Err(TakedownError::SamePerson)
        ));
        assert!(matches!(
            takedown::confirm(app, made, entry, &seen).await,
            Err(TakedownError::EnrolledByEachOther)
        ));
        takedown::withdraw(app, made, entry).await.unwrap();
        takedown::ask(app, made, entry, Reason::PersonalData)
            .await
            .unwrap();
        let seen = matter(&service, entry).await;
        assert!(matches!(
            takedown::confirm(app, first, entry, &seen).await,
            Err(TakedownError::EnrolledByEachOther)
        ));
        assert!(is_shown(&service, entry).await);
    }
}

#[tokio::test]
async fn what_is_confirmed_is_what_the_page_showed() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let entry = with_a_proposal(&service).await;
        let app = &service.app;
        let first = service.sign_in(&[Role::Admin]).await.account;
        let second = service.sign_in(&[Role::Admin]).await.account;
        takedown::ask(app, first, entry, Reason::PersonalData)
            .await
            .unwrap();
        let seen = matter(&service, entry).await;
        assert!(matches!(
            takedown::ask(app, first, entry, Reason::IllegalContent).await,
            Err(TakedownError::AlreadyAsked)
        ));
        for _ in 0..2 {
            takedown::withdraw(app, first, entry).await.unwrap();
        }
        assert!(matches!(
            takedown::confirm(app, second, entry, &seen).await,
            Err(TakedownError::NotAsked)
        ));
        takedown::ask(app, first, entry, Reason::IllegalContent)
            .await
            .unwrap();
        assert!(matches!(
            takedown::confirm(app, second, entry, &seen).await,
            Err(TakedownError::MatterChanged)
        ));
        assert!(is_shown(&service, entry).await);
        assert_eq!(size(&service).await, 1);
    }
}

#[tokio::test]
async fn two_who_confirm_at_once_write_one_entry() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let entry = with_a_proposal(&service).await;
        let app = &service.app;
        let first = service.sign_in(&[Role::Admin]).await.account;
        takedown::ask(app, first, entry, Reason::PersonalData)
            .await
            .unwrap();
        let seen = matter(&service, entry).await;
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let account = service.sign_in(&[Role::Admin]).await.account;
            let (app, seen) = (app.clone(), seen.clone());
            tasks.spawn(async move { takedown::confirm(&app, account, entry, &seen).await });
        }
        let done = tasks.join_all().await;
        assert_eq!(done.iter().filter(|one| one.is_ok()).count(), 1);
        assert!(
            done.iter()
                .all(|one| matches!(one, Ok(()) | Err(TakedownError::AlreadyTakenDown)))
        );
        assert_eq!(size(&service).await, 2);
    }
}

#[tokio::test]
async fn what_a_proof_needs_is_taken_down_by_nobody() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let entry = publish(&service, 1).await[0];
        let admin = service.sign_in(&[Role::Admin]).await;
        let page = service.get("/record/entry/0", Some(&admin)).await;
        assert!(page.body.contains("不能停止展示"), "{}", page.body);
        let refused = takedown::ask(&service.app, admin.account, entry, Reason::PersonalData).await;
        assert!(
            matches!(&refused, Err(TakedownError::Stays(kind)) if kind == Kind::CycleStageReached.name()),
            "{refused:?}"
        );
        assert!(is_shown(&service, entry).await);
    }
}

#[tokio::test]
async fn another_jurisdiction_s_administrator_neither_asks_nor_answers() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let entry = with_a_proposal(&service).await;
        let other =
            TestService::add_jurisdiction(&service.app, "beihe", JurisdictionKind::County).await;
        let stranger = service.sign_in_at(&[Role::Admin], other.id).await;
        let reply = service.post(ASK, Some(&stranger), &REASON).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN);
        let first = service.sign_in(&[Role::Admin]).await.account;
        takedown::ask(&service.app, first, entry, Reason::PersonalData)
            .await
            .unwrap();
        let seen = matter(&service, entry).await;
        let matter = [("matter", seen.as_str())];
        for path in [CONFIRM, WITHDRAW] {
            let reply = service.post(path, Some(&stranger), &matter).await;
            assert_eq!(reply.status, StatusCode::FORBIDDEN, "{path}");
        }
        assert!(matches!(
            takedown::confirm(&service.app, stranger.account, entry, &seen).await,
            Err(TakedownError::Forbidden)
        ));
        assert!(is_shown(&service, entry).await);
    }
}

/// `server check` lets no body be missing but one that the record says was taken down, for that reason.
#[tokio::test]
async fn a_body_that_is_missing_is_excused_only_by_its_entry() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let entry = with_a_proposal(&service).await;
        let [first, second] = [
            service.sign_in(&[Role::Admin]).await,
            service.sign_in(&[Role::Admin]).await,
        ];
        let key = domain::record::verifier_key(&service.app).unwrap();
        let mut tx = service.app.database.write().await.unwrap();
        store::take_down(&mut tx, entry, NOW, "personal_data")
            .await
            .unwrap();
        let hidden = domain::record::recheck(&mut tx, &key).await;
        assert!(matches!(hidden, Err(RecordError::Body(0))), "{hidden:?}");
        // Rolled back: nobody said so.
        drop(tx);
        let mut change = begin(&service).await;
        let told = BodyTakenDown {
            position: 0,
            reason: TakedownReason::IllegalContent,
        };
        change.publish(told).await.unwrap();
        store::take_down(&mut change.tx, entry, NOW, "personal_data")
            .await
            .unwrap();
        let other = domain::record::recheck(&mut change.tx, &key).await;
        assert!(matches!(other, Err(RecordError::Body(0))), "{other:?}");
        drop(change);
        takedown::ask(&service.app, first.account, entry, Reason::PersonalData)
            .await
            .unwrap();
        let seen = matter(&service, entry).await;
        takedown::confirm(&service.app, second.account, entry, &seen)
            .await
            .unwrap();
        let mut tx = service.app.database.write().await.unwrap();
        domain::record::recheck(&mut tx, &key).await.unwrap();
    }
}
