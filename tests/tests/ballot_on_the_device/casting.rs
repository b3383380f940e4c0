//! From the open page to the receipt: in few taps, by keyboard, in two tabs, and with a check of the device on the way.

use crate::hall::{Hall, nothing_is_left_of_the_choice, said, shown, tick};
use journeys::{Browser, Driver, Key, Screen, accessibility};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_deputy_votes_in_eight_taps_and_by_keyboard_alone() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let hall = Hall::open(driver, 2).await;
    let [phone, keyboard] = &hall.deputies[..] else {
        panic!("two deputies")
    };
    hall.paper(phone).await;
    assert_eq!(phone.text("[data-part=left]").await, "还可选 10 项");
    // The facts lie folded at hand, each fold as high as a finger.
    let folded = "const fold = document.querySelector('.ballot-facts');
        return [fold.open, fold.querySelector('summary').getBoundingClientRect().height >= 44, fold.querySelectorAll('dt').length > 4];";
    assert_eq!(
        phone.script(folded, vec![]).await,
        json!([false, true, true])
    );
    let count = "window.taps = 0; document.addEventListener('click', (event) => { if (event.detail > 0) window.taps += 1; }, true);";
    phone.script(count, vec![]).await;
    tick(phone, 3).await;
    assert_eq!(phone.text("[data-part=left]").await, "还可选 7 项");
    at_step(phone, "choose").await;
    phone.click("[data-part=review]").await;
    phone.until(&shown("review")).await;
    at_step(phone, "review").await;
    let lists = "return ['review-list', 'unmarked-list'].map((name) =>
        document.querySelectorAll(`[data-part=${name}] li`).length);";
    let lists = phone.script(lists, vec![]).await;
    assert_eq!(lists[0], json!(3));
    let items = phone.find_all("[data-step=choose] input").await.len();
    assert_eq!(lists[1], json!(items - 3));
    phone.see("没有选的项目不计票").await;
    phone.screenshot("ballot-review").await;
    accessibility::assert_accessible(phone).await;
    phone.click("[data-part=seal]").await;
    phone.until(&shown("sealed")).await;
    at_step(phone, "cast").await;
    phone.screenshot("ballot-sealed").await;
    accessibility::assert_accessible(phone).await;
    phone.click("[data-part=cast]").await;
    phone.until(&said("receipt-good")).await;
    phone.screenshot("ballot-receipt").await;
    accessibility::assert_accessible(phone).await;
    // A label's tap arrives at its box a second time.
    let taps = phone.script("return window.taps;", vec![]).await;
    let taps = taps.as_u64().unwrap();
    assert!((6..=8).contains(&taps), "{taps} taps");

    hall.paper(keyboard).await;
    keyboard.tab_to("[data-step=choose] input").await;
    keyboard.keys(" ").await;
    for (part, step) in [
        ("review", "review"),
        ("seal", "sealed"),
        ("cast", "receipt"),
    ] {
        keyboard.tab_to(&format!("[data-part={part}]")).await;
        keyboard.press(Key::Enter).await;
        keyboard.until(&shown(step)).await;
    }
    keyboard.until(&said("receipt-good")).await;
}

/// The line above the page says that this step is taken.
async fn at_step(phone: &Browser, step: &str) {
    let current =
        "return document.querySelector('[data-progress][aria-current=step]').dataset.progress;";
    assert_eq!(phone.script(current, vec![]).await, json!(step));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_have_one_sealed_ballot_and_one_receipt() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let hall = Hall::open(driver, 1).await;
    let phone = &hall.deputies[0];
    hall.paper(phone).await;
    tick(phone, 1).await;
    let first = phone.tab().await;
    let second = phone.new_tab().await;
    hall.seal(phone).await;
    let tracker = phone.text("[data-step=sealed] [data-part=tracker]").await;

    phone.switch_to(&first).await;
    phone.click("[data-part=review]").await;
    phone.until(&shown("review")).await;
    phone
        .until("document.querySelector('[data-step=review] .print').textContent")
        .await;
    phone.click("[data-part=seal]").await;
    phone.until(&shown("sealed")).await;
    phone.until(&said("sealed-elsewhere")).await;
    assert_eq!(
        phone.text("[data-step=sealed] [data-part=tracker]").await,
        tracker
    );
    assert!(
        !can_be_challenged(phone).await,
        "only the tab that sealed it knows how"
    );
    phone.click("[data-part=cast]").await;
    phone.until(&said("receipt-good")).await;
    let position = phone.text("[data-part=position]").await;

    phone.switch_to(&second).await;
    phone.click("[data-part=cast]").await;
    phone.until(&said("receipt-good")).await;
    assert_eq!(phone.text("[data-part=position]").await, position);
    let taken = hall
        .service
        .asked()
        .into_iter()
        .filter(|asked| asked.path.ends_with("/ballots"));
    assert!(taken.count() >= 2, "both tabs have sent it");
    hall.demo.forward(&hall.desk, "decrypt").await;
}

