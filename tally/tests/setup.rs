//! What is fixed before the first ballot, byte for byte: elections that the service and the command set up when each had
//! its own code for that (`data/setup`; the rule's hash stands there as `RULE`, since examples of rules may change).
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

mod common;

use ballot::group::{InGroup, in_group};
use ballot::trustee::Trustees;
use ballot::{Digest, Group, Wire as _};
use common::rules::example;
use serde::Deserialize;
use tally::rules::{RollHash, Rule, RuleHash};
use tally::setup::{Item, Parts, check_questions, roll, single_trustees};

#[derive(Deserialize)]
struct Former {
    rule: String,
    group: String,
    uuid: String,
    name: String,
    labels: Vec<String>,
    #[serde(default)]
    keys: Vec<String>,
    trustees: Option<String>,
    credentials: Vec<String>,
    made: Made,
}

#[derive(Deserialize)]
struct Made {
    trustees: String,
    roll: String,
    credentials: Vec<String>,
    election: String,
}

fn former() -> Vec<(String, Former)> {
    let folder = format!("{}/tests/data/setup", env!("CARGO_MANIFEST_DIR"));
    let files = std::fs::read_dir(folder).unwrap();
    files
        .map(|file| {
            let path = file.unwrap().path();
            let former = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            (path.display().to_string(), former)
        })
        .collect()
}

/// The file's name, and what it holds.
struct Compare(String, Former);

impl InGroup for Compare {
    type Output = ();

    fn run<G: Group>(self) {
        let Self(path, former) = self;
        let text = example(&former.rule);
        let rule = Rule::parse(&text).unwrap();
        let labels = former.labels.iter().cloned();
        let items = rule.items().iter().cloned().zip(labels);
        let trustees = match &former.trustees {
            Some(object) => Trustees::from_json(object.as_bytes()).unwrap(),
            None => single_trustees::<G>(&former.keys).unwrap(),
        };
        let parts = Parts {
            uuid: former.uuid.parse().unwrap(),
            name: former.name,
            rule: &text,
            // The rule says the order.
            items: items.rev().map(|(id, label)| Item { id, label }).collect(),
            trustees,
            roll: roll(&former.credentials).unwrap(),
        };
        let frozen = parts.build().unwrap();
        let made = former.made;
        let hash = RuleHash::of(text.as_bytes()).to_hex();
        let election = made.election.replace("RULE", &hash);
        assert_eq!(frozen.election.to_json(), election, "{path}");
        assert_eq!(frozen.election.fingerprint(), Digest::of(&election));
        assert_eq!(frozen.trustees, made.trustees);
        assert_eq!(frozen.roll_hash, RollHash::of(made.roll.as_bytes()));
        assert_eq!(frozen.roll, made.roll);
        assert_eq!(frozen.credentials, made.credentials);
        assert_eq!(parts.check(election.as_bytes()), Ok(frozen.clone()));
        assert_eq!(check_questions(&rule, frozen.election.questions()), Ok(()));
    }
}

#[test]
fn an_election_is_byte_for_byte_what_service_and_command_made_before() {
    let all = former();
    assert_eq!(all.len(), 10);
    for (path, former) in all {
        let group = former.group.clone();
        in_group(&group, Compare(path, former)).unwrap();
    }
}
