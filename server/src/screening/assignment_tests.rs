//! A unit reviews what it is given, and nothing of another's.

use super::stale_tests::seen;
use super::tests::{PATH, assigns, at_screening, by, feasible, record_kinds, unit_with_staff};
use crate::invariants::world::opened;
use crate::testing::{Browser, NOW, TestService};
use axum::http::StatusCode;
use domain::cycles::Stage;
use domain::cycles::settings::DeclineReasonCode;
use domain::people::{Role, UnitId};
use domain::record::Kind;
use domain::screening::*;

#[tokio::test]
async fn a_unit_decides_on_what_is_assigned_to_it_and_nothing_decided_before_is_lost() {
    for mut service in TestService::on_each_database(Stage::Collecting).await {
        let [one, two, _] = at_screening(&mut service).await;
        let (app, cycle) = (&service.app, &service.cycle);
        let office = service.sign_in(&[Role::Office]).await;
        let (civil, civil_staff) = unit_with_staff(&service, "县民政局").await;
        let (health, health_staff) = unit_with_staff(&service, "县卫生健康局").await;
        let no = || Outcome::Declined {
            reason: DeclineReasonCode::new("already_planned").unwrap(),
        };
        let decides = async |who: &Browser, outcome: Outcome, why: &str| {
            super::tests::decides(&service, who, one, (outcome, why)).await
        };
        let refused = decides(&civil_staff, feasible(), "可办").await;
        assert!(
            matches!(refused, Err(ScreeningError::NotAClerk)),
            "{refused:?}"
        );
        let id = cluster(app, by(&office), cycle, &[one]).await.unwrap();
        let refused = decides(&civil_staff, feasible(), "可办").await;
        assert!(matches!(refused, Err(ScreeningError::NotYourUnit(_))));
        for _ in 0..2 {
            assigns(&service, &office, one, civil).await.unwrap();
        }
        decides(&civil_staff, feasible(), "可办").await.unwrap();
        let refused = decides(&health_staff, no(), "已列入计划").await;
        assert!(matches!(refused, Err(ScreeningError::NotYourUnit(found)) if found == id));
        let page = format!("{PATH}/screening/queue/{one}");
        let reply = service.get(&page, Some(&health_staff)).await;
        assert!(reply.body.contains("仅可查看"), "{}", reply.body);

        assigns(&service, &office, one, health).await.unwrap();
        let refused = decides(&civil_staff, no(), "改主意了").await;
        assert!(matches!(refused, Err(ScreeningError::NotYourUnit(_))));
        decides(&health_staff, no(), "已列入计划").await.unwrap();
        let mut tx = app.database.read().await.unwrap();
        let former = former_decisions(&mut tx, cycle, id).await.unwrap();
        assert_eq!(former.len(), 1);
        assert_eq!(
            (&former[0].outcome, former[0].explanation.as_str()),
            (&feasible(), "可办")
        );
        let now = find_cluster(&mut tx, cycle, id).await.unwrap().unwrap();
        assert_eq!(now.decision.unwrap().outcome, no());
        assert_eq!(now.unit.unwrap().id, health);
        drop(tx);
        let reply = service.get(&page, Some(&office)).await;
        assert!(reply.body.contains("此前的意见"), "{}", reply.body);

        assert!(opened(app).await.contains(&Kind::ClusterAssigned));
        let told = record_kinds(&service).await;
        let assigned = told.iter().filter(|kind| *kind == "cluster_assigned");
        assert_eq!(assigned.count(), 2);
        let moved = cluster(app, by(&office), cycle, &[one, two]).await;
        assert!(moved.is_ok(), "{moved:?}");
    }
}

#[tokio::test]
async fn a_unit_s_staff_neither_put_proposals_together_nor_assign_them() {
    for mut service in TestService::on_each_database(Stage::Collecting).await {
        let [one, two, three] = at_screening(&mut service).await;
        let (app, cycle) = (&service.app, &service.cycle);
        let office = service.sign_in(&[Role::Office]).await;
        let (civil, staff) = unit_with_staff(&service, "县民政局").await;
        let id = cluster(app, by(&office), cycle, &[one, two]).await.unwrap();
        let not_theirs = [
            cluster(app, by(&staff), cycle, &[three]).await.map(drop),
            cluster(app, by(&staff), cycle, &[one, three])
                .await
                .map(drop),
            split(app, by(&staff), cycle, id, two).await,
            assigns(&service, &staff, one, civil).await,
        ];
        for refused in not_theirs {
            assert!(
                matches!(refused, Err(ScreeningError::NotAClerk)),
                "{refused:?}"
            );
        }
        let page = format!("{PATH}/screening/queue/{one}");
        let path = format!("{page}/assign");
        let opened = seen(&service.get(&page, Some(&office)).await.body);
        let post = async |who: &Browser, unit: &str, seen: &str| {
            let form = [("unit", unit), ("seen", seen)];
            service.post(&path, Some(who), &form).await
        };
        let (civil_id, (other, _)) = (
            civil.to_string(),
            unit_with_staff(&service, "县卫生健康局").await,
        );
        let other_id = other.to_string();
        let reply = post(&staff, &civil_id, &opened).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN);
        let reply = post(&office, &civil_id, &opened).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
        // A colleague who still sees it unassigned takes it from no unit, and is told which one has it.
        let reply = post(&office, &other_id, &opened).await;
        assert_eq!(reply.status, StatusCode::CONFLICT);
        let chosen = format!("value=\"{other}\" selected");
        for part in ["同事已改派", "县民政局", chosen.as_str()] {
            assert!(reply.body.contains(part), "{part}: {}", reply.body);
        }
        let opened = seen(&service.get(&page, Some(&office)).await.body);
        let reply = post(&office, &other_id, &opened).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
        let reply = post(&office, "x", &opened).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        let elsewhere = UnitId::new(NOW, &app.entropy);
        let refused = assigns(&service, &office, one, elsewhere).await;
        assert!(matches!(refused, Err(ScreeningError::NoSuchUnit(_))));
        // An assigned proposal stays where its unit looks for it.
        assigns(&service, &office, three, civil).await.unwrap();
        let moved = cluster(app, by(&office), cycle, &[one, three]).await;
        assert!(matches!(moved, Err(ScreeningError::InAnotherCluster(_))));
    }
}
