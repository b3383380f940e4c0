//! Multiples for public scalars that share their work: many of one point, or many of one fixed base.
//!
//! A disjunction about a ciphertext takes several multiples of each of its two points, and as many of g and y. Most of
//! a multiplication is doubling the point; here it is doubled once for all of them (A. Yao, *On the Evaluation of
//! Powers*, 1976), and the fixed bases not at all.

use curve25519_dalek::scalar::Scalar;

use super::curve::{AffineAddend, Point};

/// Bits of a digit of a multiple of a point that is met once.
const WIDTH: u32 = 4;
/// Digits of a scalar, which is below 2²⁵³, in that width.
const DIGITS: usize = 64;
/// Digits go from −8 to 7; a bucket for each size.
const BUCKETS: usize = 1 << (WIDTH - 1);

/// Bits of a digit of a multiple of a fixed base.
const COMB_WIDTH: u32 = 8;
const COMB_DIGITS: usize = 32;
const COMB_ROW: usize = 1 << (COMB_WIDTH - 1);

/// \[k\]P for each k.
pub(super) fn multiples(point: &Point, scalars: &[Scalar]) -> Vec<Point> {
    let digits: Vec<[i16; DIGITS]> = scalars.iter().map(signed_digits::<WIDTH, DIGITS>).collect();
    let mut buckets = vec![[Point::IDENTITY; BUCKETS]; scalars.len()];
    let mut power = *point;
    for position in 0..DIGITS {
        if position > 0 {
            power = power.doubles::<WIDTH>();
        }
        let addend = power.addend();
        for (digits, buckets) in digits.iter().zip(&mut buckets) {
            let digit = digits.get(position).copied().unwrap_or_default();
            let size = usize::from(digit.unsigned_abs());
            let Some(bucket) = size.checked_sub(1).and_then(|size| buckets.get_mut(size)) else {
                continue;
            };
            *bucket = if digit > 0 {
                bucket.plus(&addend)
            } else {
                bucket.minus(&addend)
            };
        }
    }
    buckets.iter().map(weighted_sum).collect()
}

/// 1·B₁ + 2·B₂ + …: the sum of B₈, B₈ + B₇, B₈ + B₇ + B₆, …
fn weighted_sum(buckets: &[Point; BUCKETS]) -> Point {
    let (mut running, mut sum) = (Point::IDENTITY, Point::IDENTITY);
    for bucket in buckets.iter().rev() {
        running = running.plus(&bucket.addend());
        sum = sum.plus(&running.addend());
    }
    sum
}

/// A fixed base with all its multiples by one digit: d·2⁸ⁱ times the base for d from 1 to 128.
pub(super) struct Comb(Vec<AffineAddend>);

impl Comb {
    pub(super) fn new(base: &Point) -> Self {
        let mut table = Vec::with_capacity(COMB_DIGITS * COMB_ROW);
        let mut power = *base;
        for _ in 0..COMB_DIGITS {
            let addend = power.addend();
            let mut multiple = power;
            for _ in 0..COMB_ROW {
                table.push(multiple);
                multiple = multiple.plus(&addend);
            }
            power = power.doubles::<COMB_WIDTH>();
        }
        Self(Point::affine_addends(&table))
    }

    /// `start` + \[k\]B.
    pub(super) fn add_multiple(&self, start: Point, k: &Scalar) -> Point {
        let digits: [i16; COMB_DIGITS] = signed_digits::<COMB_WIDTH, COMB_DIGITS>(k);
        let rows = self.0.chunks_exact(COMB_ROW);
        rows.zip(digits).fold(start, |sum, (row, digit)| {
            let size = usize::from(digit.unsigned_abs());
            match size.checked_sub(1).and_then(|size| row.get(size)) {
                None => sum,
                Some(addend) if digit > 0 => sum.plus_affine(addend),
                Some(addend) => sum.minus_affine(addend),
            }
        })
    }
}

/// The scalar in base 2^WIDTH with digits from −2^(WIDTH − 1) to 2^(WIDTH − 1) − 1, the lowest first. WIDTH divides 8.
fn signed_digits<const WIDTH: u32, const COUNT: usize>(scalar: &Scalar) -> [i16; COUNT] {
    let bytes = scalar.as_bytes();
    let per_byte = 8 / WIDTH;
    let unsigned = bytes
        .iter()
        .flat_map(|byte| (0..per_byte).map(move |part| i16::from(*byte) >> (part * WIDTH)));
    let mut digits = [0; COUNT];
    let mut carry = 0;
    for (digit, unsigned) in digits.iter_mut().zip(unsigned) {
        let whole = (unsigned & ((1 << WIDTH) - 1)) + carry;
        carry = i16::from(whole >= 1 << (WIDTH - 1));
        *digit = whole - (carry << WIDTH);
    }
    digits
}

#[cfg(test)]
mod tests {
    use curve25519_dalek::constants::ED25519_BASEPOINT_POINT;
    use curve25519_dalek::edwards::EdwardsPoint;
    use proptest::prelude::*;

    use super::*;
    use crate::group::ed25519::{affine, computed};

    fn ours(point: EdwardsPoint) -> Point {
        affine(&computed(point))
    }

    fn encoded(points: &[Point]) -> Vec<[u8; 32]> {
        Point::encode_all(points)
    }

    /// Scalars with digits of every kind, and those at the ends.
    fn scalar() -> impl Strategy<Value = Scalar> {
        prop_oneof![
            any::<[u8; 32]>().prop_map(Scalar::from_bytes_mod_order),
            Just(Scalar::ZERO),
            Just(Scalar::ONE),
            Just(-Scalar::ONE),
            any::<u8>().prop_map(|byte| Scalar::from_bytes_mod_order([byte; 32])),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn multiples_are_those_of_the_curve_library(base in scalar(), ks in prop::collection::vec(scalar(), 1..5)) {
            let point = ED25519_BASEPOINT_POINT * base;
            let expected: Vec<[u8; 32]> = ks.iter().map(|k| (point * k).compress().0).collect();
            prop_assert_eq!(&encoded(&multiples(&ours(point), &ks)), &expected);
            let comb = Comb::new(&ours(point));
            let by_comb: Vec<Point> = ks.iter().map(|k| comb.add_multiple(Point::IDENTITY, k)).collect();
            prop_assert_eq!(&encoded(&by_comb), &expected);
            let start = comb.add_multiple(ours(point), &ks[0]);
            prop_assert_eq!(encoded(&[start]), [(point + point * ks[0]).compress().0]);
        }

        #[test]
        fn digits_are_the_scalar(k in scalar()) {
            let value = |digits: &[i16], radix: u64| digits.iter().rev().fold(Scalar::ZERO, |sum, digit| {
                let size = Scalar::from(digit.unsigned_abs());
                sum * Scalar::from(radix) + if *digit < 0 { -size } else { size }
            });
            prop_assert_eq!(value(&signed_digits::<4, 64>(&k), 16), k);
            prop_assert_eq!(value(&signed_digits::<8, 32>(&k), 256), k);
        }
    }
}
