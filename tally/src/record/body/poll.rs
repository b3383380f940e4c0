//! A poll, from the day it is made to its announcement. A poll is called by the id of its election, which ballots name.

use ballot::Digest;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::exact::Exact;
use super::roster::{DelegationCount, NamedDeputy, Officer, RosterDeputy};
use super::values::{
    BeleniosHash, Code, Date, ElectionUuid, Ordinal, PollId, PublicCredential, PublicText,
    Sha256Hex,
};
use super::{Recorded, Subject};
use crate::decision::Returns;
pub use crate::opening::PollOutcome;

/// A poll is made: what it decides, what is voted on. Written when the office makes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PollCreated {
    /// The election's id.
    pub election_uuid: ElectionUuid,
    /// The poll's id in the addresses of its pages.
    pub poll_id: PollId,
    /// What it decides.
    pub kind: PollKind,
    /// The election of the poll that left what this one decides: a tie, or empty places.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<ElectionUuid>,
    /// Its title.
    pub title: PublicText,
    /// SHA-256 of the candidates' published facts, where the poll is about candidates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facts_sha256: Option<Sha256Hex>,
    /// What is voted on, in the official order.
    pub items: Vec<PollItem>,
    /// SHA-256 of the roster.
    pub roster_sha256: Sha256Hex,
    /// The deputies in office, in the order of their numbers: who may vote.
    pub roster: Vec<RosterDeputy>,
}

/// What a poll decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum PollKind {
    /// 票决: which candidates become projects.
    Main,
    /// 再次票决: which of the tied take the places left.
    RunOff,
    /// 另行票决: which of the rest take the places that stayed empty.
    SecondBallot,
    /// 表决决议: whether the meeting adopts the list of what was chosen.
    Adoption,
    /// 满意度测评: how satisfied the deputies are with each project.
    Evaluation,
}

/// A candidate or a project on a ballot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PollItem {
    /// Its code, which is the item's id in the rule.
    pub code: Code,
    /// Its title.
    pub title: PublicText,
    /// The responsible unit, to tell items apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<PublicText>,
    /// What it costs, in fen, to tell items apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget_fen: Option<u64>,
}

/// The meeting has adopted a poll's rules. Written when the office enters the counted hands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PollRulesAdopted {
    /// The election's id.
    pub election_uuid: ElectionUuid,
    /// SHA-256 of the rules' bytes, as in the election's description.
    pub rule_sha256: Sha256Hex,
    /// The exact text of `rule.toml`.
    pub rule: String,
    /// The counted hands.
    pub hands: Hands,
    /// SHA-256 of the roster, which is fixed from here on.
    pub roster_sha256: Sha256Hex,
    /// Who leads the count, by name: the scrutineers in the order of their trustees' numbers, then the others.
    pub officers: Vec<Officer>,
    /// How many of the scrutineers are enough to open the count: more than half of them. Where it takes all, each has a key of
    /// their own; else they make one together.
    pub threshold: Ordinal,
    /// Why the rules depart from the cycle's places or stay below what the law asks, where they do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub departure: Option<PublicText>,
    /// The presidium's passing of the draft, where its document is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draft_passed: Option<DraftPassed>,
    /// How the hands were counted, where not by people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counted_by: Option<CountedBy>,
}

/// The presidium has passed the draft rules and the list of scrutineers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DraftPassed {
    /// The day.
    pub passed_on: Date,
    /// The document, by its number.
    pub passed_document: PublicText,
}

/// What counts hands beside people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum CountedBy {
    /// 表决器
    VotingDevice,
}

/// The counted hands of a show of hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Hands {
    /// 赞成
    pub in_favour: u32,
    /// 反对
    pub against: u32,
    /// 弃权
    pub abstained: u32,
}

/// A poll's roll, keys and election are fixed. Written when both parties have confirmed the freeze.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PollFrozen {
    /// The election's id.
    pub election_uuid: ElectionUuid,
    /// The election's fingerprint: the hash of its bytes, which every ballot names.
    pub fingerprint: BeleniosHash,
    /// The election.
    pub election: Exact,
    /// The trustees' public keys.
    pub trustees: Exact,
    /// SHA-256 of the roll's bytes, as in the election's description.
    pub roll_sha256: Sha256Hex,
    /// The public credentials, under no names.
    pub roll: Exact,
    /// Those of them that are reserved for paper ballots, where there are any: no device has one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paper_credentials: Vec<PublicCredential>,
    /// The same devices' credentials for the polls that may follow, in the order of the rule's reserved elections: whoever
    /// checked in for this poll votes in those, and nobody else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reserved: Vec<ReservedRoll>,
    /// How many deputies are present.
    pub present: u32,
    /// Who is present, by name, in the order of the roster.
    pub attendance: Vec<NamedDeputy>,
    /// Who has leave of absence and has not come, by name, in the order of the roster, where anybody has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on_leave: Vec<NamedDeputy>,
    /// How many of each delegation are, each confirmed by the delegation's head.
    pub headcount: Vec<DelegationCount>,
    /// Who has confirmed the step.
    pub confirmed_by: Vec<Party>,
}

