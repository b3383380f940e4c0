//! The ballot on a deputy's telephone: seen at once, lost neither by a reload, nor by the network, nor by a second device, and leaving
//! nothing of the choice behind.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod casting;
mod hall;

use hall::{
    Hall, nothing_is_left_of_the_choice, offline, place, said, shown, tick, ticked, window,
};
use journeys::{Browser, Driver, Screen, accessibility};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn the_first_candidate_is_in_view_and_one_tick_too_many_is_refused_with_a_word() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let hall = Hall::open(driver, 1).await;
    let phone = &hall.deputies[0];
    for (size, highest) in [("normal", 200.0), ("large", 260.0)] {
        let cookie = format!("document.cookie = 'text={size}; path=/';");
        phone.script(&cookie, vec![]).await;
        hall.paper(phone).await;
        window(phone, 640).await;
        let (top, bottom) = place(phone, ".ballot-item").await;
        assert!(top <= highest, "{size}: the first candidate at {top}");
        let (bar, end) = place(phone, ".sticky-bar").await;
        assert!(bottom < bar, "{size}: {bottom} under the bar at {bar}");
        assert!(
            (end - 640.0).abs() < 1.0,
            "{size}: the bar is at the bottom: {end}"
        );
        let (button, _) = place(phone, "[data-part=review]").await;
        let (count, _) = place(phone, ".sticky-bar [role=status]").await;
        assert!(
            (button - count).abs() < 40.0 && end - bar < 90.0,
            "{size}: the bar is one row: {count} {button}, {bar} to {end}"
        );
        assert!(!phone.overflows().await);
        for frame in [".demo-banner", ".timeline", ".way", ".site-header nav"] {
            assert!(!phone.has(frame).await, "{frame} on the ballot");
        }
        phone.screenshot(&format!("ballot-{size}")).await;
        accessibility::assert_accessible(phone).await;
    }
    assert_eq!(phone.text(".leave").await, "退出投票");

    let most = 10;
    tick(phone, most + 1).await;
    phone.until(&said("too-many")).await;
    assert_eq!(ticked(phone).await, json!((0..most).collect::<Vec<_>>()));
    let (top, bottom) = place(phone, "[data-part=too-many]").await;
    assert!(
        0.0 <= top && bottom <= 640.0,
        "the word is in view: {top} to {bottom}"
    );
    let role = "return document.querySelector('[data-part=too-many]').getAttribute('role');";
    assert_eq!(phone.script(role, vec![]).await, json!("alert"));
    phone.screenshot("ballot-too-many").await;
    phone
        .devtools(
            "Emulation.setEmulatedMedia",
            json!({ "features": [{ "name": "prefers-color-scheme", "value": "dark" }] }),
        )
        .await;
    phone.screenshot("ballot-dark").await;
    accessibility::assert_accessible(phone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ticks_outlive_a_reload_and_nothing_of_them_outlives_the_ballot_or_the_session() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let hall = Hall::open(driver, 2).await;
    let phone = &hall.deputies[0];
    hall.paper(phone).await;
    tick(phone, 3).await;
    hall.paper(phone).await;
    assert_eq!(ticked(phone).await, json!([0, 1, 2]));
    assert_eq!(phone.text("[data-part=ticked]").await, "3");

    phone.click("[data-part=review]").await;
    phone.until(&shown("review")).await;
    phone.script("history.back();", vec![]).await;
    phone.until(&shown("choose")).await;
    phone.script("history.forward();", vec![]).await;
    phone.until(&shown("review")).await;
    phone.script("location.reload();", vec![]).await;
    phone.until(&shown("review")).await;
    let listed = "return document.querySelectorAll('[data-part=review-list] li').length;";
    assert_eq!(phone.script(listed, vec![]).await, json!(3));
    phone.click("[data-part=back]").await;
    phone.until(&shown("choose")).await;
    assert_eq!(ticked(phone).await, json!([0, 1, 2]));

    // Another deputy on the same telephone is shown none of them, and the sign-out leaves none.
    phone.goto(&hall.poll).await;
    phone.click(".menu summary").await;
    phone.follow(".menu form[action='/sign-out'] button").await;
    phone.until("sessionStorage.length === 0").await;
    phone
        .goto(&hall.demo.account("deputy", 0).sign_in_url)
        .await;
    hall.paper(phone).await;
    assert_eq!(ticked(phone).await, json!([]));

    hall.seal(phone).await;
    nothing_is_left_of_the_choice(phone).await;
    for _ in 0..2 {
        phone.script("history.back();", vec![]).await;
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        if !phone.has("[data-step=sealed]").await {
            break;
        }
        phone.until(&shown("sealed")).await;
        nothing_is_left_of_the_choice(phone).await;
    }
    phone.goto(&format!("{}/cast", hall.poll)).await;
    phone.until(&shown("sealed")).await;
    phone.click("[data-part=cast]").await;
    phone.until(&said("receipt-good")).await;
    nothing_is_left_of_the_choice(phone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_ballot_is_lost_with_the_network_and_after_the_close_each_device_says_the_truth() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let hall = Hall::open(driver, 3).await;
    let [answer_lost, without_network, not_cast] = &hall.deputies[..] else {
        panic!("three deputies")
    };

    // Offline: the page says that the ballot is kept, in words of its own, and casts it by itself.
    hall.seal(without_network).await;
    offline(without_network, true).await;
    without_network.click("[data-part=cast]").await;
    without_network.until(&said("waiting")).await;
    let text = without_network.text("main").await;
    assert!(
        text.contains("自动投出") && !text.contains("Failed"),
        "{text}"
    );
    without_network.screenshot("ballot-offline").await;
    accessibility::assert_accessible(without_network).await;
    offline(without_network, false).await;
    without_network.until(&said("receipt-good")).await;

    // The service has taken it and the answer is lost, until voting is over.
    hall.seal(answer_lost).await;
    hall.service.lie("/ballots", |_| b"{".to_vec());
    answer_lost.click("[data-part=cast]").await;
    answer_lost.until(&said("waiting")).await;
    answer_lost.goto(&hall.poll).await;
    hall.service.be_honest();

    hall.seal(not_cast).await;
    not_cast.goto(&hall.poll).await;
    hall.demo.forward(&hall.desk, "decrypt").await;

    answer_lost.goto(&format!("{}/cast", hall.poll)).await;
    answer_lost.until(&said("receipt-good")).await;
    not_cast.goto(&format!("{}/cast", hall.poll)).await;
    not_cast.until(&shown("not-cast")).await;
    not_cast.see("没有投出，未计入本次票决").await;
    not_cast.screenshot("ballot-not-cast").await;
    accessibility::assert_accessible(not_cast).await;
    assert!(!said_bad(not_cast).await && !said_bad(answer_lost).await);
}

async fn said_bad(phone: &Browser) -> bool {
    let bad = "return ['problem', 'receipt-bad'].some((part) =>
        document.querySelector(`[data-part=${part}]`).getClientRects().length > 0);";
    phone.script(bad, vec![]).await == Value::Bool(true)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_checked_in_on_two_devices_is_told_where_to_vote_without_an_alarm() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let hall = Hall::before_the_freeze(driver, 1).await;
    let first = &hall.deputies[0];
    let second = hall.driver.open(Screen::Phone).await;
    second
        .goto(&hall.demo.account("deputy", 0).sign_in_url)
        .await;
    second.goto(&format!("{}/check-in", hall.poll)).await;
    second.until(&shown("ready")).await;
    second.until(&said("on-another")).await;
    second.screenshot("check-in-again").await;
    accessibility::assert_accessible(&second).await;
    second.check_in(&hall.poll).await;
    second.until(&shown("checked-in")).await;
    hall.demo.forward(&hall.desk, "cast").await;

    for page in ["/check-in", "/cast"] {
        first.goto(&format!("{}{page}", hall.poll)).await;
        first.until(&shown("elsewhere")).await;
        first.see("如果您后来在另一台设备").await;
        first.see("请立即告知总监票人").await;
        let alarm = "return document.querySelector('[data-part=problem]').hidden;";
        assert_eq!(first.script(alarm, vec![]).await, Value::Bool(true));
    }
    first.screenshot("ballot-elsewhere").await;
    accessibility::assert_accessible(first).await;
    hall.paper(&second).await;
}
