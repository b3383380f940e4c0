//! Connecting to either database, and what each is told first.

use super::DatabaseError;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, PgConnection, PgPool, SqlitePool};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

/// How long somebody waits for a connection: a page that takes longer is told that the database is away.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long the first connection may take: an operator waits for it.
const FIRST: Duration = Duration::from_secs(5);

/// How long a statement may take. What a page asks takes milliseconds; what hangs would hold a connection that others need.
const STATEMENT: &str = "30s";

/// The pools of one writer and of the readers beside it.
pub(super) async fn sqlite(
    url: &str,
    make: bool,
) -> Result<(SqlitePool, SqlitePool), DatabaseError> {
    let options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(make)
        .journal_mode(SqliteJournalMode::Wal)
        // NORMAL may lose the last commits in a power cut, whose checkpoint may be published already.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        // What is deleted is overwritten: whose credential is whose must not be found in free pages.
        .pragma("secure_delete", "ON")
        .busy_timeout(Duration::from_secs(10));
    if make {
        keep_from_others(options.get_filename()).map_err(sqlx::Error::Io)?;
    }
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        // A whole hall may stand in line here, each for some milliseconds.
        .acquire_timeout(Duration::from_secs(10))
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options.clone())
        .await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(8)
        .acquire_timeout(PATIENCE)
        .connect_lazy_with(options.pragma("query_only", "ON"));
    Ok((writer, readers))
}

/// A pool whose first connection has answered.
///
/// # Errors
/// The true cause: a pool asks again and again, and then says only that its time is over.
pub(super) async fn postgres(url: &str) -> Result<PgPool, DatabaseError> {
    let options = PgConnectOptions::from_str(url)?.options([("statement_timeout", STATEMENT)]);
    let first = tokio::time::timeout(FIRST, PgConnection::connect_with(&options)).await;
    let first = first.map_err(|_| DatabaseError::NoAnswer(FIRST.as_secs()))?;
    first?.close().await?;
    let pool = PgPoolOptions::new()
        .max_connections(16)
        .acquire_timeout(PATIENCE)
        // What is answered is on disk, and on the standby where one must have it: whatever the database's own setting says.
        .after_connect(|connection, _| {
            Box::pin(async move {
                sqlx::query(
                    "SELECT set_config('synchronous_commit', 'on', false) \
                     WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write')",
                )
                .execute(connection)
                .await
                .map(drop)
            })
        })
        .connect_with(options)
        .await?;
    Ok(pool)
}

/// Lifts the limit of statements: to the transaction's end, or until [`with_time_limit`].
pub(super) async fn without_time_limit(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let set = if connection.is_in_transaction() {
        "SET LOCAL statement_timeout = 0"
    } else {
        "SET statement_timeout = 0"
    };
    sqlx::query(set).execute(connection).await.map(drop)
}

/// Sets the limit of statements again.
pub(super) async fn with_time_limit(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("RESET statement_timeout")
        .execute(connection)
        .await
        .map(drop)
}

/// The files of the database that `url` names, whether they are there or not: SQLite's own, its log and its shared memory;
/// none of PostgreSQL, which keeps its own.
pub fn files_of(url: &str) -> Result<Vec<PathBuf>, DatabaseError> {
    if !url.starts_with("sqlite:") {
        return Ok(Vec::new());
    }
    let options = SqliteConnectOptions::from_str(url)?;
    let path = options.get_filename();
    Ok([path.to_owned()].into_iter().chain(beside(path)).collect())
}

fn beside(path: &Path) -> [PathBuf; 2] {
    ["-wal", "-shm"].map(|suffix| {
        let mut beside = path.as_os_str().to_owned();
        beside.push(suffix);
        beside.into()
    })
}

/// Makes the file where there is none, and lets nobody but its owner read it: it holds personal data. SQLite gives its log
/// and its shared memory the same mode.
fn keep_from_others(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
    let for_owner = || std::fs::Permissions::from_mode(0o600);
    std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)?
        .set_permissions(for_owner())?;
    for beside in beside(path) {
        match std::fs::set_permissions(&beside, for_owner()) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            Err(_) | Ok(()) => {}
        }
    }
    Ok(())
}
