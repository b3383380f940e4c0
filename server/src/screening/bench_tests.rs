//! The office's bench: what the queue shows, how one gets on in it, and what is done with several at once.

use super::stale_tests::seen;
use super::tests::{
    PATH, as_seen, assigns, at_screening, by, decides, feasible, record_kinds, unit_with_staff,
};
use crate::proposals::tests::{accepted, ready, set_stage};
use crate::testing::{Browser, Reply, TestService};
use axum::http::StatusCode;
use domain::cycles::Stage;
use domain::cycles::settings::{CategoryCode, DeclineReasonCode};
use domain::on_either;
use domain::people::Role;
use domain::proposals::{self, ProposalId};
use domain::screening::*;

const QUEUE: &str = "/j/qinghe/2026/screening/queue";

/// The titles of the list's rows, in their order.
fn rows(page: &str) -> Vec<&str> {
    let links = page.split("data-row>").skip(1);
    links.filter_map(|link| link.split('<').next()).collect()
}

/// The values of the boxes of these rows.
async fn boxes(service: &TestService, proposals: &[ProposalId]) -> Vec<String> {
    let mut values = Vec::new();
    for proposal in proposals {
        let seen = as_seen(service, *proposal).await.seen;
        values.push(format!("{proposal}~{seen}"));
    }
    values
}

