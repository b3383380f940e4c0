//! The schedules of cycles in the database: every version is kept.

use super::cycle::{Cycle, Stage};
use super::schedule::Schedule;
use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx};
use crate::on_either;
use std::collections::BTreeMap;
use time::Date;

/// The days as they are stored: names of stages and ISO dates.
type Document = BTreeMap<String, String>;

fn unreadable(reason: impl std::fmt::Display) -> DatabaseError {
    DatabaseError::Column {
        table: "cycle_schedules",
        column: "document",
        reason: reason.to_string(),
    }
}

fn read(document: &str) -> Result<BTreeMap<Stage, Date>, DatabaseError> {
    let days: Document = serde_json::from_str(document).map_err(unreadable)?;
    let days = days.iter().map(|(name, day)| {
        let mut all = Stage::ALL.into_iter();
        let stage = all.find(|stage| stage.name() == name);
        let stage = stage.ok_or_else(|| unreadable(format!("{name:?} is no stage")))?;
        let format = time::macros::format_description!("[year]-[month]-[day]");
        Ok((stage, Date::parse(day, format).map_err(unreadable)?))
    });
    days.collect()
}

/// The cycle's schedule; an empty one where nothing has been planned.
pub(super) async fn schedule(tx: &mut Tx, cycle: &Cycle) -> Result<Schedule, DatabaseError> {
    let row: Option<(i32, String)> = on_either!(tx, conn => sqlx::query_as(
        "SELECT version, document FROM cycle_schedules WHERE jurisdiction = $1 AND cycle = $2 \
         ORDER BY version DESC LIMIT 1",
    ).bind(cycle.jurisdiction).bind(cycle.id).fetch_optional(&mut *conn).await?);
    row.map_or_else(
        || Ok(Schedule::default()),
        |(version, document)| {
            let begins_on = read(&document)?;
            Ok(Schedule { version, begins_on })
        },
    )
}

/// Adds a version; one of this number that is there already is refused by `cycle_schedules_version`.
pub(super) async fn insert(
    tx: &mut Tx,
    cycle: &Cycle,
    schedule: &Schedule,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let days = schedule.begins_on.iter();
    let document: Document = days
        .map(|(stage, day)| (stage.name().to_owned(), day.to_string()))
        .collect();
    let document = serde_json::to_string(&document).map_err(unreadable)?;
    on_either!(tx, conn => sqlx::query(
        "INSERT INTO cycle_schedules (jurisdiction, cycle, version, document, changed_at) VALUES ($1, $2, $3, $4, $5)",
    ).bind(cycle.jurisdiction).bind(cycle.id).bind(schedule.version).bind(document).bind(at)
     .execute(&mut *conn).await?.rows_affected());
    Ok(())
}
