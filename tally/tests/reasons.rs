//! The list of what a verifier can blame is that of the code, of the protocol's document and of the tests: a reason that no
//! test has seen is a check that could be taken away.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

#[path = "reasons/text.rs"]
mod text;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use tally::verify::{CHECKS, REASONS};
use text::{functions, is_name, tokens, words};

type Pair = (String, String);

/// Reasons that cannot be brought about, and why they are there all the same.
const UNREACHABLE: [(&str, &str); 5] = [
    // The election names both by their hashes, and nobody can have approved it with others.
    ("record", "rule"),
    ("record", "roll"),
    // No roll has the neutral credential, and what is not on the roll is refused first.
    ("ballots", "credential"),
    // Parts that are valid and enough open the tally; `open` says so again.
    ("result", "open"),
    // It has the bytes of the archive's roll, which has been read before.
    ("roll", "encoding"),
];

/// Names in the same files that are no reasons of a check.
const OTHERS: [&str; 7] = [
    // Of a proof's JSON.
    "owner", // For people.
    "verified", "warning", "nothing",
    // `tally ballot verify` says these of a ballot that is not in the archive.
    "replay", "revote",
    // Of a record against a checkpoint seen before: a device's check, not the bundle's.
    "history",
];

fn listed() -> BTreeSet<Pair> {
    let of = |(check, reasons): (&str, &[&str])| -> Vec<Pair> {
        let pair = |reason: &&str| (check.to_owned(), (*reason).to_owned());
        reasons.iter().map(pair).collect()
    };
    REASONS.into_iter().flat_map(of).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            found.push(path);
        }
    }
    found
}

#[test]
fn every_check_has_its_reasons_in_the_order_of_the_checks() {
    assert_eq!(REASONS.map(|(check, _)| check), CHECKS);
    let number: usize = REASONS.iter().map(|(_, reasons)| reasons.len()).sum();
    assert_eq!(listed().len(), number, "a reason stands twice");
}

#[test]
fn the_document_has_the_same_reasons() {
    let document = std::fs::read_to_string(root().join("docs/ballot-protocol.md")).unwrap();
    let (_, table) = document
        .split_once("| check | recomputed | reasons |")
        .unwrap();
    let mut check = String::new();
    let mut documented = BTreeSet::new();
    for row in table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'))
    {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let names = |cell: &str| -> Vec<String> {
            let quoted = cell.split('`').skip(1).step_by(2);
            quoted
                .filter(|name| is_name(name))
                .map(str::to_owned)
                .collect()
        };
        if let Some(name) = names(cells[0]).pop() {
            check = name;
        }
        let reasons = names(cells[cells.len() - 1]).into_iter();
        documented.extend(reasons.map(|reason| (check.clone(), reason)));
    }
    assert_eq!(documented, listed());
}

/// Which check a word of the code belongs to its line does not always say; a test build stops where the two do not fit.
#[test]
fn the_code_has_the_same_words() {
    let mut found = BTreeSet::new();
    for folder in ["tally/src/verify", "tally/src/bundle"] {
        for path in sources(&root().join(folder)) {
            let name = path.file_name().unwrap().to_str().unwrap();
            // The list itself; tests; a receipt's own reasons; a document.
            if !["reasons.rs", "tests.rs", "receipt.rs", "schema.rs"].contains(&name) {
                found.extend(words(&tokens(&path)));
            }
        }
    }
    found.extend(words(&tokens(&root().join("tally/src/verify.rs"))));
    for path in [
        "tally/src/archive/error.rs",
        "tally/src/record/poll.rs",
        "ballot/src/verify.rs",
        "ballot/src/certificate.rs",
        "ballot/src/trustee/error.rs",
    ] {
        let all = functions(&tokens(&root().join(path)));
        let codes = all.into_iter().filter(|one| one.name == "code");
        found.extend(codes.flat_map(|one| words(&one.body)));
    }
    let mut expected: BTreeSet<String> = listed().into_iter().map(|(_, reason)| reason).collect();
    expected.extend(CHECKS.map(str::to_owned));
    expected.extend(OTHERS.map(str::to_owned));
    assert_eq!(found, expected);
}

#[test]
fn every_reason_appears_in_a_test() {
    let mut tested = BTreeSet::new();
    let own = Path::new(file!()).file_name();
    let mut files = sources(&root().join("tally/tests"));
    files.push(root().join("tally/src/bundle/check/tests.rs"));
    for path in files.iter().filter(|path| path.file_name() != own) {
        tested.extend(text::blamed(&tokens(path)));
    }
    let unreachable: BTreeSet<Pair> = UNREACHABLE
        .map(|(check, reason)| (check.to_owned(), reason.to_owned()))
        .into();
    assert!(unreachable.is_subset(&listed()));
    tested.extend(unreachable);
    let untested: BTreeSet<Pair> = listed().difference(&tested).cloned().collect();
    assert_eq!(untested, BTreeSet::new());
}

/// How the reasons of a test are found, by an example.
#[test]
fn a_reason_is_of_the_check_beside_it_or_of_the_check_of_its_function() {
    let source: TokenStream = r#"
        const FORM: (&str, &str) = ("manifest", "form");
        fn refusal(it: &It) -> &str { assert_eq!(it.check, "rounds"); it.reason }
        fn one() {
            assert_eq!(found, ("rule", "rule.toml", Some("questions")));
            assert_eq!(refusal(&other), "items");
        }
        fn table() {
            for (what, reason) in [(1, "weight"), (2, "archive")] {
                assert_eq!(verify(what), ("roll", reason));
            }
        }
    "#
    .parse()
    .unwrap();
    let pair = |(check, reason): (&str, &str)| (check.to_owned(), reason.to_owned());
    let expected = [
        ("manifest", "form"),
        ("rule", "questions"),
        ("rounds", "items"),
        ("roll", "weight"),
        ("roll", "archive"),
    ];
    assert_eq!(text::blamed(&source), expected.map(pair).into());
}
