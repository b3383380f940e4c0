//! The example documents of `tally/rules`: one for each local variant, all read, and their schema compared with the code.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

mod common;

use std::collections::BTreeSet;

use common::rules::{example, examples};
use serde_json::Value;
use tally::rules::document::{
    BallotTable, DecisionTable, Document, EvaluationTable, FollowTable, FormKind, LevelTable,
    PollKind, RecordTable, ReservedTable, WitnessTable,
};
use tally::rules::{
    Apart, Base, Blank, Body, EvaluationBase, FactsHash, ItemId, Reserved, Rule, RuleError,
    RuleHash, Secrecy, TieBreak, TooFew,
};

fn ids(names: &[&str]) -> Vec<ItemId> {
    names
        .iter()
        .map(|name| ItemId::new(*name).unwrap())
        .collect()
}

#[test]
fn every_example_is_a_rule_and_is_written_back_as_the_same_rule() {
    let examples = examples();
    assert_eq!(examples.len(), 28);
    for (name, text) in examples {
        let rule = Rule::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(Rule::parse(&rule.to_toml()), Ok(rule), "{name}");
    }
}

#[test]
fn every_value_that_a_key_can_have_stands_in_an_example() {
    let schema = schema();
    let documents: Vec<Value> = examples()
        .iter()
        .map(|(_, text)| toml::from_str(text).unwrap())
        .collect();
    for (path, values) in enumerations(&schema, "") {
        for value in values {
            // In a list the value may stand in any of the tables.
            let used = documents.iter().any(|document| {
                (0..10).any(|n| {
                    let path = path.replace("/0/", &format!("/{n}/"));
                    document.pointer(&path) == Some(&value)
                })
            });
            assert!(used, "no example has {path} = {value}");
        }
    }
}

#[test]
fn the_example_of_a_run_off_is_what_the_town_s_rule_gives() {
    let text = example("town");
    let rule = Rule::parse(&text).unwrap();
    let reserved = Reserved {
        run_offs: rule.reserved().run_offs[1..].to_vec(),
        adoption: None,
        paper: rule.reserved().paper,
    };
    let tied = ids(&["LW26-05", "LW26-10"]);
    let run_off = rule.run_off(RuleHash::of(text.as_bytes()), &tied, 1, reserved);
    assert_eq!(run_off, Rule::parse(&example("run-off")));
}

#[test]
fn the_examples_of_second_ballot_and_adoption_are_what_the_county_s_rule_gives() {
    let text = example("county");
    let rule = Rule::parse(&text).unwrap();
    let reserved = Reserved {
        paper: 12,
        ..Reserved::default()
    };
    let hash = RuleHash::of(text.as_bytes());
    let second = rule.second_ballot(hash, &rule.items()[8..], 2, reserved);
    assert_eq!(second, Rule::parse(&example("second-ballot")));

    let resolution = "青禾县第十八届人民代表大会第五次会议关于民生实事项目的决议";
    let adoption = rule.adoption(
        resolution,
        ItemId::new("resolution").unwrap(),
        *rule.facts().unwrap(),
    );
    assert_eq!(adoption, Rule::parse(&example("adoption")));
}

#[test]
fn nothing_follows_an_evaluation() {
    let rule = Rule::parse(&example("evaluation-congress")).unwrap();
    let item = ids(&["resolution"]);
    let refused = RuleError::Key {
        key: "poll".into(),
        problem: tally::rules::KeyProblem::NotApplicable,
    };
    let hash = RuleHash::of(b"");
    let none = Reserved::default;
    assert_eq!(rule.run_off(hash, &item, 1, none()), Err(refused.clone()));
    assert_eq!(
        rule.second_ballot(hash, &item, 1, none()),
        Err(refused.clone())
    );
    assert_eq!(
        rule.adoption("t", item[0].clone(), FactsHash::of(b"")),
        Err(refused)
    );
}

#[test]
fn the_schema_has_exactly_the_keys_of_the_code() {
    let keys_of_code = keys(&serde_json::to_value(every_key()).unwrap());
    let keys_of_schema = keys_in_schema(&schema());
    assert_eq!(keys_of_code, keys_of_schema);
}

#[test]
fn the_schema_requires_exactly_what_the_code_requires() {
    let schema = schema();
    let whole = serde_json::to_value(every_key()).unwrap();
    for path in keys(&whole) {
        let mut without = whole.clone();
        let (table, key) = path.rsplit_once('/').unwrap();
        without
            .pointer_mut(table)
            .unwrap()
            .as_object_mut()
            .unwrap()
            .remove(key);
        let text = toml::to_string(&without).unwrap();
        let missing = matches!(
            Rule::parse(&text),
            Err(RuleError::Syntax { key, .. }) if key == path.trim_start_matches('/').replace("/0/", "[0].").replace('/', ".")
        );
        let required = schema
            .pointer(&format!("{}/required", in_schema(table)))
            .unwrap();
        let required = required.as_array().unwrap().contains(&Value::from(key));
        assert_eq!(missing, required, "{path}");
    }
}

