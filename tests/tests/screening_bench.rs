//! The office works through a year's proposals: at most three clicks each, by keyboard, on a phone, without script.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use fantoccini::key::Key;
use journeys::{Browser, Demo, Driver, Screen, accessibility};
use serde_json::{Value, json};

const QUEUE: &str = "/j/qinghe/2026/screening/queue";
const INTAKE: &str = "/j/qinghe/2026/proposals/intake";

/// The number in the first element that matches.
async fn number(browser: &Browser, css: &str) -> usize {
    let said = browser.text(css).await;
    let digits: String = said.chars().filter(char::is_ascii_digit).collect();
    digits.parse().expect("a number")
}

async fn left(browser: &Browser) -> usize {
    number(browser, "[data-part=left]").await
}

async fn is_focused(browser: &Browser, css: &str) -> bool {
    let asked = format!("return document.activeElement.matches({});", json!(css));
    browser.script(&asked, vec![]).await == Value::Bool(true)
}

/// A picture in each colour scheme; accessible in both, and no wider than its window.
async fn look(browser: &Browser, name: &str) {
    accessibility::assert_accessible(browser).await;
    assert!(!browser.overflows().await, "{name} is too wide");
    for scheme in ["light", "dark"] {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        let media = json!({ "features": features });
        browser.devtools("Emulation.setEmulatedMedia", media).await;
        browser.screenshot(&format!("bench-{name}-{scheme}")).await;
    }
    let none = json!({ "features": [] });
    browser.devtools("Emulation.setEmulatedMedia", none).await;
}

/// The office at its queue, when collecting has ended.
async fn at_the_queue(driver: &Driver, demo: &Demo, screen: Screen) -> Browser {
    let public = driver.open(Screen::Laptop).await;
    demo.forward(&public, "screen").await;
    let office = driver.open(screen).await;
    office.goto(&demo.account("office", 0).sign_in_url).await;
    office.goto(&demo.at(QUEUE)).await;
    office
}

/// A hand on the mouse, and how often it has clicked. Words are typed, not clicked.
struct Hand<'a> {
    browser: &'a Browser,
    clicks: usize,
}

