//! A deputy's way and the public's, once in each engine that there is: Chromium, Firefox, `WebKit`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use journeys::{Browser, Demo, Driver, Engine, Screen};
use serde_json::{Value, json};

/// What anybody reads.
const PAGES: [&str; 6] = [
    "/",
    "/j/qinghe/2026",
    "/j/qinghe/2026/proposals",
    "/j/qinghe/2026/shortlist",
    "/record",
    "/device",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_deputy_votes_and_anybody_checks_in_each_engine() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let mut browsers = vec![("chromium", driver.open(Screen::Laptop).await)];
    for (name, engine) in [("firefox", Engine::Firefox), ("webkit", Engine::WebKit)] {
        if let Some(browser) = engine.open().await {
            browsers.push((name, browser));
        }
    }
    let demo = Demo::start();
    let steps = driver.open(Screen::Laptop).await;
    demo.forward(&steps, "check-in").await;
    let poll = demo.poll(&steps).await;
    for (nth, (name, browser)) in browsers.iter().enumerate() {
        reads(browser, &demo, name).await;
        browser.goto(&demo.account("deputy", nth).sign_in_url).await;
        checks_in(browser, &poll, name).await;
    }
    demo.forward(&steps, "cast").await;
    for (name, browser) in &browsers {
        let receipt = casts(browser, &poll, name).await;
        verifies(browser, &demo, &receipt, name).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_window_is_called_one_before_a_secret_is_made() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let demo = Demo::start();
    let steps = driver.open(Screen::Laptop).await;
    demo.forward(&steps, "check-in").await;
    let poll = demo.poll(&steps).await;
    for (engine, said) in [
        (Engine::PrivateFirefox, "private"),
        (Engine::Firefox, "passing"),
    ] {
        let Some(browser) = engine.open().await else {
            return;
        };
        browser.goto(&demo.account("deputy", 0).sign_in_url).await;
        browser.goto(&format!("{poll}/check-in")).await;
        shows(&browser, "ready").await;
        for word in ["private", "passing", "lasting"] {
            let shown = format!(
                "document.querySelector('[data-step=ready] [data-part={word}]').hidden === {}",
                word != said
            );
            browser.until(&shown).await;
        }
        browser.screenshot(&format!("lasting-{said}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_paper_the_name_of_every_stage_stays_whole() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let demo = Demo::start();
    let browser = driver.open(Screen::Laptop).await;
    browser.goto(&demo.at("/j/qinghe/2026")).await;
    browser.follow("button[name=lang][value=en]").await;
    let paper = json!({ "width": 673, "height": 950, "deviceScaleFactor": 1, "mobile": false });
    browser
        .devtools("Emulation.setDeviceMetricsOverride", paper)
        .await;
    browser
        .devtools("Emulation.setEmulatedMedia", json!({ "media": "print" }))
        .await;
    let lines = "return [...document.querySelectorAll('.timeline .name')].map((stage) => {
        const range = document.createRange();
        range.selectNodeContents(stage);
        return new Set([...range.getClientRects()].map((line) => Math.round(line.top))).size;
    });";
    assert_eq!(browser.script(lines, vec![]).await, json!(vec![1; 7]));
}

/// Presses a button as its page's script sees it. The smoke is about engines, not about their drivers' ways of clicking.
async fn press(browser: &Browser, part: &str) {
    let click = format!("document.querySelector('[data-part={part}]').click();");
    browser.script(&click, vec![]).await;
}

async fn shows(browser: &Browser, step: &str) {
    let shown = format!("document.querySelector('[data-step={step}]:not([hidden])')");
    browser.until(&shown).await;
}

async fn reads(browser: &Browser, demo: &Demo, name: &str) {
    for page in PAGES {
        browser.goto(&demo.at(page)).await;
        browser.until("document.querySelector('main h1')").await;
        assert!(!browser.overflows().await, "{page} in {name}");
    }
    browser
        .until("!document.querySelector('[data-word=ready]').hidden")
        .await;
    browser.screenshot(&format!("engine-{name}-device")).await;
}

async fn checks_in(browser: &Browser, poll: &str, name: &str) {
    browser.goto(&format!("{poll}/check-in")).await;
    shows(browser, "ready").await;
    let code = browser.hall_code(poll).await;
    browser.fill("check_in_code", &code).await;
    press(browser, "check-in").await;
    shows(browser, "checked-in").await;
    browser
        .screenshot(&format!("engine-{name}-checked-in"))
        .await;
}

/// The receipt's text.
async fn casts(browser: &Browser, poll: &str, name: &str) -> String {
    browser.goto(&format!("{poll}/cast")).await;
    shows(browser, "choose").await;
    browser
        .until("document.querySelector('[data-step=choose] .print').textContent")
        .await;
    let tick = "for (const box of [...document.querySelectorAll('[data-step=choose] input')].slice(0, 3)) box.click();";
    browser.script(tick, vec![]).await;
    assert_eq!(browser.text("[data-part=ticked]").await, "3", "{name}");
    for (part, step) in [
        ("review", "review"),
        ("seal", "sealed"),
        ("cast", "receipt"),
    ] {
        press(browser, part).await;
        shows(browser, step).await;
    }
    browser
        .until("!document.querySelector('[data-part=receipt-good]').hidden")
        .await;
    browser.screenshot(&format!("engine-{name}-receipt")).await;
    let read = "return document.querySelector('[data-part=receipt-as-text]').textContent;";
    let receipt = browser.script(read, vec![]).await;
    receipt.as_str().expect("a text").to_owned()
}

/// The receipt is found good, and one with a letter changed is not.
async fn verifies(browser: &Browser, demo: &Demo, receipt: &str, name: &str) {
    browser.goto(&demo.at("/verify")).await;
    for (text, said) in [
        (receipt.to_owned(), "good"),
        (receipt.replacen('1', "2", 1), "bad"),
    ] {
        let fill = "document.querySelector('[data-part=receipt-text]').value = arguments[0];";
        browser.script(fill, vec![json!(text)]).await;
        press(browser, "check-receipt").await;
        browser
            .until(&format!(
                "!document.querySelector('[data-part=receipt-{said}]').hidden"
            ))
            .await;
    }
    let problem = "return document.querySelector('[data-part=problem]').hidden;";
    assert_eq!(
        browser.script(problem, vec![]).await,
        Value::Bool(true),
        "{name}"
    );
}
