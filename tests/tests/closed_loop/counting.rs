//! What the count gives, what it hides until it is announced, and that anyone can check it.

use super::county::{County, Poll, YEAR, word};
use journeys::{Browser, Screen, accessibility, artifacts};
use serde_json::Value;
use std::{collections::BTreeMap, fs, process::Command};

impl County {
    /// Before the announcement no door gives a count: no page, no feed, no export, no API, no entry of the record, no
    /// line of the log. Once it is announced the same search finds them all.
    pub async fn nobody_finds_a_count(&self, public: &Browser, poll: &Poll) {
        for part in ["/result", "/bundle"] {
            let (status, _) = self.get(public, &format!("{}{part}", poll.api)).await;
            assert!((400..500).contains(&status), "{part}: {status}");
        }
        for role in ["office", "chair", "deputy"] {
            let person = self.person(role, 0, Screen::Laptop).await;
            self.search(&person, poll).await;
            person.close().await;
        }
        self.search(public, poll).await;
        let found = self.counts_in(&self.demo.log());
        assert!(found < 5, "{found} counts in the log");
    }

    async fn search(&self, browser: &Browser, poll: &Poll) {
        let id = poll.page.rsplit('/').next().unwrap();
        let mut doors: Vec<String> = [
            "",
            "/session",
            "/results",
            "/projects",
            "/evaluation",
            "/record",
            "/shortlist",
            "/proposals.atom",
            "/proposals.csv",
            "/projects.csv",
        ]
        .iter()
        .map(|part| self.at(part))
        .collect();
        doors.extend(
            ["", "/manage", "/cast", "/scrutineer"].map(|part| format!("{}{part}", poll.page)),
        );
        doors.push(self.at(&format!("/results/{id}")));
        doors.extend(
            ["", "/archive", "/election", "/roll", "/trustees"]
                .map(|part| format!("{}{part}", poll.api)),
        );
        doors.extend(
            ["projects", "evaluation", "shortlist"]
                .map(|part| self.demo.at(&format!("/api/v1{YEAR}/{part}"))),
        );
        doors.extend(["/record", "/record/checkpoint"].map(|part| self.demo.at(part)));
        doors.extend(self.record_entries(browser).await);
        for door in doors {
            let (_, bytes) = browser.fetch(&door).await;
            let found = self.counts_in(&String::from_utf8_lossy(&bytes));
            assert!(found < 5, "{door} shows {found} counts");
        }
    }

    /// The newest entries of the public record.
    async fn record_entries(&self, browser: &Browser) -> Vec<String> {
        let (_, checkpoint) = self.get(browser, &self.demo.at("/record/checkpoint")).await;
        let checkpoint = String::from_utf8(checkpoint).unwrap();
        let size: u64 = checkpoint.lines().nth(1).unwrap().parse().unwrap();
        (size.saturating_sub(8)..size)
            .map(|position| self.demo.at(&format!("/record/entry/{position}")))
            .collect()
    }

    /// For how many candidates the text has the number with the count close behind it.
    fn counts_in(&self, text: &str) -> usize {
        let projects = self.data["projects"].as_array().unwrap();
        projects
            .iter()
            .filter(|project| {
                let (code, count) = (word(&project["id"]), project["approvals"].to_string());
                text.match_indices(&code).any(|(at, _)| {
                    let near: String = text[at + code.len()..].chars().take(600).collect();
                    near.split(|c: char| !c.is_ascii_digit())
                        .any(|number| number == count)
                })
            })
            .count()
    }

    pub async fn the_result_is_the_recorded_one(&self, browser: &Browser, poll: &Poll) {
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
                    item["votes"]["in_favour"].as_u64().unwrap(),
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
            page.goto(&self.at(&format!("/results/{id}"))).await;
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
        browser.goto(&self.at(&format!("/results/{id}"))).await;
        accessibility::assert_accessible(browser).await;
        let (_, page) = browser.fetch(&browser.url().await).await;
        let found = self.counts_in(&String::from_utf8_lossy(&page));
        assert_eq!(
            found, 15,
            "the search that found nothing before finds every count now"
        );
    }

    /// The downloaded files convince the verifier, and one changed byte does not.
    pub async fn anyone_verifies(&self, browser: &Browser, poll: &Poll) {
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
                .is_some_and(|one| one["votes"]["in_favour"].is_u64()) =>
        {
            Some(list)
        }
        Value::Array(list) => list.iter().find_map(find_items),
        Value::Object(object) => object.values().find_map(find_items),
        _ => None,
    }
}
