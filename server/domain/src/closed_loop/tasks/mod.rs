//! Your tasks (您的待办): what one person is to do now, in all that crosses the stages, by the roles in which they may act.
//!
//! Each kind is asked once for all of a person's jurisdictions, and answered in counts or in few rows. What the service must not
//! know it does not ask: a deputy who has checked in is told that the vote goes on until it is over, cast or not (promise 4).

mod office;
mod polls;
mod residents;
mod store;
mod units;

use crate::cycles::{Cycle, Jurisdiction, Stage, store as cycle_store};
use crate::infra::app::App;
use crate::infra::database::{DatabaseError, Tx};
use crate::infra::ids::{CycleId, JurisdictionId};
use crate::name_enum;
use crate::people::{Role, Viewer, store as people_store};
use crate::projects::today;
use crate::proposals::ProposalId;
use crate::record::EntryIndex;
use crate::session::{DualControlStep, Party, PollId, SessionError};
use std::collections::HashMap;
use std::sync::Arc;
use time::Date;
use tracing::instrument;

/// Where there is something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Whose.
    pub jurisdiction: Jurisdiction,
    /// In which year.
    pub cycle: Cycle,
}

/// Something that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// What is to be done.
    pub act: Act,
    /// Where; nowhere in particular for what concerns the account, or a jurisdiction without its year.
    pub place: Option<Arc<Place>>,
    /// The last day, where there is one.
    pub until: Option<Date>,
}

/// All that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tasks {
    /// The most urgent first.
    pub all: Vec<Task>,
    /// Whether the person has roles in more than one open cycle, so that a task's place has to be said.
    pub several_places: bool,
    /// The day that deadlines are measured by.
    pub today: Date,
}

/// What a task asks for, and what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Set up the second factor, without which the person's roles rest.
    SetUpFactor,
    /// Accept or decline the roles that are offered.
    AnswerOffers {
        /// How many.
        left: usize,
    },
    /// Confirm or withdraw takedowns that another administrator asks for.
    ConfirmTakedown {
        /// The entry whose takedown has waited longest.
        entry: EntryIndex,
        /// How many wait.
        left: usize,
    },
    /// Something in a poll.
    OfPoll {
        /// Which.
        poll: PollId,
        /// Its title.
        title: String,
        /// What.
        act: PollAct,
    },
    /// Something that a whole cycle waits for.
    OfCycle {
        /// What.
        act: CycleAct,
        /// How much of it: proposals, decisions, comments, projects.
        left: usize,
    },
    /// Move the cycle on: all that its next stage waits for has been done.
    Advance {
        /// To which stage.
        to: Stage,
    },
    /// Decide on the proposals that are assigned to one's unit.
    Review {
        /// The proposal that stands for the oldest case among them.
        proposal: ProposalId,
        /// How many cases.
        left: usize,
    },
    /// Something about a project.
    OfProject {
        /// Its code.
        code: String,
        /// Its title.
        title: String,
        /// What.
        act: ProjectAct,
    },
    /// Read what became of one's own proposal.
    ReadAnswer {
        /// Which.
        proposal: ProposalId,
        /// Its title.
        title: String,
    },
}

/// What somebody does in a poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PollAct {
    /// A deputy checks in.
    CheckIn,
    /// A delegation's head confirms who of it is present.
    ConfirmHeadcount,
    /// The vote goes on, and this deputy is on the roll; whether they have cast, nobody knows.
    Vote,
    /// The same of an evaluation.
    Evaluate,
    /// A scrutineer's device makes the key.
    MakeKey,
    /// A scrutineer's device approves the election.
    ApproveElection,
    /// A scrutineer's device decrypts its part.
    Decrypt,
    /// A teller's device makes the credentials of the paper ballots.
    ReservePaper,
    /// The tellers type and seal the paper ballots.
    CountPaper,
    /// The office writes the rules and enters the meeting's show of hands.
    WriteRules,
    /// The office sees to check-in, keys and head counts, which the freeze needs.
    PrepareFreeze,
    /// The office sees to the approvals, which the opening needs.
    PrepareOpening,
    /// A step under dual control is ready.
    Confirm {
        /// Which.
        step: DualControlStep,
        /// The other side, where it has confirmed already.
        other: Option<Party>,
    },
    /// The chair announces.
    Announce,
}

