//! What follows a vote, in the service as people use it: places stay empty under a high majority, the office calls a second ballot,
//! and deputies vote in it on the telephones with which they checked in for the vote.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use journeys::{Browser, Demo, Driver, Screen};

fn shown(step: &str) -> String {
    format!("document.querySelector('[data-step={step}]:not([hidden])')")
}

/// The office writes rules by which an item needs two thirds of all deputies, and the meeting adopts them.
async fn adopt_by_two_thirds(office: &Browser, poll: &str) {
    office.goto(&format!("{poll}/manage")).await;
    office
        .script(
            "document.querySelector('[name=rule_majority]').value = '>= 2/3';
             document.querySelector('form[action$=\"/rules\"] button').click();",
            vec![],
        )
        .await;
    office
        .until("document.querySelector('form[action$=\"/adopt\"]')")
        .await;
    office
        .script(
            "document.querySelector('[name=hands_in_favour]').value = '200';
             document.querySelector('form[action$=\"/adopt\"] button').click();",
            vec![],
        )
        .await;
    office
        .until("!document.querySelector('form[action$=\"/adopt\"]')")
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
    office
        .goto(&format!("{}/j/qinghe/2026/session", demo.url()))
        .await;
    office.click("form[action$='/session/polls'] button").await;
    office
        .until("document.querySelector('form[action$=\"/rules\"]')")
        .await;
    let poll = demo.poll(&desk).await;
    adopt_by_two_thirds(&office, &poll).await;
    let phone = driver.open(Screen::Phone).await;
    phone.goto(&demo.account("deputy", 0).sign_in_url).await;
    phone.goto(&format!("{poll}/check-in")).await;
    phone.until(&shown("ready")).await;
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
    office.goto(&format!("{poll}/manage")).await;
    office
        .click("form[action$='/session/follow-up'] button")
        .await;
    office
        .until(&format!("location.href.indexOf('{poll}') < 0"))
        .await;
    let second = office.script("return location.href;", vec![]).await;
    let second = second.as_str().unwrap();
    let second = second.split("/manage").next().unwrap().to_owned();
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
}
