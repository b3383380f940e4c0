//! Nothing typed is lost in a failure, whatever its cause; and no failure shows a secret.

use super::sent::kept;
use crate::proposals::tests::{fields, send};
use crate::testing::TestService;
use crate::web::held::{Held, Interrupted};
use crate::web::http_error::HttpError;
use crate::web::routes::Takes;
use crate::web::visit::Visit;
use axum::http::{Request, StatusCode, header};
use domain::cycles::Stage;
use domain::on_either;
use domain::people::Role;

#[tokio::test]
async fn what_was_typed_stands_in_the_page_of_a_refusal() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let office = service.sign_in(&[Role::Office]).await;
        let id = crate::proposals::tests::accepted(&service, "修一修路灯", "黑得很。").await;
        // A colleague has let it in.
        let path = format!("/j/qinghe/2026/proposals/{id}/decline");
        let form = [
            ("reason", "not_livelihood"),
            ("explanation", "与去年的“亮化工程”重复。\r\n请并案。"),
        ];
        let reply = service.post(&path, Some(&office), &form).await;
        assert_eq!(reply.status, StatusCode::CONFLICT, "{}", reply.body);
        for part in [
            "您填写的内容",
            "与去年的“亮化工程”重复。\r\n请并案。",
            "返回表单",
        ] {
            assert!(reply.body.contains(part), "{part}: {}", reply.body);
        }
        assert!(
            !reply.body.contains("not_livelihood"),
            "an option is no text"
        );
        assert!(!reply.body.contains("再次提交"), "it would not help");
    }
}

#[tokio::test]
async fn where_it_may_help_one_press_sends_the_form_again() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let person = service.sign_in(&[Role::Resident]).await;
        let rename = async |sql: &str| {
            let mut tx = service.app.database.write().await.unwrap();
            on_either!(&mut tx, conn => sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut *conn).await.map(drop))
                .unwrap();
            tx.commit().await.unwrap();
        };
        rename("ALTER TABLE proposals RENAME TO proposals_away").await;
        let mut form = fields();
        form.push(("seen", "yes".to_owned()));
        let reply = send(&service, &person, &form, None).await;
        assert_eq!(
            reply.status,
            StatusCode::INTERNAL_SERVER_ERROR,
            "{}",
            reply.body
        );
        assert!(reply.body.contains("老人吃口热饭"), "{}", reply.body);
        let again = "enctype=\"multipart/form-data\" action=\"/j/qinghe/2026/proposals/new\"";
        assert!(reply.body.contains(again), "{}", reply.body);
        let body = reply.body.split_once(again).unwrap().1;
        let mut sent = Vec::new();
        for field in body.split("<input type=\"hidden\" name=\"").skip(1) {
            let (name, rest) = field.split_once("\" value=\"").unwrap();
            sent.push((name, rest.split_once('"').unwrap().0.to_owned()));
        }
        rename("ALTER TABLE proposals_away RENAME TO proposals").await;
        let reply = send(&service, &person, &sent, None).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
    }
}

#[tokio::test]
async fn too_large_a_file_is_asked_for_again_and_the_texts_come_back() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let person = service.sign_in(&[Role::Resident]).await;
        let picture = vec![b'x'; Takes::File.bytes()];
        let reply = send(&service, &person, &fields(), Some(&picture)).await;
        assert_eq!(
            reply.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            reply.body
        );
        for part in ["文件过大", "老人吃口热饭", "field-proposal-title"] {
            assert!(reply.body.contains(part), "{part}: {}", reply.body);
        }
        let office = service.sign_in(&[Role::Office]).await;
        let mut body = b"--b\r\ncontent-disposition: form-data; name=\"csv\"\r\n\r\n".to_vec();
        body.extend("姓名,代表团\r\n".as_bytes());
        body.extend(
            b"--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n",
        );
        body.extend(&picture);
        body.extend(b"\r\n--b--\r\n");
        let request = Request::post("/j/qinghe/people/import")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
            .header(header::CONTENT_LENGTH, body.len());
        let reply = service.send(request, Some(&office), body.into()).await;
        assert_eq!(
            reply.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            reply.body
        );
        for part in ["文件过大", "姓名,代表团"] {
            assert!(reply.body.contains(part), "{part}: {}", reply.body);
        }
    }
}

#[tokio::test]
async fn too_long_a_text_is_given_back() {
    let service = TestService::start(Stage::Collecting).await;
    let person = service.sign_in(&[Role::Resident]).await;
    let long = "长".repeat(Takes::Form.bytes() / 9);
    let body = format!("display_name={}", crate::web::http_error::url_encode(&long));
    let request = Request::post("/me/name")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::CONTENT_LENGTH, body.len() + 1);
    let reply = service
        .send(request, Some(&person), format!("{body}x").into())
        .await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(reply.body.contains(&long), "{}", reply.body);
}

#[tokio::test]
async fn no_failure_gives_a_secret_back() {
    let service = TestService::start(Stage::Collecting).await;
    let visit = Visit::of_request(&service.app, &Request::default());
    let sent = |name: &str| {
        let held = format!(
            r#"{{"sent_as":"url_encoded","fields":[["{name}","correct horse"],["explanation","为什么"]]}}"#
        );
        Interrupted::of(Held::read(&held).unwrap())
    };
    let failure = HttpError::Unavailable("database-away");
    let shown = |name: &str| kept(&visit, &failure, &sent(name)).into_string();
    assert!(shown("unit_name").contains("correct horse"));
    for secret in super::sent::SECRET_FIELDS {
        let page = shown(secret);
        assert!(!page.contains("correct horse"), "{page}");
    }
}
