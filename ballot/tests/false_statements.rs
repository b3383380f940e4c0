//! Ballots that say something that is not so, and are otherwise as an honest prover makes them: exactly the proof of the
//! false statement does not hold.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test's helpers may fail loudly, too"
)]

#[path = "support/prover.rs"]
#[allow(dead_code, reason = "what the test of weak hashes needs")]
mod prover;
mod support;

use ballot::{
    BallotError, Belenios2048, Credential, Ed25519, Election, Group, ProofKind, Question,
};
use prover::{Prover, Sealed};
use support::rng;

/// One or two of two answers, or blank; one or two of three.
fn election<G: Group>() -> Election<G> {
    let key = G::multiply_generator(&G::random_scalar(&mut rng(1)));
    let questions = vec![
        Question::new("Which, or none?", ["路", "桥"], 1, 2)
            .unwrap()
            .or_blank(),
        Question::new("Which?", ["井", "灯", "园"], 1, 2).unwrap(),
    ];
    let uuid = "11111111111111".parse().unwrap();
    Election::build(uuid, "票决", "", key, questions).unwrap()
}

/// What becomes of a ballot that hides these numbers.
fn judge<G: Group>(first: [i64; 3], second: [i64; 3]) -> Result<(), BallotError> {
    let election = election::<G>();
    let prover = Prover::new(&election, &Credential::generate(&mut rng(2)));
    let mut rng = rng(3);
    let mut seal = |marks: [i64; 3]| -> Vec<Sealed<G>> {
        let number = |mark: i64| {
            let size = G::Scalar::from(mark.unsigned_abs());
            if mark < 0 { -size } else { size }
        };
        marks
            .iter()
            .map(|mark| prover.seal_scalar(number(*mark), G::random_scalar(&mut rng)))
            .collect()
    };
    let (first, second) = (seal(first), seal(second));
    let answers = vec![
        prover.answer_or_blank(&first, 1..=2, &mut rng),
        prover.answer(&second, 1..=2, &mut rng),
    ];
    prover.sign(answers, &mut rng).verify(&election)
}

fn in_both_groups(first: [i64; 3], second: [i64; 3], expected: &Result<(), BallotError>) {
    for found in [
        judge::<Ed25519>(first, second),
        judge::<Belenios2048>(first, second),
    ] {
        assert_eq!(found, *expected, "{first:?} {second:?}");
    }
}

fn refused(first: [i64; 3], second: [i64; 3], question: usize, proof: ProofKind) {
    in_both_groups(first, second, &Err(BallotError::Proof { question, proof }));
}

#[test]
fn what_the_questions_allow_is_accepted() {
    for first in [[1, 0, 0], [0, 1, 0], [0, 1, 1]] {
        for second in [[0, 0, 1], [1, 1, 0]] {
            in_both_groups(first, second, &Ok(()));
        }
    }
}

#[test]
fn a_choice_of_another_number_than_0_or_1_is_refused_by_its_own_proof() {
    for other in [2, -1, 5, i64::MAX] {
        // What the others lack or have more keeps the sum within its bounds, where it can.
        let rest = i64::from(other == -1);
        let expected = ProofKind::Individual(1);
        refused([1, 0, 0], [rest, other, rest], 1, expected);
        refused([0, rest, 1], [0, other, rest], 1, expected);
    }
    refused([0, 2, 0], [0, 1, 0], 0, ProofKind::Individual(1));
    refused([2, 0, 1], [0, 1, 0], 0, ProofKind::Individual(0));
    refused([-1, 1, 0], [0, 1, 0], 0, ProofKind::Individual(0));
}

#[test]
fn too_many_and_too_few_ticks_are_refused_by_the_overall_proof() {
    refused([1, 0, 0], [1, 1, 1], 1, ProofKind::Overall);
    refused([1, 0, 0], [0, 0, 0], 1, ProofKind::Overall);
    refused([0, 0, 0], [1, 0, 0], 0, ProofKind::Overall);
}

#[test]
fn a_blank_vote_that_ticks_something_is_refused_by_the_blank_proof() {
    refused([1, 1, 0], [1, 0, 0], 0, ProofKind::Blank);
    refused([1, 1, 1], [1, 0, 0], 0, ProofKind::Blank);
}
