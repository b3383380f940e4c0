//! Multiples for public scalars that share their work: many of one point, or many of one fixed base.
//!
//! A disjunction about a ciphertext takes several multiples of each of its two points, and as many of g and y. Most of
//! a multiplication is doubling the point; here it is doubled once for all of them (A. Yao, *On the Evaluation of
//! Powers*, 1976), and the fixed bases not at all.

use curve25519_dalek::scalar::Scalar;

use super::curve::{AffineAddend, Doubling, Point};

/// Bits of a digit of a multiple of a point that is met once: an odd number between −16 and 16, followed by zeros.
const WIDTH: usize = 5;
/// A bucket for each size of such a digit: 1, 3, … 15.
const BUCKETS: usize = 1 << (WIDTH - 2);
/// Places of digits of a scalar, which is below 2²⁵³, with a carry.
const PLACES: usize = 254;

/// Bits of a digit of a multiple of a fixed base.
const COMB_WIDTH: usize = 7;
const COMB_DIGITS: usize = PLACES.div_ceil(COMB_WIDTH);
const COMB_ROW: usize = 1 << (COMB_WIDTH - 1);

/// \[k\]P for each k.
pub(super) fn multiples(point: &Point, scalars: &[Scalar]) -> Vec<Point> {
    let digits: Vec<[i16; PLACES]> = scalars.iter().map(sparse_digits).collect();
    let mut buckets: Vec<[Option<Point>; BUCKETS]> = vec![[None; BUCKETS]; scalars.len()];
    let mut power = Doubling::new(point);
    for place in 0..PLACES {
        if place > 0 {
            power.double();
        }
        let mut addend = None;
        for (digits, buckets) in digits.iter().zip(&mut buckets) {
            let digit = digits.get(place).copied().unwrap_or_default();
            if digit == 0 {
                continue;
            }
            let half = usize::from(digit.unsigned_abs() / 2);
            let Some(bucket) = buckets.get_mut(half) else {
                continue;
            };
            let addend = addend.get_or_insert_with(|| power.addend());
            match bucket {
                None if digit > 0 => *bucket = Some(power.point()),
                None => *bucket = Some(power.point().negated()),
                Some(sum) if digit > 0 => sum.add(addend),
                Some(sum) => sum.subtract(addend),
            }
        }
    }
    buckets.iter().map(weighted_sum).collect()
}

/// 1·B₀ + 3·B₁ + 5·B₂ + … as twice the sum of B₇, B₇ + B₆, …, B₇ + … + B₁, and the sum of all.
fn weighted_sum(buckets: &[Option<Point>; BUCKETS]) -> Point {
    let (mut running, mut sum) = (None, None);
    for bucket in buckets.iter().rev() {
        // What has run together so far is one step heavier than this bucket.
        add(&mut sum, running.as_ref());
        add(&mut running, bucket.as_ref());
    }
    let mut twice = sum.map(|sum| sum.doubles(1));
    add(&mut twice, running.as_ref());
    twice.unwrap_or(Point::IDENTITY)
}

/// Nothing stands for the neutral element, to which nothing need be added.
fn add(sum: &mut Option<Point>, other: Option<&Point>) {
    match (sum, other) {
        (_, None) => {}
        (Some(sum), Some(other)) => sum.add(&other.addend()),
        (sum @ None, Some(other)) => *sum = Some(*other),
    }
}

/// A fixed base with all its multiples by one digit: d·2⁷ⁱ times the base for d from 1 to 64.
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
                multiple.add(&addend);
            }
            power = power.doubles(COMB_WIDTH);
        }
        Self(Point::affine_addends(&table))
    }

    /// Adds \[k\]B to `sum`.
    pub(super) fn add_multiple(&self, sum: &mut Point, k: &Scalar) {
        let rows = self.0.chunks_exact(COMB_ROW);
        for (row, digit) in rows.zip(comb_digits(k)) {
            let size = usize::from(digit.unsigned_abs());
            match size.checked_sub(1).and_then(|size| row.get(size)) {
                None => {}
                Some(addend) if digit > 0 => sum.add_affine(addend),
                Some(addend) => sum.subtract_affine(addend),
            }
        }
    }
}

/// The scalar as a sum of digits times powers of two, of which most are zero: each other one is odd and the next four
/// are zero. The lowest stands first.
fn sparse_digits(scalar: &Scalar) -> [i16; PLACES] {
    let bytes = scalar.as_bytes();
    let mut digits = [0; PLACES];
    let (mut place, mut carry) = (0, 0);
    while let Some(digit) = digits.get_mut(place) {
        let window = window(bytes, place, WIDTH) + carry;
        if window & 1 == 0 {
            place += 1;
            continue;
        }
        carry = window >> (WIDTH - 1);
        // Below 16 as it is, else less by 32 and one more at the next place.
        *digit = window - (carry << WIDTH);
        place += WIDTH;
    }
    digits
}

/// The scalar in base `2^COMB_WIDTH` with digits up to half of that in size, the lowest first.
fn comb_digits(scalar: &Scalar) -> [i16; COMB_DIGITS] {
    let bytes = scalar.as_bytes();
    let mut digits = [0; COMB_DIGITS];
    let mut carry = 0;
    for (place, digit) in (0..).step_by(COMB_WIDTH).zip(&mut digits) {
        let whole = window(bytes, place, COMB_WIDTH) + carry;
        carry = i16::from(whole >= 1 << (COMB_WIDTH - 1));
        *digit = whole - (carry << COMB_WIDTH);
    }
    digits
}

/// The `width` bits, at most eight, from bit `place` on.
fn window(bytes: &[u8; 32], place: usize, width: usize) -> i16 {
    let byte = |index: usize| bytes.get(index).copied().map_or(0, i32::from);
    let both = byte(place / 8) | byte(place / 8 + 1) << 8;
    i16::try_from(both >> (place % 8) & ((1 << width) - 1)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use curve25519_dalek::constants::ED25519_BASEPOINT_POINT;
    use curve25519_dalek::edwards::EdwardsPoint;
    use proptest::prelude::*;

    use super::*;
    use crate::group::ed25519::computed;

    fn ours(point: EdwardsPoint) -> Point {
        computed(point).public()
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
            // Ones in base 2, through all of which a carry runs.
            (0_usize..252)
                .prop_map(|ones| (0..ones).fold(Scalar::ZERO, |k, _| k + k + Scalar::ONE)),
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
            for (k, expected) in ks.iter().zip(expected) {
                let mut sum = Point::IDENTITY;
                comb.add_multiple(&mut sum, k);
                prop_assert_eq!(sum.encode(), expected);
                comb.add_multiple(&mut sum, &ks[0]);
                prop_assert_eq!(sum.encode(), (point * k + point * ks[0]).compress().0);
            }
        }

        #[test]
        fn digits_are_the_scalar(k in scalar()) {
            let value = |digits: &[i16], radix: u64| digits.iter().rev().fold(Scalar::ZERO, |sum, digit| {
                let size = Scalar::from(digit.unsigned_abs());
                sum * Scalar::from(radix) + if *digit < 0 { -size } else { size }
            });
            prop_assert_eq!(value(&comb_digits(&k), 1 << COMB_WIDTH), k);
            let sparse = sparse_digits(&k);
            prop_assert_eq!(value(&sparse, 2), k);
            for digits in sparse.windows(WIDTH) {
                prop_assert!(digits.iter().filter(|digit| **digit != 0).count() <= 1);
            }
        }
    }
}
