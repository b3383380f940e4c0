//! What version 1's proof of decryption leaves open, closed beside the archive.
//!
//! Its challenge names neither the ciphertext nor the factor. Who can still choose a ciphertext after the challenge – a trustee
//! who casts the last ballot, or has that voter's help – can therefore prove a false factor (D. Bernhard, O. Pereira, B. Warinschi,
//! *How not to prove yourself*, ASIACRYPT 2012). The format of the archive is others', so the remedy stands beside it: one
//! more proof for all of a trustee's factors D₁, D₂, … of the ciphertexts' α₁, α₂, …, whose hash names all of them:
//!
//! 1. T is the hash (base64) of `φ|X|α₁,D₁,α₂,D₂,…`, for the election's fingerprint φ and the trustee's key X.
//! 2. With ρᵢ = H(`minsheng-weight|T|i`), i from 1, α = ∏ αᵢ^ρᵢ and D = ∏ Dᵢ^ρᵢ.
//! 3. A proof that the logarithm of X to g is that of D to α, with the prefix `minsheng-decrypt|T|`.
//!
//! If one Dᵢ is false, D is too, but for one choice of ρ in q, and T fixes ρ after the factors.

use std::collections::BTreeMap;

use rand_core::CryptoRng;

use crate::context::{BINDING, Context};
use crate::decryption::{DecryptionError, EncryptedTally, PartialDecryption};
use crate::digest::{Digest, sha256};
use crate::election::Election;
use crate::group::Group;
use crate::proof::Proof;
use crate::trustee::{SecretKey, TrusteeId, Trustees};
use crate::wire::{Reader, Wire, WireError, Writer};

/// A partial decryption with the proof that binds its factors. A trustee's device makes both at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundDecryption<G: Group> {
    /// Version 1's object, which goes into the archive.
    pub partial: PartialDecryption<G>,
    /// The proof that binds its factors, which stands beside the archive.
    pub binding: Proof<G>,
}

/// A tally that the trustees have opened together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened<G: Group> {
    /// gᵐ for each count m. A discrete logarithm gives the counts.
    pub powers: Vec<Vec<G::Element>>,
    /// The partial decryptions that were refused, in spite of which there were enough.
    pub refused: Vec<RefusedPartial>,
}

/// A partial decryption that is refused, with its owner to blame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the partial decryption of trustee {owner}: {error}")]
pub struct RefusedPartial {
    /// The trustee to blame.
    pub owner: TrusteeId,
    /// What is wrong with it.
    pub error: DecryptionError,
}

/// Too few partial decryptions are valid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}{}", refused.iter().flat_map(|one| ["; ".to_owned(), one.to_string()]).collect::<String>())]
pub struct Unopened {
    /// Who is missing.
    pub error: DecryptionError,
    /// Those that were refused.
    pub refused: Vec<RefusedPartial>,
}

impl<G: Group> BoundDecryption<G> {
    /// Decrypts `tally` as far as one trustee can.
    ///
    /// A device that keeps a secret key calls this for one tally of an election, which it has recomputed itself, once.
    pub fn make(
        tally: &EncryptedTally<G>,
        key: &SecretKey<G>,
        election: &Election<G>,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let partial = PartialDecryption::make(tally, key, election, rng);
        let statement = Statement::new(&partial, tally, &key.public_key(), election);
        let binding = Proof::of_equality(key.scalar(), &statement.alpha, &statement.context, rng);
        Self { partial, binding }
    }

    /// Checks that this is the part of the trustee with `public_key` in the decryption of `tally`.
    ///
    /// # Errors
    /// [`DecryptionError::Shape`], [`DecryptionError::Proof`] or [`DecryptionError::Binding`].
    pub fn verify(
        &self,
        tally: &EncryptedTally<G>,
        public_key: &G::Element,
        election: &Election<G>,
    ) -> Result<(), DecryptionError> {
        self.partial.verify(tally, public_key, election)?;
        self.partial
            .verify_binding(&self.binding, tally, public_key, election)
    }
}

