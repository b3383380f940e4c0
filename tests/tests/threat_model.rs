//! Every row of the threat model names the tests that try it, and every test that it names is there.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const MODEL: &str = include_str!("../../docs/threat-model.md");
/// The sections of which every row is tried.
const TRIED: [&str; 3] = [
    "## The seven promises",
    "## Attack by attack",
    "## What README and pages say",
];

/// What there is to be named: files with tests, and tests. A journey's steps are tests, too.
#[derive(Default)]
struct Tests {
    files: BTreeSet<PathBuf>,
    names: BTreeSet<String>,
}

impl Tests {
    fn of_all() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut all = Self::default();
        for member in ["ballot", "tally", "server", "tests"] {
            all.collect(&root.join(member));
        }
        all
    }

    fn collect(&mut self, folder: &Path) {
        for one in fs::read_dir(folder).unwrap() {
            let path = one.unwrap().path();
            if path.is_dir() {
                self.collect(&path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                self.read(&path);
            }
        }
    }

    fn read(&mut self, path: &Path) {
        let is_journey = path
            .components()
            .filter(|one| one.as_os_str() == "tests")
            .count()
            > 1;
        let text = fs::read_to_string(path).unwrap();
        let mut follows = false;
        for line in text.lines().map(str::trim) {
            follows |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
            let plain = line.trim_start_matches("pub ").trim_start_matches("async ");
            let Some(after) = plain.strip_prefix("fn ") else {
                continue;
            };
            if follows || is_journey {
                let name = after.split(['(', '<']).next().unwrap();
                self.names.insert(name.to_owned());
                self.files.insert(path.to_owned());
            }
            follows = false;
        }
    }

    /// Whether this is a name of a test or of a file with tests, and whether that is there.
    fn find(&self, name: &str) -> Option<bool> {
        if Path::new(name).extension().is_some_and(|end| end == "rs") {
            return Some(self.files.iter().any(|path| path.ends_with(name)));
        }
        let last = name.rsplit("::").next().unwrap();
        let is_name = |text: &str| {
            text.chars()
                .all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || "_:".contains(one))
        };
        if !is_name(name) || (!name.contains("::") && last.matches('_').count() < 3) {
            return None;
        }
        // A module's tests stand in its own file, in one beside it, or in a folder.
        let module = name
            .strip_suffix("::tests")
            .unwrap_or(name)
            .replace("::", "/");
        let beside = format!("{module}_tests");
        let is_module = |path: &PathBuf| {
            let file = path.with_extension("");
            let folder = path.parent().unwrap();
            file.ends_with(&module) || file.ends_with(&beside) || folder.ends_with(&module)
        };
        Some(self.names.contains(last) || self.files.iter().any(is_module))
    }
}

/// The rows of a section's table, without its head.
fn rows<'m>(model: &'m str, heading: &str) -> Vec<&'m str> {
    let (_, section) = model.split_once(heading).unwrap();
    let section = section.split("\n## ").next().unwrap();
    section
        .lines()
        .filter(|line| line.starts_with('|'))
        .skip(2)
        .collect()
}

/// What stands between backticks.
fn quoted(row: &str) -> impl Iterator<Item = &str> {
    row.split('`').skip(1).step_by(2)
}

/// What is wrong with a row.
fn fault(row: &str, tests: &Tests) -> Option<String> {
    let what: String = row.chars().take(60).collect();
    let found: Vec<(&str, bool)> = quoted(row)
        .filter_map(|name| Some((name, tests.find(name)?)))
        .collect();
    if found.is_empty() {
        return Some(format!("{what}…: names no test"));
    }
    let missing = found.into_iter().find(|(_, is_there)| !is_there)?;
    Some(format!("{what}…: there is no test {}", missing.0))
}

#[test]
fn every_row_names_tests_that_are_there() {
    let tests = Tests::of_all();
    let rows = TRIED.map(|heading| rows(MODEL, heading)).concat();
    assert!(rows.len() > 40, "{}", rows.len());
    let faults: Vec<String> = rows.iter().filter_map(|row| fault(row, &tests)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The comparison itself finds a row without a test, and a test that nobody has.
#[test]
fn a_row_without_a_test_and_a_test_that_is_not_there_are_found() {
    let tests = Tests::of_all();
    let good = "| rewrite history | operator | `server/src/restore_tests.rs`, `every_row_names_tests_that_are_there` | – |";
    assert_eq!(fault(good, &tests), None);
    for bad in [
        good.replace('`', ""),
        good.replace("restore_tests", "restoring_tests"),
        good.replace("tests_that_are_there", "tests_that_are_not"),
        good.replace(
            "`every_row_names_tests_that_are_there`",
            "`people::tests::nowhere`",
        ),
    ] {
        assert!(fault(&bad, &tests).is_some(), "{bad}");
    }
}
