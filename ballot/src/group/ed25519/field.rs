//! The field of 2²⁵⁵ − 19 elements, for public values: the curve library does not show its own.
//!
//! A product has limbs of 51 bits and a little more. A sum is not carried: sums of two such numbers, and differences,
//! may be multiplied at once, since a multiplication takes limbs of up to 54 bits. That is why nothing is lost in the
//! wrapping operations; they only leave out a check that could not fail.

use std::ops::{Add, Mul, Neg, Sub};

/// Bits of a limb.
const BITS: u32 = 51;
const MASK: u64 = (1 << BITS) - 1;

/// Five limbs of 51 bits, the least significant first. Between operations a limb may have a few bits more.
#[derive(Clone, Copy, Debug)]
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

    /// The number from 0 to p − 1, little-endian.
    pub(super) fn to_bytes(self) -> [u8; 32] {
        let [l0, l1, l2, l3, l4] = self.reduced().0;
        let words = [
            l0 | l1 << 51,
            l1 >> 13 | l2 << 38,
            l2 >> 26 | l3 << 25,
            l3 >> 39 | l4 << 12,
        ];
        let mut bytes = [0; 32];
        for (to, word) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(words) {
            *to = word.to_le_bytes();
        }
        bytes
    }

    /// Whether the number from 0 to p − 1 is odd, which is the sign of an x coordinate.
    pub(super) fn is_odd(self) -> bool {
        let [lowest, ..] = self.reduced().0;
        lowest & 1 == 1
    }

    /// The number or its opposite, whichever is odd or even as `odd` says.
    pub(super) fn with_sign(self, odd: bool) -> Self {
        if self.is_odd() == odd { self } else { -self }
    }

    pub(super) fn is_zero(self) -> bool {
        self.reduced().0 == [0; 5]
    }

    /// Twice the number.
    #[inline]
    pub(super) fn double(self) -> Self {
        self + self
    }

    #[inline]
    pub(super) fn square(self) -> Self {
        let [a0, a1, a2, a3, a4] = self.0;
        let [d0, d1, d2, d3] = [a0, a1, a2, a3].map(|limb| limb.wrapping_mul(2));
        let [n3, n4] = [a3, a4].map(|limb| limb.wrapping_mul(19));
        carry([
            wide(a0, a0) + wide(d1, n4) + wide(d2, n3),
            wide(d0, a1) + wide(d2, n4) + wide(a3, n3),
            wide(d0, a2) + wide(a1, a1) + wide(d3, n4),
            wide(d0, a3) + wide(d1, a2) + wide(a4, n4),
            wide(d0, a4) + wide(d1, a3) + wide(a2, a2),
        ])
    }

    /// To the power of 2ⁿ.
    fn squares(self, n: u32) -> Self {
        (0..n).fold(self, |square, _| square.square())
    }

    /// To the power of 2²⁵⁰ − 1, and the eleventh power.
    fn power_250_ones(self) -> (Self, Self) {
        let two = self.square();
        let nine = two.squares(2) * self;
        let eleven = nine * two;
        // Names say how many ones the exponent has in base 2.
        let ones_5 = eleven.square() * nine;
        let ones_10 = ones_5.squares(5) * ones_5;
        let ones_20 = ones_10.squares(10) * ones_10;
        let ones_40 = ones_20.squares(20) * ones_20;
        let ones_50 = ones_40.squares(10) * ones_10;
        let ones_100 = ones_50.squares(50) * ones_50;
        let ones_200 = ones_100.squares(100) * ones_100;
        (ones_200.squares(50) * ones_50, eleven)
    }

    /// To the power of 2²⁵² − 3, which is (p − 5)/8.
    fn power_p58(self) -> Self {
        self.power_250_ones().0.squares(2) * self
    }

    /// One over the number, to the power of p − 2 = 2²⁵⁵ − 21; zero for zero.
    pub(super) fn inverse(self) -> Self {
        let (ones_250, eleven) = self.power_250_ones();
        ones_250.squares(5) * eleven
    }

    /// One of the two square roots with its inverse, if there are any. Zero has the inverse zero.
    pub(super) fn square_root(self) -> Option<(Self, Self)> {
        // As p is 5 modulo 8, r·a with r = a^((p − 5)/8) is a root of a or of −a: the square of r·a is a·f, where
        // f = r·(r·a) = a^((p − 1)/4) is 1 or −1. In the first case r is the inverse of r·a; in the second
        // the root is i·r·a, and i·r its inverse, because i²·f is 1.
        let r = self.power_p58();
        let root = r * self;
        let other = root * Self::I;
        if (root.square() - self).is_zero() {
            Some((root, r))
        } else if (other.square() - self).is_zero() {
            Some((other, r * Self::I))
        } else {
            None
        }
    }

    /// Whether the number, which is not zero, is a fourth power: its power (p − 1)/4 is 1.
    pub(super) fn is_fourth_power(self) -> bool {
        let power = self.power_p58().square() * self;
        (power - Self::ONE).is_zero()
    }

    /// The one representation from 0 to p − 1 with limbs of 51 bits.
    fn reduced(self) -> Self {
        let mut limbs = weakly_carried(weakly_carried(self.0));
        // It is below 2p now. It is p or more exactly if adding 19 carries out of the highest limb.
        let over = limbs.iter().fold(19, |over, limb| (limb + over) >> BITS);
        let mut carry = 19 * over;
        for limb in &mut limbs {
            *limb += carry;
            carry = *limb >> BITS;
            *limb &= MASK;
        }
        Self(limbs)
    }
}

