//! The voting rules (票决办法): a small TOML document, adopted and frozen before the vote.
//!
//! Its exact bytes are hashed into the election's description, which every ballot signs; whoever has the document and the
//! counts can recompute the decision ([`crate::decision::decide`]) or the verdicts ([`crate::evaluation::judge`]).
//!
//! [`Rule::parse`] reads and checks a document, [`Rule::to_toml`] writes the one the office edits, [`RuleHash::of`] hashes
//! the bytes that were published. The keys are described in [`document`].

mod convert;
pub mod document;
mod error;
mod follow;
mod fraction;
mod id;
mod levels;
pub mod options;
mod questions;
mod text;
mod words;

use crate::note::VerifierKey;
use words::words;

pub use error::{KeyProblem, RuleError};
pub use fraction::{Comparison, Fraction, Majority, ParseFractionError, Threshold};
pub use id::{ElectionId, FactsHash, ItemId, RollHash, RuleHash};
pub use levels::{Apart, Level, LevelId, LevelRole};
pub use questions::{EACH_ITEM_ANSWERS, QuestionShape};
pub use text::{TextFault, is_invisible, same_to_the_eye, text_fault};

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
    pub(crate) log: Option<VerifierKey>,
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
    /// A second ballot on the items that were not chosen, for the places that stayed empty; the majority stays what it was.
    SecondBallot {
        /// How it decides.
        decision: DecisionRule,
        /// The rule of the poll that left places empty.
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
    /// The levels in the order of the ballot's answers, those that are judged best first.
    pub levels: Vec<Level>,
}

impl EvaluationRule {
    /// The level of this id.
    pub fn level(&self, id: &LevelId) -> Option<&Level> {
        self.levels.iter().find(|level| level.id == *id)
    }

    /// Whether it is the verdict that is left where no better one is reached: what calls for rework.
    pub fn is_lowest(&self, id: &LevelId) -> bool {
        self.level(id)
            .is_some_and(|level| level.role == LevelRole::Otherwise)
    }
}

words! {
    /// Base of a majority.
    pub enum Base {
        /// All deputies in office (全体代表), the default by law.
        Deputies = "deputies",
        /// Deputies present (实到).
        Present = "present",
        /// Valid ballots (有效票).
        Valid = "valid",
    }
}

words! {
    /// Base of an evaluation's share.
    pub enum EvaluationBase {
        /// Everyone entitled to judge, present or not.
        Entitled = "entitled",
        /// Those present.
        Present = "present",
        /// Valid ballots.
        Valid = "valid",
    }
}

words! {
    /// The body that evaluates.
    pub enum Body {
        /// The congress (人民代表大会).
        Congress = "congress",
        /// Its standing committee (常务委员会).
        Committee = "committee",
    }
}

words! {
    /// Resolution of a tie across the last place.
    pub enum TieBreak {
        /// A run-off among exactly the tied items for the places left.
        RunOff = "run_off",
        /// A drawn lot, recorded.
        Lot = "lot",
    }
}

words! {
    /// What becomes of places for which too few items reached the majority.
    pub enum TooFew {
        /// They stay empty; a second ballot can be called.
        LeaveEmpty = "leave_empty",
        /// The items with the next most votes fill them.
        Fill = "fill",
    }
}

words! {
    /// Whether names stand beside choices.
    pub enum Secrecy {
        /// 无记名.
        Secret = "secret",
        /// 记名: choices are published with names.
        Open = "open",
    }
}

words! {
    /// What a blank ballot, or an item without an answer, counts as.
    pub enum Blank {
        /// Returned and valid, for nobody; a ballot that ticks at most so many is not told apart from an empty choice.
        Nobody = "nobody",
        /// Counted and published as abstention.
        Abstention = "abstention",
    }
}

/// The form of the ballot (选票).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Tick at most `max` of the items.
    AtMost {
        /// Most ticks.
        max: u64,
        /// What a blank ballot, or an item without an answer, counts as.
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
    EachItem {
        /// What an item without an answer counts as.
        blank: Blank,
    },
    /// Each item one of the levels of [`EvaluationRule::levels`].
    Levels,
}

/// What is set aside before the vote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reserved {
    /// Election ids for possible run-offs, in the order of use; devices register credentials for them at check-in.
    pub run_offs: Vec<ElectionId>,
    /// Election id for the adoption vote.
    pub adoption: Option<ElectionId>,
    /// Number of credentials on the roll kept for paper ballots.
    pub paper: u64,
}

impl Reserved {
    /// The elections for which a device registers a credential at check-in: the run-offs in the order of use, then the adoption.
    pub fn elections(&self) -> impl Iterator<Item = &ElectionId> {
        self.run_offs.iter().chain(&self.adoption)
    }
}

/// Who must have countersigned the public record's checkpoints.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Witnesses {
    /// How many of the keys are needed.
    pub required: u64,
    /// Their keys, each once.
    pub keys: Vec<VerifierKey>,
}

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

    /// The share of deputies that must be present.
    pub fn quorum(&self) -> Threshold {
        self.quorum
    }

    /// The fewest deputies present with which voting may open.
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

    /// The key of the public record in which the poll is held, by the name of its origin. A rule without one is for elections
    /// that have no record.
    pub fn log(&self) -> Option<&VerifierKey> {
        self.log.as_ref()
    }

    /// The same rule for a poll in the record of this key, which signs its checkpoints.
    #[must_use]
    pub fn recorded_in(mut self, log: VerifierKey) -> Self {
        self.log = Some(log);
        self
    }

    /// The same rule with election ids set aside for the polls that may follow.
    #[must_use]
    pub fn reserving(mut self, reserved: Reserved) -> Self {
        self.reserved = reserved;
        self
    }

    /// Who must have countersigned checkpoints.
    pub fn witnesses(&self) -> &Witnesses {
        &self.witnesses
    }

    /// How counts become chosen items; `None` for an evaluation.
    pub fn decision(&self) -> Option<&DecisionRule> {
        match &self.poll {
            Poll::Choice(decision)
            | Poll::RunOff { decision, .. }
            | Poll::SecondBallot { decision, .. }
            | Poll::Adoption(decision) => Some(decision),
            Poll::Evaluation(_) => None,
        }
    }

    /// How levels become verdicts; of an evaluation only.
    pub fn evaluation(&self) -> Option<&EvaluationRule> {
        match &self.poll {
            Poll::Evaluation(evaluation) => Some(evaluation),
            Poll::Choice(_)
            | Poll::RunOff { .. }
            | Poll::SecondBallot { .. }
            | Poll::Adoption(_) => None,
        }
    }
}
