//! What a cycle waits for from those who prepare it: the office, and the government where proposals and candidates are concerned.

use super::{Act, CycleAct, Place, ProjectAct, Search, store};
use crate::closed_loop::conditions::{Condition, ConditionKind, conditions_at};
use crate::closed_loop::standing_store::{self, Standing};
use crate::cycles::Stage;
use crate::infra::database::Tx;
use crate::people::Role;
use crate::session::SessionError;
use std::sync::Arc;

impl Search<'_> {
    pub(super) async fn office(&mut self, tx: &mut Tx) -> Result<(), SessionError> {
        let viewer = self.viewer;
        let is_office = viewer.holds_anywhere(Role::Office);
        if is_office || viewer.holds_anywhere(Role::Government) {
            let standings = standing_store::standings(tx, viewer.account).await?;
            let mut places: Vec<Arc<Place>> = self.places.values().cloned().collect();
            places.sort_by_key(|place| place.cycle.year);
            for place in places {
                if let Some(standing) = standings.get(&place.cycle.id) {
                    self.cycle(tx, &place, standing).await?;
                }
            }
        }
        if is_office {
            for project in store::delivered(tx, viewer.account).await? {
                let running = [Stage::Implementing, Stage::Evaluating];
                if self.place_in(project.cycle, &running).is_some() {
                    self.add(project.cycle, project.act(ProjectAct::Accept), None);
                }
            }
        }
        Ok(())
    }

    async fn cycle(
        &mut self,
        tx: &mut Tx,
        place: &Place,
        standing: &Standing,
    ) -> Result<(), SessionError> {
        let is_office = self.holds(Role::Office, place);
        if !is_office && !self.holds(Role::Government, place) {
            return Ok(());
        }
        let cycle = &place.cycle;
        let next = step_from(cycle.stage);
        let conditions = match next {
            Some(next) => conditions_at(tx, cycle, next, standing).await?,
            None => Vec::new(),
        };
        let mut acts = counted(cycle.stage, standing);
        acts.extend(first_unmet(&conditions));
        for (act, left) in acts {
            if is_office || is_governments(act) {
                self.add(cycle.id, Act::OfCycle { act, left }, None);
            }
        }
        // A step that waits for nothing waits for nobody.
        let is_due = !conditions.is_empty() && conditions.iter().all(|one| one.is_met());
        let is_answered = cycle.stage != Stage::Shortlisted || standing.unanswered == 0;
        if let Some(to) = next
            && is_office
            && is_due
            && is_answered
        {
            self.add(cycle.id, Act::Advance { to }, None);
        }
        Ok(())
    }
}

/// The step that the loop takes from a stage when what belongs to it has been done.
const fn step_from(stage: Stage) -> Option<Stage> {
    match stage {
        Stage::Collecting => Some(Stage::Screening),
        Stage::Screening => Some(Stage::Shortlisted),
        Stage::Shortlisted => Some(Stage::Voting),
        Stage::Voting => Some(Stage::Implementing),
        Stage::Implementing => Some(Stage::Evaluating),
        Stage::Evaluating => Some(Stage::Closed),
        Stage::Closed => None,
    }
}

/// What is there to be done in a stage, whatever the next one waits for.
fn counted(stage: Stage, standing: &Standing) -> Vec<(CycleAct, usize)> {
    let count = |left: i64| usize::try_from(left).unwrap_or_default();
    let unanswered = (CycleAct::AnswerComments, count(standing.unanswered));
    let mut acts = match stage {
        Stage::Collecting | Stage::Screening => {
            vec![(CycleAct::DecideIntake, count(standing.submitted))]
        }
        Stage::Shortlisted => vec![unanswered],
        Stage::Voting => vec![
            unanswered,
            (CycleAct::CallVote, usize::from(standing.votes == 0)),
        ],
        Stage::Evaluating => {
            let is_due = standing.evaluations == 0 && standing.projects > 0;
            vec![(CycleAct::CallEvaluation, usize::from(is_due))]
        }
        Stage::Implementing | Stage::Closed => Vec::new(),
    };
    acts.retain(|(_, left)| *left > 0);
    acts
}

/// The first condition that is not met, apart from the intake, which goes on beside the screening; those after it can only be
/// met when it is.
fn first_unmet(conditions: &[Condition]) -> Option<(CycleAct, usize)> {
    let is_open = |one: &&Condition| !one.is_met() && one.kind != ConditionKind::IntakeDecided;
    let first = conditions.iter().find(is_open)?;
    let act = match first.kind {
        ConditionKind::ProposalsScreened => CycleAct::Screen,
        ConditionKind::DecisionsPublished => CycleAct::PublishDecisions,
        ConditionKind::ShortlistPublished => CycleAct::ComposeShortlist,
        ConditionKind::TieDecided => CycleAct::DecideTie,
        ConditionKind::ListNotRejected => CycleAct::VoteOnList,
        ConditionKind::ProjectsHandedOver => CycleAct::HandOver,
        // The poll itself says whom it waits for.
        ConditionKind::IntakeDecided
        | ConditionKind::NoPollUnderWay
        | ConditionKind::VoteAnnounced
        | ConditionKind::ProjectsEvaluated
        // The unit's.
        | ConditionKind::ReworksAnswered => return None,
    };
    Some((act, first.left))
}

/// What the government does beside the office.
const fn is_governments(act: CycleAct) -> bool {
    matches!(act, CycleAct::Screen | CycleAct::ComposeShortlist)
}