async fn act(
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
async fn the_queue_is_narrowed_searched_and_ordered_by_its_address() {
    for mut service in TestService::on_each_database(Stage::Collecting).await {
        let [one, two, three] = at_screening(&mut service).await;
        let office = service.sign_in(&[Role::Office]).await;
        let (bureau, _) = unit_with_staff(&service, "县民政局").await;
        assigns(&service, &office, two, bureau).await.unwrap();
        decides(&service, &office, three, (feasible(), "可办"))
            .await
            .unwrap();
        let [food, south, light] = ["社区办个老人食堂", "城南也办老人食堂", "修一修打铁巷的路灯"];
        let unit = format!("?assigned={bureau}");
        for (query, expected) in [
            ("", vec![food, south]),
            ("?state=all&sort=newest", vec![light, south, food]),
            ("?state=decided", vec![light]),
            (
                "?state=all&sort=state&q=%EF%BC%AC%EF%BC%A5%EF%BC%A4",
                vec![],
            ),
            ("?q=%E9%80%81%E9%A4%90", vec![south]),
            ("?q=%E7%AC%AC2%E5%8F%B7", vec![south]),
            ("?assigned=none", vec![food]),
            ("?assigned=some", vec![south]),
            (unit.as_str(), vec![south]),
            ("?picture=yes", vec![]),
            ("?district=%E6%9F%B3%E6%B9%BE", vec![]),
            (
                "?district=%E5%9F%8E%E5%85%B3&category=elderly&sort=number",
                vec![food, south],
            ),
            ("?category=roads", vec![]),
            ("?page=7", vec![]),
            (
                "?state=perhaps&sort=fairness&assigned=x&page=-1",
                vec![food, south],
            ),
        ] {
            let page = service.get(&format!("{QUEUE}{query}"), Some(&office)).await;
            assert_eq!(page.status, StatusCode::OK, "{query}");
            assert_eq!(rows(&page.body), expected, "{query}");
        }
        let page = service.get(QUEUE, Some(&office)).await.body;
        assert!(page.contains("已审 1 条，共 3 条"), "{page}");
        // A filter goes along with every way on and back.
        let page = service
            .get(&format!("{QUEUE}?q=%E9%A3%9F%E5%A0%82"), Some(&office))
            .await
            .body;
        let row = format!("href=\"{QUEUE}/{one}?q=%E9%A3%9F%E5%A0%82\"");
        assert!(page.contains(&row), "{page}");
        let page = service
            .get(
                &format!("{QUEUE}/{one}?q=%E9%A3%9F%E5%A0%82"),
                Some(&office),
            )
            .await
            .body;
        for part in [
            format!("href=\"{QUEUE}?q=%E9%A3%9F%E5%A0%82\""),
            format!("rel=\"next\" href=\"{QUEUE}/{two}?q=%E9%A3%9F%E5%A0%82\""),
            format!("action=\"{QUEUE}/{one}/decide?q=%E9%A3%9F%E5%A0%82\""),
            "还剩 2 条".to_owned(),
        ] {
            assert!(page.contains(&part), "{part}: {page}");
        }
    }
}

#[tokio::test]
async fn saving_leads_to_the_next_undecided_of_the_same_filter_and_at_last_to_the_list() {
    for mut service in TestService::on_each_database(Stage::Collecting).await {
        let [one, two, three] = at_screening(&mut service).await;
        let office = service.sign_in(&[Role::Office]).await;
        let list = format!("{QUEUE}?sort=number");
        let decide = async |proposal: ProposalId, then: &str| {
            let page = format!("{QUEUE}/{proposal}?sort=number");
            let opened = service.get(&page, Some(&office)).await;
            let seen = seen(&opened.body);
            let form = [
                ("outcome", "declined"),
                ("reason", "already_planned"),
                ("explanation", "已列入计划。"),
                ("seen", seen.as_str()),
                ("then", then),
            ];
            let to = format!("{QUEUE}/{proposal}/decide?sort=number");
            let reply = service.post(&to, Some(&office), &form).await;
            assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
            reply.location.unwrap()
        };
        // From the second on: past the end it begins again with the first.
        assert_eq!(
            decide(two, "stay").await,
            format!("{QUEUE}/{two}?sort=number")
        );
        assert_eq!(
            decide(three, "next").await,
            format!("{QUEUE}/{one}?sort=number")
        );
        assert_eq!(decide(one, "next").await, list);
        let page = service.get(&list, Some(&office)).await.body;
        assert!(
            rows(&page).is_empty() && page.contains("没有符合条件的建议"),
            "{page}"
        );
        let opened = service
            .get(&format!("{QUEUE}/{one}?sort=number"), Some(&office))
            .await
            .body;
        assert!(
            opened.contains("还剩 0 条") && opened.contains("已列入计划。"),
            "{opened}"
        );
    }
}

#[tokio::test]
async fn near_duplicates_are_shown_as_such_and_put_together_in_one_act() {
    for mut service in TestService::on_each_database(Stage::Collecting).await {
        let [one, two, _] = at_screening(&mut service).await;
        let office = service.sign_in(&[Role::Office]).await;
        let page = service.get(QUEUE, Some(&office)).await.body;
        assert_eq!(page.matches("相似 1 条").count(), 2, "{page}");
        let opened = service
            .get(&format!("{QUEUE}/{one}"), Some(&office))
            .await
            .body;
        let like = format!("name=\"proposal\" value=\"{two}\" checked");
        assert!(
            opened.contains(&like) && opened.contains("走不动的送餐"),
            "{opened}"
        );
        let both = [one.to_string(), two.to_string()];
        for _ in 0..2 {
            let reply = act(&service, &office, ("clusters", &both), &[]).await;
            assert_eq!(
                reply.location.as_deref(),
                Some(&*format!("{QUEUE}/{one}")),
                "{}",
                reply.body
            );
        }
        let kinds = record_kinds(&service).await;
        let merged = kinds.iter().filter(|kind| *kind == "proposals_merged");
        assert_eq!(merged.count(), 1, "the second press is no news");
        let page = service.get(QUEUE, Some(&office)).await.body;
        assert!(
            page.contains("合并 2 条") && !page.contains("相似 1 条"),
            "{page}"
        );
        assert_eq!(rows(&page).len(), 2);
        // Each original is read there, and found by its own words.
        let opened = service
            .get(&format!("{QUEUE}/{two}"), Some(&office))
            .await
            .body;
        assert!(
            opened.contains("<h1>社区办个老人食堂</h1>") && opened.contains("走不动的送餐"),
            "{opened}"
        );
        let found = service
            .get(&format!("{QUEUE}?q=%E9%80%81%E9%A4%90"), Some(&office))
            .await
            .body;
        assert_eq!(rows(&found), ["社区办个老人食堂"]);
    }
}

#[tokio::test]
async fn likeness_is_looked_for_among_what_is_free_alone() {
    for mut service in TestService::on_each_database(Stage::Collecting).await {
        let [one, two, three] = at_screening(&mut service).await;
        let office = service.sign_in(&[Role::Office]).await;
        let like = async || {
            let mut tx = service.app.database.read().await.unwrap();
            let mut found = alike(&mut tx, &service.cycle, &[one, three]).await.unwrap();
            (found.remove(&one), found.remove(&three))
        };
        assert_eq!(like().await, (Some(vec![two]), None));
        // Looked at alone it is still free.
        cluster(&service.app, by(&office), &service.cycle, &[two])
            .await
            .unwrap();
        assert_eq!(like().await, (Some(vec![two]), None));
        decides(&service, &office, two, (feasible(), "可办"))
            .await
            .unwrap();
        assert_eq!(like().await, (None, None));
    }
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

#[tokio::test]
async fn what_is_filled_in_wrong_is_named_in_the_branch_that_is_chosen() {
    let mut service = TestService::start(Stage::Collecting).await;
    let [one, ..] = at_screening(&mut service).await;
    let office = service.sign_in(&[Role::Office]).await;
    let decide = format!("{QUEUE}/{one}/decide");
    for (outcome, wrong) in [
        ("feasible", vec!["screening-unit", "screening-budget"]),
        ("declined", vec!["reason", "explanation"]),
        ("", vec!["outcome"]),
    ] {
        let reply = service
            .post(&decide, Some(&office), &[("outcome", outcome)])
            .await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        let named = reply.body.split("href=\"#field-").skip(1);
        let named: Vec<&str> = named.filter_map(|link| link.split('"').next()).collect();
        assert_eq!(named, wrong, "{outcome}");
    }
}

#[tokio::test]
async fn a_long_list_has_pages_and_the_one_in_hand_stands_among_its_neighbours() {
    let mut service = TestService::start(Stage::Collecting).await;
    let mut all = Vec::new();
    for number in 1..=60 {
        all.push(accepted(&service, &format!("第{number}条路要修"), "路面坏了很久。").await);
    }
    set_stage(&mut service, Stage::Screening).await;
    let office = service.sign_in(&[Role::Office]).await;
    let page = service
        .get(&format!("{QUEUE}?sort=number&page=2"), Some(&office))
        .await
        .body;
    assert_eq!(rows(&page).len(), 10);
    assert!(
        page.contains(&format!("{QUEUE}?sort=number&amp;page=1")),
        "{page}"
    );
    let opened = service
        .get(&format!("{QUEUE}/{}?sort=number", all[39]), Some(&office))
        .await
        .body;
    let beside = opened.split("class=\"bench-list\"").nth(1).unwrap();
    let beside = beside.split("</nav>").next().unwrap();
    assert_eq!(beside.matches("<li>").count(), 24);
    assert_eq!(beside.matches("aria-current").count(), 1);
    assert!(opened.contains("还剩 60 条"), "{opened}");
}

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
        let intake = format!("{PATH}/proposals/intake");
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
        let decline = format!("{PATH}/proposals/{}/decline?category=elderly", waiting[0]);
        let wrong = service
            .post(&decline, Some(&office), &[("explanation", "重复")])
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            wrong.body.contains("<details open>") && wrong.body.contains("重复"),
            "{}",
            wrong.body
        );
        let accept = format!("{PATH}/proposals/{}/accept?category=elderly", waiting[0]);
        let next = Some(format!("{intake}/{}?category=elderly", waiting[2]));
        let reply = service.post(&accept, Some(&office), &[]).await;
        assert_eq!(reply.location, next, "past the one of another category");
        let again = service.post(&accept, Some(&office), &[]).await;
        assert_eq!(
            again.location, next,
            "the same press leads to the same place"
        );
        let opened = service.get(&first, Some(&office)).await;
        let page = format!("{PATH}/proposals/{}", waiting[0]);
        assert_eq!(
            opened.location,
            Some(page),
            "what is decided has a page of its own"
        );
        let decline = format!("{PATH}/proposals/{}/decline?category=elderly", waiting[2]);
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
