//! Paper in the same sealed count, as people use it: two tellers with a telephone each, the desk, a paper that ticks too much, a
//! mistyped one that is found, and the bundle that anybody checks.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use journeys::accessibility::assert_accessible;
use journeys::office::{adopt_rules, call_vote, shown};
use journeys::{Browser, Demo, Driver, Screen};

/// A picture of the page, and what a checker finds of it.
async fn looked_at(browser: &Browser, name: &str) {
    browser.screenshot(name).await;
    assert_accessible(browser).await;
}

async fn text(browser: &Browser, part: &str) -> String {
    let script = "return document.querySelector(`[data-part=${arguments[0]}]`).textContent;";
    let found = browser.script(script, vec![part.into()]).await;
    found.as_str().unwrap().to_owned()
}

/// The teller's device makes the credentials; what was written down is typed again before they are handed in.
async fn make_credentials(teller: &Browser, poll: &str) {
    teller.goto(&format!("{poll}/paper")).await;
    teller.until(&shown("make")).await;
    looked_at(teller, "teller-make").await;
    teller.click("[data-part=make]").await;
    teller.until(&shown("write-down")).await;
    looked_at(teller, "teller-write-down").await;
    let secret = text(teller, "secret").await;
    type_code(teller, "again", "11111-111111-11111-111111").await;
    teller.click("[data-part=reserve]").await;
    teller
        .until("!document.querySelector('[data-part=problem]').hidden")
        .await;
    type_code(teller, "again", &secret.replace('-', " ")).await;
    teller.click("[data-part=reserve]").await;
    teller.until(&shown("reserved")).await;
    looked_at(teller, "teller-reserved").await;
}

async fn type_code(browser: &Browser, name: &str, code: &str) {
    browser
        .script(
            "document.querySelector(`[data-part=code-${arguments[0]}]`).value = arguments[1];",
            vec![name.into(), code.into()],
        )
        .await;
}

/// The first two deputies whom the desk misses are present on paper.
async fn two_on_paper(desk: &Browser, poll: &str) {
    for _ in 0..2 {
        desk.goto(&format!("{poll}/desk")).await;
        desk.script(
            "const missing = [...document.querySelectorAll('.desk-list li')].find((row) => row.querySelector('.badge.warn'));
             missing.querySelector('form[action$=\"/desk/paper\"] button').click();",
            vec![],
        )
        .await;
        desk.until("document.querySelector('.notice, [role=status]')")
            .await;
    }
}

async fn hand_out(desk: &Browser, poll: &str) {
    for _ in 0..2 {
        desk.goto(&format!("{poll}/desk")).await;
        desk.script(
            "const out = [...document.querySelectorAll('form[action$=\"/desk/hand-out\"]')];
             out.find((form) => !form.closest('li').querySelector('form[action$=\"/desk/replace\"]')).querySelector('button').click();",
            vec![],
        )
        .await;
        desk.until("document.querySelectorAll('form[action$=\"/desk/replace\"]').length")
            .await;
    }
}

async fn type_sheet(teller: &Browser, ticks: &[usize]) {
    teller.click("[data-part=add]").await;
    teller.until(&shown("sheet")).await;
    keep(teller, ticks).await;
}

async fn keep(teller: &Browser, ticks: &[usize]) {
    let ticks: Vec<String> = ticks.iter().map(ToString::to_string).collect();
    teller
        .script(
            "for (const box of document.querySelectorAll('[data-part=sheet-paper] input')) {
               box.checked = arguments[0].split(',').includes(box.dataset.answer);
             }",
            vec![ticks.join(",").into()],
        )
        .await;
    teller.click("[data-part=keep-sheet]").await;
    teller.until(&shown("sheets")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn paper_is_typed_by_two_tellers_and_counted_with_the_ballots_of_devices() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let demo = Demo::start();
    let desk = driver.open(Screen::Laptop).await;
    demo.forward(&desk, "adopt-rules").await;
    let office = driver.open(Screen::Laptop).await;
    office.goto(&demo.account("office", 0).sign_in_url).await;
    let poll = call_vote(&office, &demo).await;
    adopt_rules(&office, &poll, &[("rule_paper", "6")]).await;
    let first = driver.open(Screen::Phone).await;
    first.goto(&demo.account("teller", 0).sign_in_url).await;
    make_credentials(&first, &poll).await;
    demo.forward(&desk, "freeze").await;
    two_on_paper(&office, &poll).await;
    demo.forward(&desk, "cast").await;
    hand_out(&office, &poll).await;
    looked_at(&office, "desk-paper").await;
    for page in ["papers", "../../console"] {
        office.goto(&format!("{poll}/{page}")).await;
        looked_at(&office, page.trim_start_matches("../../")).await;
    }
    // The box is opened. The second teller's device needs the code that the first one shows.
    first.goto(&format!("{poll}/paper")).await;
    first.until(&shown("sheets")).await;
    let code = text(&first, "compare-code").await;
    let second = driver.open(Screen::Phone).await;
    second.goto(&demo.account("teller", 1).sign_in_url).await;
    second.goto(&format!("{poll}/paper")).await;
    second.until(&shown("side")).await;
    looked_at(&second, "teller-side").await;
    type_code(&second, "compare", &code).await;
    second.click("[data-part=compare]").await;
    second.until(&shown("sheets")).await;
    // One good paper; one with eleven ticks where ten are the most. The second teller slips at the first one.
    let too_many: Vec<usize> = (0..11).collect();
    type_sheet(&first, &[0, 2]).await;
    type_sheet(&first, &too_many).await;
    // What was typed survives a reload.
    first.goto(&format!("{poll}/paper")).await;
    first
        .until("document.querySelectorAll('[data-part=sheet-list] li').length === 2")
        .await;
    type_sheet(&second, &[0, 3]).await;
    type_sheet(&second, &too_many).await;
    first.click("[data-part=hand-in]").await;
    first
        .until("!document.querySelector('[data-part=waiting-for-other]').hidden")
        .await;
    second.click("[data-part=hand-in]").await;
    second
        .until("!document.querySelector('[data-part=differences]').hidden")
        .await;
    second
        .until("document.querySelectorAll('.sheet-differs').length === 1")
        .await;
    looked_at(&second, "teller-differ").await;
    // The first teller's page hears of it by itself, and neither can be sealed yet.
    first
        .until("!document.querySelector('[data-part=differences]').hidden")
        .await;
    first
        .until("document.querySelector('[data-part=seal]').hidden")
        .await;
    second.click(".sheet-differs button").await;
    second.until(&shown("sheet")).await;
    looked_at(&second, "teller-sheet").await;
    keep(&second, &[0, 2]).await;
    second.click("[data-part=hand-in]").await;
    second
        .until("!document.querySelector('[data-part=all-alike]').hidden")
        .await;
    first
        .until("!document.querySelector('[data-part=seal]').hidden")
        .await;
    first.click("[data-part=seal]").await;
    first.until(&shown("done")).await;
    looked_at(&first, "teller-done").await;
    second.until(&shown("done")).await;
    demo.forward(&desk, "hand-over").await;
    let results = poll.replace("/session/polls/", "/results/");
    let phone = driver.open(Screen::Phone).await;
    phone.goto(&results).await;
    phone.screenshot("result-with-paper").await;
    phone.click("a[href^='/verify#bundle=']").await;
    phone
        .until("!document.querySelector('[data-part=archive-good]').hidden")
        .await;
}
