//! What the entries of the record say: one struct for each kind of entry.
//!
//! A body is compact JSON in the order of its struct's fields, names and values in `snake_case`; an optional field without a
//! value is left out. Each body has that one form: [`Body::parse`] refuses what it would not write itself. Amounts are whole
//! fen and say so in their names (`…_fen`), days are `2026-03-31`, hashes 64 hexadecimal digits; objects of Belenios stand in
//! it byte for byte ([`Exact`]), with their own spellings.
//!
//! There is no field for a private person. Texts are in the jurisdiction's language ([`PublicText`]).
//!
//! `docs/record.md` and `tally/record/record.schema.json` are generated from these structs, and each kind has an example in
//! `tally/record/samples`.

mod ceremony;
mod cycle;
mod error;
mod evaluation;
mod exact;
mod poll;
mod project;
mod proposal;
mod roster;
#[cfg(feature = "schema")]
mod schema;
mod screening;
mod settings;
mod statement;
mod takedown;
mod values;

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::leaf::{LeafHeader, open_body};

pub use ceremony::{CeremonyComplained, CeremonyMessage, CeremonyRestarted};
pub use cycle::{
    CycleScheduled, CycleStageReached, PlannedStage, Stage, StageException, StageParty,
};
pub use error::{BodyError, BodyFault, OpenError};
pub use evaluation::{EvaluationVerdict, LevelVotes, ReworkAnswered, ReworkOrdered};
pub use exact::Exact;
pub use poll::{
    AnnouncementNumbered, CountedBy, DraftPassed, EndReason, Hands, Party, PollAnnounced,
    PollBallot, PollClosed, PollCreated, PollFrozen, PollItem, PollKind, PollLotDrawn, PollOpened,
    PollOutcome, PollPaperCounted, PollPartiallyDecrypted, PollRulesAdopted, PollVoided,
    PollWithdrawn, ReservedRoll, TrusteePartial,
};
pub use project::{
    ProjectAccepted, ProjectDelivered, ProjectHandedOver, ProjectMilestoneReached, ProjectReported,
};
pub use proposal::{Channel, ProposalAccepted};
pub use roster::{
    DelegationCount, NamedDeputy, Officer, OfficerRole, PollRosterChanged, RosterDeputy,
    RosterFault, is_in_order, roster_sha256,
};
pub(crate) use roster::{find, seated};
#[cfg(feature = "schema")]
pub use schema::schema;
#[cfg(feature = "schema")]
pub(crate) use schema::without_null;
pub use screening::{
    Candidate, CandidateFacts, ClusterAssigned, PlannedMilestone, ProposalSplit, ProposalsMerged,
    ScreeningDecided, ScreeningOutcome, ShortlistAmended, ShortlistPublished, facts_json,
    facts_sha256,
};
pub use settings::{
    Bilingual, Category, DecidingBody, DeclineReason, LightThresholds, Periods, Settings,
    SettingsChanged,
};
pub use statement::{PollApproved, PollClosingStated};
pub use takedown::{BodyTakenDown, TakedownReason};
pub use values::{
    BeleniosHash, CategoryCode, Code, CycleName, Date, DayOfMonth, Days, DeclineReasonCode,
    ElectionUuid, JurisdictionName, LevelId, Month, Ordinal, Percent, PollId, ProposalNumber,
    PublicCredential, PublicText, Quarter, Sha256Hex, is_unseen,
};

/// The body of one kind of entry.
pub trait Recorded: Serialize + DeserializeOwned {
    /// What the entry is about, for the leaf's header.
    fn subject(&self) -> Subject;
}

