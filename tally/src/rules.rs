//! The voting rules (票决办法): a small TOML document, adopted and frozen before the vote.
//!
//! Its exact bytes are hashed into the election's description, which every ballot signs; whoever has the document and the
//! counts can recompute the decision ([`crate::decision::decide`]) or the verdicts ([`crate::evaluation::judge`]).
//!
//! [`Rule::parse`] reads and checks a document, [`Rule::to_toml`] writes the one the office edits, [`RuleHash::of`] hashes
//! the bytes that were published. The keys are described in [`document`].

mod convert;
pub mod document;
mod fraction;

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use convert::{KeyProblem, RuleError};
pub use fraction::{Comparison, Fraction, Majority, ParseFractionError, Threshold};

/// A checked voting rule. What it holds is consistent: see [`RuleError`] for what is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The document's title, e.g. 青禾县第十八届人民代表大会第五次会议民生实事项目票决办法.
    pub(crate) title: String,
    pub(crate) poll: Poll,
    pub(crate) advisory: bool,
    pub(crate) secrecy: Secrecy,
    pub(crate) revoting: bool,
    pub(crate) deputies: u64,
    pub(crate) quorum: Threshold,
    pub(crate) items: Vec<ItemId>,
    pub(crate) facts: Option<FactsHash>,
    pub(crate) surplus: Fraction,
    pub(crate) form: Form,
    pub(crate) reserved: Reserved,
    pub(crate) witnesses: Witnesses,
}

/// What is being decided, with the part of the rule that only this kind has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Poll {
    /// The main poll: which candidates become projects.
    Choice(DecisionRule),
    /// A run-off among exactly the items tied across the last place: most votes win, no second majority.
    RunOff {
        /// How it decides; `majority` is always [`Majority::None`].
        decision: DecisionRule,
        /// The rule of the poll whose tie it resolves.
        of: RuleHash,
    },
    /// The meeting adopts the chosen list as a resolution: one item, for, against or abstaining.
    Adoption(DecisionRule),
    /// A satisfaction poll (满意度测评) on projects.
    Evaluation(EvaluationRule),
}

/// How counts become chosen items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionRule {
    /// The number of places (应选), at least one.
    pub places: u64,
    /// What an item must reach to be chosen.
    pub majority: Majority,
    /// Of whom the majority is counted.
    pub base: Base,
    /// What happens when equal votes straddle the last place.
    pub tie: TieBreak,
    /// What happens when fewer items than places reach the majority.
    pub too_few: TooFew,
    /// Whether items that reached the majority without a place go to the reserve pool (储备库).
    pub reserve: bool,
}

/// How satisfaction counts become verdicts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvaluationRule {
    /// Who judges.
    pub body: Body,
    /// Of whom the share is counted.
    pub base: EvaluationBase,
    /// The share that 满意, or 满意 and 基本满意 together, must reach.
    pub threshold: Threshold,
    /// Whether 不了解 stays in the base; if not, it is taken off the base of that project.
    pub unknown_in_base: bool,
}

/// Base of a majority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Base {
    /// All deputies in office (全体代表), the default by law.
    Deputies,
    /// Deputies who signed in (实到).
    SignedIn,
    /// Valid ballots (有效票).
    Valid,
}

/// Base of an evaluation's share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EvaluationBase {
    /// Everyone entitled to judge, present or not.
    Entitled,
    /// Those who signed in.
    Present,
    /// Valid ballots.
    Valid,
}

/// The body that evaluates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Body {
    /// The congress (人民代表大会).
    Congress,
    /// Its standing committee (常务委员会).
    Committee,
}

/// Resolution of a tie across the last place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TieBreak {
    /// A run-off among exactly the tied items for the places left.
    RunOff,
    /// A drawn lot, recorded.
    Lot,
}

/// What becomes of places for which too few items reached the majority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TooFew {
    /// They stay empty; a second ballot can be called.
    LeaveEmpty,
    /// The items with the next most votes fill them.
    Fill,
}

/// Whether names stand beside choices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Secrecy {
    /// 无记名.
    Secret,
    /// 记名: choices are published with names.
    Open,
}

/// What a blank ballot counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Blank {
    /// Returned and valid, for nobody; not told apart from an empty choice.
    Nobody,
    /// Counted and published as abstention.
    Abstention,
}

/// The form of the ballot (选票).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Tick at most `max` of the items.
    AtMost {
        /// Most ticks.
        max: u64,
        /// What a blank ballot counts as.
        blank: Blank,
    },
    /// Tick at least `min` and at most `max`, or leave the whole ballot blank.
    AtLeast {
        /// Fewest ticks of a ballot that is not blank.
        min: u64,
        /// Most ticks.
        max: u64,
    },
    /// Each item 赞成, 反对 or 弃权.
    EachItem,
    /// Each item 满意, 基本满意 or 不满意, and 不了解 where offered.
    Levels {
        /// Whether 不了解 is offered.
        unknown: bool,
    },
}

/// What is set aside before the vote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reserved {
    /// Election ids for possible run-offs, in the order of use; devices register credentials for them at sign-in.
    pub run_offs: Vec<ElectionId>,
    /// Election id for the adoption vote.
    pub adoption: Option<ElectionId>,
    /// Number of credentials on the roll kept for paper ballots.
    pub paper: u64,
}

