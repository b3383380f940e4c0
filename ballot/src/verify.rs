//! Checking a ballot against its election.

use crate::ballot::{Answer, Ballot};
use crate::context::BALLOT;
use crate::credential::PublicCredentials;
use crate::digest::{Digest, Fingerprint};
use crate::election::Election;
use crate::elgamal::Ciphertext;
use crate::group::{Group, GroupElement};
use crate::proof::{Claim, Proof, challenge, recompute};
use crate::question::Question;
use crate::statement::{Part, Subject, Voter, encode_ciphertexts, statements, sum_of_choices};
use crate::uuid::Uuid;
use crate::wire::{Wire, WireError};

/// Why a ballot is refused. Questions and choices are counted from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BallotError {
    /// Not the canonical encoding of a ballot, or an element outside the group.
    #[error("malformed: {0}")]
    Malformed(#[from] WireError),
    /// It names another election.
    #[error("made for election {found}, this is {expected}")]
    OtherElection {
        /// The election's id.
        expected: Uuid,
        /// The id in the ballot.
        found: Uuid,
    },
    /// It names this election but another version of it.
    #[error("made for an election with fingerprint {found}, this has {expected}")]
    OtherFingerprint {
        /// The election's fingerprint φ.
        expected: Fingerprint,
        /// φ in the ballot.
        found: Fingerprint,
    },
    /// Its credential is not on the roll.
    #[error("its credential is not on the roll")]
    NotOnRoll,
    /// Its credential is the neutral element, for which anyone can sign.
    #[error("its credential is the neutral element")]
    NeutralCredential,
    /// It does not answer as many questions as there are.
    #[error("{expected} answers expected, {found} found")]
    AnswerCount {
        /// Questions in the election.
        expected: usize,
        /// Answers in the ballot.
        found: usize,
    },
    /// An answer does not have as many choices as its question.
    #[error("answer {question}: {expected} choices expected, {found} found")]
    ChoiceCount {
        /// The question.
        question: usize,
        /// Ciphertexts that the question takes.
        expected: usize,
        /// Ciphertexts in the answer.
        found: usize,
    },
    /// An answer does not have one individual proof for each choice.
    #[error("answer {question}: {expected} individual proofs expected, {found} found")]
    IndividualProofCount {
        /// The question.
        question: usize,
        /// Ciphertexts that the question takes.
        expected: usize,
        /// Proofs in the answer.
        found: usize,
    },
    /// A proof does not have one branch for each value that is allowed.
    #[error("answer {question}: {proof} has {found} branches, {expected} expected")]
    BranchCount {
        /// The question.
        question: usize,
        /// Which proof.
        proof: ProofKind,
        /// Branches that it must have.
        expected: usize,
        /// Branches that it has.
        found: usize,
    },
    /// A blank proof is missing where the question allows a blank vote.
    #[error("answer {question}: the blank proof is missing")]
    BlankProofMissing {
        /// The question.
        question: usize,
    },
    /// A blank proof stands where the question does not allow a blank vote.
    #[error("answer {question}: a blank proof that the question does not ask for")]
    BlankProofUnexpected {
        /// The question.
        question: usize,
    },
    /// The hash in the signature is not the ballot's.
    #[error("the signature is for another text")]
    SignedHash,
    /// The signature is not by the credential.
    #[error("the signature is not by the credential")]
    Signature,
    /// One of the answers' proofs does not hold.
    #[error("answer {question}: {proof} does not hold")]
    Proof {
        /// The question.
        question: usize,
        /// Which proof.
        proof: ProofKind,
    },
}

/// The proofs of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofKind {
    /// That this choice is 0 or 1.
    Individual(usize),
    /// That the sum is within the bounds.
    Overall,
    /// That a blank vote ticks nothing.
    Blank,
}

impl std::fmt::Display for ProofKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Individual(choice) => write!(f, "the proof of choice {choice}"),
            Self::Overall => f.write_str("the overall proof"),
            Self::Blank => f.write_str("the blank proof"),
        }
    }
}

