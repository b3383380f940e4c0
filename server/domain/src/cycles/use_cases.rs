//! What the office does with a cycle, each in one transaction.

use super::audit::CycleEvent;
use super::cycle::{Cycle, Jurisdiction, Stage};
use super::error::CycleError;
use super::store;
use crate::infra::app::App;
use crate::infra::ids::CycleId;
use crate::infra::unique_key::UniqueKey;
use crate::record::change::{Actor, Change, Scope};
use crate::record::cycle_name;
use crate::record::values::number;
use tally::record::body::{CycleStageReached, StageException};
use tracing::instrument;

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

/// Begins a year's cycle with collecting, in a jurisdiction of these districts.
#[instrument(skip_all, fields(jurisdiction = %jurisdiction.id), err(level = "debug"))]
pub async fn create(
    app: &App,
    actor: Actor,
    jurisdiction: &Jurisdiction,
    new: NewCycle,
    districts: &[String],
) -> Result<Cycle, CycleError> {
    let scope = Scope {
        jurisdiction: jurisdiction.id,
        cycle: None,
    };
    let mut change = Change::begin(app, actor, Some(scope)).await?;
    let cycle = Cycle {
        id: CycleId::new(change.at, &app.entropy),
        jurisdiction: jurisdiction.id,
        year: new.year,
        term: new.term,
        session: new.session,
        places: new.places,
        stage: Stage::Collecting,
    };
    store::insert_cycle(&mut change.tx, &cycle, change.at)
        .await
        .map_err(|error| {
            if error.refused_by(UniqueKey::CyclesYear) {
                CycleError::YearTaken(new.year)
            } else {
                error.into()
            }
        })?;
    store::set_districts(&mut change.tx, jurisdiction.id, districts).await?;
    publish_stage(&mut change, &cycle, None).await?;
    change
        .audit(CycleEvent::Create {
            cycle: cycle.id,
            year: new.year,
        })
        .await?;
    change.commit().await?;
    Ok(cycle)
}

/// Sets a cycle to its next stage, by an exception or without. Whether the stage may be entered is for [`crate::closed_loop`] to say.
#[instrument(skip_all, fields(cycle = %cycle.id, next = next.name()), err(level = "debug"))]
pub(crate) async fn enter_stage(
    change: &mut Change<'_>,
    cycle: &Cycle,
    next: Stage,
    exception: Option<StageException>,
) -> Result<Cycle, CycleError> {
    store::set_stage(&mut change.tx, cycle, next, change.at).await?;
    let entered = Cycle {
        stage: next,
        ..cycle.clone()
    };
    publish_stage(change, &entered, exception).await?;
    change
        .audit(CycleEvent::Stage {
            cycle: cycle.id,
            from: cycle.stage,
            to: next,
        })
        .await?;
    Ok(entered)
}

async fn publish_stage(
    change: &mut Change<'_>,
    cycle: &Cycle,
    exception: Option<StageException>,
) -> Result<(), CycleError> {
    let reached = CycleStageReached {
        cycle: cycle_name(&mut change.tx, cycle.scope()).await?,
        term: number("term", cycle.term)?,
        session: number("session", cycle.session)?,
        places: number("places", cycle.places)?,
        stage: cycle.stage.into(),
        exception,
    };
    change.publish(reached).await?;
    Ok(())
}
