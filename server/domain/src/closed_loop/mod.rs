//! What crosses the stages of the closed loop: 群众提、代表决、政府办、人大评.
//!
//! A stage knows what lies before it and never what follows from it. The two steps that need both stand here: when the
//! cycle may enter its next stage, and what an announced result does to the projects.

mod conditions;
mod exception;
mod exception_store;
mod standing_store;
mod tasks;

pub use conditions::{Condition, ConditionKind, conditions};
pub use exception::{
    CONFIRMERS, Exception, ask_exception, confirm_exception, exception_to, exceptions,
};
pub use tasks::{Act, CycleAct, Place, PollAct, ProjectAct, Task, Tasks, tasks};

use crate::cycles::{self, Cycle, CycleError, Hold, Stage, StageError};
use crate::evaluation::{self, Judged};
use crate::infra::app::App;
use crate::infra::database::DatabaseError;
use crate::infra::field_errors::FieldErrors;
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::people::{PeopleError, Role, Viewer, import};
use crate::record::change::{Actor, Change, Scope};
use crate::session::{self, PollId, PollOutcome, SessionError, SessionEvent, StateName};
use tally::evaluation::EvaluationOutcome;
use tracing::instrument;

/// Why a cycle cannot enter the stage.
#[derive(Debug, thiserror::Error)]
pub enum AdvanceError {
    /// The closed loop has no such step.
    #[error(transparent)]
    Step(#[from] StageError),
    /// Something must happen first.
    #[error("{} is not met", .0.kind.name())]
    NotYet(Condition),
    /// What was typed.
    #[error("the form has errors")]
    Form(FieldErrors),
    /// Nothing is left open that may be, or nobody has asked for an exception.
    #[error("no exception is open")]
    NoException,
    /// Not in a role for this.
    #[error("not in a role for this")]
    Forbidden,
    /// Whoever asked cannot confirm.
    #[error("whoever asked for the exception cannot confirm it")]
    SamePerson,
    /// Nobody confirms with an account that the same person made, or whose contact the same person entered.
    #[error("one of the two has enrolled the other")]
    EnrolledByEachOther,
    /// What is confirmed is no longer what the page showed.
    #[error("what is confirmed has changed since it was shown")]
    MatterChanged,
    /// The stage cannot be entered.
    #[error(transparent)]
    Cycle(#[from] CycleError),
    /// The polls cannot be read.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The database refused.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// The office moves a cycle to its next stage, once its [`conditions`] are met. Answers with the cycle as it is then. The
/// same step again is harmless.
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
    if cycle.stage == to {
        return Ok(cycle);
    }
    let next = cycle.stage.advance(to)?;
    let unmet = conditions(&mut change.tx, &cycle, next)
        .await?
        .into_iter()
        .find(|condition| !condition.is_met());
    if let Some(condition) = unmet {
        return Err(AdvanceError::NotYet(condition));
    }
    let entered = cycles::enter_stage(&mut change, &cycle, next, None).await?;
    change.commit().await?;
    Ok(entered)
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
