//! A valid ballot with one thing changed is refused, and for that thing.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test's helpers may fail loudly, too"
)]

mod support;

use ballot::group::{Group, GroupElement};
use ballot::proof::{Context, Proof};
use ballot::{
    Ballot, BallotError, Choices, Ciphertext, Credential, Digest, Ed25519, Election, ProofKind,
    Question, Uuid, Wire, seal,
};
use serde_json::Value;
use sha2::Sha256;
use support::{rng, secret_keys};

type Scalar = <Ed25519 as Group>::Scalar;

/// Two questions, the second of which may be answered blank.
fn election() -> Election<Ed25519> {
    let [key] = secret_keys(1).try_into().unwrap();
    let questions = vec![
        Question::new("Which ones?", ["路", "学校", "诊所"], 1, 2).unwrap(),
        Question::new("One?", ["赞成", "反对"], 1, 1)
            .unwrap()
            .or_blank(),
    ];
    let uuid = "11111111111111".parse().unwrap();
    Election::build(uuid, "票决", "", key.public_key(), questions).unwrap()
}

fn credential() -> Credential {
    Credential::generate(&mut rng(1))
}

fn ballot() -> Ballot<Ed25519> {
    let choices = Choices::from([vec![true, false, true], vec![false, false, true]]);
    seal(&election(), &credential(), &choices, &mut rng(2))
        .unwrap()
        .ballot
}

/// Changes the ballot and signs it again, so that nothing but the change gives it away.
fn changed(change: impl FnOnce(&mut Ballot<Ed25519>)) -> Result<(), BallotError> {
    let mut ballot = ballot();
    change(&mut ballot);
    sign_again(&mut ballot);
    ballot.verify(&election())
}

fn sign_again(ballot: &mut Ballot<Ed25519>) {
    let hash = ballot.signed_hash();
    ballot.signature.hash = hash;
    ballot.signature.proof = Proof::of_knowledge(
        &secret(),
        &Context::raw(format!("sig|{hash}|")),
        &mut rng(3),
    );
}

/// The credential's secret, derived here as the specification says.
fn secret() -> Scalar {
    use sha2::Digest as _;
    let mut wide = [0; 64];
    for (half, index) in wide.chunks_mut(32).zip([0, 1]) {
        let text = format!(
            "derive_credential|11111111111111|{index}|{}",
            credential().expose()
        );
        half.copy_from_slice(&Sha256::digest(text));
    }
    Ed25519::reduce_wide(&wide)
}

fn one() -> Scalar {
    Scalar::from(1_u64)
}

fn proof(question: usize, proof: ProofKind) -> Result<(), BallotError> {
    Err(BallotError::Proof { question, proof })
}

#[test]
fn the_unchanged_ballot_is_accepted() {
    assert_eq!(changed(|_| ()), Ok(()));
}

#[test]
fn a_change_of_any_single_member_is_refused() {
    let ballot: Value = serde_json::from_str(&ballot().to_json()).unwrap();
    let mut leaves = Vec::new();
    collect_leaves(&ballot, String::new(), &mut leaves);
    // 2 names of the election, credential; 6 ciphertexts of 2; 6 individual proofs of 2 branches, overall proofs of
    // 2 and 2, a blank proof of 2, with 2 scalars each; hash and 2 scalars of the signature.
    assert_eq!(leaves.len(), 3 + 12 + 24 + 8 + 4 + 3);
    for pointer in leaves {
        let mut changed = ballot.clone();
        let leaf = changed.pointer_mut(&pointer).unwrap();
        *leaf = Value::String(other_value(&pointer, leaf.as_str().unwrap()));
        let changed = Ballot::<Ed25519>::from_json(changed.to_string().as_bytes()).unwrap();
        let error = changed.verify(&election()).unwrap_err();
        let expected = match pointer.as_str() {
            "/election_uuid" => "election-uuid",
            "/election_hash" => "election-hash",
            p if p.starts_with("/signature/proof") => "signature",
            _ => "signed-hash",
        };
        assert_eq!(error.code(), expected, "{pointer}: {error}");
    }
}

/// Paths of all strings in the object.
fn collect_leaves(value: &Value, path: String, leaves: &mut Vec<String>) {
    match value {
        Value::String(_) => leaves.push(path),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect_leaves(item, format!("{path}/{index}"), leaves);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                collect_leaves(member, format!("{path}/{name}"), leaves);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => panic!("unexpected {value} at {path}"),
    }
}

