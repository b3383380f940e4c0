//! Cross-site request forgery (CSRF): what another site makes a browser send is refused.

use super::Jar;
use crate::testing::TestService;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use domain::cycles::Stage;

async fn post_with(service: &TestService, cookie: &str, headers: &[(&str, &str)]) -> StatusCode {
    let mut request = Request::post("/me/name")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::HOST, "localhost:8080")
        .header(header::COOKIE, format!("session={cookie}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from("display_name=hacked")).unwrap();
    service.raw(request).await.status()
}

#[tokio::test]
async fn what_another_site_makes_a_browser_send_is_refused() {
    let service = TestService::start(Stage::Collecting).await;
    let mut jar = Jar::sign_in(&service, "13800001234").await;
    let cookie = jar.cookie("session");
    for headers in [
        &[
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://evil.example"),
        ][..],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
    ] {
        let status = post_with(&service, &cookie, headers).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{headers:?}");
    }
    let forged = Request::post("/me/name")
        .header("sec-fetch-site", "cross-site")
        .body(Body::empty())
        .unwrap();
    let page = to_bytes(service.raw(forged).await.into_body(), usize::MAX)
        .await
        .unwrap();
    let page = String::from_utf8(page.to_vec()).unwrap();
    assert!(
        page.contains("不是从本系统的页面发出的"),
        "says what it is: {page}"
    );
    let me = jar.get(&service, "/me").await;
    assert!(!me.body.contains("hacked"), "{}", me.body);
    let own = [
        ("sec-fetch-site", "same-origin"),
        ("origin", "http://localhost:8080"),
    ];
    assert_eq!(
        post_with(&service, &cookie, &own).await,
        StatusCode::SEE_OTHER
    );
}
