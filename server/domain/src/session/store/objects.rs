//! The exact bytes of what is hashed, signed or archived. Written once, never changed.

use crate::infra::database::{DatabaseError, Tx, exactly_one};
use crate::name_enum;
use crate::on_either;
use crate::session::poll::Poll;
use tracing::instrument;

name_enum! {
    /// What an object is.
    pub enum ObjectKind {
        /// The adopted `rule.toml`.
        Rule = "rule",
        /// The trustees object.
        Trustees = "trustees",
        /// The public credentials.
        Roll = "roll",
        /// The election object.
        Election = "election",
        /// The encrypted tally.
        EncryptedTally = "encrypted_tally",
        /// The election result: counts.
        Result = "result",
        /// What was decided, as `tally` computed it.
        Outcome = "outcome",
        /// The drawn lot, where one was needed.
        Lot = "lot",
        /// What was counted of the paper, as the record has it.
        Paper = "paper",
    }
}

/// The object, once it exists.
#[instrument(level = "debug", skip_all)]
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
#[instrument(level = "debug", skip_all)]
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
