//! Whether the database's own files are whole, and every row that a row names is there.

use super::database::{Backend, DatabaseError, Tx};
use crate::on_either;

/// How many faults are told; there may be one for every page.
const MOST: usize = 5;

/// What SQLite finds wrong in its pages and indexes (`PRAGMA integrity_check`), the first few; `None` on PostgreSQL, which has
/// no such check of its own (its extension `amcheck` has).
pub async fn broken_pages(tx: &mut Tx) -> Result<Option<Vec<String>>, DatabaseError> {
    if tx.backend() == Backend::Postgres {
        return Ok(None);
    }
    let lines: Vec<String> = on_either!(tx, conn => sqlx::query_scalar("PRAGMA integrity_check(5)")
        .fetch_all(&mut *conn).await?);
    Ok(Some(
        lines.into_iter().filter(|line| line != "ok").collect(),
    ))
}

/// The tables with rows that name a row which is not there (`PRAGMA foreign_key_check`), the first few; `None` on PostgreSQL,
/// which refuses such rows at every commit.
pub async fn broken_references(tx: &mut Tx) -> Result<Option<Vec<String>>, DatabaseError> {
    if tx.backend() == Backend::Postgres {
        return Ok(None);
    }
    let tables: Vec<String> = on_either!(tx, conn => sqlx::query_scalar(
        "SELECT DISTINCT \"table\" || ' → ' || parent FROM pragma_foreign_key_check ORDER BY 1",
    ).fetch_all(&mut *conn).await?);
    Ok(Some(tables.into_iter().take(MOST).collect()))
}
