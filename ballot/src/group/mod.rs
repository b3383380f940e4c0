//! The group in which ballots are sealed.
//!
//! A cyclic group of prime order q with a generator g. The specification writes it multiplicatively; the code writes
//! gᵃ·Xᵇ as a sum of multiples, as elliptic curves do. Every value of [`Group::Element`] *is* in the group of
//! order q: reading one checks it, and nothing else makes one from outside.

mod belenios2048;
mod choice;
mod ed25519;

use std::fmt::Debug;
use std::ops::{Add, Mul, Neg, Sub};

use rand_core::CryptoRng;
use subtle::{ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroize;

pub use belenios2048::{Belenios2048, Belenios2048Base, Belenios2048Element, Belenios2048Scalar};
pub use choice::{GROUPS, InGroup, UnknownGroup, in_group};
pub use ed25519::{Ed25519, Ed25519Base, Ed25519Element};

use crate::wire::Wire;
pub use crate::wire::{ElementFault, ScalarFault};

/// A group of prime order q ≈ 2²⁵⁶ in which discrete logarithms are hard.
///
/// Functions whose name begins with `public_` may take a time that depends on their arguments, and are therefore
/// for public values only. All others take a time that does not depend on the values.
pub trait Group: Debug + Copy + Eq + Send + Sync + 'static {
    /// The group's name in the election object.
    const NAME: &'static str;

    /// An integer modulo q. Its encoding is a string in base 10.
    type Scalar: GroupScalar;
    /// An element of the group.
    type Element: GroupElement;
    /// A fixed element with tables that make its multiples cheap.
    type Base: Debug + Clone + Send + Sync;

    /// A uniformly random scalar.
    fn random_scalar(rng: &mut impl CryptoRng) -> Self::Scalar;
    /// A 256-bit big-endian number, modulo q.
    fn reduce(big_endian: &[u8; 32]) -> Self::Scalar;
    /// A 512-bit big-endian number, modulo q.
    fn reduce_wide(big_endian: &[u8; 64]) -> Self::Scalar;
    /// 1 / `scalar` modulo q; zero for zero.
    fn invert(scalar: &Self::Scalar) -> Self::Scalar;

    /// The neutral element.
    fn identity() -> Self::Element;
    /// g.
    fn generator() -> Self::Element;
    /// Prepares a fixed base.
    fn base(element: &Self::Element) -> Self::Base;

    /// gᵏ.
    fn multiply_generator(k: &Self::Scalar) -> Self::Element;
    /// Yᵏ for a prepared Y.
    fn multiply_base(base: &Self::Base, k: &Self::Scalar) -> Self::Element;
    /// Xᵏ.
    fn multiply(element: &Self::Element, k: &Self::Scalar) -> Self::Element;

    /// gˢ·Xᶜ, for public values.
    fn public_generator_sum(s: &Self::Scalar, x: &Self::Element, c: &Self::Scalar)
    -> Self::Element;
    /// The product of all Xᵢ to the power of kᵢ, for public values.
    fn public_sum(terms: &[(Self::Scalar, &Self::Element)]) -> Self::Element;

    /// The commitments A₀, B₀, A₁, B₁, … of the branches of a proof about one ciphertext (α, β), for public values:
    /// Aⱼ = gˢ·αᶜ and Bⱼ = yˢ·(β/gᵛ)ᶜ for a prepared y, where s, c and v are the branch's response, challenge and value.
    fn public_commitments(
        y: &Self::Base,
        alpha: &Self::Element,
        beta: &Self::Element,
        branches: &[PublicBranch<Self>],
    ) -> Vec<Self::Element>;

    /// The elements' encodings (without quotes), which for many at once is cheaper than one by one.
    fn encode_all(elements: &[Self::Element]) -> Vec<String>;
    /// The element's encoding, without quotes.
    fn encode(element: &Self::Element) -> String {
        Self::encode_all(std::slice::from_ref(element)).concat()
    }
    /// Reads an element from its one encoding, without quotes, and checks that it belongs to the group.
    ///
    /// # Errors
    /// [`ElementFault`].
    fn decode(text: &str) -> Result<Self::Element, ElementFault>;
}

/// One branch of a proof, as everyone sees it: that a ciphertext hides `value`.
#[derive(Debug, Clone, Copy)]
pub struct PublicBranch<G: Group> {
    /// The response s.
    pub response: G::Scalar,
    /// The challenge c.
    pub challenge: G::Scalar,
    /// The number v that the ciphertext is said to hide.
    pub value: u64,
}

/// What the protocol needs of an integer modulo q.
pub trait GroupScalar:
    Debug
    + Copy
    + Default
    + Eq
    + From<u64>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Neg<Output = Self>
    + ConstantTimeEq
    + ConditionallySelectable
    + Zeroize
    + Wire
    + Send
    + Sync
    + 'static
{
}

/// What the protocol needs of an element.
pub trait GroupElement: Debug + Clone + Eq + Wire + Send + Sync + 'static {
    /// The group's operation.
    #[must_use]
    fn plus(&self, other: &Self) -> Self;
    /// The group's operation with the inverse of `other`.
    #[must_use]
    fn minus(&self, other: &Self) -> Self;
    /// Whether this is the neutral element. For public values.
    fn is_identity(&self) -> bool;
}
