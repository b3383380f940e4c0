//! No page that needs the device stays empty, says a browser's own words, or blames another device: what is missing is said in a
//! sentence, with the way on.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use journeys::{Browser, Demo, Driver, HostileServer, Screen, accessibility};
use serde_json::{Value, json};

/// What a browser lacks, as a script that takes it away; the sentence's beginning.
const FAULTS: [(&str, &str, &str); 6] = [
    (
        "old",
        "delete HTMLScriptElement.prototype.noModule;",
        "这个浏览器版本太旧",
    ),
    (
        "wasm",
        "delete window.WebAssembly;",
        "这个浏览器不能运行本页的加密程序",
    ),
    (
        "worker",
        "window.Worker = function () { throw new DOMException('Cannot start', 'SecurityError'); };",
        "这个浏览器没能启动本页的加密程序",
    ),
    (
        "cookies",
        "Object.defineProperty(navigator, 'cookieEnabled', { value: false });",
        "这个浏览器禁止了 Cookie",
    ),
    (
        "store",
        "IDBFactory.prototype.open = function () { throw new DOMException('The operation is insecure.', 'SecurityError'); };",
        "这个浏览器不让本页在本机保存资料",
    ),
    (
        "silent",
        "IDBFactory.prototype.open = function () { return {}; };",
        "这个浏览器的本机存储没有反应",
    ),
];

/// Words of engines, which are never shown.
const ENGINES: [&str; 6] = [
    "undefined",
    "Error",
    "insecure",
    "Cannot",
    "Failed",
    "indexedDB",
];

/// A demo that has come to this step of its cycle, behind a server that can withhold files; and its poll's page.
async fn demo_at(driver: &Driver, step: &str) -> (Demo, HostileServer, String) {
    let mut demo = Demo::start();
    let service = HostileServer::before(demo.url()).await;
    demo.move_behind(service.url());
    let browser = driver.open(Screen::Laptop).await;
    demo.forward(&browser, step).await;
    let poll = demo.poll(&browser).await;
    browser.close().await;
    (demo, service, poll)
}

async fn deputy(driver: &Driver, demo: &Demo, nth: usize) -> Browser {
    let browser = driver.open(Screen::Phone).await;
    browser.goto(&demo.account("deputy", nth).sign_in_url).await;
    browser
}

/// The sentence of a fault stands there with a way on, and nothing of an engine.
async fn says(browser: &Browser, fault: &str, begins: &str) {
    let said = format!("document.querySelector('[data-fault={fault}]')");
    browser.until(&said).await;
    let sentence = browser.text(&format!("[data-word={fault}]")).await;
    assert!(sentence.starts_with(begins), "{fault}: {sentence}");
    let way = browser.text("[data-word=way]").await;
    assert!(
        way.contains('。') && way.chars().count() > 10,
        "{fault}: {way}"
    );
    says_nothing_of_an_engine(browser).await;
}

async fn says_nothing_of_an_engine(browser: &Browser) {
    let text = browser.text("main").await;
    for word in ENGINES {
        assert!(!text.contains(word), "{word} in:\n{text}");
    }
}

