//! `BELENIOS-2048`: the subgroup of prime order q, 256 bits long, of the integers modulo a prime p of 2048 bits.
//!
//! Elements are written in base 10. All numbers are from the Belenios specification 3.3.0, section 5.1.1.
//! Arithmetic is `crypto-bigint`'s, whose operations take a time that does not depend on the values; what is
//! faster and does depend on them stands in [`powers`] and is used for public values only.

mod powers;
mod scalar;
mod table;

use std::fmt;
use std::sync::{Arc, LazyLock};

use crypto_bigint::modular::ConstMontyForm;
use crypto_bigint::{U2048, const_monty_params};
use rand_core::CryptoRng;

pub use scalar::Belenios2048Scalar;

use super::{ElementFault, Group, GroupElement, PublicBranch, ScalarFault};
use crate::decimal;
use crate::wire::{Reader, Wire, WireError, Writer};
use powers::{Exponent, Quarters};
use table::FixedBase;

/// The finite-field group of Belenios for elections with homomorphic questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Belenios2048;

const_monty_params!(
    P,
    U2048,
    "a3ef2d011fefb1b6e39e568fccdffb0fb7dc7ef3a791b6862791811d21fc35f2\
     1e6d36856b428030421f514ed40bfd4c06e092a495af8d79a2f85e0fb11c0ede\
     07dd973f9c53e50930c6e82ac36de1ae3fb8c3aabfff12ce27a5022ddd8912d1\
     07435012768a2cdd0a4091d8fa447f6c7ebc15a349fa318a6b4fe17d8d47e843\
     a3e14dfa9b2162f4d7229abe93a188b46b006517d6f6747ebbb29c9ec3099b60\
     7f18fb1a8bc858279aa8599411d998d3e3fada9e010840d082d8c31911acdd4a\
     0e7992d0f18cc759cb5de0acf66a3882555bc810941e021b6a4ccfa04ee4008f\
     878affa2375e2999b44f6cef17d707301e59e0e6351e051ed9cec4157646e64f",
    "The field's prime p."
);

/// An integer modulo p, as the library computes with it.
type Residue = ConstMontyForm<P, { U2048::LIMBS }>;

/// g.
const G: Residue = Residue::new(&U2048::from_be_hex(
    "1307c1ab5f295885d7caa3a78a42415e31fd1c5807b61fb1e781878a52230a51\
     988b98c259597f9c5a9dfd001d26ba31d9d8976f01d95a1c8262ee68a0e92cea\
     541e5219e0d0d094301b894236823fe1d4bc04e29f3748aefd4f10d5b1a356a8\
     643e673fd9d215fc8fe5fb9cf9fdb8ea88fdb1a3381a697fdf9c2458570b06d2\
     6aef1be365fdd90165f397c6b870df8c1b9e519edcee8bb0f74b7a1615a274ba\
     60a7ea574a61f552d2dde0ce514e0927c4ff49b1964c4a913731ae4268d60d7f\
     22127b6cbba44d453ac8b72fd04e0991b7aeff04867d8724ac638f5f34100d2d\
     47aa680d43771902743d663f42d853c041e1c91fe3823f4bcf284308f1d7e653",
));

/// Bytes of an element.
const BYTES: usize = 256;

/// The tables of g, made when they are first needed.
static GENERATOR: LazyLock<FixedBase> = LazyLock::new(|| FixedBase::new(G));

/// An element: an integer modulo p whose power q is 1.
#[derive(Clone)]
pub struct Belenios2048Element {
    value: Residue,
    /// What checking an element that was read has computed anyway: its powers that make public powers of it cheap.
    quarters: Option<Arc<Quarters>>,
}

/// A fixed element with its tables.
#[derive(Clone)]
pub struct Belenios2048Base(Arc<FixedBase>);

impl Group for Belenios2048 {
    const NAME: &'static str = "BELENIOS-2048";
    type Scalar = Belenios2048Scalar;
    type Element = Belenios2048Element;
    type Base = Belenios2048Base;

    fn random_scalar(rng: &mut impl CryptoRng) -> Belenios2048Scalar {
        Belenios2048Scalar::random(rng)
    }

    fn reduce(big_endian: &[u8; 32]) -> Belenios2048Scalar {
        Belenios2048Scalar::reduce(big_endian)
    }

    fn reduce_wide(big_endian: &[u8; 64]) -> Belenios2048Scalar {
        Belenios2048Scalar::reduce_wide(big_endian)
    }

    fn invert(scalar: &Belenios2048Scalar) -> Belenios2048Scalar {
        scalar.invert()
    }

    fn identity() -> Belenios2048Element {
        computed(Residue::ONE)
    }

    fn generator() -> Belenios2048Element {
        computed(G)
    }

    fn base(element: &Belenios2048Element) -> Belenios2048Base {
        Belenios2048Base(Arc::new(FixedBase::new(element.value)))
    }

