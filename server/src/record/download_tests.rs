//! Programs for who has no compiler: listed with what they are compared by, sent as they are.

use crate::testing::TestService;
use axum::http::{StatusCode, header};
use domain::cycles::Stage;
use std::fs;

/// Longer than what is in memory at once.
fn program() -> Vec<u8> {
    (0..200_000_u32)
        .map(|n| n.to_le_bytes()[n as usize % 3])
        .collect()
}

#[tokio::test]
async fn a_program_is_listed_with_size_and_hash_and_comes_as_it_is() {
    let service = TestService::start(Stage::Collecting).await;
    let folder = service.app.config.downloads.clone().unwrap();
    fs::write(folder.join("tally-0.1.0-x86_64-linux"), program()).unwrap();
    let page = service.get("/verify", None).await.body;
    let sha256 = hex::encode(ring::digest::digest(&ring::digest::SHA256, &program()));
    for told in [
        "href=\"/downloads/tally-0.1.0-x86_64-linux\"",
        "200000",
        &sha256,
        "sha256sum tally-0.1.0-x86_64-linux",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    let path = "/downloads/tally-0.1.0-x86_64-linux";
    let reply = service.get(path, None).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert!(reply.bytes == program(), "{} bytes", reply.bytes.len());
    assert_eq!(
        reply.headers[header::CONTENT_DISPOSITION],
        "attachment; filename=\"tally-0.1.0-x86_64-linux\""
    );
}

#[tokio::test]
async fn nothing_but_the_folder_s_own_files_is_sent() {
    let service = TestService::start(Stage::Collecting).await;
    let folder = service.app.config.downloads.clone().unwrap();
    assert!(service.app.config.data_dir.join("data.key").exists());
    fs::write(folder.join(".hidden"), "hidden").unwrap();
    for name in [
        "..%2Fdata.key",
        "%2e%2e%2fdata.key",
        ".hidden",
        "none",
        "..",
    ] {
        let reply = service.get(&format!("/downloads/{name}"), None).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{name}");
    }
}

#[tokio::test]
async fn where_nothing_is_offered_the_page_says_so_and_still_checks() {
    let service = TestService::start(Stage::Collecting).await;
    let none = "本站没有提供程序下载";
    let page = service.get("/verify", None).await.body;
    assert!(
        page.contains(none) && !page.contains("/downloads/"),
        "{page}"
    );
    fs::remove_dir(service.app.config.downloads.clone().unwrap()).unwrap();
    let page = service.get("/verify", None).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("receipt-file") && page.body.contains(none));
}
