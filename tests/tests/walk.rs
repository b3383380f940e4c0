//! Wherever anyone can go in the demo: every page answers, fits its window, is accessible and makes no browser complain.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use journeys::{Demo, Driver, Screen, walk};
use std::collections::BTreeSet;

/// The pages nearest to a role's home; the accessibility check takes about a second each.
const PAGES_OF_A_ROLE: usize = 10;

#[tokio::test(flavor = "multi_thread")]
async fn the_public_finds_no_broken_page_on_any_screen() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let demo = Demo::start();
    let mut faults = Vec::new();
    for screen in Screen::ALL {
        let browser = driver.open(screen).await;
        browser.goto(&demo.at("/")).await;
        let walked = walk::walk(&browser, "public", 40).await;
        assert!(
            walked.pages.len() > 3,
            "links lead nowhere: {:?}",
            walked.pages
        );
        faults.extend(walked.faults);
    }
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_role_finds_no_broken_page() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let demo = Demo::start();
    let roles: BTreeSet<&str> = demo
        .accounts()
        .iter()
        .map(|account| account.role.as_str())
        .collect();
    let mut faults = Vec::new();
    for role in roles {
        let browser = driver.open(Screen::Phone).await;
        browser.goto(&demo.account(role, 0).sign_in_url).await;
        faults.extend(walk::walk(&browser, role, PAGES_OF_A_ROLE).await.faults);
        browser.close().await;
    }
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}
