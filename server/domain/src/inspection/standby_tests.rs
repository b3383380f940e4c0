//! On a cluster of its own: what commits can be lost with the primary.

use super::{Fault, Part, inspect};
use crate::infra::clock::Timestamp;
use crate::infra::config::Config;
use crate::infra::database::Database;
use crate::infra::replication::replication;
use crate::on_either;
use sqlx::PgPool;
use std::time::Duration;
use throwaway_postgres::Cluster;

/// What `check` says of the standbys, once it says `expected` or has had five seconds to.
async fn said(
    config: &Config,
    expected: fn(&Result<String, Fault>) -> bool,
) -> Result<String, Fault> {
    let mut tries = 0;
    loop {
        let found = inspect(config, Timestamp::from_millis(0)).await;
        let mut found = found.into_iter();
        let standbys = found.find(|one| one.part == Part::Standbys).unwrap();
        if expected(&standbys.outcome) || tries == 50 {
            return standbys.outcome;
        }
        tries += 1;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn a_standby_that_need_not_have_what_is_committed_is_a_warning() {
    if throwaway_postgres::database().is_none() {
        return;
    }
    let cluster = Cluster::start().unwrap();
    let database = cluster.database().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let config = Config {
        database_url: database.url().to_owned(),
        data_dir: dir.path().to_owned(),
        ..Config::default()
    };
    let opened = Database::open(&config.database_url).await.unwrap();
    opened.migrate().await.unwrap();
    let alone = said(&config, Result::is_ok).await;
    assert_eq!(alone.unwrap(), "none attached");

    cluster.stream_log().unwrap();
    let warned = said(&config, Result::is_err).await.unwrap_err();
    assert!(matches!(warned, Fault::Asynchronous(1)), "{warned}");
    assert!(warned.is_warning());

    let pool = PgPool::connect(database.url()).await.unwrap();
    for statement in [
        "ALTER SYSTEM SET synchronous_standby_names = '*'",
        "SELECT pg_reload_conf()",
    ] {
        sqlx::query(statement).execute(&pool).await.unwrap();
    }
    let waits = said(&config, Result::is_ok).await;
    assert_eq!(
        waits.unwrap(),
        "1 attached; a commit waits for those that are named"
    );
}

#[tokio::test]
async fn what_this_service_commits_is_safe_whatever_the_database_s_own_setting_says() {
    let Some(database) = throwaway_postgres::database() else {
        return;
    };
    // The cluster's own setting is `off`.
    let opened = Database::open(database.url()).await.unwrap();
    let mut tx = opened.read().await.unwrap();
    let found = replication(&mut tx).await.unwrap().unwrap();
    assert!(!found.answers_early(), "{found:?}");
    for early in ["off", "local", "remote_write"] {
        let set = format!("SET LOCAL synchronous_commit = '{early}'");
        on_either!(&mut tx, conn => sqlx::query(sqlx::AssertSqlSafe(set)).execute(&mut *conn).await.map(drop))
            .unwrap();
        let found = super::standbys(&mut tx).await.unwrap_err();
        assert!(found.is_warning(), "{found}");
        assert!(matches!(found, Fault::AnswersEarly(set) if set == early));
    }
}
