//! Elements: points of the subgroup of prime order, in one of two forms.
//!
//! The curve library's form is for what secrets go into. What was read from others is public: in coordinates of our own,
//! reading it takes a root less, its sums are quicker, and its multiples can share their work. The feature
//! `library-arithmetic` does without: then there is only the first form.

use std::fmt;

use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::{Identity as _, IsIdentity as _};

use super::curve::Point;
use super::field::Field;
use super::subgroup::{self, Place};
use crate::group::{ElementFault, GroupElement};

/// An element: a point of the curve without a component of small order.
#[derive(Clone, Copy)]
pub struct Ed25519Element(Form);

#[derive(Clone, Copy)]
enum Form {
    /// In the curve library, whose operations take a time that does not depend on the values.
    Library(EdwardsPoint),
    /// A public value: read, or computed of such.
    Public {
        point: Point,
        /// Of an element that was read: it is hashed and written again as it was, without an inversion in the field.
        encoding: Option<[u8; 32]>,
    },
}

/// The field's prime 2²⁵⁵ − 19, big-endian: a y coordinate from it on would be a second encoding.
const P: [u8; 32] = {
    let mut p = [0xff; 32];
    p[0] = 0x7f;
    p[31] = 0xed;
    p
};

/// Whether the curve library does everything.
pub(super) const LIBRARY_ALONE: bool = cfg!(feature = "library-arithmetic");

/// The neutral element.
pub(super) fn identity() -> Ed25519Element {
    if LIBRARY_ALONE {
        computed(EdwardsPoint::identity())
    } else {
        public(Point::IDENTITY)
    }
}

/// The element that the curve library has computed.
pub(super) fn computed(point: EdwardsPoint) -> Ed25519Element {
    Ed25519Element(Form::Library(point))
}

/// The element that public arithmetic has computed.
pub(super) fn public(point: Point) -> Ed25519Element {
    Ed25519Element(Form::Public {
        point,
        encoding: None,
    })
}

impl Ed25519Element {
    /// The point for the curve library.
    pub(super) fn library(&self) -> EdwardsPoint {
        match &self.0 {
            Form::Library(point) => *point,
            // Every element is on the curve.
            Form::Public { .. } => CompressedEdwardsY(self.compressed())
                .decompress()
                .unwrap_or_default(),
        }
    }

    /// The point for public arithmetic.
    pub(super) fn public(&self) -> Point {
        match &self.0 {
            Form::Public { point, .. } => *point,
            Form::Library(point) => {
                let (y, odd) = split(point.compress().0);
                let y = Field::from_bytes(&y);
                // Every element is in the subgroup, and so has an x.
                let x = subgroup::x_of(y).unwrap_or(Field::ZERO);
                Point::from_affine(x.with_sign(odd), y)
            }
        }
    }

    /// The encoding of RFC 8032.
    fn compressed(&self) -> [u8; 32] {
        match &self.0 {
            Form::Library(point) => point.compress().0,
            Form::Public {
                encoding: Some(encoding),
                ..
            } => *encoding,
            Form::Public {
                point,
                encoding: None,
            } => point.encode(),
        }
    }

    /// The encodings of RFC 8032, with one inversion for all that have been computed in the same form.
    fn compress_all(elements: &[Self]) -> Vec<[u8; 32]> {
        let (mut library, mut public) = (Vec::new(), Vec::new());
        for element in elements {
            match &element.0 {
                Form::Library(point) => library.push(*point),
                Form::Public {
                    point,
                    encoding: None,
                } => public.push(*point),
                Form::Public {
                    encoding: Some(_), ..
                } => {}
            }
        }
        let mut public = Point::encode_all(&public).into_iter();
        let mut library = compress_library(&library).into_iter();
        elements
            .iter()
            .filter_map(|element| match &element.0 {
                Form::Library(_) => library.next(),
                Form::Public { encoding, .. } => encoding.or_else(|| public.next()),
            })
            .collect()
    }

