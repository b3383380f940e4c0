//! The ceremonies in which scrutineers make a key together: every message that was taken, and why one was begun again.

use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, exactly_one, fitted};
use crate::on_either;
use crate::session::poll::Poll;
use tally::record::ceremony::Round;
use tally::record::transcript::ROUNDS;
use tracing::instrument;

/// A message of a ceremony.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentMessage {
    /// Of which round.
    pub round: Round,
    /// The scrutineer's number.
    pub number: u32,
    /// Its exact text.
    pub message: String,
}

#[derive(sqlx::FromRow)]
struct MessageRow {
    round: String,
    number: i32,
    message: String,
}

/// Keeps a message of the ceremony `attempt`.
#[instrument(level = "debug", skip_all)]
pub async fn insert_ceremony_message(
    tx: &mut Tx,
    poll: &Poll,
    attempt: u32,
    sent: &SentMessage,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let attempt: i32 = fitted("poll_ceremony_messages", "attempt", attempt)?;
    let number: i32 = fitted("poll_ceremony_messages", "number", sent.number)?;
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO poll_ceremony_messages (jurisdiction, poll, attempt, round, number, message, sent_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    ).bind(poll.jurisdiction).bind(poll.id).bind(attempt).bind(sent.round.name()).bind(number)
     .bind(&sent.message).bind(at).execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO poll_ceremony_messages", touched)
}

/// The messages of the ceremony `attempt`, round after round.
#[instrument(level = "debug", skip_all)]
pub async fn ceremony_messages(
    tx: &mut Tx,
    poll: &Poll,
    attempt: u32,
) -> Result<Vec<SentMessage>, DatabaseError> {
    let attempt: i32 = fitted("poll_ceremony_messages", "attempt", attempt)?;
    let rows: Vec<MessageRow> = on_either!(tx, conn => sqlx::query_as(
        "SELECT round, number, message FROM poll_ceremony_messages \
         WHERE jurisdiction = $1 AND poll = $2 AND attempt = $3 ORDER BY round, number",
    ).bind(poll.jurisdiction).bind(poll.id).bind(attempt).fetch_all(&mut *conn).await?);
    let read = |row: MessageRow| {
        let mut rounds = ROUNDS.into_iter();
        let round = rounds.find(|round| round.name() == row.round);
        Ok(SentMessage {
            round: round.ok_or_else(|| DatabaseError::Column {
                table: "poll_ceremony_messages",
                column: "round",
                reason: row.round,
            })?,
            number: fitted("poll_ceremony_messages", "number", row.number)?,
            message: row.message,
        })
    };
    rows.into_iter().map(read).collect()
}

/// Why ceremonies were begun again, oldest first: the first reason began the second ceremony.
#[instrument(level = "debug", skip_all)]
pub async fn ceremony_restarts(tx: &mut Tx, poll: &Poll) -> Result<Vec<String>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "SELECT reason FROM poll_ceremony_restarts WHERE jurisdiction = $1 AND poll = $2 ORDER BY attempt",
    ).bind(poll.jurisdiction).bind(poll.id).fetch_all(&mut *conn).await?))
}

/// Begins the ceremony `attempt`; what the one before has given is no key any more.
#[instrument(level = "debug", skip_all)]
pub async fn restart_ceremony(
    tx: &mut Tx,
    poll: &Poll,
    attempt: u32,
    reason: &str,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let attempt: i32 = fitted("poll_ceremony_restarts", "attempt", attempt)?;
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO poll_ceremony_restarts (jurisdiction, poll, attempt, reason, restarted_at) VALUES ($1, $2, $3, $4, $5)",
    ).bind(poll.jurisdiction).bind(poll.id).bind(attempt).bind(reason).bind(at)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO poll_ceremony_restarts", touched)?;
    on_either!(tx, conn => sqlx::query(
        "UPDATE poll_scrutineers SET public_key = NULL, key_at = NULL WHERE jurisdiction = $1 AND poll = $2",
    ).bind(poll.jurisdiction).bind(poll.id).execute(&mut *conn).await?.rows_affected());
    Ok(())
}

/// A complaint about a share, judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentComplaint {
    /// In which ceremony.
    pub attempt: u32,
    /// The number of the scrutineer who complains.
    pub number: u32,
    /// Of whose share.
    pub against: u32,
    /// Whether the share is bad; if not, whoever complains is to blame.
    pub is_true: bool,
    /// Its exact text.
    pub complaint: String,
}

#[derive(sqlx::FromRow)]
struct ComplaintRow {
    attempt: i32,
    number: i32,
    against: i32,
    is_true: bool,
    complaint: String,
}

/// Keeps a complaint.
#[instrument(level = "debug", skip_all)]
pub async fn insert_ceremony_complaint(
    tx: &mut Tx,
    poll: &Poll,
    sent: &SentComplaint,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    const TABLE: &str = "poll_ceremony_complaints";
    let attempt: i32 = fitted(TABLE, "attempt", sent.attempt)?;
    let number: i32 = fitted(TABLE, "number", sent.number)?;
    let against: i32 = fitted(TABLE, "against", sent.against)?;
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO poll_ceremony_complaints \
         (jurisdiction, poll, attempt, number, against, is_true, complaint, sent_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    ).bind(poll.jurisdiction).bind(poll.id).bind(attempt).bind(number).bind(against).bind(sent.is_true)
     .bind(&sent.complaint).bind(at).execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO poll_ceremony_complaints", touched)
}

/// The complaints in all ceremonies of a poll, oldest first.
#[instrument(level = "debug", skip_all)]
pub async fn ceremony_complaints(
    tx: &mut Tx,
    poll: &Poll,
) -> Result<Vec<SentComplaint>, DatabaseError> {
    const TABLE: &str = "poll_ceremony_complaints";
    let rows: Vec<ComplaintRow> = on_either!(tx, conn => sqlx::query_as(
        "SELECT attempt, number, against, is_true, complaint FROM poll_ceremony_complaints \
         WHERE jurisdiction = $1 AND poll = $2 ORDER BY attempt, sent_at, number, against",
    ).bind(poll.jurisdiction).bind(poll.id).fetch_all(&mut *conn).await?);
    let read = |row: ComplaintRow| {
        Ok(SentComplaint {
            attempt: fitted(TABLE, "attempt", row.attempt)?,
            number: fitted(TABLE, "number", row.number)?,
            against: fitted(TABLE, "against", row.against)?,
            is_true: row.is_true,
            complaint: row.complaint,
        })
    };
    rows.into_iter().map(read).collect()
}
