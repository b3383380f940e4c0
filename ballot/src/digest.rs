//! Hashes as the format writes them.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::wire::{Reader, Wire, WireError, WireFault, Writer};

/// SHA-256 in base64 without padding, 43 characters: the form of trackers, fingerprints and signed hashes.
///
/// Base64 of 32 bytes has two spare bits; only the encoding in which they are zero is read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

/// A ballot's tracker: the [`Digest`] of its encoding.
pub type Tracker = Digest;

/// An election's fingerprint φ: the [`Digest`] of its encoding.
pub type Fingerprint = Digest;

impl Digest {
    /// The hash of `bytes`.
    pub fn of(bytes: impl AsRef<[u8]>) -> Self {
        Self(Sha256::digest(bytes.as_ref()).into())
    }

    /// A hash that has been computed.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The hash's 32 bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads 43 base64 characters.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = STANDARD_NO_PAD.decode(text).ok()?;
        let digest = Self(bytes.try_into().ok()?);
        (digest.to_string() == text).then_some(digest)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl Wire for Digest {
    fn write(&self, out: &mut Writer) {
        out.string(&self.to_string());
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.plain_string(|text| {
            Self::parse(text).ok_or(WireFault::Invalid(
                "43 characters of canonical base64 expected",
            ))
        })
    }
}

/// SHA-256 of several parts one after the other.
pub(crate) fn sha256<'p>(parts: impl IntoIterator<Item = &'p [u8]>) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::Digest;

    #[test]
    fn only_the_canonical_base64_is_a_digest() {
        let text = Digest::of("x").to_string();
        assert_eq!(
            Digest::parse(&text).map(|d| d.to_string()),
            Some(text.clone())
        );
        assert_eq!(Digest::parse(&format!("{text}=")), None);
        assert_eq!(Digest::parse(text.get(1..).unwrap()), None);
        // The last character carries two bits of nothing, which must be zero.
        assert_eq!(Digest::parse(&("A".repeat(42) + "B")), None);
        assert!(Digest::parse(&"A".repeat(43)).is_some());
    }
}
