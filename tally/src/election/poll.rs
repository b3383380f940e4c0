//! `poll.json`: what is fixed before there is an election object, because that names the trustees' key and the roll.

use ballot::group::{GROUPS, UnknownGroup};
use ballot::trustee::Trustees;
use ballot::trustee::ceremony::{CeremonyError, Setting};
use ballot::{Ed25519, Group, PublicCredentials, Uuid};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

use crate::rules::Rule;
use crate::setup::{Item, ItemsError, Parts, questions};

/// The value of `format`.
const FORMAT: &str = "minsheng-election/1";
/// As many as a key ceremony can have.
const MOST_TRUSTEES: u32 = 255;

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
    /// What the ballot says beside the id of each of the rule's items, in their order; none where the ids say enough.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
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
    /// Nobody to decrypt, or more than a ceremony has.
    #[error("an election has 1 to {MOST_TRUSTEES} trustees")]
    Trustees,
    /// No such ceremony.
    #[error(transparent)]
    Ceremony(#[from] CeremonyError),
    /// Two groups of trustees could decrypt two tallies, neither of whom has used a key twice.
    #[error(
        "{threshold} of {trustees} trustees are not more than half of them: others could decrypt another tally"
    )]
    Minority {
        /// How many are enough.
        threshold: u32,
        /// How many there are.
        trustees: u32,
    },
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
    Items(#[from] ItemsError),
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
        if !(1..=MOST_TRUSTEES).contains(&self.trustees) {
            return Err(PollError::Trustees);
        }
        self.setting()?;
        if let Some(threshold) = self.threshold
            && u64::from(threshold) * 2 <= u64::from(self.trustees)
        {
            return Err(PollError::Minority {
                threshold,
                trustees: self.trustees,
            });
        }
        questions(rule, &self.name, &self.items(rule)?)?;
        Ok(())
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

    /// What the election is made of.
    ///
    /// # Errors
    /// [`PollError`].
    pub fn parts<'a, G: Group>(
        &self,
        rule: &Rule,
        rule_text: &'a str,
        roll: PublicCredentials<G>,
        trustees: Trustees<G>,
    ) -> Result<Parts<'a, G>, PollError> {
        Ok(Parts {
            uuid: self.uuid()?,
            name: self.name.clone(),
            rule: rule_text,
            items: self.items(rule)?,
            trustees,
            roll,
        })
    }

    fn items(&self, rule: &Rule) -> Result<Vec<Item>, PollError> {
        let (ids, labels) = (rule.items(), &self.labels);
        if !labels.is_empty() && labels.len() != ids.len() {
            return Err(PollError::Labels {
                expected: ids.len(),
                found: labels.len(),
            });
        }
        let labels = labels.iter().map(String::as_str);
        let items = ids.iter().zip(labels.chain(std::iter::repeat("")));
        Ok(items
            .map(|(id, label)| Item {
                id: id.clone(),
                label: label.to_owned(),
            })
            .collect())
    }
}

fn first_group() -> String {
    Ed25519::NAME.to_owned()
}
