//! Ballots that an attacker made for the sample election: each is refused for what is wrong with it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test's helpers may fail loudly, too"
)]

mod support;

use std::collections::BTreeMap;

use ballot::group::{ElementFault, ScalarFault};
use ballot::wire::WireFault;
use ballot::{Ballot, BallotError, Digest, Ed25519, ProofKind};
use support::{election, read, roll};

fn judge(name: &str) -> Result<Ballot<Ed25519>, BallotError> {
    let path = support::folder().join(format!("../adversarial-ballots/{name}.json"));
    Ballot::accept(&read(path), &election(), &roll())
}

/// The fault of a malformed ballot and the member to blame.
fn fault(name: &str) -> (String, WireFault) {
    match judge(name) {
        Err(BallotError::Malformed(error)) => (error.path, error.fault),
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn the_verdict_on_each_ballot_is_the_expected_one() {
    let path = support::folder().join("../adversarial-ballots/expected.json");
    let expected: BTreeMap<String, serde_json::Value> =
        serde_json::from_slice(&read(path)).unwrap();
    assert_eq!(expected.len(), 19);
    for (name, row) in expected {
        let verdict = if judge(&name).is_ok() {
            "accept"
        } else {
            "reject"
        };
        assert_eq!(row["expect"], verdict, "{name}");
    }
}

#[test]
fn the_identity_in_its_second_encoding_is_refused() {
    let (path, fault) = fault("02_identity_y_ge_p");
    assert!(
        path.starts_with("answers[0].choices[") && path.ends_with("].alpha"),
        "{path}"
    );
    assert_eq!(fault, WireFault::Element(ElementFault::NotCanonical));
}

#[test]
fn a_component_of_order_two_is_refused() {
    let (path, fault) = fault("05_alpha_order2");
    assert!(path.ends_with("].alpha"), "{path}");
    assert_eq!(fault, WireFault::Element(ElementFault::NotInSubgroup));
}

#[test]
fn a_scalar_with_a_plus_sign_is_refused() {
    for name in ["10_plus_sign_scalar", "40_inner_plus_scalar"] {
        assert_eq!(
            fault(name).1,
            WireFault::Scalar(ScalarFault::Encoding),
            "{name}"
        );
    }
}

#[test]
fn a_scalar_of_q_or_more_is_refused() {
    assert_eq!(
        fault("13_scalar_plus_q").1,
        WireFault::Scalar(ScalarFault::Range)
    );
}

#[test]
fn white_space_between_the_members_is_refused() {
    assert_eq!(
        fault("14_json_space"),
        ("election_uuid".to_owned(), WireFault::Expected("\""))
    );
}

#[test]
fn a_member_too_many_is_refused() {
    assert_eq!(fault("16_extra_field").1, WireFault::UnexpectedMember);
}

#[test]
fn a_ballot_copied_under_another_credential_is_refused_by_its_first_proof() {
    assert_eq!(
        judge("18_ballot_copy_resigned"),
        Err(BallotError::Proof {
            question: 0,
            proof: ProofKind::Individual(0)
        })
    );
}

#[test]
fn a_ballot_for_another_election_is_refused() {
    let election = election();
    let named = |name: &str, member: &str| {
        let path = support::folder().join(format!("../adversarial-ballots/{name}.json"));
        let ballot: serde_json::Value = serde_json::from_slice(&read(path)).unwrap();
        ballot[member].as_str().unwrap().to_owned()
    };
    assert_eq!(
        judge("20_wrong_election_hash"),
        Err(BallotError::OtherFingerprint {
            expected: election.fingerprint(),
            found: Digest::parse(&named("20_wrong_election_hash", "election_hash")).unwrap(),
        })
    );
    assert_eq!(
        judge("21_wrong_uuid"),
        Err(BallotError::OtherElection {
            expected: election.uuid().clone(),
            found: named("21_wrong_uuid", "election_uuid").parse().unwrap(),
        })
    );
}

#[test]
fn a_credential_that_is_not_on_the_roll_is_refused() {
    assert_eq!(
        judge("22_unregistered_credential"),
        Err(BallotError::NotOnRoll)
    );
}

#[test]
fn a_choice_of_two_is_refused_by_its_own_proof() {
    assert_eq!(
        judge("23_vote_2"),
        Err(BallotError::Proof {
            question: 0,
            proof: ProofKind::Individual(0)
        })
    );
}

#[test]
fn more_ticks_than_allowed_are_refused_by_the_overall_proof() {
    assert_eq!(
        judge("24_sum_11"),
        Err(BallotError::Proof {
            question: 0,
            proof: ProofKind::Overall
        })
    );
}

#[test]
fn a_choice_too_many_is_refused() {
    assert_eq!(
        judge("26_extra_choice"),
        Err(BallotError::ChoiceCount {
            question: 0,
            expected: 20,
            found: 21
        })
    );
}

#[test]
fn a_ballot_without_signature_is_refused() {
    assert_eq!(
        fault("30_no_signature").1,
        WireFault::MissingMember("signature")
    );
}

#[test]
fn an_arbitrary_point_of_the_curve_is_refused() {
    assert_eq!(
        fault("33_not_on_curve").1,
        WireFault::Element(ElementFault::NotInSubgroup)
    );
}

#[test]
fn upper_case_digits_of_an_element_are_refused() {
    assert_eq!(
        fault("44_inner_uppercase").1,
        WireFault::Element(ElementFault::Encoding)
    );
}
