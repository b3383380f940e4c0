//! The whole loop, once: residents propose, deputies decide by sealed ballots made in real browsers, anyone checks the
//! result, and the county's recorded vote comes out exactly.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use ballot_wasm::acts;
use journeys::{Browser, Demo, Driver, Screen, accessibility, artifacts};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, process::Command};

const YEAR: &str = "/j/qinghe/2026";

#[tokio::test(flavor = "multi_thread")]
async fn the_recorded_vote_of_a_county_comes_out_exactly() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let county = County {
        demo: Demo::start(),
        driver,
        data: data(),
    };
    let public = county.driver.open(Screen::Laptop).await;
    county.propose_and_support().await;
    county.step_until(&public, "sign-in").await;
    let poll = county.poll(&public).await;

    let scrutineers = county.make_keys(&poll).await;
    let mut box_of_ballots = county.sign_in_deputies(&poll).await;
    county.step(&public, "sign-in").await;
    county.confirm(&poll, "freeze").await;
    county.confirm(&poll, "open").await;

    county.nobody_finds_a_count(&public, &poll).await;
    box_of_ballots.cast(&county, &poll).await;
    county.step(&public, "cast").await;
    county.nobody_finds_a_count(&public, &poll).await;
    county.confirm(&poll, "close").await;
    county.nobody_finds_a_count(&public, &poll).await;

    for scrutineer in &scrutineers {
        county.decrypt(scrutineer, &poll).await;
    }
    county.announce(&poll).await;
    county.the_result_is_the_recorded_one(&public, &poll).await;
    county.anyone_verifies(&public, &poll).await;
}

struct County {
    demo: Demo,
    driver: Driver,
    data: Value,
}

/// Where a poll's pages and its API are.
struct Poll {
    page: String,
    api: String,
}

impl County {
    async fn person(&self, role: &str, nth: usize, screen: Screen) -> Browser {
        let browser = self.driver.open(screen).await;
        browser
            .goto(&self.demo.account(role, nth).sign_in_url)
            .await;
        browser
    }

    /// A resident proposes, with one mistake that costs nothing; another supports it, twice, which counts once.
    async fn propose_and_support(&self) {
        let resident = self.person("resident", 0, Screen::Phone).await;
        resident
            .goto(&self.demo.at(&format!("{YEAR}/proposals/new")))
            .await;
        resident.screenshot("proposal-form").await;
        let title = "在东门外小学路口加装夜间照明与过街信号灯";
        resident.fill("proposal-title", &"长".repeat(500)).await;
        resident
            .fill(
                "proposal-body",
                "放学时天已黑，过街的孩子很多，车速快，路灯坏了两盏。",
            )
            .await;
        resident.choose_nth("proposal-category", 1).await;
        resident.fill("proposal-budget", "-3").await;
        resident.click("form.form button[type=submit]").await;
        resident.find("#error-proposal-title").await;
        resident.find("#error-proposal-budget").await;
        resident.screenshot("proposal-refused").await;
        accessibility::assert_accessible(&resident).await;
        assert!(
            resident.value("proposal-body").await.starts_with("放学时"),
            "what was typed is kept"
        );
        resident.fill("proposal-title", title).await;
        resident.fill("proposal-budget", "12").await;
        resident.click("form.form button[type=submit]").await;
        if resident.has("input[name=seen]").await {
            resident.screenshot("proposal-similar").await;
            resident.click("form.form button[type=submit]").await;
        }
        resident.see(title).await;

        let office = self.person("office", 0, Screen::Laptop).await;
        office
            .goto(&self.demo.at(&format!("{YEAR}/proposals/intake")))
            .await;
        office.see(title).await;
        office.screenshot("intake").await;
        let accept = "form[action$='/accept'] button";
        office.click(accept).await;

        let other = self.person("resident", 1, Screen::Phone).await;
        let page = resident.url().await.split('?').next().unwrap().to_owned();
        other.goto(&page).await;
        other.click("form[action$='/support'] button").await;
        other.find("form[action$='/withdraw'] button").await;
        other.screenshot("supported").await;
    }

    /// Lets the county's people take steps until the one that comes next is `wanted`.
    async fn step_until(&self, browser: &Browser, wanted: &str) {
        for _ in 0..20 {
            browser.goto(&self.demo.at("/demo")).await;
            if self.next_step(browser).await == wanted {
                return;
            }
            browser.click("form[action='/demo/step'] button").await;
        }
        panic!("the step {wanted} never comes");
    }

