use super::Jar;
use crate::testing::{Browser, TestService};
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use domain::cycles::Stage;
use domain::people::{Role, store};

pub(super) const GOOD: &str = "编号,姓名,代表团,手机\n1,张明,城关代表团,13800000001\n2,李芳,城关代表团,\n3,王强,石桥镇代表团,13800000003\n";
const PREVIEW: &str = "/j/qinghe/people/import";
pub(super) const CONFIRM: &str = "/j/qinghe/people/import/confirm";

pub(super) async fn send(
    service: &TestService,
    office: &Browser,
    path: &str,
    fields: &[(&str, &str)],
) -> (StatusCode, String) {
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_bytes()))
        .collect();
    send_bytes(service, office, path, &fields).await
}

async fn send_bytes(
    service: &TestService,
    office: &Browser,
    path: &str,
    fields: &[(&str, &[u8])],
) -> (StatusCode, String) {
    let mut body = Vec::new();
    for (name, value) in fields {
        let head = format!("--frontier\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(value);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--frontier--\r\n");
    let request = Request::post(path)
        .header(
            header::CONTENT_TYPE,
            "multipart/form-data; boundary=frontier",
        )
        .header(header::COOKIE, office.cookie())
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body))
        .unwrap();
    let response = service.raw(request).await;
    let status = response.status();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

async fn numbers(service: &TestService) -> Vec<i32> {
    let mut tx = service.app.database.read().await.unwrap();
    let deputies = store::deputies(&mut tx, service.jurisdiction.id)
        .await
        .unwrap();
    deputies.iter().map(|deputy| deputy.number).collect()
}

#[tokio::test]
async fn a_roster_is_looked_at_first_and_then_imported_and_its_deputies_sign_in() {
    for service in TestService::on_each_database(Stage::Voting).await {
        let office = service.sign_in(&[Role::Office]).await;
        let (status, page) = send(&service, &office, PREVIEW, &[("csv", GOOD)]).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert!(
            page.contains("确认导入 3 名代表") && page.contains("138****0001"),
            "{page}"
        );
        assert_eq!(
            numbers(&service).await,
            Vec::<i32>::new(),
            "a preview imports nothing"
        );
        for _ in 0..2 {
            let (status, page) = send(&service, &office, CONFIRM, &[("csv", GOOD)]).await;
            assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
            assert_eq!(numbers(&service).await, [1, 2, 3], "again adds nobody");
        }
        let roster = service.get("/j/qinghe/deputies", None).await.body;
        assert!(
            roster.contains("张明") && roster.contains("石桥镇代表团"),
            "{roster}"
        );
        assert!(
            !roster.contains("13800000001") && !roster.contains("****"),
            "no contact is public"
        );
        let mut jar = Jar::sign_in(&service, "13800000001").await;
        let me = jar.get(&service, "/me").await.body;
        assert!(me.contains("张明") && me.contains("代表"), "{me}");
    }
}

#[tokio::test]
async fn where_a_row_is_bad_nothing_is_imported_unless_the_good_ones_are_asked_for() {
    for service in TestService::on_each_database(Stage::Voting).await {
        let office = service.sign_in(&[Role::Office]).await;
        let mixed = format!("{GOOD}x,赵六,石桥镇代表团,\n");
        let (status, page) = send(&service, &office, CONFIRM, &[("csv", &mixed)]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            page.contains("<td>5</td>") && page.contains("不是正整数"),
            "{page}"
        );
        assert!(page.contains("赵六"), "what was sent is kept");
        assert_eq!(numbers(&service).await, Vec::<i32>::new());
        let form = [("csv", mixed.as_str()), ("only_good", "yes")];
        let (status, _) = send(&service, &office, CONFIRM, &form).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert_eq!(numbers(&service).await, [1, 2, 3]);
    }
}

