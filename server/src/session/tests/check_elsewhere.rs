//! What the result's page tells of checking it without this service.

use crate::session::testkit::{TestSession, ticks};
use axum::http::{StatusCode, header};
use domain::session::DualControlStep;

async fn announced() -> TestSession {
    let session = TestSession::open().await;
    session.cast(0, &ticks(&[1, 1, 0, 0])).await;
    session.both(DualControlStep::Close).await;
    session.decrypt_all().await;
    session.announce().await;
    session
}

/// Whoever follows it needs no guess: which program, which release, which command, and why the distribution's does not do.
#[tokio::test]
async fn the_independent_program_is_named_with_its_release_and_its_command() {
    let session = announced().await;
    let path = format!("/j/qinghe/2026/results/{}", session.poll);
    let page = session.service.get(&path, None).await;
    assert_eq!(page.status, StatusCode::OK);
    let document = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/independent-check.md");
    let document = std::fs::read_to_string(document).unwrap();
    for told in [
        "belenios-tool",
        "3.3.0",
        "belenios-tool election verify --dir .",
        "unknown group: Ed25519",
    ] {
        assert!(page.body.contains(told), "{told}: {}", page.body);
        assert!(document.contains(told), "{told} is not in the document");
    }
}

#[tokio::test]
async fn archive_and_bundle_are_called_after_county_year_and_poll() {
    let session = announced().await;
    let whose = &session.service.jurisdiction.name;
    let poll = domain::session::find(session.app(), session.jurisdiction(), session.poll)
        .await
        .unwrap();
    for (name, ending) in [("archive", "bel"), ("bundle", "zip")] {
        let path = format!("{}/{name}", session.api());
        let reply = session.service.get(&path, None).await;
        let told = reply.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
        let ascii = format!("filename=\"qinghe-2026-{}.{ending}\"", poll.election);
        assert!(told.contains(&ascii), "{told}");
        let words = format!("{whose}-2026-{}", poll.title);
        let words = crate::web::http_error::url_encode(&words);
        let words = format!("filename*=UTF-8''{words}.{ending}");
        assert!(told.ends_with(&words), "{told}, not {words}");
    }
    // The command on the page names the file as it is saved.
    let path = format!("/j/qinghe/2026/results/{}", session.poll);
    let page = session.service.get(&path, None).await.body;
    let command = format!("tally verify {whose}-2026-{}.zip", poll.title);
    assert!(page.contains(&command), "{command}: {page}");
}
