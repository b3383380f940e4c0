//! Setting up an election: everything that is fixed before the first ballot. Pure: the same parts give the same bytes.
//!
//! | object | made of |
//! |---|---|
//! | trustees | the scrutineers' keys, each with its own, or t of n by the key ceremony |
//! | roll | the public credentials, sorted, without weights |
//! | election | id and name, the trustees' joint key, the [`questions`] of the rule, and a description that ends with the hashes of the exact rule and roll ([`BindingLines`]) |
//!
//! The service and the command build an election here. Whoever is shown one compares it with what the same parts give
//! here ([`Parts::check`]), or, without the labels, checks the binding and the questions ([`check_questions`]).

mod questions;
#[cfg(test)]
mod tests;

use ballot::group::ElementFault;
use ballot::trustee::{TrusteeError, Trustees, VerificationKey};
use ballot::wire::WireFault;
pub use ballot::{BindingError, BindingLine, BindingLines};
use ballot::{Election, ElectionError, Group, PublicCredentials, Uuid, Wire, WireError};

use crate::rules::{RollHash, Rule, RuleError};
pub use questions::{
    Item, ItemsError, LabelError, QuestionsError, check_questions, item_answers, item_texts,
    questions,
};

/// What an election is made of.
#[derive(Clone, Debug)]
pub struct Parts<'a, G: Group> {
    /// Its id.
    pub uuid: Uuid,
    /// The poll's name, which is also the question where there is but one.
    pub name: String,
    /// The exact text of the adopted rule.
    pub rule: &'a str,
    /// The rule's items with their labels, in any order.
    pub items: Vec<Item>,
    /// Who holds the key; see [`single_trustees`] where each has a key of its own.
    pub trustees: Trustees<G>,
    /// The public credentials; see [`roll`].
    pub roll: PublicCredentials<G>,
}

/// What is fixed before the first ballot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frozen<G: Group> {
    /// The election. Its fingerprint φ is the hash of its bytes.
    pub election: Election<G>,
    /// The trustees object.
    pub trustees: String,
    /// The public-credentials object.
    pub roll: String,
    /// Its hash, which the election's description names.
    pub roll_hash: RollHash,
    /// The credentials one by one, in the roll's order.
    pub credentials: Vec<String>,
}

