//! Requests to take bodies down, in the database.

use super::{Reason, Request};
use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, exactly_one};
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::on_either;
use crate::record::EntryIndex;
use tracing::instrument;

/// Who confirmed a takedown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confirmation {
    /// Who.
    pub by: AccountId,
    /// When.
    pub at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct RequestRow {
    position: EntryIndex,
    reason: Reason,
    asked_by: AccountId,
    asked_at: Timestamp,
    confirmed_by: Option<AccountId>,
    confirmed_at: Option<Timestamp>,
}

impl From<RequestRow> for Request {
    fn from(row: RequestRow) -> Self {
        Self {
            entry: row.position,
            reason: row.reason,
            asked_by: row.asked_by,
            asked_at: row.asked_at,
            confirmed: row
                .confirmed_by
                .zip(row.confirmed_at)
                .map(|(by, at)| Confirmation { by, at }),
        }
    }
}

/// The request to take an entry's body down, open or confirmed.
#[instrument(level = "debug", skip_all)]
pub async fn request(tx: &mut Tx, entry: EntryIndex) -> Result<Option<Request>, DatabaseError> {
    let row: Option<RequestRow> = on_either!(tx, conn => sqlx::query_as(
        "SELECT position, reason, asked_by, asked_at, confirmed_by, confirmed_at FROM takedown_requests \
         WHERE position = $1",
    ).bind(entry).fetch_optional(&mut *conn).await?);
    Ok(row.map(Request::from))
}

/// The entries of a jurisdiction whose takedown waits for a second person, oldest request first.
#[instrument(level = "debug", skip_all)]
pub async fn open_requests(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
) -> Result<Vec<EntryIndex>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "SELECT takedown_requests.position FROM takedown_requests \
         JOIN record_entries ON record_entries.position = takedown_requests.position \
         WHERE jurisdiction = $1 AND confirmed_by IS NULL ORDER BY asked_at, takedown_requests.position",
    ).bind(jurisdiction).fetch_all(&mut *conn).await?))
}

/// Adds an open request.
#[instrument(level = "debug", skip_all)]
pub(super) async fn insert(tx: &mut Tx, request: &Request) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO takedown_requests (position, reason, asked_by, asked_at) VALUES ($1, $2, $3, $4)",
    ).bind(request.entry).bind(request.reason).bind(request.asked_by).bind(request.asked_at)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO takedown_requests", touched)
}

/// Notes who confirmed an open request.
#[instrument(level = "debug", skip_all)]
pub(super) async fn confirm(
    tx: &mut Tx,
    entry: EntryIndex,
    confirmation: &Confirmation,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "UPDATE takedown_requests SET confirmed_by = $2, confirmed_at = $3 \
         WHERE position = $1 AND confirmed_by IS NULL",
    ).bind(entry).bind(confirmation.by).bind(confirmation.at).execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE takedown_requests", touched)
}

/// Removes an open request.
#[instrument(level = "debug", skip_all)]
pub(super) async fn delete_open(tx: &mut Tx, entry: EntryIndex) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "DELETE FROM takedown_requests WHERE position = $1 AND confirmed_by IS NULL",
    ).bind(entry).execute(&mut *conn).await?.rows_affected());
    exactly_one("DELETE FROM takedown_requests", touched)
}
