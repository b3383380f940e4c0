//! Sign-ins under way, and what has run out.

use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, exactly_one};
use crate::on_either;
use crate::people::store::StoredContact;
use crate::people::ticket::{Ticket, TicketState};
use tracing::instrument;

#[derive(sqlx::FromRow)]
struct TicketRow {
    lookup: Vec<u8>,
    kind: crate::infra::mail::Channel,
    sealed: Vec<u8>,
    state: TicketState,
    tries: i32,
    expires_at: Timestamp,
}

impl From<TicketRow> for Ticket {
    fn from(row: TicketRow) -> Self {
        Self {
            contact: StoredContact {
                lookup: row.lookup,
                channel: row.kind,
                sealed: row.sealed,
            },
            state: row.state,
            tries: row.tries,
            expires_at: row.expires_at,
        }
    }
}

/// Begins a sign-in.
#[instrument(level = "debug", skip_all)]
pub async fn insert_ticket(
    tx: &mut Tx,
    ticket_hash: &[u8],
    new: &Ticket,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO sign_in_tickets (ticket_hash, lookup, kind, sealed, state, tries, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    ).bind(ticket_hash).bind(&new.contact.lookup).bind(new.contact.channel).bind(&new.contact.sealed)
     .bind(new.state).bind(new.tries).bind(at).bind(new.expires_at)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO sign_in_tickets", touched)
}

/// The sign-in of this browser, locked, so that of two parallel uses of one code only one succeeds.
#[instrument(level = "debug", skip_all)]
pub async fn lock_ticket(tx: &mut Tx, ticket_hash: &[u8]) -> Result<Option<Ticket>, DatabaseError> {
    let sql = format!(
        "SELECT lookup, kind, sealed, state, tries, expires_at FROM sign_in_tickets \
         WHERE ticket_hash = $1{}",
        tx.for_update()
    );
    let row: Option<TicketRow> = on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(ticket_hash).fetch_optional(&mut *conn).await?);
    Ok(row.map(Into::into))
}

/// The sign-in of this browser.
#[instrument(level = "debug", skip_all)]
pub async fn find_ticket(tx: &mut Tx, ticket_hash: &[u8]) -> Result<Option<Ticket>, DatabaseError> {
    let row: Option<TicketRow> = on_either!(tx, conn => sqlx::query_as(
        "SELECT lookup, kind, sealed, state, tries, expires_at FROM sign_in_tickets WHERE ticket_hash = $1",
    ).bind(ticket_hash).fetch_optional(&mut *conn).await?);
    Ok(row.map(Into::into))
}

/// Moves a sign-in on, from the state that the caller saw.
#[instrument(level = "debug", skip_all)]
pub async fn set_ticket_state(
    tx: &mut Tx,
    ticket_hash: &[u8],
    (from, to): (TicketState, TicketState),
    expires_at: Timestamp,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "UPDATE sign_in_tickets SET state = $3, expires_at = $4 WHERE ticket_hash = $1 AND state = $2",
    ).bind(ticket_hash).bind(from).bind(to).bind(expires_at).execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE sign_in_tickets SET state", touched)
}

/// Counts a wrong code.
#[instrument(level = "debug", skip_all)]
pub async fn count_wrong_code(tx: &mut Tx, ticket_hash: &[u8]) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "UPDATE sign_in_tickets SET tries = tries + 1 WHERE ticket_hash = $1",
    ).bind(ticket_hash).execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE sign_in_tickets SET tries", touched)
}

/// Deletes what has run out: sign-ins, codes, links, sessions, counts, and messages that were settled a day ago.
#[instrument(level = "debug", skip_all)]
pub async fn delete_expired(tx: &mut Tx, now: Timestamp) -> Result<u64, DatabaseError> {
    let mut deleted = 0;
    for sql in [
        "DELETE FROM sign_in_tickets WHERE expires_at <= $1",
        "DELETE FROM sign_in_codes WHERE expires_at <= $1",
        "DELETE FROM sign_in_links WHERE expires_at <= $1",
        "DELETE FROM sessions WHERE expires_at <= $1",
        "DELETE FROM factor_offers WHERE expires_at <= $1",
        "DELETE FROM rate_counts WHERE expires_at <= $1",
        "DELETE FROM outbox WHERE expires_at <= $1 AND state <> 'waiting'",
    ] {
        deleted += on_either!(tx, conn => sqlx::query(sql).bind(now).execute(&mut *conn).await?.rows_affected());
    }
    Ok(deleted)
}
