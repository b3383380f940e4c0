//! How often something was tried.

use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx};
use crate::on_either;
use tracing::instrument;

/// Counts one more try in this bucket's window and answers with the new count. One statement, so that parallel
/// tries are all counted.
#[instrument(level = "debug", skip_all)]
pub async fn count_try(
    tx: &mut Tx,
    bucket: &[u8],
    window_start: Timestamp,
    expires_at: Timestamp,
) -> Result<i32, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "INSERT INTO rate_counts (bucket, window_start, tries, expires_at) VALUES ($1, $2, 1, $3) \
         ON CONFLICT (bucket, window_start) DO UPDATE SET tries = rate_counts.tries + 1 RETURNING tries",
    ).bind(bucket).bind(window_start).bind(expires_at).fetch_one(&mut *conn).await?))
}

/// How many tries were counted in this bucket's window.
#[instrument(level = "debug", skip_all)]
pub async fn tries(
    tx: &mut Tx,
    bucket: &[u8],
    window_start: Timestamp,
) -> Result<i32, DatabaseError> {
    let tries: Option<i32> = on_either!(tx, conn => sqlx::query_scalar(
        "SELECT tries FROM rate_counts WHERE bucket = $1 AND window_start = $2",
    ).bind(bucket).bind(window_start).fetch_optional(&mut *conn).await?);
    Ok(tries.unwrap_or(0))
}
