//! Integers modulo q.

use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};

use crypto_bigint::modular::ConstMontyForm;
use crypto_bigint::{U256, const_monty_params};
use rand_core::CryptoRng;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::{DefaultIsZeroes, Zeroizing};

use super::powers::Exponent;
use crate::decimal;
use crate::group::{GroupScalar, ScalarFault};
use crate::wire::{Reader, Wire, WireError, WireFault, Writer};

const_monty_params!(
    Q,
    U256,
    "adb6066a73522565f4daa0f2579db7f2f0fa90c2168bc709e20263387d55c491",
    "The group's order q."
);

type Residue = ConstMontyForm<Q, { U256::LIMBS }>;

/// q as 32 big-endian bytes is what no scalar reaches.
pub(super) const ORDER: U256 = *Residue::MODULUS.as_ref();

/// 2²⁵⁶ modulo q; q is above 2²⁵⁵, so that one subtraction gives it.
const TWO_TO_256: Residue = Residue::new(&U256::ZERO.wrapping_sub(&ORDER));

/// An integer modulo q. Its `Debug` shows nothing, for it may be a secret.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Belenios2048Scalar(Residue);

impl Belenios2048Scalar {
    pub(super) fn random(rng: &mut impl CryptoRng) -> Self {
        // 256 bits more than q has: the remainder is uniform but for a part in 2²⁵⁶.
        let mut bytes = Zeroizing::new([0; 64]);
        rng.fill_bytes(bytes.as_mut());
        Self::reduce_wide(&bytes)
    }

    pub(super) fn reduce(big_endian: &[u8; 32]) -> Self {
        Self(Residue::new(&U256::from_be_slice(big_endian)))
    }

    pub(super) fn reduce_wide(big_endian: &[u8; 64]) -> Self {
        let (high, low) = big_endian.split_at(32);
        let [high, low] = [high, low].map(|half| Residue::new(&U256::from_be_slice(half)));
        Self(high * TWO_TO_256 + low)
    }

    pub(super) fn invert(&self) -> Self {
        Self(self.0.invert().unwrap_or(Residue::ZERO))
    }

    pub(super) fn integer(&self) -> U256 {
        self.0.retrieve()
    }

    pub(super) fn exponent(&self) -> Exponent {
        Exponent::new(&self.integer())
    }
}

impl GroupScalar for Belenios2048Scalar {}

impl From<u64> for Belenios2048Scalar {
    fn from(number: u64) -> Self {
        Self(Residue::new(&U256::from_u64(number)))
    }
}

impl Add for Belenios2048Scalar {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Belenios2048Scalar {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Mul for Belenios2048Scalar {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }
}

impl Neg for Belenios2048Scalar {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl ConstantTimeEq for Belenios2048Scalar {
    fn ct_eq(&self, other: &Self) -> Choice {
        ConstantTimeEq::ct_eq(&self.0, &other.0)
    }
}

impl ConditionallySelectable for Belenios2048Scalar {
    fn conditional_select(a: &Self, b: &Self, choice: Choice) -> Self {
        Self(Residue::conditional_select(&a.0, &b.0, choice))
    }
}

impl DefaultIsZeroes for Belenios2048Scalar {}

impl fmt::Debug for Belenios2048Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Belenios2048Scalar(..)")
    }
}

impl Wire for Belenios2048Scalar {
    fn write(&self, out: &mut Writer) {
        let bytes = Zeroizing::new(self.integer().to_be_bytes());
        out.string(&decimal::encode(bytes.as_ref()));
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.plain_string(|text| {
            let bytes: Zeroizing<[u8; 32]> =
                Zeroizing::new(decimal::decode(text).map_err(WireFault::Scalar)?);
            let integer = U256::from_be_slice(bytes.as_ref());
            if integer >= ORDER {
                return Err(WireFault::Scalar(ScalarFault::Range));
            }
            Ok(Self(Residue::new(&integer)))
        })
    }
}
