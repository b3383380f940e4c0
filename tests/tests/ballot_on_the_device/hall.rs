//! A hall of deputies with telephones, before a service that can withhold and lie.

use journeys::{Browser, Demo, Driver, HostileServer, Screen};
use serde_json::{Value, json};

/// A demo behind a server that can withhold and lie, its poll's page, and the browsers of its first deputies, checked in.
pub(crate) struct Hall {
    pub(crate) driver: Driver,
    pub(crate) demo: Demo,
    pub(crate) service: HostileServer,
    pub(crate) poll: String,
    /// Takes the demo's steps.
    pub(crate) desk: Browser,
    pub(crate) deputies: Vec<Browser>,
}

impl Hall {
    /// Voting is open.
    pub(crate) async fn open(driver: Driver, deputies: usize) -> Self {
        let hall = Self::before_the_freeze(driver, deputies).await;
        hall.demo.forward(&hall.desk, "cast").await;
        hall.service.withhold(&[]);
        hall
    }

    pub(crate) async fn before_the_freeze(driver: Driver, deputies: usize) -> Self {
        let mut demo = Demo::start();
        let service = HostileServer::before(demo.url()).await;
        demo.move_behind(service.url());
        let desk = driver.open(Screen::Laptop).await;
        demo.forward(&desk, "check-in").await;
        let poll = demo.poll(&desk).await;
        let mut hall = Self {
            driver,
            demo,
            service,
            poll,
            desk,
            deputies: Vec::new(),
        };
        for nth in 0..deputies {
            let deputy = hall.deputy(nth).await;
            hall.deputies.push(deputy);
        }
        hall
    }

    /// A deputy who checks in on a telephone.
    pub(crate) async fn deputy(&self, nth: usize) -> Browser {
        let phone = self.driver.open(Screen::Phone).await;
        phone
            .goto(&self.demo.account("deputy", nth).sign_in_url)
            .await;
        phone.goto(&format!("{}/check-in", self.poll)).await;
        phone.until(&shown("ready")).await;
        phone.check_in(&self.poll).await;
        phone.until(&shown("checked-in")).await;
        phone
    }

    pub(crate) async fn paper(&self, phone: &Browser) {
        phone.goto(&format!("{}/cast", self.poll)).await;
        phone.until(&shown("choose")).await;
        phone
            .until("document.querySelector('[data-step=choose] .print').textContent")
            .await;
    }

    /// A deputy ticks the first two and seals.
    pub(crate) async fn seal(&self, phone: &Browser) {
        self.paper(phone).await;
        tick(phone, 2).await;
        phone.click("[data-part=review]").await;
        phone.until(&shown("review")).await;
        phone.click("[data-part=seal]").await;
        phone.until(&shown("sealed")).await;
    }
}

/// A condition: the page shows this step.
pub(crate) fn shown(step: &str) -> String {
    format!("document.querySelector('[data-step={step}]:not([hidden])')")
}

/// A condition: this part of the page is there to be read.
pub(crate) fn said(part: &str) -> String {
    format!("document.querySelector('[data-part={part}]').getClientRects().length")
}

pub(crate) async fn tick(phone: &Browser, first: usize) {
    for nth in 0..first {
        phone
            .click(&format!("[data-step=choose] input[data-answer='{nth}']"))
            .await;
    }
}

pub(crate) async fn ticked(phone: &Browser) -> Value {
    let read = "return [...document.querySelectorAll('[data-step=choose] input')]
        .filter((box) => box.checked).map((box) => Number(box.dataset.answer));";
    phone.script(read, vec![]).await
}

/// Puts the telephone's page into a window of this height.
pub(crate) async fn window(phone: &Browser, height: u32) {
    let metrics = json!({ "width": 390, "height": height, "deviceScaleFactor": 2, "mobile": true });
    phone
        .devtools("Emulation.setDeviceMetricsOverride", metrics)
        .await;
}

pub(crate) async fn offline(phone: &Browser, is_offline: bool) {
    phone.devtools("Network.enable", json!({})).await;
    let conditions = json!({ "offline": is_offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
    phone
        .devtools("Network.emulateNetworkConditions", conditions)
        .await;
}

/// Where something stands in the window: top and bottom in pixels.
pub(crate) async fn place(phone: &Browser, css: &str) -> (f64, f64) {
    let measure = format!(
        "const box = document.querySelector({}).getBoundingClientRect(); return [box.top, box.bottom];",
        json!(css)
    );
    let place = phone.script(&measure, vec![]).await;
    (place[0].as_f64().unwrap(), place[1].as_f64().unwrap())
}

/// Neither on the page, nor in the tab, nor in anything that the browser keeps, is there a word of what was chosen.
pub(crate) async fn nothing_is_left_of_the_choice(phone: &Browser) {
    assert_eq!(ticked(phone).await, json!([]));
    let kept = "const done = arguments[0];
        const opened = indexedDB.open('minsheng', 1);
        opened.onsuccess = () => {
          const all = opened.result.transaction('device').objectStore('device').getAll();
          all.onsuccess = () => {
            opened.result.close();
            done(JSON.stringify([all.result, { ...localStorage }, { ...sessionStorage }, history.state,
              document.querySelector('[data-part=review-list]').textContent,
              document.querySelector('[data-part=unmarked-list]').textContent, document.cookie]));
          };
        };";
    let kept = phone.script_async(kept, vec![]).await;
    let kept = kept.as_str().expect("a text");
    assert!(kept.contains("tracker"), "the ballot itself is kept");
    let codes = "return [...document.querySelectorAll('[data-step=choose] input')].map((box) => box.dataset.code);";
    let codes = phone.script(codes, vec![]).await;
    assert!(codes.as_array().is_some_and(|codes| codes.len() > 10));
    for code in codes.as_array().unwrap() {
        assert!(!kept.contains(code.as_str().unwrap()), "{code} in {kept}");
    }
    let length = phone.script("return sessionStorage.length;", vec![]).await;
    assert_eq!(length, json!(0), "{kept}");
}
