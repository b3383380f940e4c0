//! An election that an independent tool made, read, checked and decrypted.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test's helpers may fail loudly, too"
)]

mod support;

use std::collections::BTreeMap;

use ballot::{Ballot, ElectionResult, EncryptedTally, Wire};
use support::{
    ballots, count, credentials, election, encrypted_tally, first_line, folder, partial, read,
    roll, trustees,
};

#[test]
fn all_fifty_ballots_verify() {
    let (election, roll) = (election(), roll());
    for (index, ballot) in ballots().iter().enumerate() {
        let accepted = Ballot::accept(ballot.to_json().as_bytes(), &election, &roll);
        assert_eq!(accepted.as_ref(), Ok(ballot), "ballot {}", index + 1);
    }
}

#[test]
fn the_trustees_object_verifies_and_its_joint_key_is_the_elections() {
    trustees().verify_for(&election()).unwrap();
}

#[test]
fn credentials_derive_to_the_public_credentials_of_the_roll() {
    let (election, roll) = (election(), roll());
    let credentials = credentials();
    assert_eq!(credentials.len(), 50);
    for credential in credentials {
        assert_eq!(
            roll.weight_of(&credential.public::<ballot::Ed25519>(election.uuid())),
            Some(1)
        );
    }
}

#[test]
fn the_sum_of_the_ballots_is_the_recorded_encrypted_tally() {
    let mut tally = EncryptedTally::empty(&election());
    for ballot in ballots() {
        tally.add(&ballot, 1).unwrap();
    }
    assert_eq!(tally, encrypted_tally());
    assert_eq!(
        tally.to_json().as_bytes(),
        first_line("encrypted_tally.json")
    );
}

#[test]
fn the_recorded_partial_decryptions_give_the_recorded_result() {
    let (election, trustees, tally) = (election(), trustees(), encrypted_tally());
    let partials: BTreeMap<_, _> = [partial(1), partial(2)].into();
    for (owner, partial) in &partials {
        let key = trustees.verification_key(*owner).unwrap();
        partial.verify(&tally, key.public_key(), &election).unwrap();
    }
    let opened = tally.open(&trustees, &partials).unwrap();
    let result = ElectionResult {
        result: opened
            .iter()
            .map(|q| q.iter().map(count).collect())
            .collect(),
    };
    assert_eq!(
        result.to_json().as_bytes(),
        read(folder().join("result.json"))
    );
}

#[test]
fn every_object_is_written_as_it_was_read() {
    assert_eq!(
        election().to_json().as_bytes(),
        read(folder().join("setup/election.json"))
    );
    assert_eq!(
        trustees().to_json().as_bytes(),
        read(folder().join("setup/trustees.json"))
    );
    assert_eq!(
        partial(1).1.to_json().as_bytes(),
        first_line("partial_decryption_1.json")
    );
    for (number, ballot) in (1..).zip(ballots()) {
        assert_eq!(ballot.to_json().as_bytes(), support::ballot_bytes(number));
    }
}
