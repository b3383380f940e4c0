//! Paper in the same sealed count: the secret of the teller's device that seals it, and how two tellers compare what they have
//! typed without telling anybody.
//!
//! From one secret of the form of a credential come the credentials that an election reserves for paper, and the key with which
//! the two tellers' devices mark what they typed of each sheet. Equal marks are equal sheets; to whom has no key, a mark tells
//! nothing, however few choices there are. All of it is SHA-256 (FIPS 180-4) of a prefix and the secret, and HMAC (RFC 2104).

use std::fmt;
use std::str::FromStr;

use hmac::{Hmac, KeyInit as _, Mac as _};
use rand_core::CryptoRng;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::choices::{Choices, SealError};
use crate::credential::{Credential, CredentialError};
use crate::digest::sha256;
use crate::election::Election;
use crate::group::Group;
use crate::uuid::Uuid;
use crate::wire::Wire as _;

/// The secret of a device that seals paper, as long and as readable as a credential. Never printed; wiped when dropped.
#[derive(Clone)]
pub struct PaperSecret(Credential);

impl PaperSecret {
    /// A fresh secret.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self(Credential::generate(rng))
    }

    /// The secret itself, to be written down by its owner.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// The reserved credential of this number, from 1. Like every credential it serves all elections of a meeting.
    pub fn credential(&self, number: u32) -> Credential {
        self.derive(&format!("credential|{number}"))
    }

    /// The key with which two tellers compare in this election.
    pub fn comparison(&self, election: &Uuid) -> ComparisonKey {
        ComparisonKey(self.derive(&format!("compare|{election}")))
    }

    fn derive(&self, what: &str) -> Credential {
        let prefix = format!("minsheng-paper|{what}|");
        let hash = sha256([prefix.as_bytes(), self.expose().as_bytes()]);
        Credential::of_hash(&Zeroizing::new(hash))
    }
}

impl FromStr for PaperSecret {
    type Err = CredentialError;

    fn from_str(text: &str) -> Result<Self, CredentialError> {
        text.parse().map(Self)
    }
}

impl fmt::Debug for PaperSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PaperSecret(<redacted>)")
    }
}

/// What the two tellers' devices share, and the service does not know.
#[derive(Clone)]
pub struct ComparisonKey(Credential);

/// What a teller's device says of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetMark {
    /// 64 lowercase hex digits: equal where the same was typed of the same sheet.
    pub mark: String,
    /// Whether what stands on the sheet can be sealed. One that ticks too many or too few is invalid, and kept.
    pub valid: bool,
}

impl ComparisonKey {
    /// The key itself, to be carried to the other teller's device.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// The mark of a sheet on which these choices are ticked; without choices, of one that the chief scrutineer has ruled invalid.
    ///
    /// # Errors
    /// [`SealError::QuestionCount`] and [`SealError::MarkCount`]: the choices are not of this election's form.
    pub fn mark<G: Group>(
        &self,
        election: &Election<G>,
        sheet: u32,
        choices: Option<&Choices>,
    ) -> Result<SheetMark, SealError> {
        let (typed, valid) = match choices {
            None => (Zeroizing::new("invalid".to_owned()), false),
            Some(choices) => (
                Zeroizing::new(choices.to_json()),
                is_valid(election, choices)?,
            ),
        };
        let text = format!("minsheng-paper|sheet|{}|{sheet}|", election.uuid());
        Ok(SheetMark {
            mark: hex::encode(self.keyed(&[text.as_bytes(), typed.as_bytes()])),
            valid,
        })
    }

    /// The mark of how many sheets came out of the box: it differs where the keys do.
    pub fn mark_of_count(&self, election: &Uuid, sheets: u32) -> String {
        let text = format!("minsheng-paper|sheets|{election}|{sheets}");
        hex::encode(self.keyed(&[text.as_bytes()]))
    }

