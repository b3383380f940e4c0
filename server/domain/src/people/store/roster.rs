//! Delegations and deputies.

use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, exactly_one};
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::on_either;
use crate::people::roster::{Delegation, DelegationId, Deputy, DeputyId};
use tracing::instrument;

#[derive(sqlx::FromRow)]
struct DeputyRow {
    id: DeputyId,
    number: i32,
    name: String,
    delegation: String,
    delegation_id: DelegationId,
    account: Option<AccountId>,
}

impl From<DeputyRow> for Deputy {
    fn from(row: DeputyRow) -> Self {
        Self {
            id: row.id,
            number: row.number,
            name: row.name,
            delegation: row.delegation,
            delegation_id: row.delegation_id,
            account: row.account,
        }
    }
}

/// A deputy to be put on the roster.
#[derive(Debug, Clone)]
pub struct NewDeputy {
    /// The id.
    pub id: DeputyId,
    /// The number on the roster, from 1.
    pub number: i32,
    /// The name.
    pub name: String,
    /// The delegation.
    pub delegation: DelegationId,
    /// The account, where there is one already.
    pub account: Option<AccountId>,
}

/// The delegations in the roster's order.
#[instrument(level = "debug", skip_all)]
pub async fn delegations(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
) -> Result<Vec<Delegation>, DatabaseError> {
    let rows: Vec<(DelegationId, String, i32)> = on_either!(tx, conn => sqlx::query_as(
        "SELECT id, name, position FROM delegations WHERE jurisdiction = $1 ORDER BY position, name",
    ).bind(jurisdiction).fetch_all(&mut *conn).await?);
    Ok(rows
        .into_iter()
        .map(|(id, name, position)| Delegation { id, name, position })
        .collect())
}

/// Adds a delegation. A name that is taken violates `delegations_name`.
#[instrument(level = "debug", skip_all)]
pub async fn insert_delegation(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    new: &Delegation,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO delegations (jurisdiction, id, name, position) VALUES ($1, $2, $3, $4)",
    ).bind(jurisdiction).bind(new.id).bind(&new.name).bind(new.position)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO delegations", touched)
}

/// The deputies in office, by their number.
#[instrument(level = "debug", skip_all)]
pub async fn deputies(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
) -> Result<Vec<Deputy>, DatabaseError> {
    let rows: Vec<DeputyRow> = on_either!(tx, conn => sqlx::query_as(
        "SELECT deputies.id, deputies.number, deputies.name, delegations.name AS delegation, \
         delegations.id AS delegation_id, deputies.account \
         FROM deputies JOIN delegations ON delegations.jurisdiction = deputies.jurisdiction \
         AND delegations.id = deputies.delegation \
         WHERE deputies.jurisdiction = $1 AND deputies.left_at IS NULL ORDER BY deputies.number",
    ).bind(jurisdiction).fetch_all(&mut *conn).await?);
    Ok(rows.into_iter().map(Into::into).collect())
}

/// How many deputies are in office (全体代表): the base of quorum and majority. Vacancies don't count.
#[instrument(level = "debug", skip_all)]
pub async fn deputies_in_office(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
) -> Result<u32, DatabaseError> {
    let count: i64 = on_either!(tx, conn => sqlx::query_scalar(
        "SELECT COUNT(*) FROM deputies WHERE jurisdiction = $1 AND left_at IS NULL",
    ).bind(jurisdiction).fetch_one(&mut *conn).await?);
    u32::try_from(count).map_err(|error| DatabaseError::Column {
        table: "deputies",
        column: "COUNT(*)",
        reason: error.to_string(),
    })
}

