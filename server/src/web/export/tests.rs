//! Every public list as a file, read back by others' readers where there are some.

use super::{Cell, Sheet};
use crate::invariants::world::{at_work, in_session};
use crate::proposals::tests::accepted;
use crate::testing::{NOW, Reply, TestService};
use axum::http::{StatusCode, header};
use calamine::{Data, Reader as _, Xlsx};
use domain::cycles::Stage;
use domain::infra::money::Money;
use std::io::{Cursor, Read as _};
use time::macros::{date, datetime};

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

/// A list of one line.
async fn list_of(row: Vec<Cell>) -> Sheet {
    let service = TestService::start(Stage::Collecting).await;
    let (jurisdiction, cycle) = (service.jurisdiction.clone(), service.cycle.clone());
    let heading = crate::web::cycle_path::CycleHeading::read(&service.app, jurisdiction, cycle)
        .await
        .unwrap();
    let columns = (1..=row.len())
        .map(|column| format!("第{column}列"))
        .collect();
    Sheet::of_cycle(
        &heading,
        ("projects", "项目 实施".to_owned()),
        columns,
        vec![row],
    )
}

async fn body_of(response: axum::response::Response) -> Vec<u8> {
    axum::body::to_bytes(response.into_body(), 1_000_000)
        .await
        .unwrap()
        .to_vec()
}

#[tokio::test]
async fn a_text_that_a_spreadsheet_would_take_for_a_formula_stays_a_text() {
    let texts = ["=1+1", "＝1+1"].map(Cell::from);
    let sheet = list_of([&texts[..], &[Cell::from(-3)]].concat()).await;
    let bytes = body_of(sheet.csv().unwrap()).await;
    assert_eq!(
        String::from_utf8_lossy(&bytes),
        "\u{feff}第1列,第2列,第3列\n'=1+1,'＝1+1,-3\n"
    );
    let bytes = body_of(sheet.xlsx(NOW).unwrap()).await;
    let cells = read_by_another(&bytes);
    assert_eq!(cells[1][0], Data::String("=1+1".to_owned()));
}

/// The cells of a workbook, as another library reads them.
fn read_by_another(bytes: &[u8]) -> Vec<Vec<Data>> {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    range.rows().map(<[Data]>::to_vec).collect()
}

