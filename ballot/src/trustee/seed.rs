//! The one secret of a member of a threshold group, and the two keys that it gives for the ceremony.
//!
//! A seed is generated, never chosen: 22 letters of base 58, nearly 129 bits. Written down by its owner it is also the
//! backup: with the ceremony's public messages it gives the decryption key again. Specification 3.3.0, section 4.6.1.

use std::fmt;
use std::str::FromStr;

use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::digest::sha256;
use crate::group::Group;
use crate::uuid::{BASE58, random_base58};
use crate::wire::{Reader, Wire, WireError, WireFault, Writer};

/// Letters of a seed.
const LENGTH: usize = 22;

/// A member's secret seed. Wiped from memory when dropped and never printed.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Seed(String);

/// A text that is no seed. It does not repeat the text, which may be a mistyped secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a trustee's seed is 22 letters of base 58")]
pub struct SeedError;

/// The keys of the ceremony: they sign and decrypt messages between members, not ballots.
pub(super) struct Keys<G: Group> {
    /// SHA-256(`sk|`seed) mod q.
    pub(super) signing: Zeroizing<G::Scalar>,
    /// SHA-256(`dk|`seed) mod q.
    pub(super) decryption: Zeroizing<G::Scalar>,
}

impl Seed {
    /// A fresh seed.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self(random_base58(LENGTH, rng))
    }

    /// The secret itself, to be shown to its owner.
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub(super) fn keys<G: Group>(&self) -> Keys<G> {
        let key = |prefix: &[u8]| {
            let hash = Zeroizing::new(sha256([prefix, self.0.as_bytes()]));
            Zeroizing::new(G::reduce(&hash))
        };
        Keys {
            signing: key(b"sk|"),
            decryption: key(b"dk|"),
        }
    }
}

impl FromStr for Seed {
    type Err = SeedError;

    fn from_str(text: &str) -> Result<Self, SeedError> {
        let good = text.len() == LENGTH && text.bytes().all(|b| BASE58.contains(&b));
        good.then(|| Self(text.to_owned())).ok_or(SeedError)
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(<redacted>)")
    }
}

impl Wire for Seed {
    fn write(&self, out: &mut Writer) {
        out.string(&self.0);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.plain_string(|text| {
            text.parse()
                .map_err(|_| WireFault::Invalid("a seed of 22 base-58 letters expected"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Seed;

    #[test]
    fn a_seed_is_22_letters_of_base_58_and_is_never_printed() {
        let seed: Seed = "123456789ABCDEFGHJKLMN".parse().unwrap();
        assert_eq!(format!("{seed:?}"), "Seed(<redacted>)");
        for bad in [
            "",
            "123456789ABCDEFGHJKLM",
            "123456789ABCDEFGHJKLMNP",
            "023456789ABCDEFGHJKLMN",
        ] {
            assert!(bad.parse::<Seed>().is_err(), "{bad:?}");
        }
    }
}
