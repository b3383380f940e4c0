//! The bodies beside the record's entries, which can be taken down.

use super::bytes_of;
use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, exactly_one};
use crate::on_either;
use crate::record::change::Scope;
use crate::record::{EntryIndex, Kind};
use tally::record::BodyHash;
use tracing::instrument;

/// What stands beside an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Open to everybody.
    Shown {
        /// The salt: with it the hash can be recomputed.
        salt: [u8; 32],
        /// The exact body.
        text: String,
    },
    /// Taken down.
    TakenDown {
        /// When.
        at: Timestamp,
        /// Why: a stable code, `takedown-<code>` in words.
        reason: String,
    },
}

/// The body with this hash.
#[instrument(level = "debug", skip_all)]
pub async fn body(tx: &mut Tx, hash: BodyHash) -> Result<Option<Body>, DatabaseError> {
    let row: Option<BodyRow> = on_either!(tx, conn => sqlx::query_as(
        "SELECT salt, body, taken_down_at, reason FROM record_bodies WHERE hash = $1",
    ).bind(bytes_of(hash)?).fetch_optional(&mut *conn).await?);
    row.map(Body::try_from).transpose()
}

/// The body of an entry.
#[instrument(level = "debug", skip_all)]
pub async fn body_of(tx: &mut Tx, position: EntryIndex) -> Result<Option<Body>, DatabaseError> {
    let row: Option<BodyRow> = on_either!(tx, conn => sqlx::query_as(
        "SELECT salt, body, taken_down_at, reason FROM record_bodies WHERE position = $1",
    ).bind(position).fetch_optional(&mut *conn).await?);
    row.map(Body::try_from).transpose()
}

/// The body of an entry, which nobody else changes before the end of the transaction.
#[instrument(level = "debug", skip_all)]
pub async fn lock_body_of(
    tx: &mut Tx,
    position: EntryIndex,
) -> Result<Option<Body>, DatabaseError> {
    let sql = format!(
        "SELECT salt, body, taken_down_at, reason FROM record_bodies WHERE position = $1{}",
        tx.for_update()
    );
    let row: Option<BodyRow> = on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(position).fetch_optional(&mut *conn).await?);
    row.map(Body::try_from).transpose()
}

/// An entry about a subject, with its body where that is shown.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Told {
    /// Its position.
    pub position: EntryIndex,
    /// The kind's name.
    pub kind: String,
    /// The body's salt.
    pub salt: Option<Vec<u8>>,
    /// The exact body.
    pub body: Option<String>,
}

/// All entries of a scope about a subject, in their order. Those of one kind are left out.
#[instrument(level = "debug", skip_all)]
pub async fn told_about_but(
    tx: &mut Tx,
    place: Scope,
    subject: &str,
    without: Kind,
) -> Result<Vec<Told>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT record_entries.position AS position, kind, salt, body FROM record_entries \
         JOIN record_bodies ON record_bodies.position = record_entries.position \
         WHERE jurisdiction = $1 AND cycle = $2 AND subject = $3 AND kind <> $4 ORDER BY record_entries.position",
    ).bind(place.jurisdiction).bind(place.cycle).bind(subject).bind(without.name()).fetch_all(&mut *conn).await?))
}

/// As [`told_about_but`], of all kinds: a page of those after an entry, or of the first.
#[instrument(level = "debug", skip_all)]
pub async fn told_after(
    tx: &mut Tx,
    place: Scope,
    subject: &str,
    after: Option<EntryIndex>,
    count: u16,
) -> Result<Vec<Told>, DatabaseError> {
    let first = after.map_or(0, |entry| entry.position().cast_signed().saturating_add(1));
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT record_entries.position AS position, kind, salt, body FROM record_entries \
         JOIN record_bodies ON record_bodies.position = record_entries.position \
         WHERE jurisdiction = $1 AND cycle = $2 AND subject = $3 AND record_entries.position >= $4 \
         ORDER BY record_entries.position LIMIT $5",
    ).bind(place.jurisdiction).bind(place.cycle).bind(subject).bind(first).bind(i64::from(count))
     .fetch_all(&mut *conn).await?))
}

/// The entries of a kind from one to another, whatever they are about, in their order.
#[instrument(level = "debug", skip_all)]
pub async fn told_between(
    tx: &mut Tx,
    kind: Kind,
    (first, last): (EntryIndex, EntryIndex),
) -> Result<Vec<Told>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT record_entries.position AS position, kind, salt, body FROM record_entries \
         JOIN record_bodies ON record_bodies.position = record_entries.position \
         WHERE kind = $1 AND record_entries.position BETWEEN $2 AND $3 ORDER BY record_entries.position",
    ).bind(kind.name()).bind(first).bind(last).fetch_all(&mut *conn).await?))
}

/// The body of the entry after this one that takes its body down, if there is one.
#[instrument(level = "debug", skip_all)]
pub async fn takedown_of(tx: &mut Tx, entry: EntryIndex) -> Result<Option<String>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "SELECT record_bodies.body FROM record_entries \
         JOIN record_bodies ON record_bodies.position = record_entries.position \
         WHERE kind = $1 AND subject = $2 AND record_entries.position > $3 AND record_bodies.body IS NOT NULL \
         ORDER BY record_entries.position LIMIT 1",
    ).bind(Kind::BodyTakenDown.name()).bind(entry.position().to_string()).bind(entry)
     .fetch_optional(&mut *conn).await?))
}

/// Takes a body down for good.
#[instrument(level = "debug", skip_all)]
pub async fn take_down(
    tx: &mut Tx,
    position: EntryIndex,
    at: Timestamp,
    reason: &str,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "UPDATE record_bodies SET salt = NULL, body = NULL, taken_down_at = $2, reason = $3 \
         WHERE position = $1 AND body IS NOT NULL",
    ).bind(position).bind(at).bind(reason).execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE record_bodies", touched)
}

#[derive(sqlx::FromRow)]
struct BodyRow {
    salt: Option<Vec<u8>>,
    body: Option<String>,
    taken_down_at: Option<Timestamp>,
    reason: Option<String>,
}

impl TryFrom<BodyRow> for Body {
    type Error = DatabaseError;

    fn try_from(row: BodyRow) -> Result<Self, DatabaseError> {
        match (row.salt, row.body, row.taken_down_at, row.reason) {
            (Some(salt), Some(text), None, None) => Ok(Self::Shown {
                salt: salt.try_into().map_err(|_| DatabaseError::Column {
                    table: "record_bodies",
                    column: "salt",
                    reason: "not 32 bytes".to_owned(),
                })?,
                text,
            }),
            (None, None, Some(at), Some(reason)) => Ok(Self::TakenDown { at, reason }),
            _ => Err(DatabaseError::Column {
                table: "record_bodies",
                column: "body",
                reason: "neither shown nor taken down".to_owned(),
            }),
        }
    }
}
