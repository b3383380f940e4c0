//! The sum of all ballots, and how trustees decrypt it together.

use std::collections::BTreeMap;

use rand_core::CryptoRng;

use crate::ballot::Ballot;
use crate::context::{Context, DECRYPTION};
use crate::election::Election;
use crate::elgamal::Ciphertext;
use crate::group::{Group, GroupElement};
use crate::proof::Proof;
use crate::trustee::{SecretKey, TooFewTrustees, TrusteeId, Trustees};
use crate::wire::{Reader, Weight, Wire, WireError, Writer};

/// The sums of all ballots' ciphertexts, question by question. Specification 3.3.0, section 4.18.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncryptedTally<G: Group>(Vec<Vec<Ciphertext<G>>>);

/// One trustee's part of the decryption of a tally, with its proofs. Specification 3.3.0, section 4.20.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartialDecryption<G: Group> {
    /// αˣ for each ciphertext.
    pub decryption_factors: Vec<Vec<G::Element>>,
    /// That the same x was used everywhere as in the trustee's key.
    pub decryption_proofs: Vec<Vec<Proof<G>>>,
}

/// The counts, question by question, in the order of the encrypted tally (with "blank" first where it is allowed).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElectionResult {
    /// How many ballots tick each answer.
    pub result: Vec<Vec<u64>>,
}

/// Why a tally cannot be added to or decrypted. Questions and choices are counted from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecryptionError {
    /// Two objects that belong together have different numbers of questions or choices.
    #[error("does not have the shape of the tally")]
    Shape,
    /// A proof of correct decryption does not hold.
    #[error("question {question}, choice {choice}: the proof of decryption does not hold")]
    Proof {
        /// The question.
        question: usize,
        /// The ciphertext.
        choice: usize,
    },
    /// The factors are not those that the trustee's key gives, whatever version 1's proofs say.
    #[error("the proof that binds the factors does not hold")]
    Binding,
    /// The owner of a partial decryption is not among the trustees.
    #[error("there is no trustee {0}")]
    NoSuchTrustee(TrusteeId),
    /// Not enough trustees.
    #[error(transparent)]
    TooFew(#[from] TooFewTrustees),
}

impl<G: Group> EncryptedTally<G> {
    /// The tally of no ballots.
    pub fn empty(election: &Election<G>) -> Self {
        Self(
            election
                .questions()
                .iter()
                .map(|q| vec![Ciphertext::zero(); q.ciphertexts()])
                .collect(),
        )
    }

    /// Checks that the tally has the shape of the election's questions.
    ///
    /// # Errors
    /// [`DecryptionError::Shape`].
    pub fn fits(&self, election: &Election<G>) -> Result<(), DecryptionError> {
        self.require_same_shape(&Self::empty(election).0)
    }

    /// Adds a ballot, which has been verified, `weight` times.
    ///
    /// # Errors
    /// [`DecryptionError::Shape`] if it is a ballot of another election; the tally is then unchanged.
    pub fn add(&mut self, ballot: &Ballot<G>, weight: u64) -> Result<(), DecryptionError> {
        let ciphertexts = Self(ballot.answers.iter().map(|a| a.choices.clone()).collect());
        self.require_same_shape(&ciphertexts.0)?;
        for (sums, choices) in self.0.iter_mut().zip(&ciphertexts.0) {
            for (sum, choice) in sums.iter_mut().zip(choices) {
                *sum = sum.plus(&choice.times(weight));
            }
        }
        Ok(())
    }

    /// Adds another tally of the same election, so that parts can be summed in parallel.
    ///
    /// # Errors
    /// [`DecryptionError::Shape`]; the tally is then unchanged.
    pub fn merge(&mut self, other: &Self) -> Result<(), DecryptionError> {
        self.require_same_shape(&other.0)?;
        for (sums, others) in self.0.iter_mut().zip(&other.0) {
            for (sum, other) in sums.iter_mut().zip(others) {
                *sum = sum.plus(other);
            }
        }
        Ok(())
    }

    /// The ciphertexts, question by question.
    pub fn ciphertexts(&self) -> &[Vec<Ciphertext<G>>] {
        &self.0
    }