    fn keyed(&self, parts: &[&[u8]]) -> [u8; 32] {
        // A key of any length is one for HMAC.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.expose().as_bytes()) else {
            return [0; 32];
        };
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

fn is_valid<G: Group>(election: &Election<G>, choices: &Choices) -> Result<bool, SealError> {
    match choices.check(election.questions()) {
        Ok(()) => Ok(true),
        Err(SealError::TickCount { .. } | SealError::BlankAndTicked { .. }) => Ok(false),
        Err(other) => Err(other),
    }
}

impl FromStr for ComparisonKey {
    type Err = CredentialError;

    fn from_str(text: &str) -> Result<Self, CredentialError> {
        text.parse().map(Self)
    }
}

impl fmt::Debug for ComparisonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ComparisonKey(<redacted>)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Ed25519, Question};
    use std::collections::BTreeSet;

    const SECRET: &str = "AAAAA-BBBBBB-CCCCC-DDDDDD";

    fn election(id: &str) -> Election<Ed25519> {
        let question = Question::new("?", ["1", "2", "3"], 0, 2).unwrap();
        let key = Ed25519::multiply_generator(&Ed25519::reduce_wide(&[7; 64]));
        Election::build(id.parse().unwrap(), "n", "d", key, vec![question]).unwrap()
    }

    fn secret() -> PaperSecret {
        SECRET.parse().unwrap()
    }

    #[test]
    fn credentials_are_the_secret_s_own_and_distinct() {
        let of = |number| secret().credential(number).expose().to_owned();
        let first: BTreeSet<String> = (1..=300).map(of).collect();
        assert_eq!(first.len(), 300);
        assert_eq!(of(7), of(7));
        let other: PaperSecret = "AAAAA-BBBBBB-CCCCC-DDDDDE".parse().unwrap();
        assert_ne!(other.credential(7).expose(), of(7));
        // Every one of them is read as what it is.
        assert!(first.iter().all(|text| text.parse::<Credential>().is_ok()));
    }

    #[test]
    fn equal_marks_are_equal_sheets_under_an_equal_key() {
        let (here, there) = (election("Minsheng111111"), election("Minsheng222222"));
        let key = secret().comparison(here.uuid());
        let typed = |key: &ComparisonKey, election, sheet, marks: [bool; 3]| {
            key.mark(election, sheet, Some(&Choices::from([marks.to_vec()])))
                .unwrap()
        };
        let one = typed(&key, &here, 1, [true, false, true]);
        assert!(one.valid && one.mark.len() == 64);
        assert_eq!(one, typed(&key, &here, 1, [true, false, true]));
        for other in [
            typed(&key, &here, 2, [true, false, true]),
            typed(&key, &here, 1, [true, false, false]),
            typed(&key, &there, 1, [true, false, true]),
            typed(
                &secret().comparison(there.uuid()),
                &here,
                1,
                [true, false, true],
            ),
            key.mark(&here, 1, None).unwrap(),
        ] {
            assert_ne!(one.mark, other.mark);
        }
        let count = key.mark_of_count(here.uuid(), 3);
        assert_ne!(count, key.mark_of_count(here.uuid(), 4));
    }

    #[test]
    fn too_many_ticks_are_invalid_and_another_form_is_refused() {
        let here = election("Minsheng111111");
        let key = secret().comparison(here.uuid());
        let all = Choices::from([vec![true, true, true]]);
        assert!(!key.mark(&here, 1, Some(&all)).unwrap().valid);
        let short = Choices::from([vec![true, true]]);
        assert!(matches!(
            key.mark(&here, 1, Some(&short)),
            Err(SealError::MarkCount { .. })
        ));
    }

    #[test]
    fn nothing_of_it_is_printed() {
        let key = secret().comparison(&"Minsheng111111".parse().unwrap());
        let shown = format!("{:?} {key:?}", secret());
        assert_eq!(shown, "PaperSecret(<redacted>) ComparisonKey(<redacted>)");
    }
}