name_enum! {
    /// What a whole cycle waits for.
    pub enum CycleAct {
        /// The office lets proposals in, or declines them.
        DecideIntake = "decide-intake",
        /// Proposals are put together and decided on.
        Screen = "screen",
        /// The office publishes the decisions that are held.
        PublishDecisions = "publish-decisions",
        /// The shortlist is composed, reviewed and published.
        ComposeShortlist = "compose-shortlist",
        /// The office answers comments on the shortlist.
        AnswerComments = "answer-comments",
        /// The office makes the main poll.
        CallVote = "call-vote",
        /// The office makes the evaluation poll.
        CallEvaluation = "call-evaluation",
        /// The office calls the run-off, or the lot is entered.
        DecideTie = "decide-tie",
        /// The meeting has turned down the list: it votes again, on this list or another.
        VoteOnList = "vote-on-list",
        /// The office hands over what the deputies chose.
        HandOver = "hand-over",
        /// A resident rates what was delivered.
        Rate = "rate",
        /// The office has answered one's comments on the shortlist.
        ReadCommentAnswers = "read-comment-answers",
    }
}

name_enum! {
    /// What somebody does about a project.
    pub enum ProjectAct {
        /// The unit reports a month that is over.
        Report = "report",
        /// The unit enters that a milestone was reached.
        CompleteMilestone = "complete-milestone",
        /// The unit says what it did about a rework order.
        AnswerRework = "answer-rework",
        /// The office accepts what was delivered.
        Accept = "accept-project",
    }
}

impl PollAct {
    /// The name in translation keys (`task-<name>`).
    pub const fn name(self) -> &'static str {
        match self {
            Self::CheckIn => "check-in",
            Self::ConfirmHeadcount => "confirm-headcount",
            Self::Vote => "vote",
            Self::Evaluate => "evaluate",
            Self::MakeKey => "make-key",
            Self::ApproveElection => "approve-election",
            Self::Decrypt => "decrypt",
            Self::ReservePaper => "reserve-paper",
            Self::CountPaper => "count-paper",
            Self::WriteRules => "write-rules",
            Self::PrepareFreeze => "prepare-freeze",
            Self::PrepareOpening => "prepare-opening",
            Self::Confirm { step, .. } => match step {
                DualControlStep::Freeze => "confirm-freeze",
                DualControlStep::Open => "confirm-open",
                DualControlStep::Close => "confirm-close",
                DualControlStep::Withdraw => "confirm-withdraw",
                DualControlStep::Void => "confirm-void",
                DualControlStep::Lot => "confirm-lot",
            },
            Self::Announce => "announce",
        }
    }
}

impl Act {
    /// The name in translation keys (`task-<name>`).
    pub const fn name(&self) -> &'static str {
        match self {
            Self::SetUpFactor => "set-up-factor",
            Self::AnswerOffers { .. } => "answer-offers",
            Self::ConfirmTakedown { .. } => "confirm-takedown",
            Self::OfPoll { act, .. } => act.name(),
            Self::OfCycle { act, .. } => act.name(),
            Self::Advance { .. } => "advance",
            Self::Review { .. } => "review",
            Self::OfProject { act, .. } => act.name(),
            Self::ReadAnswer { .. } => "read-answer",
        }
    }

    /// What comes first: what keeps from everything else, what a meeting waits for, what has a deadline, the rest, news.
    const fn rank(&self) -> u8 {
        match self {
            Self::SetUpFactor | Self::AnswerOffers { .. } => 0,
            Self::OfPoll { .. } => 1,
            Self::ConfirmTakedown { .. } | Self::OfProject { .. } => 2,
            Self::OfCycle { act, .. } => match act {
                CycleAct::ReadCommentAnswers => 4,
                CycleAct::DecideIntake
                | CycleAct::Screen
                | CycleAct::PublishDecisions
                | CycleAct::ComposeShortlist
                | CycleAct::AnswerComments
                | CycleAct::CallVote
                | CycleAct::CallEvaluation
                | CycleAct::DecideTie
                | CycleAct::VoteOnList
                | CycleAct::HandOver
                | CycleAct::Rate => 3,
            },
            Self::Advance { .. } | Self::Review { .. } => 3,
            Self::ReadAnswer { .. } => 4,
        }
    }
}

