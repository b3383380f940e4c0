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
use curve::Point;
pub use element::Ed25519Element;
use element::computed;
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

/// A point that is only ever encoded, in coordinates for public values.
#[derive(Debug, Clone, Copy)]
pub struct Ed25519Commitment(Point);

/// The table of g for public multiples.
static GENERATOR: LazyLock<Comb> = LazyLock::new(|| Comb::new(&Ed25519::generator().public()));

impl Group for Ed25519 {
    const NAME: &'static str = "Ed25519";
    type Scalar = Scalar;
    type Element = Ed25519Element;
    type Base = Ed25519Base;
    type Commitment = Ed25519Commitment;

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
        element::IDENTITY
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
    ) -> Vec<Ed25519Commitment> {
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
            commitments.extend([Ed25519Commitment(a), Ed25519Commitment(b)]);
        }
        commitments
    }

    fn encode_commitments(commitments: &[Ed25519Commitment]) -> Vec<String> {
        let points: Vec<Point> = commitments.iter().map(|commitment| commitment.0).collect();
        let encodings = Point::encode_all(&points);
        encodings.iter().map(element::to_text).collect()
    }

    fn encode_all(elements: &[Ed25519Element]) -> Vec<String> {
        Ed25519Element::encode_all(elements)
    }

    fn decode(text: &str) -> Result<Ed25519Element, ElementFault> {
        Ed25519Element::decode(text)
    }
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
