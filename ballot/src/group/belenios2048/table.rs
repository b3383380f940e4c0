//! Powers of a fixed base: from a table that is searched in constant time for secret exponents, and from a larger
//! one that is indexed for public exponents. Each is made when it is first needed.

use std::sync::OnceLock;

use subtle::{ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

use super::Residue;
use super::powers::{BITS, Exponent};
use super::scalar::Belenios2048Scalar;

/// Bits of a secret exponent that one step takes.
const SECRET: usize = 4;
/// Bits of a public exponent that one step takes; the table then has 700 kB.
const PUBLIC: usize = 6;

/// Row i, column d: the base to the power of d·2^(i·width).
type Rows = Vec<Vec<Residue>>;

/// A base and its tables.
pub(super) struct FixedBase {
    base: Residue,
    secret: OnceLock<Rows>,
    public: OnceLock<Rows>,
}

impl FixedBase {
    pub(super) fn new(base: Residue) -> Self {
        Self {
            base,
            secret: OnceLock::new(),
            public: OnceLock::new(),
        }
    }

    /// The power of a secret exponent: each row is read from end to end, and always multiplied with.
    pub(super) fn power(&self, k: &Belenios2048Scalar) -> Residue {
        let rows = self.secret.get_or_init(|| rows(self.base, SECRET));
        let bytes = Zeroizing::new(k.integer().to_le_bytes());
        let digits = bytes
            .as_ref()
            .as_ref()
            .iter()
            .flat_map(|byte| [byte & 15, byte >> 4]);
        let mut product = Residue::ONE;
        for (row, digit) in rows.iter().zip(digits) {
            let mut chosen = Zeroizing::new(Residue::ONE);
            for (power, column) in row.iter().zip(0_u8..) {
                chosen.conditional_assign(power, column.ct_eq(&digit));
            }
            product *= *chosen;
        }
        product
    }

    /// The power of a public exponent.
    pub(super) fn public_power(&self, k: &Exponent) -> Residue {
        let rows = self.public.get_or_init(|| rows(self.base, PUBLIC));
        let factors = rows.iter().enumerate().filter_map(|(index, row)| {
            let digit = k.bits(index * PUBLIC, PUBLIC);
            row.get(digit).filter(|_| digit != 0)
        });
        factors
            .copied()
            .reduce(|product, factor| product * factor)
            .unwrap_or(Residue::ONE)
    }
}

fn rows(base: Residue, width: usize) -> Rows {
    let mut base = base;
    (0..BITS.div_ceil(width))
        .map(|_| {
            let mut row = Vec::with_capacity(1 << width);
            let mut power = Residue::ONE;
            for _ in 0..1 << width {
                row.push(power);
                power *= base;
            }
            base = power;
            row
        })
        .collect()
}