async fn can_be_challenged(phone: &Browser) -> bool {
    let read = "return !document.querySelector('[data-part=may-challenge]').hidden;";
    phone.script(read, vec![]).await == Value::Bool(true)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenged_ballot_is_opened_on_another_device_and_another_one_is_cast() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let hall = Hall::open(driver, 1).await;
    let phone = &hall.deputies[0];
    hall.seal(phone).await;
    let spoiled = phone.text("[data-step=sealed] [data-part=tracker]").await;
    // The service is away: the ballot is neither shown nor lost.
    hall.service.withhold(&["/challenges"]);
    phone.click("[data-part=may-challenge] summary").await;
    phone.screenshot("ballot-may-challenge").await;
    accessibility::assert_accessible(phone).await;
    phone.click("[data-part=challenge]").await;
    phone.until(&said("problem")).await;
    assert!(!phone.has("[data-step=challenged]:not([hidden])").await);
    hall.service.withhold(&[]);
    phone.click("[data-part=challenge]").await;
    phone.until(&shown("challenged")).await;
    phone.screenshot("ballot-challenged").await;
    accessibility::assert_accessible(phone).await;
    let read = "return document.querySelector('[data-part=challenge-as-text]').textContent;";
    let opened = phone.script(read, vec![]).await;
    let opened = opened.as_str().unwrap().to_owned();

    let other = hall.driver.open(Screen::Phone).await;
    opens(&other, &hall, &opened).await;
    other.until(&said("challenge-good")).await;
    let listed = "return [...document.querySelectorAll('[data-part=challenge-choices] li')].map((one) => one.textContent);";
    let listed = other.script(listed, vec![]).await;
    let labels =
        "return [...document.querySelectorAll('[data-step=choose] [data-part=answer-label]')]
        .slice(0, 2).map((one) => one.textContent);";
    assert_eq!(listed, phone.script(labels, vec![]).await);
    assert_eq!(other.text("[data-part=challenge-tracker]").await, spoiled);
    other.screenshot("verify-challenged").await;
    accessibility::assert_accessible(&other).await;
    // A device that says that it has sealed something else is caught.
    let mut lie: Value = serde_json::from_str(&opened).unwrap();
    let opening = lie["opening"].as_str().unwrap().to_owned();
    lie["opening"] = json!(opening.replacen("[1,1,0", "[1,0,1", 1));
    assert_ne!(lie["opening"], json!(opening));
    opens(&other, &hall, &lie.to_string()).await;
    other.until(&said("challenge-bad")).await;
    opens(&other, &hall, &opened[..opened.len() / 2]).await;
    other.until(&said("problem")).await;

    phone.click("[data-part=seal-anew]").await;
    hall.seal(phone).await;
    assert_ne!(
        phone.text("[data-step=sealed] [data-part=tracker]").await,
        spoiled
    );
    phone.click("[data-part=cast]").await;
    phone.until(&said("receipt-good")).await;
    nothing_is_left_of_the_choice(phone).await;
}

/// Another device opens what was handed to it.
async fn opens(other: &Browser, hall: &Hall, opened: &str) {
    other.goto(&hall.demo.at("/verify")).await;
    let put = "const field = document.querySelector('[data-part=challenge-text]');
        field.value = arguments[0];
        field.dispatchEvent(new Event('input', { bubbles: true }));";
    other.script(put, vec![json!(opened)]).await;
    other.click("[data-part=check-challenge]").await;
}
