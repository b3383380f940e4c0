//! The roll while an election runs: which credentials are reserved for paper, which have voted, which are revoked.

use std::collections::BTreeSet;

use ballot::credential_of_ballot;

use crate::archive::Archive;

/// With fewer characters a credential is not asked for: a slip of the pen could mean another one.
const SHORTEST: usize = 12;
/// Characters of a credential by which people call it.
const TAG: usize = 16;

/// The public credentials of an election, as they stand on the roll, and what became of them.
///
/// A revoked credential was lost before a ballot of it was cast: none is accepted from then on, and its voter votes on paper.
#[derive(Clone, Debug, Default)]
pub struct Register {
    roll: BTreeSet<String>,
    paper: BTreeSet<String>,
    voted: BTreeSet<String>,
    /// The trackers of the ballots under paper credentials.
    sealed: BTreeSet<String>,
    revoked: Vec<String>,
}

/// Why a credential cannot be revoked, or no ballot of it be cast.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterError {
    /// The roll or a ballot cannot be read.
    #[error("{0}")]
    Unreadable(String),
    /// So little of a credential that it could be a mistake.
    #[error(
        "{0:?} is too short: give the first {SHORTEST} characters of the public credential or more"
    )]
    Short(String),
    /// Not on the roll.
    #[error("no credential on the roll is {0} or begins so: compare it with the card's stub")]
    NotOnRoll(String),
    /// The beginning of several credentials.
    #[error("{found} credentials on the roll begin with {beginning}: give more of it")]
    Ambiguous {
        /// What was given.
        beginning: String,
        /// How many begin so.
        found: usize,
    },
    /// Revoked before.
    #[error("the credential {} is revoked already", tag(.0))]
    Twice(String),
    /// It has a ballot, which counts.
    #[error("the credential {} has cast a ballot, which counts: it is not revoked", tag(.0))]
    Voted(String),
    /// Not a voter's own.
    #[error("the credential {} is reserved for paper: if it stays unused, the close voids it", tag(.0))]
    ReservedForPaper(String),
    /// A ballot of a revoked credential.
    #[error("its credential {} is revoked: its voter votes on paper", tag(.0))]
    Revoked(String),
    /// A ballot that did not come from the box.
    #[error("its credential {} is reserved for paper: only `tally election paper` seals under it", tag(.0))]
    PaperOnly(String),
}

impl Register {
    /// The register of an archive; `paper` are the public credentials that are reserved for paper, of the roll.
    ///
    /// # Errors
    /// [`RegisterError::Unreadable`], [`RegisterError::NotOnRoll`] for a paper credential that is not there.
    pub fn of(archive: &Archive<'_>, paper: &[String]) -> Result<Self, RegisterError> {
        let unreadable =
            |error: &dyn std::fmt::Display| RegisterError::Unreadable(error.to_string());
        let roll: Vec<String> = serde_json::from_slice(archive.setup.credentials)
            .map_err(|error| unreadable(&error))?;
        let mut register = Self {
            // A weight may follow the credential.
            roll: roll
                .iter()
                .filter_map(|entry| entry.split(',').next())
                .map(str::to_owned)
                .collect(),
            ..Self::default()
        };
        for credential in paper {
            if !register.roll.contains(credential) {
                return Err(RegisterError::NotOnRoll(credential.clone()));
            }
            register.paper.insert(credential.clone());
        }
        for ballot in &archive.ballots {
            let credential =
                credential_of_ballot(ballot.bytes).map_err(|error| unreadable(&error))?;
            register.voted.insert(credential.to_owned());
            if register.paper.contains(credential) {
                register.sealed.insert(ballot.hash.tracker());
            }
        }
        Ok(register)
    }

    /// The one credential on the roll that is `typed` or begins so; white space in it is of no matter.
    ///
    /// # Errors
    /// [`RegisterError`].
    pub fn find(&self, typed: &str) -> Result<String, RegisterError> {
        let beginning: String = typed.split_whitespace().collect();
        if beginning.len() < SHORTEST {
            return Err(RegisterError::Short(beginning));
        }
        let from = self.roll.range(beginning.clone()..);
        let found: Vec<&String> = from.take_while(|one| one.starts_with(&beginning)).collect();
        match found.as_slice() {
            [] => Err(RegisterError::NotOnRoll(beginning)),
            [one] => Ok((*one).clone()),
            // Elements in base 10 are not all equally long, so that one may be the beginning of another.
            [one, ..] if **one == beginning => Ok(beginning),
            several => Err(RegisterError::Ambiguous {
                found: several.len(),
                beginning,
            }),
        }
    }

    /// Revokes a credential.
    ///
    /// # Errors
    /// [`RegisterError`]: it is not on the roll, revoked already, reserved for paper, or has voted.
    pub fn revoke(&mut self, credential: &str) -> Result<(), RegisterError> {
        let name = credential.to_owned();
        if !self.roll.contains(credential) {
            return Err(RegisterError::NotOnRoll(name));
        }
        if self.revoked.contains(&name) {
            return Err(RegisterError::Twice(name));
        }
        if self.paper.contains(credential) {
            return Err(RegisterError::ReservedForPaper(name));
        }
        if self.voted.contains(credential) {
            return Err(RegisterError::Voted(name));
        }
        self.revoked.push(name);
        Ok(())
    }

