//! Ed25519: the subgroup of prime order of the curve of RFC 8032.
//!
//! An element is written as the 64 lowercase hexadecimal digits of its RFC 8032 encoding *reversed*, that is, the
//! number (x mod 2)·2²⁵⁵ + y with the most significant digit first. Belenios specification 3.3.0, section 5.2.1.

mod curve;
mod element;
mod field;
mod multiples;
mod subgroup;

use std::fmt;
use std::sync::{Arc, LazyLock, OnceLock};

use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, ED25519_BASEPOINT_TABLE};
use curve25519_dalek::edwards::{EdwardsBasepointTable, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::{BasepointTable, VartimeMultiscalarMul};
use rand_core::CryptoRng;

use super::{ElementFault, Group, GroupScalar, PublicBranch, ScalarFault};
use crate::decimal;
use crate::wire::{Reader, Wire, WireError, Writer};
pub use element::Ed25519Element;
use element::{LIBRARY_ALONE, computed, public};
use multiples::Comb;

/// The group of RFC 8032's base point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ed25519;

/// A fixed element with its tables: one for secret multiples, one for public ones, made when it is first needed.
#[derive(Clone)]
pub struct Ed25519Base {
    secret: Arc<EdwardsBasepointTable>,
    public: Arc<OnceLock<Comb>>,
    element: Ed25519Element,
}

/// The table of g for public multiples.
static GENERATOR: LazyLock<Comb> = LazyLock::new(|| Comb::new(&Ed25519::generator().public()));

impl Group for Ed25519 {
    const NAME: &'static str = "Ed25519";
    type Scalar = Scalar;
    type Element = Ed25519Element;
    type Base = Ed25519Base;

    fn random_scalar(rng: &mut impl CryptoRng) -> Scalar {
        Scalar::random(rng)
    }

    fn reduce(big_endian: &[u8; 32]) -> Scalar {
        let mut little = *big_endian;
        little.reverse();
        Scalar::from_bytes_mod_order(little)
    }

    fn reduce_wide(big_endian: &[u8; 64]) -> Scalar {
        let mut little = *big_endian;
        little.reverse();
        Scalar::from_bytes_mod_order_wide(&little)
    }

    fn invert(scalar: &Scalar) -> Scalar {
        scalar.invert()
    }

    fn identity() -> Ed25519Element {
        element::identity()
    }

    fn generator() -> Ed25519Element {
        computed(ED25519_BASEPOINT_POINT)
    }

    fn base(element: &Ed25519Element) -> Ed25519Base {
        Ed25519Base {
            secret: Arc::new(EdwardsBasepointTable::create(&element.library())),
            public: Arc::default(),
            element: *element,
        }
    }

    fn multiply_generator(k: &Scalar) -> Ed25519Element {
        computed(ED25519_BASEPOINT_TABLE.mul_base(k))
    }

    fn multiply_base(base: &Ed25519Base, k: &Scalar) -> Ed25519Element {
        computed(base.secret.mul_base(k))
    }

    fn multiply(element: &Ed25519Element, k: &Scalar) -> Ed25519Element {
        computed(element.library() * k)
    }

    fn public_generator_sum(s: &Scalar, x: &Ed25519Element, c: &Scalar) -> Ed25519Element {
        computed(EdwardsPoint::vartime_double_scalar_mul_basepoint(
            c,
            &x.library(),
            s,
        ))
    }

    fn public_sum(terms: &[(Scalar, &Ed25519Element)]) -> Ed25519Element {
        computed(EdwardsPoint::vartime_multiscalar_mul(
            terms.iter().map(|(k, _)| k),
            terms.iter().map(|(_, x)| x.library()),
        ))
    }

    fn public_commitments(
        y: &Ed25519Base,
        alpha: &Ed25519Element,
        beta: &Ed25519Element,
        branches: &[PublicBranch<Self>],
    ) -> Vec<Ed25519Element> {
        // Our field's limbs are for words of 64 bits. In WebAssembly the library's are quicker, even one by one.
        if LIBRARY_ALONE || cfg!(target_pointer_width = "32") {
            one_by_one(y, alpha, beta, branches)
        } else {
            together(y, alpha, beta, branches)
        }
    }

    fn encode_all(elements: &[Ed25519Element]) -> Vec<String> {
        Ed25519Element::encode_all(elements)
    }

    fn decode(text: &str) -> Result<Ed25519Element, ElementFault> {
        Ed25519Element::decode(text)
    }
}

/// Commitments whose multiples share their doublings, and take the fixed bases from a table.
fn together(
    y: &Ed25519Base,
    alpha: &Ed25519Element,
    beta: &Ed25519Element,
    branches: &[PublicBranch<Ed25519>],
) -> Vec<Ed25519Element> {
    let challenges: Vec<Scalar> = branches.iter().map(|branch| branch.challenge).collect();
    let alphas = multiples::multiples(&alpha.public(), &challenges);
    let betas = multiples::multiples(&beta.public(), &challenges);
    let y = y.public.get_or_init(|| Comb::new(&y.element.public()));
    let mut commitments = Vec::with_capacity(2 * branches.len());
    for (branch, (mut a, mut b)) in branches.iter().zip(alphas.into_iter().zip(betas)) {
        GENERATOR.add_multiple(&mut a, &branch.response);
        y.add_multiple(&mut b, &branch.response);
        // (β/gᵛ)ᶜ as βᶜ·g^(−v·c), so that only multiples of β are needed.
        let claimed = -(branch.challenge * Scalar::from(branch.value));
        GENERATOR.add_multiple(&mut b, &claimed);
        commitments.extend([a, b].map(public));
    }
    commitments
}

/// The same by the curve library.
fn one_by_one(
    y: &Ed25519Base,
    alpha: &Ed25519Element,
    beta: &Ed25519Element,
    branches: &[PublicBranch<Ed25519>],
) -> Vec<Ed25519Element> {
    let [y, alpha, beta] = [&y.element, alpha, beta].map(Ed25519Element::library);
    let mut commitments = Vec::with_capacity(2 * branches.len());
    // The values are small and mostly ascending, hence counted up.
    let (mut value, mut hidden) = (0, beta);
    for branch in branches {
        if branch.value < value {
            (value, hidden) = (0, beta);
        }
        while value < branch.value {
            hidden -= ED25519_BASEPOINT_POINT;
            value += 1;
        }
        let (s, c) = (branch.response, branch.challenge);
        commitments.push(computed(EdwardsPoint::vartime_double_scalar_mul_basepoint(
            &c, &alpha, &s,
        )));
        commitments.push(computed(EdwardsPoint::vartime_multiscalar_mul(
            [s, c],
            [y, hidden],
        )));
    }
    commitments
}

impl GroupScalar for Scalar {}

impl Wire for Scalar {
    fn write(&self, out: &mut Writer) {
        let mut bytes = self.to_bytes();
        bytes.reverse();
        out.string(&decimal::encode(&bytes));
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.plain_string(|text| {
            let mut bytes = decimal::decode::<32>(text)?;
            bytes.reverse();
            Option::from(Scalar::from_canonical_bytes(bytes)).ok_or(ScalarFault::Range)
        })
    }
}

impl Wire for Ed25519Element {
    fn write(&self, out: &mut Writer) {
        out.string(&Ed25519::encode(self));
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.plain_string(Ed25519::decode)
    }
}

impl fmt::Debug for Ed25519Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ed25519Base")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn commitments_are_the_same_on_every_machine(seeds: [[u8; 32]; 4], value in 0_u64..12) {
            let [k, l, m, n] = seeds.map(Scalar::from_bytes_mod_order);
            let [y, alpha, beta] = [k, l, m].map(|k| Ed25519::multiply_generator(&k));
            let branches = [(k, n, 0), (l, m, 1), (n, n, value)]
                .map(|(response, challenge, value)| PublicBranch { response, challenge, value });
            let y = Ed25519::base(&y);
            prop_assert_eq!(
                Ed25519::encode_all(&together(&y, &alpha, &beta, &branches)),
                Ed25519::encode_all(&one_by_one(&y, &alpha, &beta, &branches))
            );
        }
    }
}