/// What waits for this person now, in every jurisdiction where they hold a role that does not rest.
#[instrument(skip_all, err(level = "debug"))]
pub async fn tasks(app: &App, tx: &mut Tx, viewer: &Viewer) -> Result<Tasks, SessionError> {
    let mut search = Search::begin(app, tx, viewer).await?;
    search.own(tx).await?;
    search.polls(tx).await?;
    search.office(tx).await?;
    search.units(tx).await?;
    search.residents(tx).await?;
    let mut all = search.found;
    all.sort_by_key(|task| (task.act.rank(), task.until.is_none(), task.until));
    Ok(Tasks {
        all,
        several_places: search.places.len() > 1,
        today: search.today,
    })
}

/// What has been found so far for one person.
struct Search<'a> {
    app: &'a App,
    viewer: &'a Viewer,
    today: Date,
    places: HashMap<CycleId, Arc<Place>>,
    found: Vec<Task>,
}

impl<'a> Search<'a> {
    async fn begin(app: &'a App, tx: &mut Tx, viewer: &'a Viewer) -> Result<Self, DatabaseError> {
        let jurisdictions: HashMap<JurisdictionId, Jurisdiction> =
            cycle_store::jurisdictions_of(tx, viewer.account)
                .await?
                .into_iter()
                .map(|one| (one.id, one))
                .collect();
        let place = |cycle: Cycle| {
            let jurisdiction = jurisdictions.get(&cycle.jurisdiction)?.clone();
            let id = cycle.id;
            let place = Place {
                jurisdiction,
                cycle,
            };
            Some((id, Arc::new(place)))
        };
        let cycles = cycle_store::open_cycles_of(tx, viewer.account).await?;
        Ok(Self {
            app,
            viewer,
            today: today(app),
            places: cycles.into_iter().filter_map(place).collect(),
            found: Vec::new(),
        })
    }

    fn holds(&self, role: Role, place: &Place) -> bool {
        self.viewer.holds(role, place.jurisdiction.id)
    }

    /// Notes what is to be done in a cycle that is open.
    fn add(&mut self, cycle: CycleId, act: Act, until: Option<Date>) {
        if let Some(place) = self.places.get(&cycle) {
            self.found.push(Task {
                act,
                place: Some(Arc::clone(place)),
                until,
            });
        }
    }

    /// The place, where its cycle is in one of these stages.
    fn place_in(&self, cycle: CycleId, stages: &[Stage]) -> Option<Arc<Place>> {
        let place = self.places.get(&cycle)?;
        stages
            .contains(&place.cycle.stage)
            .then(|| Arc::clone(place))
    }

    /// What concerns the account itself, and an administrator's part in takedowns.
    async fn own(&mut self, tx: &mut Tx) -> Result<(), DatabaseError> {
        let account = self.viewer.account;
        let nowhere = |act| Task {
            act,
            place: None,
            until: None,
        };
        if !self.viewer.withheld.is_empty() {
            self.found.push(nowhere(Act::SetUpFactor));
        }
        let left = people_store::offers_to(tx, account).await?.len();
        if left > 0 {
            self.found.push(nowhere(Act::AnswerOffers { left }));
        }
        if self.viewer.holds_anywhere(Role::Admin) {
            let waiting = store::takedowns(tx, account).await?;
            if let Some(entry) = waiting.first().copied() {
                let left = waiting.len();
                self.found
                    .push(nowhere(Act::ConfirmTakedown { entry, left }));
            }
        }
        Ok(())
    }
}
