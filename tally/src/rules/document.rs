//! The rule document as it is written: its keys, and the order in which they are written.
//!
//! ```toml
//! format = "minsheng-rule/1"
//! title = "青禾县第十八届人民代表大会第五次会议民生实事项目票决办法"
//! poll = "choice"            # choice, run_off, second_ballot, adoption or evaluation
//! advisory = false           # true: 街道 residents' council, the vote only advises
//! secrecy = "secret"         # or open (记名)
//! revoting = false           # true: the last ballot of a credential counts
//! deputies = 213             # in office (应到), vacancies not counted
//! quorum = ">= 2/3"          # of deputies, present, before voting may open
//! surplus = "1/5"            # least surplus of items over places (差额), as a share of places
//! items = ["QH26-01", "QH26-02", "QH26-03"]   # in the order of the ballot
//! facts = "…"                # SHA-256 of the candidates' published facts, 64 hexadecimal digits; may be left out
//!
//! [ballot]
//! form = "at_most"           # at_most, at_least, each_item or levels
//! max = 2                    # at_most and at_least
//! # min = 1                  # at_least only
//! blank = "nobody"           # at_most: nobody or abstention; each_item: likewise for an item without an answer, or left out
//!
//! # [[levels]]               # an evaluation only: two to ten, in the order of the ballot's answers, best first
//! # id = "satisfied"         # a-z, 0-9 and _
//! # label = "满意"           # what the ballot says
//! # threshold = ">= 1/2"     # the verdict where this level and all better ones reach this share; "> 1/2": half is not enough
//! # [[levels]]               # the last level that is judged has no threshold: the verdict where no other is reached
//! # id = "unsatisfied"
//! # label = "不满意"
//! # [[levels]]
//! # id = "unknown"
//! # label = "不了解"
//! # counts = "nowhere"       # never the verdict, and taken off the base; in_base_only: never the verdict, stays in the base
//!
//! [decision]                 # every poll but an evaluation
//! places = 2
//! majority = "> 1/2"         # or ">= 2/3", or "none" (plurality alone; always so in a run-off)
//! base = "deputies"          # deputies, present or valid
//! tie = "run_off"            # or lot
//! too_few = "leave_empty"    # or fill
//! reserve = true             # runners-up over the majority go to the reserve pool
//!
//! # [evaluation]             # an evaluation only
//! # body = "congress"        # or committee
//! # base = "entitled"        # of whom the shares are counted: entitled, present or valid
//!
//! # [run_off]                # a run-off only
//! # of = "…"                 # SHA-256 of the rule whose tie it resolves
//!
//! # [second_ballot]          # a second ballot on the rest only
//! # of = "…"                 # SHA-256 of the rule that left places empty
//!
//! [reserved]                 # may be left out
//! run_offs = ["5R1dSfT8fqJ2Qm"]
//! adoption = "7nLwYtq2kWvB3x"
//! paper = 12
//!
//! [record]                   # may be left out: then nothing shows that no ballot was left out
//! log = "piaojue.example/record+…+…"   # the verifier key of the public record
//!
//! [witnesses]                # may be left out; only with [record]
//! required = 2
//! keys = ["scrutineer-1+…+…", "scrutineer-2+…+…", "scrutineer-3+…+…"]
//! ```

use serde::{Deserialize, Serialize};

use super::words::words;
use super::{
    Apart, Base, Blank, Body, EvaluationBase, Form, Level, LevelRole, Poll, Rule, Secrecy,
    TieBreak, TooFew,
};

/// The value of `format` that this version reads and writes.
pub const FORMAT: &str = "minsheng-rule/1";

/// The document's values, unchecked: what a form or an editor fills in. [`Rule::from_document`] checks them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each key is described in the module's example")]
pub struct Document {
    pub format: String,
    pub title: String,
    pub poll: PollKind,
    pub advisory: bool,
    pub secrecy: Secrecy,
    pub revoting: bool,
    pub deputies: u64,
    pub quorum: String,
    pub surplus: String,
    pub items: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<String>,
    pub ballot: BallotTable,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<LevelTable>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionTable>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluation: Option<EvaluationTable>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_off: Option<FollowTable>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_ballot: Option<FollowTable>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserved: Option<ReservedTable>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordTable>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witnesses: Option<WitnessTable>,
}

words! {
    /// The values of `poll`.
    #[expect(missing_docs, reason = "named as in the document")]
    pub enum PollKind {
        Choice = "choice",
        RunOff = "run_off",
        SecondBallot = "second_ballot",
        Adoption = "adoption",
        Evaluation = "evaluation",
    }
}

words! {
    /// The values of `ballot.form`.
    #[expect(missing_docs, reason = "named as in the document")]
    pub enum FormKind {
        AtMost = "at_most",
        AtLeast = "at_least",
        EachItem = "each_item",
        Levels = "levels",
    }
}

/// The table `[ballot]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each key is described in the module's example")]
pub struct BallotTable {
    pub form: FormKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blank: Option<Blank>,
}

/// A table `[[levels]]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each key is described in the module's example")]
pub struct LevelTable {
    pub id: String,
    pub label: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts: Option<Apart>,
}

