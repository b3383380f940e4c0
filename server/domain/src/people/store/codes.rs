//! The one-time code of a contact.

use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, exactly_one};
use crate::on_either;
use tracing::instrument;

/// The one-time code of a contact, while it lives.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Code {
    /// The digits, encrypted.
    pub sealed: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it runs out.
    pub expires_at: Timestamp,
}

/// The code of this contact that lives, locked, so that of two parallel uses only one succeeds.
#[instrument(level = "debug", skip_all)]
pub async fn lock_code(
    tx: &mut Tx,
    lookup: &[u8],
    now: Timestamp,
) -> Result<Option<Code>, DatabaseError> {
    // Where there is none, an empty one that has run out takes its place, so that of two who make one each waits for the other.
    let code: Code = on_either!(tx, conn => sqlx::query_as(
        "INSERT INTO sign_in_codes (lookup, sealed, created_at, expires_at) VALUES ($1, $2, $3, $3) \
         ON CONFLICT (lookup) DO UPDATE SET created_at = sign_in_codes.created_at \
         RETURNING sealed, created_at, expires_at",
    ).bind(lookup).bind(b"".as_slice()).bind(now).fetch_one(&mut *conn).await?);
    Ok(Some(code).filter(|code| code.expires_at > now))
}

/// Keeps a contact's code, in place of the one that [`lock_code`] has locked.
#[instrument(level = "debug", skip_all)]
pub async fn save_code(tx: &mut Tx, lookup: &[u8], code: &Code) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "UPDATE sign_in_codes SET sealed = $2, created_at = $3, expires_at = $4 WHERE lookup = $1",
    ).bind(lookup).bind(&code.sealed).bind(code.created_at).bind(code.expires_at)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE sign_in_codes", touched)
}

/// Uses a contact's code up.
#[instrument(level = "debug", skip_all)]
pub async fn delete_code(tx: &mut Tx, lookup: &[u8]) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query("DELETE FROM sign_in_codes WHERE lookup = $1")
        .bind(lookup).execute(&mut *conn).await?.rows_affected());
    exactly_one("DELETE FROM sign_in_codes", touched)
}
