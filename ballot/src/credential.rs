//! Credentials: what lets a voter sign a ballot, and the roll of their public parts.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::digest::sha256;
use crate::group::{Group, GroupElement};
use crate::uuid::{BASE58, Uuid, random_base58};
use crate::wire::{Reader, Wire, WireError, WireFault, Writer};

/// The lengths of a credential's four groups of letters.
const GROUPS: [usize; 4] = [5, 6, 5, 6];

/// A voter's secret credential `XXXXX-XXXXXX-XXXXX-XXXXXX`: 22 letters of base 58, nearly 129 bits.
///
/// One credential serves several elections: its key and its public part are different in each.
/// It is wiped from memory when dropped and never printed.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Credential(String);

/// A credential's signing key in one election.
pub struct CredentialKey<G: Group>(Zeroizing<G::Scalar>);

/// A text that is no credential. It does not repeat the text, which may be a mistyped secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a credential has the form XXXXX-XXXXXX-XXXXX-XXXXXX, in base 58")]
pub struct CredentialError;

impl Credential {
    /// A fresh credential.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self::of_letters(&Zeroizing::new(random_base58(GROUPS.iter().sum(), rng)))
    }

    /// The credential whose letters are a hash's last ones in base 58: of its 256 bits they take 129, so that each is as likely.
    pub(crate) fn of_hash(hash: &[u8; 32]) -> Self {
        let mut number = Zeroizing::new(*hash);
        let count = GROUPS.iter().sum();
        let mut letters = Zeroizing::new(String::with_capacity(count));
        for _ in 0..count {
            let mut rest = 0_u16;
            for byte in number.iter_mut() {
                let value = rest << 8 | u16::from(*byte);
                // The rest is below 58, so that the quotient is a byte.
                *byte = u8::try_from(value / 58).unwrap_or(u8::MAX);
                rest = value % 58;
            }
            letters.extend(
                BASE58
                    .get(usize::from(rest))
                    .map(|letter| char::from(*letter)),
            );
        }
        Self::of_letters(&letters)
    }

    fn of_letters(letters: &str) -> Self {
        // Reserved, so that growing leaves no copy behind.
        let mut text = String::with_capacity(letters.len() + GROUPS.len());
        let mut rest = letters;
        for length in GROUPS {
            if !text.is_empty() {
                text.push('-');
            }
            let (group, others) = rest.split_at_checked(length).unwrap_or((rest, ""));
            text.push_str(group);
            rest = others;
        }
        Self(text)
    }

    /// The secret itself, to be shown to its owner.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The signing key in the election `uuid`. Specification 3.3.0, section 4.8.
    pub fn key<G: Group>(&self, uuid: &Uuid) -> CredentialKey<G> {
        let mut wide = Zeroizing::new([0_u8; 64]);
        for (half, index) in wide.chunks_mut(32).zip(["0", "1"]) {
            let prefix = format!("derive_credential|{uuid}|{index}|");
            let hash = Zeroizing::new(sha256([prefix.as_bytes(), self.0.as_bytes()]));
            half.copy_from_slice(hash.as_ref());
        }
        CredentialKey(Zeroizing::new(G::reduce_wide(&wide)))
    }

    /// The public part in the election `uuid`, which goes on its roll.
    pub fn public<G: Group>(&self, uuid: &Uuid) -> G::Element {
        self.key::<G>(uuid).public()
    }
}

impl FromStr for Credential {
    type Err = CredentialError;

    fn from_str(text: &str) -> Result<Self, CredentialError> {
        let groups: Zeroizing<Vec<usize>> = Zeroizing::new(text.split('-').map(str::len).collect());
        let letters = text.bytes().all(|b| b == b'-' || BASE58.contains(&b));
        (letters && groups.as_slice() == GROUPS)
            .then(|| Self(text.to_owned()))
            .ok_or(CredentialError)
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential(<redacted>)")
    }
}

