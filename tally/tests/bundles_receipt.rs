//! A receipt against a bundle: that its ballot is counted, without the service that gave it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

mod common;

use ballot::Tracker;
use common::poll::{POLL, Poll, Setting, bundle, run};
use common::recorded::{Leaf, Signers, leaves, other, receipt};
use tally::bundle::{self, Bundle, CountedBallot, NotCounted};
use tally::verify::{SILENT, Verdict};

fn of_kind(leaves: &[Leaf], kind: &str) -> usize {
    leaves.iter().position(|leaf| leaf.kind == kind).unwrap()
}

fn counted(poll: &Poll, receipt: &str) -> Result<CountedBallot, NotCounted> {
    let bytes = bundle(poll).write().unwrap();
    let (report, counted) =
        bundle::verify_receipt(std::io::Cursor::new(&bytes), receipt, SILENT).unwrap();
    assert_eq!(report.verdict, Verdict::Verified, "{report:?}");
    counted
}

#[test]
fn a_receipt_shows_without_the_service_that_its_ballot_is_counted() {
    let all = leaves(&POLL);
    let place = of_kind(&all, "poll_ballot");
    let signers = Signers::default();
    let found = counted(&POLL, &receipt(&all, place, &signers)).unwrap();
    assert_eq!(found.tracker, Tracker::of(&all[place].body));
    assert_eq!((found.index, found.replaced_by), (5 + place as u64, None));
    // As it was given when it was cast, and from a record that has grown since.
    let given = receipt(&all[..=place], place, &signers);
    assert_eq!(counted(&POLL, &given).as_ref(), Ok(&found));
    let mut grown = all.clone();
    grown.push(other());
    let later = receipt(&grown, place, &signers);
    assert_eq!(counted(&POLL, &later).as_ref(), Ok(&found));
}

#[test]
fn a_receipt_that_does_not_show_it_is_refused_by_its_reason() {
    let all = leaves(&POLL);
    let place = of_kind(&all, "poll_ballot");
    let sound = Signers::default();
    let code = |receipt: &str| counted(&POLL, receipt).unwrap_err().code();
    let stranger = Signers {
        seed: 12,
        ..Signers::default()
    };
    assert_eq!(
        code(&receipt(&all, place, &stranger)),
        "checkpoint-signature"
    );
    assert_eq!(code("no receipt"), "receipt-form");
    // A ballot that the log has shown to its voter alone.
    let mut denied = all.clone();
    denied[place].body = denied[place]
        .body
        .replacen("\"challenge\":\"", "\"challenge\":\"1", 1);
    assert_eq!(code(&receipt(&denied, place, &sound)), "other-entry");
    assert_eq!(code(&receipt(&all, 0, &sound)), "no-ballot");
    let close = of_kind(&all, "poll_closed");
    assert_eq!(code(&receipt(&all, close, &sound)), "no-ballot");
    // The same entry at the same place, in a tree that differs elsewhere.
    let mut other_history = all[..=place].to_vec();
    other_history[0].body = "{ }".to_owned();
    assert_eq!(
        code(&receipt(&other_history, place, &sound)),
        "other-history"
    );
}

#[test]
fn the_receipt_of_a_ballot_that_was_replaced_says_so() {
    let poll = run(Setting {
        revoting: true,
        vote_twice: true,
        paper: 0,
        ..Setting::default()
    });
    let all = leaves(&poll);
    let place = of_kind(&all, "poll_ballot");
    let last = all
        .iter()
        .rposition(|leaf| leaf.kind == "poll_ballot")
        .unwrap();
    let whole = Bundle {
        paper: None,
        voided: None,
        ..bundle(&poll)
    };
    let bytes = whole.write().unwrap();
    let check = |place| {
        let receipt = receipt(&all, place, &Signers::default());
        let source = std::io::Cursor::new(&bytes);
        bundle::verify_receipt(source, &receipt, SILENT)
            .unwrap()
            .1
            .unwrap()
    };
    assert_eq!(check(place).replaced_by, Some(5 + last as u64));
    assert_eq!(check(last).replaced_by, None);
    assert_eq!(check(place + 2).replaced_by, None);
}

/// What the command says of the files.
#[cfg(feature = "cli")]
fn said(folder: &std::path::Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_tally"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap(),
    )
}

#[cfg(feature = "cli")]
#[test]
fn the_command_says_what_was_decided_and_that_a_receipts_ballot_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let all = leaves(&POLL);
    let place = of_kind(&all, "poll_ballot");
    let text = receipt(&all, place, &Signers::default());
    std::fs::write(
        folder.path().join("poll.zip"),
        bundle(&POLL).write().unwrap(),
    )
    .unwrap();
    std::fs::write(folder.path().join("receipt.txt"), &text).unwrap();
    let (code, said_of_poll) = said(folder.path(), &["verify", "poll.zip"]);
    assert_eq!(code, Some(0), "{said_of_poll}");
    for line in [
        "12 deputies in office, 12 present; 12 ballots issued, 10 returned, 9 valid, 1 invalid",
        "2 places; 7 votes of 12 are needed",
        "CHOSEN                           9 votes  a",
        "not chosen                       1 votes  c",
    ] {
        assert!(
            said_of_poll.lines().any(|said| said == line),
            "{line}\n{said_of_poll}"
        );
    }
    assert!(
        said_of_poll.contains("rule 民生实事项目票决办法 ("),
        "{said_of_poll}"
    );
    let arguments = ["receipt", "verify", "receipt.txt", "--bundle", "poll.zip"];
    let (code, counted) = said(folder.path(), &arguments);
    assert_eq!((code, counted.lines().last()), (Some(0), Some("counted")));
    let broken = text.replacen("\nindex ", "\nindex 1", 1);
    std::fs::write(folder.path().join("receipt.txt"), broken).unwrap();
    let (code, refused) = said(folder.path(), &arguments);
    assert_eq!(code, Some(1));
    assert!(
        refused.contains("NOT SHOWN TO BE COUNTED: receipt: inclusion"),
        "{refused}"
    );
}
