//! What a telephone shows of the pages that are made for wider screens.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use journeys::{Browser, Demo, Driver, Screen, accessibility};
use serde_json::json;

/// The pixels of the largest and the smallest of what matches, across: left, right, and the least height.
async fn extent(browser: &Browser, css: &str) -> (f64, f64, f64) {
    let measure = format!(
        "const boxes = [...document.querySelectorAll({})].map((one) => one.getBoundingClientRect()).filter((box) => box.width);
         return [Math.min(...boxes.map((box) => box.left)), Math.max(...boxes.map((box) => box.right)),
           Math.min(...boxes.map((box) => box.height))];",
        json!(css)
    );
    let found = browser.script(&measure, vec![]).await;
    let [left, right, height] = [0, 1, 2].map(|n| found[n].as_f64().unwrap_or(f64::NAN));
    (left, right, height)
}

/// Where the first that matches begins and ends, from the top of the window.
async fn top(browser: &Browser, css: &str) -> (f64, f64) {
    let measure = "const box = document.querySelector(arguments[0]).getBoundingClientRect(); return [box.top, box.bottom];";
    let found = browser.script(measure, vec![json!(css)]).await;
    let [top, bottom] = [0, 1].map(|n| found[n].as_f64().unwrap_or(f64::NAN));
    (top, bottom)
}

/// A condition: this part of the page is there to be read.
fn said(part: &str) -> String {
    format!("document.querySelector('[data-part={part}]').getClientRects().length")
}

async fn fits(browser: &Browser, css: &str) {
    let (left, right, _) = extent(browser, css).await;
    assert!(
        left >= 0.0 && right <= 390.0,
        "{css} at {}: {left} to {right}",
        browser.url().await
    );
}

