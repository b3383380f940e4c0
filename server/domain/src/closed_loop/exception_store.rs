//! Exceptions by which stages begin, in the database.

use super::exception::Exception;
use crate::cycles::{Cycle, Stage};
use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, exactly_one, fitted};
use crate::infra::ids::AccountId;
use crate::on_either;
use crate::people::Role;
use tracing::instrument;

#[derive(sqlx::FromRow)]
struct Row {
    stage: Stage,
    open_reworks: i32,
    reason: String,
    asked_by: AccountId,
    asked_at: Timestamp,
    confirmed_by: Option<AccountId>,
    confirmed_as: Option<Role>,
    confirmed_at: Option<Timestamp>,
}

impl TryFrom<Row> for Exception {
    type Error = DatabaseError;

    fn try_from(row: Row) -> Result<Self, DatabaseError> {
        let confirmed = row.confirmed_by.zip(row.confirmed_as);
        Ok(Self {
            to: row.stage,
            open_reworks: fitted("stage_exceptions", "open_reworks", row.open_reworks)?,
            reason: row.reason,
            asked_by: row.asked_by,
            asked_at: row.asked_at,
            confirmed: confirmed
                .zip(row.confirmed_at)
                .map(|((by, role), at)| (by, role, at)),
        })
    }
}

/// The exceptions of a cycle, open or confirmed.
#[instrument(level = "debug", skip_all)]
pub(super) async fn all(tx: &mut Tx, cycle: &Cycle) -> Result<Vec<Exception>, DatabaseError> {
    let rows: Vec<Row> = on_either!(tx, conn => sqlx::query_as(
        "SELECT stage, open_reworks, reason, asked_by, asked_at, confirmed_by, confirmed_as, confirmed_at \
         FROM stage_exceptions WHERE jurisdiction = $1 AND cycle = $2 ORDER BY asked_at",
    ).bind(cycle.jurisdiction).bind(cycle.id).fetch_all(&mut *conn).await?);
    rows.into_iter().map(Exception::try_from).collect()
}

/// Adds what was asked for, in place of what nobody has confirmed.
#[instrument(level = "debug", skip_all)]
pub(super) async fn put(
    tx: &mut Tx,
    cycle: &Cycle,
    asked: &Exception,
) -> Result<(), DatabaseError> {
    let open: i32 = fitted("stage_exceptions", "open_reworks", asked.open_reworks)?;
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO stage_exceptions (jurisdiction, cycle, stage, open_reworks, reason, asked_by, asked_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (jurisdiction, cycle, stage) \
         DO UPDATE SET open_reworks = excluded.open_reworks, reason = excluded.reason, \
             asked_by = excluded.asked_by, asked_at = excluded.asked_at \
         WHERE stage_exceptions.confirmed_by IS NULL",
    ).bind(cycle.jurisdiction).bind(cycle.id).bind(asked.to).bind(open).bind(&asked.reason)
     .bind(asked.asked_by).bind(asked.asked_at).execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO stage_exceptions", touched)
}

/// Notes who confirmed.
#[instrument(level = "debug", skip_all)]
pub(super) async fn confirm(
    tx: &mut Tx,
    cycle: &Cycle,
    to: Stage,
    (by, role, at): (AccountId, Role, Timestamp),
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "UPDATE stage_exceptions SET confirmed_by = $4, confirmed_as = $5, confirmed_at = $6 \
         WHERE jurisdiction = $1 AND cycle = $2 AND stage = $3 AND confirmed_by IS NULL",
    ).bind(cycle.jurisdiction).bind(cycle.id).bind(to).bind(by).bind(role).bind(at)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE stage_exceptions", touched)
}
