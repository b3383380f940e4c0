//! One database, SQLite or PostgreSQL, behind one transaction type.
//!
//! A store function takes `&mut Tx` and hands its one body to [`crate::on_either!`], which compiles it once for each
//! database; the SQL text is shared (both accept `$1`, `RETURNING`, `ON CONFLICT`, CTEs and window functions).
//! What differs stands here: how a writing transaction begins, and what [`Tx::backend`] tells the few
//! statements that cannot be shared (row locks, full-text search).

use super::clock::ClockBehind;
use super::unique_key::UniqueKey;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;
use tracing::Instrument as _;

/// How long somebody waits for a connection: a page that takes longer is told that the database is away.
const PATIENCE: Duration = Duration::from_secs(3);

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/postgres");

/// What can go wrong between us and the database.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The URL names neither `sqlite:` nor `postgres:`.
    #[error("the database URL must begin with sqlite: or postgres:")]
    UnknownUrl,
    /// The database refused or could not be reached.
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    /// A migration could not be applied.
    #[error(transparent)]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A stored value does not fit the domain's type.
    #[error("table {table}, column {column}: {reason}")]
    Column {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// Why the value does not fit.
        reason: String,
    },
    /// The clock is wrong: what would be stored cannot be dated.
    #[error(transparent)]
    Clock(#[from] ClockBehind),
    /// A statement that must touch exactly one row touched another number.
    #[error("{statement} touched {touched} rows instead of one")]
    Touched {
        /// Which statement.
        statement: &'static str,
        /// How many rows it touched.
        touched: u64,
    },
}

impl DatabaseError {
    /// Whether this unique key refused the row. Any other refusal is a fault of ours, which the caller passes on.
    pub fn refused_by(&self, key: UniqueKey) -> bool {
        match self {
            Self::Sql(sqlx::Error::Database(error)) => key.is_told_by(error.as_ref()),
            Self::UnknownUrl
            | Self::Sql(_)
            | Self::Migration(_)
            | Self::Column { .. }
            | Self::Clock(_)
            | Self::Touched { .. } => false,
        }
    }
}

impl DatabaseError {
    /// Whether the database is away, locked or has no connection left, so that it makes sense to ask again in a moment.
    pub fn is_away(&self) -> bool {
        match self {
            Self::Sql(
                sqlx::Error::Io(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed,
            ) => true,
            Self::Sql(sqlx::Error::Database(error)) => {
                error.code().is_some_and(|code| says_later(&code))
            }
            Self::UnknownUrl
            | Self::Sql(_)
            | Self::Migration(_)
            | Self::Column { .. }
            | Self::Clock(_)
            | Self::Touched { .. } => false,
        }
    }
}

/// PostgreSQL's classes for connections, resources and an operator's stop, a lock that was not had in time; SQLite's `BUSY` and `LOCKED`
/// with their extensions.
fn says_later(code: &str) -> bool {
    let sqlite = code
        .parse::<u32>()
        .is_ok_and(|code| matches!(code & 0xff, 5 | 6));
    let postgres = ["08", "53", "57P"]
        .iter()
        .any(|class| code.starts_with(class));
    (code.len() < 5 && sqlite) || (code.len() == 5 && (postgres || code == "55P03"))
}

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// One file, the default.
    Sqlite,
    /// For deployments that outgrew a machine.
    Postgres,
}

/// The database of this deployment.
#[derive(Debug, Clone)]
pub struct Database(Pools);