impl<G: Group> EncryptedTally<G> {
    /// Verifies bound partial decryptions, leaves out those that are refused, and opens the tally with the others.
    ///
    /// # Errors
    /// [`Unopened`] if too few are valid; it names the owners of those that are not.
    pub fn open_with_valid(
        &self,
        election: &Election<G>,
        trustees: &Trustees<G>,
        partials: &BTreeMap<TrusteeId, BoundDecryption<G>>,
    ) -> Result<Opened<G>, Unopened> {
        let (mut valid, mut refused) = (BTreeMap::new(), Vec::new());
        for (owner, bound) in partials {
            let verdict = trustees
                .verification_key(*owner)
                .ok_or(DecryptionError::NoSuchTrustee(*owner))
                .and_then(|key| bound.verify(self, key.public_key(), election));
            match verdict {
                Ok(()) => drop(valid.insert(*owner, bound.partial.clone())),
                Err(error) => refused.push(RefusedPartial {
                    owner: *owner,
                    error,
                }),
            }
        }
        match self.open(trustees, &valid) {
            Ok(powers) => Ok(Opened { powers, refused }),
            Err(error) => Err(Unopened { error, refused }),
        }
    }
}

impl<G: Group> PartialDecryption<G> {
    /// Checks that `binding` binds the factors, which have been verified.
    ///
    /// # Errors
    /// [`DecryptionError::Binding`].
    pub fn verify_binding(
        &self,
        binding: &Proof<G>,
        tally: &EncryptedTally<G>,
        public_key: &G::Element,
        election: &Election<G>,
    ) -> Result<(), DecryptionError> {
        let Statement {
            context,
            alpha,
            factor,
        } = Statement::new(self, tally, public_key, election);
        if binding.shows_equality(public_key, &alpha, &factor, &context) {
            Ok(())
        } else {
            Err(DecryptionError::Binding)
        }
    }
}

/// What is proved: that X has the logarithm to g that `factor` has to `alpha`.
struct Statement<G: Group> {
    context: Context,
    alpha: G::Element,
    factor: G::Element,
}

impl<G: Group> Statement<G> {
    fn new(
        partial: &PartialDecryption<G>,
        tally: &EncryptedTally<G>,
        public_key: &G::Element,
        election: &Election<G>,
    ) -> Self {
        let alphas: Vec<G::Element> = tally
            .ciphertexts()
            .iter()
            .flatten()
            .map(|c| c.alpha.clone())
            .collect();
        let factors: Vec<G::Element> = partial
            .decryption_factors
            .iter()
            .flatten()
            .cloned()
            .collect();
        let pairs = G::encode_all(&alphas)
            .into_iter()
            .zip(G::encode_all(&factors));
        let pairs: Vec<String> = pairs
            .map(|(alpha, factor)| format!("{alpha},{factor}"))
            .collect();
        let all = Digest::of(format!(
            "{}|{}|{}",
            election.fingerprint(),
            G::encode(public_key),
            pairs.join(",")
        ));
        let weights: Vec<G::Scalar> = (1..=alphas.len())
            .map(|i| G::reduce(&sha256([format!("minsheng-weight|{all}|{i}").as_bytes()])))
            .collect();
        let sum = |elements: &[G::Element]| {
            let terms: Vec<_> = weights.iter().copied().zip(elements).collect();
            G::public_sum(&terms)
        };
        Self {
            context: BINDING.context([&all.to_string()]),
            alpha: sum(&alphas),
            factor: sum(&factors),
        }
    }
}

impl<G: Group> Wire for BoundDecryption<G> {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("partial_decryption", &self.partial);
            o.member("binding", &self.binding);
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            Ok(Self {
                partial: o.required("partial_decryption")?,
                binding: o.required("binding")?,
            })
        })
    }
}
