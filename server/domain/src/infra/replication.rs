//! Whether a commit that was answered can be lost with PostgreSQL's primary.

use super::database::{Backend, DatabaseError, Tx};
use crate::on_either;

/// What PostgreSQL says of its standbys, to this connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replication {
    /// `synchronous_commit`, as it holds for what this service commits.
    pub synchronous_commit: String,
    /// Whether a commit waits for a standby: `synchronous_standby_names` names one.
    pub waits: bool,
    /// How many programs take the log as it is written; who only makes a base backup is none.
    pub standbys: i64,
}

impl Replication {
    /// Whether a commit is answered before it is on disk, or before a standby that it waits for has it on disk.
    pub fn answers_early(&self) -> bool {
        // <https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-SYNCHRONOUS-COMMIT>
        ["off", "local", "remote_write"].contains(&self.synchronous_commit.as_str())
    }
}

/// How the database replicates; `None` on SQLite, which does not.
pub async fn replication(tx: &mut Tx) -> Result<Option<Replication>, DatabaseError> {
    if tx.backend() == Backend::Sqlite {
        return Ok(None);
    }
    // Whoever may not see the others' connections sees how many there are, and nulls.
    let (synchronous_commit, waits, standbys) = on_either!(tx, conn => sqlx::query_as(
        "SELECT current_setting('synchronous_commit'), current_setting('synchronous_standby_names') <> '', \
         (SELECT count(*) FROM pg_stat_replication \
          WHERE coalesce(state, '') <> 'backup' AND coalesce(application_name, '') <> 'pg_basebackup')",
    ).fetch_one(&mut *conn).await?);
    Ok(Some(Replication {
        synchronous_commit,
        waits,
        standbys,
    }))
}