#[derive(Debug, Clone)]
enum Pools {
    /// SQLite has one writer by nature: one connection that writes, and a pool of readers beside it.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

/// A transaction on either database. Dropped without [`Tx::commit`], it is rolled back.
pub enum Tx {
    /// On SQLite.
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    /// On PostgreSQL.
    Postgres(sqlx::Transaction<'static, Postgres>),
}

/// Compiles one body for both databases: `on_either!(tx, conn => sqlx::query(…).execute(&mut *conn).await)`.
#[macro_export]
macro_rules! on_either {
    ($tx:expr, $conn:ident => $body:expr) => {
        match $tx {
            $crate::infra::database::Tx::Sqlite(inner) => {
                let $conn: &mut sqlx::SqliteConnection = &mut **inner;
                $body
            }
            $crate::infra::database::Tx::Postgres(inner) => {
                let $conn: &mut sqlx::PgConnection = &mut **inner;
                $body
            }
        }
    };
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

impl Database {
    /// Opens the database that `url` names (`sqlite:PATH` or `postgres://…`), making SQLite's file where there is
    /// none. Does not migrate.
    pub async fn open(url: &str) -> Result<Self, DatabaseError> {
        Self::open_or_make(url, true).await
    }

    /// Opens a database that is there already. Changes nothing in it.
    pub async fn open_existing(url: &str) -> Result<Self, DatabaseError> {
        Self::open_or_make(url, false).await
    }

    async fn open_or_make(url: &str, make: bool) -> Result<Self, DatabaseError> {
        if url.starts_with("sqlite:") {
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
            Ok(Self(Pools::Sqlite { writer, readers }))
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let pool = PgPoolOptions::new()
                .max_connections(16)
                .acquire_timeout(PATIENCE)
                .connect_with(PgConnectOptions::from_str(url)?)
                .await?;
            Ok(Self(Pools::Postgres(pool)))
        } else {
            Err(DatabaseError::UnknownUrl)
        }
    }

    /// Applies the migrations that are missing.
    pub async fn migrate(&self) -> Result<(), DatabaseError> {
        match &self.0 {
            Pools::Sqlite { writer, .. } => SQLITE_MIGRATIONS.run(writer).await?,
            Pools::Postgres(pool) => POSTGRES_MIGRATIONS.run(pool).await?,
        }
        Ok(())
    }

    /// Applies the migrations up to this one: for data that was written under an older schema.
    pub async fn migrate_to(&self, version: i64) -> Result<(), DatabaseError> {
        match &self.0 {
            Pools::Sqlite { writer, .. } => SQLITE_MIGRATIONS.run_to(version, writer).await?,
            Pools::Postgres(pool) => POSTGRES_MIGRATIONS.run_to(version, pool).await?,
        }
        Ok(())
    }

    /// The migrations that this program knows, in their order.
    pub fn known_migrations(&self) -> Vec<i64> {
        let known = match self.0 {
            Pools::Sqlite { .. } => &SQLITE_MIGRATIONS,
            Pools::Postgres(_) => &POSTGRES_MIGRATIONS,
        };
        known
            .iter()
            .filter(|one| !one.migration_type.is_down_migration())
            .map(|one| one.version)
            .collect()
    }

    /// The migrations that were applied, in their order. Only reads.
    pub async fn applied_migrations(&self) -> Result<Vec<i64>, DatabaseError> {
        let mut tx = self.read().await?;
        let any = match tx.backend() {
            Backend::Sqlite => "SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'",
            Backend::Postgres => {
                "SELECT COUNT(*) FROM pg_tables \
                 WHERE schemaname = current_schema() AND tablename = '_sqlx_migrations'"
            }
        };
        let any: i64 =
            on_either!(&mut tx, conn => sqlx::query_scalar(any).fetch_one(&mut *conn).await?);
        if any == 0 {
            return Ok(Vec::new());
        }
        Ok(on_either!(&mut tx, conn => sqlx::query_scalar(
            "SELECT version FROM _sqlx_migrations WHERE success ORDER BY version",
        ).fetch_all(&mut *conn).await?))
    }

    /// The migrations that [`Database::migrate`] would apply. Only reads.
    pub async fn pending_migrations(&self) -> Result<Vec<i64>, DatabaseError> {
        let applied = self.applied_migrations().await?;
        let mut pending = self.known_migrations();
        pending.retain(|version| !applied.contains(version));
        Ok(pending)
    }

    /// Which database it is.
    pub fn backend(&self) -> Backend {
        match self.0 {
            Pools::Sqlite { .. } => Backend::Sqlite,
            Pools::Postgres(_) => Backend::Postgres,
        }
    }

    /// Begins a transaction that only reads: one consistent view of everything.
    pub async fn read(&self) -> Result<Tx, DatabaseError> {
        Ok(match &self.0 {
            Pools::Sqlite { readers, .. } => Tx::Sqlite(readers.begin().await?),
            Pools::Postgres(pool) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                Tx::Postgres(begun(pool, begin).await?)
            }
        })
    }

    /// Begins a transaction that writes. On SQLite it takes the write lock at once, so that it never fails
    /// half-way because somebody else wrote in between.
    pub async fn write(&self) -> Result<Tx, DatabaseError> {
        Ok(match &self.0 {
            Pools::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres(pool) => Tx::Postgres(begun(pool, "BEGIN").await?),
        })
    }

    /// Closes all connections (before a copy of the file, at the end).
    pub async fn close(&self) {
        match &self.0 {
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

/// Begins in a task of its own: where the one who asked goes away meanwhile, the transaction is rolled back when it has begun. Cut off in
/// the middle, its connection would go back into the pool inside a transaction, and spoil the next one's.
async fn begun(
    pool: &PgPool,
    begin: &'static str,
) -> Result<sqlx::Transaction<'static, Postgres>, sqlx::Error> {
    let pool = pool.clone();
    let span = tracing::Span::current();
    let task = async move { pool.begin_with(begin).await };
    match tokio::spawn(task.instrument(span)).await {
        Ok(begun) => begun,
        Err(_) => Err(sqlx::Error::WorkerCrashed),
    }
}

impl Tx {
    /// Makes everything since the beginning of the transaction permanent.
    pub async fn commit(self) -> Result<(), DatabaseError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Which database it is on, for the few statements that cannot be shared.
    pub fn backend(&self) -> Backend {
        match self {
            Self::Sqlite(_) => Backend::Sqlite,
            Self::Postgres(_) => Backend::Postgres,
        }
    }

    /// ` FOR UPDATE` where the database has row locks; empty on SQLite, whose writer is alone anyway.
    pub fn for_update(&self) -> &'static str {
        match self.backend() {
            Backend::Sqlite => "",
            Backend::Postgres => " FOR UPDATE",
        }
    }
}

impl std::fmt::Debug for Tx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tx({:?})", self.backend())
    }
}

/// Requires that a statement touched exactly one row.
pub fn exactly_one(statement: &'static str, touched: u64) -> Result<(), DatabaseError> {
    if touched == 1 {
        Ok(())
    } else {
        Err(DatabaseError::Touched { statement, touched })
    }
}

/// A number as the other side holds it: a column, or the domain where it comes from one. What does not fit is an
/// error and never another number.
pub fn fitted<From, To>(
    table: &'static str,
    column: &'static str,
    number: From,
) -> Result<To, DatabaseError>
where
    To: TryFrom<From, Error: std::fmt::Display>,
{
    To::try_from(number).map_err(|error| DatabaseError::Column {
        table,
        column,
        reason: error.to_string(),
    })
}

#[cfg(test)]
#[path = "database_tests.rs"]
mod tests;
