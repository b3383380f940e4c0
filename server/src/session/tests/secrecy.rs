//! Promise 4: with database, log and record in hand nobody can tell how, or in which minute, a deputy has voted.

use crate::session::testkit::{TestSession, ticks};
use crate::testing::TestService;
use ballot::{Ed25519, Group as _};
use domain::cycles::Stage;
use domain::infra::app::App;
use domain::infra::clock::Timestamp;
use domain::infra::database::Backend;
use domain::on_either;
use domain::people::Role;
use domain::session::{self, DualControlStep, PollKind};
use sqlx::AssertSqlSafe;
use std::path::PathBuf;

async fn sessions_on_each_database() -> Vec<TestSession> {
    let mut sessions = Vec::new();
    for service in TestService::on_each_database(Stage::Voting).await {
        let mut session = TestSession::in_service(service, PollKind::Main, 3, 4).await;
        session.adopt(2).await;
        session.check_in(3).await;
        sessions.push(session);
    }
    sessions
}

/// Everything that lies in the database's files and in its log, read as text: live rows and what deleted ones left behind. PostgreSQL's
/// log is that of all tests at once.
async fn files_text(session: &TestSession) -> String {
    let mut tx = session.app().database.read().await.unwrap();
    let files = if tx.backend() == Backend::Sqlite {
        let url = session.service.database_url();
        let path = url.strip_prefix("sqlite:").unwrap();
        ["", "-wal"]
            .map(|suffix| format!("{path}{suffix}").into())
            .into()
    } else {
        // What is in memory only is written out first.
        on_either!(&mut tx, conn => sqlx::query("CHECKPOINT").execute(&mut *conn).await.map(drop).unwrap());
        let data: String = on_either!(&mut tx, conn => sqlx::query_scalar("SHOW data_directory")
            .fetch_one(&mut *conn).await.unwrap());
        let own: String = on_either!(&mut tx, conn => sqlx::query_scalar(
            "SELECT oid::text FROM pg_database WHERE datname = current_database()",
        ).fetch_one(&mut *conn).await.unwrap());
        let folder = |name: String| {
            let found = std::fs::read_dir(PathBuf::from(&data).join(name)).unwrap();
            found
                .map(|one| one.unwrap().path())
                .filter(|path| path.is_file())
        };
        folder(format!("base/{own}"))
            .chain(folder("pg_wal".to_owned()))
            .collect::<Vec<PathBuf>>()
    };
    drop(tx);
    files
        .into_iter()
        // Another test's file may be gone by now; that these are looked into is shown by what is found.
        .filter_map(|path| std::fs::read(path).ok())
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .collect()
}

/// Everything that the database holds as text: SQLite's file with its log, or every row of PostgreSQL.
pub(super) async fn stored_text(session: &TestSession) -> String {
    let mut tx = session.app().database.read().await.unwrap();
    if tx.backend() == Backend::Sqlite {
        drop(tx);
        return files_text(session).await;
    }
    let tables: Vec<String> = on_either!(&mut tx, conn => sqlx::query_scalar(
        "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'",
    ).fetch_all(&mut *conn).await.unwrap());
    let mut all = String::new();
    for table in tables {
        let rows: Vec<String> = on_either!(&mut tx, conn => sqlx::query_scalar(
            AssertSqlSafe(format!("SELECT one::text FROM \"{table}\" AS one")),
        ).fetch_all(&mut *conn).await.unwrap());
        all.push_str(&rows.join("\n"));
    }
    all
}

fn link_keys(app: &App) -> usize {
    let names = std::fs::read_dir(&app.config.data_dir).unwrap();
    names
        .filter(|one| {
            let name = one.as_ref().unwrap().file_name();
            name.to_string_lossy().starts_with("check-in-")
        })
        .count()
}

#[tokio::test]
async fn no_page_of_database_or_log_ever_holds_whose_credential_is_whose() {
    for session in sessions_on_each_database().await {
        let poll = session::find(session.app(), session.jurisdiction(), session.poll)
            .await
            .unwrap();
        let credentials: Vec<String> = session
            .present
            .iter()
            .map(|one| Ed25519::encode(&one.credential.public::<Ed25519>(&poll.election)))
            .collect();
        let before = files_text(&session).await;
        for credential in &credentials {
            assert!(
                !before.contains(credential),
                "a credential stands beside its deputy's row"
            );
        }
        assert_eq!(link_keys(session.app()), 1);
        session.both(DualControlStep::Freeze).await;
        assert_eq!(
            link_keys(session.app()),
            0,
            "the key to the links is destroyed with the freeze"
        );
        let after = files_text(&session).await;
        for credential in &credentials {
            assert!(
                after.contains(credential),
                "the search finds what is there: the roll"
            );
        }
    }
}

