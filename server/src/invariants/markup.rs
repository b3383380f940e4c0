//! What people write is text wherever it is shown, and no page lets a script run that is not a file of ours.

use crate::proposals::tests::accepted;
use crate::router::routes;
use crate::testing::TestService;
use crate::web::walk::filled;
use axum::http::{Method, StatusCode, header};
use domain::cycles::Stage;
use domain::people::Role;

const SCRIPT: &str = "<script>alert('村口')</script>";
const IMAGE: &str = "\"><img src=x onerror=alert(7)>";

#[tokio::test]
async fn markup_in_a_proposal_is_text_on_every_page_and_no_page_allows_a_script_of_its_own() {
    let service = TestService::start(Stage::Collecting).await;
    let title = format!("修路{IMAGE}");
    let proposal = accepted(&service, &title, &format!("{SCRIPT}路灯")).await;
    let everything = service.sign_in(&Role::ALL).await;
    let mut paths: Vec<String> = routes(&service.app)
        .declared()
        .iter()
        .filter(|route| route.method == Method::GET)
        .map(|route| filled(route.path))
        .collect();
    paths.push("/j/qinghe/2026/proposals/1".to_owned());
    let (mut pages, mut shown) = (0, 0);
    for path in paths {
        for browser in [None, Some(&everything)] {
            let reply = service.get(&path, browser).await;
            let kind = reply.headers.get(header::CONTENT_TYPE);
            let is_page = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
            if reply.status != StatusCode::OK || !is_page {
                continue;
            }
            pages += 1;
            for raw in ["<script>alert", "<img src=x", "onerror=alert(7)>"] {
                assert!(!reply.body.contains(raw), "{path} has {raw}");
            }
            shown += usize::from(reply.body.contains("&lt;img src=x"));
            let policy = reply.headers[header::CONTENT_SECURITY_POLICY]
                .to_str()
                .unwrap();
            assert!(
                policy.starts_with("default-src 'none';"),
                "{path}: {policy}"
            );
            assert!(!policy.contains("'unsafe-inline'"), "{path}: {policy}");
        }
    }
    assert!(pages > 30, "{pages}");
    assert!(
        shown > 2,
        "the search finds what is shown: {shown} of {proposal}"
    );
}