/// Who must have countersigned the public record's checkpoints.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Witnesses {
    /// How many of the keys are needed.
    pub required: u64,
    /// C2SP verifier key lines.
    pub keys: Vec<String>,
}

/// One question of the election that carries this rule, as protocol version 1 asks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuestionShape {
    /// Number of answers, the blank choice not included.
    pub answers: u64,
    /// Fewest answers ticked.
    pub min: u64,
    /// Most answers ticked.
    pub max: u64,
    /// Whether the question has a blank choice.
    pub blank: bool,
}

/// Number of answers of a question with 赞成, 反对, 弃权.
pub const EACH_ITEM_ANSWERS: u64 = 3;

impl Rule {
    /// Reads a rule document and checks it. `text` are the exact bytes that were or will be published.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        convert::parse(text)
    }

    /// Writes the document. Reading it again gives this rule; its bytes are what the meeting adopts.
    pub fn to_toml(&self) -> String {
        document::write(self)
    }

    /// Checks a document's values, as an office's form has them, without a text.
    pub fn from_document(document: document::Document) -> Result<Self, RuleError> {
        convert::check(document)
    }

    /// The document's title.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What is being decided.
    pub fn poll(&self) -> &Poll {
        &self.poll
    }

    /// Whether the vote only advises (街道 居民议事会): every page must say so.
    pub fn is_advisory(&self) -> bool {
        self.advisory
    }

    /// Whether names stand beside choices.
    pub fn secrecy(&self) -> Secrecy {
        self.secrecy
    }

    /// Whether a second ballot of a credential replaces the first; if not, it is refused.
    pub fn allows_revoting(&self) -> bool {
        self.revoting
    }

    /// Deputies in office (应到), vacancies not counted; for an evaluation by the committee, its members.
    pub fn deputies(&self) -> u64 {
        self.deputies
    }

    /// The share of deputies that must have signed in.
    pub fn quorum(&self) -> Threshold {
        self.quorum
    }

    /// The fewest signed-in deputies with which voting may open.
    pub fn quorum_count(&self) -> u64 {
        self.quorum.least(self.deputies)
    }

    /// The items in the order in which the election asks them.
    pub fn items(&self) -> &[ItemId] {
        &self.items
    }

    /// Hash of the candidates' published facts.
    pub fn facts(&self) -> Option<&FactsHash> {
        self.facts.as_ref()
    }

    /// The least surplus (差额) of items over places, as a share of the places.
    pub fn surplus(&self) -> Fraction {
        self.surplus
    }

    /// The ballot's form.
    pub fn form(&self) -> Form {
        self.form
    }

    /// What is set aside before the vote.
    pub fn reserved(&self) -> &Reserved {
        &self.reserved
    }

    /// Who must have countersigned checkpoints.
    pub fn witnesses(&self) -> &Witnesses {
        &self.witnesses
    }

    /// How counts become chosen items; `None` for an evaluation.
    pub fn decision(&self) -> Option<&DecisionRule> {
        match &self.poll {
            Poll::Choice(decision) | Poll::RunOff { decision, .. } | Poll::Adoption(decision) => {
                Some(decision)
            }
            Poll::Evaluation(_) => None,
        }
    }

    /// The questions that an election under this rule asks, in order.
    pub fn questions(&self) -> Vec<QuestionShape> {
        let items = u64::try_from(self.items.len()).unwrap_or(u64::MAX);
        match self.form {
            Form::AtMost {
                max,
                blank: Blank::Nobody,
            } => {
                vec![QuestionShape {
                    answers: items,
                    min: 0,
                    max,
                    blank: false,
                }]
            }
            Form::AtMost {
                max,
                blank: Blank::Abstention,
            } => {
                vec![QuestionShape {
                    answers: items,
                    min: 1,
                    max,
                    blank: true,
                }]
            }
            Form::AtLeast { min, max } => vec![QuestionShape {
                answers: items,
                min,
                max,
                blank: true,
            }],
            Form::EachItem => self.one_question_an_item(EACH_ITEM_ANSWERS),
            Form::Levels { unknown } => self.one_question_an_item(3 + u64::from(unknown)),
        }
    }

    /// The rule of the run-off among `tied` for `places`, as design and law have it: exactly the tied items, most votes win.
    /// `self_hash` is the hash of this rule's published bytes; `reserved` the election ids that are left.
    pub fn run_off(
        &self,
        self_hash: RuleHash,
        tied: &[ItemId],
        places: u64,
        reserved: Reserved,
    ) -> Result<Self, RuleError> {
        convert::run_off(self, self_hash, tied, places, reserved)
    }

    fn one_question_an_item(&self, answers: u64) -> Vec<QuestionShape> {
        self.items
            .iter()
            .map(|_| QuestionShape {
                answers,
                min: 0,
                max: 1,
                blank: false,
            })
            .collect()
    }
}

/// An item's id (a candidate's or a project's), unique within a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ItemId(String);

impl ItemId {
    /// An id of 1 to 64 characters without white space or control characters.
    pub fn new(id: impl Into<String>) -> Option<Self> {
        let id = id.into();
        let length = id.chars().count();
        let clean = id.chars().all(|c| !c.is_whitespace() && !c.is_control());
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
