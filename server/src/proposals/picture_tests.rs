//! What a picture costs the service, whoever sends it.

use super::tests::{fields, send};
use crate::testing::TestService;
use axum::http::StatusCode;
use domain::cycles::Stage;
use domain::on_either;
use domain::people::Role;
use domain::proposals::{PICTURES_WAITING, delete_stale_pictures};
use domain::testing::{NOW, png};

async fn pictures(service: &TestService) -> i64 {
    let mut tx = service.app.database.read().await.unwrap();
    on_either!(&mut tx, conn => sqlx::query_scalar("SELECT COUNT(*) FROM pictures")
        .fetch_one(&mut *conn).await.unwrap())
}

/// The form without its title, so that it comes back and its picture waits.
fn unfinished() -> Vec<(&'static str, String)> {
    let mut fields = fields();
    fields.retain(|(name, _)| *name != "proposal-title");
    fields
}

#[tokio::test]
async fn outside_its_stage_a_picture_is_not_even_looked_at() {
    for service in TestService::on_each_database(Stage::Voting).await {
        let person = service.sign_in(&[Role::Resident]).await;
        // What is no picture would be said, if anybody looked.
        for picture in [b"no picture".as_slice(), &png(20, 20)] {
            let reply = send(&service, &person, &unfinished(), Some(picture)).await;
            assert!(!reply.body.contains("不是可识别的图片"), "{}", reply.body);
            assert!(
                reply.body.contains("老人吃口热饭"),
                "what was typed is kept"
            );
        }
        assert_eq!(pictures(&service).await, 0);
    }
}

#[tokio::test]
async fn so_many_pictures_of_a_person_wait_and_no_more_is_looked_at() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let person = service.sign_in(&[Role::Resident]).await;
        for _ in 0..PICTURES_WAITING {
            let reply = send(&service, &person, &unfinished(), Some(&png(20, 20))).await;
            assert!(reply.body.contains("您上传的图片已保留"), "{}", reply.body);
        }
        let reply = send(&service, &person, &unfinished(), Some(b"no picture")).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            reply.body.contains("已上传但还没有随建议提交"),
            "{}",
            reply.body
        );
        assert!(
            reply.body.contains("老人吃口热饭"),
            "what was typed is kept"
        );
        assert_eq!(pictures(&service).await, PICTURES_WAITING);
        let other = service.sign_in(&[Role::Resident]).await;
        let reply = send(&service, &other, &unfinished(), Some(&png(20, 20))).await;
        assert!(reply.body.contains("您上传的图片已保留"), "{}", reply.body);
    }
}

#[tokio::test]
async fn another_picture_in_the_same_form_takes_the_place_of_the_first() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let person = service.sign_in(&[Role::Resident]).await;
        let mut form = unfinished();
        for _ in 0..3 * PICTURES_WAITING {
            let reply = send(&service, &person, &form, Some(&png(20, 20))).await;
            let (_, rest) = reply.body.split_once("name=\"picture\" value=\"").unwrap();
            let (kept, _) = rest.split_once('"').unwrap();
            assert!(!kept.is_empty(), "{}", reply.body);
            form.retain(|(name, _)| *name != "picture");
            form.push(("picture", kept.to_owned()));
        }
        assert_eq!(pictures(&service).await, 1);
    }
}

#[tokio::test]
async fn a_picture_that_came_into_no_proposal_is_swept_away() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let person = service.sign_in(&[Role::Resident]).await;
        send(&service, &person, &unfinished(), Some(&png(20, 20))).await;
        let mut used = fields();
        used.push(("seen", "yes".to_owned()));
        let reply = send(&service, &person, &used, Some(&png(20, 20))).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
        for (hours, left) in [(23, 2), (25, 1)] {
            let now = NOW.plus_seconds(hours * 3_600);
            let mut tx = service.app.database.write().await.unwrap();
            delete_stale_pictures(&mut tx, now).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(pictures(&service).await, left, "after {hours} hours");
        }
    }
}
