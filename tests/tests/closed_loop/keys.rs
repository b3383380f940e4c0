//! The scrutineers' keys, and that each has a backup before it counts.

use super::county::{County, Poll, shown, word};
use ballot_wasm::acts;
use journeys::{Browser, Screen, accessibility};
use serde_json::{Value, json};

impl County {
    /// The three scrutineers make their keys, each on an own device.
    pub async fn make_keys(&self, poll: &Poll) -> Vec<Browser> {
        let mut devices = Vec::new();
        for (role, nth) in [
            ("chief_scrutineer", 0),
            ("scrutineer", 0),
            ("scrutineer", 1),
        ] {
            let device = self.person(role, nth, Screen::Laptop).await;
            device.goto(&format!("{}/scrutineer", poll.page)).await;
            device.until(&shown("key")).await;
            device.click("[data-part=make-key]").await;
            device.until(&shown("key-backup")).await;
            if devices.is_empty() {
                no_key_goes_out_without_its_backup(&device, poll).await;
            }
            let backup = device.script(BACKUP, vec![]).await;
            give_back(&device, &word(&backup)).await;
            device.until(&shown("key-made")).await;
            if devices.is_empty() {
                self.another_device_of_the_same_person_has_sent_nothing(poll)
                    .await;
            }
            devices.push(device);
        }
        devices[0].screenshot("scrutineer-key").await;
        accessibility::assert_accessible(&devices[0]).await;
        devices
    }

    /// What the service has of a person is said to be elsewhere, and a key that was made here is not taken for it.
    async fn another_device_of_the_same_person_has_sent_nothing(&self, poll: &Poll) {
        const ELSEWHERE: &str = "document.querySelector('[data-step]:not([hidden]) [data-part=key-elsewhere]:not([hidden])')";
        let other = self.person("chief_scrutineer", 0, Screen::Laptop).await;
        other.goto(&format!("{}/scrutineer", poll.page)).await;
        other.until(&shown("key")).await;
        other.until(ELSEWHERE).await;
        other.click("[data-part=make-key]").await;
        other.until(&shown("key-backup")).await;
        other.until(ELSEWHERE).await;
        other.close().await;
    }
}

/// The text of a key's backup, as it is shown and saved.
const BACKUP: &str = "return document.querySelector('[data-part=key-as-text]').textContent;";

async fn give_back(device: &Browser, backup: &str) {
    let fill = "document.querySelector('[data-part=backup-text]').value = arguments[0];";
    device.script(fill, vec![json!(backup)]).await;
    device.click("[data-part=check-backup]").await;
}

/// The service has no public key while its owner has shown no backup, or another one; also after the page was left.
async fn no_key_goes_out_without_its_backup(device: &Browser, poll: &Poll) {
    device.screenshot("scrutineer-backup").await;
    accessibility::assert_accessible(device).await;
    let kept = device.script(BACKUP, vec![]).await;
    let mut other: Value = serde_json::from_str(&word(&kept)).unwrap();
    let foreign: Value = serde_json::from_str(&acts::make_trustee_key(&[67; 32]).unwrap()).unwrap();
    other["private_key"] = foreign["private_key"].clone();
    for wrong in ["", "{}", "7", &other.to_string()] {
        give_back(device, wrong).await;
        device
            .until("!document.querySelector('[data-part=problem]').hidden")
            .await;
        let problem = device.text("[data-part=problem] p").await;
        assert!(problem.starts_with("这"), "{problem}");
        device.goto(&format!("{}/scrutineer", poll.page)).await;
        device.until(&shown("key-backup")).await;
        assert_eq!(device.script(BACKUP, vec![]).await, kept);
    }
}
