//! Sealing: from a choice and a credential to a ballot.

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::ballot::{Answer, Ballot, Signature, hash_to_sign};
use crate::choices::{Choices, SealError};
use crate::context::BALLOT;
use crate::credential::{Credential, CredentialKey};
use crate::election::Election;
use crate::elgamal::Ciphertext;
use crate::group::Group;
use crate::opening::Opening;
use crate::proof::{Branch, Disjunction, Proof, challenge};
use crate::question::Question;
use crate::statement::{
    Part, Statement, Subject, Voter, encode_ciphertexts, statements, sum_of_choices,
};

/// A ballot and the randomness with which it was sealed.
#[derive(Debug)]
pub struct Sealed<G: Group> {
    /// The ballot, to be cast.
    pub ballot: Ballot<G>,
    /// What proves to a second device what the ballot hides. To be shown only when the ballot is challenged instead
    /// of cast; whoever has it knows the choice.
    pub opening: Opening<G>,
}

/// Seals `choices` for `election` under `credential`.
///
/// The time does not depend on what is chosen, only on the election's shape.
///
/// # Errors
/// [`SealError`] if the choice is not one that the election allows.
pub fn seal<G: Group>(
    election: &Election<G>,
    credential: &Credential,
    choices: &Choices,
    rng: &mut impl CryptoRng,
) -> Result<Sealed<G>, SealError> {
    seal_with_key(election, &credential.key(election.uuid()), choices, rng)
}

/// Seals with a credential's key that has been derived already.
///
/// # Errors
/// As [`seal`].
pub fn seal_with_key<G: Group>(
    election: &Election<G>,
    key: &CredentialKey<G>,
    choices: &Choices,
    rng: &mut impl CryptoRng,
) -> Result<Sealed<G>, SealError> {
    choices.check(election.questions())?;
    let credential = key.public();
    let voter = Voter::new(election.fingerprint(), G::encode(&credential));
    let mut answers = Vec::with_capacity(choices.marks().len());
    let mut randomness = Zeroizing::new(Vec::with_capacity(choices.marks().len()));
    for (question, marks) in election.questions().iter().zip(choices.marks()) {
        let secrets = Secrets::draw(question, marks, rng);
        answers.push(secrets.seal(election.base(), question, &voter, rng));
        randomness.push(secrets.randomness.to_vec());
    }
    let hash = hash_to_sign(
        election.uuid(),
        election.fingerprint(),
        &credential,
        &answers,
    );
    let signature = Signature {
        proof: Proof::of_knowledge(key.secret(), &BALLOT.context([&hash.to_string()]), rng),
        hash,
    };
    let ballot = Ballot {
        election_uuid: election.uuid().clone(),
        election_hash: election.fingerprint(),
        credential,
        answers,
        signature,
    };
    let opening = Opening::new(ballot.tracker(), choices.clone(), randomness);
    Ok(Sealed { ballot, opening })
}

/// What only the voter's device knows about one answer.
struct Secrets<G: Group> {
    messages: Zeroizing<Vec<G::Scalar>>,
    randomness: Zeroizing<Vec<G::Scalar>>,
    leading: usize,
}

impl<G: Group> Secrets<G> {
    fn draw(question: &Question, marks: &[bool], rng: &mut impl CryptoRng) -> Self {
        Self {
            messages: Zeroizing::new(
                marks
                    .iter()
                    .map(|m| G::Scalar::from(u64::from(*m)))
                    .collect(),
            ),
            randomness: Zeroizing::new(marks.iter().map(|_| G::random_scalar(rng)).collect()),
            leading: question.leading(),
        }
    }

    fn seal(
        &self,
        y: &G::Base,
        question: &Question,
        voter: &Voter,
        rng: &mut impl CryptoRng,
    ) -> Answer<G> {
        let choices: Vec<Ciphertext<G>> = self
            .messages
            .iter()
            .zip(self.randomness.iter())
            .map(|(m, r)| Ciphertext::seal(y, m, r))
            .collect();
        let sum = sum_of_choices(question, &choices);
        let statements = statements(
            question,
            voter,
            &encode_ciphertexts(&choices),
            &encode_ciphertexts([&sum]),
        );
        let mut commitments = Vec::new();
        let started: Vec<Disjunction<G>> = statements
            .iter()
            .map(|s| Disjunction::commit(y, self.branches(s), &mut commitments, rng))
            .collect();
        let encoded = G::encode_all(&commitments);
        let mut rest = encoded.as_slice();
        let mut answer = Answer {
            choices,
            individual_proofs: Vec::new(),
            overall_proof: Vec::new(),
            blank_proof: None,
        };
        for (statement, proof) in statements.iter().zip(started) {
            let (own, others) = rest
                .split_at_checked(2 * statement.branches.len())
                .unwrap_or((rest, &[]));
            rest = others;
            let proof = proof.respond(challenge::<G>(&statement.context, own));
            match statement.part {
                Part::Individual(_) => answer.individual_proofs.push(proof),
                Part::Overall => answer.overall_proof = proof,
                Part::Blank => answer.blank_proof = Some(proof),
            }
        }
        answer
    }

    /// The branches of a statement, with the randomness and the distance of each.
    fn branches(&self, statement: &Statement) -> Vec<Branch<G>> {
        statement
            .branches
            .iter()
            .map(|(subject, value)| {
                let (r, m) = self.subject(*subject);
                Branch {
                    r,
                    distance: m - G::Scalar::from(*value),
                }
            })
            .collect()
    }

    /// Randomness and message of one ciphertext or of the sum.
    fn subject(&self, subject: Subject) -> (G::Scalar, G::Scalar) {
        let zero = G::Scalar::default();
        let (skip, take) = match subject {
            Subject::Choice(index) => (index, 1),
            Subject::Sum => (self.leading, usize::MAX),
        };
        let sum = |all: &[G::Scalar]| {
            all.iter()
                .skip(skip)
                .take(take)
                .fold(zero, |sum, s| sum + *s)
        };
        (sum(&self.randomness), sum(&self.messages))
    }
}