/// The roll of an election that is reserved for a poll that may follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReservedRoll {
    /// The election's id, as the rule reserves it.
    pub election_uuid: ElectionUuid,
    /// The public credentials, under no names.
    pub roll: Exact,
}

/// Who confirms a step that needs two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Party {
    /// 办公室
    Office,
    /// 总监票人
    ChiefScrutineer,
}

/// Voting begins. Written when both parties have confirmed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PollOpened {
    /// The election's id.
    pub election_uuid: ElectionUuid,
    /// Who has confirmed the step.
    pub confirmed_by: Vec<Party>,
}

/// A ballot: its exact bytes, and nothing beside them. Written when it is cast.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct PollBallot {
    ballot: Exact,
    #[serde(skip)]
    election: ElectionUuid,
}

impl PollBallot {
    /// The body of a ballot; `None` if the text is no compact JSON object that names an election. Whether it is a good
    /// ballot of that election is `ballot`'s to say.
    pub fn new(ballot: Exact) -> Option<Self> {
        let head: Head = serde_json::from_str(ballot.text()).ok()?;
        let election = head.election_uuid;
        Some(Self { ballot, election })
    }

    /// The ballot's exact bytes.
    pub fn ballot(&self) -> &Exact {
        &self.ballot
    }

    /// The election that it names.
    pub fn election(&self) -> &ElectionUuid {
        &self.election
    }

    /// Its tracker, by which its deputy finds it.
    pub fn tracker(&self) -> Digest {
        Digest::of(self.ballot.text())
    }
}

/// As much of a ballot as the record needs.
#[derive(Deserialize)]
struct Head {
    election_uuid: ElectionUuid,
}

impl<'de> Deserialize<'de> for PollBallot {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let ballot = Exact::deserialize(deserializer)?;
        let head: Head = serde_json::from_str(ballot.text()).map_err(D::Error::custom)?;
        let election = head.election_uuid;
        Ok(Self { ballot, election })
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for PollBallot {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "PollBallot".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mut election = generator.subschema_for::<ElectionUuid>();
        let what =
            "The election that it is cast in; its other fields are those of a Belenios ballot.";
        election.insert("description".to_owned(), what.into());
        schemars::json_schema!({
            "type": "object",
            "description": "A ballot: its exact bytes, and nothing beside them. Written when it is cast.",
            "properties": { "election_uuid": election },
            "required": ["election_uuid"]
        })
    }
}

/// The box with the paper ballots was emptied: two tellers typed every sheet by themselves and agree. Written before the close, when
/// the sealed ones are cast.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PollPaperCounted {
    /// The election's id.
    pub election_uuid: ElectionUuid,
    /// Paper ballots handed out, less those that came back spoiled and were replaced.
    pub issued: u32,
    /// Those that came back spoiled, each of which was replaced.
    pub replaced: u32,
    /// Deputies whom somebody helped to write (代写).
    pub helped: u32,
    /// Sheets out of the box.
    pub returned: u32,
    /// The numbers that the invalid ones among them got as they came out, in their order. They are kept, and not sealed.
    pub invalid: Vec<Ordinal>,
    /// The trackers of the ballots into which the others were sealed, sorted.
    pub sealed: Vec<BeleniosHash>,
    /// The two tellers, by name.
    pub tellers: Vec<PublicText>,
}

/// Voting is over, and the ballots are summed under encryption. Written when both parties have confirmed the close.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PollClosed {
    /// The election's id.
    pub election_uuid: ElectionUuid,
    /// How many ballots were cast.
    pub returned: u32,
    /// The hash of the encrypted tally, which the trustees decrypt.
    pub encrypted_tally_hash: BeleniosHash,
    /// Credentials of devices that were revoked and have no ballot, where there are any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revoked: Vec<PublicCredential>,
    /// Credentials reserved for paper that were left over, where there are any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub voided: Vec<PublicCredential>,
    /// Trackers of ballots that were challenged and so are none, where there are any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spoiled: Vec<BeleniosHash>,
    /// Who has confirmed the step.
    pub confirmed_by: Vec<Party>,
}

