//! What the scrutineers' devices have stated, signed, as the record has it.

use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, exactly_one, fitted};
use crate::on_either;
use crate::session::poll::Poll;
use tracing::instrument;

/// What a scrutineer's device states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatementKind {
    /// This is the election (核准声明).
    Approval,
    /// These ballots are summed (停票声明).
    Closing,
}

impl StatementKind {
    /// As it is stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Approval => "approval",
            Self::Closing => "closing",
        }
    }
}

/// Keeps a signed statement.
#[instrument(level = "debug", skip_all)]
pub async fn insert_statement(
    tx: &mut Tx,
    poll: &Poll,
    kind: StatementKind,
    number: u32,
    statement: &str,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let seat: i32 = fitted("poll_statements", "number", number)?;
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO poll_statements (jurisdiction, poll, kind, number, statement, stated_at) VALUES ($1, $2, $3, $4, $5, $6)",
    ).bind(poll.jurisdiction).bind(poll.id).bind(kind.name()).bind(seat).bind(statement).bind(at)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO poll_statements", touched)
}

/// The signed statements of a kind by the scrutineers' numbers.
#[instrument(level = "debug", skip_all)]
pub async fn statements(
    tx: &mut Tx,
    poll: &Poll,
    kind: StatementKind,
) -> Result<Vec<(u32, String)>, DatabaseError> {
    let rows: Vec<(i32, String)> = on_either!(tx, conn => sqlx::query_as(
        "SELECT number, statement FROM poll_statements WHERE jurisdiction = $1 AND poll = $2 AND kind = $3 ORDER BY number",
    ).bind(poll.jurisdiction).bind(poll.id).bind(kind.name()).fetch_all(&mut *conn).await?);
    rows.into_iter()
        .map(|(number, text)| Ok((fitted("poll_statements", "number", number)?, text)))
        .collect()
}
