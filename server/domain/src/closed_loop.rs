//! What crosses the stages of the closed loop: 群众提、代表决、政府办、人大评.
//!
//! A stage knows what lies before it and never what follows from it. The two steps that need both stand here: when the
//! cycle may enter its next stage, and what an announced result does to the projects.

use crate::cycles::{self, Cycle, CycleError, Hold, Stage, StageError};
use crate::evaluation::{self, Judged};
use crate::infra::app::App;
use crate::infra::database::DatabaseError;
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::people::{PeopleError, Role, Viewer, import};
use crate::record::change::{Actor, Change, Scope};
use crate::screening;
use crate::session::{self, PollId, PollKind, PollOutcome, SessionError, SessionEvent, StateName};
use tally::evaluation::EvaluationOutcome;
use tracing::instrument;

/// Why a cycle cannot enter the stage.
#[derive(Debug, thiserror::Error)]
pub enum AdvanceError {
    /// The closed loop has no such step.
    #[error(transparent)]
    Step(#[from] StageError),
    /// Deputies vote on a published shortlist only.
    #[error("the shortlist is not published")]
    NoShortlist,
    /// What no poll has chosen is not carried out.
    #[error("no poll's decision is announced")]
    NoDecision,
    /// A poll of this stage is under way: no other could follow it.
    #[error("poll {0} is under way")]
    PollUnderWay(PollId),
    /// The stage cannot be entered.
    #[error(transparent)]
    Cycle(#[from] CycleError),
    /// The database refused.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// The office moves a cycle to its next stage. Answers with the cycle as it is then.
#[instrument(skip_all, fields(cycle = %cycle.id, to = to.name()), err(level = "debug"))]
pub async fn advance(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
    to: Stage,
) -> Result<Cycle, AdvanceError> {
    let mut change = Change::begin(app, actor, Some(cycle.scope())).await?;
    let cycle = Cycle {
        stage: cycles::store::held_stage(&mut change.tx, cycle, Hold::Alone).await?,
        ..cycle.clone()
    };
    let next = cycle.stage.advance(to)?;
    require_conditions(&mut change, &cycle, next).await?;
    let entered = cycles::enter_stage(&mut change, &cycle, next).await?;
    change.commit().await?;
    Ok(entered)
}

/// What must have happened in the stages before.
async fn require_conditions(
    change: &mut Change<'_>,
    cycle: &Cycle,
    next: Stage,
) -> Result<(), AdvanceError> {
    require_no_poll_under_way(change, cycle).await?;
    match next {
        Stage::Voting => {
            let shortlist = screening::shortlist(&mut change.tx, cycle).await?;
            if shortlist.is_published() {
                Ok(())
            } else {
                Err(AdvanceError::NoShortlist)
            }
        }
        Stage::Implementing => require_announced(change, cycle).await,
        Stage::Collecting
        | Stage::Screening
        | Stage::Shortlisted
        | Stage::Evaluating
        | Stage::Closed => Ok(()),
    }
}

/// 票决 ends with an announced decision.
async fn require_announced(change: &mut Change<'_>, cycle: &Cycle) -> Result<(), AdvanceError> {
    let polls =
        session::store::polls_of_cycle(&mut change.tx, cycle.jurisdiction, cycle.id).await?;
    let announced = polls
        .iter()
        .any(|poll| poll.kind == PollKind::Main && poll.state.name() == StateName::Announced);
    if announced {
        Ok(())
    } else {
        Err(AdvanceError::NoDecision)
    }
}

/// Nobody leaves 票决 or 测评 while the deputies are voting: the result would come to a cycle that no longer waits for it. A
/// draft that no meeting has adopted holds nobody.
async fn require_no_poll_under_way(
    change: &mut Change<'_>,
    cycle: &Cycle,
) -> Result<(), AdvanceError> {
    let polls =
        session::store::polls_of_cycle(&mut change.tx, cycle.jurisdiction, cycle.id).await?;
    let under_way = polls
        .iter()
        .find(|poll| !matches!(poll.state.name(), StateName::Drafted | StateName::Announced));
    match under_way {
        Some(poll) => Err(AdvanceError::PollUnderWay(poll.id)),
        None => Ok(()),
    }
}

/// The chair announces: counts, decision and partial decryptions become public, and verdicts take effect on their
/// projects, all in one transaction.
#[instrument(skip_all, fields(%jurisdiction, %poll), err(level = "debug"))]
pub async fn announce(
    app: &App,
    chair: AccountId,
    jurisdiction: JurisdictionId,
    poll: PollId,
) -> Result<(), SessionError> {
    let (mut change, poll) = session::begin(app, Actor::Account(chair), jurisdiction, poll).await?;
    if !session::store::holds_role(&mut change.tx, jurisdiction, chair, Role::Chair).await? {
        return Err(SessionError::Forbidden);
    }
    if poll.state.name() == StateName::Announced {
        return Ok(());
    }
    let (rule, outcome) = session::publish_result(&mut change, &poll).await?;
    if let PollOutcome::Evaluation {
        verdicts: EvaluationOutcome::Judged(evaluation),
    } = &outcome
        && let Some(rule) = rule.evaluation()
    {
        let judged = Judged {
            poll: &poll,
            rule,
            evaluation,
        };
        evaluation::apply_verdicts(app, &mut change, judged)
            .await
            .map_err(|error| session::inconsistent(&poll, error.to_string()))?;
    }
    change
        .audit(SessionEvent::Announce { poll: poll.id })
        .await?;
    change.commit().await?;
    Ok(())
}

/// The office imports the roster. Polls that are not adopted yet get the new one as an entry.
///
/// # Errors
/// [`PeopleError::RosterFixed`] where a poll is between its adoption and its announcement.
#[instrument(skip_all, fields(%jurisdiction), err(level = "debug"))]
pub async fn import_roster(
    app: &App,
    office: &Viewer,
    jurisdiction: JurisdictionId,
    rows: &[import::Row],
) -> Result<usize, PeopleError> {
    let place = Scope {
        jurisdiction,
        cycle: None,
    };
    let mut change = Change::begin(app, office.actor(), Some(place)).await?;
    let added = import::import(&mut change, jurisdiction, rows).await?;
    session::roster_changed(&mut change, jurisdiction)
        .await
        .map_err(|error| match error {
            SessionError::Database(error) => error.into(),
            _ => PeopleError::RosterFixed,
        })?;
    change.commit().await?;
    Ok(added)
}
