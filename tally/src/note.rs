//! Signed notes and verifier keys (c2sp.org/signed-note), and timestamped cosignatures (c2sp.org/tlog-cosignature).

mod ed25519;

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::strict;

/// The most signature lines that are read; the specification asks for at least 16.
const MOST_SIGNATURES: usize = 64;

/// A text with signature lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<SignatureLine>,
}

/// One signature line: who says to have signed, and the bytes after the key id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureLine {
    name: KeyName,
    id: KeyId,
    signature: Vec<u8>,
}

/// A key's name: not empty, no white space, no plus sign.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(String);

/// The first four bytes of the hash of name, type and key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 4]);

/// What a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// `0x01`: Ed25519 over the note's text: the log itself.
    Log,
    /// `0x04`: timestamped Ed25519 cosignature of a checkpoint: a witness.
    Witness,
}

/// A verifier key: the line `name+id+base64`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VerifierKey {
    name: KeyName,
    kind: KeyKind,
    key: [u8; 32],
}

/// Why a note or a key is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteError {
    /// Not a text, a blank line and signature lines.
    #[error("not a signed note")]
    Malformed,
    /// More signature lines than are read.
    #[error("more than 64 signature lines")]
    TooManySignatures,
    /// Not a verifier key line of a kind that is known.
    #[error("not a verifier key `name+id+key` of Ed25519")]
    Key,
    /// No signature of the key.
    #[error("no signature of `{0}`")]
    Unsigned(String),
    /// A signature of the key that does not verify.
    #[error("the signature of `{0}` is wrong")]
    Forged(String),
    /// A key that cannot make this kind of signature.
    #[error("`{0}` is a key of another kind")]
    OtherKind(String),
    /// Fewer witnesses than the rule asks for.
    #[error("{found} of the {required} cosignatures that are required")]
    TooFewWitnesses {
        /// Required.
        required: u64,
        /// Valid ones found.
        found: u64,
    },
}

