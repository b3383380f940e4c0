//! A project's districts, from the proposals of its cluster to the list by district.

use super::tests::{UNIT, World, june};
use crate::proposals::tests::{accepted, set_stage};
use crate::screening::tests::{form, pairs};
use crate::testing::{Browser, TestService};
use crate::web::http_error::url_encode;
use axum::http::{StatusCode, header};
use domain::cycles::{Stage, store as cycle_store};
use domain::infra::clock::Timestamp;
use domain::on_either;
use domain::people::Role;
use domain::projects::{hand_over, store};
use domain::record::change::{Actor, Change};
use domain::screening::{self, candidates, store as screening_store};
use time::macros::datetime;

const LIST: &str = "/j/qinghe/2026/projects";

fn of(district: &str) -> String {
    format!("{LIST}?district={}", url_encode(district))
}

/// Where each of the parts begins, all of which stand there.
fn places(body: &str, parts: &[&str]) -> Vec<usize> {
    parts
        .iter()
        .map(|part| body.find(part).unwrap_or_else(|| panic!("{part}: {body}")))
        .collect()
}

#[tokio::test]
async fn the_districts_of_a_cluster_s_proposals_are_ticked_and_go_on_to_the_project() {
    for mut service in TestService::on_each_database(Stage::Collecting).await {
        let here = service.jurisdiction.id;
        let one = accepted(&service, "社区办个老人食堂", "老人吃口热饭。").await;
        let two = accepted(&service, "城南也办老人食堂", "走不动的送餐。").await;
        let mut tx = service.app.database.write().await.unwrap();
        let all = ["城关", "稻香镇", "柳湾镇"].map(str::to_owned);
        cycle_store::set_districts(&mut tx, here, &all)
            .await
            .unwrap();
        for (proposal, district) in [(one, "柳湾镇"), (two, "稻香镇")] {
            on_either!(&mut tx, conn => sqlx::query("UPDATE proposals SET district = $2 WHERE id = $1")
                .bind(proposal).bind(district).execute(&mut *conn).await.map(drop).unwrap());
        }
        tx.commit().await.unwrap();
        set_stage(&mut service, Stage::Screening).await;
        let office = service.sign_in(&[Role::Office]).await;
        let both = [one.to_string(), two.to_string()];
        let both = both.each_ref().map(|id| ("proposal", id.as_str()));
        let clusters = "/j/qinghe/2026/screening/clusters";
        let merged = service.post(clusters, Some(&office), &both).await;
        assert_eq!(merged.status, StatusCode::SEE_OTHER, "{}", merged.body);
        let mut tx = service.app.database.read().await.unwrap();
        let cluster = screening::cluster_of(&mut tx, here, one).await.unwrap();
        let cluster = cluster.unwrap().to_string();
        drop(tx);
        let new = "/j/qinghe/2026/shortlist/compose/new";
        let begun = service
            .get(&format!("{new}?cluster={cluster}"), Some(&office))
            .await;
        for (district, ticked) in [("城关", false), ("稻香镇", true), ("柳湾镇", true)] {
            let tick = format!("value=\"{district}\" checked");
            assert_eq!(begun.body.contains(&tick), ticked, "{district}");
        }
        let mut typed = form();
        typed.cluster = cluster;
        let mut sent = pairs(&typed);
        sent.push(("candidate-districts", "邻县"));
        let refused = service.post(new, Some(&office), &sent).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("没有这个乡镇"), "{}", refused.body);
        sent.pop();
        sent.extend(["柳湾镇", "稻香镇"].map(|one| ("candidate-districts", one)));
        let added = service.post(new, Some(&office), &sent).await;
        assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.body);

        set_stage(&mut service, Stage::Voting).await;
        let (app, cycle) = (&service.app, &service.cycle);
        let mut change = Change::begin(app, Actor::System, Some(cycle.scope()))
            .await
            .unwrap();
        let chosen = ["QH26-04".to_owned()];
        hand_over(app, &mut change, cycle, &chosen).await.unwrap();
        change.commit().await.unwrap();
        let mut tx = app.database.read().await.unwrap();
        let project = store::project(&mut tx, cycle, "QH26-04")
            .await
            .unwrap()
            .unwrap();
        assert_eq!(project.plan.districts, ["稻香镇", "柳湾镇"]);
        assert!(project.plan.serves("柳湾镇") && !project.plan.serves("城关"));
    }
}

