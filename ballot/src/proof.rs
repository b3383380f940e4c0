//! Proofs of knowledge: that a number is known, and that one of several statements about a ciphertext is true.
//!
//! All are Fiat–Shamir transformed: the challenge is SHA-256 of a context that names what is proved, and of the
//! commitments, modulo q. A response is w − x·c, so that a verifier recomputes the commitment
//! as gʳᵉˢᵖᵒⁿˢᵉ·Xᶜʰᵃˡˡᵉⁿᵍᵉ. Specification 3.3.0, sections 4.5, 4.12, 4.13 and 4.16.

use std::marker::PhantomData;

use rand_core::CryptoRng;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

pub use crate::context::{Context, Kind};
use crate::digest::sha256;
use crate::elgamal::Ciphertext;
use crate::group::{Group, GroupElement, PublicBranch};
use crate::wire::{Reader, Wire, WireError, Writer};

/// A challenge and the response to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof<G: Group> {
    /// The challenge c.
    pub challenge: G::Scalar,
    /// The response w − x·c.
    pub response: G::Scalar,
}

impl<G: Group> Proof<G> {
    /// Proves knowledge of `secret`, the logarithm of a public key, in a context that names it.
    pub fn of_knowledge(secret: &G::Scalar, context: &Context, rng: &mut impl CryptoRng) -> Self {
        let nonce = Zeroizing::new(G::random_scalar(rng));
        let commitment = G::multiply_generator(&nonce);
        let challenge = challenge::<G>(context, &G::encode_all(&[commitment]));
        Self {
            challenge,
            response: *nonce - *secret * challenge,
        }
    }

    /// Checks a proof of knowledge of the logarithm of `public`.
    pub fn shows_knowledge(&self, public: &G::Element, context: &Context) -> bool {
        let commitment = G::public_generator_sum(&self.response, public, &self.challenge);
        challenge::<G>(context, &G::encode_all(&[commitment])) == self.challenge
    }

    /// Proves that `secret` is the logarithm of a public key to the base g, and of a second element to `base`.
    pub fn of_equality(
        secret: &G::Scalar,
        base: &G::Element,
        context: &Context,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let nonce = Zeroizing::new(G::random_scalar(rng));
        let commitments = [G::multiply_generator(&nonce), G::multiply(base, &nonce)];
        let challenge = challenge::<G>(context, &G::encode_all(&commitments));
        Self {
            challenge,
            response: *nonce - *secret * challenge,
        }
    }

    /// Checks that `public` to the base g and `power` to `base` have the same logarithm.
    pub fn shows_equality(
        &self,
        public: &G::Element,
        base: &G::Element,
        power: &G::Element,
        context: &Context,
    ) -> bool {
        let commitments = [
            G::public_generator_sum(&self.response, public, &self.challenge),
            G::public_sum(&[(self.response, base), (self.challenge, power)]),
        ];
        challenge::<G>(context, &G::encode_all(&commitments)) == self.challenge
    }
}

impl<G: Group> Wire for Proof<G> {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("challenge", &self.challenge);
            o.member("response", &self.response);
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            Ok(Self {
                challenge: o.required("challenge")?,
                response: o.required("response")?,
            })
        })
    }
}

/// SHA-256 of the context and the encoded elements joined by commas, modulo q.
pub(crate) fn challenge<G: Group>(context: &Context, elements: &[String]) -> G::Scalar {
    let mut parts: Vec<&[u8]> = Vec::with_capacity(2 * elements.len() + 1);
    parts.push(context.as_str().as_bytes());
    for (index, element) in elements.iter().enumerate() {
        if index > 0 {
            parts.push(b",");
        }
        parts.push(element.as_bytes());
    }
    G::reduce(&sha256(parts))
}

/// One branch of a disjunction, as the prover knows it: a ciphertext with randomness `r` hides a message that
/// differs by `distance` from what the branch claims.
pub(crate) struct Branch<G: Group> {
    pub(crate) r: G::Scalar,
    pub(crate) distance: G::Scalar,
}

/// One branch as the verifier sees it: `ciphertext` hides `value`.
pub(crate) struct Claim<'c, G: Group> {
    pub(crate) ciphertext: &'c Ciphertext<G>,
    pub(crate) value: u64,
}

