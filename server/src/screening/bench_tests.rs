//! The office's bench: what the queue shows, and how one gets on in it.

use super::bulk_tests::act;
use super::stale_tests::seen;
use super::tests::{assigns, at_screening, by, decides, feasible, record_kinds, unit_with_staff};
use crate::proposals::tests::{accepted, set_stage};
use crate::testing::TestService;
use axum::http::StatusCode;
use domain::cycles::Stage;
use domain::people::Role;
use domain::proposals::ProposalId;
use domain::screening::*;

pub(super) const QUEUE: &str = "/j/qinghe/2026/screening/queue";

/// The titles of the list's rows, in their order.
pub(crate) fn rows(page: &str) -> Vec<&str> {
    let links = page.split("data-row>").skip(1);
    links.filter_map(|link| link.split('<').next()).collect()
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