impl KeyName {
    /// Checks a name.
    pub fn new(name: impl Into<String>) -> Option<Self> {
        let name = name.into();
        let clean = !name.is_empty()
            && !name
                .chars()
                .any(|c| c.is_whitespace() || c.is_control() || c == '+');
        clean.then_some(Self(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl KeyKind {
    fn byte(self) -> u8 {
        match self {
            Self::Log => 1,
            Self::Witness => 4,
        }
    }
}

impl VerifierKey {
    /// A key of 32 bytes, as RFC 8032 encodes it.
    pub fn new(name: KeyName, kind: KeyKind, key: [u8; 32]) -> Self {
        Self { name, kind, key }
    }

    /// Its name.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// Its 32 bytes: two names do not make two of one key.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.key
    }

    /// What it signs.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Its id.
    pub fn id(&self) -> KeyId {
        let hash: [u8; 32] = Sha256::new()
            .chain_update(self.name.0.as_bytes())
            .chain_update([b'\n', self.kind.byte()])
            .chain_update(self.key)
            .finalize()
            .into();
        let [a, b, c, d, ..] = hash;
        KeyId([a, b, c, d])
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut material = vec![self.kind.byte()];
        material.extend_from_slice(&self.key);
        write!(
            f,
            "{}+{}+{}",
            self.name,
            hex::encode(self.id().0),
            strict::to_base64(&material)
        )
    }
}

impl FromStr for VerifierKey {
    type Err = NoteError;

    fn from_str(line: &str) -> Result<Self, NoteError> {
        let read = || {
            let (name, rest) = line.split_once('+')?;
            let (id, material) = rest.split_once('+')?;
            let material = strict::base64(material)?;
            let (kind, key) = material.split_first()?;
            let kind = match kind {
                1 => KeyKind::Log,
                4 => KeyKind::Witness,
                _ => return None,
            };
            let key = Self::new(KeyName::new(name)?, kind, key.try_into().ok()?);
            (strict::hex::<4>(id)? == key.id().0).then_some(key)
        };
        read().ok_or(NoteError::Key)
    }
}

impl TryFrom<String> for VerifierKey {
    type Error = NoteError;

    fn try_from(line: String) -> Result<Self, NoteError> {
        line.parse()
    }
}

impl From<VerifierKey> for String {
    fn from(key: VerifierKey) -> Self {
        key.to_string()
    }
}

impl Note {
    /// A text to be signed: it ends in a newline and has no control characters besides.
    pub fn new(text: impl Into<String>) -> Result<Self, NoteError> {
        let text = text.into();
        if !is_text(&text) {
            return Err(NoteError::Malformed);
        }
        Ok(Self {
            text,
            signatures: Vec::new(),
        })
    }

    /// Reads a signed note.
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        let (text, lines) = note.rsplit_once("\n\n").ok_or(NoteError::Malformed)?;
        let text = format!("{text}\n");
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Malformed)?;
        if !is_text(&text) {
            return Err(NoteError::Malformed);
        }
        let mut signatures = Vec::new();
        for line in lines.split('\n') {
            if signatures.len() == MOST_SIGNATURES {
                return Err(NoteError::TooManySignatures);
            }
            signatures.push(SignatureLine::parse(line).ok_or(NoteError::Malformed)?);
        }
        Ok(Self { text, signatures })
    }

    /// The signed text, with its final newline.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines.
    pub fn signatures(&self) -> &[SignatureLine] {
        &self.signatures
    }

    /// Adds the log's signature. `sign` is handed the text's bytes and returns the 64 bytes of the signature.
    pub fn sign<E>(
        mut self,
        key: &VerifierKey,
        sign: impl FnOnce(&[u8]) -> Result<[u8; 64], E>,
    ) -> Result<Self, E> {
        let signature = sign(self.text.as_bytes())?.to_vec();
        self.signatures.push(SignatureLine {
            name: key.name.clone(),
            id: key.id(),
            signature,
        });
        Ok(self)
    }

    /// Adds a witness's cosignature made at `time` (seconds since 1970).
    pub fn cosign<E>(
        mut self,
        key: &VerifierKey,
        time: u64,
        sign: impl FnOnce(&[u8]) -> Result<[u8; 64], E>,
    ) -> Result<Self, E> {
        let mut signature = time.to_be_bytes().to_vec();
        signature.extend_from_slice(&sign(cosigned(&self.text, time).as_bytes())?);
        self.signatures.push(SignatureLine {
            name: key.name.clone(),
            id: key.id(),
            signature,
        });
        Ok(self)
    }

    /// Verifies the log's signature. Signatures of other keys are ignored, as the specification asks.
    pub fn verify(&self, key: &VerifierKey) -> Result<(), NoteError> {
        if key.kind != KeyKind::Log {
            return Err(NoteError::OtherKind(key.name.0.clone()));
        }
        self.verify_lines(key, |bytes| {
            let signature = bytes.try_into().ok()?;
            ed25519::verify(&key.key, self.text.as_bytes(), signature).then_some(())
        })
    }

    /// Verifies a witness's cosignature and returns its time in seconds since 1970.
    pub fn verify_witness(&self, key: &VerifierKey) -> Result<u64, NoteError> {
        if key.kind != KeyKind::Witness {
            return Err(NoteError::OtherKind(key.name.0.clone()));
        }
        self.verify_lines(key, |bytes| {
            let (time, signature) = bytes.split_first_chunk::<8>()?;
            let time = u64::from_be_bytes(*time);
            let valid = time < 1 << 63
                && ed25519::verify(
                    &key.key,
                    cosigned(&self.text, time).as_bytes(),
                    signature.try_into().ok()?,
                );
            valid.then_some(time)
        })
    }

    /// Verifies that at least `required` of the witnesses cosigned. A wrong cosignature of a listed witness is an error; a
    /// key that is listed under two names counts once.
    pub fn verify_witnesses(&self, keys: &[VerifierKey], required: u64) -> Result<(), NoteError> {
        let mut found = 0;
        let mut seen = HashSet::new();
        for key in keys.iter().filter(|key| seen.insert(key.bytes())) {
            match self.verify_witness(key) {
                Ok(_) => found += 1,
                Err(NoteError::Unsigned(_)) => {}
                Err(error) => return Err(error),
            }
        }
        if found >= required {
            Ok(())
        } else {
            Err(NoteError::TooFewWitnesses { required, found })
        }
    }

    /// Every line of this key must verify; the last one's value is returned.
    fn verify_lines<T>(
        &self,
        key: &VerifierKey,
        check: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<T, NoteError> {
        let id = key.id();
        let mut last = None;
        for line in self
            .signatures
            .iter()
            .filter(|line| line.name == key.name && line.id == id)
        {
            last =
                Some(check(&line.signature).ok_or_else(|| NoteError::Forged(key.name.0.clone()))?);
        }
        last.ok_or_else(|| NoteError::Unsigned(key.name.0.clone()))
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures
            .iter()
            .try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl SignatureLine {
    /// Reads a line without its newline.
    pub fn parse(line: &str) -> Option<Self> {
        let (name, signature) = line.strip_prefix("— ")?.split_once(' ')?;
        let signature = strict::base64(signature)?;
        let (id, signature) = signature.split_first_chunk::<4>()?;
        (!signature.is_empty()).then_some(())?;
        Some(Self {
            name: KeyName::new(name)?,
            id: KeyId(*id),
            signature: signature.to_vec(),
        })
    }

    /// Who says to have signed.
    pub fn name(&self) -> &KeyName {
        &self.name
    }
}

impl fmt::Display for SignatureLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.id.0[..], &self.signature].concat();
        write!(f, "— {} {}", self.name, strict::to_base64(&bytes))
    }
}

/// What a witness signs.
fn cosigned(text: &str, time: u64) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

fn is_text(text: &str) -> bool {
    text.ends_with('\n') && !text.chars().any(|c| c < ' ' && c != '\n')
}