/// What an entry is about. Written without white space, never empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A jurisdiction: its slug, `qinghe`.
    Jurisdiction(JurisdictionName),
    /// A cycle: slug and year, `qinghe/2026`.
    Cycle(CycleName),
    /// A proposal: its number in the cycle, `118`.
    Proposal(ProposalNumber),
    /// A cluster: the number of the proposal that stands for it, `118`.
    Cluster(ProposalNumber),
    /// A candidate: its code, `QH26-01`.
    Candidate(Code),
    /// A project: its code, which was the candidate's, `QH26-01`.
    Project(Code),
    /// A poll: its election's id, 14 characters of base 58.
    Poll(ElectionUuid),
    /// Another entry: its position in the record, `1024`.
    Entry(u64),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Jurisdiction(jurisdiction) => jurisdiction.fmt(f),
            Self::Cycle(cycle) => cycle.fmt(f),
            Self::Proposal(number) | Self::Cluster(number) => number.fmt(f),
            Self::Candidate(code) | Self::Project(code) => code.fmt(f),
            Self::Poll(election) => election.fmt(f),
            Self::Entry(position) => position.fmt(f),
        }
    }
}

macro_rules! kinds {
    ($($kind:ident = $name:literal,)*) => {
        /// What kind of fact an entry states.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $(#[doc = concat!("The body is a [`", stringify!($kind), "`].")] $kind,)*
        }

        impl Kind {
            /// All kinds, in the order of a cycle.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// The name in a leaf's header.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }

            /// A body of this kind as an example, in its exact bytes.
            pub const fn sample(self) -> &'static str {
                match self {
                    $(Self::$kind => include_str!(concat!("../../record/samples/", $name, ".json")),)*
                }
            }

            /// The JSON Schema of its bodies; what it refers to is among the generator's definitions.
            #[cfg(feature = "schema")]
            fn schema(self, generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                match self {
                    $(Self::$kind => <$kind as schemars::JsonSchema>::json_schema(generator),)*
                }
            }
        }

        /// The body of an entry.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Body {
            $(#[doc = concat!("`", $name, "`")] $kind($kind),)*
        }

        impl Body {
            /// Reads a body in its one form.
            pub fn parse(kind: Kind, bytes: &[u8]) -> Result<Self, BodyError> {
                match kind {
                    $(Kind::$kind => $kind::parse(bytes).map(Self::$kind),)*
                }
            }

            /// Its kind.
            pub const fn kind(&self) -> Kind {
                match self {
                    $(Self::$kind(_) => Kind::$kind,)*
                }
            }

            /// What it is about.
            pub fn subject(&self) -> Subject {
                match self {
                    $(Self::$kind(body) => body.subject(),)*
                }
            }

            /// Its bytes: compact JSON.
            pub fn to_json(&self) -> String {
                match self {
                    $(Self::$kind(body) => body.to_json(),)*
                }
            }
        }

        $(impl $kind {
            /// The kind of entry that this is the body of.
            pub const KIND: Kind = Kind::$kind;

            /// Reads a body in its one form.
            pub fn parse(bytes: &[u8]) -> Result<Self, BodyError> {
                read(Self::KIND, bytes)
            }

            /// Its bytes: compact JSON.
            pub fn to_json(&self) -> String {
                write(self)
            }
        }

        impl From<$kind> for Body {
            fn from(body: $kind) -> Self {
                Self::$kind(body)
            }
        })*
    };
}