    async fn step(&self, browser: &Browser, name: &str) {
        browser.goto(&self.demo.at("/demo")).await;
        assert_eq!(self.next_step(browser).await, name);
        browser.click("form[action='/demo/step'] button").await;
    }

    async fn next_step(&self, browser: &Browser) -> String {
        browser.value("step").await
    }

    async fn poll(&self, browser: &Browser) -> Poll {
        browser
            .goto(&self.demo.at(&format!("{YEAR}/session")))
            .await;
        let link = browser
            .find("a[href*='/session/polls/']")
            .await
            .attr("href")
            .await
            .unwrap()
            .expect("an address");
        let id = link
            .split("/polls/")
            .nth(1)
            .unwrap()
            .split('/')
            .next()
            .unwrap();
        Poll {
            page: self.demo.at(&format!("{YEAR}/session/polls/{id}")),
            api: self.demo.at(&format!("/api/v1{YEAR}/polls/{id}")),
        }
    }

    /// The three scrutineers make their keys, each on an own device.
    async fn make_keys(&self, poll: &Poll) -> Vec<Browser> {
        let mut devices = Vec::new();
        for (role, nth) in [
            ("chief_scrutineer", 0),
            ("scrutineer", 0),
            ("scrutineer", 1),
        ] {
            let device = self.person(role, nth, Screen::Laptop).await;
            device.goto(&format!("{}/scrutineer", poll.page)).await;
            device.click("[data-part=make-key]").await;
            device.until(&shown("key-made")).await;
            devices.push(device);
        }
        devices[0].screenshot("scrutineer-key").await;
        accessibility::assert_accessible(&devices[0]).await;
        devices
    }

    /// Two deputies sign in on their own devices; six more are played by the library.
    async fn sign_in_deputies(&self, poll: &Poll) -> Ballots {
        let mut devices = Vec::new();
        for nth in 0..2 {
            let device = self.person("deputy", nth, Screen::Phone).await;
            device.goto(&format!("{}/sign-in", poll.page)).await;
            device.click("[data-part=sign-in]").await;
            device.until(&shown("registered")).await;
            devices.push(device);
        }
        devices[0].screenshot("signed-in").await;
        let desk = self.driver.open(Screen::Laptop).await;
        let view = self.json(&desk, &poll.api).await;
        let uuids = json!([view["election_uuid"]]).to_string();
        let mut credentials = Vec::new();
        for nth in self.played_by_the_library() {
            desk.goto(&self.demo.account("deputy", nth).sign_in_url)
                .await;
            let seed = [u8::try_from(nth % 251).unwrap(); 32];
            let made: Value =
                serde_json::from_str(&acts::make_credential(&uuids, &seed).unwrap()).unwrap();
            let public = made["public"].as_object().unwrap().values().next().unwrap();
            let body = json!({ "public_credential": public }).to_string();
            let (status, said) = desk
                .post(
                    &format!("{}/registration", poll.api),
                    "application/json",
                    &body,
                )
                .await;
            assert_eq!(status, 200, "{said}");
            credentials.push(made["credential"].as_str().unwrap().to_owned());
        }
        Ballots {
            devices,
            desk,
            credentials,
        }
    }

    /// Deputies for whom no simulated device stands in: the last ones of the roster.
    fn played_by_the_library(&self) -> Vec<usize> {
        let all = self
            .demo
            .accounts()
            .iter()
            .filter(|account| account.role == "deputy")
            .count();
        (all - 20..all).rev().take(6).collect()
    }

    /// Office and chief scrutineer confirm a step, each on the own page.
    async fn confirm(&self, poll: &Poll, step: &str) {
        for role in ["office", "chief_scrutineer"] {
            let leader = self.person(role, 0, Screen::Laptop).await;
            leader.goto(&format!("{}/manage", poll.page)).await;
            leader.screenshot(&format!("manage-{step}-{role}")).await;
            let form =
                format!("form[action$='/confirm']:has(input[name=step][value={step}]) button");
            leader.click(&form).await;
            leader.close().await;
        }
    }

