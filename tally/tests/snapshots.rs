//! What others read is frozen byte by byte: a change here is a change of format, and needs a new name for it.
//!
//! The archive's objects are frozen by the independent tool's bytes (`archives`), the leaf's header and the record's
//! published vectors in `record_notes` and `record_tree`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

mod common;

use std::io::Read as _;

use common::rules::example;
use common::{Example, small};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use tally::bundle::{Bundle, Figures};
use tally::decision::{Account, Decision, Devices, Lot, Outcome, Paper, Returns, Sheet, decide};
use tally::evaluation::{EvaluationOutcome, RatingSummary, Ratings, judge};
use tally::record::leaf::Salt;
use tally::record::note::{KeyKind, KeyName};
use tally::record::tree::{MemoryTree, inclusion_proof, leaf_hash};
use tally::record::{Checkpoint, LeafHeader, Note, Receipt, VerifierKey, body_hash};
use tally::rules::{Reserved, Rule, RuleHash};

/// The value is written as exactly this text, and the text reads as the value.
fn frozen<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T, text: &str) {
    assert_eq!(serde_json::to_string(value).unwrap(), text);
    assert_eq!(serde_json::from_str::<T>(text).unwrap(), *value);
}

fn decided(outcome: Outcome) -> Decision {
    match outcome {
        Outcome::Decided(decision) => decision,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_decision_with_a_tie_and_the_one_after_its_run_off() {
    let (rule, returns, counts) = small(&[70, 60, 60, 40], 2, &[]);
    let outcome = decide(&rule, returns, &counts, None).unwrap();
    frozen(
        &outcome,
        r#"{"outcome":"decided","sheet":{"deputies":100,"present":100,"issued":100,"returned":100,"valid":100,"invalid":0,"not_returned":0,"not_voted":0},"base":100,"votes_needed":51,"places":2,"items":[{"id":"a","votes":{"in_favour":70},"rank":1,"reached":true,"standing":"chosen"},{"id":"b","votes":{"in_favour":60},"rank":2,"reached":true,"standing":"tied"},{"id":"c","votes":{"in_favour":60},"rank":2,"reached":true,"standing":"tied"},{"id":"d","votes":{"in_favour":40},"rank":4,"reached":false,"standing":"not_chosen"}],"empty_places":0,"follow_up":{"kind":"run_off","items":["b","c"],"places":1}}"#,
    );
    let decision = decided(outcome);
    let tied: Vec<_> = rule.items()[1..3].to_vec();
    let run_off = rule
        .run_off(RuleHash::of(b""), &tied, 1, Reserved::default())
        .unwrap();
    let second = decided(decide(&run_off, returns, &[vec![40, 50]], None).unwrap());
    let whole = decision.with_run_off(&rule, &second).unwrap();
    frozen(
        &whole,
        r#"{"sheet":{"deputies":100,"present":100,"issued":100,"returned":100,"valid":100,"invalid":0,"not_returned":0,"not_voted":0},"base":100,"votes_needed":51,"places":2,"items":[{"id":"a","votes":{"in_favour":70},"rank":1,"reached":true,"standing":"chosen"},{"id":"b","votes":{"in_favour":60},"rank":2,"reached":true,"standing":"reserve"},{"id":"c","votes":{"in_favour":60},"rank":2,"reached":true,"standing":"chosen_in_run_off"},{"id":"d","votes":{"in_favour":40},"rank":4,"reached":false,"standing":"not_chosen"}],"empty_places":0,"follow_up":{"kind":"nothing"}}"#,
    );
}

#[test]
fn the_decision_of_items_one_by_one_that_only_advises_by_lot() {
    let keys = [
        (
            "form = \"at_most\"\nmax = 3\nblank = \"nobody\"",
            "form = \"each_item\"",
        ),
        ("advisory = false", "advisory = true"),
        ("tie = \"run_off\"", "tie = \"lot\""),
    ];
    let (rule, returns, _) = small(&[0, 0, 0], 1, &keys);
    let counts = [vec![60, 20, 10], vec![60, 0, 0], vec![0, 0, 0]];
    let open = decide(&rule, returns, &counts, None).unwrap();
    assert_eq!(
        serde_json::to_string(&decided(open).follow_up).unwrap(),
        r#"{"kind":"lot","items":["a","b"],"places":1}"#
    );
    let lot = Lot {
        drawn: vec![rule.items()[1].clone()],
    };
    frozen(&lot, r#"{"drawn":["b"]}"#);
    let outcome = decide(&rule, returns, &counts, Some(&lot)).unwrap();
    frozen(
        &outcome,
        r#"{"outcome":"decided","sheet":{"deputies":100,"present":100,"issued":100,"returned":100,"valid":100,"invalid":0,"not_returned":0,"not_voted":0},"base":100,"votes_needed":51,"places":1,"items":[{"id":"a","votes":{"in_favour":60,"against":20,"abstained":10,"unanswered":10},"rank":1,"reached":true,"standing":"reserve"},{"id":"b","votes":{"in_favour":60,"against":0,"abstained":0,"unanswered":40},"rank":1,"reached":true,"standing":"chosen_by_lot"},{"id":"c","votes":{"in_favour":0,"against":0,"abstained":0,"unanswered":100},"rank":3,"reached":false,"standing":"not_chosen"}],"empty_places":0,"follow_up":{"kind":"nothing"},"advisory":true}"#,
    );
}

#[test]
fn places_filled_left_empty_and_taken_in_a_second_ballot() {
    let (rule, returns, counts) = small(&[51, 50, 0], 3, &[("leave_empty", "fill")]);
    let filled = decided(decide(&rule, returns, &counts, None).unwrap());
    let standings: Vec<_> = filled.items.iter().map(|item| item.standing).collect();
    frozen(&standings, r#"["chosen","filled","not_chosen"]"#);

    let (rule, returns, counts) = small(&[51, 50], 2, &[]);
    let first = decided(decide(&rule, returns, &counts, None).unwrap());
    let (rest, empty) = first.rest().unwrap();
    let again = rule
        .second_ballot(RuleHash::of(b""), &rest, empty, Reserved::default())
        .unwrap();
    let second = decided(decide(&again, returns, &[vec![52]], None).unwrap());
    let whole = first.with_second_ballot(&second).unwrap();
    let standings: Vec<_> = whole.items.iter().map(|item| item.standing).collect();
    frozen(&standings, r#"["chosen","chosen_in_second_ballot"]"#);
}

#[test]
fn a_vote_without_a_quorum_and_a_void_one() {
    let (rule, returns, counts) = small(&[60, 60], 1, &[]);
    let few = Returns {
        present: 66,
        issued: 66,
        returned: 66,
        invalid: 0,
    };
    let outcome = decide(&rule, few, &counts, None).unwrap();
    frozen(
        &outcome,
        r#"{"outcome":"no_quorum","present":66,"needed":67}"#,
    );
    let many = Returns {
        issued: 99,
        ..returns
    };
    let outcome = decide(&rule, many, &counts, None).unwrap();
    frozen(&outcome, r#"{"outcome":"void","issued":99,"returned":100}"#);
}

#[test]
fn the_figures() {
    let county = Example::read("qinghe-county");
    let sheet = Sheet::new(county.deputies_total, county.returns()).unwrap();
    frozen(
        &sheet,
        r#"{"deputies":213,"present":201,"issued":201,"returned":200,"valid":198,"invalid":2,"not_returned":1,"not_voted":1}"#,
    );
    frozen(
        &county.returns(),
        r#"{"present":201,"issued":201,"returned":200,"invalid":2}"#,
    );
    frozen(
        &figures(),
        r#"{"deputies":213,"present":201,"device_credentials":193,"paper_credentials":12,"revoked":1,"paper_issued":9,"issued":201,"returned":200,"invalid":2}"#,
    );
    let account = Account {
        present: 201,
        devices: Devices {
            credentials: 193,
            revoked: 1,
            returned: 191,
        },
        paper: Paper {
            reserved: 12,
            issued: 9,
            spoiled: 1,
            unused: 2,
            returned: 9,
            invalid: 2,
            voided: 5,
        },
    };
    frozen(
        &account,
        r#"{"present":201,"devices":{"credentials":193,"revoked":1,"returned":191},"paper":{"reserved":12,"issued":9,"spoiled":1,"unused":2,"returned":9,"invalid":2,"voided":5}}"#,
    );
}

#[test]
fn the_evaluation_and_the_ratings() {
    let text = example("evaluation-committee").replacen(
        &example("evaluation-committee")[example("evaluation-committee").find("items = [").unwrap()
            ..example("evaluation-committee").find("\n[ballot]").unwrap()],
        "items = [\"a\"]\n",
        1,
    );
    let rule = Rule::parse(&text).unwrap();
    let returns = Returns {
        present: 30,
        issued: 30,
        returned: 29,
        invalid: 0,
    };
    let outcome: EvaluationOutcome = judge(&rule, returns, &[vec![16, 5, 4, 3]]).unwrap();
    frozen(
        &outcome,
        r#"{"outcome":"judged","sheet":{"deputies":31,"present":30,"issued":30,"returned":29,"valid":29,"invalid":0,"not_returned":1,"not_voted":1},"items":[{"id":"a","levels":[{"id":"satisfied","votes":16,"needed":16},{"id":"basically_satisfied","votes":5,"needed":16},{"id":"unsatisfied","votes":4},{"id":"unknown","votes":3}],"unanswered":1,"base":30,"verdict":"satisfied"}]}"#,
    );
    frozen(
        &Ratings::new([0, 0, 1, 1, 3]).summary(),
        r#"{"ratings":"published","responses":5,"mean_hundredths":440,"counts":[0,0,1,1,3]}"#,
    );
    frozen(&RatingSummary::Withheld, r#"{"ratings":"withheld"}"#);
}

fn figures() -> Figures {
    Figures {
        deputies: 213,
        present: 201,
        device_credentials: 193,
        paper_credentials: 12,
        revoked: 1,
        paper_issued: 9,
        issued: 201,
        returned: 200,
        invalid: 2,
    }
}

#[test]
fn the_bundle_and_its_manifest() {
    let decision = serde_json::json!({"outcome": "void", "issued": 99, "returned": 100});
    let bundle = Bundle {
        election: b"election",
        bindings: b"bindings",
        rule: "rule",
        roll: b"roll",
        figures: figures(),
        revocations: &["abc".to_owned()],
        spoiled: &[],
        paper: None,
        voided: None,
        lot: None,
        decision: &decision,
        record: None,
        previous: None,
    };
    let bytes = bundle.write().unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).unwrap();
    let mut manifest = String::new();
    zip.by_name("manifest.json")
        .unwrap()
        .read_to_string(&mut manifest)
        .unwrap();
    assert_eq!(
        manifest,
        "{\n  \"format\": \"minsheng-poll/1\",\n  \"files\": {\n    \"bindings.json\": \"1f7378b5c19e6bafe2eaeb0c3404de571bac942248db6119b20dfe74d0581b4c\",\n    \"decision.json\": \"9b110b60df264609ad3f7b7cc2205f1895dcfbc3840fc09814c4cef4353265cc\",\n    \"election.bel\": \"4b9e99d2bd5e48d9a569e5f82175d1d2ed59105f8d82a12dc51b673ff12dc1f2\",\n    \"figures.json\": \"aac7c60aacdadbba2632d2c5cbf900ce84008cfaea68d51c1e1a9da237b83488\",\n    \"revocations.json\": \"02f393ea9358560882c1fe797bf99d600aa4643a68276d8e3d714d1c4f19aecc\",\n    \"roll.json\": \"acfe1fecda8bf79f258fb28a532d3a5b901217497a8f7e86b6d5e81baa27de17\",\n    \"rule.toml\": \"7369949b47ef2c6ba26fbbee659cedc76123a75c17d321a52d8d1ef35e948042\"\n  }\n}"
    );
    assert_eq!(
        hex::encode(Sha256::digest(&bytes)),
        "e0e30096a066ed9a8448f71b4f6bbaf2980be69fcb7ceadf575b8e5f3843188f"
    );
}

#[test]
fn the_key_the_checkpoint_and_the_receipt() {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[5; 32]).unwrap();
    let key = VerifierKey::new(
        KeyName::new("record.example.org").unwrap(),
        KeyKind::Log,
        pair.public_key().as_ref().try_into().unwrap(),
    );
    assert_eq!(
        key.to_string(),
        "record.example.org+bc77040b+AW56HN0psLeP0Tr0xVmP7/TvKpcWbjym8uT7/M2AUFvx"
    );
    let entry = |n: i64| {
        let body = body_hash(Salt::new([7; 32]), b"body");
        LeafHeader::new("ballot", "qinghe/2026", 1_768_500_000_000 + n, "42", body)
            .unwrap()
            .to_entry()
    };
    let mut tree = MemoryTree::default();
    (0..3).for_each(|n| tree.push(leaf_hash(&entry(n))).unwrap());
    let checkpoint = Checkpoint {
        origin: key.name().to_string(),
        size: 3,
        root: tree.root(),
    };
    let sign = |message: &[u8]| {
        Ok::<_, std::convert::Infallible>(pair.sign(message).as_ref().try_into().unwrap())
    };
    let note: Note = checkpoint.to_note().unwrap().sign(&key, sign).unwrap();
    assert_eq!(
        note.to_string(),
        "record.example.org\n3\nePA1A2zmS7cf4JPglb8NjZG271pUCpEK24ulLK7tpSU=\n\n— record.example.org vHcEC95dCNSr0S4BYM93eqzUlkXgUdvICy3wlf6PhqW01CEMQxe/uzgU/ePhC33fr3mIbyEUeFzQ+rgWDasM5OdnKQU=\n"
    );
    let proof = inclusion_proof(1, 3, &tree).unwrap();
    let receipt = Receipt::new(entry(1), 1, proof, note);
    assert_eq!(
        receipt.to_string(),
        "c2sp.org/tlog-proof@v1\nextra eyJ2IjoxLCJraW5kIjoiYmFsbG90Iiwic2NvcGUiOiJxaW5naGUvMjAyNiIsImF0IjoxNzY4NTAwMDAwMDAxLCJzdWJqZWN0IjoiNDIiLCJib2R5IjoiM2YwMTUwZWU3ZGYxNTg0ZmNkYTkxNDE3ZjFlZmUyN2UwYjNmMDM4M2IwYzU0ZTZkNmE1YTRlYWI4ZmU0OGZkYyJ9\nindex 1\nkFR8RayL1x/qfVMWh+Y/zqw/7y1SZbFCzm7raBvB/LM=\n9SnXAygoAkbp3kniXriJsXPo8kSnceCyA9+X3hu+Z8E=\n\nrecord.example.org\n3\nePA1A2zmS7cf4JPglb8NjZG271pUCpEK24ulLK7tpSU=\n\n— record.example.org vHcEC95dCNSr0S4BYM93eqzUlkXgUdvICy3wlf6PhqW01CEMQxe/uzgU/ePhC33fr3mIbyEUeFzQ+rgWDasM5OdnKQU=\n"
    );
    assert_eq!(receipt.to_string().parse::<Receipt>(), Ok(receipt));
}