#[tokio::test]
async fn a_key_to_the_links_that_outlived_a_killed_freeze_is_gone_before_anybody_votes() {
    for restarted in [false, true] {
        for session in sessions_on_each_database().await {
            session.both(DualControlStep::Freeze).await;
            let name = format!("check-in-{}.key", session.poll);
            std::fs::write(session.app().config.data_dir.join(name), [7; 32]).unwrap();
            if restarted {
                session::forget_spent_links(session.app()).await.unwrap();
            } else {
                session.both(DualControlStep::Open).await;
            }
            assert_eq!(link_keys(session.app()), 0);
        }
    }
}

#[tokio::test]
async fn the_key_of_a_check_in_under_way_survives_a_restart() {
    for session in sessions_on_each_database().await {
        session::forget_spent_links(session.app()).await.unwrap();
        assert_eq!(link_keys(session.app()), 1);
        session.both(DualControlStep::Freeze).await;
    }
}

/// What of a ballot has a time: its entry in the record, and its line in the audit trail.
async fn times_of_ballots(session: &TestSession) -> Vec<Timestamp> {
    let mut tx = session.app().database.read().await.unwrap();
    let mut times: Vec<Timestamp> = on_either!(&mut tx, conn => sqlx::query_scalar(
        "SELECT at FROM record_entries WHERE kind = 'poll_ballot'",
    ).fetch_all(&mut *conn).await.unwrap());
    let lines: Vec<Timestamp> = on_either!(&mut tx, conn => sqlx::query_scalar(
        "SELECT at FROM audit WHERE action = 'session.cast'",
    ).fetch_all(&mut *conn).await.unwrap());
    times.extend(lines);
    times
}

#[tokio::test]
async fn no_time_of_a_ballot_is_finer_than_the_opening_of_its_poll() {
    for session in sessions_on_each_database().await {
        session.both(DualControlStep::Freeze).await;
        session.both(DualControlStep::Open).await;
        let opened = session.app().clock.now();
        let mut trackers = Vec::new();
        for deputy in 0..3 {
            session
                .app()
                .clock
                .set(opened.plus_seconds(61 * (1 + i64::try_from(deputy).unwrap())));
            let cast = session.cast(deputy, &ticks(&[1, 0, 0, 1])).await;
            crate::session::BallotReceipt::of(session.app(), &cast)
                .await
                .unwrap();
            trackers.push(cast.tracker);
        }
        let times = times_of_ballots(&session).await;
        assert_eq!(times, [opened; 6]);
        let mut tx = session.app().database.read().await.unwrap();
        let lines: Vec<String> = on_either!(&mut tx, conn => sqlx::query_scalar(
            "SELECT details FROM audit WHERE action = 'session.cast'",
        ).fetch_all(&mut *conn).await.unwrap());
        for tracker in trackers {
            assert!(lines.iter().all(|line| !line.contains(&tracker)));
        }
    }
}

#[tokio::test]
async fn nobody_reads_the_result_from_the_database_before_the_announcement() {
    for session in sessions_on_each_database().await {
        session.both(DualControlStep::Freeze).await;
        session.both(DualControlStep::Open).await;
        session.cast(0, &ticks(&[1, 0, 0, 1])).await;
        session.both(DualControlStep::Close).await;
        session.decrypt_all().await;
        let before = stored_text(&session).await;
        assert!(!before.contains("decryption_factors"));
        session.announce().await;
        assert!(stored_text(&session).await.contains("decryption_factors"));
    }
}

#[tokio::test]
async fn no_page_on_which_somebody_votes_touches_the_session() {
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    session.adopt(2).await;
    session.check_in(3).await;
    session.both(DualControlStep::Freeze).await;
    session.both(DualControlStep::Open).await;
    let deputy = session
        .service
        .sign_in(&[Role::Deputy, Role::ChiefScrutineer])
        .await;
    let rows = async |session: &TestSession| -> Vec<(Vec<u8>, Timestamp, Timestamp)> {
        let mut tx = session.app().database.read().await.unwrap();
        on_either!(&mut tx, conn => sqlx::query_as(
            "SELECT token_hash, rotated_at, expires_at FROM sessions ORDER BY token_hash",
        ).fetch_all(&mut *conn).await.unwrap())
    };
    let before = rows(&session).await;
    session
        .app()
        .clock
        .set(session.app().clock.now().plus_seconds(5 * 3_600));
    let paths = [
        format!("{}/cast", session.page()),
        format!("{}/check-in", session.page()),
        format!("{}/scrutineer", session.page()),
        session.api(),
        format!("{}/election", session.api()),
        "/verify".to_owned(),
        "/record".to_owned(),
        "/record/checkpoint".to_owned(),
    ];
    for path in paths {
        session.service.get(&path, Some(&deputy)).await;
        assert_eq!(rows(&session).await, before, "{path}");
    }
    session.service.get("/j/qinghe/2026", Some(&deputy)).await;
    assert_ne!(
        rows(&session).await,
        before,
        "elsewhere an old token is changed"
    );
}
