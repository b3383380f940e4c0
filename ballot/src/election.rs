//! The election object: what is asked, of whom, under which key.

use std::fmt;
use std::str::FromStr;

use crate::digest::{Digest, Fingerprint};
use crate::group::{Group, GroupElement};
use crate::question::Question;
use crate::uuid::Uuid;
use crate::wire::{Reader, Wire, WireError, WireFault, Writer};

/// An election. Specification 3.3.0, section 4.10.
///
/// Its fingerprint φ is the hash of its exact bytes, and every ballot's signature covers φ: nothing in it can change
/// once the first ballot is signed.
#[derive(Clone)]
pub struct Election<G: Group> {
    description: String,
    name: String,
    public_key: G::Element,
    questions: Vec<Question>,
    uuid: Uuid,
    administrator: Option<String>,
    credential_authority: Option<String>,
    language: Option<Language>,
    base: G::Base,
    fingerprint: Fingerprint,
}

/// A language tag and its writing direction (an optional field of the 3.3.0 tools).
#[derive(Debug, Clone, PartialEq, Eq)]
struct Language {
    tag: String,
    direction: String,
}

/// Why something is no election or no question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ElectionError {
    /// The key is the neutral element: everyone could read the ballots.
    #[error("the election's key is the neutral element")]
    NeutralKey,
    /// Nothing is asked.
    #[error("an election asks at least one question")]
    NoQuestion,
    /// A question without answers.
    #[error("a question has at least one answer")]
    NoAnswer,
    /// Bounds that are not 0 ≤ min ≤ max ≤ number of answers.
    #[error("a question's bounds must be 0 ≤ min ≤ max ≤ number of answers")]
    Bounds,
}

impl<G: Group> Election<G> {
    /// An election with the key `public_key`.
    ///
    /// The `description` is where a poll's rule and roll are bound, see [`crate::BindingLines`]; an election's reader
    /// gives it no meaning.
    ///
    /// # Errors
    /// [`ElectionError`].
    pub fn build(
        uuid: Uuid,
        name: impl Into<String>,
        description: impl Into<String>,
        public_key: G::Element,
        questions: Vec<Question>,
    ) -> Result<Self, ElectionError> {
        Self::assemble(Parts {
            description: description.into(),
            name: name.into(),
            public_key,
            questions,
            uuid,
            administrator: None,
            credential_authority: None,
            language: None,
        })
    }

    /// The same election with the names of its administrator and credential authority.
    #[must_use]
    pub fn with_authorities(
        mut self,
        administrator: impl Into<String>,
        credential_authority: impl Into<String>,
    ) -> Self {
        self.administrator = Some(administrator.into());
        self.credential_authority = Some(credential_authority.into());
        self.fingerprint = Digest::of(self.to_json());
        self
    }

    /// The election's id.
    pub fn uuid(&self) -> &Uuid {
        &self.uuid
    }

    /// φ: the hash of the election's bytes.
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// The trustees' joint key y.
    pub fn public_key(&self) -> &G::Element {
        &self.public_key
    }

    /// What is asked.
    pub fn questions(&self) -> &[Question] {
        &self.questions
    }

    /// Its title.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its description.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Who runs it, if it says so.
    pub fn administrator(&self) -> Option<&str> {
        self.administrator.as_deref()
    }

    /// Who made its credentials, if it says so.
    pub fn credential_authority(&self) -> Option<&str> {
        self.credential_authority.as_deref()
    }

    pub(crate) fn base(&self) -> &G::Base {
        &self.base
    }

    fn assemble(parts: Parts<G>) -> Result<Self, ElectionError> {
        if parts.public_key.is_identity() {
            return Err(ElectionError::NeutralKey);
        }
        if parts.questions.is_empty() {
            return Err(ElectionError::NoQuestion);
        }
        let mut election = Self {
            base: G::base(&parts.public_key),
            fingerprint: Digest::of(""),
            description: parts.description,
            name: parts.name,
            public_key: parts.public_key,
            questions: parts.questions,
            uuid: parts.uuid,
            administrator: parts.administrator,
            credential_authority: parts.credential_authority,
            language: parts.language,
        };
        election.fingerprint = Digest::of(election.to_json());
        Ok(election)
    }
}

/// An election's members before they are known to fit together.
struct Parts<G: Group> {
    description: String,
    name: String,
    public_key: G::Element,
    questions: Vec<Question>,
    uuid: Uuid,
    administrator: Option<String>,
    credential_authority: Option<String>,
    language: Option<Language>,
}

/// The group's name of an election that has not been read yet, so that a reader can choose the group.
///
/// # Errors
/// [`WireError`] if it does not begin as an election does.
pub fn group_of_election(bytes: &[u8]) -> Result<String, WireError> {
    let mut reader = Reader::new(bytes)?;
    reader.expect("{\"version\":1,\"description\":")?;
    reader.string()?;
    reader.expect(",\"name\":")?;
    reader.string()?;
    reader.expect(",\"group\":")?;
    reader.string()
}

impl<G: Group> fmt::Debug for Election<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Election({}, {})", self.uuid, self.fingerprint)
    }
}

impl<G: Group> PartialEq for Election<G> {
    fn eq(&self, other: &Self) -> bool {
        self.fingerprint == other.fingerprint
    }
}

impl<G: Group> Eq for Election<G> {}

impl<G: Group> FromStr for Election<G> {
    type Err = WireError;

    fn from_str(text: &str) -> Result<Self, WireError> {
        Self::from_json(text.as_bytes())
    }
}

impl<G: Group> Wire for Election<G> {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("version", &1_u64);
            o.member("description", &self.description);
            o.member("name", &self.name);
            o.member_with("group", |out| out.string(G::NAME));
            o.member("public_key", &self.public_key);
            o.member("questions", &self.questions);
            o.member("uuid", &self.uuid);
            o.optional("administrator", self.administrator.as_ref());
            o.optional("credential_authority", self.credential_authority.as_ref());
            o.optional("language", self.language.as_ref());
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let start = reader.fault(WireFault::NotCanonical);
        let parts = reader.object(|o| {
            o.required_with("version", |r| {
                if r.number()? == 1 {
                    Ok(())
                } else {
                    Err(r.fault(WireFault::Unsupported("a crypto version other than 1")))
                }
            })?;
            let description = o.required("description")?;
            let name = o.required("name")?;
            o.required_with("group", |r| {
                r.plain_string(|group| {
                    if group == G::NAME {
                        Ok(())
                    } else {
                        Err(WireFault::Unsupported("another group"))
                    }
                })
            })?;
            Ok(Parts {
                description,
                name,
                public_key: o.required("public_key")?,
                questions: o.required("questions")?,
                uuid: o.required("uuid")?,
                administrator: o.optional("administrator")?,
                credential_authority: o.optional("credential_authority")?,
                language: o.optional("language")?,
            })
        })?;
        Self::assemble(parts).map_err(|error| WireError {
            fault: WireFault::Election(error),
            ..start
        })
    }
}

impl Wire for Language {
    fn write(&self, out: &mut Writer) {
        out.array([&self.tag, &self.direction]);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.expect("[")?;
        let tag = reader.string()?;
        reader.expect(",")?;
        if !reader.sees("\"ltr\"]") && !reader.sees("\"rtl\"]") {
            return Err(reader.fault(WireFault::Expected("ltr or rtl")));
        }
        let direction = reader.string()?;
        reader.expect("]")?;
        Ok(Self { tag, direction })
    }
}