    pub(super) fn encode_all(elements: &[Self]) -> Vec<String> {
        Self::compress_all(elements).iter().map(to_text).collect()
    }

    pub(super) fn decode(text: &str) -> Result<Self, ElementFault> {
        let mut encoding = from_text(text).ok_or(ElementFault::Encoding)?;
        let mut big_endian = encoding;
        big_endian[0] &= 0x7f;
        if big_endian >= P {
            return Err(ElementFault::NotCanonical);
        }
        encoding.reverse();
        if LIBRARY_ALONE {
            return by_library(encoding);
        }
        let (y, odd) = split(encoding);
        let y = Field::from_bytes(&y);
        match subgroup::place(y) {
            Place::Inside(x) => Ok(Self(Form::Public {
                point: Point::from_affine(x.with_sign(odd), y),
                encoding: Some(encoding),
            })),
            Place::NotCovered | Place::Outside => by_library(encoding),
        }
    }
}

/// The library inverts something even where there is nothing to invert.
fn compress_library(points: &[EdwardsPoint]) -> Vec<[u8; 32]> {
    if points.is_empty() {
        return Vec::new();
    }
    let encodings = EdwardsPoint::compress_batch_alloc(points).into_iter();
    encodings.map(|encoding| encoding.0).collect()
}

/// The element as the library reads it: also one of the few that the quick test does not cover, or what is wrong.
fn by_library(encoding: [u8; 32]) -> Result<Ed25519Element, ElementFault> {
    let (_, odd) = split(encoding);
    let point = CompressedEdwardsY(encoding).decompress();
    let point = point.ok_or(ElementFault::NotOnCurve)?;
    // x = 0 only for y = 1 and y = −1; then the sign bit would make a second encoding.
    if odd && (point.is_identity() || (point + point).is_identity()) {
        return Err(ElementFault::NotCanonical);
    }
    if is_in_subgroup(&point) {
        Ok(computed(point))
    } else {
        Err(ElementFault::NotInSubgroup)
    }
}

/// Whether \[q\]P is neutral, asked as \[q − 1\]P = −P: q − 1 is −1 among the scalars, and the library's multiplication
/// of public points is quicker than its own check.
fn is_in_subgroup(point: &EdwardsPoint) -> bool {
    let minus_one = -Scalar::ONE;
    EdwardsPoint::vartime_double_scalar_mul_basepoint(&minus_one, point, &Scalar::ZERO) == -point
}

/// y, and whether x is odd.
fn split(mut encoding: [u8; 32]) -> ([u8; 32], bool) {
    let last = &mut encoding[31];
    let odd = *last >> 7 == 1;
    *last &= 0x7f;
    (encoding, odd)
}

impl PartialEq for Ed25519Element {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Form::Library(a), Form::Library(b)) => a == b,
            (Form::Public { point: a, .. }, Form::Public { point: b, .. }) => a.equals(b),
            (Form::Library(_), Form::Public { .. }) | (Form::Public { .. }, Form::Library(_)) => {
                self.compressed() == other.compressed()
            }
        }
    }
}

impl Eq for Ed25519Element {}

impl GroupElement for Ed25519Element {
    fn plus(&self, other: &Self) -> Self {
        match (&self.0, &other.0) {
            (Form::Public { point: a, .. }, Form::Public { point: b, .. }) => public(a.plus(b)),
            _ => computed(self.library() + other.library()),
        }
    }

    fn minus(&self, other: &Self) -> Self {
        match (&self.0, &other.0) {
            (Form::Public { point: a, .. }, Form::Public { point: b, .. }) => public(a.minus(b)),
            _ => computed(self.library() - other.library()),
        }
    }

    fn is_identity(&self) -> bool {
        match &self.0 {
            Form::Library(point) => point.is_identity(),
            Form::Public { point, .. } => point.equals(&Point::IDENTITY),
        }
    }
}

impl fmt::Debug for Ed25519Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ed25519Element({})", to_text(&self.compressed()))
    }
}

