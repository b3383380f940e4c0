//! What people see and send, over HTTP.

use super::tests::{UNIT, World, june};
use crate::testing::{NOW, TestService};
use axum::http::StatusCode;
use domain::cycles::{Cycle, JurisdictionKind, Stage, store as cycle_store};
use domain::infra::ids::CycleId;
use domain::people::Role;
use time::macros::date;

const LIST: &str = "/j/qinghe/2026/projects";
const PROJECT: &str = "/j/qinghe/2026/projects/QH26-01";
const FORM: &str = "/j/qinghe/2026/projects/QH26-01/report";
const REPORTS: &str = "/j/qinghe/2026/projects/QH26-01/reports";

const GOOD: [(&str, &str); 4] = [
    ("report_month", "2025-06"),
    ("report_percent", "12"),
    ("report_spent", "300.5"),
    ("report_text", "招标完成，先行段开工。"),
];

/// The good form with one value changed.
fn with(field: &str, value: &'static str) -> Vec<(&'static str, &'static str)> {
    GOOD.iter()
        .map(|(name, good)| (*name, if *name == field { value } else { *good }))
        .collect()
}

#[tokio::test]
async fn the_list_shows_every_project_with_its_light_and_narrows_down() {
    for world in World::on_each_database().await {
        let service = &world.service;
        let all = service.get(LIST, None).await;
        assert_eq!(all.status, StatusCode::OK, "{}", all.body);
        for part in ["QH26-01", "QH26-02", "正常推进", "县教育局"] {
            assert!(all.body.contains(part), "{part}: {}", all.body);
        }
        assert!(!all.body.contains("QH26-03"), "not chosen");
        let unit = crate::web::http_error::url_encode(UNIT);
        let one = service.get(&format!("{LIST}?unit={unit}"), None).await;
        assert!(one.body.contains("QH26-01") && !one.body.contains("QH26-02"));
        let none = service.get(&format!("{LIST}?light=red"), None).await;
        assert!(none.body.contains("没有符合条件的项目"));
        world
            .service
            .app
            .clock
            .set(domain::infra::clock::Timestamp::from(
                time::macros::datetime!(2025-08-06 08:00 +8),
            ));
        let late = service.get(&format!("{LIST}?light=yellow"), None).await;
        assert!(
            late.body.contains("2025年7月月报未交，已逾期 1 天"),
            "{}",
            late.body
        );
    }
}

#[tokio::test]
async fn a_unit_reports_and_the_report_is_public() {
    for world in World::on_each_database().await {
        let staff = world.staff_of(UNIT).await;
        let form = world.service.get(FORM, Some(&staff)).await;
        assert!(form.body.contains("field-report_percent"), "{}", form.body);
        let sent = world.service.post(REPORTS, Some(&staff), &GOOD).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        let page = world.service.get(PROJECT, None).await;
        assert!(
            page.body.contains("进度 12%，累计支出 300.5 万元"),
            "{}",
            page.body
        );
        assert!(
            !page.body.contains("field-report_percent"),
            "no form for the public"
        );
        let again = world.service.post(REPORTS, Some(&staff), &GOOD).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER, "the same press again");
        let other = with("report_text", "同事另写的一份。");
        let again = world.service.post(REPORTS, Some(&staff), &other).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.body.contains("同事另写的一份。"), "{}", again.body);
        assert!(again.body.contains("该月月报已报送"));
        let wish = world
            .service
            .get(&format!("{FORM}?correct=2025-06"), Some(&staff))
            .await;
        assert!(wish.body.contains("field-report_reason"));
        let correction = [
            &with("report_percent", "10")[..],
            &[("report_reason", "误填"), ("seen", "1")],
        ]
        .concat();
        let path = format!("{PROJECT}/corrections");
        for _ in 0..2 {
            let sent = world.service.post(&path, Some(&staff), &correction).await;
            assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        }
        // A colleague who still sees the first version is shown both, and decides.
        let mut theirs = with("report_percent", "11");
        theirs.extend([("report_reason", "漏计"), ("seen", "1")]);
        let stale = world.service.post(&path, Some(&staff), &theirs).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        for part in [
            "他人已作修改",
            "误填",
            "漏计",
            "value=\"11\"",
            "name=\"seen\" value=\"2\"",
        ] {
            assert!(stale.body.contains(part), "{part}: {}", stale.body);
        }
        let page = world.service.get(PROJECT, None).await;
        for part in ["进度 10%", "进度 12%", "更正说明：误填"] {
            assert!(page.body.contains(part), "{part}");
        }
    }
}

#[tokio::test]
async fn a_wrong_value_is_named_and_what_was_typed_stays() {
    for world in World::on_each_database().await {
        let staff = world.staff_of(UNIT).await;
        for (field, value, message) in [
            ("report_percent", "101", "不得大于 100"),
            ("report_percent", "-1", "不得小于 0"),
            ("report_percent", "很多", "请填写整数"),
            ("report_spent", "-3", "不得小于 0"),
            ("report_spent", "1.234", "请填写金额"),
            ("report_month", "2026-09", "请选择交办以来至本月的月份"),
            ("report_month", "2025-13", "请选择交办以来至本月的月份"),
            ("report_text", "", "请填写此项"),
        ] {
            let sent = world
                .service
                .post(REPORTS, Some(&staff), &with(field, value))
                .await;
            assert_eq!(
                sent.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{field} {value}"
            );
            assert!(
                sent.body.contains(message),
                "{field} {value}: {}",
                sent.body
            );
            assert!(
                sent.body.contains(&format!("href=\"#field-{field}\"")),
                "{field}"
            );
            if field != "report_text" {
                assert!(
                    sent.body.contains("招标完成，先行段开工。"),
                    "typed text is lost"
                );
            }
        }
        assert_eq!(world.entries("project_reported").await, 0);
    }
}

