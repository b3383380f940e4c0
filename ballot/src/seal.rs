//! Sealing: from a choice and a credential to a ballot.

use rand_core::CryptoRng;
use zeroize::{Zeroize, Zeroizing};

use crate::ballot::{Answer, Ballot, Signature, hash_to_sign};
use crate::credential::{Credential, CredentialKey};
use crate::election::Election;
use crate::elgamal::Ciphertext;
use crate::group::Group;
use crate::opening::Opening;
use crate::proof::{Branch, Disjunction, Proof, challenge};
use crate::question::Question;
use crate::statement::{
    Part, Statement, Subject, encode_ciphertexts, statements, sum_of_choices, voter_context,
};
use crate::wire::{Reader, Wire, WireError, WireFault, Writer};

/// What a voter ticks: for each question a mark for each answer, preceded by a mark for "blank" where the question
/// allows a blank vote. Encoded as an array of arrays of 0 and 1.
///
/// This is the voter's secret: it is wiped from memory when dropped and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Choices(Vec<Vec<bool>>);

/// A ballot and the randomness with which it was sealed.
#[derive(Debug)]
pub struct Sealed<G: Group> {
    /// The ballot, to be cast.
    pub ballot: Ballot<G>,
    /// What proves to a second device what the ballot hides. To be shown only when the ballot is challenged instead
    /// of cast; whoever has it knows the choice.
    pub opening: Opening<G>,
}

/// Why a choice cannot be sealed. Questions are counted from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The election does not have as many questions.
    #[error("the election has {expected} questions, the choice answers {found}")]
    QuestionCount {
        /// Questions in the election.
        expected: usize,
        /// Questions in the choice.
        found: usize,
    },
    /// The question does not have as many marks.
    #[error("question {question} takes {expected} marks, the choice has {found}")]
    MarkCount {
        /// The question.
        question: usize,
        /// Marks that it takes.
        expected: usize,
        /// Marks in the choice.
        found: usize,
    },
    /// Fewer or more answers are ticked than the question allows.
    #[error("question {question} takes {min} to {max} ticks, the choice has {found}")]
    TickCount {
        /// The question.
        question: usize,
        /// Fewest ticks.
        min: u32,
        /// Most ticks.
        max: u32,
        /// Ticks in the choice.
        found: usize,
    },
    /// Blank and ticked at once.
    #[error("question {question} is answered blank and ticked at once")]
    BlankAndTicked {
        /// The question.
        question: usize,
    },
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
    let context = voter_context(election.fingerprint(), &G::encode(&credential));
    let mut answers = Vec::with_capacity(choices.0.len());
    let mut randomness = Zeroizing::new(Vec::with_capacity(choices.0.len()));
    for (question, marks) in election.questions().iter().zip(&choices.0) {
        let secrets = Secrets::draw(question, marks, rng);
        answers.push(secrets.seal(election.base(), question, &context, rng));
        randomness.push(secrets.randomness.to_vec());
    }
    let hash = hash_to_sign(
        election.uuid(),
        election.fingerprint(),
        &credential,
        &answers,
    );
    let signature = Signature {
        proof: Proof::of_knowledge(key.secret(), &format!("sig|{hash}|"), rng),
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
        context: &str,
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
            context,
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
            let proof = proof.respond(challenge::<G>(&statement.prefix, own));
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

impl Choices {
    /// The marks, question by question.
    pub fn marks(&self) -> &[Vec<bool>] {
        &self.0
    }

    /// Whether this is a choice that the questions allow.
    pub(crate) fn check(&self, questions: &[Question]) -> Result<(), SealError> {
        if questions.len() != self.0.len() {
            return Err(SealError::QuestionCount {
                expected: questions.len(),
                found: self.0.len(),
            });
        }
        questions
            .iter()
            .zip(&self.0)
            .enumerate()
            .try_for_each(|(index, (question, marks))| check_marks(index, question, marks))
    }
}

#[expect(
    clippy::needless_bitwise_bool,
    reason = "a short-cut would be a branch on a secret"
)]
fn check_marks(index: usize, question: &Question, marks: &[bool]) -> Result<(), SealError> {
    if marks.len() != question.ciphertexts() {
        return Err(SealError::MarkCount {
            question: index,
            expected: question.ciphertexts(),
            found: marks.len(),
        });
    }
    let (leading, ticks) = marks
        .split_at_checked(question.leading())
        .unwrap_or_default();
    let blank = leading.contains(&true);
    let ticked = ticks.iter().filter(|t| **t).count();
    let few = usize::try_from(question.min()).is_ok_and(|min| ticked < min);
    let many = usize::try_from(question.max()).is_ok_and(|max| ticked > max);
    // Without short-cuts: every choice that is allowed takes the same path.
    let both = blank & (ticked > 0);
    let outside = !blank & (few | many);
    if both {
        Err(SealError::BlankAndTicked { question: index })
    } else if outside {
        Err(SealError::TickCount {
            question: index,
            min: question.min(),
            max: question.max(),
            found: ticked,
        })
    } else {
        Ok(())
    }
}

impl<const N: usize> From<[Vec<bool>; N]> for Choices {
    fn from(marks: [Vec<bool>; N]) -> Self {
        Self(marks.into())
    }
}

impl From<Vec<Vec<bool>>> for Choices {
    fn from(marks: Vec<Vec<bool>>) -> Self {
        Self(marks)
    }
}

impl Drop for Choices {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl std::fmt::Debug for Choices {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Choices(<redacted>)")
    }
}

/// A mark as 0 or 1.
struct Mark(bool);

impl Wire for Mark {
    fn write(&self, out: &mut Writer) {
        out.raw(if self.0 { "1" } else { "0" });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        match reader.number()? {
            0 => Ok(Self(false)),
            1 => Ok(Self(true)),
            _ => Err(reader.fault(WireFault::Invalid("a mark is 0 or 1"))),
        }
    }
}

impl Wire for Choices {
    fn write(&self, out: &mut Writer) {
        let marks: Vec<Vec<Mark>> = self
            .0
            .iter()
            .map(|marks| marks.iter().map(|m| Mark(*m)).collect())
            .collect();
        marks.write(out);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader
            .array(|r| r.array(|r| Mark::read(r).map(|m| m.0)))
            .map(Self)
    }
}