#[tokio::test]
async fn a_candidate_s_districts_are_replaced_and_go_with_it() {
    for service in TestService::on_each_database(Stage::Screening).await {
        let (app, cycle) = (&service.app, &service.cycle);
        let mut facts = super::tests::facts("QH26-01", UNIT);
        let id = screening::CandidateId::new(crate::testing::NOW, &app.entropy);
        let mut tx = app.database.write().await.unwrap();
        screening_store::insert(&mut tx, cycle, id, &facts)
            .await
            .unwrap();
        facts.districts = vec!["城关".to_owned()];
        screening_store::replace(&mut tx, cycle, id, &facts)
            .await
            .unwrap();
        let found = candidates(&mut tx, cycle).await.unwrap();
        assert_eq!(found[0].facts, facts);
        screening_store::delete(&mut tx, cycle, id).await.unwrap();
        assert_eq!(candidates(&mut tx, cycle).await.unwrap(), []);
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn the_list_shows_the_late_first_and_narrows_down_to_a_district() {
    for world in World::on_each_database().await {
        let service = &world.service;
        // On 6 September QH26-01 lacks one report, QH26-02 three.
        for month in ["2025-06", "2025-07"] {
            let mut report = june();
            report.month = month.parse().unwrap();
            world.report("QH26-01", &report).await.unwrap();
        }
        let day = datetime!(2025-09-06 08:00 +8);
        service.app.clock.set(Timestamp::from(day));
        let all = service.get(LIST, None).await.body;
        assert!(
            places(&all, &["严重滞后", "QH26-02", "QH26-01"]).is_sorted(),
            "{all}"
        );
        assert!(all.contains("2025年7月月报未交，已逾期 32 天"), "{all}");
        // QH26-02 serves the whole county, QH26-01 two districts.
        let there = service.get(&of("柳湾镇"), None).await.body;
        assert!(there.contains("柳湾镇：2 个项目，2 个滞后"), "{there}");
        let (_, chosen) = there.split_once("aria-current=\"true\"").unwrap();
        let strip = places(chosen, &["严重滞后", "偏慢"]);
        assert!(strip.is_sorted(), "the worst first: {there}");
        let elsewhere = service.get(&of("城关"), None).await.body;
        assert!(elsewhere.contains("QH26-02") && !elsewhere.contains("QH26-01"));
        let api = "/api/v1/j/qinghe/2026/projects?district=";
        let api = service
            .get(&format!("{api}{}", url_encode("城关")), None)
            .await
            .body;
        let answer: serde_json::Value = serde_json::from_str(&api).unwrap();
        assert_eq!(answer["projects"].as_array().unwrap().len(), 1);
        assert_eq!(answer["projects"][0]["districts"], serde_json::json!([]));
        let csv = format!("{LIST}.csv?district={}", url_encode("柳湾镇"));
        let csv = service.get(&csv, None).await.body;
        assert!(
            csv.contains("全县（区）") && csv.contains("稻香镇、柳湾镇"),
            "{csv}"
        );
    }
}

#[tokio::test]
async fn one_s_own_district_is_remembered_in_a_cookie_and_offered_first() {
    for world in World::on_each_database().await {
        let service = &world.service;
        let before = service.get(LIST, None).await.body;
        let before = places(
            &before,
            &["district=%E7%A8%BB%E9%A6%99", "district=%E6%9F%B3%E6%B9%BE"],
        );
        assert!(before.is_sorted());
        let path = format!("{LIST}/district");
        let form = [("district", "柳湾镇"), ("remember", "yes")];
        let kept = service.post(&path, None, &form).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.body);
        assert_eq!(kept.location.as_deref(), Some(of("柳湾镇").as_str()));
        let cookies: Vec<&str> = kept
            .headers
            .get_all(header::SET_COOKIE)
            .iter()
            .map(|value| value.to_str().unwrap().split(';').next().unwrap())
            .collect();
        let home = cookies
            .iter()
            .find(|one| one.starts_with("district="))
            .unwrap();
        let resident = Browser::stranger().keeping(home);
        let after = service.get(LIST, Some(&resident)).await.body;
        let first = places(
            &after,
            &[
                "district=%E6%9F%B3%E6%B9%BE",
                "我家",
                "district=%E7%A8%BB%E9%A6%99",
            ],
        );
        assert!(first.is_sorted(), "{after}");
        let own = service.get(&of("柳湾镇"), Some(&resident)).await.body;
        assert!(own.contains("不再记住"), "{own}");
        let form = [("district", "柳湾镇"), ("remember", "no")];
        let gone = service.post(&path, Some(&resident), &form).await;
        assert!(
            gone.headers
                .get_all(header::SET_COOKIE)
                .iter()
                .any(|one| { one.to_str().unwrap().starts_with("district=;") })
        );
        for (district, remember) in [("邻县", "yes"), ("柳湾镇", "perhaps")] {
            let form = [("district", district), ("remember", remember)];
            let refused = service.post(&path, None, &form).await;
            assert_eq!(
                refused.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{district}"
            );
        }
    }
}