    /// The revoked credentials in the order of their revocation: the file `revocations.json`.
    pub fn revoked(&self) -> &[String] {
        &self.revoked
    }

    /// Whether a voter's own ballot of this credential may be cast.
    ///
    /// # Errors
    /// [`RegisterError::Revoked`], [`RegisterError::PaperOnly`].
    pub fn may_cast(&self, credential: &str) -> Result<(), RegisterError> {
        let name = credential.to_owned();
        if self.revoked.contains(&name) {
            return Err(RegisterError::Revoked(name));
        }
        if self.paper.contains(credential) {
            return Err(RegisterError::PaperOnly(name));
        }
        Ok(())
    }

    /// How many credentials are reserved for paper.
    pub fn reserved_for_paper(&self) -> usize {
        self.paper.len()
    }

    /// The trackers of the ballots under credentials that are reserved for paper.
    pub fn sealed_paper(&self) -> &BTreeSet<String> {
        &self.sealed
    }

    /// The credentials reserved for paper under which no ballot is sealed. The close voids them: the file `voided.json`.
    pub fn unused_paper(&self) -> Vec<String> {
        self.paper.difference(&self.voted).cloned().collect()
    }
}

/// What people call a public credential by: its first characters. A card's stub shows them.
pub fn tag(credential: &str) -> &str {
    credential.get(..TAG).unwrap_or(credential)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::ArchiveWriter;

    const OWN: &str = "1234567890123456789";
    const LONGER: &str = "12345678901234567890";
    const OTHER: &str = "1234567890129999999";
    const PAPER: &str = "5555555555555555555";
    const VOTED: &str = "7777777777777777777";

    /// The roll of these five, of whom the last one has voted.
    fn archive() -> Vec<u8> {
        let roll = serde_json::to_vec(&[OWN, LONGER, OTHER, PAPER, VOTED]).unwrap();
        let ballot = format!(
            r#"{{"election_uuid":"u","election_hash":"h","credential":"{VOTED}","answers":[]}}"#
        );
        let mut archive = ArchiveWriter::setup(0, b"{}", b"[]", &roll).unwrap();
        archive.ballot(ballot.as_bytes()).unwrap();
        archive.into_bytes()
    }

    fn register() -> Register {
        let archive = archive();
        let archive = Archive::read(&archive).unwrap();
        Register::of(&archive, &[PAPER.to_owned()]).unwrap()
    }

    #[test]
    fn a_credential_is_found_by_an_unambiguous_beginning() {
        let register = register();
        let find = |typed| register.find(typed);
        assert_eq!(find("5555 5555 5555 "), Ok(PAPER.to_owned()));
        assert_eq!(find(OWN), Ok(OWN.to_owned()));
        assert_eq!(
            find("55555555555"),
            Err(RegisterError::Short("55555555555".to_owned()))
        );
        let none = "555555555556".to_owned();
        assert_eq!(find(&none), Err(RegisterError::NotOnRoll(none.clone())));
        let beginning = "123456789012".to_owned();
        let expected = RegisterError::Ambiguous {
            beginning: beginning.clone(),
            found: 3,
        };
        assert_eq!(find(&beginning), Err(expected));
    }

    #[test]
    fn only_an_unused_credential_of_a_voter_is_revoked_and_once() {
        let mut register = register();
        assert_eq!(register.may_cast(OWN), Ok(()));
        assert_eq!(register.revoke(OWN), Ok(()));
        let name = str::to_owned;
        for (credential, expected) in [
            (OWN, RegisterError::Twice(name(OWN))),
            (PAPER, RegisterError::ReservedForPaper(name(PAPER))),
            (VOTED, RegisterError::Voted(name(VOTED))),
            ("123", RegisterError::NotOnRoll(name("123"))),
        ] {
            assert_eq!(register.revoke(credential), Err(expected));
        }
        assert_eq!(register.revoked(), [OWN]);
        assert_eq!(
            register.may_cast(OWN),
            Err(RegisterError::Revoked(name(OWN)))
        );
        assert_eq!(
            register.may_cast(PAPER),
            Err(RegisterError::PaperOnly(name(PAPER)))
        );
        assert_eq!(register.may_cast(LONGER), Ok(()));
        assert_eq!(register.unused_paper(), [PAPER]);
        assert_eq!(register.reserved_for_paper(), 1);
        assert_eq!(register.sealed_paper(), &BTreeSet::new());
    }

    #[test]
    fn a_ballot_under_a_paper_credential_is_sealed_paper() {
        let archive = archive();
        let archive = Archive::read(&archive).unwrap();
        let paper = [PAPER.to_owned(), VOTED.to_owned()];
        let register = Register::of(&archive, &paper).unwrap();
        let tracker = archive.ballots[0].hash.tracker();
        assert_eq!(register.sealed_paper(), &BTreeSet::from([tracker]));
        assert_eq!(register.unused_paper(), [PAPER]);
        assert_eq!(register.reserved_for_paper(), 2);
    }

    #[test]
    fn a_paper_credential_that_is_not_on_the_roll_is_refused() {
        let archive = ArchiveWriter::setup(0, b"{}", b"[]", br#"["1"]"#)
            .unwrap()
            .into_bytes();
        let refused = Register::of(&Archive::read(&archive).unwrap(), &["2".to_owned()]);
        assert_eq!(
            refused.err(),
            Some(RegisterError::NotOnRoll("2".to_owned()))
        );
    }
}