/// Inverses of all numbers by one inversion; none of them is zero.
pub(super) fn invert_all(numbers: &[Field]) -> Vec<Field> {
    if numbers.is_empty() {
        return Vec::new();
    }
    let mut product = Field::ONE;
    let mut inverses: Vec<Field> = numbers
        .iter()
        .map(|number| {
            let before = product;
            product = product * *number;
            before
        })
        .collect();
    let mut inverse = product.inverse();
    for (before, number) in inverses.iter_mut().zip(numbers).rev() {
        *before = *before * inverse;
        inverse = inverse * *number;
    }
    inverses
}

impl Add for Field {
    type Output = Self;

    #[inline]
    fn add(self, other: Self) -> Self {
        let ([a0, a1, a2, a3, a4], [b0, b1, b2, b3, b4]) = (self.0, other.0);
        Self([
            a0.wrapping_add(b0),
            a1.wrapping_add(b1),
            a2.wrapping_add(b2),
            a3.wrapping_add(b3),
            a4.wrapping_add(b4),
        ])
    }
}

impl Sub for Field {
    type Output = Self;

    #[inline]
    fn sub(self, other: Self) -> Self {
        // Sixteen times p is added, so that no limb becomes negative.
        const LOW: u64 = 16 * (MASK - 18);
        const HIGH: u64 = 16 * MASK;
        let ([a0, a1, a2, a3, a4], [b0, b1, b2, b3, b4]) = (self.0, other.0);
        Self(weakly_carried([
            a0.wrapping_add(LOW).wrapping_sub(b0),
            a1.wrapping_add(HIGH).wrapping_sub(b1),
            a2.wrapping_add(HIGH).wrapping_sub(b2),
            a3.wrapping_add(HIGH).wrapping_sub(b3),
            a4.wrapping_add(HIGH).wrapping_sub(b4),
        ]))
    }
}

impl Neg for Field {
    type Output = Self;

    #[inline]
    fn neg(self) -> Self {
        Self::ZERO - self
    }
}

impl Mul for Field {
    type Output = Self;

    #[inline]
    fn mul(self, other: Self) -> Self {
        let ([a0, a1, a2, a3, a4], [b0, b1, b2, b3, b4]) = (self.0, other.0);
        // 2²⁵⁵ is 19.
        let [n1, n2, n3, n4] = [b1, b2, b3, b4].map(|limb| limb.wrapping_mul(19));
        carry([
            wide(a0, b0) + wide(a4, n1) + wide(a3, n2) + wide(a2, n3) + wide(a1, n4),
            wide(a1, b0) + wide(a0, b1) + wide(a4, n2) + wide(a3, n3) + wide(a2, n4),
            wide(a2, b0) + wide(a1, b1) + wide(a0, b2) + wide(a4, n3) + wide(a3, n4),
            wide(a3, b0) + wide(a2, b1) + wide(a1, b2) + wide(a0, b3) + wide(a4, n4),
            wide(a4, b0) + wide(a3, b1) + wide(a2, b2) + wide(a1, b3) + wide(a0, b4),
        ])
    }
}

/// A sum of products of limbs: at most five of 54 and 59 bits.
#[derive(Clone, Copy)]
struct Wide(u128);

#[inline]
fn wide(a: u64, b: u64) -> Wide {
    Wide(u128::from(a).wrapping_mul(u128::from(b)))
}

impl Add for Wide {
    type Output = Self;

    #[inline]
    fn add(self, other: Self) -> Self {
        Self(self.0.wrapping_add(other.0))
    }
}

impl Wide {
    #[inline]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the rest is carried; a sum has at most 116 bits"
    )]
    fn split(self) -> (u64, Self) {
        (
            self.0 as u64 & MASK,
            Self(u128::from((self.0 >> BITS) as u64)),
        )
    }
}

/// Limbs of 51 bits, and a little more in the second.
#[inline]
fn carry([s0, s1, s2, s3, s4]: [Wide; 5]) -> Field {
    let (l0, over) = s0.split();
    let (l1, over) = (s1 + over).split();
    let (l2, over) = (s2 + over).split();
    let (l3, over) = (s3 + over).split();
    let (l4, over) = (s4 + over).split();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a split's carry has 64 bits"
    )]
    let l0 = l0.wrapping_add((over.0 as u64).wrapping_mul(19));
    Field([l0 & MASK, l1.wrapping_add(l0 >> BITS), l2, l3, l4])
}

/// Each limb's excess is added to the next, all at once: limbs of 51 bits and at most 13 bits of carry.
#[inline]
fn weakly_carried([l0, l1, l2, l3, l4]: [u64; 5]) -> [u64; 5] {
    [
        (l0 & MASK).wrapping_add((l4 >> BITS).wrapping_mul(19)),
        (l1 & MASK).wrapping_add(l0 >> BITS),
        (l2 & MASK).wrapping_add(l1 >> BITS),
        (l3 & MASK).wrapping_add(l2 >> BITS),
        (l4 & MASK).wrapping_add(l3 >> BITS),
    ]
}
