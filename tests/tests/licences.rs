//! Every dependency comes from the registry, under a licence that `deny.toml` allows.
//!
//! `cargo deny` checks more, but takes longer to build than everything else here together.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use serde_json::Value;
use std::{collections::BTreeSet, fs, process::Command};

#[test]
fn every_dependency_has_an_allowed_licence() {
    let allowed = list("allow = [");
    let refused: Vec<_> = packages()
        .iter()
        .filter(|package| !package["source"].is_null())
        .filter(|package| {
            !package["license"]
                .as_str()
                .is_some_and(|licence| allows(&allowed, licence))
        })
        .map(|package| {
            format!(
                "{} {}: {}",
                package["name"], package["version"], package["license"]
            )
        })
        .collect();
    assert!(
        refused.is_empty(),
        "not in deny.toml:\n{}",
        refused.join("\n")
    );
}

#[test]
fn every_dependency_comes_from_the_registry_and_none_is_banned() {
    let banned = list("deny = [");
    for package in packages() {
        let name = package["name"].as_str().unwrap();
        let source = package["source"].as_str().unwrap_or("registry+here");
        assert!(
            source.starts_with("registry+"),
            "{name} comes from {source}"
        );
        assert!(!banned.contains(name), "{name} is banned in deny.toml");
    }
}

#[test]
fn licence_expressions_are_read_as_their_standard_says() {
    let allowed = BTreeSet::from(["MIT".to_owned(), "ISC".to_owned()]);
    for (expression, verdict) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("GPL-3.0 OR MIT", true),
        ("GPL-3.0/MIT", true),
        ("GPL-3.0 AND MIT", false),
        ("MIT AND (GPL-3.0 OR ISC)", true),
        ("(MIT OR GPL-3.0) AND GPL-3.0", false),
        ("MIT OR GPL-3.0 AND GPL-2.0", true),
        ("Apache-2.0 WITH LLVM-exception OR ISC", true),
    ] {
        assert_eq!(allows(&allowed, expression), verdict, "{expression}");
    }
}

fn packages() -> Vec<Value> {
    let done = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version=1",
            "--locked",
            "--manifest-path",
        ])
        .arg(journeys::artifacts::root().join("Cargo.toml"))
        .output()
        .expect("cargo runs");
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let metadata: Value = serde_json::from_slice(&done.stdout).expect("JSON");
    metadata["packages"].as_array().expect("packages").clone()
}

/// The quoted words of a list in `deny.toml`.
fn list(opening: &str) -> BTreeSet<String> {
    let text =
        fs::read_to_string(journeys::artifacts::root().join("deny.toml")).expect("deny.toml");
    let (_, rest) = text.split_once(&format!("\n{opening}")).expect(opening);
    let (list, _) = rest.split_once("\n]").expect("its end");
    list.split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

/// SPDX: `AND` binds more than `OR`; `/` is an old way to write `OR`.
fn allows(allowed: &BTreeSet<String>, expression: &str) -> bool {
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let (verdict, rest) = any(allowed, &words);
    assert!(rest.is_empty(), "unreadable licence {expression}");
    verdict
}

fn any<'a, 'b>(allowed: &BTreeSet<String>, words: &'a [&'b str]) -> (bool, &'a [&'b str]) {
    let (mut verdict, mut rest) = all(allowed, words);
    while let [first, more @ ..] = rest
        && *first == "OR"
    {
        let (next, after) = all(allowed, more);
        (verdict, rest) = (verdict || next, after);
    }
    (verdict, rest)
}

fn all<'a, 'b>(allowed: &BTreeSet<String>, words: &'a [&'b str]) -> (bool, &'a [&'b str]) {
    let (mut verdict, mut rest) = one(allowed, words);
    while let [first, more @ ..] = rest
        && *first == "AND"
    {
        let (next, after) = one(allowed, more);
        (verdict, rest) = (verdict && next, after);
    }
    (verdict, rest)
}

fn one<'a, 'b>(allowed: &BTreeSet<String>, words: &'a [&'b str]) -> (bool, &'a [&'b str]) {
    match words {
        ["(", inner @ ..] => match any(allowed, inner) {
            (verdict, [closing, rest @ ..]) if *closing == ")" => (verdict, rest),
            _ => panic!("an open parenthesis"),
        },
        [name, with, exception, rest @ ..] if *with == "WITH" => {
            (allowed.contains(&format!("{name} WITH {exception}")), rest)
        }
        [name, rest @ ..] => (allowed.contains(*name), rest),
        [] => panic!("a licence is missing"),
    }
}
