//! When the stages of a cycle began, and when the office plans the others to begin.

use super::audit::CycleEvent;
use super::cycle::{Cycle, Stage};
use super::guard::Hold;
use super::{schedule_store, store};
use crate::infra::app::App;
use crate::infra::database::{DatabaseError, Tx};
use crate::infra::unique_key::UniqueKey;
use crate::record::change::{Actor, Change};
use crate::record::cycle_name;
use crate::record::values::date;
use std::collections::BTreeMap;
use tally::record::body::{CycleScheduled, PlannedStage};
use time::Date;
use tracing::instrument;

/// The days on which stages to come are planned to begin. A stage ends on the day on which the next one begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schedule {
    /// How often it was changed; 0 where nothing has been planned.
    pub version: i32,
    /// The days.
    pub begins_on: BTreeMap<Stage, Date>,
}

/// When each stage begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    stage: Stage,
    /// The first time that each stage was reached.
    begun: BTreeMap<Stage, Date>,
    /// What is planned.
    pub schedule: Schedule,
}

impl Timeline {
    /// The cycle's, in the deployment's zone.
    pub async fn read(app: &App, tx: &mut Tx, cycle: &Cycle) -> Result<Self, DatabaseError> {
        let mut begun = BTreeMap::new();
        for (stage, at) in store::steps(tx, cycle).await? {
            begun
                .entry(stage)
                .or_insert_with(|| at.in_zone(app.config.zone()).date());
        }
        Ok(Self {
            stage: cycle.stage,
            begun,
            schedule: schedule_store::schedule(tx, cycle).await?,
        })
    }

    /// The day on which a stage began, or is planned to begin; none where nobody has said.
    pub fn begins_on(&self, stage: Stage) -> Option<Date> {
        self.begun
            .get(&stage)
            .or_else(|| {
                self.schedule
                    .begins_on
                    .get(&stage)
                    .filter(|_| stage > self.stage)
            })
            .copied()
    }

    /// The day on which a stage ended, or is planned to end.
    pub fn ends_on(&self, stage: Stage) -> Option<Date> {
        let mut later = Stage::ALL.into_iter().filter(|other| *other > stage);
        later.find_map(|next| self.begins_on(next))
    }

    /// How many days the present stage still has: 0 on its last day, none where its end is not planned or over.
    pub fn days_left(&self, today: Date) -> Option<i64> {
        let end = self.ends_on(self.stage)?;
        Some((end - today).whole_days()).filter(|left| *left >= 0)
    }
}

/// Why a schedule is not taken.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// Somebody else has changed it since it was read, or the cycle has moved on.
    #[error("the schedule has another version by now")]
    Stale,
    /// Only stages to come can be planned.
    #[error("the stage {0:?} has been reached")]
    Reached(Stage),
    /// A stage begins before one that stands before it.
    #[error("the stage {0:?} would begin before the one before it")]
    OutOfOrder(Stage),
    /// The database refused.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// Whether a schedule fits a cycle that is in `stage` since `since`: it names stages to come, in the order of the loop.
fn require_order(stage: Stage, since: Option<Date>, new: &Schedule) -> Result<(), ScheduleError> {
    let mut before = since;
    for (planned, day) in &new.begins_on {
        if *planned <= stage {
            return Err(ScheduleError::Reached(*planned));
        }
        if before.is_some_and(|before| *day < before) {
            return Err(ScheduleError::OutOfOrder(*planned));
        }
        before = Some(*day);
    }
    Ok(())
}

/// Plans the stages to come; `new.version` is the version that was read. The same again is no news.
#[instrument(skip_all, fields(cycle = %cycle.id), err(level = "debug"))]
pub async fn plan(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
    new: &Schedule,
) -> Result<(), ScheduleError> {
    let mut change = Change::begin(app, actor, Some(cycle.scope())).await?;
    let stage = store::held_stage(&mut change.tx, cycle, Hold::Alone).await?;
    let held = Cycle {
        stage,
        ..cycle.clone()
    };
    let now = Timeline::read(app, &mut change.tx, &held).await?;
    if now.schedule.begins_on == new.begins_on {
        return Ok(());
    }
    if now.schedule.version != new.version || stage != cycle.stage {
        return Err(ScheduleError::Stale);
    }
    require_order(stage, now.begins_on(stage), new)?;
    let next = Schedule {
        version: new.version + 1,
        begins_on: new.begins_on.clone(),
    };
    schedule_store::insert(&mut change.tx, cycle, &next, change.at)
        .await
        .map_err(stale)?;
    let stages = next.begins_on.iter().map(|(stage, day)| {
        Ok(PlannedStage {
            stage: (*stage).into(),
            begins_on: date("begins_on", *day)?,
        })
    });
    let scheduled = CycleScheduled {
        stages: stages.collect::<Result<_, DatabaseError>>()?,
        cycle: cycle_name(&mut change.tx, cycle.scope()).await?,
    };
    change.publish(scheduled).await?;
    change
        .audit(CycleEvent::Schedule {
            cycle: cycle.id,
            version: next.version,
        })
        .await?;
    change.commit().await?;
    Ok(())
}

/// Two at once: the first to write its version wins.
fn stale(error: DatabaseError) -> ScheduleError {
    if error.refused_by(UniqueKey::CycleSchedulesVersion) {
        ScheduleError::Stale
    } else {
        error.into()
    }
}

#[cfg(test)]
#[path = "schedule_tests.rs"]
mod tests;
