//! What several test files read: the two worked examples.
#![allow(dead_code, reason = "each test file uses a part of it")]

pub mod opinion;
pub mod poll;
pub mod recorded;
pub mod rules;
pub mod zipped;

use serde::Deserialize;
use tally::decision::Returns;
use tally::rules::Rule;

#[derive(Deserialize)]
pub struct Example {
    pub deputies_total: u64,
    pub attended: u64,
    pub issued: u64,
    pub returned: u64,
    pub invalid: u64,
    pub valid: u64,
    pub seats: u64,
    pub majority_floor: u64,
    pub projects: Vec<Project>,
    pub ballots: Vec<Vec<String>>,
}

#[derive(Deserialize)]
pub struct Project {
    pub id: String,
    pub approvals: u64,
}

impl Example {
    pub fn read(name: &str) -> Self {
        let path = format!("{}/tests/data/{name}.json", env!("CARGO_MANIFEST_DIR"));
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
    }

    pub fn returns(&self) -> Returns {
        Returns {
            present: self.attended,
            issued: self.issued,
            returned: self.returned,
            invalid: self.invalid,
        }
    }

    /// The counts of the recorded ballots, in the order of the projects.
    pub fn counts(&self) -> Vec<Vec<u64>> {
        let count = |project: &Project| {
            self.ballots
                .iter()
                .filter(|ballot| ballot.contains(&project.id))
                .count() as u64
        };
        vec![self.projects.iter().map(count).collect()]
    }

    pub fn rule_text(&self) -> String {
        let ids: Vec<String> = self
            .projects
            .iter()
            .map(|project| format!("\"{}\"", project.id))
            .collect();
        RULE.replace("213", &self.deputies_total.to_string())
            .replace("ITEMS", &ids.join(", "))
    }
}

pub const RULE: &str = r#"format = "minsheng-rule/1"
title = "民生实事项目票决办法"
poll = "choice"
advisory = false
secrecy = "secret"
revoting = false
deputies = 213
quorum = ">= 2/3"
surplus = "1/5"
items = [ITEMS]

[ballot]
form = "at_most"
max = 10
blank = "nobody"

[decision]
places = 10
majority = "> 1/2"
base = "deputies"
tie = "run_off"
too_few = "leave_empty"
reserve = true
"#;

/// A poll on items `a`, `b`, … with these votes: 100 deputies, all voting, some keys replaced.
pub fn small(votes: &[u64], places: u64, keys: &[(&str, &str)]) -> (Rule, Returns, Vec<Vec<u64>>) {
    let ids: Vec<String> = (b'a'..)
        .take(votes.len())
        .map(|c| format!("\"{}\"", c as char))
        .collect();
    let mut text = RULE
        .replace("213", "100")
        .replace("ITEMS", &ids.join(", "))
        .replace("\"1/5\"", "\"0/1\"")
        .replace("max = 10", &format!("max = {}", votes.len()))
        .replace("places = 10", &format!("places = {places}"));
    for (from, to) in keys {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    (
        Rule::parse(&text).unwrap(),
        Returns {
            present: 100,
            issued: 100,
            returned: 100,
            invalid: 0,
        },
        vec![votes.to_vec()],
    )
}
