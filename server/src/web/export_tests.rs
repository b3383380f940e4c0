//! Every public list as a file, read back by others' readers where there are some.

use super::export::{Cell, Sheet};
use crate::invariants::world::{at_work, in_session};
use crate::proposals::tests::accepted;
use crate::testing::{Reply, TestService};
use axum::http::StatusCode;
use domain::cycles::Stage;
use std::io::{Cursor, Read as _};

async fn fetched(service: &TestService, path: &str) -> Reply {
    let reply = service.get(path, None).await;
    assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.body);
    reply
}

/// The member of an XLSX file.
fn member(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive
        .by_name(name)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}

/// A list's lines by the CSV reader, without the heading.
fn lines(reply: &Reply) -> Vec<csv::StringRecord> {
    let text = reply
        .body
        .strip_prefix('\u{feff}')
        .expect("the mark by which spreadsheets know UTF-8");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    assert!(reader.headers().unwrap().len() > 4);
    reader.records().map(Result::unwrap).collect()
}

#[tokio::test]
async fn every_public_list_is_there_as_csv_xlsx_and_json() {
    let (session, _) = in_session().await;
    session.both(domain::session::DualControlStep::Close).await;
    session.decrypt_all().await;
    session.announce().await;
    let (works, _) = at_work().await;
    for (service, list, first, count) in [
        (&session.service, "proposals", "社区办个老人食堂", 2),
        (&session.service, "shortlist", "QH26-", 1),
        (&session.service, "results", "QH26-01", 4),
        (&works.service, "projects", "QH26-01", 2),
        (&works.service, "evaluation", "QH26-01", 2),
    ] {
        let at = format!("j/qinghe/2026/{list}");
        let csv = fetched(service, &format!("/{at}.csv")).await;
        let lines = lines(&csv);
        assert_eq!(lines.len(), count, "{list}");
        assert!(csv.body.contains(first), "{list}: {}", csv.body);
        let xlsx = fetched(service, &format!("/{at}.xlsx")).await;
        let sheet = member(&xlsx.bytes, "xl/worksheets/sheet1.xml");
        assert_eq!(sheet.matches("<row ").count(), count + 1, "{list}: {sheet}");
        assert!(
            member(&xlsx.bytes, "xl/sharedStrings.xml").contains(first),
            "{list}"
        );
        let json = fetched(service, &format!("/api/v1/{at}")).await;
        assert!(json.body.contains(first), "{list}: {}", json.body);
        let page = fetched(service, &format!("/{at}")).await;
        for link in [
            format!("/{at}.csv"),
            format!("/{at}.xlsx"),
            format!("/api/v1/{at}"),
        ] {
            assert!(
                page.body.contains(&format!("href=\"{link}\"")),
                "{list}: no link to {link}"
            );
        }
    }
}

#[tokio::test]
async fn before_the_announcement_the_list_of_results_is_empty() {
    let (session, _) = in_session().await;
    let csv = fetched(&session.service, "/j/qinghe/2026/results.csv").await;
    assert!(lines(&csv).is_empty(), "{}", csv.body);
    let json = fetched(&session.service, "/api/v1/j/qinghe/2026/results").await;
    assert!(json.body.contains("\"results\":[]"), "{}", json.body);
}

#[tokio::test]
async fn before_its_publication_the_shortlist_s_files_are_empty() {
    let (works, _) = at_work().await;
    let csv = fetched(&works.service, "/j/qinghe/2026/shortlist.csv").await;
    assert!(lines(&csv).is_empty(), "{}", csv.body);
}