kinds! {
    SettingsChanged = "settings_changed",
    CycleStageReached = "cycle_stage_reached",
    CycleScheduled = "cycle_scheduled",
    ProposalAccepted = "proposal_accepted",
    ProposalsMerged = "proposals_merged",
    ProposalSplit = "proposal_split",
    ClusterAssigned = "cluster_assigned",
    ScreeningDecided = "screening_decided",
    ShortlistPublished = "shortlist_published",
    ShortlistAmended = "shortlist_amended",
    PollCreated = "poll_created",
    PollRosterChanged = "poll_roster_changed",
    PollRulesAdopted = "poll_rules_adopted",
    CeremonyMessage = "ceremony_message",
    CeremonyComplained = "ceremony_complained",
    CeremonyRestarted = "ceremony_restarted",
    PollFrozen = "poll_frozen",
    PollApproved = "poll_approved",
    PollOpened = "poll_opened",
    PollBallot = "poll_ballot",
    PollPaperCounted = "poll_paper_counted",
    PollClosed = "poll_closed",
    PollClosingStated = "poll_closing_stated",
    PollPartiallyDecrypted = "poll_partially_decrypted",
    PollAnnounced = "poll_announced",
    PollLotDrawn = "poll_lot_drawn",
    AnnouncementNumbered = "announcement_numbered",
    PollWithdrawn = "poll_withdrawn",
    PollVoided = "poll_voided",
    ProjectHandedOver = "project_handed_over",
    ProjectReported = "project_reported",
    ProjectMilestoneReached = "project_milestone_reached",
    ProjectDelivered = "project_delivered",
    ProjectAccepted = "project_accepted",
    EvaluationVerdict = "evaluation_verdict",
    ReworkOrdered = "rework_ordered",
    ReworkAnswered = "rework_answered",
    BodyTakenDown = "body_taken_down",
}

impl Kind {
    /// The kind of this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Body {
    /// Opens the document that the record serves for a leaf: it must be the leaf's, and about what the leaf is about.
    pub fn open(header: &LeafHeader, document: &[u8]) -> Result<Self, OpenError> {
        let bytes = open_body(document, header.body())?;
        let kind =
            Kind::find(header.kind()).ok_or_else(|| OpenError::Kind(header.kind().to_owned()))?;
        let opened = Self::parse(kind, bytes)?;
        let subject = opened.subject();
        if subject.to_string() == header.subject() {
            Ok(opened)
        } else {
            Err(OpenError::Subject {
                header: header.subject().to_owned(),
                body: subject,
            })
        }
    }
}

fn read<T: Recorded>(kind: Kind, bytes: &[u8]) -> Result<T, BodyError> {
    let wrong = |field: String, fault| BodyError { kind, field, fault };
    let unreadable = |error: &serde_json::Error| BodyFault::Unreadable(error.to_string());
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let body: T = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let fault = unreadable(error.inner());
        wrong(blamed(&error.path().to_string(), &fault), fault)
    })?;
    json.end()
        .map_err(|error| wrong(".".to_owned(), unreadable(&error)))?;
    let written = write(&body);
    if written.as_bytes() == bytes {
        Ok(body)
    } else {
        Err(wrong(
            first_difference(&written, bytes),
            BodyFault::OtherForm,
        ))
    }
}

fn write(body: &impl Recorded) -> String {
    // Structs of strings, integers and checked JSON serialise without fail.
    serde_json::to_string(body).unwrap_or_default()
}

/// The path of the field to blame: where one is missing, the path of the object with its name.
fn blamed(path: &str, fault: &BodyFault) -> String {
    let message = fault.to_string();
    let missing = message.strip_prefix("missing field `");
    match missing.and_then(|rest| rest.split_once('`')) {
        Some((name, _)) if path == "." => name.to_owned(),
        Some((name, _)) => format!("{path}.{name}"),
        // An unknown field may have no name at all.
        None if path.is_empty() => ".".to_owned(),
        None => path.to_owned(),
    }
}

/// The field of the whole at which the bytes leave the form that they should have.
fn first_difference(written: &str, bytes: &[u8]) -> String {
    let same = written
        .bytes()
        .zip(bytes)
        .take_while(|(a, b)| a == *b)
        .count();
    let (mut depth, mut in_string, mut escaped) = (0_u32, false, false);
    let (mut field, mut start) = (".", 0);
    for (at, byte) in written.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => {
                in_string = !in_string;
                if in_string {
                    start = at + 1;
                }
            }
            _ if in_string => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            // A name ends before its colon; a difference inside it is this field's, too.
            b':' if depth == 1 && (start <= same + 1 || field == ".") => {
                field = written.get(start..at.saturating_sub(1)).unwrap_or(field);
            }
            _ => {}
        }
    }
    field.to_owned()
}
