//! The page on which anybody checks a receipt or a whole vote: its verdict comes first and in words, and never outlives what it is about.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use journeys::{Browser, Demo, Driver, Screen, accessibility};
use serde_json::{Value, json};
use std::fs;

/// A condition: this part of the page is there to be read.
fn said(part: &str) -> String {
    format!("document.querySelector('[data-part={part}]').getClientRects().length")
}

/// A condition: the page shows this step.
fn shown(step: &str) -> String {
    format!("document.querySelector('[data-step={step}]:not([hidden])')")
}

/// A deputy votes; afterwards the result is announced. The receipt's text, and the poll's page.
async fn a_vote(driver: &Driver, demo: &Demo) -> (String, String) {
    let desk = driver.open(Screen::Laptop).await;
    demo.forward(&desk, "check-in").await;
    let poll = demo.poll(&desk).await;
    let deputy = driver.open(Screen::Phone).await;
    deputy.goto(&demo.account("deputy", 0).sign_in_url).await;
    deputy.goto(&format!("{poll}/check-in")).await;
    deputy.until(&shown("ready")).await;
    deputy.check_in(&poll).await;
    deputy.until(&shown("checked-in")).await;
    demo.forward(&desk, "cast").await;
    deputy.goto(&format!("{poll}/cast")).await;
    deputy
        .until("document.querySelector('[data-step=choose] .print').textContent")
        .await;
    deputy.click("[data-step=choose] input").await;
    for (part, step) in [
        ("review", "review"),
        ("seal", "sealed"),
        ("cast", "receipt"),
    ] {
        deputy.click(&format!("[data-part={part}]")).await;
        deputy.until(&shown(step)).await;
    }
    let read = "return document.querySelector('[data-part=receipt-as-text]').textContent;";
    let receipt = deputy.script(read, vec![]).await;
    demo.forward(&desk, "hand-over").await;
    (receipt.as_str().expect("a text").to_owned(), poll)
}

/// Nothing of a verdict or of a problem is to be read.
async fn says_nothing(browser: &Browser) {
    let said = "return [...document.querySelectorAll('[data-verdict], [data-fact], [data-part=problem], [data-part=verdict]')]
        .filter((one) => one.getClientRects().length).map((one) => one.textContent);";
    assert_eq!(browser.script(said, vec![]).await, json!([]));
}

async fn type_into(browser: &Browser, part: &str, text: &str) {
    let script = "const field = document.querySelector(`[data-part=${arguments[0]}]`);
        field.value = arguments[1];
        field.dispatchEvent(new Event('input', { bubbles: true }));";
    browser.script(script, vec![json!(part), json!(text)]).await;
}

async fn value(browser: &Browser, part: &str) -> String {
    let script = format!("return document.querySelector('[data-part={part}]').value;");
    let value = browser.script(&script, vec![]).await;
    value.as_str().expect("a text").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verdict_is_seen_first_in_words_and_goes_with_what_it_is_about() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let demo = Demo::start();
    let (receipt, poll) = a_vote(&driver, &demo).await;
    let phone = driver.open(Screen::Phone).await;
    a_scanned_code_shows_the_verdict_alone(&phone, &demo, &receipt).await;
    a_verdict_goes_with_its_input(&phone, &receipt).await;
    a_bundle_says_what_was_decided(&phone, &demo, &poll).await;
    assert!(!phone.overflows().await);
}

async fn a_scanned_code_shows_the_verdict_alone(phone: &Browser, demo: &Demo, receipt: &str) {
    let address = |text: &str| {
        let text = text
            .replace('%', "%25")
            .replace('\n', "%0A")
            .replace(' ', "%20");
        demo.at(&format!("/verify#{text}"))
    };
    phone.goto(&address(receipt)).await;
    phone.until(&said("receipt-counted")).await;
    let first =
        "const box = document.querySelector('[data-part=receipt-counted]').getBoundingClientRect();
        return [box.top >= 0 && box.bottom <= innerHeight / 2, document.activeElement.dataset.part,
          document.querySelector('[data-part=check-archive]').getClientRects().length];";
    assert_eq!(
        phone.script(first, vec![]).await,
        json!([true, "verdict", 0])
    );
    let text = phone.text("[data-part=verdict]").await;
    for word in [
        "青禾县",
        "2026",
        "民生实事项目票决",
        "记录序号",
        "核验其他内容",
    ] {
        assert!(text.contains(word), "{word} in:\n{text}");
    }
    phone.screenshot("verify-code").await;
    accessibility::assert_accessible(phone).await;

    // Another code into the same tab: the former verdict goes at once.
    let line = receipt.lines().max_by_key(|line| line.len()).unwrap();
    let other = if line.ends_with("A=") { "B=" } else { "A=" };
    let changed = receipt.replacen(line, &format!("{}{other}", &line[..line.len() - 2]), 1);
    phone.goto(&address(&changed)).await;
    phone.until(&said("receipt-bad")).await;
    let text = phone.text("[data-part=verdict]").await;
    assert!(!text.contains("已计入"), "{text}");
    assert!(
        text.contains("请保留回执并向会议反映") || text.contains("请重新扫码"),
        "{text}"
    );
    phone.screenshot("verify-code-bad").await;
    accessibility::assert_accessible(phone).await;

    phone.click("[data-part=check-other]").await;
    says_nothing(phone).await;
    phone.until(&said("check-archive")).await;
    assert_eq!(phone.url().await, demo.at("/verify"));
}

