//! `poll.json`: what is fixed before there is an election object, because that names the trustees' key and the roll.

use ballot::group::{GROUPS, UnknownGroup};
use ballot::trustee::Trustees;
use ballot::trustee::ceremony::{CeremonyError, Setting};
use ballot::wire::Wire as _;
use ballot::{Ed25519, Election, ElectionError, Group, Question, Uuid};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

use crate::rules::{RollHash, Rule, RuleHash};

/// The value of `format`.
const FORMAT: &str = "minsheng-election/1";

/// A poll that is being prepared. As JSON it is the file `poll.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Poll {
    format: String,
    uuid: String,
    name: String,
    /// The group in which its ballots are sealed; folders from before there was a choice have no such key.
    #[serde(default = "first_group")]
    group: String,
    /// How many trustees.
    trustees: u32,
    /// How many of them are enough; left out where all are needed, each with a key of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    threshold: Option<u32>,
    /// What the ballot says for each of the rule's items, in their order.
    labels: Vec<String>,
}

/// Why a poll cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PollError {
    /// Another kind of file.
    #[error("its format is not {FORMAT}")]
    Format,
    /// No election id.
    #[error("its uuid is no election id")]
    Uuid,
    /// No such group.
    #[error(transparent)]
    Group(#[from] UnknownGroup),
    /// Nobody to decrypt.
    #[error("an election has at least one trustee")]
    NoTrustee,
    /// No such ceremony.
    #[error(transparent)]
    Ceremony(#[from] CeremonyError),
    /// Not one text for each item.
    #[error(
        "{found} labels for the {expected} items of the rule: one line an item, in the order of the rule"
    )]
    Labels {
        /// The rule's items.
        expected: usize,
        /// The labels.
        found: usize,
    },
    /// The questions cannot be asked.
    #[error(transparent)]
    Election(#[from] ElectionError),
    /// A number of the rule that no ballot can have.
    #[error("the rule allows more ticks than a ballot can have")]
    Ticks,
}

impl Poll {
    /// A poll with a fresh id.
    ///
    /// # Errors
    /// [`PollError`].
    pub fn new(
        name: &str,
        group: &str,
        rule: &Rule,
        labels: Vec<String>,
        trustees: u32,
        threshold: Option<u32>,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, PollError> {
        let poll = Self {
            format: FORMAT.to_owned(),
            uuid: Uuid::generate(rng).to_string(),
            name: name.to_owned(),
            group: group.to_owned(),
            trustees,
            threshold,
            labels,
        };
        poll.check(rule)?;
        Ok(poll)
    }

    /// Checks a poll that was read against its rule.
    ///
    /// # Errors
    /// [`PollError`].
    pub fn check(&self, rule: &Rule) -> Result<(), PollError> {
        if self.format != FORMAT {
            return Err(PollError::Format);
        }
        if !GROUPS.contains(&self.group.as_str()) {
            return Err(UnknownGroup(self.group.clone()).into());
        }
        if self.trustees == 0 {
            return Err(PollError::NoTrustee);
        }
        self.setting()?;
        self.questions(rule).map(|_| ())
    }

    /// The election's id.
    ///
    /// # Errors
    /// [`PollError::Uuid`].
    pub fn uuid(&self) -> Result<Uuid, PollError> {
        self.uuid.parse().map_err(|_| PollError::Uuid)
    }

    /// The poll's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name of its group.
    pub fn group(&self) -> &str {
        &self.group
    }

    /// How many trustees.
    pub fn trustees(&self) -> u32 {
        self.trustees
    }

    /// The key ceremony, where the trustees share one key.
    ///
    /// # Errors
    /// [`PollError`].
    pub fn setting(&self) -> Result<Option<Setting>, PollError> {
        let uuid = self.uuid()?;
        let setting = |threshold| Setting::new(uuid, self.trustees, threshold);
        Ok(self.threshold.map(setting).transpose()?)
    }

    /// The election object: its description ends with the hashes of the exact rule and roll.
    ///
    /// # Errors
    /// [`PollError`].
    pub fn election<G: Group>(
        &self,
        rule: &Rule,
        rule_text: &str,
        roll: &[u8],
        trustees: &Trustees<G>,
    ) -> Result<Election<G>, PollError> {
        let description = format!(
            "{}\nrule:sha256:{}\nroll:sha256:{}",
            rule.title(),
            RuleHash::of(rule_text.as_bytes()),
            RollHash::of(roll)
        );
        Ok(Election::build(
            self.uuid()?,
            self.name.clone(),
            description,
            trustees.joint_key(),
            self.questions(rule)?,
        )?)
    }

    /// Whether `election` is this poll under this rule, with this roll and these trustees, byte for byte.
    ///
    /// # Errors
    /// [`PollError`].
    pub fn is<G: Group>(
        &self,
        election: &Election<G>,
        rule: &Rule,
        rule_text: &str,
        roll: &[u8],
        trustees: &Trustees<G>,
    ) -> Result<bool, PollError> {
        let own = self.election(rule, rule_text, roll, trustees)?;
        Ok(own.to_json() == election.to_json())
    }

    fn questions(&self, rule: &Rule) -> Result<Vec<Question>, PollError> {
        if self.labels.len() != rule.items().len() {
            return Err(PollError::Labels {
                expected: rule.items().len(),
                found: self.labels.len(),
            });
        }
        let asked: Vec<(String, Vec<String>)> = match rule.item_answers() {
            None => vec![(self.name.clone(), self.labels.clone())],
            Some(answers) => {
                let answers = || answers.iter().map(|&answer| answer.to_owned()).collect();
                let each = self.labels.iter();
                each.map(|label| (label.clone(), answers())).collect()
            }
        };
        let bound = |n: u64| u32::try_from(n).map_err(|_| PollError::Ticks);
        asked
            .into_iter()
            .zip(rule.questions())
            .map(|((text, answers), shape)| {
                let question = Question::new(text, answers, bound(shape.min)?, bound(shape.max)?)?;
                Ok(if shape.blank {
                    question.or_blank()
                } else {
                    question
                })
            })
            .collect()
    }
}

fn first_group() -> String {
    Ed25519::NAME.to_owned()
}