    async fn decrypt(&self, device: &Browser, poll: &Poll) {
        device.goto(&format!("{}/scrutineer", poll.page)).await;
        device.until(&shown("decrypt")).await;
        device.click("[data-part=decrypt]").await;
        device.until(&shown("decrypted")).await;
        device.screenshot("decrypted").await;
    }

    async fn announce(&self, poll: &Poll) {
        let chair = self.person("chair", 0, Screen::Laptop).await;
        chair.goto(&format!("{}/manage", poll.page)).await;
        chair.click("form[action$='/announce'] button").await;
        chair.until("location.pathname.includes('/results')").await;
        chair.screenshot("announced").await;
    }

    /// Before the close no door gives a count: neither pages nor API, whatever one asks for.
    async fn nobody_finds_a_count(&self, browser: &Browser, poll: &Poll) {
        for part in ["/result", "/bundle"] {
            let (status, _) = self.get(browser, &format!("{}{part}", poll.api)).await;
            assert!((400..500).contains(&status), "{part}: {status}");
        }
    }

    async fn the_result_is_the_recorded_one(&self, browser: &Browser, poll: &Poll) {
        let result = self.json(browser, &format!("{}/result", poll.api)).await;
        let items = find_items(&result).expect("items with votes");
        let recorded: BTreeMap<String, u64> = self.data["projects"]
            .as_array()
            .unwrap()
            .iter()
            .map(|project| (word(&project["id"]), project["approvals"].as_u64().unwrap()))
            .collect();
        let counted: BTreeMap<String, u64> = items
            .iter()
            .map(|item| {
                (
                    word(&item["id"]),
                    item["votes"]["in-favour"].as_u64().unwrap(),
                )
            })
            .collect();
        assert_eq!(counted, recorded);
        let with = |standing: &str| -> Vec<String> {
            items
                .iter()
                .filter(|item| item["standing"] == standing)
                .map(|item| word(&item["id"]))
                .collect()
        };
        let mut ranked: Vec<_> = recorded.iter().collect();
        ranked.sort_by_key(|(_, votes)| std::cmp::Reverse(**votes));
        let mut expected: Vec<String> = ranked
            .iter()
            .take(10)
            .map(|(id, _)| (*id).clone())
            .collect();
        expected.sort();
        let mut chosen = with("chosen");
        chosen.sort();
        assert_eq!(chosen, expected);
        assert_eq!(
            with("reserve").len(),
            3,
            "three runners-up over the majority of 107"
        );

        for screen in Screen::ALL {
            let page = self.driver.open_without_script(screen).await;
            let id = poll.page.rsplit('/').next().unwrap();
            page.goto(&self.demo.at(&format!("{YEAR}/results/{id}")))
                .await;
            let text = page.text("main").await;
            for votes in recorded.values() {
                assert!(
                    text.contains(&votes.to_string()),
                    "{votes} is not on the result page"
                );
            }
            page.screenshot("result").await;
        }
        let id = poll.page.rsplit('/').next().unwrap();
        browser
            .goto(&self.demo.at(&format!("{YEAR}/results/{id}")))
            .await;
        accessibility::assert_accessible(browser).await;
    }

    /// The downloaded files convince the verifier, and one changed byte does not.
    async fn anyone_verifies(&self, browser: &Browser, poll: &Poll) {
        let folder = tempfile::tempdir().unwrap();
        for (part, name) in [("/archive", "election.bel"), ("/bundle", "poll.zip")] {
            let (status, mut bytes) = self.get(browser, &format!("{}{part}", poll.api)).await;
            assert_eq!(status, 200, "{part}");
            let path = folder.path().join(name);
            fs::write(&path, &bytes).unwrap();
            let (code, said) = verify(&path);
            assert!(
                code == Some(0) && said.contains("verified"),
                "{name}: {code:?} {said}"
            );
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            fs::write(&path, &bytes).unwrap();
            let (code, said) = verify(&path);
            assert_ne!(code, Some(0), "{name}: {said}");
            assert!(
                said.contains("NOT VERIFIED") || code == Some(2),
                "{name}: {said}"
            );
        }
    }

    /// What an address of the service gives: status and bytes.
    async fn get(&self, browser: &Browser, url: &str) -> (u16, Vec<u8>) {
        browser.goto(&self.demo.at("/")).await;
        browser.fetch(url).await
    }

