//! How often something was tried.

use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, exactly_one};
use crate::on_either;
use tracing::instrument;

/// What was tried in one lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Tries {
    /// How many turns were taken.
    pub tries: i32,
    /// When the next turn is.
    pub free_at: Timestamp,
    /// How many were refused because their turn was too far away.
    pub refused: i32,
    /// When all this is forgotten.
    pub expires_at: Timestamp,
}

/// Counts one more in this bucket and answers with the new count; begins anew where the bucket's window is over. One
/// statement, so that parallel tries are all counted.
#[instrument(level = "debug", skip_all)]
pub async fn count_try(
    tx: &mut Tx,
    bucket: &[u8],
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<i32, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "INSERT INTO rate_counts (bucket, tries, free_at, refused, expires_at) VALUES ($1, 1, $2, 0, $3) \
         ON CONFLICT (bucket) DO UPDATE SET \
         tries = CASE WHEN rate_counts.expires_at <= $2 THEN 1 ELSE rate_counts.tries + 1 END, \
         expires_at = CASE WHEN rate_counts.expires_at <= $2 THEN $3 ELSE rate_counts.expires_at END \
         RETURNING tries",
    ).bind(bucket).bind(now).bind(expires_at).fetch_one(&mut *conn).await?))
}

/// How many are counted in this bucket now.
#[instrument(level = "debug", skip_all)]
pub async fn tries(tx: &mut Tx, bucket: &[u8], now: Timestamp) -> Result<i32, DatabaseError> {
    let tries: Option<i32> = on_either!(tx, conn => sqlx::query_scalar(
        "SELECT tries FROM rate_counts WHERE bucket = $1 AND expires_at > $2",
    ).bind(bucket).bind(now).fetch_optional(&mut *conn).await?);
    Ok(tries.unwrap_or(0))
}

/// What was tried in this bucket, locked, so that of parallel tries each sees those before it. The row is there afterwards.
#[instrument(level = "debug", skip_all)]
pub async fn lock_tries(
    tx: &mut Tx,
    bucket: &[u8],
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<Tries, DatabaseError> {
    // To update a row is to lock it, also where somebody else is just adding it.
    let found: Tries = on_either!(tx, conn => sqlx::query_as(
        "INSERT INTO rate_counts (bucket, tries, free_at, refused, expires_at) VALUES ($1, 0, $2, 0, $3) \
         ON CONFLICT (bucket) DO UPDATE SET tries = rate_counts.tries \
         RETURNING tries, free_at, refused, expires_at",
    ).bind(bucket).bind(now).bind(expires_at).fetch_one(&mut *conn).await?);
    Ok(if found.expires_at > now {
        found
    } else {
        Tries {
            tries: 0,
            free_at: now,
            refused: 0,
            expires_at,
        }
    })
}

/// Keeps what was tried in a bucket that [`lock_tries`] has locked.
#[instrument(level = "debug", skip_all)]
pub async fn save_tries(tx: &mut Tx, bucket: &[u8], tries: &Tries) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "UPDATE rate_counts SET tries = $2, free_at = $3, refused = $4, expires_at = $5 WHERE bucket = $1",
    ).bind(bucket).bind(tries.tries).bind(tries.free_at).bind(tries.refused).bind(tries.expires_at)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE rate_counts", touched)
}

/// Forgets what was tried in this bucket, if anything was.
#[instrument(level = "debug", skip_all)]
pub async fn forget_tries(tx: &mut Tx, bucket: &[u8]) -> Result<(), DatabaseError> {
    on_either!(tx, conn => sqlx::query("DELETE FROM rate_counts WHERE bucket = $1")
        .bind(bucket).execute(&mut *conn).await?.rows_affected());
    Ok(())
}
