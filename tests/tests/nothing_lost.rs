//! What people have typed is never lost and never undone by others: in real browsers, with the order of acts that people
//! choose.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use journeys::{Browser, Demo, Driver, Screen, accessibility, artifacts};
use serde_json::{Value, json};

const CYCLE: &str = "/j/qinghe/2026";
const PHONE: &str = "１３８ 0000-1234";

/// From the sign-in page on: the contact as people write it, the code that the demo shows.
async fn sign_in(browser: &Browser) {
    browser.fill("contact", PHONE).await;
    browser.follow("form[action='/sign-in'] button").await;
    let shown = browser.text("main").await;
    let digits: Vec<char> = shown.chars().collect();
    let code: String = digits
        .windows(6)
        .find(|six| six.iter().all(char::is_ascii_digit))
        .unwrap_or_else(|| panic!("no code in {shown}"))
        .iter()
        .collect();
    browser.fill("code", &code).await;
    browser.follow("form[action='/sign-in/code'] button").await;
    if browser.has("[name=display_name]").await {
        browser.fill("display_name", "城东周老师").await;
        browser.follow("main form button").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_outlives_its_session_and_support_is_one_press_after_signing_in() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let demo = Demo::start();
    let browser = driver.open(Screen::Phone).await;
    // Signed out, somebody presses the button that everybody sees.
    browser.goto(&demo.at(&format!("{CYCLE}/proposals"))).await;
    browser.follow("ul.cards a.card-link").await;
    let page = browser.url().await;
    browser.follow("form[action$='/support'] button").await;
    browser.screenshot("support-signed-out").await;
    accessibility::assert_accessible(&browser).await;
    assert!(!browser.overflows().await);
    browser.follow("form[action='/sign-in'] button").await;
    sign_in(&browser).await;
    browser.screenshot("support-goes-on").await;
    browser.follow("form[action$='/support'] button").await;
    browser.find("form[action$='/withdraw'] button").await;
    assert_eq!(
        browser.url().await.split('?').next(),
        page.split('?').next()
    );

    // The session ends while somebody writes.
    browser
        .goto(&demo.at(&format!("{CYCLE}/proposals/new")))
        .await;
    let body = "雨天积水没过脚面，\n“老人”出不了门 <三号楼> & 四号楼。";
    browser.fill("proposal-title", "三号楼门前修排水沟").await;
    browser.fill("proposal-body", body).await;
    browser.choose_nth("proposal-category", 1).await;
    browser
        .devtools("Network.clearBrowserCookies", json!({}))
        .await;
    browser.follow("form.form button[type=submit]").await;
    browser.screenshot("form-signed-out").await;
    browser.follow("form[action='/sign-in'] button").await;
    sign_in(&browser).await;
    browser
        .follow("form[action$='/proposals/new'] button")
        .await;
    if browser.has("input[name=seen]").await {
        assert_eq!(browser.value("proposal-body").await, body);
        browser.follow("form.form button[type=submit]").await;
    }
    browser.see("三号楼门前修排水沟").await;
    browser.see("“老人”出不了门 <三号楼> & 四号楼。").await;
    // A refused page stands in the console by the browser's own word; nothing else may.
    let console = browser.console().await;
    assert!(
        console.iter().all(|line| line.contains("401")),
        "{console:?}"
    );
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_editors_are_shown_each_other_s_words() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let demo = Demo::start();
    let public = driver.open(Screen::Laptop).await;
    demo.forward(&public, "screen").await;
    let first = driver.open(Screen::Laptop).await;
    first.goto(&demo.account("office", 0).sign_in_url).await;
    let second = driver.open(Screen::Phone).await;
    second
        .goto(&demo.account("government", 0).sign_in_url)
        .await;
    first
        .goto(&demo.at(&format!("{CYCLE}/screening/queue")))
        .await;
    first.follow("[data-row]").await;
    let page = first.url().await;
    second.goto(&page).await;
    for (editor, words) in [(&first, "可列入明年"), (&second, "本年度即可办理")] {
        editor.click("input[name=outcome][value=declined]").await;
        editor.choose_nth("reason", 1).await;
        editor.fill("explanation", words).await;
    }
    first.follow("[name=then][value=stay]").await;
    second.follow("form[action$='/decide'] button").await;
    second.see("他人已作修改").await;
    second.see("可列入明年").await;
    assert_eq!(second.value("explanation").await, "本年度即可办理");
    second.screenshot("two-editors").await;
    accessibility::assert_accessible(&second).await;
    assert!(!second.overflows().await);
    second.follow("form[action$='/decide'] button").await;
    first.goto(&page).await;
    first.see("可列入明年").await;
    assert_eq!(first.value("explanation").await, "本年度即可办理");
}

#[tokio::test(flavor = "multi_thread")]
async fn rosters_come_in_as_offices_have_them() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let demo = Demo::start();
    let office = driver.open(Screen::Laptop).await;
    office.goto(&demo.account("office", 0).sign_in_url).await;
    let samples = artifacts::root().join("server/domain/src/people/import/samples");
    for (file, name) in [("gbk.csv", "试丁"), ("office.xlsx", "试验甲")] {
        office.goto(&demo.at("/j/qinghe/people/import")).await;
        let path = samples.join(file);
        let chosen = office.find("input[type=file]").await;
        chosen.send_keys(path.to_str().unwrap()).await.unwrap();
        office.follow("form[enctype] button").await;
        office.see(name).await;
        office.screenshot(&format!("roster-{file}")).await;
        accessibility::assert_accessible(&office).await;
        let bad = office.has("[name=only_good]").await;
        if bad {
            office.click("[name=only_good]").await;
        }
        office
            .follow("form[action$='/import/confirm'] button")
            .await;
        office.see(name).await;
        office
            .until("location.pathname.endsWith('/deputies')")
            .await;
    }
    let none: Vec<Value> = Vec::new();
    let said = office.script("return document.body.innerText;", none).await;
    assert!(!said.as_str().unwrap().contains('\u{fffd}'), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn too_large_a_picture_costs_no_word() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let demo = Demo::start();
    let resident = driver.open(Screen::Phone).await;
    resident
        .goto(&demo.account("resident", 0).sign_in_url)
        .await;
    resident
        .goto(&demo.at(&format!("{CYCLE}/proposals/new")))
        .await;
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("大图.png");
    std::fs::write(&picture, vec![0_u8; 30 * 1024 * 1024]).unwrap();
    resident.fill("proposal-title", "给小广场添几盏灯").await;
    resident.fill("proposal-body", "跳舞的人多，灯太暗。").await;
    resident.choose_nth("proposal-category", 1).await;
    let chosen = resident.find("input[type=file]").await;
    chosen.send_keys(picture.to_str().unwrap()).await.unwrap();
    resident.follow("form.form button[type=submit]").await;
    resident.see("文件过大").await;
    assert_eq!(
        resident.value("proposal-body").await,
        "跳舞的人多，灯太暗。"
    );
    resident.screenshot("picture-too-large").await;
}