    async fn json(&self, browser: &Browser, url: &str) -> Value {
        let (status, bytes) = self.get(browser, url).await;
        assert_eq!(status, 200, "{url}: {}", String::from_utf8_lossy(&bytes));
        serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{url}: {error}"))
    }
}

/// The devices of two deputies, and the credentials of six whom the library plays.
struct Ballots {
    devices: Vec<Browser>,
    desk: Browser,
    credentials: Vec<String>,
}

impl Ballots {
    /// The last eight recorded ballots: two in browsers, six sealed by the library; the first 190 are the demo's.
    async fn cast(&mut self, county: &County, poll: &Poll) {
        let recorded = county.data["ballots"].as_array().unwrap();
        let projects: Vec<String> = county.data["projects"]
            .as_array()
            .unwrap()
            .iter()
            .map(|project| word(&project["id"]))
            .collect();
        for (device, choice) in self.devices.iter().zip(&recorded[190..192]) {
            cast_in_browser(device, poll, choice).await;
        }
        let (_, election) = self
            .desk
            .fetch_from(&format!("{}/election", poll.api))
            .await;
        let election = String::from_utf8(election).unwrap();
        for (number, (credential, choice)) in
            self.credentials.iter().zip(&recorded[192..198]).enumerate()
        {
            let chosen: Vec<String> = choice.as_array().unwrap().iter().map(word).collect();
            let marks: Vec<u8> = projects
                .iter()
                .map(|id| u8::from(chosen.contains(id)))
                .collect();
            let seed = [100 + u8::try_from(number).unwrap(); 32];
            let sealed =
                acts::seal(&election, credential, &json!([marks]).to_string(), &seed).unwrap();
            let sealed: Value = serde_json::from_str(&sealed).unwrap();
            let ballot = sealed["ballot"].as_str().unwrap();
            let url = format!("{}/ballots", poll.api);
            let (status, first) = self.desk.post(&url, "application/json", ballot).await;
            assert_eq!(status, 200, "{first}");
            let (_, second) = self.desk.post(&url, "application/json", ballot).await;
            let tracker =
                |said: &str| serde_json::from_str::<Value>(said).unwrap()["tracker"].clone();
            assert_eq!(
                tracker(&first),
                tracker(&second),
                "the same ballot again gets the same receipt"
            );
        }
    }
}

async fn cast_in_browser(device: &Browser, poll: &Poll, choice: &Value) {
    device.goto(&format!("{}/cast", poll.page)).await;
    device.until(&shown("choose")).await;
    for id in choice.as_array().unwrap().iter().map(word) {
        device.click(&format!("input[data-review^='{id} ']")).await;
    }
    let ticked = choice.as_array().unwrap().len();
    assert_eq!(device.text("[data-part=ticked]").await, ticked.to_string());
    device.screenshot("cast-choose").await;
    accessibility::assert_accessible(device).await;
    device.click("[data-part=review]").await;
    device.until(&shown("review")).await;
    device.screenshot("cast-review").await;
    device.click("[data-part=seal]").await;
    device.until(&shown("sealed")).await;
    device.screenshot("cast-sealed").await;
    device.click("[data-part=cast]").await;
    device.until(&shown("receipt")).await;
    device
        .until("!document.querySelector('[data-part=receipt-good]').hidden")
        .await;
    device.screenshot("cast-receipt").await;
    assert!(!device.overflows().await, "the receipt fits a telephone");
}

/// A condition: the page shows this step.
fn shown(step: &str) -> String {
    format!(
        "document.querySelector('[data-step={step}]') && !document.querySelector('[data-step={step}]').hidden"
    )
}

fn verify(path: &std::path::Path) -> (Option<i32>, String) {
    let done = Command::new(artifacts::workspace_program("tally"))
        .arg("verify")
        .arg(path)
        .output()
        .expect("it runs");
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
    (done.status.code(), said)
}

/// The list of items with their votes, wherever the result keeps it.
fn find_items(value: &Value) -> Option<&Vec<Value>> {
    match value {
        Value::Array(list)
            if list
                .first()
                .is_some_and(|one| one["votes"]["in-favour"].is_u64()) =>
        {
            Some(list)
        }
        Value::Array(list) => list.iter().find_map(find_items),
        Value::Object(object) => object.values().find_map(find_items),
        _ => None,
    }
}

fn word(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn data() -> Value {
    let path = artifacts::root().join("server/demo/qinghe-county.json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}
