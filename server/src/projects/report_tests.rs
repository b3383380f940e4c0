//! The unit's form for a month, what it is asked, and the five seconds of a project's page.

use super::tests::{UNIT, World, june};
use axum::http::StatusCode;
use domain::infra::clock::Timestamp;
use domain::projects::{NewReport, ProjectError, Question};
use time::macros::datetime;

const LIST: &str = "/j/qinghe/2026/projects";
const PROJECT: &str = "/j/qinghe/2026/projects/QH26-01";
const FORM: &str = "/j/qinghe/2026/projects/QH26-01/report";
const REPORTS: &str = "/j/qinghe/2026/projects/QH26-01/reports";

/// One point less than June's twelve.
const FALLEN: [(&str, &str); 4] = [
    ("report_month", "2025-07"),
    ("report_percent", "11"),
    ("report_spent", "310"),
    ("report_text", "路基返工。"),
];

fn july(percent: i32) -> NewReport {
    NewReport {
        month: "2025-07".parse().unwrap(),
        percent,
        ..june()
    }
}

#[tokio::test]
async fn the_form_begins_with_the_month_that_is_due_and_the_last_figures() {
    for world in World::on_each_database().await {
        let staff = world.staff_of(UNIT).await;
        let due = world.service.get(FORM, Some(&staff)).await.body;
        // The month of the hand-over needs no report; July's is due.
        assert!(due.contains("value=\"2025-07\" selected"), "{due}");
        assert!(due.contains("2025年7月（2025年8月5日前报送）"), "{due}");
        assert!(due.contains("此前没有月报"), "{due}");
        world.report("QH26-01", &june()).await.unwrap();
        let after = world.service.get(FORM, Some(&staff)).await.body;
        for part in [
            "2025年6月月报：12%",
            "2025年6月月报：300 万元",
            "5,440 万元",
        ] {
            assert!(after.contains(part), "{part}: {after}");
        }
        world.report("QH26-01", &july(20)).await.unwrap();
        let next = world.service.get(FORM, Some(&staff)).await.body;
        assert!(next.contains("value=\"2025-08\" selected"), "{next}");
        let list = world.service.get(LIST, Some(&staff)).await.body;
        assert!(list.contains(&format!("href=\"{FORM}\"")), "{list}");
        let page = world.service.get(PROJECT, Some(&staff)).await.body;
        assert!(page.contains("报送2025年8月月报"), "{page}");
        for path in [LIST, PROJECT] {
            let public = world.service.get(path, None).await.body;
            assert!(!public.contains(FORM), "{path}");
        }
        let other = world.staff_of("县教育局").await;
        let refused = world.service.get(FORM, Some(&other)).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn a_falling_figure_is_asked_about_and_the_explanation_is_published() {
    for world in World::on_each_database().await {
        let service = &world.service;
        let staff = world.staff_of(UNIT).await;
        world.report("QH26-01", &june()).await.unwrap();
        let asked = service.post(REPORTS, Some(&staff), &FALLEN).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
        for part in [
            "比 2025年6月月报少 1 个百分点",
            "field-report_explanation",
            "value=\"11\"",
            "路基返工。",
        ] {
            assert!(asked.body.contains(part), "{part}: {}", asked.body);
        }
        assert_eq!(world.entries("project_reported").await, 1);
        let explained = [&FALLEN[..], &[("report_explanation", "两公里路基返工。")]].concat();
        for _ in 0..2 {
            let sent = service.post(REPORTS, Some(&staff), &explained).await;
            assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        }
        assert_eq!(world.entries("project_reported").await, 2);
        let page = service.get(PROJECT, None).await.body;
        assert!(page.contains("数据说明：两公里路基返工。"), "{page}");
        let api = service
            .get("/api/v1/j/qinghe/2026/projects", None)
            .await
            .body;
        let api: serde_json::Value = serde_json::from_str(&api).unwrap();
        let reports = &api["projects"][0]["reports"];
        assert_eq!(reports[0]["explanation"], serde_json::Value::Null);
        assert_eq!(reports[1]["explanation"], "两公里路基返工。");
    }
}

#[tokio::test]
async fn what_is_not_questioned_keeps_no_explanation_and_what_is_needs_one_that_fits() {
    for world in World::on_each_database().await {
        let of = |percent, explanation: &str| NewReport {
            explanation: Some(explanation.to_owned()),
            ..july(percent)
        };
        world.report("QH26-01", &june()).await.unwrap();
        let silent = world.report("QH26-01", &july(11)).await;
        let Err(ProjectError::Questioned(questions)) = silent else {
            panic!("{silent:?}");
        };
        let since = "2025-06".parse().unwrap();
        assert_eq!(questions, [Question::PercentFell { since, points: 1 }]);
        for wrong in [" ".to_owned(), "长".repeat(501)] {
            let refused = world.report("QH26-01", &of(11, &wrong)).await;
            let named = matches!(refused, Err(ProjectError::Text("report_explanation")));
            assert!(named, "{refused:?}");
        }
        world
            .report("QH26-01", &of(20, "不需要说明。"))
            .await
            .unwrap();
        let project = world.project("QH26-01").await;
        assert_eq!(project.latest().unwrap().explanation, None);
    }
}

#[tokio::test]
async fn a_project_s_page_begins_with_light_reason_progress_money_milestone_and_who_answers() {
    for world in World::on_each_database().await {
        world.report("QH26-01", &june()).await.unwrap();
        let day = datetime!(2025-08-06 08:00 +8);
        world.service.app.clock.set(Timestamp::from(day));
        let page = world.service.get(PROJECT, None).await.body;
        let parts = [
            "进度偏慢",
            "2025年7月月报未交，已逾期 1 天",
            "<h1>农村公路提档升级（QH26-01）</h1>",
            "做到 12%",
            "花了 300 万元，共 5,440 万元",
            "完成60% · <time datetime=\"2025-09-30\">2025年9月30日</time>",
            "还有 55 天",
            "赵局长 · 县交通运输局",
            "稻香镇、柳湾镇",
            "2025年6月10日交办",
            "改造68公里",
        ];
        let places: Vec<usize> = parts
            .iter()
            .map(|part| page.find(part).unwrap_or_else(|| panic!("{part}: {page}")))
            .collect();
        assert!(places.is_sorted(), "{places:?}");
    }
}
