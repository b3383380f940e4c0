//! The proofs in a bundle that bind the trustees' decryption factors: a valid bundle, then one broken thing at a time.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod common;

use common::poll::{POLL, bundle};
use tally::bundle::Bundle;
use tally::verify::{CheckStatus, Verdict};

fn refused(bindings: &str) -> (String, String, &'static str) {
    let changed = Bundle {
        bindings: bindings.as_bytes(),
        ..bundle(&POLL)
    };
    let report = common::opinion::bundle(&changed.write().unwrap());
    assert_eq!(report.verdict, Verdict::NotVerified, "{report:?}");
    let failure = report.failure.unwrap();
    let object = failure.object.unwrap_or_default();
    (failure.check.to_owned(), object, failure.reason.unwrap())
}

fn expect(bindings: &str, object: &str, reason: &str) {
    let (check, found, why) = refused(bindings);
    assert_eq!([check.as_str(), &found, why], ["bindings", object, reason]);
}

#[test]
fn the_factors_of_a_bundle_are_bound() {
    let report = common::opinion::bundle(&bundle(&POLL).write().unwrap());
    assert_eq!(report.verdict, Verdict::Verified);
    let check = report.checks.iter().find(|check| check.check == "bindings");
    assert_eq!(check.unwrap().status, CheckStatus::Passed);
}

#[test]
fn factors_that_nothing_binds_are_refused() {
    expect("[]", "trustee 1", "missing");
    let of_another = POLL.bindings.replace("\"owner\":1", "\"owner\":2");
    expect(&of_another, "trustee 1", "missing");
}

#[test]
fn a_proof_for_a_trustee_who_has_not_decrypted_is_refused() {
    let own = POLL.bindings.strip_suffix(']').unwrap();
    let second = own
        .strip_prefix('[')
        .unwrap()
        .replace("\"owner\":1", "\"owner\":2");
    expect(&format!("{own},{second}]"), "trustee 2", "unexpected");
}

#[test]
fn a_proof_that_does_not_hold_is_refused() {
    let (head, response) = POLL.bindings.split_once("\"response\":\"").unwrap();
    let (response, tail) = response.split_at(response.len() - 4);
    // The last digit but one.
    let other = if response.ends_with('0') { '1' } else { '0' };
    let response = &response[..response.len() - 1];
    expect(
        &format!("{head}\"response\":\"{response}{other}{tail}"),
        "trustee 1",
        "invalid",
    );
}

#[test]
fn the_file_has_one_encoding() {
    for changed in [
        format!(" {}", POLL.bindings),
        format!("{}\n", POLL.bindings),
        POLL.bindings.replace("\"owner\":1", "\"owner\":0"),
        POLL.bindings.replace("\"owner\":1,", ""),
        // The same owner twice is not ascending.
        POLL.bindings.replacen(
            '[',
            &format!("{},", POLL.bindings.strip_suffix(']').unwrap()),
            1,
        ),
        String::new(),
    ] {
        expect(&changed, "bindings.json", "encoding");
    }
}
