//! What the office does with a cycle, each inside one act.

use super::cycle::{Cycle, Jurisdiction, Stage, StageError};
use super::guard::Hold;
use super::store;
use crate::app::App;
use crate::infra::act::Act;
use crate::infra::database::DatabaseError;
use crate::infra::ids::CycleId;
use crate::record::EntryKind;
use crate::screening;
use crate::web::failure::Failure;
use serde_json::json;

/// Why an act on a cycle is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CycleError {
    /// The jurisdiction has a cycle of this year already.
    #[error("there is a cycle of {0} already")]
    YearTaken(i32),
    /// The closed loop has no such step.
    #[error(transparent)]
    Step(#[from] StageError),
    /// Deputies vote on a published shortlist only.
    #[error("the shortlist is not published")]
    NoShortlist,
    /// The database refused.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<CycleError> for Failure {
    fn from(error: CycleError) -> Self {
        match error {
            CycleError::YearTaken(_) => Self::invalid("cycle-year", "year-taken"),
            CycleError::Step(_) => Self::Conflict("no-such-step"),
            CycleError::NoShortlist => Self::Conflict("not-published"),
            CycleError::Database(error) => error.into(),
        }
    }
}

/// What a new cycle is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewCycle {
    /// The year of implementation.
    pub year: i32,
    /// 届
    pub term: i32,
    /// 次
    pub session: i32,
    /// How many projects are to be chosen.
    pub places: i32,
}

/// Begins a year's cycle with collecting.
pub async fn create(
    app: &App,
    act: &mut Act<'_>,
    jurisdiction: &Jurisdiction,
    new: NewCycle,
) -> Result<Cycle, CycleError> {
    let cycle = Cycle {
        id: CycleId::new(act.at, &app.chance),
        jurisdiction: jurisdiction.id,
        year: new.year,
        term: new.term,
        session: new.session,
        places: new.places,
        stage: Stage::Collecting,
    };
    store::insert_cycle(&mut act.tx, &cycle, act.at)
        .await
        .map_err(|error| {
            if error.is_unique_violation() {
                CycleError::YearTaken(new.year)
            } else {
                error.into()
            }
        })?;
    publish_stage(act, jurisdiction, &cycle).await?;
    act.audit("cycles.create", cycle.id, json!({ "year": new.year }))
        .await?;
    Ok(cycle)
}

/// Moves a cycle to another stage. Answers with the cycle as it is then.
pub async fn move_stage(
    act: &mut Act<'_>,
    jurisdiction: &Jurisdiction,
    cycle: &Cycle,
    to: Stage,
) -> Result<Cycle, CycleError> {
    let now = store::held_stage(&mut act.tx, cycle, Hold::Alone).await?;
    let mut cycle = Cycle {
        stage: now,
        ..cycle.clone()
    };
    let next = now.advance(to)?;
    if next == Stage::Voting {
        let shortlist = screening::shortlist(&mut act.tx, &cycle).await?;
        if !shortlist.is_published() {
            return Err(CycleError::NoShortlist);
        }
    }
    store::set_stage(&mut act.tx, &cycle, next, act.at).await?;
    cycle.stage = next;
    publish_stage(act, jurisdiction, &cycle).await?;
    let details = json!({ "from": now.name(), "to": next.name() });
    act.audit("cycles.stage", cycle.id, details).await?;
    Ok(cycle)
}

async fn publish_stage(
    act: &mut Act<'_>,
    jurisdiction: &Jurisdiction,
    cycle: &Cycle,
) -> Result<(), CycleError> {
    let body = json!({
        "jurisdiction": jurisdiction.slug,
        "year": cycle.year,
        "term": cycle.term,
        "session": cycle.session,
        "places": cycle.places,
        "stage": cycle.stage.name(),
    });
    act.publish(EntryKind::CycleStage, &body).await?;
    Ok(())
}
