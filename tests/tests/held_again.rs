//! A vote that went wrong is void by two people, and held again by another form of ballot. Before, a deputy casts a blank ballot where the
//! form tells it apart; after, one answers item by item. Both votes have a bundle that the deputy checks on the telephone.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use journeys::accessibility::assert_accessible;
use journeys::office::{adopt_rules, call_vote, shown};
use journeys::{Browser, Demo, Driver, Screen};

async fn cast(phone: &Browser) {
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

/// One side says that the vote is void, the other confirms it.
async fn void(chief: &Browser, office: &Browser, poll: &str) {
    chief.goto(&format!("{poll}/manage")).await;
    chief
        .script(
            "const form = document.querySelector('form[action$=\"/motion\"] input[value=void]').form;
             form.querySelector('[name=end_reason]').value = 'wrong_candidates';
             form.querySelector('[name=explanation]').value = '候选项目的资金数有误。';
             form.querySelector('button').click();",
            vec![],
        )
        .await;
    chief
        .until("document.body.textContent.indexOf('候选项目的资金数有误') > 0")
        .await;
    office.goto(&format!("{poll}/manage")).await;
    assert_accessible(office).await;
    office.screenshot("void-to-confirm").await;
    office
        .script(
            "document.querySelector('form[action$=\"/confirm\"] input[value=void]').form.querySelector('button').click();",
            vec![],
        )
        .await;
    office
        .until("!document.querySelector('form[action$=\"/confirm\"] input[value=void]')")
        .await;
}

async fn verified(phone: &Browser, poll: &str) {
    phone
        .goto(&poll.replace("/session/polls/", "/results/"))
        .await;
    phone.click("a[href^='/verify#bundle=']").await;
    let proved = "[...document.querySelectorAll('[data-part=archive-good], [data-part=archive-ended]')].some((one) => !one.hidden)";
    phone.until(proved).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_void_vote_is_held_again_by_another_form() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let demo = Demo::start();
    let desk = driver.open(Screen::Laptop).await;
    demo.forward(&desk, "adopt-rules").await;
    let office = driver.open(Screen::Laptop).await;
    office.goto(&demo.account("office", 0).sign_in_url).await;
    let first = call_vote(&office, &demo).await;
    let at_least = [
        ("rule_form", "at_least"),
        ("rule_min", "2"),
        ("rule_max", "10"),
    ];
    adopt_rules(&office, &first, &at_least).await;
    let phone = driver.open(Screen::Phone).await;
    phone.goto(&demo.account("deputy", 0).sign_in_url).await;
    phone.goto(&format!("{first}/check-in")).await;
    phone.until(&shown("ready")).await;
    phone.check_in(&first).await;
    phone.until(&shown("checked-in")).await;
    demo.forward(&desk, "cast").await;
    phone.goto(&format!("{first}/cast")).await;
    phone.until(&shown("choose")).await;
    // One tick is too few; a blank ballot is a choice of its own.
    phone
        .click("[data-step=choose] input[data-answer='0']")
        .await;
    phone
        .until("document.querySelector('[data-part=review]').disabled")
        .await;
    phone.screenshot("ballot-at-least").await;
    phone.click("[data-part=blank]").await;
    cast(&phone).await;
    let chief = driver.open(Screen::Phone).await;
    chief
        .goto(&demo.account("chief_scrutineer", 0).sign_in_url)
        .await;
    void(&chief, &office, &first).await;
    verified(&phone, &first).await;
    // Nothing of it counts, and the meeting votes again, item by item.
    let second = call_vote(&office, &demo).await;
    assert_ne!(first, second);
    adopt_rules(
        &office,
        &second,
        &[("rule_form", "each_item"), ("rule_max", "")],
    )
    .await;
    phone.goto(&format!("{second}/check-in")).await;
    phone.until(&shown("ready")).await;
    phone.check_in(&second).await;
    phone.until(&shown("checked-in")).await;
    demo.forward(&desk, "cast").await;
    phone.goto(&format!("{second}/cast")).await;
    phone.until(&shown("choose")).await;
    phone
        .script(
            "document.querySelectorAll('[data-step=choose] fieldset').forEach((item, place) => {
               if (place !== 1) item.querySelectorAll('input')[place % 3].click();
             });",
            vec![],
        )
        .await;
    phone.click("[data-part=review]").await;
    phone.until(&shown("review")).await;
    // What is left without a mark is named.
    phone
        .until("document.querySelectorAll('[data-part=unmarked-list] li').length === 1")
        .await;
    phone.screenshot("ballot-each-item").await;
    cast(&phone).await;
    demo.forward(&desk, "hand-over").await;
    phone
        .goto(&second.replace("/session/polls/", "/results/"))
        .await;
    phone.screenshot("result-each-item").await;
    assert_accessible(&phone).await;
    verified(&phone, &second).await;
}
