//! A database that is away.

use super::{Database, DatabaseError, Tx, says_later};
use crate::cycles::Stage;
use crate::infra::database::Backend;
use crate::testing::TestApp;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

#[test]
fn what_passes_by_itself_is_told_from_what_does_not() {
    for code in [
        "5", "517", "6", "262", "08006", "57P01", "57P03", "53300", "55P03", "57014",
    ] {
        assert!(says_later(code), "{code}");
    }
    for code in ["1", "19", "2067", "23505", "42601", "25006", "", "x"] {
        assert!(!says_later(code), "{code}");
    }
    assert!(DatabaseError::Sql(sqlx::Error::PoolTimedOut).is_away());
    assert!(!DatabaseError::Sql(sqlx::Error::RowNotFound).is_away());
    assert!(!DatabaseError::UnknownUrl.is_away());
}

/// What opening says, in how long.
async fn refusal(url: &str) -> (String, Duration) {
    let since = Instant::now();
    let error = Database::open_existing(url).await.unwrap_err();
    (error.to_string(), since.elapsed())
}

#[tokio::test]
async fn a_database_that_cannot_be_reached_is_said_to_be_soon_and_why() {
    let limit = Duration::from_secs(6);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let url = format!("postgres://me@127.0.0.1:{port}/minsheng?sslmode=disable");
    let (why, took) = refusal(&url).await;
    assert!(why.contains("did not answer within 5 seconds"), "{why}");
    assert!(took < limit, "{took:?}");
    drop(listener);
    let (why, took) = refusal(&url).await;
    assert!(why.contains("refused"), "{why}");
    assert!(took < limit, "{took:?}");
    for service in TestApp::on_each_database(Stage::Collecting).await {
        if service.app.database.backend() == Backend::Postgres {
            let (server, options) = service.database_url().split_once('?').unwrap();
            let (server, _) = server.rsplit_once('/').unwrap();
            let url = format!("{server}/nowhere?{options}");
            let (why, took) = refusal(&url).await;
            assert!(why.contains("\"nowhere\" does not exist"), "{why}");
            assert!(took < limit, "{took:?}");
        }
    }
}

async fn time_limit(tx: &mut Tx) -> Option<String> {
    match tx {
        Tx::Sqlite(_) => None,
        Tx::Postgres(tx) => {
            let shown = sqlx::query_scalar("SHOW statement_timeout");
            Some(shown.fetch_one(&mut **tx).await.unwrap())
        }
    }
}

#[tokio::test]
async fn a_statement_has_its_time_but_what_an_operator_does_with_everything_has_all() {
    for service in TestApp::on_each_database(Stage::Collecting).await {
        let database = Database::open(service.database_url()).await.unwrap();
        database.migrate().await.unwrap();
        // As many as there are connections, so that the one that migrated is among them.
        let mut open = Vec::new();
        for _ in 0..3 {
            open.push(database.write().await);
            let Some(Ok(tx)) = open.last_mut() else {
                panic!()
            };
            if tx.backend() == Backend::Sqlite {
                tx.without_time_limit().await.unwrap();
                break;
            }
            assert_eq!(time_limit(tx).await.as_deref(), Some("30s"));
            tx.without_time_limit().await.unwrap();
            assert_eq!(time_limit(tx).await.as_deref(), Some("0"));
        }
        drop(open);
        let mut tx = database.read().await.unwrap();
        let expected = (tx.backend() == Backend::Postgres).then_some("30s");
        assert_eq!(time_limit(&mut tx).await.as_deref(), expected);
    }
}
