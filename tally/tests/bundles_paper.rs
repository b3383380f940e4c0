//! The paper in a poll's bundle: one broken thing at a time.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

mod common;

use ballot::{Tracker, credential_of_ballot};
use common::poll::{POLL, Setting, bundle, run};
use common::zipped::with;
use tally::archive::Archive;
use tally::bundle::{Bundle, Figures, PaperCount};
use tally::verify::{Report, Verdict};

type Blame = (&'static str, Option<String>, Option<&'static str>);

fn report(bundle: &Bundle<'_>) -> Report {
    common::opinion::bundle(&bundle.write().unwrap())
}

fn blame(bundle: &Bundle<'_>) -> Blame {
    let report = report(bundle);
    assert_eq!(report.verdict, Verdict::NotVerified, "{report:?}");
    let failure = report.failure.unwrap();
    (failure.check, failure.object, failure.reason)
}

fn of(object: &str, reason: &'static str) -> Blame {
    ("paper", Some(object.to_owned()), Some(reason))
}

/// What is said of another count; the decision is not reached.
fn counted(change: impl FnOnce(&mut PaperCount)) -> Blame {
    let mut count = POLL.paper.clone();
    change(&mut count);
    blame(&Bundle {
        paper: Some(&count),
        ..bundle(&POLL)
    })
}

fn voided(list: &[String]) -> Blame {
    blame(&Bundle {
        voided: Some(list),
        ..bundle(&POLL)
    })
}

/// A credential of a device that has voted.
fn used() -> String {
    let archive = Archive::read(&POLL.archive).unwrap();
    credential_of_ballot(archive.ballots[3].bytes)
        .unwrap()
        .to_owned()
}

#[test]
fn both_files_are_there_where_the_rule_reserves_paper() {
    let without_count = Bundle {
        paper: None,
        ..bundle(&POLL)
    };
    assert_eq!(blame(&without_count), of("paper.json", "missing"));
    let without_voided = Bundle {
        voided: None,
        ..bundle(&POLL)
    };
    assert_eq!(blame(&without_voided), of("voided.json", "missing"));
}

#[test]
fn neither_file_is_there_where_the_rule_reserves_no_paper() {
    let poll = run(Setting {
        paper: 0,
        ..Setting::default()
    });
    let without = Bundle {
        paper: None,
        voided: None,
        ..bundle(&poll)
    };
    let whole = report(&without);
    assert_eq!(whole.verdict, Verdict::Verified, "{whole:?}");
    assert!(whole.checks.iter().all(|check| check.check != "paper"));
    let empty = PaperCount::default();
    let with_count = Bundle {
        paper: Some(&empty),
        ..without.clone()
    };
    assert_eq!(blame(&with_count), of("paper.json", "unexpected"));
    let with_voided = Bundle {
        voided: Some(&[]),
        ..without.clone()
    };
    assert_eq!(blame(&with_voided), of("voided.json", "unexpected"));
    // The proofs leave no sealed ballot that could be invalid.
    let figures = Figures {
        returned: poll.figures.returned + 1,
        invalid: 1,
        ..poll.figures
    };
    let with_invalid = Bundle { figures, ..without };
    assert_eq!(blame(&with_invalid), of("figures.json", "invalid"));
}

#[test]
fn every_sheet_is_invalid_or_a_ballot_of_its_own() {
    let paper = |reason| of("paper.json", reason);
    let archive = Archive::read(&POLL.archive).unwrap();
    let never_cast = Tracker::of(b"never cast").to_string();
    assert_eq!(counted(|it| it.returned = 1), paper("returned"));
    assert_eq!(counted(|it| it.invalid.clear()), paper("returned"));
    assert_eq!(counted(|it| it.sealed[0].push('=')), paper("encoding"));
    let mut uncanonical = POLL.paper.sealed[0][..42].to_owned();
    // The last of 43 characters has four bits; the others must be zero.
    uncanonical.push('9');
    let twisted = counted(|it| it.sealed[0] = uncanonical);
    assert_eq!(twisted, paper("encoding"));
    let twice = counted(|it| {
        it.sealed.push(it.sealed[0].clone());
        it.returned = 3;
    });
    assert_eq!(twice, paper("repeated"));
    let lost = counted(|it| it.sealed[0] = never_cast);
    assert_eq!(lost, paper("not-cast"));
    let twice = counted(|it| {
        it.invalid.push(it.invalid[0]);
        it.returned = 3;
    });
    assert_eq!(twice, paper("repeated"));
    let more_than_issued = counted(|it| {
        it.sealed.push(archive.ballots[0].hash.tracker());
        it.returned = 3;
    });
    assert_eq!(more_than_issued, paper("paper-issued"));
}

#[test]
fn the_figures_have_the_invalid_sheets() {
    let count = PaperCount {
        returned: 1,
        invalid: vec![],
        ..POLL.paper.clone()
    };
    let other = Bundle {
        paper: Some(&count),
        ..bundle(&POLL)
    };
    assert_eq!(blame(&other), of("paper.json", "invalid"));
}

#[test]
fn a_sealed_sheet_has_the_only_ballot_of_its_credential() {
    let poll = run(Setting {
        revoting: true,
        vote_twice: true,
        ..Setting::default()
    });
    let whole = report(&bundle(&poll));
    assert_eq!(whole.verdict, Verdict::Verified, "{whole:?}");
    let archive = Archive::read(&poll.archive).unwrap();
    // The first ballot of the voter who has replaced it, then the one that counts.
    for ballot in [0, 9] {
        let count = PaperCount {
            sealed: vec![archive.ballots[ballot].hash.tracker()],
            ..poll.paper.clone()
        };
        let other = Bundle {
            paper: Some(&count),
            ..bundle(&poll)
        };
        assert_eq!(blame(&other), of("paper.json", "second-ballot"));
    }
}

#[test]
fn the_reserved_credentials_left_over_are_voided() {
    let file = |reason| of("voided.json", reason);
    let left = POLL.voided[0].clone();
    assert_eq!(voided(&[left.clone(), left.clone()]), file("repeated"));
    assert_eq!(voided(&["00".to_owned()]), file("not-on-roll"));
    assert_eq!(voided(&[used()]), file("ballot"));
    assert_eq!(voided(&[]), file("reserved"));
    assert_eq!(voided(&[left, POLL.unused.clone()]), file("reserved"));
}

#[test]
fn a_voided_credential_is_not_revoked() {
    let figures = Figures {
        revoked: 1,
        issued: 11,
        ..POLL.figures
    };
    let revoked = Bundle {
        figures,
        revocations: &POLL.voided,
        ..bundle(&POLL)
    };
    assert_eq!(blame(&revoked), of("voided.json", "revoked"));
}

/// What this library writes has its form; another writer may write anything.
#[test]
fn files_of_another_form_are_refused() {
    for (name, content) in [
        ("paper.json", &b"{}"[..]),
        ("paper.json", b"[]"),
        (
            "paper.json",
            br#"{"returned":0,"invalid":[],"sealed":[],"more":1}"#,
        ),
        ("voided.json", b"{}"),
        ("voided.json", b"[1]"),
    ] {
        let bytes = bundle(&POLL).write().unwrap();
        let report = common::opinion::bundle(&with(&bytes, name, content));
        let failure = report.failure.unwrap();
        let found = (failure.check, failure.object, failure.reason);
        assert_eq!(found, of(name, "encoding"));
    }
}
