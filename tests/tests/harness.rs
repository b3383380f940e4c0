//! The harness itself: a journey that fails must fail for what the service did.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use journeys::{Driver, Screen, accessibility, folder_server::FolderServer};

const PAGE: &str = r#"<!doctype html><html lang="zh-CN"><meta name="viewport" content="width=device-width"><title>民生票决</title>
<main><h1>征集</h1><form><label>标题 <input name="title"></label> <button>提交</button></form></main></html>"#;
const UNLABELLED: &str = r#"<!doctype html><html lang="zh-CN"><title>x</title><main><h1>x</h1><input name="title"></main></html>"#;

#[tokio::test(flavor = "multi_thread")]
async fn two_profiles_share_nothing_and_every_screen_has_its_width() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let site = FolderServer::start([("page.html", PAGE.as_bytes().to_vec())]).await;
    for screen in Screen::ALL {
        let browser = driver.open(screen).await;
        browser.goto(&site.at("page.html")).await;
        let width = browser.script("return window.innerWidth;", vec![]).await;
        assert_eq!(width, screen.size().0, "{screen:?}");
        assert!(!browser.overflows().await);
        assert_eq!(browser.script("return document.cookie;", vec![]).await, "");
        browser
            .script("document.cookie = 'who=me; max-age=1000';", vec![])
            .await;
        browser.screenshot("harness").await;
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unlabelled_field_is_named_and_a_labelled_one_passes() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let files = [
        ("page.html", PAGE.as_bytes().to_vec()),
        ("bad.html", UNLABELLED.as_bytes().to_vec()),
    ];
    let site = FolderServer::start(files).await;
    let browser = driver.open(Screen::Laptop).await;
    browser.goto(&site.at("page.html")).await;
    accessibility::assert_accessible(&browser).await;
    assert_eq!(
        browser.tab_to("button").await,
        2,
        "past the field, to the button"
    );
    browser.goto(&site.at("bad.html")).await;
    let found = accessibility::violations(&browser).await;
    assert!(
        found.contains("- label (critical)") && found.contains("input"),
        "{found}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_without_script_runs_none() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let page = "<!doctype html><title>x</title><p>没有脚本</p><script>document.body.textContent = '有脚本'</script>";
    let site = FolderServer::start([("page.html", page.as_bytes().to_vec())]).await;
    let browser = driver.open_without_script(Screen::Phone).await;
    browser.goto(&site.at("page.html")).await;
    browser.see("没有脚本").await;
    let (status, bytes) = driver
        .open(Screen::Laptop)
        .await
        .fetch_from(&site.at("page.html"))
        .await;
    assert_eq!((status, bytes), (200, page.as_bytes().to_vec()));
}