/// Why an election cannot be set up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// The rule is refused.
    #[error("rule: {0}")]
    Rule(#[from] RuleError),
    /// A trustee's key object.
    #[error("the key of trustee {number}: {error}")]
    Key {
        /// Whose, from 1.
        number: usize,
        /// What is wrong with it.
        error: WireError,
    },
    /// The trustees are refused; the error names the one to blame.
    #[error("trustees: {0}")]
    Trustees(#[from] TrusteeError),
    /// A text that is no public credential.
    #[error("the public credential {credential}: {error}")]
    Credential {
        /// The text.
        credential: String,
        /// What is wrong with it.
        error: ElementFault,
    },
    /// A credential is neutral or stands twice.
    #[error("roll: {0}")]
    Roll(WireFault),
    /// A ballot would count more than once.
    #[error("roll: {0} has a weight")]
    Weight(String),
    /// The roll's order may tell who is who: it is not the sorted one from this credential on.
    #[error("roll: {0} is not at its place in the sorted order")]
    Order(String),
    /// Labels that do not fit the rule.
    #[error(transparent)]
    Items(#[from] ItemsError),
    /// The rule's title cannot stand before the binding lines.
    #[error(transparent)]
    Binding(#[from] BindingError),
    /// The election cannot be.
    #[error(transparent)]
    Election(#[from] ElectionError),
}

/// Why an election is not the one that its parts give.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    /// The parts themselves do not fit.
    #[error(transparent)]
    Parts(#[from] SetupError),
    /// It is no election of this group.
    #[error("election: {0}")]
    Encoding(WireError),
    /// Another id.
    #[error("the election has another id")]
    Uuid,
    /// Another name.
    #[error("the election has another name")]
    Name,
    /// Another rule or roll is bound, or none.
    #[error(transparent)]
    Binding(BindingError),
    /// The description has another text before its lines than the rule's title.
    #[error("the election's description does not begin with the rule's title")]
    Title,
    /// Another key.
    #[error("the election's key is not that of the trustees")]
    PublicKey,
    /// Another question.
    #[error("question {0} is another one")]
    Question(usize),
    /// Members that no election set up here has.
    #[error(
        "the election has members that are not set up: an administrator, a credential authority or a language"
    )]
    Members,
}

/// Trustees who have a key each and are all needed, from their key objects by number.
///
/// # Errors
/// [`SetupError::Key`].
pub fn single_trustees<G: Group>(keys: &[impl AsRef<str>]) -> Result<Trustees<G>, SetupError> {
    let read = |(number, key): (usize, &_)| {
        VerificationKey::from_json(AsRef::<str>::as_ref(key).as_bytes())
            .map_err(|error| SetupError::Key { number, error })
    };
    let keys: Vec<VerificationKey<G>> = (1..).zip(keys).map(read).collect::<Result<_, _>>()?;
    Ok(Trustees::of_singles(keys))
}

/// The roll of the registered public credentials, sorted, so that its order says nothing.
///
/// # Errors
/// [`SetupError::Credential`], [`SetupError::Roll`].
pub fn roll<G: Group>(credentials: &[impl AsRef<str>]) -> Result<PublicCredentials<G>, SetupError> {
    let element = |credential: &_| {
        let text: &str = AsRef::<str>::as_ref(credential);
        G::decode(text).map_err(|error| SetupError::Credential {
            credential: text.to_owned(),
            error,
        })
    };
    let elements: Vec<G::Element> = credentials.iter().map(element).collect::<Result<_, _>>()?;
    PublicCredentials::sorted(elements).map_err(SetupError::Roll)
}

impl<G: Group> Parts<'_, G> {
    /// Builds what is fixed before the first ballot.
    ///
    /// # Errors
    /// [`SetupError`] names what does not fit.
    pub fn build(&self) -> Result<Frozen<G>, SetupError> {
        let rule = Rule::parse(self.rule)?;
        self.trustees.verify()?;
        let credentials = credentials(&self.roll)?;
        let roll = self.roll.to_json();
        let lines = BindingLines::of(self.rule.as_bytes(), roll.as_bytes());
        let election = Election::build(
            self.uuid.clone(),
            self.name.clone(),
            lines.description(rule.title())?,
            self.trustees.joint_key(),
            questions(&rule, &self.name, &self.items)?,
        )?;
        Ok(Frozen {
            election,
            trustees: self.trustees.to_json(),
            roll_hash: RollHash::of(roll.as_bytes()),
            roll,
            credentials,
        })
    }

    /// Checks that `election` is exactly what these parts give, byte for byte.
    ///
    /// # Errors
    /// [`CheckError`] names the first member that differs.
    pub fn check(&self, election: &[u8]) -> Result<Frozen<G>, CheckError> {
        let frozen = self.build()?;
        let shown = Election::from_json(election).map_err(CheckError::Encoding)?;
        if shown.to_json() == frozen.election.to_json() {
            return Ok(frozen);
        }
        Err(self.difference(&frozen, &shown))
    }

    fn difference(&self, frozen: &Frozen<G>, shown: &Election<G>) -> CheckError {
        let own = &frozen.election;
        if shown.uuid() != own.uuid() {
            return CheckError::Uuid;
        }
        if shown.name() != own.name() {
            return CheckError::Name;
        }
        if shown.description() != own.description() {
            let bound = BindingLines::parse(shown.description()).and_then(|(_, lines)| {
                lines.check_rule(self.rule.as_bytes())?;
                lines.check_roll(frozen.roll.as_bytes())
            });
            return bound.map_or_else(CheckError::Binding, |()| CheckError::Title);
        }
        if shown.public_key() != own.public_key() {
            return CheckError::PublicKey;
        }
        let (asked, expected) = (shown.questions(), own.questions());
        let longer = asked.len().max(expected.len());
        (0..longer)
            .find(|position| asked.get(*position) != expected.get(*position))
            .map_or(CheckError::Members, |position| {
                CheckError::Question(position + 1)
            })
    }
}

/// The credentials of a session's roll one by one: without weights, in ascending order of their encodings.
fn credentials<G: Group>(roll: &PublicCredentials<G>) -> Result<Vec<String>, SetupError> {
    let elements: Vec<G::Element> = roll
        .entries()
        .iter()
        .map(|entry| entry.element.clone())
        .collect();
    let texts = G::encode_all(&elements);
    let mut weighted = roll.entries().iter().zip(&texts);
    if let Some((_, text)) = weighted.find(|(entry, _)| entry.weight.is_some()) {
        return Err(SetupError::Weight(text.clone()));
    }
    let mut pairs = texts.iter().zip(texts.iter().skip(1));
    if let Some((_, text)) = pairs.find(|(before, after)| before > after) {
        return Err(SetupError::Order(text.clone()));
    }
    Ok(texts)
}