/// A scrutineer has decrypted. Until the announcement only the hash is here, since enough of the parts are the result.
/// Written when the scrutineer's device hands in its part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PollPartiallyDecrypted {
    /// The election's id.
    pub election_uuid: ElectionUuid,
    /// The trustee's number in the election.
    pub trustee: Ordinal,
    /// The hash of the part's exact bytes.
    pub partial_decryption_hash: BeleniosHash,
}

/// The result: partial decryptions, counts, decision. Written when the chair announces it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PollAnnounced {
    /// The election's id.
    pub election_uuid: ElectionUuid,
    /// The chair who announced it.
    pub announced_by: NamedDeputy,
    /// The figures that the scrutineers reported.
    #[cfg_attr(
        feature = "schema",
        schemars(with = "serde_json::Map<String, serde_json::Value>")
    )]
    pub returns: Returns,
    /// The partial decryptions with the proofs that bind them.
    pub partial_decryptions: Vec<TrusteePartial>,
    /// The counts.
    pub result: Exact,
    /// What the rule makes of them; the decision or the verdicts in it are as in the poll's bundle.
    #[cfg_attr(
        feature = "schema",
        schemars(with = "serde_json::Map<String, serde_json::Value>")
    )]
    pub outcome: PollOutcome,
}

/// One trustee's part of the decryption.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TrusteePartial {
    /// The trustee's number in the election.
    pub trustee: Ordinal,
    /// The part and its binding proof; its hash was written before.
    pub partial_decryption: Exact,
}

/// A poll ends before anybody could vote, and frees the way to another. Written when the office does it before the adoption,
/// or both parties have confirmed it after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PollWithdrawn {
    /// The election's id.
    pub election_uuid: ElectionUuid,
    /// Why.
    pub reason: EndReason,
    /// The same in words.
    pub explanation: PublicText,
    /// Who has confirmed it.
    pub confirmed_by: Vec<Party>,
}

/// A vote is void: nothing of it is counted, and it may be held again. Written when both parties have confirmed it, after the
/// opening and before the result is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PollVoided {
    /// The election's id.
    pub election_uuid: ElectionUuid,
    /// Why.
    pub reason: EndReason,
    /// The same in words.
    pub explanation: PublicText,
    /// Who has confirmed it.
    pub confirmed_by: Vec<Party>,
}

/// Why a poll ended without a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum EndReason {
    /// More ballots came back than were issued.
    MoreReturned,
    /// Too few scrutineers can decrypt.
    CannotDecrypt,
    /// The ballots name the wrong candidates.
    WrongCandidates,
    /// The rules are not those that the meeting meant.
    WrongRules,
    /// Too few are present.
    QuorumLost,
    /// The meeting does not vote now.
    Postponed,
    /// As the words say.
    Other,
}

/// Lots were drawn among the tied. Written when both parties have confirmed what was drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PollLotDrawn {
    /// The election's id.
    pub election_uuid: ElectionUuid,
    /// The items drawn: as many as there were places left.
    pub drawn: Vec<Code>,
    /// Who watched, by name: at least two.
    pub witnesses: Vec<PublicText>,
    /// Who has confirmed it.
    pub confirmed_by: Vec<Party>,
}

/// The presidium's announcement of a result (公告) has its number and its day, which its printed text carries. The result itself was
/// announced before, and no proof of it needs this. Written when the office enters them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AnnouncementNumbered {
    /// The election's id.
    pub election_uuid: ElectionUuid,
    /// The number, counted within the year of the day.
    pub number: Ordinal,
    /// The day.
    pub day: Date,
}

macro_rules! about_a_poll {
    ($($body:ident)*) => {
        $(impl Recorded for $body {
            fn subject(&self) -> Subject {
                Subject::Poll(self.election_uuid.clone())
            }
        })*
    };
}

about_a_poll!(PollCreated PollRulesAdopted PollFrozen PollOpened PollPaperCounted PollClosed PollPartiallyDecrypted PollAnnounced PollWithdrawn PollVoided PollLotDrawn AnnouncementNumbered);

impl Recorded for PollBallot {
    fn subject(&self) -> Subject {
        Subject::Poll(self.election.clone())
    }
}
