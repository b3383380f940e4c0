//! What must have happened before a stage begins: the pages show it beside the step, and the step is refused without it.

use super::AdvanceError;
use crate::cycles::{Cycle, Stage};
use crate::infra::database::Tx;
use crate::name_enum;
use crate::projects;
use crate::proposals;
use crate::screening;
use crate::session::{self, PollKind, StateName};
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
        /// What they chose has a responsible unit.
        ProjectsHandedOver = "projects-handed-over",
        /// The deputies have judged what was built.
        ProjectsEvaluated = "projects-evaluated",
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
    match next {
        Stage::Collecting | Stage::Screening | Stage::Evaluating => Ok(Vec::new()),
        Stage::Shortlisted => before_shortlisted(tx, cycle).await,
        Stage::Voting => Ok(vec![shortlist_published(tx, cycle).await?]),
        Stage::Implementing => before_implementing(tx, cycle).await,
        Stage::Closed => before_closed(tx, cycle).await,
    }
}

async fn before_shortlisted(tx: &mut Tx, cycle: &Cycle) -> Result<Vec<Condition>, AdvanceError> {
    let submitted = proposals::store::figures(tx, cycle).await?.submitted;
    let unclustered = screening::unclustered(tx, cycle).await?.len();
    let clusters = screening::clusters(tx, cycle).await?;
    let of_undecided = clusters.iter().filter(|cluster| cluster.decision.is_none());
    let undecided: usize = of_undecided.map(|cluster| cluster.members.len()).sum();
    let held = clusters
        .iter()
        .filter_map(|cluster| cluster.decision.as_ref())
        .filter(|decision| decision.published_at.is_none())
        .count();
    let condition = |kind, left| Condition { kind, left };
    Ok(vec![
        condition(
            ConditionKind::IntakeDecided,
            usize::try_from(submitted).unwrap_or(usize::MAX),
        ),
        condition(ConditionKind::ProposalsScreened, unclustered + undecided),
        condition(ConditionKind::DecisionsPublished, held),
        shortlist_published(tx, cycle).await?,
    ])
}

async fn shortlist_published(tx: &mut Tx, cycle: &Cycle) -> Result<Condition, AdvanceError> {
    let is_published = screening::shortlist(tx, cycle).await?.is_published();
    Ok(Condition {
        kind: ConditionKind::ShortlistPublished,
        left: usize::from(!is_published),
    })
}

async fn before_implementing(tx: &mut Tx, cycle: &Cycle) -> Result<Vec<Condition>, AdvanceError> {
    let mut conditions =
        polls_done(tx, cycle, PollKind::Main, ConditionKind::VoteAnnounced).await?;
    let taken: HashSet<String> = projects::store::projects(tx, cycle)
        .await?
        .into_iter()
        .map(|project| project.plan.code)
        .collect();
    let chosen = projects::chosen(tx, cycle).await?;
    conditions.push(Condition {
        kind: ConditionKind::ProjectsHandedOver,
        left: chosen.iter().filter(|code| !taken.contains(*code)).count(),
    });
    Ok(conditions)
}

/// Where nothing is being built there is nothing to judge.
async fn before_closed(tx: &mut Tx, cycle: &Cycle) -> Result<Vec<Condition>, AdvanceError> {
    let kind = ConditionKind::ProjectsEvaluated;
    let mut conditions = polls_done(tx, cycle, PollKind::Evaluation, kind).await?;
    if projects::store::projects(tx, cycle).await?.is_empty() {
        conditions.retain(|condition| condition.kind != kind);
    }
    Ok(conditions)
}

/// No poll is under way, and one of this kind is announced. A draft that no meeting has adopted holds nobody.
async fn polls_done(
    tx: &mut Tx,
    cycle: &Cycle,
    of: PollKind,
    announced: ConditionKind,
) -> Result<Vec<Condition>, AdvanceError> {
    let polls = session::store::polls_of_cycle(tx, cycle.jurisdiction, cycle.id).await?;
    let state = |poll: &session::Poll| poll.state.name();
    let under_way = polls
        .iter()
        .filter(|poll| !matches!(state(poll), StateName::Drafted | StateName::Announced))
        .count();
    let is_announced = polls
        .iter()
        .any(|poll| poll.kind == of && state(poll) == StateName::Announced);
    Ok(vec![
        Condition {
            kind: announced,
            left: usize::from(!is_announced),
        },
        Condition {
            kind: ConditionKind::NoPollUnderWay,
            left: under_way,
        },
    ])
}
