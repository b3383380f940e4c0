//! Forgeries against weak forms of the Fiat–Shamir transform: real ones, which a weak verifier takes.
//!
//! A proof's challenge must be the hash of all that the proof speaks of. Where something is left out, a cheat fixes the
//! commitments first, learns the challenge, and then chooses what was left out so that the equations hold
//! (D. Bernhard, O. Pereira, B. Warinschi, "How not to prove yourself: pitfalls of the Fiat–Shamir heuristic and
//! applications to Helios", ASIACRYPT 2012). Each test shows first that the forgery holds for a verifier whose hash leaves
//! that out, and then that the ballot with it, of which everything else is true, proven and signed, is refused here for
//! that very proof.
//!
//! What the proofs of decryption leave out in version 1 itself stands in `tally/tests/attacks/decryption.rs`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test's helpers may fail loudly, too"
)]

#[path = "support/prover.rs"]
mod prover;
#[path = "weak_fiat_shamir/roots.rs"]
mod roots;
mod support;

use ballot::proof::{Context, Proof};
use ballot::{
    Ballot, BallotError, Belenios2048, Credential, Ed25519, Election, Group, ProofKind, Question,
};
use prover::{Prover, Sealed, hash, holds};
use rand_chacha::ChaCha20Rng;
use support::rng;

/// The first question may be answered blank; of both nothing need be ticked.
fn election<G: Group>() -> Election<G> {
    let key = G::multiply_generator(&G::random_scalar(&mut rng(1)));
    let questions = vec![
        Question::new("Which ones?", ["路", "桥"], 0, 2)
            .unwrap()
            .or_blank(),
        Question::new("At most one?", ["井", "灯"], 0, 1).unwrap(),
    ];
    let uuid = "11111111111111".parse().unwrap();
    Election::build(uuid, "票决", "", key, questions).unwrap()
}

fn voter<G: Group>(election: &Election<G>, seed: u8) -> Prover<'_, G> {
    Prover::new(election, &Credential::generate(&mut rng(seed)))
}

/// Not blank and nothing ticked; then the first answer.
fn marks<G: Group>(prover: &Prover<'_, G>, rng: &mut ChaCha20Rng) -> [Vec<Sealed<G>>; 2] {
    [&[0, 0, 0][..], &[1, 0]].map(|marks| marks.iter().map(|m| prover.seal(*m, rng)).collect())
}

fn refused<G: Group>(ballot: &Ballot<G>, election: &Election<G>) -> (usize, ProofKind) {
    match ballot.verify(election) {
        Err(BallotError::Proof { question, proof }) => (question, proof),
        other => panic!("{other:?}"),
    }
}

fn for_both_groups([ed25519, belenios_2048]: [fn(); 2]) {
    ed25519();
    belenios_2048();
}

#[test]
fn without_a_forgery_the_tests_own_prover_is_believed() {
    fn test<G: Group>() {
        let election = election::<G>();
        let prover = voter(&election, 2);
        let mut rng = rng(3);
        let [first, second] = marks(&prover, &mut rng);
        let answers = vec![
            prover.answer_or_blank(&first, 0..=2, &mut rng),
            prover.answer(&second, 0..=1, &mut rng),
        ];
        let ballot = prover.sign(answers, &mut rng);
        assert_eq!(ballot.verify(&election), Ok(()));
    }
    for_both_groups([test::<Ed25519>, test::<Belenios2048>]);
}

/// α = gᵃ and β = yᵃ·gᵐ that are said to hide 0 or 1, although m is some huge number.
///
/// With random uⱼ and vⱼ the commitments are Aⱼ = g^uⱼ and Bⱼ = y^uⱼ·g^vⱼ, and the challenge c is their hash, which does
/// not know α and β. The verifier's equations, with sⱼ = uⱼ − a·cⱼ, say that v₀ = m·c₀ and v₁ = (m − 1)·c₁; with
/// c₀ + c₁ = c this is c·m² − (c + v₀ + v₁)·m + v₀ = 0, which every second time has a root.
fn forge<G: Group>(
    prover: &Prover<'_, G>,
    prefix: &str,
    rng: &mut ChaCha20Rng,
) -> (Sealed<G>, Vec<Proof<G>>) {
    loop {
        let [a, u0, u1, v0, v1] = [(); 5].map(|()| G::random_scalar(rng));
        let [first, second] = [(u0, v0), (u1, v1)].map(|(u, v)| prover.element_pair(&u, &v));
        let commitments = [first, second].map(|(a, b)| [a, b]).concat();
        let c = hash::<G>(prefix, &commitments);
        let minus_b = c + v0 + v1;
        let four = G::Scalar::from(4);
        let Some(root) = roots::square_root::<G>(&(minus_b * minus_b - four * c * v0)) else {
            continue;
        };
        let m = (minus_b + root) * G::invert(&(c + c));
        let c0 = v0 * G::invert(&m);
        let proofs = [(u0, c0), (u1, c - c0)].map(|(u, challenge)| Proof {
            challenge,
            response: u - a * challenge,
        });
        return (prover.seal_scalar(m, a), proofs.to_vec());
    }
}

