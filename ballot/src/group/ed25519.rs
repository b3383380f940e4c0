//! Ed25519: the subgroup of prime order of the curve of RFC 8032.
//!
//! An element is written as the 64 lowercase hexadecimal digits of its RFC 8032 encoding *reversed*, that is, the
//! number (x mod 2)·2²⁵⁵ + y with the most significant digit first. Belenios specification 3.3.0, section 5.2.1.

mod curve;
mod field;
mod multiples;
mod subgroup;

use std::fmt;
use std::sync::{Arc, LazyLock, OnceLock};

use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, ED25519_BASEPOINT_TABLE};
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsBasepointTable, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::{BasepointTable, Identity, IsIdentity, VartimeMultiscalarMul};
use rand_core::CryptoRng;

use super::{ElementFault, Group, GroupElement, GroupScalar, PublicBranch, ScalarFault};
use crate::decimal;
use crate::wire::{Reader, Wire, WireError, Writer};
use curve::Point;
use field::Field;
use multiples::Comb;
use subgroup::Place;

/// The group of RFC 8032's base point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ed25519;

/// An element: a point of the curve without a component of small order.
#[derive(Clone, Copy)]
pub struct Ed25519Element {
    point: EdwardsPoint,
    /// Only of an element that was read.
    read: Option<Read>,
}

/// What reading an element has shown, and computing would cost an inversion or a root in the field.
#[derive(Clone, Copy)]
struct Read {
    /// Elements of others' ballots are hashed and written again as they were read.
    encoding: CompressedEdwardsY,
    x: Field,
}

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
static GENERATOR: LazyLock<Comb> = LazyLock::new(|| Comb::new(&affine(&Ed25519::generator())));

/// The field's prime 2²⁵⁵ − 19, big-endian: a y coordinate from it on would be a second encoding.
const P: [u8; 32] = {
    let mut p = [0xff; 32];
    p[0] = 0x7f;
    p[31] = 0xed;
    p
};

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
        computed(EdwardsPoint::identity())
    }

    fn generator() -> Ed25519Element {
        computed(ED25519_BASEPOINT_POINT)
    }

    fn base(element: &Ed25519Element) -> Ed25519Base {
        Ed25519Base {
            secret: Arc::new(EdwardsBasepointTable::create(&element.point)),
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
        computed(element.point * k)
    }

    fn public_generator_sum(s: &Scalar, x: &Ed25519Element, c: &Scalar) -> Ed25519Element {
        computed(EdwardsPoint::vartime_double_scalar_mul_basepoint(
            c, &x.point, s,
        ))
    }

    fn public_sum(terms: &[(Scalar, &Ed25519Element)]) -> Ed25519Element {
        computed(EdwardsPoint::vartime_multiscalar_mul(
            terms.iter().map(|(k, _)| k),
            terms.iter().map(|(_, x)| x.point),
        ))
    }

    fn public_commitments(
        y: &Ed25519Base,
        alpha: &Ed25519Element,
        beta: &Ed25519Element,
        branches: &[PublicBranch<Self>],
    ) -> Vec<Ed25519Commitment> {
        let challenges: Vec<Scalar> = branches.iter().map(|branch| branch.challenge).collect();
        let alphas = multiples::multiples(&affine(alpha), &challenges);
        let betas = multiples::multiples(&affine(beta), &challenges);
        let y = y.public.get_or_init(|| Comb::new(&affine(&y.element)));
        let mut commitments = Vec::with_capacity(2 * branches.len());
        for (branch, (alpha, beta)) in branches.iter().zip(alphas.into_iter().zip(betas)) {
            let a = GENERATOR.add_multiple(alpha, &branch.response);
            // (β/gᵛ)ᶜ as βᶜ·g^(−v·c), so that only multiples of β are needed.
            let claimed = -(branch.challenge * Scalar::from(branch.value));
            let b = GENERATOR.add_multiple(y.add_multiple(beta, &branch.response), &claimed);
            commitments.extend([Ed25519Commitment(a), Ed25519Commitment(b)]);
        }
        commitments
    }

    fn encode_commitments(commitments: &[Ed25519Commitment]) -> Vec<String> {
        let points: Vec<Point> = commitments.iter().map(|commitment| commitment.0).collect();
        let encodings = Point::encode_all(&points);
        encodings.iter().map(hex_reversed).collect()
    }

    fn encode_all(elements: &[Ed25519Element]) -> Vec<String> {
        let computed: Vec<EdwardsPoint> = elements
            .iter()
            .filter(|e| e.read.is_none())
            .map(|e| e.point)
            .collect();
        let mut computed = EdwardsPoint::compress_batch_alloc(&computed).into_iter();
        elements
            .iter()
            .filter_map(|e| e.read.map(|read| read.encoding).or_else(|| computed.next()))
            .map(|encoding| hex_reversed(&encoding.0))
            .collect()
    }

    fn decode(text: &str) -> Result<Ed25519Element, ElementFault> {
        let big_endian = parse_hex(text).ok_or(ElementFault::Encoding)?;
        let mut y = big_endian;
        y[0] &= 0x7f;
        if y >= P {
            return Err(ElementFault::NotCanonical);
        }
        let odd = y != big_endian;
        let mut little = big_endian;
        little.reverse();
        y.reverse();
        let encoding = CompressedEdwardsY(little);
        let point = encoding.decompress().ok_or(ElementFault::NotOnCurve)?;
        // x = 0 only for y = 1 and y = −1; then the sign bit would make a second encoding.
        if odd && (point.is_identity() || (point + point).is_identity()) {
            return Err(ElementFault::NotCanonical);
        }
        let y = Field::from_bytes(&y);
        let x = match subgroup::place(y) {
            Place::Inside(x) => Some(x),
            Place::NotCovered if is_in_subgroup(&point) => subgroup::x_of(y),
            Place::NotCovered | Place::Outside => None,
        };
        let x = x.ok_or(ElementFault::NotInSubgroup)?;
        let x = if x.is_odd() == odd { x } else { -x };
        Ok(Ed25519Element {
            point,
            read: Some(Read { encoding, x }),
        })
    }
}