/// A cell of a workbook as it stands in CSV; of what kind it is.
fn told(cell: &Data) -> (char, String) {
    match cell {
        Data::String(text) => ('t', text.clone()),
        Data::Float(number) => ('n', number.to_string()),
        Data::Int(number) => ('n', number.to_string()),
        Data::DateTime(at) => {
            let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
            let day = format!("{year:04}-{month:02}-{day:02}");
            let moment = format!("{day} {hour:02}:{minute:02}:{second:02}");
            ('d', moment.trim_end_matches(" 00:00:00").to_owned())
        }
        Data::Empty => ('e', String::new()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_kind_of_value_keeps_its_type_in_a_workbook() {
    let row = vec![
        Cell::from("路灯"),
        Cell::from(7),
        Cell::Hundredths(452),
        Cell::from(Money::from_fen(12_345_600)),
        Cell::from(date!(2026 - 03 - 31)),
        Cell::Moment(datetime!(2026-03-31 09:05:07)),
        Cell::Empty,
        Cell::from(100),
    ];
    let sheet = list_of(row).await;
    let cells = read_by_another(&body_of(sheet.xlsx(NOW).unwrap()).await);
    let told: Vec<(char, String)> = cells[1].iter().map(told).collect();
    let expected = [
        ('t', "路灯"),
        ('n', "7"),
        ('n', "4.52"),
        ('n', "12.3456"),
        ('d', "2026-03-31"),
        ('d', "2026-03-31 09:05:07"),
        ('e', ""),
        ('n', "100"),
    ];
    let expected = expected.map(|(kind, text)| (kind, text.to_owned()));
    assert_eq!(told, expected);
    let csv = body_of(sheet.csv().unwrap()).await;
    let csv = String::from_utf8(csv).unwrap();
    let line = "路灯,7,4.52,12.3456,2026-03-31,2026-03-31 09:05:07,,100\n";
    assert!(csv.ends_with(line), "{csv}");
}

/// Every exported list with something in every column that has a unit, a day or a time.
async fn all_lists() -> Vec<(&'static str, Reply, Reply)> {
    let (session, _) = in_session().await;
    session.both(domain::session::DualControlStep::Close).await;
    session.decrypt_all().await;
    session.announce().await;
    let (works, _) = at_work().await;
    works.finish("QH26-01", date!(2025 - 07 - 20)).await;
    let mut lists = Vec::new();
    for (service, list) in [
        (&session.service, "proposals"),
        (&session.service, "shortlist"),
        (&session.service, "results"),
        (&works.service, "projects"),
        (&works.service, "evaluation"),
    ] {
        let at = format!("/j/qinghe/2026/{list}");
        let csv = fetched(service, &format!("{at}.csv")).await;
        lists.push((list, csv, fetched(service, &format!("{at}.xlsx")).await));
    }
    lists
}

#[tokio::test]
async fn a_workbook_holds_what_the_csv_does_and_days_and_numbers_are_no_texts() {
    let mut kinds = String::new();
    for (list, csv, xlsx) in all_lists().await {
        let cells = read_by_another(&xlsx.bytes);
        let lines = lines(&csv);
        assert_eq!(cells.len(), lines.len() + 1, "{list}");
        for (line, row) in lines.iter().zip(&cells[1..]) {
            for ((text, cell), heading) in line.iter().zip(row).zip(&cells[0]) {
                let (kind, told) = told(cell);
                assert_eq!(told, text, "{list}: {heading}");
                let is_day = text.len() >= 10 && text.starts_with("20") && text.contains('-');
                let meant = match text {
                    "" => 'e',
                    text if text.parse::<f64>().is_ok() => 'n',
                    _ if is_day => 'd',
                    _ => 't',
                };
                assert_eq!(kind, meant, "{list}: {heading}: {text}");
                kinds.push(kind);
            }
        }
    }
    let count = |kind| kinds.chars().filter(|one| *one == kind).count();
    assert!(count('n') > 20 && count('d') >= 3, "{kinds}");
}

#[tokio::test]
async fn in_a_workbook_the_headings_stay_columns_are_wide_enough_and_filters_are_there() {
    for (list, _, xlsx) in all_lists().await {
        let sheet = member(&xlsx.bytes, "xl/worksheets/sheet1.xml");
        let frozen = "<pane ySplit=\"1\" topLeftCell=\"A2\"";
        assert!(sheet.contains(frozen), "{list}: {sheet}");
        assert!(sheet.contains("state=\"frozen\""), "{list}");
        let cells = read_by_another(&xlsx.bytes);
        let end = format!("{}\"/>", cells.len());
        let (_, filter) = sheet.split_once("<autoFilter ref=\"A1:").expect(list);
        assert!(
            filter.get(1..).is_some_and(|rest| rest.starts_with(&end)),
            "{list}: {sheet}"
        );
        let widths: Vec<f64> = sheet
            .split("<col ")
            .skip(1)
            .map(|col| {
                let (_, width) = col.split_once("width=\"").unwrap();
                width.split('"').next().unwrap().parse().unwrap()
            })
            .collect();
        assert!(!widths.is_empty(), "{list}: {sheet}");
        assert!(
            widths.iter().all(|width| (8.0..50.0).contains(width)),
            "{list}: {widths:?}"
        );
    }
}

#[tokio::test]
async fn amounts_and_shares_say_their_unit_in_the_heading() {
    for (list, csv, _) in all_lists().await {
        let units: &[&str] = match list {
            "projects" => &["计划投资（万元）", "累计支出（万元）", "实际进度（%）"],
            "proposals" | "shortlist" => &["投资（万元）"],
            "evaluation" => &["居民平均分（满分 5 分）"],
            _ => &[],
        };
        let headings = csv.body.lines().next().unwrap();
        for unit in units {
            assert!(headings.contains(unit), "{list}: {headings}");
        }
    }
}

/// People file them by whose they are, of which year, and what they hold.
#[tokio::test]
async fn a_list_s_file_is_called_after_county_year_and_title() {
    let sheet = list_of(vec![Cell::from("a")]).await;
    let response = sheet.xlsx(NOW).unwrap();
    let name = response.headers()[header::CONTENT_DISPOSITION]
        .to_str()
        .unwrap();
    let words = crate::web::http_error::url_encode("qinghe（虚构）-2026-项目-实施");
    assert_eq!(
        name,
        format!(
            "attachment; filename=\"qinghe-2026-projects.xlsx\"; filename*=UTF-8''{words}.xlsx"
        )
    );
}

/// A time is that of the place, with its zone in the heading.
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
