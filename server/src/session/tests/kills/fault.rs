//! Where an act is cut off.

use domain::infra::app::App;
use domain::infra::database::Tx;
use domain::infra::whole_file::faults;
use domain::session::SessionError;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Where a process is killed, or its disk is full.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fault {
    /// Before the next row is written.
    Row,
    /// At a commit.
    Commit,
    /// The database can have no more pages than so many new ones.
    Pages,
    /// At a step of a file.
    File(ErrorKind),
}

impl Fault {
    /// Arms the fault after so many rows, commits, pages or steps. Answers how to see whether it has struck.
    pub(super) async fn arm(self, folder: &Path, app: &App, passed: usize) -> Struck {
        match self {
            Self::File(kind) => {
                faults::stop(folder, passed, kind);
                Struck::Folder(folder.to_owned())
            }
            Self::Row => {
                stop_rows(app, passed).await;
                Struck::Text("killed")
            }
            Self::Pages => {
                limit_pages(app, passed).await;
                Struck::Text("full")
            }
            Self::Commit => Struck::Counter(stop_commits(app, passed).await),
        }
    }
}

pub(super) enum Struck {
    Folder(PathBuf),
    Text(&'static str),
    Counter(Arc<AtomicUsize>),
}

impl Struck {
    pub(super) fn has(&self, done: &Result<(), SessionError>) -> bool {
        match self {
            Self::Folder(folder) => faults::let_pass(folder),
            Self::Text(text) => matches!(done, Err(error) if error.to_string().contains(text)),
            Self::Counter(struck) => struck.load(Ordering::SeqCst) > 0,
        }
    }
}

async fn writer(app: &App) -> sqlx::Transaction<'static, sqlx::Sqlite> {
    let Tx::Sqlite(tx) = app.database.write().await.unwrap() else {
        panic!("a fault of SQLite");
    };
    tx
}

/// The writer's connection refuses every row after so many.
async fn stop_rows(app: &App, passed: usize) {
    let mut tx = writer(app).await;
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' \
         AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND name NOT LIKE '%\\_search%' ESCAPE '\\'",
    )
    .fetch_all(&mut *tx)
    .await
    .unwrap();
    let mut statements = vec![
        "CREATE TEMP TABLE rows_left (rows INTEGER NOT NULL)".to_owned(),
        format!("INSERT INTO rows_left VALUES ({passed})"),
    ];
    for table in &tables {
        for operation in ["INSERT", "UPDATE", "DELETE"] {
            statements.push(format!(
                "CREATE TEMP TRIGGER stop_{table}_{operation} BEFORE {operation} ON main.{table} BEGIN \
                 UPDATE rows_left SET rows = rows - 1; \
                 SELECT RAISE(ABORT, 'killed') FROM rows_left WHERE rows < 0; END"
            ));
        }
    }
    for statement in statements {
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .execute(&mut *tx)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
}

async fn limit_pages(app: &App, more: usize) {
    let mut tx = writer(app).await;
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count")
        .fetch_one(&mut *tx)
        .await
        .unwrap();
    let limit = pages + i64::try_from(more).unwrap();
    let limit = format!("PRAGMA max_page_count = {limit}");
    let _: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(limit))
        .fetch_one(&mut *tx)
        .await
        .unwrap();
    tx.rollback().await.unwrap();
}

async fn stop_commits(app: &App, passed: usize) -> Arc<AtomicUsize> {
    let struck = Arc::new(AtomicUsize::new(0));
    let mut tx = writer(app).await;
    let (mut left, seen) = (passed, struck.clone());
    tx.lock_handle()
        .await
        .unwrap()
        .set_commit_hook(move || match left.checked_sub(1) {
            Some(fewer) => {
                left = fewer;
                true
            }
            None => {
                seen.fetch_add(1, Ordering::SeqCst);
                false
            }
        });
    tx.rollback().await.unwrap();
    struck
}