    /// gᵐ for each count m, from partial decryptions that have been verified. A discrete logarithm gives the counts.
    ///
    /// Of a threshold group with more than t members present the first t are used.
    ///
    /// # Errors
    /// [`DecryptionError::TooFew`], [`DecryptionError::Shape`].
    pub fn open(
        &self,
        trustees: &Trustees<G>,
        partials: &BTreeMap<TrusteeId, PartialDecryption<G>>,
    ) -> Result<Vec<Vec<G::Element>>, DecryptionError> {
        let present: Vec<TrusteeId> = partials.keys().copied().collect();
        let weights = trustees.weights(&present)?;
        let used: Vec<(G::Scalar, &PartialDecryption<G>)> = weights
            .into_iter()
            .filter_map(|(id, weight)| Some((weight, partials.get(&id)?)))
            .collect();
        for (_, partial) in &used {
            self.require_same_shape(&partial.decryption_factors)?;
        }
        let factor = |question: usize, choice: usize| {
            let terms: Vec<(G::Scalar, &G::Element)> = used
                .iter()
                .filter_map(|(weight, partial)| {
                    Some((
                        *weight,
                        partial.decryption_factors.get(question)?.get(choice)?,
                    ))
                })
                .collect();
            G::public_sum(&terms)
        };
        Ok(self
            .0
            .iter()
            .enumerate()
            .map(|(question, ciphertexts)| {
                ciphertexts
                    .iter()
                    .enumerate()
                    .map(|(choice, c)| c.beta.minus(&factor(question, choice)))
                    .collect()
            })
            .collect())
    }

    fn require_same_shape<T>(&self, other: &[Vec<T>]) -> Result<(), DecryptionError> {
        let same = self.0.len() == other.len()
            && self.0.iter().zip(other).all(|(a, b)| a.len() == b.len());
        if same {
            Ok(())
        } else {
            Err(DecryptionError::Shape)
        }
    }
}

impl<G: Group> PartialDecryption<G> {
    /// Decrypts `tally` as far as one trustee can.
    ///
    /// Version 1's object alone; [`crate::BoundDecryption::make`] also binds the factors.
    pub fn make(
        tally: &EncryptedTally<G>,
        key: &SecretKey<G>,
        election: &Election<G>,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let context = context(election, &key.public_key());
        let mut decryption_factors = Vec::with_capacity(tally.0.len());
        let mut decryption_proofs = Vec::with_capacity(tally.0.len());
        for ciphertexts in &tally.0 {
            let (factors, proofs) = ciphertexts
                .iter()
                .map(|c| {
                    (
                        G::multiply(&c.alpha, key.scalar()),
                        Proof::of_equality(key.scalar(), &c.alpha, &context, rng),
                    )
                })
                .unzip();
            decryption_factors.push(factors);
            decryption_proofs.push(proofs);
        }
        Self {
            decryption_factors,
            decryption_proofs,
        }
    }

    /// Checks that this is the part of the trustee with `public_key` in the decryption of `tally`.
    ///
    /// # Errors
    /// [`DecryptionError::Shape`], or [`DecryptionError::Proof`] for the first proof that does not hold.
    pub fn verify(
        &self,
        tally: &EncryptedTally<G>,
        public_key: &G::Element,
        election: &Election<G>,
    ) -> Result<(), DecryptionError> {
        tally.require_same_shape(&self.decryption_factors)?;
        tally.require_same_shape(&self.decryption_proofs)?;
        let context = context(election, public_key);
        let rows = tally
            .0
            .iter()
            .zip(self.decryption_factors.iter().zip(&self.decryption_proofs))
            .enumerate();
        for (question, (ciphertexts, (factors, proofs))) in rows {
            for (choice, (c, (factor, proof))) in ciphertexts
                .iter()
                .zip(factors.iter().zip(proofs))
                .enumerate()
            {
                if !proof.shows_equality(public_key, &c.alpha, factor, &context) {
                    return Err(DecryptionError::Proof { question, choice });
                }
            }
        }
        Ok(())
    }
}

fn context<G: Group>(election: &Election<G>, public_key: &G::Element) -> Context {
    let fingerprint = election.fingerprint().to_string();
    DECRYPTION.context([&fingerprint, &G::encode(public_key)])
}

impl<G: Group> Wire for EncryptedTally<G> {
    fn write(&self, out: &mut Writer) {
        self.0.write(out);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        Wire::read(reader).map(Self)
    }
}

impl<G: Group> Wire for PartialDecryption<G> {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("decryption_factors", &self.decryption_factors);
            o.member("decryption_proofs", &self.decryption_proofs);
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            Ok(Self {
                decryption_factors: o.required("decryption_factors")?,
                decryption_proofs: o.required("decryption_proofs")?,
            })
        })
    }
}

impl Wire for ElectionResult {
    fn write(&self, out: &mut Writer) {
        let weights = |counts: &Vec<u64>| counts.iter().copied().map(Weight).collect();
        let result: Vec<Vec<Weight>> = self.result.iter().map(weights).collect();
        out.object(|o| o.member("result", &result));
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            let result: Vec<Vec<Weight>> = o.required("result")?;
            let counts = |weights: Vec<Weight>| weights.into_iter().map(|count| count.0).collect();
            Ok(Self {
                result: result.into_iter().map(counts).collect(),
            })
        })
    }
}
