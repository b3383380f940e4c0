//! Powers for public exponents, as quick as the exponents allow. Nothing here may see a secret.
//!
//! The time of most of a ballot's checking is spent squaring. Three things save squarings: the two branches of a
//! proof raise the same element to two powers; an element that was read has already been raised to the power q; and
//! an exponent in four quarters needs only a quarter of the squarings once X^(2⁶⁴), X^(2¹²⁸) and X^(2¹⁹²) are known.

use crypto_bigint::U256;

use super::Residue;
use super::scalar::ORDER;

/// Bits of an exponent.
pub(super) const BITS: usize = 256;
/// Bits of a quarter of one.
const QUARTER: usize = BITS / 4;
/// Bits of an odd digit.
const WIDTH: usize = 4;
/// Odd digits of that many bits.
const DIGITS: usize = 1 << (WIDTH - 1);
/// From so many exponents on, one chain of squares for all is quicker than quarters.
pub(super) const MANY: usize = 4;

/// X^(2⁶⁴), X^(2¹²⁸), X^(2¹⁹²).
pub(super) type Quarters = [Residue; 3];

/// A public exponent: its bits, the least significant first.
#[derive(Clone, Copy)]
pub(super) struct Exponent([u8; BITS / 8]);

/// An odd digit of an exponent: 2·`half` + 1 times two to the power of `at`.
#[derive(Clone, Copy)]
struct Digit {
    at: usize,
    half: usize,
}

impl Exponent {
    pub(super) fn new(integer: &U256) -> Self {
        let mut bytes = [0; BITS / 8];
        bytes.copy_from_slice(integer.to_le_bytes().as_ref());
        Self(bytes)
    }

    /// The number in the `width` bits from bit `at` on; `width` is at most 8.
    pub(super) fn bits(&self, at: usize, width: usize) -> usize {
        let byte = |index: usize| self.0.get(index).copied().map_or(0, usize::from);
        let both = byte(at / 8) | byte(at / 8 + 1) << 8;
        (both >> (at % 8)) & ((1 << width) - 1)
    }

    /// The odd digits of the bits from `from` up to `to`, ascending; positions are counted from `from`.
    fn digits(&self, from: usize, to: usize) -> Vec<Digit> {
        let mut digits = Vec::with_capacity((to - from) / WIDTH);
        let mut at = from;
        while at < to {
            if self.bits(at, 1) == 0 {
                at += 1;
                continue;
            }
            digits.push(Digit {
                at: at - from,
                half: self.bits(at, WIDTH.min(to - at)) >> 1,
            });
            at += WIDTH;
        }
        digits
    }
}

/// Whether X is in the group of order q; and then its quarters.
pub(super) fn check(x: &Residue) -> Option<Quarters> {
    let (powers, quarters) = by_squares(x, &[Exponent::new(&ORDER)]);
    powers
        .iter()
        .all(|power| *power == Residue::ONE)
        .then_some(quarters)
}

/// X to the power of each exponent by one chain of squares X, X², X⁴, …: each square goes into the exponent's bucket
/// for the digit that stands there (Yao's method). The chain also gives the quarters.
pub(super) fn by_squares(x: &Residue, exponents: &[Exponent]) -> (Vec<Residue>, Quarters) {
    let mut digits: Vec<_> = exponents
        .iter()
        .map(|exponent| exponent.digits(0, BITS).into_iter().peekable())
        .collect();
    let mut buckets = vec![[None; DIGITS]; exponents.len()];
    let mut quarters = [Residue::ONE; 3];
    let mut square = *x;
    for at in 0..BITS {
        if at > 0 {
            square = square.square();
        }
        if at % QUARTER == 0
            && let Some(quarter) = (at / QUARTER)
                .checked_sub(1)
                .and_then(|i| quarters.get_mut(i))
        {
            *quarter = square;
        }
        for (digits, buckets) in digits.iter_mut().zip(&mut buckets) {
            let digit = digits.next_if(|digit| digit.at == at);
            if let Some(bucket) = digit.and_then(|digit| buckets.get_mut(digit.half)) {
                multiply(bucket, &square);
            }
        }
    }
    (buckets.iter().map(empty).collect(), quarters)
}

/// The product of the buckets, each to the power of its digit 2·half + 1.
fn empty(buckets: &[Option<Residue>; DIGITS]) -> Residue {
    // The running product enters `powers` once for each half below its own, that is, `half` times.
    let mut running = None;
    let mut powers: Option<Residue> = None;
    for (half, bucket) in buckets.iter().enumerate().rev() {
        if let Some(bucket) = bucket {
            multiply(&mut running, bucket);
        }
        if half > 0
            && let Some(running) = &running
        {
            multiply(&mut powers, running);
        }
    }
    let mut product = powers.map(|powers| powers.square());
    if let Some(running) = &running {
        multiply(&mut product, running);
    }
    product.unwrap_or(Residue::ONE)
}

/// X to the power of each exponent, from X's quarters.
pub(super) fn by_quarters(
    x: &Residue,
    quarters: &Quarters,
    exponents: &[Exponent],
) -> Vec<Residue> {
    let tables: Vec<_> = std::iter::once(x).chain(quarters).map(odd_powers).collect();
    let power = |exponent: &Exponent| {
        let digits = (0..4).map(|i| exponent.digits(i * QUARTER, (i + 1) * QUARTER));
        interleave(QUARTER, tables.iter().zip(digits).collect())
    };
    exponents.iter().map(power).collect()
}

/// The product of all X to the power of their exponents.
pub(super) fn product(terms: &[(Exponent, &Residue)]) -> Residue {
    let tables: Vec<_> = terms.iter().map(|(_, x)| odd_powers(x)).collect();
    let digits = terms.iter().map(|(exponent, _)| exponent.digits(0, BITS));
    interleave(BITS, tables.iter().zip(digits).collect())
}

/// X, X³, X⁵, …
fn odd_powers(x: &Residue) -> [Residue; DIGITS] {
    let square = x.square();
    let mut power = *x;
    let mut powers = [power; DIGITS];
    for slot in powers.iter_mut().skip(1) {
        power *= square;
        *slot = power;
    }
    powers
}

/// From the most significant of `bits` down, squaring once for all terms (Straus' method).
fn interleave(bits: usize, mut terms: Vec<(&[Residue; DIGITS], Vec<Digit>)>) -> Residue {
    let mut product: Option<Residue> = None;
    for at in (0..bits).rev() {
        product = product.map(|product| product.square());
        for (table, digits) in &mut terms {
            let digit = digits.pop_if(|digit| digit.at == at);
            if let Some(power) = digit.and_then(|digit| table.get(digit.half)) {
                multiply(&mut product, power);
            }
        }
    }
    product.unwrap_or(Residue::ONE)
}

/// Multiplies a product, which may still be empty, with a factor.
fn multiply(product: &mut Option<Residue>, factor: &Residue) {
    *product = Some(product.as_ref().map_or(*factor, |product| product * factor));
}