#[tokio::test]
async fn feeds_and_calendars_are_read_back_as_they_are() {
    let (session, _) = in_session().await;
    for path in [
        "/j/qinghe/2026/proposals.atom",
        "/j/qinghe/2026/record.atom",
    ] {
        let text = fetched(&session.service, path).await.body;
        let feed: atom_syndication::Feed = text.parse().unwrap();
        assert!(!feed.entries.is_empty(), "{path}");
        assert!(
            feed.links
                .iter()
                .any(|link| link.rel == "self" && link.href.ends_with(path))
        );
        for entry in &feed.entries {
            assert!(
                !entry.title.is_empty() && !entry.id.is_empty() && entry.links.len() == 1,
                "{path}"
            );
            assert!(entry.updated.timestamp() > 1_700_000_000, "{path}");
        }
    }
    let (works, _) = at_work().await;
    let text = fetched(&works.service, "/j/qinghe/2026/calendar.ics")
        .await
        .body;
    let calendar: icalendar::Calendar = text.parse().unwrap();
    assert!(calendar.components.len() >= 2, "{text}");
    assert!(
        text.contains("DTSTART;VALUE=DATE:2025") || text.contains("DTSTART;VALUE=DATE:2026"),
        "{text}"
    );
    assert!(
        text.lines()
            .filter(|line| line.starts_with("DTSTAMP:20250801T"))
            .count()
            >= 2,
        "{text}"
    );
}

#[tokio::test]
async fn a_text_that_a_spreadsheet_would_take_for_a_formula_stays_a_text() {
    let sheet = Sheet {
        name: "x",
        columns: vec!["a".to_owned()],
        rows: vec![
            vec![Cell::from("=1+1")],
            vec![Cell::from("＝1+1")],
            vec![Cell::from(-3)],
        ],
    };
    let response = sheet.csv().unwrap();
    let bytes = axum::body::to_bytes(response.into_body(), 1000)
        .await
        .unwrap();
    assert_eq!(
        String::from_utf8_lossy(&bytes),
        "\u{feff}a\n'=1+1\n'＝1+1\n-3\n"
    );
}

/// A time is that of the place, with its zone in the heading; in a workbook it is a time and no text.
#[tokio::test]
async fn times_are_those_of_the_place_and_say_so() {
    let service = TestService::start(Stage::Collecting).await;
    accepted(&service, "修一修打铁巷的路灯", "晚上黑得很。").await;
    let csv = fetched(&service, "/j/qinghe/2026/proposals.csv").await.body;
    let local = service.app.clock.now().in_zone(service.app.config.zone());
    let shown = format!(
        "{} {:02}:{:02}:",
        local.date(),
        local.hour(),
        local.minute()
    );
    assert!(csv.contains("提出时间（UTC+8）"), "{csv}");
    assert!(csv.contains(&shown), "{shown}: {csv}");
    let xlsx = fetched(&service, "/j/qinghe/2026/proposals.xlsx").await;
    let sheet = member(&xlsx.bytes, "xl/worksheets/sheet1.xml");
    let style = sheet.split("<c r=\"J2\"").nth(1).unwrap();
    assert!(style.starts_with(" s=\"2\"><v>4"), "{style}");
}

/// The files hold what the page shows: its query goes along.
#[tokio::test]
async fn the_files_of_a_filtered_list_hold_what_it_shows() {
    let service = TestService::start(Stage::Collecting).await;
    accepted(&service, "修一修打铁巷的路灯", "晚上黑得很。").await;
    accepted(&service, "社区办个老人食堂", "老人吃口热饭。").await;
    let page = fetched(&service, "/j/qinghe/2026/proposals?q=%E8%B7%AF%E7%81%AF")
        .await
        .body;
    let (_, rest) = page
        .split_once("href=\"/j/qinghe/2026/proposals.csv")
        .unwrap();
    let query = rest.split('"').next().unwrap().replace("&amp;", "&");
    let csv = fetched(&service, &format!("/j/qinghe/2026/proposals.csv{query}")).await;
    assert_eq!(lines(&csv).len(), 1, "{query}");
    let (works, _) = at_work().await;
    for (query, count) in [("?light=red", 0), ("", 2)] {
        let csv = fetched(
            &works.service,
            &format!("/j/qinghe/2026/projects.csv{query}"),
        )
        .await;
        assert_eq!(lines(&csv).len(), count, "{query}");
    }
}
