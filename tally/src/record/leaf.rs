//! Our leaves: a small header with the salted hash of its body.
//!
//! The header is in the tree for good; the body lies beside the tiles and can be taken down with a public reason while the
//! tree still verifies. The salt keeps a body that was taken down from being guessed from its hash.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::strict;

/// The value of `v` that this version writes.
const VERSION: u8 = 1;

/// A leaf's header, written as compact JSON in the order of its fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeafHeader {
    /// Version of the header, 1.
    v: u8,
    /// What happened, lowercase words joined by underscores: a [`Kind`](super::body::Kind)'s name, e.g. `poll_ballot`.
    kind: String,
    /// Where: the jurisdiction's slug and the year, e.g. `qinghe/2026`, or `-` for the deployment.
    scope: String,
    /// When, in milliseconds since 1970 UTC.
    at: i64,
    /// The public object it is about, as a [`Subject`](super::body::Subject) is written; never empty.
    subject: String,
    /// Hash of the body's document.
    body: BodyHash,
}

/// Why a header or a body is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LeafError {
    /// The kind is not lowercase words joined by underscores, or is longer than 64 characters.
    #[error("`kind` must be lowercase words joined by underscores, at most 64 characters")]
    Kind,
    /// The scope has other characters than letters, digits, hyphens and slashes, or is longer than 128.
    #[error("`scope` must be slugs joined by slashes, at most 128 characters")]
    Scope,
    /// The subject is empty, has white space or control characters, or is longer than 128 characters.
    #[error("`subject` must be 1 to 128 characters without white space")]
    Subject,
    /// Not the canonical JSON of a header.
    #[error("not a leaf header in its one form")]
    Malformed,
    /// A body's document does not begin with its salt.
    #[error("a body begins with its salt: 64 hexadecimal digits and a newline")]
    Salt,
    /// The body is not the one that the leaf names.
    #[error("the body is not the one that the leaf names")]
    OtherBody,
}

impl LeafHeader {
    /// Checks the parts.
    pub fn new(
        kind: &str,
        scope: &str,
        at: i64,
        subject: &str,
        body: BodyHash,
    ) -> Result<Self, LeafError> {
        let header = Self {
            v: VERSION,
            kind: kind.to_owned(),
            scope: scope.to_owned(),
            at,
            subject: subject.to_owned(),
            body,
        };
        header.check()?;
        Ok(header)
    }

    /// Reads an entry of the log, in its one form.
    pub fn from_entry(entry: &[u8]) -> Result<Self, LeafError> {
        let header: Self = serde_json::from_slice(entry).map_err(|_| LeafError::Malformed)?;
        header.check()?;
        if header.to_entry() == entry {
            Ok(header)
        } else {
            Err(LeafError::Malformed)
        }
    }

    /// The entry of the log: compact JSON.
    pub fn to_entry(&self) -> Vec<u8> {
        // Plain strings and integers serialise without fail.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// What happened.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Where.
    pub fn scope(&self) -> &str {
        &self.scope
    }

    /// When, in milliseconds since 1970 UTC.
    pub fn at(&self) -> i64 {
        self.at
    }

    /// The public object it is about.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Hash of the body's document.
    pub fn body(&self) -> BodyHash {
        self.body
    }

    fn check(&self) -> Result<(), LeafError> {
        let word = |word: &str| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        if self.v != VERSION {
            return Err(LeafError::Malformed);
        }
        if self.kind.len() > 64 || !self.kind.split('_').all(word) {
            return Err(LeafError::Kind);
        }
        let slug = |slug: &str| {
            !slug.is_empty()
                && slug
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        };
        if self.scope.len() > 128 || !self.scope.split('/').all(slug) {
            return Err(LeafError::Scope);
        }
        if !(1..=128).contains(&self.subject.chars().count())
            || self
                .subject
                .chars()
                .any(|c| c.is_whitespace() || c.is_control())
        {
            return Err(LeafError::Subject);
        }
        Ok(())
    }
}

/// 32 random bytes, fresh for every body.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt([u8; 32]);

impl Salt {
    /// From random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(<redacted>)")
    }
}

/// Hash of a body's document.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BodyHash([u8; 32]);

impl BodyHash {
    /// 64 lowercase hexadecimal digits, as in the path `/record/body/{hash}`.
    pub fn to_hex(self) -> String {
        hex::encode(self.0)
    }

    /// Reads 64 lowercase hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        strict::hex(text).map(Self)
    }
}

impl TryFrom<String> for BodyHash {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::from_hex(&text).ok_or("not 64 lowercase hexadecimal digits")
    }
}

impl From<BodyHash> for String {
    fn from(hash: BodyHash) -> Self {
        hash.to_hex()
    }
}

impl fmt::Display for BodyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

impl fmt::Debug for BodyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BodyHash({self})")
    }
}

/// The document that is stored and served at `/record/body/{hash}`: the salt as 64 hexadecimal digits, a newline, the body.
pub fn body_document(salt: Salt, body: &[u8]) -> Vec<u8> {
    let mut document = hex::encode(salt.0).into_bytes();
    document.push(b'\n');
    document.extend_from_slice(body);
    document
}

/// Hash of a body with its salt: SHA-256 of `minsheng-body/1`, a newline and [`body_document`].
pub fn body_hash(salt: Salt, body: &[u8]) -> BodyHash {
    document_hash(&body_document(salt, body))
}

/// Reads a served document: the body, if it is the one that the leaf names.
pub fn open_body(document: &[u8], expected: BodyHash) -> Result<&[u8], LeafError> {
    let (salt, rest) = document.split_first_chunk::<64>().ok_or(LeafError::Salt)?;
    let salted = std::str::from_utf8(salt).is_ok_and(|salt| strict::hex::<32>(salt).is_some());
    let body = rest
        .strip_prefix(b"\n")
        .filter(|_| salted)
        .ok_or(LeafError::Salt)?;
    if document_hash(document) == expected {
        Ok(body)
    } else {
        Err(LeafError::OtherBody)
    }
}

fn document_hash(document: &[u8]) -> BodyHash {
    BodyHash(
        Sha256::new()
            .chain_update(b"minsheng-body/1\n")
            .chain_update(document)
            .finalize()
            .into(),
    )
}
