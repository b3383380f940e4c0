//! An election's id.

use std::fmt;

use rand_core::CryptoRng;

use crate::wire::{Reader, Wire, WireError, WireFault, Writer};

/// The alphabet of ids, credentials and trustees' seeds.
pub(crate) const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// Shortest id of the specification, and the length of ours.
const LENGTH: usize = 14;
/// Longer ids have no use and would only be a way to blow up inputs.
const LONGEST: usize = 64;

/// An election's id: 14 characters of base 58 (longer ones, up to 64, are read).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uuid(String);

/// A text that is no election's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an election's id is 14 to 64 characters of base 58")]
pub struct UuidError;

impl Uuid {
    /// A fresh id.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self(random_base58(LENGTH, rng))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Uuid {
    type Err = UuidError;

    fn from_str(text: &str) -> Result<Self, UuidError> {
        let good =
            (LENGTH..=LONGEST).contains(&text.len()) && text.bytes().all(|b| BASE58.contains(&b));
        good.then(|| Self(text.to_owned())).ok_or(UuidError)
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Wire for Uuid {
    fn write(&self, out: &mut Writer) {
        out.string(&self.0);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.plain_string(|text| {
            text.parse()
                .map_err(|_| WireFault::Invalid("an id of 14 to 64 base-58 characters expected"))
        })
    }
}

/// `length` characters of base 58, each equally likely.
pub(crate) fn random_base58(length: usize, rng: &mut impl CryptoRng) -> String {
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let mut byte = [0_u8];
        rng.fill_bytes(&mut byte);
        // 232 = 4 · 58: above it the first letters would be likelier than the last.
        let [byte] = byte;
        if byte < 232
            && let Some(letter) = BASE58.get(usize::from(byte % 58))
        {
            text.push(char::from(*letter));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Uuid, UuidError};

    #[test]
    fn an_id_is_fourteen_or_more_letters_of_base_58() {
        let good = "4w6XtatTw6kgAw";
        assert_eq!(good.parse(), Ok(Uuid(good.to_owned())));
        for bad in [
            "",
            "4w6XtatTw6kgA",
            "4w6XtatTw6kgA0",
            "4w6XtatTw6kgAl",
            "4w6XtatTw6kg w",
        ] {
            assert_eq!(bad.parse::<Uuid>(), Err(UuidError), "{bad:?}");
        }
        assert_eq!("1".repeat(65).parse::<Uuid>(), Err(UuidError));
    }
}
