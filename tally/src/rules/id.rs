//! What a rule calls things by: items, elections, and the hashes of published bytes.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use unicode_normalization::is_nfc;

use super::text_fault;

/// An item's id (a candidate's or a project's), unique within a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ItemId(String);

impl ItemId {
    /// An id of 1 to 64 characters, composed (NFC), without white space or characters that are not seen.
    pub fn new(id: impl Into<String>) -> Option<Self> {
        let id = id.into();
        let length = id.chars().count();
        let clean = text_fault(&id).is_none() && !id.contains(char::is_whitespace) && is_nfc(&id);
        (clean && (1..=64).contains(&length)).then_some(Self(id))
    }

    /// The id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ItemId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(text).ok_or("not an item's id: 1 to 64 characters without white space")
    }
}

impl From<ItemId> for String {
    fn from(id: ItemId) -> Self {
        id.0
    }
}

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An election's id: at least 14 base58 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ElectionId(String);

impl ElectionId {
    /// Checks the text: 14 to 64 characters of the Bitcoin base58 alphabet.
    pub fn new(id: impl Into<String>) -> Option<Self> {
        const ALPHABET: &str = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
        let id = id.into();
        let clean = id.chars().all(|c| ALPHABET.contains(c));
        (clean && (14..=64).contains(&id.len())).then_some(Self(id))
    }

    /// The id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! sha256_newtype {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 32]);

        impl $name {
            /// SHA-256 of the exact bytes.
            pub fn of(bytes: &[u8]) -> Self {
                Self(Sha256::digest(bytes).into())
            }

            /// Reads 64 lowercase hexadecimal digits.
            pub fn from_hex(text: &str) -> Option<Self> {
                let canonical = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
                let bytes = hex::decode(text).ok()?;
                canonical.then_some(Self(bytes.try_into().ok()?))
            }

            /// 64 lowercase hexadecimal digits.
            pub fn to_hex(self) -> String {
                hex::encode(self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.to_hex())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.to_hex())
            }
        }
    };
}

sha256_newtype! {
    /// Hash of a rule document's bytes: the 64 digits after `rule:sha256:` in the election's description.
    RuleHash
}
sha256_newtype! {
    /// Hash of the candidates' published facts.
    FactsHash
}
sha256_newtype! {
    /// Hash of the archive's public-credentials object: the 64 digits after `roll:sha256:`.
    RollHash
}