async fn the_forms_on_paper_fit(phone: &Browser, result: &str) {
    for form in ["sheet", "announcement"] {
        phone.goto(&format!("{result}/{form}")).await;
        assert!(phone.has(".paper").await, "{form}");
        assert!(!phone.overflows().await, "{form}");
        phone.screenshot(&format!("paper-{form}")).await;
        accessibility::assert_accessible(phone).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_telephone_shows_the_current_part_whole_tables_and_letters_that_can_be_read() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let demo = Demo::start();
    let desk = driver.open(Screen::Laptop).await;
    demo.forward(&desk, "year-end").await;
    let phone = driver.open(Screen::Phone).await;
    let year = demo.at("/j/qinghe/2026");
    for part in [
        "proposals",
        "shortlist",
        "session",
        "results",
        "projects",
        "evaluation",
        "record",
    ] {
        phone.goto(&format!("{year}/{part}")).await;
        let (frame, _) = top(&phone, "main").await;
        assert!(frame <= 140.0, "{part}: {frame} pixels of frame");
        phone.click(".way summary").await;
        fits(&phone, ".way [aria-current]").await;
        let (_, _, row) = extent(&phone, ".way > ol a").await;
        assert!(row >= 44.0, "{part}: the ways are {row} pixels high");
    }
    phone.screenshot("way").await;
    accessibility::assert_accessible(&phone).await;
    phone.goto(&format!("{year}/projects")).await;
    let project = "return document.querySelector('main a[href*=\"/projects/\"]').href;";
    let project = phone.script(project, vec![]).await;
    phone.goto(project.as_str().unwrap()).await;
    fits(&phone, ".line-chart .axis").await;
    let (_, _, letters) = extent(&phone, ".line-chart .axis").await;
    assert!(letters >= 11.0, "letters of {letters} pixels");
    phone.screenshot("project-chart").await;

    phone.goto(&format!("{year}/results")).await;
    let result = "return document.querySelector('main a[href*=\"/results/\"]').href;";
    let result = phone.script(result, vec![]).await;
    phone.goto(result.as_str().unwrap()).await;
    fits(&phone, "main table td, main table tbody th").await;
    phone.screenshot("result-table").await;
    accessibility::assert_accessible(&phone).await;
    the_forms_on_paper_fit(&phone, result.as_str().unwrap()).await;
    phone.goto(result.as_str().unwrap()).await;
    // What was chosen, all of it, and the way to check it stand in a picture of two screens.
    let chosen = "return document.querySelectorAll('.decision .ways li').length;";
    assert_eq!(phone.script(chosen, vec![]).await, json!(10));
    let (_, end) = top(&phone, ".decision .check").await;
    assert!(end <= 2.0 * 844.0, "the decision ends at {end}");
    // One tap, and the verdict is all that one sees first.
    phone.follow(".decision .check a.button").await;
    phone.until(&said("archive-good")).await;
    let (begin, end) = top(&phone, "[data-part=archive-good]").await;
    assert!(
        0.0 <= begin && end <= 844.0,
        "the verdict: {begin} to {end}"
    );
    phone.screenshot("verdict").await;

    for width in [320, 390, 820] {
        let screen =
            json!({ "width": width, "height": 844, "deviceScaleFactor": 1, "mobile": true });
        phone
            .devtools("Emulation.setDeviceMetricsOverride", screen)
            .await;
        for page in [
            "/",
            "/j/qinghe/2026",
            "/j/qinghe/2026/proposals",
            "/verify",
            "/record",
            "/open-data",
        ] {
            phone.goto(&demo.at(page)).await;
            assert!(!phone.overflows().await, "{page} at {width}");
        }
    }
    let screen = json!({ "width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": true });
    phone
        .devtools("Emulation.setDeviceMetricsOverride", screen)
        .await;

    phone.goto(&demo.account("office", 0).sign_in_url).await;
    for language in ["en", "zh-CN"] {
        phone
            .script(
                &format!("document.cookie = 'lang={language}; path=/';"),
                vec![],
            )
            .await;
        phone.goto(&demo.at("/me")).await;
        fits(&phone, "main table td").await;
        let (_, _, header) = extent(&phone, ".site-header").await;
        assert!(header < 75.0, "the header is one row: {header}");
        phone.click(".menu summary").await;
        fits(&phone, ".menu > ul").await;
        assert!(!phone.overflows().await);
        phone.screenshot(&format!("menu-{language}")).await;
        accessibility::assert_accessible(&phone).await;
    }
    phone.follow(".menu form[action='/sign-out'] button").await;
    let (_, _, header) = extent(&phone, ".site-header").await;
    assert!(header < 75.0, "the header is one row for guests: {header}");
}

/// The lower edge of the first that matches, from the top of the screen as it was opened.
async fn bottom(browser: &Browser, css: &str) -> f64 {
    let measure = format!(
        "return document.querySelector({}).getBoundingClientRect().bottom + window.scrollY;",
        json!(css)
    );
    let found = browser.script(&measure, vec![]).await;
    found.as_f64().unwrap_or(f64::NAN)
}

/// The first project of the list is late, and its light and title are seen without scrolling.
async fn first_late_project_is_in_sight(phone: &Browser, height: f64) {
    for part in [".light.red", "h3"] {
        let css = format!(".cards > li:first-child {part}");
        let lower = bottom(phone, &css).await;
        assert!(
            lower <= height,
            "{css} ends at {lower} of {height}, at {}",
            phone.url().await
        );
    }
    assert!(!phone.overflows().await);
    accessibility::assert_accessible(phone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_late_in_one_s_town_is_two_taps_from_the_cycle_and_a_project_begins_with_its_light()
{
    let Some(driver) = Driver::start() else {
        return;
    };
    let demo = Demo::start();
    let desk = driver.open(Screen::Laptop).await;
    demo.forward(&desk, "year-end").await;
    let phone = driver.open(Screen::Phone).await;
    let height = phone.script("return window.innerHeight;", vec![]).await;
    let height = height.as_f64().unwrap();
    let town = "district=%E6%9F%B3%E6%B9%BE%E9%95%87";

    phone.goto(&demo.at("/j/qinghe/2026")).await;
    phone.follow(".now a.button[href$='/2026/projects']").await;
    first_late_project_is_in_sight(&phone, height).await;
    phone.screenshot("projects-late-first").await;
    let strip = format!(".lamp-strip a[href$='{town}']");
    phone.follow(&strip).await;
    first_late_project_is_in_sight(&phone, height).await;
    phone.screenshot("projects-of-a-town").await;

    phone
        .follow("form[action$='/projects/district'] button")
        .await;
    phone.goto(&demo.at("/j/qinghe/2026/projects")).await;
    let home = format!(".lamp-strip li:first-child a[href$='{town}'] .lamp-home");
    phone.find(&home).await;

    phone.follow(".cards > li:first-child a.card-link").await;
    let lower = bottom(&phone, ".project-head .light.red").await;
    assert!(lower <= 400.0, "the light ends at {lower}");
    let money = bottom(&phone, ".project-standing .progress:nth-of-type(2)").await;
    assert!(money <= height, "progress and money end at {money}");
    fits(&phone, ".project-standing, .project-head").await;
    phone.screenshot("project-begins-with-its-light").await;
    accessibility::assert_accessible(&phone).await;
}