/// The deputy in office that this account signs in for, in this jurisdiction.
#[instrument(level = "debug", skip_all)]
pub async fn deputy_of_account(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    account: AccountId,
) -> Result<Option<Deputy>, DatabaseError> {
    let row: Option<DeputyRow> = on_either!(tx, conn => sqlx::query_as(
        "SELECT deputies.id, deputies.number, deputies.name, delegations.name AS delegation, \
         delegations.id AS delegation_id, deputies.account \
         FROM deputies JOIN delegations ON delegations.jurisdiction = deputies.jurisdiction \
         AND delegations.id = deputies.delegation \
         WHERE deputies.jurisdiction = $1 AND deputies.account = $2 AND deputies.left_at IS NULL",
    ).bind(jurisdiction).bind(account).fetch_optional(&mut *conn).await?);
    Ok(row.map(Into::into))
}

/// Puts a deputy on the roster. A number that is taken violates `deputies_number`, an account that is another
/// deputy's `deputies_account`.
#[instrument(level = "debug", skip_all)]
pub async fn insert_deputy(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    new: &NewDeputy,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO deputies (jurisdiction, id, number, name, delegation, account, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    ).bind(jurisdiction).bind(new.id).bind(new.number).bind(&new.name).bind(new.delegation)
     .bind(new.account).bind(at).execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO deputies", touched)
}

/// Lets an account sign in for a deputy.
#[instrument(level = "debug", skip_all)]
pub async fn link_deputy(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    deputy: DeputyId,
    account: AccountId,
    linked_by: Option<AccountId>,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "UPDATE deputies SET account = $3, linked_by = $4 WHERE jurisdiction = $1 AND id = $2 AND left_at IS NULL",
    ).bind(jurisdiction).bind(deputy).bind(account).bind(linked_by).execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE deputies SET account", touched)
}

/// Appoints a delegation's head, in place of an earlier one.
#[instrument(level = "debug", skip_all)]
pub async fn set_head(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    delegation: DelegationId,
    deputy: DeputyId,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO delegation_heads (jurisdiction, delegation, deputy, appointed_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (jurisdiction, delegation) DO UPDATE SET deputy = excluded.deputy, \
             appointed_at = excluded.appointed_at",
    ).bind(jurisdiction).bind(delegation).bind(deputy).bind(at).execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO delegation_heads", touched)
}

/// The heads of the delegations.
#[instrument(level = "debug", skip_all)]
pub async fn heads(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
) -> Result<Vec<(DelegationId, DeputyId)>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT delegation, deputy FROM delegation_heads WHERE jurisdiction = $1 ORDER BY delegation",
    ).bind(jurisdiction).fetch_all(&mut *conn).await?))
}

/// Whether the deputy who signs in by this account heads a delegation anywhere.
#[instrument(level = "debug", skip_all)]
pub async fn heads_a_delegation(tx: &mut Tx, account: AccountId) -> Result<bool, DatabaseError> {
    let heads: i64 = on_either!(tx, conn => sqlx::query_scalar(
        "SELECT COUNT(*) FROM delegation_heads \
         JOIN deputies ON deputies.jurisdiction = delegation_heads.jurisdiction \
         AND deputies.id = delegation_heads.deputy \
         WHERE deputies.account = $1 AND deputies.left_at IS NULL",
    ).bind(account).fetch_one(&mut *conn).await?);
    Ok(heads > 0)
}

/// Notes that a deputy is out of office: the seat is vacant from then on.
#[instrument(level = "debug", skip_all)]
pub async fn end_office(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    deputy: DeputyId,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "UPDATE deputies SET left_at = $3, account = NULL WHERE jurisdiction = $1 AND id = $2 AND left_at IS NULL",
    ).bind(jurisdiction).bind(deputy).bind(at).execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE deputies SET left_at", touched)
}

/// The numbers of deputies who are out of office: they are not given again.
#[instrument(level = "debug", skip_all)]
pub async fn numbers_out_of_office(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
) -> Result<Vec<i32>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "SELECT number FROM deputies WHERE jurisdiction = $1 AND left_at IS NOT NULL",
    ).bind(jurisdiction).fetch_all(&mut *conn).await?))
}
