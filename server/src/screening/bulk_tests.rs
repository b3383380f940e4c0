//! What is done with several at once: all of it or nothing, and once.

use super::bench_tests::{QUEUE, rows};
use super::tests::{
    PATH, as_seen, assigns, at_screening, by, decides, feasible, record_kinds, unit_with_staff,
};
use crate::testing::{Browser, Reply, TestService};
use axum::http::StatusCode;
use domain::cycles::Stage;
use domain::cycles::settings::DeclineReasonCode;
use domain::on_either;
use domain::people::Role;
use domain::proposals::ProposalId;
use domain::screening::*;

/// The values of the boxes of these rows.
async fn boxes(service: &TestService, proposals: &[ProposalId]) -> Vec<String> {
    let mut values = Vec::new();
    for proposal in proposals {
        let seen = as_seen(service, *proposal).await.seen;
        values.push(format!("{proposal}~{seen}"));
    }
    values
}

/// Does something with what is chosen.
pub(super) async fn act(
    service: &TestService,
    who: &Browser,
    (act, boxes): (&str, &[String]),
    more: &[(&str, &str)],
) -> Reply {
    let mut fields: Vec<(&str, &str)> =
        boxes.iter().map(|one| ("proposal", one.as_str())).collect();
    fields.extend(more);
    let path = format!("{PATH}/screening/{act}");
    service.post(&path, Some(who), &fields).await
}

const DECLINE: [(&str, &str); 2] = [
    ("reason", "insufficient_detail"),
    ("explanation", "没有说明地点和做法。"),
];

async fn audited(service: &TestService) -> i64 {
    let mut tx = service.app.database.read().await.unwrap();
    on_either!(&mut tx, conn => sqlx::query_scalar("SELECT COUNT(*) FROM audit")
        .fetch_one(&mut *conn).await.unwrap())
}

async fn outcome(service: &TestService, proposal: ProposalId) -> Option<Outcome> {
    let mut tx = service.app.database.read().await.unwrap();
    let found = case(&mut tx, &service.cycle, proposal).await.unwrap();
    found.unwrap().decision.map(|decision| decision.outcome)
}

#[tokio::test]
async fn several_are_declined_at_once_and_the_same_press_again_changes_nothing() {
    for mut service in TestService::on_each_database(Stage::Collecting).await {
        let [one, two, three] = at_screening(&mut service).await;
        let office = service.sign_in(&[Role::Office]).await;
        let chosen = boxes(&service, &[one, three]).await;
        let declined = Some(Outcome::Declined {
            reason: DeclineReasonCode::new("insufficient_detail").unwrap(),
        });
        let mut lines = Vec::new();
        for _ in 0..2 {
            let reply = act(&service, &office, ("queue/decline", &chosen), &DECLINE).await;
            assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
            lines.push(audited(&service).await);
            assert_eq!(outcome(&service, one).await, declined);
            assert_eq!(outcome(&service, three).await, declined);
            assert_eq!(outcome(&service, two).await, None);
        }
        assert_eq!(lines[0], lines[1]);
    }
}

#[tokio::test]
async fn where_one_of_several_was_changed_meanwhile_none_is_decided() {
    for mut service in TestService::on_each_database(Stage::Collecting).await {
        let [one, two, three] = at_screening(&mut service).await;
        let office = service.sign_in(&[Role::Office]).await;
        let colleague = service.sign_in(&[Role::Office]).await;
        let chosen = boxes(&service, &[one, three]).await;
        decides(&service, &colleague, three, (feasible(), "可办"))
            .await
            .unwrap();
        let reply = act(
            &service,
            &office,
            ("queue/decline?state=all", &chosen),
            &DECLINE,
        )
        .await;
        assert_eq!(reply.status, StatusCode::CONFLICT);
        for part in ["第 3 号", "一条也没有办理", "没有说明地点和做法。"] {
            assert!(reply.body.contains(part), "{part}: {}", reply.body);
        }
        assert_eq!(reply.body.matches(" checked>").count(), 2, "{}", reply.body);
        assert_eq!(outcome(&service, one).await, None);
        assert_eq!(outcome(&service, three).await, Some(feasible()));
        // What is reviewed with it is part of what was seen.
        let chosen = boxes(&service, &[one]).await;
        cluster(&service.app, by(&colleague), &service.cycle, &[one, two])
            .await
            .unwrap();
        let reply = act(&service, &office, ("queue/decline", &chosen), &DECLINE).await;
        assert_eq!(reply.status, StatusCode::CONFLICT, "{}", reply.body);
        assert_eq!(outcome(&service, one).await, None);
    }
}