#[tokio::test]
async fn who_may_not_act_is_told_so() {
    for world in World::on_each_database().await {
        let service = &world.service;
        let other = world.staff_of("县教育局").await;
        let resident = service.sign_in(&[Role::Resident]).await;
        let bad = with("report_percent", "101");
        for (who, form) in [(&other, &GOOD[..]), (&resident, &GOOD), (&other, &bad)] {
            let sent = service.post(REPORTS, Some(who), form).await;
            assert_eq!(sent.status, StatusCode::FORBIDDEN);
        }
        let own = world.staff_of(UNIT).await;
        let accept = format!("{PROJECT}/acceptance");
        let day = [("accepted_on", "2025-07-20")];
        let sent = service.post(&accept, Some(&own), &day).await;
        assert_eq!(
            sent.status,
            StatusCode::FORBIDDEN,
            "units do not accept their own work"
        );
        let office = service.sign_in(&[Role::Office]).await;
        let sent = service.post(&accept, Some(&office), &day).await;
        assert_eq!(sent.status, StatusCode::CONFLICT, "not delivered yet");
    }
}

#[tokio::test]
async fn milestones_delivery_and_acceptance_are_sent_from_the_page() {
    for world in World::on_each_database().await {
        let service = &world.service;
        let staff = world.staff_of(UNIT).await;
        let office = service.sign_in(&[Role::Office]).await;
        let send = async |path: &str, who, field, day| {
            let path = format!("{PROJECT}/{path}");
            service.post(&path, Some(who), &[(field, day)]).await
        };
        for (wrong, message) in [
            ("", "请填写此项"),
            ("昨天", "请填写日期"),
            ("2025-09-01", "日期须在交办之后"),
        ] {
            let sent = send("milestones/0", &staff, "completed_on", wrong).await;
            assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
            assert!(sent.body.contains(message), "{wrong}: {}", sent.body);
        }
        for (path, who, field) in [
            ("milestones/0", &staff, "completed_on"),
            ("milestones/1", &staff, "completed_on"),
            ("delivery", &staff, "delivered_on"),
            ("acceptance", &office, "accepted_on"),
        ] {
            let sent = send(path, who, field, "2025-07-20").await;
            assert_eq!(sent.status, StatusCode::SEE_OTHER, "{path}: {}", sent.body);
        }
        let page = service.get(PROJECT, None).await;
        assert!(
            page.body.contains("已于2025年7月20日确认销号"),
            "{}",
            page.body
        );
        let project = world.project("QH26-01").await;
        assert_eq!(project.state.accepted_on(), Some(date!(2025 - 07 - 20)));
    }
}

#[tokio::test]
async fn another_jurisdiction_s_project_does_not_exist_here() {
    for world in World::on_each_database().await {
        let app = &world.service.app;
        let other = TestService::add_jurisdiction(app, "linshan", JurisdictionKind::County).await;
        let cycle = Cycle {
            id: CycleId::new(NOW, &app.entropy),
            jurisdiction: other.id,
            stage: Stage::Implementing,
            ..world.cycle.clone()
        };
        let mut tx = app.database.write().await.unwrap();
        cycle_store::insert_cycle(&mut tx, &cycle, NOW)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let id = world.project("QH26-01").await.id.to_string();
        let staff = world.service.sign_in_at(&[Role::UnitStaff], other.id).await;
        for key in [id.as_str(), "QH26-01"] {
            let path = format!("/j/linshan/2026/projects/{key}");
            let seen = world.service.get(&path, None).await;
            assert_eq!(seen.status, StatusCode::NOT_FOUND);
            let sent = world
                .service
                .post(&format!("{path}/reports"), Some(&staff), &GOOD)
                .await;
            assert_eq!(sent.status, StatusCode::NOT_FOUND);
        }
        let api = world
            .service
            .get("/api/v1/j/linshan/2026/projects", None)
            .await;
        assert!(!api.body.contains("QH26-01"), "{}", api.body);
        let same = world.service.get(&format!("{LIST}/{id}"), None).await;
        assert_eq!(same.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn programs_read_the_projects_as_json_and_csv() {
    for world in World::on_each_database().await {
        world.report("QH26-01", &june()).await.unwrap();
        let reply = world
            .service
            .get("/api/v1/j/qinghe/2026/projects", None)
            .await;
        let body: serde_json::Value = serde_json::from_str(&reply.body).unwrap();
        let first = &body["projects"][0];
        assert_eq!(first["code"], "QH26-01");
        assert_eq!(first["light"], "green");
        assert_eq!(first["reasons"][0]["reason"], "on_plan");
        assert_eq!(first["budget_fen"], 5_440_000_000_i64);
        assert_eq!(first["reports"][0]["month"], "2025-06");
        assert_eq!(first["milestones"][1]["due"], "2025-12-20");
        assert_eq!(body["projects"][1]["percent"], serde_json::Value::Null);
        let csv = world.service.get("/j/qinghe/2026/projects.csv", None).await;
        assert!(
            csv.body
                .starts_with("\u{feff}编号,项目名称,服务范围,承办单位"),
            "{}",
            csv.body
        );
        assert_eq!(csv.body.lines().count(), 3);
    }
}