impl<G: Group> CredentialKey<G> {
    /// The public credential.
    pub fn public(&self) -> G::Element {
        G::multiply_generator(&self.0)
    }

    pub(crate) fn secret(&self) -> &G::Scalar {
        &self.0
    }
}

impl<G: Group> fmt::Debug for CredentialKey<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CredentialKey(<redacted>)")
    }
}

/// An entry of the roll: a public credential, and its weight where weights are used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicCredential<G: Group> {
    /// The public credential.
    pub element: G::Element,
    /// How many times its ballot counts; nothing is once.
    pub weight: Option<u64>,
}

/// The roll of an election: its public credentials, distinct, none of them neutral.
///
/// The object in the archive is a JSON array of strings `element` or `element,weight`.
#[derive(Debug, Clone)]
pub struct PublicCredentials<G: Group> {
    entries: Vec<PublicCredential<G>>,
    by_text: HashMap<String, usize>,
}

impl<G: Group> PublicCredentials<G> {
    /// A roll of these credentials, each with weight one, sorted so that the order tells nothing.
    ///
    /// # Errors
    /// [`WireFault::Invalid`] for a neutral or repeated credential.
    pub fn sorted(elements: impl IntoIterator<Item = G::Element>) -> Result<Self, WireFault> {
        let elements: Vec<G::Element> = elements.into_iter().collect();
        let mut texts: Vec<(String, G::Element)> =
            G::encode_all(&elements).into_iter().zip(elements).collect();
        texts.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut roll = Self {
            entries: Vec::with_capacity(texts.len()),
            by_text: HashMap::with_capacity(texts.len()),
        };
        for (text, element) in texts {
            roll.push(
                text,
                PublicCredential {
                    element,
                    weight: None,
                },
            )?;
        }
        Ok(roll)
    }

    /// The entries in the object's order.
    pub fn entries(&self) -> &[PublicCredential<G>] {
        &self.entries
    }

    /// The weight of a credential's ballot; nothing if it is not on the roll.
    pub fn weight_of(&self, credential: &G::Element) -> Option<u64> {
        let index = self.by_text.get(&G::encode(credential))?;
        Some(self.entries.get(*index)?.weight.unwrap_or(1))
    }

    fn push(&mut self, text: String, entry: PublicCredential<G>) -> Result<(), WireFault> {
        if entry.element.is_identity() {
            return Err(WireFault::Invalid("the neutral element is no credential"));
        }
        if self.by_text.insert(text, self.entries.len()).is_some() {
            return Err(WireFault::Invalid("a credential stands twice on the roll"));
        }
        self.entries.push(entry);
        Ok(())
    }
}

impl<G: Group> Wire for PublicCredentials<G> {
    fn write(&self, out: &mut Writer) {
        out.array(&self.entries);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let mut roll = Self {
            entries: Vec::new(),
            by_text: HashMap::new(),
        };
        reader.array(|reader| {
            let entry = PublicCredential::<G>::read(reader)?;
            let text = G::encode(&entry.element);
            roll.push(text, entry).map_err(|fault| reader.fault(fault))
        })?;
        Ok(roll)
    }
}

impl<G: Group> Wire for PublicCredential<G> {
    fn write(&self, out: &mut Writer) {
        let element = G::encode(&self.element);
        match self.weight {
            None => out.string(&element),
            Some(weight) => out.string(&format!("{element},{weight}")),
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.plain_string(|text| {
            let (element, weight) = match text.split_once(',') {
                None => (text, None),
                Some((element, weight)) => (element, Some(parse_weight(weight)?)),
            };
            Ok::<_, WireFault>(Self {
                element: G::decode(element)?,
                weight,
            })
        })
    }
}

/// A weight of one or more, in canonical base 10.
fn parse_weight(text: &str) -> Result<u64, WireFault> {
    let weight: u64 = text.parse().map_err(|_| WireFault::NumberEncoding)?;
    if weight == 0 || weight.to_string() != text {
        return Err(WireFault::NumberEncoding);
    }
    Ok(weight)
}
