//! The field of 2²⁵⁵ − 19 elements, for public values: as much of it as the subgroup test needs. The curve library does
//! not show its own.

use std::ops::{Add, Mul, Sub};

/// Bits of a limb.
const BITS: u32 = 51;
const MASK: u64 = (1 << BITS) - 1;

/// Five limbs of 51 bits, the least significant first. Between operations a limb may have a few bits more.
#[derive(Clone, Copy)]
pub(super) struct Field(pub(super) [u64; 5]);

impl Field {
    pub(super) const ZERO: Self = Self([0; 5]);
    pub(super) const ONE: Self = Self::small(1);
    /// A square root of −1.
    pub(super) const I: Self = Self([
        0x0006_1b27_4a0e_a0b0,
        0x0000_d5a5_fc8f_189d,
        0x0007_ef5e_9cbd_0c60,
        0x0007_8595_a680_4c9e,
        0x0002_b832_4804_fc1d,
    ]);

    pub(super) const fn small(number: u32) -> Self {
        Self([number as u64, 0, 0, 0, 0])
    }

    /// A number below 2²⁵⁵, little-endian; the highest bit is left out.
    pub(super) fn from_bytes(bytes: &[u8; 32]) -> Self {
        let mut limbs = [0_u64; 5];
        for (bit, limb) in (0..).step_by(51).zip(&mut limbs) {
            // A limb lies within eight bytes from the one that it begins in, but for the last one, which would need
            // a byte that is not there.
            let start = (bit / 8_usize).min(24);
            let mut eight = [0; 8];
            for (to, from) in eight.iter_mut().zip(bytes.iter().skip(start)) {
                *to = *from;
            }
            *limb = (u64::from_le_bytes(eight) >> (bit - 8 * start)) & MASK;
        }
        Self(limbs)
    }

    pub(super) fn square(&self) -> Self {
        self.squares(1)
    }

    /// To the power of 2ⁿ.
    fn squares(&self, n: u32) -> Self {
        let mut square = *self;
        for _ in 0..n {
            let [a0, a1, a2, a3, a4] = square.0;
            let [d0, d1, d2] = [a0 * 2, a1 * 2, a2 * 2];
            let [n3, n4] = [a3 * 19, a4 * 19];
            square = reduce([
                sum([wide(a0, a0), wide(d1, n4), wide(d2, n3)]),
                sum([wide(d0, a1), wide(d2, n4), wide(a3, n3)]),
                sum([wide(d0, a2), wide(a1, a1), wide(a3 * 2, n4)]),
                sum([wide(d0, a3), wide(d1, a2), wide(a4, n4)]),
                sum([wide(d0, a4), wide(d1, a3), wide(a2, a2)]),
            ]);
        }
        square
    }

    /// To the power of 2²⁵² − 3, which is (p − 5)/8.
    fn power_p58(&self) -> Self {
        let two = self.square();
        let nine = two.squares(2) * *self;
        let eleven = nine * two;
        // Names say how many ones the exponent has in base 2.
        let ones_5 = eleven.square() * nine;
        let ones_10 = ones_5.squares(5) * ones_5;
        let ones_20 = ones_10.squares(10) * ones_10;
        let ones_40 = ones_20.squares(20) * ones_20;
        let ones_50 = ones_40.squares(10) * ones_10;
        let ones_100 = ones_50.squares(50) * ones_50;
        let ones_200 = ones_100.squares(100) * ones_100;
        let ones_250 = ones_200.squares(50) * ones_50;
        ones_250.squares(2) * *self
    }

    /// One of the two square roots, if there are any.
    pub(super) fn square_root(&self) -> Option<Self> {
        // As p is 5 modulo 8, the power (p + 3)/8 is a root of ±1 times the number.
        let root = self.power_p58() * *self;
        [root, root * Self::I]
            .into_iter()
            .find(|root| (root.square() - *self).is_zero())
    }

    /// Whether the number, which is not zero, is a fourth power: its power (p − 1)/4 is 1.
    pub(super) fn is_fourth_power(&self) -> bool {
        let power = self.power_p58().square() * *self;
        (power - Self::ONE).is_zero()
    }

    pub(super) fn is_zero(&self) -> bool {
        // Twice: the carry out of the highest limb comes back into the lowest one.
        let Self(limbs) = carried(carried(self.0).0);
        limbs == [0; 5] || limbs == [MASK - 18, MASK, MASK, MASK, MASK]
    }
}

impl Add for Field {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let ([a0, a1, a2, a3, a4], [b0, b1, b2, b3, b4]) = (self.0, other.0);
        carried([a0 + b0, a1 + b1, a2 + b2, a3 + b3, a4 + b4])
    }
}

impl Sub for Field {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        // Sixteen times p is added, so that no limb becomes negative.
        let ([a0, a1, a2, a3, a4], [b0, b1, b2, b3, b4]) = (self.0, other.0);
        let (low, high) = (16 * (MASK - 18), 16 * MASK);
        carried([
            a0 + low - b0,
            a1 + high - b1,
            a2 + high - b2,
            a3 + high - b3,
            a4 + high - b4,
        ])
    }
}

impl Mul for Field {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        let ([a0, a1, a2, a3, a4], [b0, b1, b2, b3, b4]) = (self.0, other.0);
        // 2²⁵⁵ is 19.
        let [n1, n2, n3, n4] = [b1 * 19, b2 * 19, b3 * 19, b4 * 19];
        reduce([
            sum([
                wide(a0, b0),
                wide(a1, n4),
                wide(a2, n3),
                wide(a3, n2),
                wide(a4, n1),
            ]),
            sum([
                wide(a0, b1),
                wide(a1, b0),
                wide(a2, n4),
                wide(a3, n3),
                wide(a4, n2),
            ]),
            sum([
                wide(a0, b2),
                wide(a1, b1),
                wide(a2, b0),
                wide(a3, n4),
                wide(a4, n3),
            ]),
            sum([
                wide(a0, b3),
                wide(a1, b2),
                wide(a2, b1),
                wide(a3, b0),
                wide(a4, n4),
            ]),
            sum([
                wide(a0, b4),
                wide(a1, b3),
                wide(a2, b2),
                wide(a3, b1),
                wide(a4, b0),
            ]),
        ])
    }
}

fn wide(a: u64, b: u64) -> u128 {
    u128::from(a).wrapping_mul(u128::from(b))
}

/// Limbs have at most 54 bits, products with 19 at most 113: nothing is lost.
fn sum<const N: usize>(products: [u128; N]) -> u128 {
    products.into_iter().fold(0, u128::wrapping_add)
}

/// Limbs of 51 bits, and a little more in the lowest two.
fn reduce(mut limbs: [u128; 5]) -> Field {
    let mut carry = 0;
    for limb in &mut limbs {
        *limb = limb.wrapping_add(carry);
        carry = *limb >> BITS;
        *limb &= u128::from(MASK);
    }
    let [l0, l1, l2, l3, l4] = limbs.map(low);
    let l0 = l0 + low(carry) * 19;
    Field([l0 & MASK, l1 + (l0 >> BITS), l2, l3, l4])
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "what does not fit has been carried away"
)]
fn low(limb: u128) -> u64 {
    limb as u64
}

fn carried(mut limbs: [u64; 5]) -> Field {
    let mut carry = 0;
    for limb in &mut limbs {
        *limb += carry;
        carry = *limb >> BITS;
        *limb &= MASK;
    }
    let [l0, l1, l2, l3, l4] = limbs;
    Field([l0 + carry * 19, l1, l2, l3, l4])
}