/// The encoding's bytes from the last to the first, in lowercase hexadecimal.
fn to_text(encoding: &[u8; 32]) -> String {
    encoding
        .iter()
        .rev()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

/// 64 lowercase hexadecimal digits.
fn from_text(text: &str) -> Option<[u8; 32]> {
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
    use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
    use proptest::prelude::*;

    use super::*;
    use crate::group::{Ed25519, Group as _, PublicBranch};

    fn multiple(k: [u8; 32]) -> EdwardsPoint {
        ED25519_BASEPOINT_POINT * Scalar::from_bytes_mod_order(k)
    }

    /// The same element as it is read.
    fn read(element: &Ed25519Element) -> Ed25519Element {
        Ed25519::decode(&Ed25519::encode(element)).unwrap()
    }

    #[test]
    fn the_feature_decides_whose_arithmetic_is_used() {
        let [alpha, beta] = [[7; 32], [8; 32]].map(|k| read(&computed(multiple(k))));
        let branch = PublicBranch {
            response: Scalar::from(5_u64),
            challenge: Scalar::from(6_u64),
            value: 1,
        };
        let mut all = Ed25519::public_commitments(&Ed25519::base(&beta), &alpha, &beta, &[branch]);
        all.extend([
            identity(),
            alpha,
            beta,
            alpha.plus(&beta),
            alpha.minus(&beta),
        ]);
        for element in all {
            let ours = matches!(element.0, Form::Public { .. });
            assert_eq!(ours, !LIBRARY_ALONE, "{element:?}");
        }
    }

    proptest! {
        #[test]
        fn a_component_of_small_order_is_never_in_the_subgroup(k: [u8; 32]) {
            for small in EIGHT_TORSION {
                let sum = multiple(k) + small;
                let inside = small == EdwardsPoint::identity();
                prop_assert_eq!(is_in_subgroup(&sum), inside);
                prop_assert_eq!(sum.is_torsion_free(), inside);
                let encoding = sum.compress().0;
                let decoded = Ed25519Element::decode(&to_text(&encoding));
                if inside {
                    prop_assert_eq!(decoded.unwrap().library(), sum);
                } else {
                    prop_assert_eq!(decoded, Err(ElementFault::NotInSubgroup));
                }
                let (y, odd) = split(encoding);
                match subgroup::place(Field::from_bytes(&y)) {
                    Place::Inside(x) => {
                        prop_assert!(inside);
                        let ours = Point::from_affine(x.with_sign(odd), Field::from_bytes(&y));
                        prop_assert_eq!(ours.encode(), encoding);
                    }
                    Place::Outside => prop_assert!(!inside),
                    Place::NotCovered => prop_assert!(false, "a rare point: {:?}", encoding),
                }
            }
        }

        #[test]
        fn both_forms_of_an_element_are_the_same_element(k: [u8; 32], l: [u8; 32]) {
            let [a, b] = [k, l].map(|k| computed(multiple(k)));
            let (read_a, read_b) = (read(&a), read(&b));
            let sum = computed(multiple(k) + multiple(l));
            let difference = computed(multiple(k) - multiple(l));
            for x in [a, read_a] {
                for y in [b, read_b] {
                    prop_assert_eq!(x.plus(&y), sum);
                    prop_assert_eq!(sum, x.plus(&y));
                    prop_assert_eq!(x.minus(&y), difference);
                    prop_assert_eq!(x == y, k == l);
                    prop_assert!(x.minus(&x).is_identity() && !x.plus(&x).is_identity());
                    prop_assert_eq!(x.plus(&identity()), a);
                    prop_assert_eq!(x.plus(&y).library(), sum.library());
                    prop_assert_eq!(x.public().encode(), a.compressed());
                    let mixed = [x, y, x.plus(&y), x.minus(&y), identity()];
                    let one_by_one = [a, b, sum, difference, computed(EdwardsPoint::identity())];
                    let one_by_one: Vec<String> = one_by_one.iter().map(Ed25519::encode).collect();
                    prop_assert_eq!(Ed25519::encode_all(&mixed), one_by_one);
                }
            }
        }
    }
}
