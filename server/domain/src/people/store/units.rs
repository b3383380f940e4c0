//! Responsible units and who works in them.

use crate::infra::database::{DatabaseError, Tx, exactly_one};
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::on_either;
use crate::people::roster::{Unit, UnitId};
use tracing::instrument;

/// The units of a jurisdiction by name.
#[instrument(level = "debug", skip_all)]
pub async fn units(tx: &mut Tx, jurisdiction: JurisdictionId) -> Result<Vec<Unit>, DatabaseError> {
    let rows: Vec<(UnitId, String)> = on_either!(tx, conn => sqlx::query_as(
        "SELECT id, name FROM units WHERE jurisdiction = $1 ORDER BY name",
    ).bind(jurisdiction).fetch_all(&mut *conn).await?);
    Ok(rows
        .into_iter()
        .map(|(id, name)| Unit { id, name })
        .collect())
}

/// Adds a unit. A name that is taken violates `units_name`.
#[instrument(level = "debug", skip_all)]
pub async fn insert_unit(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    new: &Unit,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO units (jurisdiction, id, name) VALUES ($1, $2, $3)",
    ).bind(jurisdiction).bind(new.id).bind(&new.name).execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO units", touched)
}

/// The units that this account works for, in this jurisdiction.
#[instrument(level = "debug", skip_all)]
pub async fn units_of_account(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    account: AccountId,
) -> Result<Vec<Unit>, DatabaseError> {
    let rows: Vec<(UnitId, String)> = on_either!(tx, conn => sqlx::query_as(
        "SELECT units.id, units.name FROM unit_members \
         JOIN units ON units.jurisdiction = unit_members.jurisdiction AND units.id = unit_members.unit \
         WHERE unit_members.jurisdiction = $1 AND unit_members.account = $2 ORDER BY units.name",
    ).bind(jurisdiction).bind(account).fetch_all(&mut *conn).await?);
    Ok(rows
        .into_iter()
        .map(|(id, name)| Unit { id, name })
        .collect())
}

/// Who works for which unit, in this jurisdiction.
#[instrument(level = "debug", skip_all)]
pub async fn unit_members(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
) -> Result<Vec<(UnitId, AccountId)>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT unit, account FROM unit_members WHERE jurisdiction = $1",
    ).bind(jurisdiction).fetch_all(&mut *conn).await?))
}

/// Lets an account act for a unit; again is no error.
#[instrument(level = "debug", skip_all)]
pub async fn add_unit_member(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    unit: UnitId,
    account: AccountId,
) -> Result<(), DatabaseError> {
    on_either!(tx, conn => sqlx::query(
        "INSERT INTO unit_members (jurisdiction, unit, account) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    ).bind(jurisdiction).bind(unit).bind(account).execute(&mut *conn).await?.rows_affected());
    Ok(())
}

/// Takes an account out of every unit here.
#[instrument(level = "debug", skip_all)]
pub async fn remove_unit_member(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    account: AccountId,
) -> Result<u64, DatabaseError> {
    Ok(
        on_either!(tx, conn => sqlx::query("DELETE FROM unit_members WHERE jurisdiction = $1 AND account = $2")
        .bind(jurisdiction).bind(account).execute(&mut *conn).await?.rows_affected()),
    )
}
