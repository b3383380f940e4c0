//! What only the right data key opens.

use crate::infra::database::{DatabaseError, Tx, exactly_one};
use crate::on_either;
use tracing::instrument;

/// The value, sealed; `None` where no service was started on this database yet.
#[instrument(level = "debug", skip_all)]
pub async fn key_check(tx: &mut Tx) -> Result<Option<Vec<u8>>, DatabaseError> {
    Ok(
        on_either!(tx, conn => sqlx::query_scalar("SELECT sealed FROM data_key_check WHERE id = 1")
        .fetch_optional(&mut *conn).await?),
    )
}

/// Keeps the value.
#[instrument(level = "debug", skip_all)]
pub async fn insert_key_check(tx: &mut Tx, sealed: &[u8]) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO data_key_check (id, sealed) VALUES (1, $1)",
    ).bind(sealed).execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO data_key_check", touched)
}