#[test]
fn the_schema_lists_exactly_the_values_that_the_code_reads() {
    let whole = serde_json::to_value(every_key()).unwrap();
    let with = |path: &str, value: &Value| {
        let mut document = whole.clone();
        *document.pointer_mut(path).unwrap() = value.clone();
        serde_json::from_value::<Document>(document)
    };
    for (path, values) in enumerations(&schema(), "") {
        for value in &values {
            let document = with(&path, value).unwrap_or_else(|error| panic!("{path}: {error}"));
            let again = serde_json::to_value(document).unwrap();
            assert_eq!(again.pointer(&path), Some(value), "{path}");
        }
        // The error of an unknown value lists all that are known.
        let message = with(&path, &"neither".into()).unwrap_err().to_string();
        let listed = message.matches('`').count() / 2 - 1;
        assert_eq!(listed, values.len(), "{path}: {message}");
    }
}

fn schema() -> Value {
    let path = format!("{}/rules/rule.schema.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// A document with every key there is; no reader would take them together.
fn every_key() -> Document {
    let of = Some(FollowTable { of: String::new() });
    Document {
        format: "minsheng-rule/1".into(),
        title: String::new(),
        poll: PollKind::Choice,
        advisory: false,
        secrecy: Secrecy::Secret,
        revoting: false,
        deputies: 1,
        quorum: String::new(),
        surplus: String::new(),
        items: vec![],
        facts: Some(String::new()),
        ballot: BallotTable {
            form: FormKind::AtMost,
            min: Some(1),
            max: Some(1),
            blank: Some(Blank::Nobody),
        },
        levels: vec![LevelTable {
            id: String::new(),
            label: String::new(),
            threshold: Some(String::new()),
            counts: Some(Apart::Nowhere),
        }],
        decision: Some(DecisionTable {
            places: 1,
            majority: String::new(),
            base: Base::Deputies,
            tie: TieBreak::Lot,
            too_few: TooFew::Fill,
            reserve: false,
        }),
        evaluation: Some(EvaluationTable {
            body: Body::Congress,
            base: EvaluationBase::Entitled,
        }),
        run_off: of.clone(),
        second_ballot: of,
        reserved: Some(ReservedTable {
            run_offs: vec![String::new()],
            adoption: Some(String::new()),
            paper: 1,
        }),
        record: Some(RecordTable { log: String::new() }),
        witnesses: Some(WitnessTable {
            required: 1,
            keys: vec![],
        }),
    }
}

/// Paths of all keys of a document, as JSON pointers; those of a list of tables are those of its first.
fn keys(value: &Value) -> BTreeSet<String> {
    if let Some(first) = value.get(0) {
        return keys(first)
            .into_iter()
            .map(|rest| format!("/0{rest}"))
            .collect();
    }
    let members = value.as_object().into_iter().flatten();
    members
        .flat_map(|(key, value)| {
            let below = keys(value)
                .into_iter()
                .map(move |rest| format!("/{key}{rest}"));
            std::iter::once(format!("/{key}"))
                .chain(below)
                .collect::<Vec<_>>()
        })
        .collect()
}

fn keys_in_schema(schema: &Value) -> BTreeSet<String> {
    if schema["type"] == "object" {
        assert_eq!(schema["additionalProperties"], false, "{schema}");
    }
    if schema["type"] == "array" {
        let below = keys_in_schema(&schema["items"]).into_iter();
        return below.map(|rest| format!("/0{rest}")).collect();
    }
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties
        .flat_map(|(key, value)| {
            let below = keys_in_schema(value)
                .into_iter()
                .map(move |rest| format!("/{key}{rest}"));
            std::iter::once(format!("/{key}"))
                .chain(below)
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Where a table of the document stands in the schema.
fn in_schema(table: &str) -> String {
    table
        .replace('/', "/properties/")
        .replace("/properties/0", "/items")
}

/// The keys whose values are listed, with these values.
fn enumerations(schema: &Value, path: &str) -> Vec<(String, Vec<Value>)> {
    let own = schema["enum"]
        .as_array()
        .map(|values| (path.to_owned(), values.clone()));
    if schema["type"] == "array" {
        return enumerations(&schema["items"], &format!("{path}/0"));
    }
    let properties = schema["properties"].as_object().into_iter().flatten();
    own.into_iter()
        .chain(properties.flat_map(|(key, value)| enumerations(value, &format!("{path}/{key}"))))
        .collect()
}
