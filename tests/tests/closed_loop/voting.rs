//! The session: check-in, ballots from browsers and from the library, decryption, announcement.

use super::county::{CHECKED, County, Poll, shown, word};
use ballot_wasm::acts;
use journeys::{Browser, Key, Screen, accessibility};
use serde_json::{Value, json};

/// How many ballots the demo's simulated deputies cast: the first recorded ones.
pub const SIMULATED: usize = 190;

impl County {
    /// Two deputies check in on their own devices; six more are played by the library.
    pub async fn check_in_deputies(&self, poll: &Poll) -> Ballots {
        let mut devices = Vec::new();
        for nth in 0..2 {
            let device = self.person("deputy", nth, Screen::Phone).await;
            device.goto(&format!("{}/check-in", poll.page)).await;
            device.until(&shown("ready")).await;
            device.check_in(&poll.page).await;
            device.until(&shown("checked-in")).await;
            devices.push(device);
        }
        devices[0].screenshot("checked-in").await;
        let desk = self.driver.open(Screen::Laptop).await;
        let view = self.json(&desk, &poll.api).await;
        let reserved = view["reserved_elections"].as_array().unwrap().clone();
        let mut uuids = vec![view["election_uuid"].clone()];
        uuids.extend(reserved.iter().cloned());
        let uuids = json!(uuids).to_string();
        let mut credentials = Vec::new();
        for nth in self.played_by_the_library() {
            desk.goto(&self.demo.account("deputy", nth).sign_in_url)
                .await;
            let seed = [u8::try_from(nth % 251).unwrap(); 32];
            let made: Value =
                serde_json::from_str(&acts::make_credential(&uuids, &seed).unwrap()).unwrap();
            let of = |uuid: &Value| made["public"][uuid.as_str().unwrap()].clone();
            let body = json!({
                "public_credential": of(&view["election_uuid"]),
                "reserved": reserved.iter().map(of).collect::<Vec<_>>(),
                "check_in_code": desk.hall_code(&poll.page).await,
            });
            let body = body.to_string();
            let (status, said) = desk
                .post(&format!("{}/check-in", poll.api), "application/json", &body)
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
    pub async fn confirm(&self, poll: &Poll, step: &str) {
        for role in ["office", "chief_scrutineer"] {
            let leader = self.person(role, 0, Screen::Laptop).await;
            leader.goto(&format!("{}/manage", poll.page)).await;
            leader.screenshot(&format!("manage-{step}-{role}")).await;
            let form =
                format!("form[action$='/confirm']:has(input[name=step][value={step}]) button");
            leader.follow(&form).await;
            leader.close().await;
        }
    }

    /// What the receipt's code holds, opened on a device that has nothing of the deputy's; one changed letter shows.
    /// Before the announcement nobody is told more than that it is recorded.
    async fn the_receipt_convinces_another_device(&self, deputy: &Browser) -> String {
        let read = "return document.querySelector('[data-part=receipt-as-text]').textContent;";
        let receipt = deputy.script(read, vec![]).await;
        let receipt = receipt.as_str().expect("the receipt's text");
        let other = self.driver.open(Screen::Phone).await;
        for (text, said) in [(receipt.to_owned(), "good"), (changed(receipt), "bad")] {
            other.goto("about:blank").await;
            let page = format!("/verify#{}", encoded(&text));
            other.goto(&self.demo.at(&page)).await;
            let shown = format!("!document.querySelector('[data-part=receipt-{said}]').hidden");
            other.until(&shown).await;
            if said == "good" {
                other
                    .until("!document.querySelector('[data-part=receipt-not-announced]').hidden")
                    .await;
            }
        }
        other.screenshot("receipt-elsewhere").await;
        other.close().await;
        receipt.to_owned()
    }

    /// A receipt on a device that has nothing of the deputy's: after the announcement it says that the ballot is counted, by the
    /// whole bundle, and with one changed letter it says nothing of the kind.
    pub async fn the_receipt_says_counted(&self, receipt: &str) {
        let other = self.driver.open(Screen::Phone).await;
        for (text, said) in [(receipt.to_owned(), "counted"), (changed(receipt), "bad")] {
            other.goto("about:blank").await;
            other
                .goto(&self.demo.at(&format!("/verify#{}", encoded(&text))))
                .await;
            let shown = format!("!document.querySelector('[data-part=receipt-{said}]').hidden");
            other.until(&shown).await;
        }
        let counted = "return document.querySelector('[data-part=receipt-counted]').hidden;";
        assert_eq!(other.script(counted, vec![]).await, true);
        other.close().await;
    }

    /// Each scrutineer compares the election's print with the one that everybody sees, and approves the election.
    pub async fn approve(&self, devices: &[Browser], poll: &Poll) {
        for device in devices {
            device.goto(&poll.page).await;
            let print = device.text("dd .print").await;
            device.goto(&format!("{}/scrutineer", poll.page)).await;
            device.until(&shown("approve")).await;
            assert_eq!(device.text("[data-step=approve] .print").await, print);
            device.click("[data-part=approve]").await;
            device.until(&shown("waiting")).await;
        }
        devices[0].screenshot("scrutineer-approved").await;
    }

    /// Each scrutineer's device checks all ballots; its owner compares, and it states which ballots are summed. Alone it decrypts nothing.
    pub async fn state_closing(&self, devices: &[Browser], poll: &Poll, reported: usize) {
        for (number, device) in devices.iter().enumerate() {
            let agrees = self.check_archive(device, poll, reported).await;
            assert!(agrees, "the device checks {reported} ballots");
            device.screenshot("closing-confirm").await;
            accessibility::assert_accessible(device).await;
            device.click("[data-part=state]").await;
            device.until(&shown("stated")).await;
            if number == 0 {
                device.click("[data-part=decrypt]").await;
                device
                    .until("!document.querySelector('[data-part=problem]').hidden")
                    .await;
                device.screenshot("closing-alone").await;
                let stays = format!("return !!({});", shown("stated"));
                assert_eq!(device.script(&stays, vec![]).await, Value::Bool(true));
            }
        }
    }

    /// The statement stands when the page is opened again, and what all have stated is decrypted.
    pub async fn decrypt(&self, device: &Browser, poll: &Poll) {
        device.goto(&format!("{}/scrutineer", poll.page)).await;
        device.until(&shown("stated")).await;
        device.screenshot("closing-stated").await;
        accessibility::assert_accessible(device).await;
        device.click("[data-part=decrypt]").await;
        // Fewer have stated than where nobody compares prints aloud: its owner says that those who have not are not there.
        device.until(&shown("present")).await;
        device.screenshot("closing-present").await;
        accessibility::assert_accessible(device).await;
        device.click("[data-part=all-present]").await;
        device.until(&shown("decrypted")).await;
        device.screenshot("decrypted").await;
    }

    pub async fn announce(&self, poll: &Poll) {
        let chair = self.person("chair", 0, Screen::Laptop).await;
        chair.goto(&format!("{}/manage", poll.page)).await;
        chair
            .follow_irrevocable("form[action$='/announce'] button")
            .await;
        chair.until("location.pathname.includes('/results')").await;
        chair.screenshot("announced").await;
    }
}

/// The devices of two deputies, and the credentials of six whom the library plays.
pub struct Ballots {
    devices: Vec<Browser>,
    desk: Browser,
    credentials: Vec<String>,
}

impl Ballots {
    /// The last eight recorded ballots: two in browsers, six sealed by the library.
    /// Answers with the receipt of the first.
    pub async fn cast(&mut self, county: &County, poll: &Poll) -> String {
        let recorded = county.data["ballots"].as_array().unwrap();
        let projects: Vec<String> = county.data["projects"]
            .as_array()
            .unwrap()
            .iter()
            .map(|project| word(&project["id"]))
            .collect();
        county
            .no_lie_makes_a_device_seal(&self.devices[0], poll)
            .await;
        let asked = county.service.asked().len();
        cast_by_touch(&self.devices[0], poll, &recorded[SIMULATED]).await;
        county.nothing_tells_who_cast(asked);
        a_second_tab_seals_nothing_else(&self.devices[1], poll, &recorded[SIMULATED + 1]).await;
        cast_by_keyboard(&self.devices[1], poll, &recorded[SIMULATED + 1]).await;
        let receipt = county
            .the_receipt_convinces_another_device(&self.devices[0])
            .await;
        let (_, election) = self
            .desk
            .fetch_from(&format!("{}/election", poll.api))
            .await;
        let election = String::from_utf8(election).unwrap();
        for (number, (credential, choice)) in self
            .credentials
            .iter()
            .zip(&recorded[SIMULATED + 2..SIMULATED + 8])
            .enumerate()
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
        receipt
    }
}

async fn cast_by_touch(device: &Browser, poll: &Poll, choice: &Value) {
    device.goto(&format!("{}/cast", poll.page)).await;
    device.until(&shown("choose")).await;
    device.until(CHECKED).await;
    for id in choice.as_array().unwrap().iter().map(word) {
        device.click(&format!("input[data-code='{id}']")).await;
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

/// While one tab is reviewed, another one has sealed: the page goes on with that ballot, and says so.
async fn a_second_tab_seals_nothing_else(device: &Browser, poll: &Poll, choice: &Value) {
    device.goto(&format!("{}/cast", poll.page)).await;
    device.until(&shown("choose")).await;
    device.until(CHECKED).await;
    let first = word(&choice[0]);
    device.click(&format!("input[data-code='{first}']")).await;
    device.click("[data-part=review]").await;
    device.until(&shown("review")).await;
    in_the_device_s_store(
        device,
        "put({ ballot: '{}', tracker: 'of-the-other-tab' }, key)",
    )
    .await;
    device.click("[data-part=seal]").await;
    device.until(&shown("sealed")).await;
    let tracker = device.text("[data-step=sealed] [data-part=tracker]").await;
    assert_eq!(tracker, "of-the-other-tab");
    device
        .until("!document.querySelector('[data-part=sealed-elsewhere]').hidden")
        .await;
    device.screenshot("cast-second-tab").await;
    in_the_device_s_store(device, "delete(key)").await;
}

/// Does something with the sealed ballot in the browser's store, as another tab would.
async fn in_the_device_s_store(device: &Browser, act: &str) {
    let script = format!(
        "const page = document.querySelector('[data-part=device-page]').dataset;
         return fetch(page.api, {{ credentials: 'omit' }}).then((answer) => answer.json()).then((poll) =>
           new Promise((resolve, reject) => {{
             const opened = indexedDB.open('minsheng', 1);
             opened.onerror = () => reject(opened.error);
             opened.onsuccess = () => {{
               const key = `sealed/${{poll.election_uuid}}/${{page.owner}}`;
               const change = opened.result.transaction('device', 'readwrite');
               change.objectStore('device').{act};
               change.oncomplete = () => {{ opened.result.close(); resolve(true); }};
               change.onerror = () => reject(change.error);
             }};
           }}));"
    );
    assert_eq!(device.script(&script, vec![]).await, Value::Bool(true));
}

/// The same by the keyboard alone: every tick, every step and the receipt are reached by Tab.
async fn cast_by_keyboard(device: &Browser, poll: &Poll, choice: &Value) {
    device.goto(&format!("{}/cast", poll.page)).await;
    device.until(&shown("choose")).await;
    device.until(CHECKED).await;
    for id in choice.as_array().unwrap().iter().map(word) {
        device.tab_to(&format!("input[data-code='{id}']")).await;
        device.keys(" ").await;
    }
    let ticked = choice.as_array().unwrap().len();
    assert_eq!(device.text("[data-part=ticked]").await, ticked.to_string());
    for (button, next) in [
        ("review", "review"),
        ("seal", "sealed"),
        ("cast", "receipt"),
    ] {
        device.tab_to(&format!("[data-part={button}]")).await;
        device.press(Key::Enter).await;
        device.until(&shown(next)).await;
    }
    device
        .until("!document.querySelector('[data-part=receipt-good]').hidden")
        .await;
    device.tab_to("[data-part=save-receipt]").await;
    device.screenshot("cast-by-keyboard").await;
}

/// A receipt as it stands behind `#`.
fn encoded(receipt: &str) -> String {
    receipt
        .replace('%', "%25")
        .replace('\n', "%0A")
        .replace(' ', "%20")
}

/// The text with another letter in its longest line, which is a hash or a signature.
fn changed(receipt: &str) -> String {
    let line = receipt
        .lines()
        .max_by_key(|line| line.len())
        .expect("a line");
    let middle = line.len() / 2;
    let other = if line[middle..].starts_with('A') {
        "B"
    } else {
        "A"
    };
    let changed = format!("{}{other}{}", &line[..middle], &line[middle + 1..]);
    receipt.replacen(line, &changed, 1)
}