/// A disjunction between its commitments and its challenge.
///
/// The specification tells a prover to simulate the false branches and to answer the true one, which would make
/// its steps depend on the choice. Here every branch takes the same steps: with wⱼ and cⱼ at random, Aⱼ = g^wⱼ and
/// Bⱼ = y^wⱼ · g^(distanceⱼ·cⱼ) are what the simulation of branch j gives for the response wⱼ − r·cⱼ, and in the true
/// branch, whose distance is zero, they do not depend on cⱼ. So cⱼ of the true branch can be set afterwards,
/// by a selection in constant time. The proofs have the distribution of the specification's.
pub(crate) struct Disjunction<G: Group> {
    branches: Vec<Branch<G>>,
    nonces: Zeroizing<Vec<G::Scalar>>,
    challenges: Zeroizing<Vec<G::Scalar>>,
    group: PhantomData<G>,
}

impl<G: Group> Disjunction<G> {
    /// Starts the proof and appends its commitments A₀, B₀, A₁, B₁, … to `commitments`.
    pub(crate) fn commit(
        y: &G::Base,
        branches: Vec<Branch<G>>,
        commitments: &mut Vec<G::Element>,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let mut nonces = Zeroizing::new(Vec::with_capacity(branches.len()));
        let mut challenges = Zeroizing::new(Vec::with_capacity(branches.len()));
        for branch in &branches {
            let nonce = G::random_scalar(rng);
            let challenge = G::random_scalar(rng);
            commitments.push(G::multiply_generator(&nonce));
            commitments.push(
                G::multiply_base(y, &nonce)
                    .plus(&G::multiply_generator(&(branch.distance * challenge))),
            );
            nonces.push(nonce);
            challenges.push(challenge);
        }
        Self {
            branches,
            nonces,
            challenges,
            group: PhantomData,
        }
    }

    /// Answers the challenge in the first branch that is true.
    pub(crate) fn respond(mut self, challenge: G::Scalar) -> Vec<Proof<G>> {
        let zero = G::Scalar::default();
        let missing = self.challenges.iter().fold(challenge, |rest, c| rest - *c);
        let mut answered = Choice::from(0);
        for (branch, challenge) in self.branches.iter().zip(self.challenges.iter_mut()) {
            let answers = branch.distance.ct_eq(&zero) & !answered;
            *challenge = *challenge + G::Scalar::conditional_select(&zero, &missing, answers);
            answered |= answers;
        }
        self.branches
            .iter()
            .zip(self.challenges.iter())
            .zip(self.nonces.iter())
            .map(|((branch, challenge), nonce)| Proof {
                challenge: *challenge,
                response: *nonce - branch.r * *challenge,
            })
            .collect()
    }
}

impl<G: Group> Drop for Branch<G> {
    fn drop(&mut self) {
        use zeroize::Zeroize;
        self.r.zeroize();
        self.distance.zeroize();
    }
}

/// Recomputes the commitments of a disjunction and appends them; returns the sum of its challenges, which the hash
/// must equal. `proofs` and `claims` have the same length.
pub(crate) fn recompute<G: Group>(
    y: &G::Base,
    proofs: &[Proof<G>],
    claims: &[Claim<'_, G>],
    commitments: &mut Vec<G::Element>,
) -> G::Scalar {
    let mut proofs = proofs.iter();
    let mut sum = G::Scalar::default();
    // Claims about one ciphertext stand together, and are cheaper together.
    for claims in claims.chunk_by(|a, b| std::ptr::eq(a.ciphertext, b.ciphertext)) {
        let branches: Vec<PublicBranch<G>> = claims
            .iter()
            .zip(proofs.by_ref())
            .map(|(claim, proof)| PublicBranch {
                response: proof.response,
                challenge: proof.challenge,
                value: claim.value,
            })
            .collect();
        sum = branches.iter().fold(sum, |sum, b| sum + b.challenge);
        if let Some(Claim { ciphertext, .. }) = claims.first() {
            let Ciphertext { alpha, beta } = ciphertext;
            commitments.extend(G::public_commitments(y, alpha, beta, &branches));
        }
    }
    sum
}
