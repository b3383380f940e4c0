//! The exact bytes of what is hashed, signed or archived. Written once, never changed.

use crate::infra::database::{DatabaseError, Tx, exactly_one};
use crate::on_either;
use crate::session::poll::Poll;

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum ObjectKind {
    /// The adopted `rule.toml`.
    Rule,
    /// The trustees object.
    Trustees,
    /// The public credentials.
    Roll,
    /// The election object.
    Election,
    /// The encrypted tally.
    EncryptedTally,
    /// The election result: counts.
    Result,
    /// What was decided, as `tally` computed it.
    Outcome,
}

/// The object, once it exists.
pub async fn object(
    tx: &mut Tx,
    poll: &Poll,
    kind: ObjectKind,
) -> Result<Option<String>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "SELECT text FROM poll_objects WHERE jurisdiction = $1 AND poll = $2 AND kind = $3",
    ).bind(poll.jurisdiction).bind(poll.id).bind(kind).fetch_optional(&mut *conn).await?))
}

/// Adds an object.
pub async fn insert_object(
    tx: &mut Tx,
    poll: &Poll,
    kind: ObjectKind,
    text: &str,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO poll_objects (jurisdiction, poll, kind, text) VALUES ($1, $2, $3, $4)",
    ).bind(poll.jurisdiction).bind(poll.id).bind(kind).bind(text).execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO poll_objects", touched)
}
