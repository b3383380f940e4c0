//! Exponential ElGamal: (gʳ, yʳ·gᵐ) hides the small number m.

use crate::group::{Group, GroupElement};
use crate::wire::{Reader, Wire, WireError, Writer};

/// An ElGamal ciphertext (α, β).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ciphertext<G: Group> {
    /// gʳ
    pub alpha: G::Element,
    /// yʳ·gᵐ
    pub beta: G::Element,
}

impl<G: Group> Ciphertext<G> {
    /// (1, 1), the encryption of zero without randomness: the start of a sum.
    pub fn zero() -> Self {
        Self {
            alpha: G::identity(),
            beta: G::identity(),
        }
    }

    /// Encrypts `message` under the key `y` with the randomness `r`.
    pub fn seal(y: &G::Base, message: &G::Scalar, r: &G::Scalar) -> Self {
        Self {
            alpha: G::multiply_generator(r),
            beta: G::multiply_base(y, r).plus(&G::multiply_generator(message)),
        }
    }

    /// The encryption of the sum of both messages.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self {
            alpha: self.alpha.plus(&other.alpha),
            beta: self.beta.plus(&other.beta),
        }
    }

    /// The encryption of the message times a public `weight`.
    #[must_use]
    pub fn times(&self, weight: u64) -> Self {
        if weight == 1 {
            return self.clone();
        }
        let weight = G::Scalar::from(weight);
        Self {
            alpha: G::public_sum(&[(weight, &self.alpha)]),
            beta: G::public_sum(&[(weight, &self.beta)]),
        }
    }

    /// The encryption of the sum of all messages.
    pub fn sum<'c>(all: impl IntoIterator<Item = &'c Self>) -> Self {
        all.into_iter().fold(Self::zero(), |sum, c| sum.plus(c))
    }
}

impl<G: Group> Wire for Ciphertext<G> {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("alpha", &self.alpha);
            o.member("beta", &self.beta);
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            Ok(Self {
                alpha: o.required("alpha")?,
                beta: o.required("beta")?,
            })
        })
    }
}