impl BallotError {
    /// The check's stable name, for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "encoding",
            Self::OtherElection { .. } => "election-uuid",
            Self::OtherFingerprint { .. } => "election-hash",
            Self::NotOnRoll => "credential-on-roll",
            Self::NeutralCredential => "credential",
            Self::AnswerCount { .. } => "answer-count",
            Self::ChoiceCount { .. } => "choice-count",
            Self::IndividualProofCount { .. } | Self::BranchCount { .. } => "proof-shape",
            Self::BlankProofMissing { .. } | Self::BlankProofUnexpected { .. } => {
                "blank-proof-shape"
            }
            Self::SignedHash => "signed-hash",
            Self::Signature => "signature",
            Self::Proof { proof, .. } => match proof {
                ProofKind::Individual(_) => "individual-proof",
                ProofKind::Overall => "overall-proof",
                ProofKind::Blank => "blank-proof",
            },
        }
    }
}

impl<G: Group> Ballot<G> {
    /// Reads a ballot and checks it against the election and the roll: all that can be said about one ballot without
    /// knowing the others.
    ///
    /// # Errors
    /// [`BallotError`], the first check that fails.
    pub fn accept(
        bytes: &[u8],
        election: &Election<G>,
        roll: &PublicCredentials<G>,
    ) -> Result<Self, BallotError> {
        let ballot = Self::from_json(bytes)?;
        ballot.verify_roll(election, roll)?;
        // The bytes are the ballot's one encoding, so they need not be written again to be hashed.
        ballot.verify_hashed(election, signed_hash(bytes))?;
        Ok(ballot)
    }

    fn verify_roll(
        &self,
        election: &Election<G>,
        roll: &PublicCredentials<G>,
    ) -> Result<(), BallotError> {
        if roll.weight_of(&self.credential).is_none() {
            // That it is for another election explains why it is not on the roll, and says more.
            self.verify_election(election)?;
            return Err(BallotError::NotOnRoll);
        }
        Ok(())
    }

    /// Checks the ballot's election, shape, signature and proofs, the cheap checks first.
    ///
    /// # Errors
    /// [`BallotError`], the first check that fails.
    pub fn verify(&self, election: &Election<G>) -> Result<(), BallotError> {
        self.verify_hashed(election, self.signed_hash())
    }

    fn verify_hashed(&self, election: &Election<G>, signed: Digest) -> Result<(), BallotError> {
        self.verify_election(election)?;
        if self.credential.is_identity() {
            return Err(BallotError::NeutralCredential);
        }
        self.verify_shape(election.questions())?;
        self.verify_signature(signed)?;
        let voter = Voter::new(election.fingerprint(), G::encode(&self.credential));
        for (index, (question, answer)) in
            election.questions().iter().zip(&self.answers).enumerate()
        {
            verify_answer(index, question, answer, election.base(), &voter)?;
        }
        Ok(())
    }

    fn verify_election(&self, election: &Election<G>) -> Result<(), BallotError> {
        if self.election_uuid != *election.uuid() {
            return Err(BallotError::OtherElection {
                expected: election.uuid().clone(),
                found: self.election_uuid.clone(),
            });
        }
        if self.election_hash != election.fingerprint() {
            return Err(BallotError::OtherFingerprint {
                expected: election.fingerprint(),
                found: self.election_hash,
            });
        }
        Ok(())
    }

    fn verify_shape(&self, questions: &[Question]) -> Result<(), BallotError> {
        if self.answers.len() != questions.len() {
            return Err(BallotError::AnswerCount {
                expected: questions.len(),
                found: self.answers.len(),
            });
        }
        questions
            .iter()
            .zip(&self.answers)
            .enumerate()
            .try_for_each(|(index, (question, answer))| verify_shape(index, question, answer))
    }

    fn verify_signature(&self, signed: Digest) -> Result<(), BallotError> {
        if self.signature.hash != signed {
            return Err(BallotError::SignedHash);
        }
        let context = BALLOT.context([&self.signature.hash.to_string()]);
        if self
            .signature
            .proof
            .shows_knowledge(&self.credential, &context)
        {
            Ok(())
        } else {
            Err(BallotError::Signature)
        }
    }
}