/// An element that has no encoding yet.
fn computed(point: EdwardsPoint) -> Ed25519Element {
    Ed25519Element { point, read: None }
}

impl Ed25519Element {
    fn compressed(&self) -> CompressedEdwardsY {
        let read = self.read.map(|read| read.encoding);
        read.unwrap_or_else(|| self.point.compress())
    }
}

/// The same point for public arithmetic.
fn affine(element: &Ed25519Element) -> Point {
    let CompressedEdwardsY(mut bytes) = element.compressed();
    let odd = bytes.last().is_some_and(|last| last >> 7 == 1);
    if let Some(last) = bytes.last_mut() {
        *last &= 0x7f;
    }
    let y = Field::from_bytes(&bytes);
    let x = element.read.map(|read| read.x);
    // Every element is in the subgroup, and so has an x.
    let x = x.or_else(|| subgroup::x_of(y)).unwrap_or(Field::ZERO);
    Point::from_affine(if x.is_odd() == odd { x } else { -x }, y)
}

impl PartialEq for Ed25519Element {
    fn eq(&self, other: &Self) -> bool {
        self.point == other.point
    }
}

impl Eq for Ed25519Element {}

impl GroupScalar for Scalar {}

impl GroupElement for Ed25519Element {
    fn plus(&self, other: &Self) -> Self {
        computed(self.point + other.point)
    }

    fn minus(&self, other: &Self) -> Self {
        computed(self.point - other.point)
    }

    fn is_identity(&self) -> bool {
        self.point.is_identity()
    }
}

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
        out.string(&hex_reversed(&self.compressed().0));
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.plain_string(Ed25519::decode)
    }
}

impl fmt::Debug for Ed25519Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ed25519Element({})", hex_reversed(&self.compressed().0))
    }
}

impl fmt::Debug for Ed25519Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ed25519Base")
    }
}

/// Whether \[q\]P is neutral, asked as \[q − 1\]P = −P: q − 1 is −1 among the scalars, and the library's multiplication
/// of public points takes four fifths of the time of its own check (30 against 38 µs). [`subgroup`] is quicker still.
fn is_in_subgroup(point: &EdwardsPoint) -> bool {
    let minus_one = -Scalar::ONE;
    EdwardsPoint::vartime_double_scalar_mul_basepoint(&minus_one, point, &Scalar::ZERO) == -point
}

/// The encoding's bytes from the last to the first, in lowercase hexadecimal.
fn hex_reversed(encoding: &[u8; 32]) -> String {
    encoding
        .iter()
        .rev()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

/// 64 lowercase hexadecimal digits.
fn parse_hex(text: &str) -> Option<[u8; 32]> {
    let digits: &[u8; 64] = text.as_bytes().try_into().ok()?;
    let mut bytes = [0; 32];
    for (byte, [high, low]) in bytes.iter_mut().zip(digits.as_chunks::<2>().0) {
        *byte = hex_digit(*high)? << 4 | hex_digit(*low)?;
    }
    Some(bytes)
}

fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use curve25519_dalek::constants::EIGHT_TORSION;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_component_of_small_order_is_never_in_the_subgroup(k: [u8; 32]) {
            let point = ED25519_BASEPOINT_POINT * Scalar::from_bytes_mod_order(k);
            for small in EIGHT_TORSION {
                let sum = point + small;
                prop_assert_eq!(is_in_subgroup(&sum), small == EdwardsPoint::identity());
                prop_assert_eq!(is_in_subgroup(&sum), sum.is_torsion_free());
                let mut y = sum.compress().0;
                y[31] &= 0x7f;
                let inside = match subgroup::place(Field::from_bytes(&y)) {
                    Place::Inside(x) => {
                        let (x, y) = (x.square(), Field::from_bytes(&y).square());
                        prop_assert!((y - x - Field::ONE - subgroup::D * x * y).is_zero());
                        Some(true)
                    }
                    Place::Outside => Some(false),
                    Place::NotCovered => None,
                };
                prop_assert_eq!(inside, Some(sum.is_torsion_free()));
            }
        }
    }
}