#[tokio::test]
async fn several_are_assigned_at_once_unless_a_colleague_has_assigned_one_elsewhere() {
    for mut service in TestService::on_each_database(Stage::Collecting).await {
        let [one, two, three] = at_screening(&mut service).await;
        let office = service.sign_in(&[Role::Office]).await;
        let (civil, _) = unit_with_staff(&service, "县民政局").await;
        let (health, _) = unit_with_staff(&service, "县卫生健康局").await;
        let (to_civil, to_health) = (civil.to_string(), health.to_string());
        let opened = boxes(&service, &[one, two, three]).await;
        for _ in 0..2 {
            let unit = [("unit", to_civil.as_str())];
            let reply = act(&service, &office, ("queue/assign", &opened[..2]), &unit).await;
            assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
        }
        let kinds = record_kinds(&service).await;
        let told = kinds.iter().filter(|kind| *kind == "cluster_assigned");
        assert_eq!(told.count(), 2);
        let unit = [("unit", to_health.as_str())];
        let reply = act(&service, &office, ("queue/assign", &opened[1..]), &unit).await;
        assert_eq!(reply.status, StatusCode::CONFLICT);
        assert!(reply.body.contains("第 2 号"), "{}", reply.body);
        let mut tx = service.app.database.read().await.unwrap();
        let all = cases(&mut tx, &service.cycle).await.unwrap();
        let units = all.iter().map(|one| one.unit.as_ref().map(|unit| unit.id));
        assert_eq!(units.collect::<Vec<_>>(), [Some(civil), Some(civil), None]);
    }
}

#[tokio::test]
async fn a_choice_of_nothing_or_without_a_reason_comes_back_as_it_was() {
    let mut service = TestService::start(Stage::Collecting).await;
    let [one, ..] = at_screening(&mut service).await;
    let office = service.sign_in(&[Role::Office]).await;
    unit_with_staff(&service, "县民政局").await;
    let reply = act(
        &service,
        &office,
        ("queue/decline", &[]),
        &[("explanation", "太笼统")],
    )
    .await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in [
        "#field-proposal",
        "请至少勾选一条建议",
        "#field-reason",
        "太笼统",
    ] {
        assert!(reply.body.contains(part), "{part}: {}", reply.body);
    }
    let chosen = boxes(&service, &[one]).await;
    let reply = act(&service, &office, ("queue/assign", &chosen), &[]).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(reply.body.contains("#field-unit"), "{}", reply.body);
    assert_eq!(reply.body.matches(" checked>").count(), 1, "{}", reply.body);
    let reply = act(&service, &office, ("clusters", &[]), &[]).await;
    assert_eq!(reply.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_unit_s_staff_sees_and_decides_what_its_unit_has() {
    for mut service in TestService::on_each_database(Stage::Collecting).await {
        let [one, two, _] = at_screening(&mut service).await;
        let office = service.sign_in(&[Role::Office]).await;
        let (civil, staff) = unit_with_staff(&service, "县民政局").await;
        assigns(&service, &office, two, civil).await.unwrap();
        let page = service.get(QUEUE, Some(&staff)).await.body;
        assert_eq!(rows(&page), ["城南也办老人食堂"]);
        for act in ["screening/clusters", "queue/assign"] {
            assert!(!page.contains(act), "{act}: {page}");
        }
        let opened = service
            .get(&format!("{QUEUE}/{two}"), Some(&staff))
            .await
            .body;
        // The unit that has it is the one that would do it.
        assert!(opened.contains("value=\"县民政局\" selected"), "{opened}");
        let chosen = boxes(&service, &[two]).await;
        let reply = act(&service, &staff, ("queue/decline", &chosen), &DECLINE).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
        for other in [vec![one], vec![two, one]] {
            let chosen = boxes(&service, &other).await;
            let reply = act(&service, &staff, ("queue/decline", &chosen), &DECLINE).await;
            assert_eq!(reply.status, StatusCode::FORBIDDEN, "{}", reply.body);
        }
        assert_eq!(outcome(&service, one).await, None);
    }
}