async fn a_verdict_goes_with_its_input(phone: &Browser, receipt: &str) {
    let key = value(phone, "receipt-vkey").await;
    for (field, changed, then) in [
        ("receipt-text", "x".to_owned(), "receipt-bad"),
        ("receipt-vkey", key.replacen(&key[..1], "x", 1), "problem"),
    ] {
        type_into(phone, "receipt-text", receipt).await;
        type_into(phone, "receipt-vkey", &key).await;
        phone.click("[data-part=check-receipt]").await;
        phone.until(&said("receipt-counted")).await;
        type_into(phone, field, &changed).await;
        says_nothing(phone).await;
        phone.click("[data-part=check-receipt]").await;
        phone.until(&said(then)).await;
        assert!(!seen(phone, "receipt-counted").await);
    }
    phone.see("记录公钥的格式不对").await;
    // A key that is none is a problem, and no verdict stands beside it.
    type_into(phone, "receipt-vkey", "x").await;
    says_nothing(phone).await;
    phone.click("[data-part=check-receipt]").await;
    phone.until(&said("problem")).await;
    assert!(!seen(phone, "verdict").await);
    type_into(phone, "receipt-vkey", &key).await;
    says_nothing(phone).await;

    // What is changed while a check runs is not answered with the former's verdict.
    type_into(phone, "receipt-text", receipt).await;
    phone.click("[data-part=check-receipt]").await;
    type_into(phone, "receipt-text", "x").await;
    phone
        .until("!document.querySelector('[data-part=check-receipt]').hasAttribute('aria-busy')")
        .await;
    says_nothing(phone).await;
}

async fn seen(browser: &Browser, part: &str) -> bool {
    let script = format!("return {} > 0;", said(part));
    browser.script(&script, vec![]).await == Value::Bool(true)
}

async fn a_bundle_says_what_was_decided(phone: &Browser, demo: &Demo, poll: &str) {
    let folder = tempfile::tempdir().unwrap();
    let api = poll
        .replacen("/j/", "/api/v1/j/", 1)
        .replacen("/session", "", 1);
    let (status, mut bytes) = phone.fetch(&format!("{api}/bundle")).await;
    assert_eq!(status, 200);
    let whole = folder.path().join("poll.zip");
    fs::write(&whole, &bytes).unwrap();
    bytes.truncate(bytes.len() / 2);
    let half = folder.path().join("half.zip");
    fs::write(&half, &bytes).unwrap();

    phone.goto(&demo.at("/verify")).await;
    let field = phone.find("[data-part=archive-file]").await;
    field.send_keys(whole.to_str().unwrap()).await.unwrap();
    phone.click("[data-part=check-archive]").await;
    phone.until(&said("archive-good")).await;
    let text = phone.text("[data-part=verdict]").await;
    for word in ["青禾县", "民生实事项目票决", "计入的表决票", "入选的是"] {
        assert!(text.contains(word), "{word} in:\n{text}");
    }
    let chosen = "return document.querySelectorAll('[data-part=decision] li').length;";
    assert_eq!(phone.script(chosen, vec![]).await, json!(10));
    phone.screenshot("verify-bundle").await;
    accessibility::assert_accessible(phone).await;

    let field = phone.find("[data-part=archive-file]").await;
    field.send_keys(half.to_str().unwrap()).await.unwrap();
    says_nothing(phone).await;
    phone.click("[data-part=check-archive]").await;
    phone.until(&said("archive-bad")).await;
    phone.see("请从结果页重新下载").await;
    phone.screenshot("verify-half-a-bundle").await;

    let other = folder.path().join("other.bel");
    fs::write(&other, "a letter").unwrap();
    let field = phone.find("[data-part=archive-file]").await;
    field.send_keys(other.to_str().unwrap()).await.unwrap();
    says_nothing(phone).await;
    phone.click("[data-part=check-archive]").await;
    phone.until(&said("archive-unsupported")).await;
    phone.see("读不出这个文件").await;
}
