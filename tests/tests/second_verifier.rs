//! The second verifier (`tests/second_verifier`, Python, written from the documents) beside `tally`, on elections that
//! `belenios-tool` held, and on each of them broken in one place. What tally's own tests forge `./dev test` gives to both.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::path::{Path, PathBuf};
use std::process::Command;

use tally::verify::{self, Options, Verdict};

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// Whether Python is new enough to read TOML; where everything was just installed, it has to be.
fn has_python() -> bool {
    let found = Command::new("python3")
        .args(["-c", "import tomllib"])
        .status();
    let found = found.is_ok_and(|status| status.success());
    assert!(
        found || std::env::var_os("MINSHENG_REQUIRE_ALL").is_none(),
        "python3 (3.11 or later) is missing"
    );
    found
}

/// The archives that are small enough to be checked in a second or two.
fn archives() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for election in std::fs::read_dir(folder("ballot/tests/data/elections")).unwrap() {
        for file in std::fs::read_dir(election.unwrap().path()).unwrap() {
            let file = file.unwrap();
            let is_archive = file.path().extension().is_some_and(|end| end == "bel");
            if is_archive && file.metadata().unwrap().len() < 300_000 {
                found.push(file.path());
            }
        }
    }
    found.sort();
    assert!(found.len() >= 10, "{found:?}");
    found
}

fn code(bytes: &[u8]) -> i32 {
    match verify::archive(bytes, Options::default()).verdict {
        Verdict::Verified => 0,
        Verdict::NotVerified => 1,
        Verdict::Unsupported => 2,
    }
}

fn second(path: &Path) -> (Option<i32>, String) {
    let program = folder("tests/second_verifier/verify.py");
    let output = Command::new("python3")
        .arg(program)
        .arg(path)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.code(), said)
}

#[test]
fn both_verifiers_agree_on_elections_that_another_program_held() {
    if !has_python() {
        return;
    }
    let mut verified = 0;
    for path in archives() {
        let bytes = std::fs::read(&path).unwrap();
        let (found, said) = second(&path);
        assert_eq!(found, Some(code(&bytes)), "{}: {said}", path.display());
        verified += usize::from(found == Some(0));
    }
    assert!(verified >= 8, "{verified} are verified by both");
}

#[test]
fn both_verifiers_refuse_an_election_of_which_a_byte_was_changed() {
    if !has_python() {
        return;
    }
    let changed = tempfile::tempdir().unwrap();
    for path in archives() {
        let mut bytes = std::fs::read(&path).unwrap();
        let place = bytes.len() / 2;
        *bytes.get_mut(place).unwrap() ^= 1;
        let copy = changed.path().join("changed.bel");
        std::fs::write(&copy, &bytes).unwrap();
        let (found, said) = second(&copy);
        assert_eq!(
            (found, code(&bytes)),
            (Some(1), 1),
            "{}: {said}",
            path.display()
        );
    }
}