impl Hand<'_> {
    async fn click(&mut self, css: &str) {
        self.browser.click(css).await;
        self.clicks += 1;
    }

    /// One click opens the list, and the keyboard or the same press chooses from it.
    async fn choose(&mut self, name: &str, nth: usize) {
        self.browser.choose_nth(name, nth).await;
        self.clicks += 1;
    }

    async fn follow(&mut self, css: &str) {
        self.browser.follow(css).await;
        self.clicks += 1;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_is_screened_in_three_clicks_and_the_next_one_follows() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let demo = Demo::start();
    let office = at_the_queue(&driver, &demo, Screen::Laptop).await;
    let all = number(&office, "[data-part=found]").await;
    assert!(all > 100, "{all} are a year's");
    // One line each: as many heights as rows, and none of two lines.
    let tall = "return Math.max(...[...document.querySelectorAll('.dense tbody tr')].map((row) => row.offsetHeight));";
    let tall = office.script(tall, vec![]).await;
    assert!(tall.as_f64().unwrap() < 50.0, "a row is {tall} pixels high");
    look(&office, "list").await;

    office.follow(".dense [data-row]").await;
    assert_eq!(left(&office).await, all);
    look(&office, "one").await;
    for turn in 0..5 {
        let before = office.url().await;
        let mut hand = Hand {
            browser: &office,
            clicks: 0,
        };
        if turn % 2 == 0 {
            hand.click("input[name=outcome][value=declined]").await;
            hand.choose("reason", 2).await;
            office.fill("explanation", "已列入本年度计划。").await;
        } else {
            hand.click("input[name=outcome][value=feasible]").await;
            hand.choose("screening-unit", 1 + turn).await;
            office.fill("screening-budget", "120").await;
        }
        if turn < 2 {
            look(&office, &format!("filled-{turn}")).await;
        }
        hand.follow("[name=then][value=next]").await;
        assert!(hand.clicks <= 3, "{} clicks", hand.clicks);
        assert_ne!(office.url().await, before);
        assert_eq!(left(&office).await, all - turn - 1);
        assert!(
            is_focused(&office, "#decision").await,
            "the form comes next"
        );
    }
    let console = office.console().await;
    assert!(console.is_empty(), "{console:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_alone_screens_and_never_acts_while_something_is_typed() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let demo = Demo::start();
    let office = at_the_queue(&driver, &demo, Screen::Laptop).await;
    let all = number(&office, "[data-part=found]").await;
    office.keys("jjk").await;
    assert!(is_focused(&office, ".dense tbody tr:first-child [data-row]").await);
    office.keys("j").await;
    office.script("window.leaving = true;", vec![]).await;
    office.press(Key::Enter).await;
    office
        .until("!window.leaving && document.readyState === 'complete'")
        .await;
    let second = office.url().await;
    assert!(is_focused(&office, "#decision").await);

    office.keys("2").await;
    assert!(is_focused(&office, "input[value=declined]").await);
    office.tab_to("select[name=reason]").await;
    office.press(Key::Down).await;
    office.tab_to("textarea[name=explanation]").await;
    let typed = "jku12/x 已列入本年度计划。";
    office.keys(typed).await;
    assert_eq!(office.value("explanation").await, typed);
    assert_eq!(office.url().await, second, "letters are letters in a text");
    office.script("window.leaving = true;", vec![]).await;
    office
        .keys(&format!(
            "{}{}",
            char::from(Key::Control),
            char::from(Key::Enter)
        ))
        .await;
    office
        .until("!window.leaving && document.readyState === 'complete'")
        .await;
    assert_eq!(left(&office).await, all - 1);
    let third = office.url().await;
    for (key, there) in [("j", false), ("k", true)] {
        office.script("window.leaving = true;", vec![]).await;
        office.keys(key).await;
        office
            .until("!window.leaving && document.readyState === 'complete'")
            .await;
        assert_eq!(office.url().await == third, there, "{key}");
    }
    office.click(".bench-keys summary").await;
    look(&office, "keys").await;
    office.keys("u").await;
    office
        .until("document.querySelector('.dense') !== null")
        .await;
    assert_eq!(number(&office, "[data-part=found]").await, all - 1);
    office.keys("/").await;
    assert!(is_focused(&office, "#q").await);
    office.keys("养老j").await;
    assert_eq!(office.value("q").await, "养老j");
}

#[tokio::test(flavor = "multi_thread")]
async fn those_that_ask_for_the_same_are_merged_and_vague_ones_declined_together() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let demo = Demo::start();
    let office = at_the_queue(&driver, &demo, Screen::Laptop).await;
    let all = number(&office, "[data-part=found]").await;
    office
        .goto(&demo.at(&format!("{QUEUE}?sort=district&picture=")))
        .await;
    let like = 2;
    for row in 1..=like {
        let ticked = format!(".dense tbody tr:nth-child({row}) input[name=proposal]");
        office.click(&ticked).await;
    }
    look(&office, "chosen").await;
    office
        .follow(".bench-bulk button[formaction*='/clusters']")
        .await;
    assert!(
        office.url().await.contains("sort=district"),
        "the list's order stays"
    );
    // The first is shown, the others are folded below it.
    let folded = office.find_all(".bench-text > details").await.len();
    assert_eq!(folded + 1, like);
    look(&office, "merged").await;
    assert_eq!(left(&office).await, all - like + 1);

    office.follow("[data-key=list]").await;
    for row in [3, 5, 8] {
        office
            .click(&format!(
                ".dense tbody tr:nth-child({row}) input[name=proposal]"
            ))
            .await;
    }
    assert_eq!(office.text("[data-part=chosen]").await, "3");
    office.click(".bench-bulk summary").await;
    office
        .fill("explanation", "没有说明地点和做法，请补充后再提。")
        .await;
    look(&office, "bulk").await;
    office.follow("button[formaction*='/queue/decline']").await;
    assert_eq!(
        number(&office, "[data-part=found]").await,
        all - like + 1 - 3
    );
    office
        .goto(&demo.at(&format!("{QUEUE}?state=decided")))
        .await;
    assert_eq!(number(&office, "[data-part=found]").await, 3);

    // Several to one unit.
    office.goto(&demo.at(QUEUE)).await;
    for row in [1, 2] {
        office
            .click(&format!(
                ".dense tbody tr:nth-child({row}) input[name=proposal]"
            ))
            .await;
    }
    office.choose_nth("unit", 1).await;
    office.follow("button[formaction*='/queue/assign']").await;
    office
        .goto(&demo.at(&format!("{QUEUE}?assigned=some")))
        .await;
    assert_eq!(number(&office, "[data-part=found]").await, 2);
    look(&office, "assigned").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_telephone_and_a_browser_without_script_screen_as_well() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let demo = Demo::start();
    let phone = at_the_queue(&driver, &demo, Screen::Phone).await;
    let all = number(&phone, "[data-part=found]").await;
    look(&phone, "list").await;
    phone.follow(".dense [data-row]").await;
    look(&phone, "one").await;
    phone.follow("[data-key=next]").await;
    phone.follow("[data-key=previous]").await;
    phone.click("input[name=outcome][value=declined]").await;
    let hidden = "return getComputedStyle(document.querySelector('.if-feasible')).display;";
    assert_eq!(phone.script(hidden, vec![]).await, json!("none"));
    phone.follow("[name=then][value=next]").await;
    phone.find("#error-reason").await;
    look(&phone, "refused").await;
    phone.choose_nth("reason", 1).await;
    phone.fill("explanation", "不属县级事权。").await;
    phone.follow("[name=then][value=next]").await;
    assert_eq!(left(&phone).await, all - 1);

    let plain = driver.open_without_script(Screen::Laptop).await;
    plain.goto(&demo.account("government", 0).sign_in_url).await;
    plain.goto(&demo.at(&format!("{QUEUE}?sort=number"))).await;
    // The bar lies over the row at the window's edge, where a driver clicks without scrolling.
    let row = plain.find(".dense [data-row]").await;
    let row = row.attr("href").await.unwrap().unwrap();
    plain.goto(&demo.at(&row)).await;
    plain
        .find("input[value=feasible]")
        .await
        .click()
        .await
        .unwrap();
    plain.choose_nth("screening-unit", 1).await;
    plain.fill("screening-budget", "80").await;
    plain
        .find("[name=then][value=next]")
        .await
        .click()
        .await
        .unwrap();
    plain.find(".flash").await;
    phone
        .goto(&demo.at(&format!("{QUEUE}?state=decided")))
        .await;
    assert_eq!(number(&phone, "[data-part=found]").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn intake_is_one_press_a_proposal() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let demo = Demo::start();
    let resident = driver.open(Screen::Laptop).await;
    resident
        .goto(&demo.account("resident", 0).sign_in_url)
        .await;
    for (title, body) in [
        (
            "给西门口公交站加个雨棚",
            "下雨天等车的人都淋着，老人孩子最难。",
        ),
        ("东街小学门口修人行道", "放学时孩子走在车道上，很危险。"),
        ("柳湾河边添几盏路灯", "晚上散步看不见路。"),
    ] {
        resident
            .goto(&demo.at("/j/qinghe/2026/proposals/new"))
            .await;
        resident.fill("proposal-title", title).await;
        resident.fill("proposal-body", body).await;
        resident.choose_nth("proposal-category", 1).await;
        resident.follow("form.form button[type=submit]").await;
        if resident.has("input[name=seen]").await {
            resident.follow("form.form button[type=submit]").await;
        }
        resident.see(title).await;
    }
    let office = driver.open(Screen::Laptop).await;
    office.goto(&demo.account("office", 0).sign_in_url).await;
    office.goto(&demo.at(INTAKE)).await;
    let all = number(&office, "[data-part=found]").await;
    assert!(all >= 3);
    look(&office, "intake").await;
    office.follow(".bench-bar .button").await;
    for done in 0..2 {
        assert_eq!(left(&office).await, all - done);
        assert!(is_focused(&office, "#decision").await);
        if done == 0 {
            look(&office, "intake-one").await;
        }
        office.follow("form[action$='/accept'] > button").await;
    }
    let phone = driver.open(Screen::Phone).await;
    phone.goto(&demo.account("office", 0).sign_in_url).await;
    phone.goto(&demo.at(INTAKE)).await;
    look(&phone, "intake").await;
    phone.follow(".dense [data-row]").await;
    phone.click(".bench-form summary").await;
    look(&phone, "intake-one").await;
}
