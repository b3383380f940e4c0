//! Where one's tasks are shown, to whom, and with which words.

use crate::testing::TestService;
use axum::http::StatusCode;
use domain::cycles::{Cycle, JurisdictionKind, Stage, store};
use domain::infra::ids::CycleId;
use domain::people::{Role, store as people};
use domain::testing::NOW;

const PAGES: [&str; 3] = ["/", "/j/qinghe/2026", "/me"];
const LIST: &str = "<section class=\"tasks\"";

#[tokio::test]
async fn who_is_signed_in_sees_their_tasks_and_a_stranger_sees_none() {
    for service in TestService::on_each_database(Stage::Voting).await {
        let office = service.sign_in(&[Role::Office]).await;
        let resident = service.sign_in(&[Role::Resident]).await;
        for path in PAGES {
            let page = service.get(path, Some(&office)).await;
            assert!(page.body.contains(LIST), "{path}: {}", page.body);
            assert!(page.body.contains("设立民生实事项目票决"), "{path}");
            assert!(
                page.body.contains("href=\"/j/qinghe/2026/session\""),
                "{path}"
            );
            let page = service.get(path, Some(&resident)).await;
            assert!(page.body.contains("现在没有等您办的事。"), "{path}");
            let page = service.get(path, None).await;
            assert!(!page.body.contains(LIST), "{path}");
        }
    }
}

#[tokio::test]
async fn a_task_names_its_place_where_a_person_has_several_and_a_cycle_s_page_shows_its_own() {
    let service = TestService::start(Stage::Voting).await;
    let office = service.sign_in(&[Role::Office]).await;
    let name = &service.jurisdiction.name;
    let at = format!("{name} 2026 年");
    let front = service.get("/", Some(&office)).await.body;
    assert!(!front.contains(&at), "{front}");

    let kind = JurisdictionKind::County;
    let other = TestService::add_jurisdiction(&service.app, "beihe", kind).await;
    let cycle = Cycle {
        id: CycleId::new(NOW, &service.app.entropy),
        jurisdiction: other.id,
        ..service.cycle.clone()
    };
    let mut tx = service.app.database.write().await.unwrap();
    store::insert_cycle(&mut tx, &cycle, NOW).await.unwrap();
    tx.commit().await.unwrap();
    let front = service.get("/", Some(&office)).await.body;
    assert!(!front.contains("href=\"/j/beihe/2026/session\""), "{front}");

    let mut tx = service.app.database.write().await.unwrap();
    people::grant_role(&mut tx, other.id, office.account, Role::Office)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let front = service.get("/", Some(&office)).await.body;
    assert!(front.contains(&at), "{front}");
    assert!(front.contains("href=\"/j/beihe/2026/session\""), "{front}");
    let page = service.get("/j/qinghe/2026", Some(&office)).await.body;
    assert!(page.contains("href=\"/j/qinghe/2026/session\""), "{page}");
    assert!(!page.contains("/j/beihe/2026"), "{page}");
}

#[tokio::test]
async fn where_a_second_factor_is_required_it_is_the_first_task_and_the_only_one() {
    let service = TestService::requiring_factors(Stage::Voting).await;
    let office = service.sign_in(&[Role::Office]).await;
    for path in PAGES {
        let page = service.get(path, Some(&office)).await;
        assert_eq!(page.status, StatusCode::OK);
        let (_, after) = page.body.split_once(LIST).unwrap();
        let list = after.split("</section>").next().unwrap();
        assert!(list.contains("href=\"/me/security\""), "{list}");
        assert_eq!(list.matches("<a ").count(), 1, "{list}");
    }
}