#[test]
fn a_huge_number_with_a_proof_that_it_is_0_or_1_is_refused() {
    fn test<G: Group>() {
        let election = election::<G>();
        let prover = voter(&election, 2);
        let mut rng = rng(4);
        let weak = format!("prove|{}|", prover.context());
        let (forged, proof) = forge(&prover, &weak, &mut rng);

        let zero_or_one = [(&forged.ciphertext, 0), (&forged.ciphertext, 1)];
        assert!(holds(&prover, &zero_or_one, &proof, &weak), "it is solved");
        let small = (0..10_000).map(G::Scalar::from).any(|n| n == forged.m);
        assert!(!small, "what it hides is no number of votes");
        let other = prover.seal(2, &mut rng);
        let two = [(&other.ciphertext, 0), (&other.ciphertext, 1)];
        assert!(
            !holds(&prover, &two, &proof, &weak),
            "not for any ciphertext"
        );

        // In the place of "blank" the number is in no sum: all the other proofs are of true statements.
        let [mut first, second] = marks(&prover, &mut rng);
        first[0] = forged;
        let mut answer = prover.answer_or_blank(&first, 0..=2, &mut rng);
        answer.individual_proofs[0] = proof;
        let answers = vec![answer, prover.answer(&second, 0..=1, &mut rng)];
        let ballot = prover.sign(answers, &mut rng);
        assert_eq!(refused(&ballot, &election), (0, ProofKind::Individual(0)));
    }
    for_both_groups([test::<Ed25519>, test::<Belenios2048>]);
}

#[test]
fn a_proof_that_names_neither_voter_nor_election_is_refused() {
    fn test<G: Group>() {
        let election = election::<G>();
        let mut rng = rng(5);
        let (author, thief) = (voter(&election, 2), voter(&election, 6));
        let [first, second] = marks(&author, &mut rng);
        // All is proven under the own credential but for one choice, of which the hash leaves S₀ out.
        let copied = &first[1];
        let weak = format!("prove|{}|", copied.text());
        let claims = [(copied, 0), (copied, 1)];
        let proof = author.prove(&claims, &weak, &mut rng);
        for voter in [author, thief] {
            let zero_or_one = claims.map(|(sealed, value)| (&sealed.ciphertext, value));
            assert!(
                holds(&voter, &zero_or_one, &proof, &weak),
                "it holds for all"
            );
            let mut answer = voter.answer_or_blank(&first, 0..=2, &mut rng);
            answer.individual_proofs[1].clone_from(&proof);
            let answers = vec![answer, voter.answer(&second, 0..=1, &mut rng)];
            let ballot = voter.sign(answers, &mut rng);
            assert_eq!(refused(&ballot, &election), (0, ProofKind::Individual(1)));
        }
    }
    for_both_groups([test::<Ed25519>, test::<Belenios2048>]);
}

#[test]
fn a_proof_of_the_sum_that_does_not_name_the_choices_is_refused() {
    fn test<G: Group>() {
        let election = election::<G>();
        let prover = voter(&election, 2);
        let mut rng = rng(7);
        let [first, mut second] = marks(&prover, &mut rng);
        // The hash has S₀ where it should have S, the choices: they may change places, since the sum does not.
        let sum = Sealed::sum(&second);
        let weak = format!("prove|{}|{}|", prover.context(), sum.text());
        let claims = [(&sum, 0), (&sum, 1)];
        let proof = prover.prove(&claims, &weak, &mut rng);
        for _ in 0..2 {
            second.swap(0, 1);
            let sum = Sealed::sum(&second).ciphertext;
            assert!(
                holds(&prover, &[(&sum, 0), (&sum, 1)], &proof, &weak),
                "it holds in either order"
            );
            let mut answer = prover.answer(&second, 0..=1, &mut rng);
            answer.overall_proof.clone_from(&proof);
            let answers = vec![prover.answer_or_blank(&first, 0..=2, &mut rng), answer];
            let ballot = prover.sign(answers, &mut rng);
            assert_eq!(refused(&ballot, &election), (1, ProofKind::Overall));
        }
    }
    for_both_groups([test::<Ed25519>, test::<Belenios2048>]);
}

/// A key of which nobody knows the secret, with a proof that somebody does.
#[test]
fn a_proof_of_possession_that_does_not_name_the_key_is_refused() {
    use ballot::group::GroupElement;
    use ballot::trustee::{Blame, TrusteeError, TrusteeId, Trustees};
    use ballot::wire::Wire;
    fn test<G: Group>() {
        let mut rng = rng(8);
        // A commitment first, whose logarithm the cheat need not know: here the election's key. Then X = (A/gˢ)^(1/c).
        let commitment = election::<G>().public_key().clone();
        let weak = format!("pok|{}|", G::NAME);
        let (challenge, response) = (
            hash::<G>(&weak, std::slice::from_ref(&commitment)),
            G::random_scalar(&mut rng),
        );
        let rest = commitment.minus(&G::multiply_generator(&response));
        let key = G::multiply(&rest, &G::invert(&challenge));
        let proof = Proof::<G> {
            challenge,
            response,
        };
        assert!(
            proof.shows_knowledge(&key, &Context::raw(weak)),
            "it is solved"
        );

        let trustees = format!(
            r#"[["Single",{{"pok":{},"public_key":{}}}]]"#,
            proof.to_json(),
            key.to_json()
        );
        let trustees = Trustees::<G>::from_json(trustees.as_bytes()).unwrap();
        let first = Blame::Trustee(TrusteeId::new(1).unwrap());
        assert_eq!(trustees.verify(), Err(TrusteeError::Possession(first)));
    }
    for_both_groups([test::<Ed25519>, test::<Belenios2048>]);
}