/// A condition: the page shows this step.
fn shown(step: &str) -> String {
    format!("document.querySelector('[data-step={step}]:not([hidden])')")
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_browser_lacks_is_said_on_every_page_that_needs_it() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let (demo, _service, poll) = demo_at(&driver, "check-in").await;
    let pages = ["/check-in", "/cast"].map(|page| format!("{poll}{page}"));
    for (fault, script, begins) in FAULTS {
        let browser = deputy(&driver, &demo, 0).await;
        browser.before_each_page(script).await;
        for page in pages.iter().chain([&demo.at("/device")]) {
            browser.goto(page).await;
            says(&browser, fault, begins).await;
            assert!(!browser.overflows().await, "{page} with {fault}");
        }
        // Nothing is kept to check a receipt, and no paper ballot is the way on there.
        browser.goto(&demo.at("/verify")).await;
        if ["old", "wasm", "worker"].contains(&fault) {
            says(&browser, fault, begins).await;
            assert!(!browser.text("main").await.contains("纸质票"));
        } else {
            browser
                .until("document.querySelector('[data-word=opening]').hidden")
                .await;
            assert!(!browser.has("[data-fault]").await, "{fault}");
        }
        browser.screenshot(&format!("readiness-{fault}")).await;
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_serves_is_told_so_days_before() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let demo = Demo::start();
    let browser = driver.open(Screen::Phone).await;
    browser.goto(&demo.at("/device")).await;
    browser.see("用这台设备的这个浏览器可以投票 ✓").await;
    browser.screenshot("device").await;
    accessibility::assert_accessible(&browser).await;
    assert!(!browser.has("[data-fault]").await);
    assert_eq!(browser.console().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_arrive_is_said_in_a_sentence_and_can_be_tried_again() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let (demo, service, poll) = demo_at(&driver, "check-in").await;
    let browser = deputy(&driver, &demo, 0).await;
    service.withhold(&["/js/check-in.js"]);
    browser.goto(&format!("{poll}/check-in")).await;
    says(&browser, "not-loaded", "本页的程序没有完整下载").await;

    service.withhold(&["/ballot_bg.wasm"]);
    browser.goto(&format!("{poll}/check-in")).await;
    browser.until(&shown("ready")).await;
    browser.check_in(&poll).await;
    browser
        .until("!document.querySelector('[data-part=problem]').hidden")
        .await;
    browser.see("本页的程序没有完整下载").await;
    browser.see("改用纸质票").await;
    says_nothing_of_an_engine(&browser).await;
    let technical = browser
        .script(
            "return document.querySelector('[data-part=problem-technical]').textContent;",
            vec![],
        )
        .await;
    assert_ne!(technical, json!(""), "who helps reads what the engine said");
    browser.screenshot("readiness-problem").await;
    accessibility::assert_accessible(&browser).await;

    service.withhold(&[]);
    browser.check_in(&poll).await;
    browser.until(&shown("checked-in")).await;
    assert_eq!(
        browser
            .script(
                "return document.querySelector('[data-part=problem]').hidden;",
                vec![]
            )
            .await,
        Value::Bool(true)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_paper_is_there_before_anything_that_seals_and_nobody_is_told_of_another_device_falsely()
 {
    let Some(driver) = Driver::start() else {
        return;
    };
    let (demo, service, poll) = demo_at(&driver, "check-in").await;
    let (cast, check_in) = (format!("{poll}/cast"), format!("{poll}/check-in"));

    let absent = deputy(&driver, &demo, 1).await;
    absent.goto(&cast).await;
    absent.until(&shown("not-checked-in")).await;
    let in_wechat = deputy(&driver, &demo, 0).await;
    in_wechat
        .call_itself("Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/116.0.0.0 Mobile MicroMessenger/8.0.49")
        .await;
    in_wechat.goto(&demo.account("deputy", 0).sign_in_url).await;
    in_wechat.goto(&check_in).await;
    in_wechat.until(&shown("ready")).await;
    in_wechat.see("用浏览器打开").await;
    in_wechat.screenshot("check-in-in-wechat").await;
    in_wechat.check_in(&poll).await;
    in_wechat.until(&shown("checked-in")).await;

    let steps = driver.open(Screen::Laptop).await;
    demo.forward(&steps, "cast").await;
    absent.goto(&cast).await;
    absent.until(&shown("check-in-over")).await;
    absent.see("领取纸质票").await;
    absent.goto(&check_in).await;
    absent.until(&shown("check-in-over")).await;

    // The same deputy in another browser is told which one it may have been.
    let elsewhere = deputy(&driver, &demo, 0).await;
    elsewhere.goto(&cast).await;
    elsewhere.until(&shown("no-credential")).await;
    elsewhere.see("微信 · Android").await;
    elsewhere.screenshot("cast-elsewhere").await;

    // No module has come, and the paper is read and marked; sealing waits, says why, and goes on when they come.
    in_wechat.clear_cache().await;
    service.withhold(&["_bg.wasm"]);
    in_wechat.goto(&cast).await;
    in_wechat.until(&shown("choose")).await;
    in_wechat.click("[data-step=choose] input").await;
    in_wechat.click("[data-part=review]").await;
    in_wechat.until(&shown("review")).await;
    in_wechat.click("[data-part=seal]").await;
    in_wechat
        .until("!document.querySelector('[data-part=problem]').hidden")
        .await;
    in_wechat.see("本页的程序没有完整下载").await;
    in_wechat
        .until("!document.querySelector('[data-part=seal]').hasAttribute('aria-busy')")
        .await;
    service.withhold(&[]);
    // Nothing is sealed before its owner has seen the print.
    in_wechat.click("[data-part=seal]").await;
    in_wechat
        .until("!document.querySelector('[data-part=print-late]').hidden")
        .await;
    in_wechat
        .until("document.querySelector('[data-step=review] .print').textContent")
        .await;
    in_wechat.click("[data-part=seal]").await;
    in_wechat.until(&shown("sealed")).await;
    in_wechat.click("[data-part=cast]").await;
    in_wechat
        .until("!document.querySelector('[data-part=receipt-good]').hidden")
        .await;
    a_receipt_leaves_by_the_clipboard(&in_wechat).await;
}

/// Where downloads do nothing, the text is copied; where that is refused as well, it is shown to be copied by hand.
async fn a_receipt_leaves_by_the_clipboard(browser: &Browser) {
    let watch = "window.copied = []; navigator.clipboard.writeText = async (text) => { window.copied.push(text); };";
    browser.script(watch, vec![]).await;
    browser.click("[data-part=copy-receipt]").await;
    browser
        .until("!document.querySelector('[data-part=receipt-copied]').hidden")
        .await;
    let same = "window.copied[0] === document.querySelector('[data-part=receipt-as-text]').textContent && window.copied[0].length > 300";
    browser.until(same).await;
    let refuse = "navigator.clipboard.writeText = async () => { throw new Error('refused'); }; document.execCommand = () => false;";
    browser.script(refuse, vec![]).await;
    browser.click("[data-part=copy-receipt]").await;
    browser
        .until("!document.querySelector('[data-part=receipt-not-copied]').hidden")
        .await;
    browser
        .until("document.querySelector('[data-part=receipt-as-text]').closest('details').open")
        .await;
    browser.screenshot("receipt-in-wechat").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_makes_a_secret_without_knowing_whether_it_lasts() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let (demo, _service, poll) = demo_at(&driver, "check-in").await;
    for (answer, word) in [("true", "lasting"), ("false", "passing")] {
        let browser = deputy(&driver, &demo, 0).await;
        let script = format!(
            "StorageManager.prototype.persisted = async () => {answer};
             StorageManager.prototype.persist = async () => {{ window.asked = true; return {answer}; }};"
        );
        browser.before_each_page(&script).await;
        browser.goto(&format!("{poll}/check-in")).await;
        let said =
            format!("document.querySelector('[data-step=ready] [data-part={word}]:not([hidden])')");
        browser.until(&said).await;
        assert_eq!(
            browser
                .script("return window.asked === undefined;", vec![])
                .await,
            Value::Bool(true)
        );
        browser.check_in(&poll).await;
        browser.until(&shown("checked-in")).await;
        browser.until("window.asked").await;
        browser.close().await;
    }
}
