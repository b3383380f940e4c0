//! The office takes in one by one.

use super::tests::{PATH, accepted, by, ready};
use crate::screening::bench_tests::rows;
use crate::testing::TestService;
use axum::http::StatusCode;
use domain::cycles::Stage;
use domain::cycles::settings::CategoryCode;
use domain::people::Role;
use domain::proposals;

#[tokio::test]
async fn intake_leads_from_one_to_the_next_with_what_is_like_it() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        accepted(&service, "社区办个老人食堂", "老人吃口热饭。").await;
        let office = service.sign_in(&[Role::Office]).await;
        let resident = service.sign_in(&[Role::Resident]).await;
        let mut waiting = Vec::new();
        for (title, category) in [
            ("城南也办老人食堂", "elderly"),
            ("修一修打铁巷的路灯", "roads"),
            ("西门口也要食堂", "elderly"),
        ] {
            let mut form = ready(title, "说来话长。", title);
            form.content.category = CategoryCode::new(category).unwrap();
            let (app, who) = (&service.app, resident.account);
            let made = proposals::propose(app, by(&resident), &service.cycle, who, &form).await;
            waiting.push(made.unwrap());
        }
        let intake = format!("{PATH}/intake");
        let page = service
            .get(&format!("{intake}?category=elderly"), Some(&office))
            .await
            .body;
        assert_eq!(rows(&page), ["城南也办老人食堂", "西门口也要食堂"]);
        let page = service
            .get(&format!("{intake}?q=%E8%B7%AF%E7%81%AF"), Some(&office))
            .await
            .body;
        assert_eq!(rows(&page), ["修一修打铁巷的路灯"]);
        let first = format!("{intake}/{}?category=elderly", waiting[0]);
        let opened = service.get(&first, Some(&office)).await.body;
        for part in ["社区办个老人食堂", "还剩 2 条", "受理并看下一条"] {
            assert!(opened.contains(part), "{part}: {opened}");
        }
        // What is not filled in is said beside what is open.
        let decline = format!("{PATH}/{}/decline?category=elderly", waiting[0]);
        let wrong = service
            .post(&decline, Some(&office), &[("explanation", "重复")])
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            wrong.body.contains("<details open>") && wrong.body.contains("重复"),
            "{}",
            wrong.body
        );
        let accept = format!("{PATH}/{}/accept?category=elderly", waiting[0]);
        let next = Some(format!("{intake}/{}?category=elderly", waiting[2]));
        let reply = service.post(&accept, Some(&office), &[]).await;
        assert_eq!(reply.location, next, "past the one of another category");
        let again = service.post(&accept, Some(&office), &[]).await;
        assert_eq!(
            again.location, next,
            "the same press leads to the same place"
        );
        let opened = service.get(&first, Some(&office)).await;
        let page = format!("{PATH}/{}", waiting[0]);
        assert_eq!(
            opened.location,
            Some(page),
            "what is decided has a page of its own"
        );
        let decline = format!("{PATH}/{}/decline?category=elderly", waiting[2]);
        let form = [("reason", "duplicate"), ("explanation", "与第 1 号重复。")];
        let reply = service.post(&decline, Some(&office), &form).await;
        assert_eq!(
            reply.location,
            Some(format!("{intake}?category=elderly")),
            "{}",
            reply.body
        );
    }
}
