use super::Jar;
use crate::testing::{Browser, TestService};
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use domain::cycles::Stage;
use domain::people::{Role, store};

pub(super) const GOOD: &str = "编号,姓名,代表团,手机\n1,张明,城关代表团,13800000001\n2,李芳,城关代表团,\n3,王强,石桥镇代表团,13800000003\n";
const PATH: &str = "/j/qinghe/people/import";

pub(super) async fn send(
    service: &TestService,
    office: &Browser,
    fields: &[(&str, &str)],
) -> (StatusCode, String) {
    let mut body: String = fields
        .iter()
        .map(|(name, value)| {
            [
                "--frontier\r\ncontent-disposition: form-data; name=\"",
                name,
                "\"\r\n\r\n",
                value,
                "\r\n",
            ]
            .concat()
        })
        .collect();
    body.push_str("--frontier--\r\n");
    let request = Request::post(PATH)
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
        let (status, page) = send(&service, &office, &[("csv", GOOD)]).await;
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
            let (status, page) =
                send(&service, &office, &[("csv", GOOD), ("confirm", "yes")]).await;
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
        let (status, page) = send(&service, &office, &[("csv", &mixed), ("confirm", "yes")]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            page.contains("<td>5</td>") && page.contains("不是正整数"),
            "{page}"
        );
        assert!(page.contains("赵六"), "what was sent is kept");
        assert_eq!(numbers(&service).await, Vec::<i32>::new());
        let form = [
            ("csv", mixed.as_str()),
            ("confirm", "yes"),
            ("only_good", "yes"),
        ];
        let (status, _) = send(&service, &office, &form).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert_eq!(numbers(&service).await, [1, 2, 3]);
    }
}

#[tokio::test]
async fn a_number_or_a_contact_of_another_deputy_is_refused() {
    for service in TestService::on_each_database(Stage::Voting).await {
        let office = service.sign_in(&[Role::Office]).await;
        send(&service, &office, &[("csv", GOOD), ("confirm", "yes")]).await;
        let other = "编号,姓名,代表团,手机\n1,赵六,城关代表团,\n9,孙七,城关代表团,13800000003\n";
        let (_, page) = send(&service, &office, &[("csv", other)]).await;
        assert_eq!(page.matches("已属于其他代表").count(), 2, "{page}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_roster_is_refused_by_name() {
    let service = TestService::start(Stage::Voting).await;
    let office = service.sign_in(&[Role::Office]).await;
    let (status, page) = send(&service, &office, &[("csv", "a,b\n1,2\n")]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("首行应包含"), "{page}");
}
