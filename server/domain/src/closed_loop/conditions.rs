//! What must have happened before a stage begins: the pages show it beside the step, and the step is refused without it.

use super::AdvanceError;
use super::standing_store::{self, Standing};
use crate::cycles::{Cycle, Stage};
use crate::infra::database::Tx;
use crate::name_enum;
use crate::projects;
use crate::session::{self, Rounds, SessionError};
use std::collections::HashSet;

name_enum! {
    /// What a step waits for.
    pub enum ConditionKind {
        /// The office has let in or declined whatever was proposed.
        IntakeDecided = "intake-decided",
        /// Every proposal that was let in stands in a cluster with a decision.
        ProposalsScreened = "proposals-screened",
        /// No decision is held back.
        DecisionsPublished = "decisions-published",
        /// The public has seen what deputies will vote on.
        ShortlistPublished = "shortlist-published",
        /// No poll of the stage is between its adoption and its announcement: its result would come to a cycle that no longer
        /// waits for it.
        NoPollUnderWay = "no-poll-under-way",
        /// The deputies have chosen.
        VoteAnnounced = "vote-announced",
        /// No tie is left open: what was tied has been voted on again, or drawn by lot.
        TieDecided = "tie-decided",
        /// The meeting has not turned down the list of what was chosen, where it has voted on adopting it.
        ListNotRejected = "list-not-rejected",
        /// What they chose has a responsible unit.
        ProjectsHandedOver = "projects-handed-over",
        /// The deputies have judged what was built.
        ProjectsEvaluated = "projects-evaluated",
        /// Every rework order has its answer.
        ReworksAnswered = "reworks-answered",
    }
}

impl ConditionKind {
    /// Whether two people may let the stage begin without it: where the law leaves it open, and what is left open stays in force. A
    /// stage that needs a decision never begins without one.
    pub const fn may_be_left(self) -> bool {
        match self {
            Self::ReworksAnswered => true,
            Self::IntakeDecided
            | Self::ProposalsScreened
            | Self::DecisionsPublished
            | Self::ShortlistPublished
            | Self::NoPollUnderWay
            | Self::VoteAnnounced
            | Self::TieDecided
            | Self::ListNotRejected
            | Self::ProjectsHandedOver
            | Self::ProjectsEvaluated => false,
        }
    }
}

/// Something that a step waits for, and how much of it is left to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition {
    /// What.
    pub kind: ConditionKind,
    /// How many are left: proposals, decisions, polls, projects. Nothing: it is met.
    pub left: usize,
}

impl Condition {
    /// Whether nothing is left to do.
    pub const fn is_met(self) -> bool {
        self.left == 0
    }
}

/// What must have happened before the cycle's next stage begins, in the order in which it is done.
pub async fn conditions(
    tx: &mut Tx,
    cycle: &Cycle,
    next: Stage,
) -> Result<Vec<Condition>, AdvanceError> {
    let standing = standing_store::standing(tx, cycle).await?;
    Ok(conditions_at(tx, cycle, next, &standing).await?)
}

/// The same where the cycle's counts are at hand.
pub(super) async fn conditions_at(
    tx: &mut Tx,
    cycle: &Cycle,
    next: Stage,
    standing: &Standing,
) -> Result<Vec<Condition>, SessionError> {
    use ConditionKind as Kind;
    let counted = |kind, left: i64| Condition {
        kind,
        left: usize::try_from(left).unwrap_or(usize::MAX),
    };
    let one_of = |kind, there: i64| Condition {
        kind,
        left: usize::from(there == 0),
    };
    let no_poll_under_way = counted(Kind::NoPollUnderWay, standing.under_way);
    let shortlist_published = one_of(Kind::ShortlistPublished, standing.shortlists);
    Ok(match next {
        Stage::Collecting | Stage::Screening | Stage::Evaluating => Vec::new(),
        Stage::Shortlisted => vec![
            counted(Kind::IntakeDecided, standing.submitted),
            counted(
                Kind::ProposalsScreened,
                standing.unclustered + standing.undecided,
            ),
            counted(Kind::DecisionsPublished, standing.held),
            shortlist_published,
        ],
        Stage::Voting => vec![shortlist_published],
        // A draft that no meeting has adopted holds nobody.
        Stage::Implementing => {
            let rounds = counted_vote(tx, cycle, standing).await?;
            let is_tied = |rounds: &Rounds| !rounds.decision.is_complete();
            vec![
                one_of(Kind::VoteAnnounced, rounds.is_some().into()),
                no_poll_under_way,
                counted(
                    Kind::TieDecided,
                    rounds.as_ref().is_some_and(is_tied).into(),
                ),
                counted(
                    Kind::ListNotRejected,
                    rounds
                        .as_ref()
                        .is_some_and(|rounds| rounds.is_adopted == Some(false))
                        .into(),
                ),
                handed_over(tx, cycle, rounds.as_ref()).await?,
            ]
        }
        // Where nothing is being built there is nothing to judge.
        Stage::Closed if standing.projects == 0 => vec![no_poll_under_way],
        Stage::Closed => vec![
            one_of(Kind::ProjectsEvaluated, standing.evaluations_announced),
            no_poll_under_way,
            counted(Kind::ReworksAnswered, standing.open_reworks),
        ],
    })
}

/// The vote with what followed it. Before the announcement there is none, and nothing is read to find that out.
async fn counted_vote(
    tx: &mut Tx,
    cycle: &Cycle,
    standing: &Standing,
) -> Result<Option<Rounds>, SessionError> {
    if standing.votes_announced == 0 {
        return Ok(None);
    }
    session::rounds(tx, cycle).await
}

async fn handed_over(
    tx: &mut Tx,
    cycle: &Cycle,
    rounds: Option<&Rounds>,
) -> Result<Condition, SessionError> {
    let mut left = Vec::new();
    if let Some(rounds) = rounds {
        left = rounds.chosen();
        let taken: HashSet<String> = projects::store::projects(tx, cycle)
            .await?
            .into_iter()
            .map(|project| project.plan.code)
            .collect();
        left.retain(|code| !taken.contains(code));
    }
    Ok(Condition {
        kind: ConditionKind::ProjectsHandedOver,
        left: left.len(),
    })
}