/// The hash that the signature of the ballot with this encoding signs: that of the encoding without its last member.
fn signed_hash(encoding: &[u8]) -> Digest {
    const SIGNATURE: &[u8] = b",\"signature\":";
    let at = encoding
        .windows(SIGNATURE.len())
        .rposition(|part| part == SIGNATURE);
    let unsigned = encoding.get(..at.unwrap_or_default()).unwrap_or_default();
    Digest::of([unsigned, b"}"].concat())
}

fn verify_shape<G: Group>(
    index: usize,
    question: &Question,
    answer: &Answer<G>,
) -> Result<(), BallotError> {
    let expected = question.ciphertexts();
    if answer.choices.len() != expected {
        return Err(BallotError::ChoiceCount {
            question: index,
            expected,
            found: answer.choices.len(),
        });
    }
    if answer.individual_proofs.len() != expected {
        return Err(BallotError::IndividualProofCount {
            question: index,
            expected,
            found: answer.individual_proofs.len(),
        });
    }
    let branches = |proof: ProofKind, found: &[Proof<G>], expected: usize| {
        if found.len() == expected {
            Ok(())
        } else {
            Err(BallotError::BranchCount {
                question: index,
                proof,
                expected,
                found: found.len(),
            })
        }
    };
    for (choice, proof) in answer.individual_proofs.iter().enumerate() {
        branches(ProofKind::Individual(choice), proof, 2)?;
    }
    branches(
        ProofKind::Overall,
        &answer.overall_proof,
        question.overall_branches(),
    )?;
    match (&answer.blank_proof, question.allows_blank()) {
        (Some(proof), true) => branches(ProofKind::Blank, proof, 2),
        (None, false) => Ok(()),
        (None, true) => Err(BallotError::BlankProofMissing { question: index }),
        (Some(_), false) => Err(BallotError::BlankProofUnexpected { question: index }),
    }
}

/// Checks the proofs of an answer that has the right shape.
fn verify_answer<G: Group>(
    index: usize,
    question: &Question,
    answer: &Answer<G>,
    y: &G::Base,
    voter: &Voter,
) -> Result<(), BallotError> {
    let sum = sum_of_choices(question, &answer.choices);
    let statements = statements(
        question,
        voter,
        &encode_ciphertexts(&answer.choices),
        &encode_ciphertexts([&sum]),
    );
    let mut commitments = Vec::new();
    let mut sums = Vec::with_capacity(statements.len());
    for statement in &statements {
        let proof = match statement.part {
            Part::Individual(choice) => answer.individual_proofs.get(choice),
            Part::Overall => Some(&answer.overall_proof),
            Part::Blank => answer.blank_proof.as_ref(),
        };
        let claims = claims(&statement.branches, &answer.choices, &sum);
        let proof = proof.map(Vec::as_slice).unwrap_or_default();
        sums.push(recompute(y, proof, &claims, &mut commitments));
    }
    let encoded = G::encode_all(&commitments);
    let mut rest = encoded.as_slice();
    for (statement, sum) in statements.iter().zip(sums) {
        let (own, others) = rest
            .split_at_checked(2 * statement.branches.len())
            .unwrap_or((rest, &[]));
        rest = others;
        if challenge::<G>(&statement.context, own) != sum {
            return Err(BallotError::Proof {
                question: index,
                proof: match statement.part {
                    Part::Individual(choice) => ProofKind::Individual(choice),
                    Part::Overall => ProofKind::Overall,
                    Part::Blank => ProofKind::Blank,
                },
            });
        }
    }
    Ok(())
}

/// What each branch claims.
fn claims<'c, G: Group>(
    branches: &[(Subject, u64)],
    choices: &'c [Ciphertext<G>],
    sum: &'c Ciphertext<G>,
) -> Vec<Claim<'c, G>> {
    let claim = |(subject, value): &(Subject, u64)| {
        let ciphertext = match subject {
            Subject::Choice(choice) => choices.get(*choice),
            Subject::Sum => Some(sum),
        };
        ciphertext.map(|ciphertext| Claim {
            ciphertext,
            value: *value,
        })
    };
    branches.iter().filter_map(claim).collect()
}
