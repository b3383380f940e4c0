//! One database, SQLite or PostgreSQL, behind one transaction type.
//!
//! A store function takes `&mut Tx` and hands its one body to [`crate::on_either!`], which compiles it once for each
//! database; the SQL text is shared (both accept `$1`, `RETURNING`, `ON CONFLICT`, CTEs and window functions).
//! What differs stands here: how a writing transaction begins, and what [`Tx::backend`] tells the few
//! statements that cannot be shared (row locks, full-text search).

use super::clock::ClockBehind;
use super::unique_key::UniqueKey;
use sqlx::migrate::Migrator;
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool};
use tracing::Instrument as _;

mod connect;

pub use connect::files_of;

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
    /// The database took a connection and did not answer.
    #[error("the database did not answer within {0} seconds")]
    NoAnswer(u64),
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
    /// The database does not continue the record that was published: an older copy was put in its place.
    #[error("the database does not continue the record that was published")]
    SecondHistory,
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
            | Self::NoAnswer(_)
            | Self::Sql(_)
            | Self::Migration(_)
            | Self::Column { .. }
            | Self::Clock(_)
            | Self::SecondHistory
            | Self::Touched { .. } => false,
        }
    }
}

impl DatabaseError {
    /// Whether the database is away, locked or has no connection left, so that it makes sense to ask again in a moment.
    pub fn is_away(&self) -> bool {
        match self {
            Self::NoAnswer(_)
            | Self::Sql(
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
            | Self::SecondHistory
            | Self::Touched { .. } => false,
        }
    }
}

/// PostgreSQL's classes for connections, resources and an operator's stop, a lock that was not had in time, a statement that took too
/// long; SQLite's `BUSY` and `LOCKED` with their extensions.
fn says_later(code: &str) -> bool {
    let sqlite = code
        .parse::<u32>()
        .is_ok_and(|code| matches!(code & 0xff, 5 | 6));
    let postgres = ["08", "53", "57P"]
        .iter()
        .any(|class| code.starts_with(class));
    (code.len() < 5 && sqlite)
        || (code.len() == 5 && (postgres || ["55P03", "57014"].contains(&code)))
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
            let (writer, readers) = connect::sqlite(url, make).await?;
            Ok(Self(Pools::Sqlite { writer, readers }))
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Ok(Self(Pools::Postgres(connect::postgres(url).await?)))
        } else {
            Err(DatabaseError::UnknownUrl)
        }
    }

    /// Applies the migrations that are missing.
    pub async fn migrate(&self) -> Result<(), DatabaseError> {
        match &self.0 {
            Pools::Sqlite { writer, .. } => SQLITE_MIGRATIONS.run(writer).await?,
            Pools::Postgres(pool) => {
                let mut connection = pool.acquire().await?;
                connect::without_time_limit(&mut connection).await?;
                let migrated = POSTGRES_MIGRATIONS.run(&mut *connection).await;
                connect::with_time_limit(&mut connection).await?;
                migrated?;
            }
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

    /// Lets the statements of this transaction take as long as they need: what reads or writes everything, at an operator's
    /// command.
    pub async fn without_time_limit(&mut self) -> Result<(), DatabaseError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(tx) => Ok(connect::without_time_limit(tx).await?),
        }
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