#[tokio::test]
async fn a_number_or_a_contact_of_another_deputy_is_refused() {
    for service in TestService::on_each_database(Stage::Voting).await {
        let office = service.sign_in(&[Role::Office]).await;
        send(&service, &office, CONFIRM, &[("csv", GOOD)]).await;
        let other = "编号,姓名,代表团,手机\n1,赵六,城关代表团,\n9,孙七,城关代表团,13800000003\n";
        let (_, page) = send(&service, &office, PREVIEW, &[("csv", other)]).await;
        assert_eq!(page.matches("已属于其他代表").count(), 2, "{page}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_roster_is_refused_by_name() {
    let service = TestService::start(Stage::Voting).await;
    let office = service.sign_in(&[Role::Office]).await;
    let (status, page) = send(&service, &office, PREVIEW, &[("csv", "a,b\n1,2\n")]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.contains("没有找到表头") && page.contains("a,b\n1,2\n"),
        "{page}"
    );
}

/// The text that the preview's confirmation sends.
fn carried(page: &str) -> String {
    let value = page.split("name=\"csv\" value=\"").nth(1).unwrap();
    let value = value.split('"').next().unwrap();
    value.replace("&quot;", "\"").replace("&amp;", "&")
}

#[tokio::test]
async fn a_workbook_and_a_file_in_gbk_are_imported_as_they_are() {
    for (name, file) in [
        (
            "workbook",
            &include_bytes!("../../../domain/src/people/import/samples/office.xlsx")[..],
        ),
        (
            "GBK",
            include_bytes!("../../../domain/src/people/import/samples/gb18030.csv"),
        ),
    ] {
        let service = TestService::start(Stage::Voting).await;
        let office = service.sign_in(&[Role::Office]).await;
        let (status, page) = send_bytes(&service, &office, PREVIEW, &[("file", file)]).await;
        assert_eq!(status, StatusCode::OK, "{name}: {page}");
        assert!(page.contains("㛃试丙"), "{name}: {page}");
        assert_eq!(
            page.contains("没有读取：当选日期"),
            name == "workbook",
            "{name}: {page}"
        );
        let (status, page) = send(&service, &office, CONFIRM, &[("csv", &carried(&page))]).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{name}: {page}");
        assert_eq!(numbers(&service).await, [301, 302, 303], "{name}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_never_gets_into_the_text_box() {
    let service = TestService::start(Stage::Voting).await;
    let office = service.sign_in(&[Role::Office]).await;
    for (file, word) in [
        (&b"\xff\xfe\xff\xff\x00"[..], "认不出文件的文字编码"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版工作簿"),
        (b"PK\x03\x04", "这个工作簿无法读取"),
    ] {
        let fields = [("file", file), ("csv", GOOD.as_bytes())];
        let (status, page) = send_bytes(&service, &office, PREVIEW, &fields).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains(word), "{page}");
        assert!(page.contains(GOOD.trim()), "what was pasted stays: {page}");
        assert!(!page.contains('\u{fffd}') && !page.contains("PK"), "{page}");
    }
}

#[tokio::test]
async fn the_preview_says_what_would_change_before_it_changes() {
    for service in TestService::on_each_database(Stage::Voting).await {
        let office = service.sign_in(&[Role::Office]).await;
        send(&service, &office, CONFIRM, &[("csv", GOOD)]).await;
        let next = "编号,姓名,代表团,手机\n1,张明,城关代表团,13800000009\n2,李芳,城关代表团,13800000002\n\
                    4,赵六,城关代表团,\n";
        let (status, page) = send(&service, &office, PREVIEW, &[("csv", next)]).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        for (cell, count) in [
            ("<td>联系方式不同，不改动</td>", 1),
            ("<td>补登联系方式</td>", 1),
            ("<td>新增</td>", 1),
            ("<td>没有变化</td>", 0),
            ("现任代表中有 1 名不在这个文件里", 1),
        ] {
            assert_eq!(page.matches(cell).count(), count, "{cell}: {page}");
        }
        // It does what it said.
        let (status, _) = send(&service, &office, CONFIRM, &[("csv", next)]).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert_eq!(numbers(&service).await, [1, 2, 3, 4]);
        let (_, page) = send(&service, &office, PREVIEW, &[("csv", next)]).await;
        assert_eq!(page.matches("<td>没有变化</td>").count(), 2, "{page}");
        assert_eq!(page.matches("<td>联系方式不同，不改动</td>").count(), 1);
    }
}
