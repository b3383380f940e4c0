//! What follows a vote, in the service as people use it: places stay empty under a high majority, the office calls a second ballot,
//! then the vote by which the meeting adopts the list, and deputies vote in both on the telephones with which they checked in for the
//! vote. Whoever has no code of the hall has checked in for none.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use journeys::office::{adopt_rules, call_vote, shown};
use journeys::{Browser, Demo, Driver, Screen};

/// From outside the hall: a code that nobody shows is refused beside its field, and nobody is checked in by it.
async fn guess_the_code(phone: &Browser) {
    phone.fill("check_in_code", "000000").await;
    phone.click("[data-part=check-in]").await;
    phone
        .until("document.querySelector('[data-part=code-error]').textContent")
        .await;
    phone.until(&shown("ready")).await;
    phone
        .script(
            "document.querySelector('[data-part=code]').value = '';",
            vec![],
        )
        .await;
}

async fn vote(phone: &Browser, poll: &str, ticks: usize) {
    phone.goto(&format!("{poll}/cast")).await;
    phone.until(&shown("choose")).await;
    for nth in 0..ticks {
        phone
            .click(&format!("[data-step=choose] input[data-answer='{nth}']"))
            .await;
    }
    cast(phone).await;
}

/// The meeting's list is adopted by a tick beside 赞成.
async fn vote_for_the_list(phone: &Browser, poll: &str) {
    phone.goto(&format!("{poll}/cast")).await;
    phone.until(&shown("choose")).await;
    phone
        .until("document.querySelector('[data-step=choose]').textContent.indexOf('QH26-') > 0")
        .await;
    phone
        .script(
            "document.querySelector('[data-step=choose] input[type=radio]').click();",
            vec![],
        )
        .await;
    cast(phone).await;
}

/// From the marked ballot to the receipt.
async fn cast(phone: &Browser) {
    phone.click("[data-part=review]").await;
    phone.until(&shown("review")).await;
    phone
        .until("document.querySelector('[data-step=review] .print').textContent")
        .await;
    phone.click("[data-part=seal]").await;
    phone.until(&shown("sealed")).await;
    phone.click("[data-part=cast]").await;
    phone.until(&shown("receipt")).await;
    phone
        .until("!document.querySelector('[data-part=receipt-good]').hidden")
        .await;
}

/// The office calls what follows on the page of the last poll: the page of the new one.
async fn call(office: &Browser, poll: &str, kind: &str) -> String {
    office.goto(&format!("{poll}/manage")).await;
    let form = "form[action$='/session/follow-up']";
    office
        .script(
            "document.querySelector(`${arguments[0]} input[value=${arguments[1]}]`).form.querySelector('button').click();",
            vec![form.into(), kind.into()],
        )
        .await;
    office
        .until(&format!("location.href.indexOf('{poll}') < 0"))
        .await;
    let page = office.script("return location.href;", vec![]).await;
    let page = page.as_str().unwrap();
    page.split("/manage").next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deputy_votes_in_the_second_ballot_with_the_device_of_the_one_check_in() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let demo = Demo::start();
    let desk = driver.open(Screen::Laptop).await;
    demo.forward(&desk, "adopt-rules").await;
    let office = driver.open(Screen::Laptop).await;
    office.goto(&demo.account("office", 0).sign_in_url).await;
    let poll = call_vote(&office, &demo).await;
    // An item needs two thirds of all deputies.
    adopt_rules(&office, &poll, &[("rule_majority", ">= 2/3")]).await;
    let phone = driver.open(Screen::Phone).await;
    phone.goto(&demo.account("deputy", 0).sign_in_url).await;
    phone.goto(&format!("{poll}/check-in")).await;
    phone.until(&shown("ready")).await;
    guess_the_code(&phone).await;
    phone.check_in(&poll).await;
    phone.until(&shown("checked-in")).await;
    demo.forward(&desk, "open").await;
    // The device finds itself on the roll, and on those of all that may follow.
    phone.goto(&format!("{poll}/check-in")).await;
    phone.until(&shown("on-roll")).await;
    demo.forward(&desk, "cast").await;
    vote(&phone, &poll, 3).await;
    demo.forward(&desk, "hand-over").await;
    // Five have two thirds of all; the office calls the second ballot on the others.
    let second = call(&office, &poll, "second_ballot").await;
    phone.goto(&format!("{second}/check-in")).await;
    phone.until(&shown("checked-in")).await;
    demo.forward(&desk, "cast").await;
    vote(&phone, &second, 2).await;
    demo.forward(&desk, "hand-over").await;
    let results = second.replace("/session/polls/", "/results/");
    phone.goto(&results).await;
    phone
        .until("document.querySelectorAll('#rounds ol')[0].children.length === 2")
        .await;
    // The meeting adopts what both have chosen.
    let resolution = call(&office, &second, "adoption").await;
    demo.forward(&desk, "cast").await;
    vote_for_the_list(&phone, &resolution).await;
    demo.forward(&desk, "hand-over").await;
    let results = resolution.replace("/session/polls/", "/results/");
    phone.goto(&results).await;
    phone
        .until("document.querySelector('.verdict').textContent === '通过'")
        .await;
    // Anybody checks it on the telephone: the list is that of both polls, and so is the roll.
    phone.click("a[href^='/verify#bundle=']").await;
    phone
        .until("!document.querySelector('[data-part=archive-good]').hidden")
        .await;
}
