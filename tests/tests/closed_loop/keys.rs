//! The scrutineers make their key together, and no part of it counts before its code is on paper.

use super::county::{County, Poll, shown, word};
use journeys::{Browser, Screen, accessibility};
use serde_json::json;

impl County {
    /// The three scrutineers make one key, each on an own device, of which any two open the count. Answers also with the third's code.
    pub async fn make_keys(&self, poll: &Poll) -> (Vec<Browser>, String) {
        let (mut devices, mut last) = (Vec::new(), String::new());
        for (role, nth) in [
            ("chief_scrutineer", 0),
            ("scrutineer", 0),
            ("scrutineer", 1),
        ] {
            let device = self.person(role, nth, Screen::Laptop).await;
            device.goto(&format!("{}/scrutineer", poll.page)).await;
            device.until(&shown("ceremony")).await;
            device.click("[data-part=begin-ceremony]").await;
            device.until(&shown("ceremony-code")).await;
            if devices.is_empty() {
                self.no_key_goes_out_without_its_backup(&device, poll).await;
            }
            let code = device.script(CODE, vec![]).await;
            last = word(&code);
            give_back(&device, &last).await;
            device.until(&shown("ceremony-wait")).await;
            devices.push(device);
        }
        let mut prints = Vec::new();
        for device in &devices {
            device.until(&shown("ceremony-done")).await;
            prints.push(device.text("[data-part=key-print]").await);
        }
        assert!(!prints[0].is_empty());
        assert!(prints.iter().all(|print| *print == prints[0]), "{prints:?}");
        // A device that is opened again has what it has made.
        devices[0].goto(&format!("{}/scrutineer", poll.page)).await;
        devices[0].until(&shown("ceremony-done")).await;
        devices[0].screenshot("scrutineer-key").await;
        accessibility::assert_accessible(&devices[0]).await;
        self.another_device_of_the_same_person_has_sent_nothing(poll)
            .await;
        (devices, last)
    }

    /// What the service has of a person is said to be elsewhere, and nothing is made beside it.
    async fn another_device_of_the_same_person_has_sent_nothing(&self, poll: &Poll) {
        let other = self.person("chief_scrutineer", 0, Screen::Laptop).await;
        other.goto(&format!("{}/scrutineer", poll.page)).await;
        other.until(&shown("ceremony-elsewhere")).await;
        other.close().await;
    }

    /// The service has no message while its owner has not typed the code as it is on paper; also after the page was left.
    async fn no_key_goes_out_without_its_backup(&self, device: &Browser, poll: &Poll) {
        device.screenshot("scrutineer-backup").await;
        accessibility::assert_accessible(device).await;
        let kept = device.script(CODE, vec![]).await;
        for wrong in ["", "123456789ABCDEFGHJKLMN"] {
            give_back(device, wrong).await;
            device
                .until("!document.querySelector('[data-part=problem]').hidden")
                .await;
            let problem = device.text("[data-part=problem] p").await;
            assert!(problem.starts_with("这"), "{problem}");
            let view = self.json(device, &poll.api).await;
            assert_eq!(view["ceremony"]["awaited"], json!([1, 2, 3]));
            device.goto(&format!("{}/scrutineer", poll.page)).await;
            device.until(&shown("ceremony-code")).await;
            assert_eq!(device.script(CODE, vec![]).await, kept);
        }
    }

    /// The third scrutineer's computer is lost. Its code on paper makes the share again on another one.
    pub async fn a_lost_share_comes_back_from_paper(&self, poll: &Poll, code: &str) {
        let other = self.person("scrutineer", 1, Screen::Laptop).await;
        other.goto(&format!("{}/scrutineer", poll.page)).await;
        other.until(&shown("lost-share")).await;
        let fill = "document.querySelector('[data-part=recover-code]').value = arguments[0];";
        other.script(fill, vec![json!(code)]).await;
        other.click("[data-part=recover]").await;
        other.until(&shown("approve")).await;
        other.close().await;
    }
}

/// The code that its owner writes down.
const CODE: &str = "return document.querySelector('[data-part=recovery-code]').textContent;";

async fn give_back(device: &Browser, code: &str) {
    let fill = "document.querySelector('[data-part=code-again]').value = arguments[0];";
    device.script(fill, vec![json!(code)]).await;
    device.click("[data-part=check-code]").await;
}