/// The table `[decision]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each key is described in the module's example")]
pub struct DecisionTable {
    pub places: u64,
    pub majority: String,
    pub base: Base,
    pub tie: TieBreak,
    pub too_few: TooFew,
    pub reserve: bool,
}

/// The table `[evaluation]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each key is described in the module's example")]
pub struct EvaluationTable {
    pub body: Body,
    pub base: EvaluationBase,
}

/// The tables `[run_off]` and `[second_ballot]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each key is described in the module's example")]
pub struct FollowTable {
    pub of: String,
}

/// The table `[reserved]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each key is described in the module's example")]
pub struct ReservedTable {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub run_offs: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adoption: Option<String>,
    #[serde(default)]
    pub paper: u64,
}

/// The table `[record]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each key is described in the module's example")]
pub struct RecordTable {
    pub log: String,
}

/// The table `[witnesses]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each key is described in the module's example")]
pub struct WitnessTable {
    pub required: u64,
    pub keys: Vec<String>,
}

impl From<&Rule> for Document {
    fn from(rule: &Rule) -> Self {
        let follow = |of: super::RuleHash| Some(FollowTable { of: of.to_hex() });
        let (poll, run_off, second_ballot) = match &rule.poll {
            Poll::Choice(_) => (PollKind::Choice, None, None),
            Poll::RunOff { of, .. } => (PollKind::RunOff, follow(*of), None),
            Poll::SecondBallot { of, .. } => (PollKind::SecondBallot, None, follow(*of)),
            Poll::Adoption(_) => (PollKind::Adoption, None, None),
            Poll::Evaluation(_) => (PollKind::Evaluation, None, None),
        };
        Self {
            format: FORMAT.to_owned(),
            title: rule.title.clone(),
            poll,
            advisory: rule.advisory,
            secrecy: rule.secrecy,
            revoting: rule.revoting,
            deputies: rule.deputies,
            quorum: rule.quorum.to_string(),
            surplus: rule.surplus.to_string(),
            items: rule.items.iter().map(ToString::to_string).collect(),
            facts: rule.facts.map(super::FactsHash::to_hex),
            ballot: ballot_table(rule.form),
            levels: rule
                .evaluation()
                .map(|evaluation| evaluation.levels.iter().map(level_table).collect())
                .unwrap_or_default(),
            decision: rule.decision().map(|decision| DecisionTable {
                places: decision.places,
                majority: decision.majority.to_string(),
                base: decision.base,
                tie: decision.tie,
                too_few: decision.too_few,
                reserve: decision.reserve,
            }),
            evaluation: rule.evaluation().map(|evaluation| EvaluationTable {
                body: evaluation.body,
                base: evaluation.base,
            }),
            run_off,
            second_ballot,
            reserved: reserved_table(rule),
            record: rule.log.as_ref().map(|log| RecordTable {
                log: log.to_string(),
            }),
            witnesses: witness_table(rule),
        }
    }
}

fn ballot_table(form: Form) -> BallotTable {
    let empty = BallotTable {
        form: FormKind::EachItem,
        min: None,
        max: None,
        blank: None,
    };
    match form {
        Form::AtMost { max, blank } => BallotTable {
            form: FormKind::AtMost,
            max: Some(max),
            blank: Some(blank),
            ..empty
        },
        Form::AtLeast { min, max } => BallotTable {
            form: FormKind::AtLeast,
            min: Some(min),
            max: Some(max),
            ..empty
        },
        Form::EachItem { blank } => BallotTable {
            blank: (blank != Blank::Nobody).then_some(blank),
            ..empty
        },
        Form::Levels => BallotTable {
            form: FormKind::Levels,
            ..empty
        },
    }
}

fn level_table(level: &Level) -> LevelTable {
    let (threshold, counts) = match level.role {
        LevelRole::From(threshold) => (Some(threshold.to_string()), None),
        LevelRole::Otherwise => (None, None),
        LevelRole::Apart(apart) => (None, Some(apart)),
    };
    LevelTable {
        id: level.id.to_string(),
        label: level.label.clone(),
        threshold,
        counts,
    }
}

fn reserved_table(rule: &Rule) -> Option<ReservedTable> {
    let reserved = &rule.reserved;
    let table = ReservedTable {
        run_offs: reserved
            .run_offs
            .iter()
            .map(|id| id.as_str().to_owned())
            .collect(),
        adoption: reserved.adoption.as_ref().map(|id| id.as_str().to_owned()),
        paper: reserved.paper,
    };
    (table != ReservedTable::default()).then_some(table)
}

fn witness_table(rule: &Rule) -> Option<WitnessTable> {
    let table = WitnessTable {
        required: rule.witnesses.required,
        keys: rule
            .witnesses
            .keys
            .iter()
            .map(ToString::to_string)
            .collect(),
    };
    (table != WitnessTable::default()).then_some(table)
}

/// Writes the document of a rule.
pub(super) fn write(rule: &Rule) -> String {
    // Serialising plain strings, integers and tables cannot fail; an empty text would be refused by every reader.
    toml::to_string(&Document::from(rule)).unwrap_or_default()
}