    fn multiply_generator(k: &Belenios2048Scalar) -> Belenios2048Element {
        computed(GENERATOR.power(k))
    }

    fn multiply_base(base: &Belenios2048Base, k: &Belenios2048Scalar) -> Belenios2048Element {
        computed(base.0.power(k))
    }

    fn multiply(element: &Belenios2048Element, k: &Belenios2048Scalar) -> Belenios2048Element {
        computed(element.value.pow(&k.integer()))
    }

    fn public_generator_sum(
        s: &Belenios2048Scalar,
        x: &Belenios2048Element,
        c: &Belenios2048Scalar,
    ) -> Belenios2048Element {
        computed(GENERATOR.public_power(&s.exponent()) * x.public_power(&c.exponent()))
    }

    fn public_sum(terms: &[(Belenios2048Scalar, &Belenios2048Element)]) -> Belenios2048Element {
        let terms: Vec<(Exponent, &Residue)> = terms
            .iter()
            .map(|(k, x)| (k.exponent(), &x.value))
            .collect();
        computed(powers::product(&terms))
    }

    fn public_commitments(
        y: &Belenios2048Base,
        alpha: &Belenios2048Element,
        beta: &Belenios2048Element,
        branches: &[PublicBranch<Self>],
    ) -> Vec<Belenios2048Element> {
        let challenges: Vec<Exponent> = branches.iter().map(|b| b.challenge.exponent()).collect();
        let alphas = alpha.public_powers(&challenges);
        let betas = beta.public_powers(&challenges);
        let mut commitments = Vec::with_capacity(2 * branches.len());
        for (branch, (alpha, beta)) in branches.iter().zip(alphas.into_iter().zip(betas)) {
            let response = branch.response.exponent();
            commitments.push(computed(GENERATOR.public_power(&response) * alpha));
            // (β/gᵛ)ᶜ as βᶜ·g^(−v·c), so that only powers of β are needed.
            let claimed = -(branch.challenge * Belenios2048Scalar::from(branch.value));
            let claimed = GENERATOR.public_power(&claimed.exponent());
            commitments.push(computed(y.0.public_power(&response) * beta * claimed));
        }
        commitments
    }

    fn encode_all(elements: &[Belenios2048Element]) -> Vec<String> {
        let encode = |element: &Belenios2048Element| {
            decimal::encode(element.value.retrieve().to_be_bytes().as_ref())
        };
        elements.iter().map(encode).collect()
    }

    fn decode(text: &str) -> Result<Belenios2048Element, ElementFault> {
        let bytes: [u8; BYTES] = decimal::decode(text).map_err(|fault| match fault {
            ScalarFault::Encoding => ElementFault::Encoding,
            ScalarFault::Range => ElementFault::NotCanonical,
        })?;
        let integer = U2048::from_be_slice(&bytes);
        if integer >= *Residue::MODULUS.as_ref() {
            return Err(ElementFault::NotCanonical);
        }
        let value = Residue::new(&integer);
        let quarters = powers::check(&value).ok_or(ElementFault::NotInSubgroup)?;
        Ok(Belenios2048Element {
            value,
            quarters: Some(Arc::new(quarters)),
        })
    }
}

/// An element that was computed from others.
fn computed(value: Residue) -> Belenios2048Element {
    Belenios2048Element {
        value,
        quarters: None,
    }
}

impl Belenios2048Element {
    fn public_power(&self, exponent: &Exponent) -> Residue {
        match &self.quarters {
            Some(quarters) => {
                powers::by_quarters(&self.value, quarters, std::slice::from_ref(exponent))
                    .pop()
                    .unwrap_or(Residue::ONE)
            }
            None => powers::product(&[(*exponent, &self.value)]),
        }
    }

    fn public_powers(&self, exponents: &[Exponent]) -> Vec<Residue> {
        match &self.quarters {
            Some(quarters) if exponents.len() < powers::MANY => {
                powers::by_quarters(&self.value, quarters, exponents)
            }
            _ => powers::by_squares(&self.value, exponents).0,
        }
    }
}

impl PartialEq for Belenios2048Element {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Eq for Belenios2048Element {}

impl GroupElement for Belenios2048Element {
    fn plus(&self, other: &Self) -> Self {
        computed(self.value * other.value)
    }

    fn minus(&self, other: &Self) -> Self {
        // Every element of the group has an inverse.
        computed(self.value * other.value.invert().unwrap_or(Residue::ZERO))
    }

    fn is_identity(&self) -> bool {
        self.value == Residue::ONE
    }
}

impl Wire for Belenios2048Element {
    fn write(&self, out: &mut Writer) {
        out.string(&Belenios2048::encode(self));
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.plain_string(Belenios2048::decode)
    }
}

impl fmt::Debug for Belenios2048Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Belenios2048Element({})", Belenios2048::encode(self))
    }
}

impl fmt::Debug for Belenios2048Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Belenios2048Base")
    }
}

#[cfg(test)]
mod tests;