/// A well-formed value other than this one.
fn other_value(pointer: &str, value: &str) -> String {
    if pointer == "/election_uuid" {
        "22222222222222".to_owned()
    } else if pointer.ends_with("hash") {
        Digest::of("something else").to_string()
    } else if pointer.ends_with("challenge") || pointer.ends_with("response") {
        let scalar = Scalar::from_json(format!("\"{value}\"").as_bytes()).unwrap();
        (scalar + one()).to_json().replace('"', "")
    } else {
        let element = Ed25519::decode(value).unwrap();
        Ed25519::encode(&element.plus(&Ed25519::generator()))
    }
}

#[test]
fn a_change_of_any_proof_is_refused_although_it_is_signed() {
    for question in 0..2 {
        for choice in 0..3 {
            for branch in 0..2 {
                let individual = ProofKind::Individual(choice);
                assert_eq!(
                    changed(|b| {
                        let proofs = &mut b.answers[question].individual_proofs[choice];
                        proofs[branch].response += one();
                    }),
                    proof(question, individual)
                );
                assert_eq!(
                    changed(|b| {
                        let proofs = &mut b.answers[question].individual_proofs[choice];
                        proofs[branch].challenge += one();
                    }),
                    proof(question, individual)
                );
            }
        }
        for branch in 0..2 {
            assert_eq!(
                changed(|b| b.answers[question].overall_proof[branch].response += one()),
                proof(question, ProofKind::Overall)
            );
            assert_eq!(
                changed(|b| b.answers[question].overall_proof[branch].challenge += one()),
                proof(question, ProofKind::Overall)
            );
        }
    }
    for branch in 0..2 {
        assert_eq!(
            changed(|b| b.answers[1].blank_proof.as_mut().unwrap()[branch].response += one()),
            proof(1, ProofKind::Blank)
        );
        assert_eq!(
            changed(|b| b.answers[1].blank_proof.as_mut().unwrap()[branch].challenge += one()),
            proof(1, ProofKind::Blank)
        );
    }
}

#[test]
fn a_change_of_any_ciphertext_is_refused_although_it_is_signed() {
    for question in 0..2 {
        for choice in 0..3 {
            let expected = proof(question, ProofKind::Individual(choice));
            assert_eq!(
                changed(|b| {
                    let alpha = &mut b.answers[question].choices[choice].alpha;
                    *alpha = alpha.plus(&Ed25519::generator());
                }),
                expected
            );
            assert_eq!(
                changed(|b| {
                    let beta = &mut b.answers[question].choices[choice].beta;
                    *beta = beta.plus(&Ed25519::generator());
                }),
                expected
            );
        }
    }
}

#[test]
fn swapped_choices_are_refused() {
    // Choices 0 and 1 with their proofs: each proof still holds, but not that of their order.
    assert_eq!(
        changed(|b| {
            b.answers[0].choices.swap(0, 1);
            b.answers[0].individual_proofs.swap(0, 1);
        }),
        proof(0, ProofKind::Overall)
    );
}

#[test]
fn a_choice_moved_to_blank_is_refused() {
    assert_eq!(
        changed(|b| {
            b.answers[1].choices.swap(0, 2);
            b.answers[1].individual_proofs.swap(0, 2);
        }),
        proof(1, ProofKind::Overall)
    );
}

#[test]
fn two_answers_or_none_to_a_question_are_refused() {
    let expected = |found| Err(BallotError::AnswerCount { expected: 2, found });
    assert_eq!(
        changed(|b| {
            let again = b.answers[0].clone();
            b.answers.push(again);
        }),
        expected(3)
    );
    assert_eq!(changed(|b| b.answers.truncate(1)), expected(1));
    assert_eq!(changed(|b| b.answers.clear()), expected(0));
}

#[test]
fn a_missing_or_extra_part_of_an_answer_is_refused() {
    assert_eq!(
        changed(|b| b.answers[0].choices.truncate(2)),
        Err(BallotError::ChoiceCount {
            question: 0,
            expected: 3,
            found: 2
        })
    );
    assert_eq!(
        changed(|b| b.answers[0].individual_proofs.truncate(2)),
        Err(BallotError::IndividualProofCount {
            question: 0,
            expected: 3,
            found: 2
        })
    );
    let branches = |proof, expected, found| {
        Err(BallotError::BranchCount {
            question: 0,
            proof,
            expected,
            found,
        })
    };
    assert_eq!(
        changed(|b| {
            let extra = b.answers[0].individual_proofs[1][0].clone();
            b.answers[0].individual_proofs[1].push(extra);
        }),
        branches(ProofKind::Individual(1), 2, 3)
    );
    assert_eq!(
        changed(|b| {
            let extra = b.answers[0].overall_proof[0].clone();
            b.answers[0].overall_proof.push(extra);
        }),
        branches(ProofKind::Overall, 2, 3)
    );
    assert_eq!(
        changed(|b| b.answers[0].overall_proof.truncate(1)),
        branches(ProofKind::Overall, 2, 1)
    );
}

