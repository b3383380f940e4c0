//! What a poll is: its kind, what is voted on, who holds the keys, and how far it has come.

use super::state::{EndReason, PollState, StateName, Step};
use crate::id;
use crate::infra::clock::Timestamp;
use crate::infra::ids::{AccountId, CycleId, JurisdictionId};
use crate::infra::money::Money;
use crate::name_enum;
use crate::record::change::Scope;
use crate::record::values::recorded_as;
use serde::Serialize;
use tally::record::body;
use tally::rules::same_to_the_eye;
use time::Date;
use uuid::Uuid;

id!(
    /// A poll of a cycle. Ballots name the election's own id, 14 letters of base 58.
    PollId
);

name_enum! {
    /// What a poll decides.
    ///
    /// [`Self::name`]: the kind's name in code, URLs and translation keys (`poll-kind-<name>`).
    pub enum PollKind {
        /// 票决: which candidates become projects.
        Main = "main",
        /// 再次票决: which of the tied take the places left.
        RunOff = "run_off",
        /// 另行票决: which of the rest take the places that stayed empty.
        SecondBallot = "second_ballot",
        /// 表决决议: whether the meeting adopts the list of what was chosen.
        Adoption = "adoption",
        /// 满意度测评: how satisfied the deputies are with each project.
        Evaluation = "evaluation",
    }
}

/// A poll.
#[derive(Debug, Clone)]
pub struct Poll {
    /// Its id.
    pub id: PollId,
    /// Whose poll.
    pub jurisdiction: JurisdictionId,
    /// Of which cycle.
    pub cycle: CycleId,
    /// What it decides.
    pub kind: PollKind,
    /// The poll that left what this one decides: a tie, or empty places.
    pub follows: Option<PollId>,
    /// The poll at whose check-in its roll is made: most often itself.
    pub check_in: PollId,
    /// The poll whose scrutineers' keys count it: itself, or the vote that it follows.
    pub keys_of: PollId,
    /// Its title.
    pub title: String,
    /// The id that ballots name.
    pub election: ballot::Uuid,
    /// SHA-256 of the candidates' published facts, where the poll is about candidates.
    pub facts: Option<String>,
    /// SHA-256 of the roster in its part of the record.
    pub roster: String,
    /// How far it has come.
    pub state: PollState,
    /// When the office made it.
    pub created_at: Timestamp,
}

impl Poll {
    /// Where changes of this poll belong.
    pub const fn scope(&self) -> Scope {
        Scope {
            jurisdiction: self.jurisdiction,
            cycle: Some(self.cycle),
        }
    }

    /// Whether deputies vote by the check-in of another poll of the meeting.
    pub fn is_checked_in_before(&self) -> bool {
        self.check_in != self.id
    }

    /// Whether it is counted by the keys that were made for the vote that it follows.
    pub fn has_keys_before(&self) -> bool {
        self.keys_of != self.id
    }
}

/// What is voted on: a candidate or a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct PollItem {
    /// The official number, which is the item's id in the rule, e.g. `QH26-01`.
    pub code: String,
    /// What it is.
    pub title: String,
    /// The responsible unit, to tell items apart on the ballot.
    pub unit: Option<String>,
    /// What it costs, likewise.
    #[serde(rename = "budget_fen")]
    pub budget: Option<Money>,
    /// The candidate or project.
    #[serde(skip)]
    pub source: Option<Uuid>,
}

impl PollItem {
    /// What the ballot says beside the item's code: its title, with the unit where another's title looks the same. Election
    /// and page say it alike, since a deputy's device compares them word for word.
    pub fn ballot_label(&self, all: &[Self]) -> String {
        let alike = |other: &&Self| same_to_the_eye(&other.title, &self.title);
        match &self.unit {
            Some(unit) if all.iter().filter(alike).count() > 1 => {
                format!("{}（{unit}）", self.title)
            }
            _ => self.title.clone(),
        }
    }
}

/// A scrutineer of a poll (监票人), who holds a key to the count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scrutineer {
    /// The trustee's number in the election, from 1.
    pub number: u32,
    /// The account.
    pub account: AccountId,
    /// The number on the roster.
    pub deputy_number: i32,
    /// The name, which is public.
    pub name: String,
    /// The exact public key object, once the scrutineer's device has made the key.
    pub public_key: Option<String>,
    /// Whether the scrutineer's device has approved the election.
    pub has_approved: bool,
    /// Whether it has stated which ballots are summed.
    pub has_stated_closing: bool,
    /// Whether the scrutineer has decrypted.
    pub has_decrypted: bool,
}

/// The counted hands by which the meeting adopted the rules and the scrutineers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Hands {
    /// 赞成
    pub in_favour: u32,
    /// 反对
    pub against: u32,
    /// 弃权
    pub abstained: u32,
}

impl From<Hands> for body::Hands {
    fn from(hands: Hands) -> Self {
        Self {
            in_favour: hands.in_favour,
            against: hands.against,
            abstained: hands.abstained,
        }
    }
}

name_enum! {
    /// The steps that need two people, office and chief scrutineer.
    ///
    /// [`Self::name`]: the step's name in code, forms and translation keys (`dual-control-step-<name>`).
    pub enum DualControlStep {
        /// The roll and the election are fixed.
        Freeze = "freeze",
        /// Voting begins.
        Open = "open",
        /// Voting ends.
        Close = "close",
        /// The poll ends before anybody can vote.
        Withdraw = "withdraw",
        /// The vote is void.
        Void = "void",
        /// What was drawn among the tied.
        Lot = "lot",
    }
}

impl DualControlStep {
    /// The one that a poll in this state waits for on the straight road.
    pub fn next_in(state: StateName) -> Option<Self> {
        [Self::Freeze, Self::Open, Self::Close]
            .into_iter()
            .find(|one| one.step().is_some_and(|step| step.from().contains(&state)))
    }

    /// The poll's step that it is; a lot changes nothing of how far the poll has come.
    pub const fn step(self) -> Option<Step> {
        match self {
            Self::Freeze => Some(Step::Freeze),
            Self::Open => Some(Step::Open),
            Self::Close => Some(Step::Close),
            Self::Withdraw => Some(Step::Withdraw),
            Self::Void => Some(Step::Void),
            Self::Lot => None,
        }
    }
}

name_enum! {
    /// Who confirms a step under dual control.
    ///
    /// [`Self::name`]: the side's name in code and forms.
    pub enum Party {
        /// 办公室
        Office = "office",
        /// 总监票人
        ChiefScrutineer = "chief_scrutineer",
    }
}

/// Number and day of an announcement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbered {
    /// The number, from 1, once in a jurisdiction and the day's year.
    pub number: u32,
    /// The day that stands under it.
    pub day: Date,
}

recorded_as!(PollKind => body::PollKind { Main RunOff SecondBallot Adoption Evaluation });
recorded_as!(EndReason => body::EndReason {
    MoreReturned CannotDecrypt WrongCandidates WrongRules QuorumLost Postponed Other
});
recorded_as!(Party => body::Party { Office ChiefScrutineer });

impl Party {
    /// Both, as the record has them.
    pub fn recorded() -> Vec<body::Party> {
        Self::ALL.map(body::Party::from).to_vec()
    }
}
