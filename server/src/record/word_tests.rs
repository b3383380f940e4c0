//! No key is ever shown in place of words.

use super::pages::body_view::{EXACT, body, field_key, kind_key, value_key};
use crate::web::locale::Locale;
use domain::record::Kind;
use serde_json::Value;
use std::collections::BTreeSet;

/// What the keys of the record's words begin with.
const KEYS: [&str; 13] = [
    "entry-",
    "fact-",
    "stage-",
    "channel-",
    "reason-",
    "ceremony-round-",
    "party-",
    "poll-kind-",
    "follow-up-",
    "outcome-",
    "standing-",
    "level-",
    "amount-",
];

#[test]
fn the_sample_of_every_kind_is_shown_in_words_only() {
    for locale in Locale::all() {
        for kind in Kind::ALL {
            assert!(Locale::is_known(&kind_key(*kind)), "{}", kind_key(*kind));
            let page = body(locale, None, kind.name(), kind.sample()).into_string();
            let is_of_a_key = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            let raw: Vec<&str> = page
                .split(|c| !is_of_a_key(c))
                .filter(|word| KEYS.iter().any(|key| word.starts_with(key)))
                .collect();
            assert_eq!(raw, [""; 0], "{} in {}", kind.name(), locale.code());
        }
    }
}

/// Codes and a slug that a jurisdiction chose for itself: its settings, not our words, say what they mean.
fn is_the_jurisdiction_s_own(kind: Kind, path: &[&str]) -> bool {
    match (kind, path) {
        (Kind::SettingsChanged, ["jurisdiction"] | ["settings", _, "code"])
        | (Kind::ProposalAccepted, ["category"])
        | (Kind::ScreeningDecided, ["outcome", "declined", "reason"]) => true,
        // Words of the settings are words already.
        (Kind::SettingsChanged, path) => path.last() == Some(&"en"),
        _ => false,
    }
}

#[test]
fn every_code_of_a_sample_has_words() {
    for kind in Kind::ALL.iter().filter(|kind| **kind != Kind::PollBallot) {
        let sample = serde_json::from_str(kind.sample()).unwrap();
        let mut codes = Vec::new();
        find_codes(&mut Vec::new(), &sample, &mut codes);
        for (path, code) in codes {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            if is_the_jurisdiction_s_own(*kind, &path) {
                continue;
            }
            let key = value_key(*kind, &path, &code);
            let is_known = key.is_some_and(|key| Locale::is_known(&key));
            assert!(is_known, "{} {path:?} {code}", kind.name());
        }
    }
}

/// The strings that are written as codes are, with the fields that they stand in.
fn find_codes(path: &mut Vec<String>, value: &Value, codes: &mut Vec<(Vec<String>, String)>) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                let is_exact = EXACT.contains(&name.as_str()) && !inner.is_string();
                if !is_exact {
                    path.push(name.clone());
                    find_codes(path, inner, codes);
                    path.pop();
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|one| find_codes(path, one, codes)),
        Value::String(text) => {
            let is_code = text
                .chars()
                .all(|c| c.is_ascii_lowercase() || "-_".contains(c));
            if is_code {
                codes.push((path.clone(), text.clone()));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[test]
fn every_field_of_the_schema_has_words() {
    let schema = include_str!("../../../tally/record/record.schema.json");
    let mut fields = BTreeSet::new();
    find_properties(&serde_json::from_str(schema).unwrap(), &mut fields);
    assert!(fields.contains("former_code"), "{fields:?}");
    for field in fields {
        let key = field_key(&field);
        assert!(Locale::is_known(&key), "{key} in record.ftl");
    }
}

fn find_properties(schema: &Value, fields: &mut BTreeSet<String>) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::Object(properties)) = object.get("properties") {
                fields.extend(properties.keys().cloned());
            }
            object.values().for_each(|one| find_properties(one, fields));
        }
        Value::Array(values) => values.iter().for_each(|one| find_properties(one, fields)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
