//! Feeds and calendars, read back by others' readers; and that pages lead to them.

use crate::invariants::world::{at_work, in_session};
use crate::testing::TestService;
use axum::http::{StatusCode, header};
use domain::cycles::Stage;
use icalendar::Component as _;
use std::collections::BTreeSet;

async fn text(service: &TestService, path: &str) -> String {
    let reply = service.get(path, None).await;
    assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.body);
    reply.body
}

/// Who follows a feed sees an item once, wherever the service has its address.
#[tokio::test]
async fn feeds_are_read_back_and_nothing_in_them_is_named_by_the_service_s_address() {
    let (session, _) = in_session().await;
    let app = session.app();
    let host = app.config.record_origin.split('/').next().unwrap();
    for path in [
        "/j/qinghe/2026/proposals.atom",
        "/j/qinghe/2026/record.atom",
        "/record.atom",
    ] {
        let text = text(&session.service, path).await;
        let feed: atom_syndication::Feed = text.parse().unwrap();
        assert!(!feed.entries.is_empty(), "{path}");
        assert_eq!(feed.lang.as_deref(), Some("zh-CN"), "{path}");
        assert!(
            feed.links
                .iter()
                .any(|link| link.rel == "self" && link.href.ends_with(path))
        );
        let mut ids = BTreeSet::from([feed.id.as_str()]);
        for entry in &feed.entries {
            assert!(!entry.title.is_empty() && entry.links.len() == 1, "{path}");
            assert!(entry.updated.timestamp() > 1_700_000_000, "{path}");
            assert_eq!(entry.published, Some(entry.updated), "{path}");
            assert!(ids.insert(&entry.id), "{path}: {} twice", entry.id);
            let day = entry.updated.naive_utc().date();
            let (_, page) = entry.links[0].href.split_once("://").unwrap();
            let (_, thing) = page.split_once('/').unwrap();
            assert_eq!(entry.id, format!("tag:{host},{day}:{thing}"), "{path}");
        }
        let thing = path.trim_start_matches('/').trim_end_matches(".atom");
        assert!(
            feed.id.starts_with(&format!("tag:{host},20")),
            "{}",
            feed.id
        );
        assert!(feed.id.ends_with(&format!(":{thing}")), "{}", feed.id);
    }
}

#[tokio::test]
async fn a_feed_says_which_stage_was_reached() {
    let service = TestService::start(Stage::Collecting).await;
    let office = service.sign_in(&[domain::people::Role::Office]).await;
    let path = "/j/qinghe/2026/stage";
    let to = [("to", "screening")];
    let reply = service.post(path, Some(&office), &to).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
    for path in ["/j/qinghe/2026/record.atom", "/record.atom"] {
        let text = text(&service, path).await;
        let feed: atom_syndication::Feed = text.parse().unwrap();
        let titles: Vec<&str> = feed.entries.iter().map(|one| one.title.as_str()).collect();
        let wanted = "年度工作进入新环节 qinghe/2026：筛选";
        assert!(titles.contains(&wanted), "{path}: {titles:?}");
    }
}

#[tokio::test]
async fn a_calendar_is_read_back_with_its_name_and_the_same_ids_every_time() {
    let (works, _) = at_work().await;
    let path = "/j/qinghe/2026/calendar.ics";
    let before = text(&works.service, path).await;
    works
        .finish("QH26-01", time::macros::date!(2025 - 07 - 20))
        .await;
    let after = text(&works.service, path).await;
    let ids = |text: &str| {
        let calendar: icalendar::Calendar = text.parse().unwrap();
        assert_eq!(
            calendar.property_value("PRODID"),
            Some("-//Minsheng//Livelihood projects//ZH")
        );
        assert!(calendar.get_name().unwrap().contains("2026 期限日历"));
        let events = calendar.components.iter().filter_map(|one| one.as_event());
        let ids: Vec<String> = events
            .map(|event| event.get_uid().unwrap().to_owned())
            .collect();
        assert!(ids.len() >= 2, "{text}");
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
        ids
    };
    assert_eq!(ids(&before), ids(&after));
    assert!(after.contains("DTSTART;VALUE=DATE:202"), "{after}");
    let stamps = after
        .lines()
        .filter(|line| line.starts_with("DTSTAMP:20250801T"));
    assert_eq!(stamps.count(), ids(&after).len(), "{after}");
    let unfolded = after.replace("\r\n ", "");
    assert!(unfolded.contains("已于 2025-07-20 完成"), "{unfolded}");
    let reply = works.service.get(path, None).await;
    let name = reply.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
    assert!(
        name.contains("filename=\"qinghe-2026-calendar.ics\""),
        "{name}"
    );
}

/// The addresses that a page's head names as its feeds.
fn feeds_of(page: &str) -> Vec<&str> {
    page.split("<link rel=\"alternate\" type=\"application/atom+xml\" href=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect()
}

#[tokio::test]
async fn readers_find_the_feeds_from_the_pages() {
    let (session, _) = in_session().await;
    let cycle = [
        "/j/qinghe/2026/record.atom",
        "/j/qinghe/2026/proposals.atom",
    ];
    for (page, feeds) in [
        ("/j/qinghe/2026", &cycle[..]),
        ("/j/qinghe/2026/proposals", &cycle),
        ("/j/qinghe/2026/record", &cycle),
        ("/record", &["/record.atom"]),
        ("/record/entry/0", &["/record.atom"]),
        ("/open-data", &["/record.atom"]),
        ("/sign-in", &[]),
    ] {
        let text = text(&session.service, page).await;
        assert_eq!(feeds_of(&text), feeds, "{page}");
        assert!(
            text.contains("href=\"/open-data\""),
            "{page}: no way to the data"
        );
    }
}

#[tokio::test]
async fn every_address_on_the_page_of_open_data_answers() {
    let (session, _) = in_session().await;
    let page = text(&session.service, "/open-data").await;
    let (_, main) = page.split_once("<main").unwrap();
    let (main, _) = main.split_once("</main>").unwrap();
    let addresses: BTreeSet<&str> = main
        .split("href=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert!(
        addresses.contains("/api/v1") && addresses.len() >= 20,
        "{addresses:?}"
    );
    for address in addresses {
        text(&session.service, address).await;
    }
}
