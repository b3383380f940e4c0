//! Bodies that are no longer shown, and those that always are.

use serde::{Deserialize, Serialize};

use super::{Kind, Recorded, Subject};

/// An entry's body is no longer shown; the tree still verifies. Written when two people have taken it down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BodyTakenDown {
    /// The entry's position in the record, from 0.
    pub position: u64,
    /// Why.
    pub reason: TakedownReason,
}

/// Why a body is taken down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum TakedownReason {
    /// Personal data slipped in.
    PersonalData,
    /// The law forbids to show it.
    IllegalContent,
}

impl Recorded for BodyTakenDown {
    fn subject(&self) -> Subject {
        Subject::Entry(self.position)
    }
}

impl Kind {
    /// Whether a body of this kind may be taken down: only where it holds people's own words, in which personal data or what
    /// the law forbids can slip in, and only where nobody needs it to check a decision.
    #[expect(
        clippy::match_same_arms,
        reason = "each group of kinds stays for a reason of its own"
    )]
    pub const fn may_be_taken_down(self) -> bool {
        match self {
            Self::ProposalAccepted
            | Self::ScreeningDecided
            | Self::ProjectReported
            | Self::ReworkAnswered => true,
            // What a poll was about, its rule, its people and its proof; the plan of a project is the candidate's facts.
            Self::ShortlistPublished
            | Self::ShortlistAmended
            | Self::PollCreated
            | Self::PollRosterChanged
            | Self::PollRulesAdopted
            | Self::CeremonyMessage
            | Self::CeremonyComplained
            | Self::CeremonyRestarted
            | Self::PollFrozen
            | Self::PollApproved
            | Self::PollOpened
            | Self::PollBallot
            | Self::PollPaperCounted
            | Self::PollClosed
            | Self::PollClosingStated
            | Self::PollPartiallyDecrypted
            | Self::PollAnnounced
            | Self::PollLotDrawn
            | Self::PollWithdrawn
            | Self::PollVoided
            | Self::ProjectHandedOver
            | Self::ProjectMilestoneReached
            | Self::EvaluationVerdict
            | Self::ReworkOrdered => false,
            // Numbers, days and names of offices: nobody's own words.
            Self::SettingsChanged
            | Self::CycleStageReached
            | Self::CycleScheduled
            | Self::ProposalsMerged
            | Self::ProposalSplit
            | Self::ClusterAssigned
            | Self::ProjectDelivered
            | Self::ProjectAccepted
            | Self::AnnouncementNumbered => false,
            // Or a takedown could itself be hidden.
            Self::BodyTakenDown => false,
        }
    }
}
