//! The county, and what every part of the journey does in it.

use journeys::{Browser, Demo, Driver, HostileServer, Screen, artifacts};
use serde_json::Value;
use std::fs;

/// Where the cycle's pages are.
pub const YEAR: &str = "/j/qinghe/2026";

pub struct County {
    pub demo: Demo,
    /// Stands between everybody and the demo; honest but for the attacks in `lies.rs`.
    pub service: HostileServer,
    pub driver: Driver,
    /// The county's recorded session.
    pub data: Value,
}

/// Where a poll's pages and its API are.
pub struct Poll {
    pub page: String,
    pub api: String,
}

impl County {
    pub async fn start(driver: Driver) -> Self {
        let mut demo = Demo::start();
        let service = HostileServer::before(demo.url()).await;
        demo.move_behind(service.url());
        Self {
            demo,
            service,
            driver,
            data: content("qinghe-county.json"),
        }
    }

    /// Somebody on a device of their own.
    pub async fn person(&self, role: &str, nth: usize, screen: Screen) -> Browser {
        let browser = self.driver.open(screen).await;
        browser
            .goto(&self.demo.account(role, nth).sign_in_url)
            .await;
        browser
    }

    /// The address of a page of the cycle.
    pub fn at(&self, part: &str) -> String {
        self.demo.at(&format!("{YEAR}{part}"))
    }

    /// Lets the county's people take the next step, which must be this one.
    pub async fn step(&self, browser: &Browser, name: &str) {
        self.next_step_is(browser, name).await;
        browser.follow("form[action='/demo/step'] button").await;
    }

    /// What comes next in the cycle.
    pub async fn next_step_is(&self, browser: &Browser, name: &str) {
        browser.goto(&self.demo.at("/demo")).await;
        assert_eq!(browser.value("step").await, name);
    }

    /// The office moves the cycle to its next stage.
    pub async fn move_on(&self, office: &Browser, stage: &str) {
        office.goto(&self.at("")).await;
        let button = format!("form[action$='/stage'] button[value={stage}]");
        office
            .click(&format!("details:has({button}) summary"))
            .await;
        office.follow(&button).await;
        office
            .until(&format!(
                "!document.querySelector(\"button[value={stage}]\")"
            ))
            .await;
    }

    /// What an address of the service gives: status and bytes.
    pub async fn get(&self, browser: &Browser, url: &str) -> (u16, Vec<u8>) {
        browser.goto(&self.demo.at("/")).await;
        browser.fetch(url).await
    }

    pub async fn json(&self, browser: &Browser, url: &str) -> Value {
        let (status, bytes) = self.get(browser, url).await;
        assert_eq!(status, 200, "{url}: {}", String::from_utf8_lossy(&bytes));
        serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{url}: {error}"))
    }
}

/// A file of the demo's content.
pub fn content(name: &str) -> Value {
    let path = artifacts::root().join("server/demo").join(name);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// A condition: the page shows this step.
pub fn shown(step: &str) -> String {
    format!(
        "document.querySelector('[data-step={step}]') && !document.querySelector('[data-step={step}]').hidden"
    )
}

/// A condition: the device has checked the paper that it shows, and says its print.
pub const CHECKED: &str = "document.querySelector('[data-step=choose] .print').textContent";

pub fn word(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