#[test]
fn a_blank_proof_stands_exactly_where_the_question_asks_for_it() {
    assert_eq!(
        changed(|b| b.answers[0].blank_proof = b.answers[1].blank_proof.clone()),
        Err(BallotError::BlankProofUnexpected { question: 0 })
    );
    assert_eq!(
        changed(|b| b.answers[1].blank_proof = None),
        Err(BallotError::BlankProofMissing { question: 1 })
    );
}

#[test]
fn the_neutral_element_is_no_credential() {
    // Anyone can "sign" for it: its logarithm is zero.
    let mut ballot = ballot();
    ballot.credential = Ed25519::identity();
    let hash = ballot.signed_hash();
    ballot.signature.hash = hash;
    ballot.signature.proof = Proof::of_knowledge(
        &Scalar::default(),
        &Context::raw(format!("sig|{hash}|")),
        &mut rng(4),
    );
    assert_eq!(
        ballot.verify(&election()),
        Err(BallotError::NeutralCredential)
    );
}

#[test]
fn a_signature_by_another_credential_is_refused() {
    let mut ballot = ballot();
    let hash = ballot.signed_hash();
    let other = Ed25519::random_scalar(&mut rng(5));
    ballot.signature.proof =
        Proof::of_knowledge(&other, &Context::raw(format!("sig|{hash}|")), &mut rng(6));
    assert_eq!(ballot.verify(&election()), Err(BallotError::Signature));
}

/// Replaces the first choice by a sealed 1 with a proof of which the hash covers `ciphertext` as text.
fn with_own_proof(ciphertext: impl FnOnce(&str) -> String) -> Result<(), BallotError> {
    let election = election();
    let mut random = rng(7);
    let [r, w, c0, s0] = [(); 4].map(|()| Ed25519::random_scalar(&mut random));
    let g = |k: &Scalar| Ed25519::multiply_generator(k);
    let y = |k: &Scalar| Ed25519::multiply(election.public_key(), k);
    let alpha = g(&r);
    let beta = y(&r).plus(&g(&one()));
    let commitments = [
        g(&s0).plus(&Ed25519::multiply(&alpha, &c0)),
        y(&s0).plus(&Ed25519::multiply(&beta, &c0)),
        g(&w),
        y(&w),
    ];
    changed(|ballot| {
        let text = format!(
            "prove|{}|{}|{}{}",
            election.fingerprint(),
            Ed25519::encode(&ballot.credential),
            ciphertext(&Ed25519::encode_all(&[alpha, beta]).join(",")),
            Ed25519::encode_all(&commitments).join(","),
        );
        let challenge = Ed25519::reduce(Digest::of(text).bytes());
        let c1 = challenge - c0;
        let answer = &mut ballot.answers[0];
        answer.choices[0] = Ciphertext { alpha, beta };
        answer.individual_proofs[0] = vec![
            Proof {
                challenge: c0,
                response: s0,
            },
            Proof {
                challenge: c1,
                response: w - r * c1,
            },
        ];
    })
}

#[test]
fn a_proof_whose_hash_leaves_out_the_ciphertext_is_refused() {
    // With the weak Fiat–Shamir transform the ciphertext could be chosen after the challenge.
    let strong = with_own_proof(|ciphertext| format!("{ciphertext}|"));
    assert_eq!(
        strong,
        proof(0, ProofKind::Overall),
        "the proof itself is a good one"
    );
    let weak = with_own_proof(|_| String::new());
    assert_eq!(weak, proof(0, ProofKind::Individual(0)));
}

#[test]
fn a_ballot_for_another_version_of_the_election_is_refused() {
    let [key] = secret_keys(1).try_into().unwrap();
    let uuid: Uuid = "11111111111111".parse().unwrap();
    let questions = election().questions().to_vec();
    let other =
        Election::<Ed25519>::build(uuid, "票决", "another rule", key.public_key(), questions)
            .unwrap();
    assert_eq!(
        ballot().verify(&other),
        Err(BallotError::OtherFingerprint {
            expected: other.fingerprint(),
            found: election().fingerprint(),
        })
    );
}
