//! Any request can be killed at any write, and repeated: a whole election, each act of which is cut off at every row, at every
//! commit and at every step of a file, and finds a full disk there. A fresh service over what is left then does the act again,
//! and ends where it ends without a fault.

mod fault;
mod people;

use crate::testing::{NOW, TestService};
use domain::cycles::Stage;
use domain::infra::app::App;
use domain::infra::clock::Clock;
use domain::infra::config::Config;
use domain::infra::database::Tx;
use domain::infra::record_key::{BEFORE_LAST, LAST};
use domain::inspection::inspect;
use domain::session::SessionError;
use domain::startup;
use fault::Fault;
use people::{ACTS, Act, People, ceremony};
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;

const DATABASE: &str = "test.sqlite";

/// A service's folder: database, keys and what it remembers of what it has signed.
struct Folder(tempfile::TempDir);

impl Folder {
    fn copy(&self) -> Self {
        let copy = tempfile::tempdir().unwrap();
        for entry in fs::read_dir(self.0.path()).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
        }
        Self(copy)
    }

    fn config(&self) -> Config {
        Config {
            database_url: format!("sqlite:{}", self.0.path().join(DATABASE).display()),
            data_dir: self.0.path().to_owned(),
            ..Config::default()
        }
    }

    async fn open(&self) -> App {
        startup::open(self.config(), Clock::fixed(NOW), false)
            .await
            .unwrap()
    }

    /// Does the act in a fresh service, which is then closed.
    async fn does(&self, people: &People, act: Act) -> Result<(), SessionError> {
        let app = self.open().await;
        let done = people.does(&app, act).await;
        app.database.close().await;
        done
    }

    /// Where an act ends: the rows of each table, the lines of the audit trail by their kind, the poll's state, and the files.
    async fn end(&self) -> BTreeMap<String, String> {
        let app = self.open().await;
        let mut tx = app.database.read().await.unwrap();
        let mut end = BTreeMap::new();
        for table in domain::backup::tables::tables(&mut tx).await.unwrap() {
            let rows = domain::backup::tables::count(&mut tx, &table)
                .await
                .unwrap();
            end.insert(table.name, rows.to_string());
        }
        let Tx::Sqlite(inner) = &mut tx else { panic!() };
        for sql in [
            "SELECT 'audit ' || action, COUNT(*) FROM audit GROUP BY action",
            "SELECT 'record ' || kind, COUNT(*) FROM record_entries GROUP BY kind",
            "SELECT 'state ' || state, 1 FROM polls",
        ] {
            let rows: Vec<(String, i64)> =
                sqlx::query_as(sql).fetch_all(&mut **inner).await.unwrap();
            end.extend(
                rows.into_iter()
                    .map(|(name, count)| (name, count.to_string())),
            );
        }
        drop(tx);
        app.database.close().await;
        for entry in fs::read_dir(self.0.path()).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            // What a killed write left beside a file is written over by the next.
            let is_left_over =
                name == format!("{LAST}.new") || name == format!("{BEFORE_LAST}.new");
            if !is_left_over && !name.ends_with("-wal") && !name.ends_with("-shm") {
                // The key of a check-in is named after the poll, which is another one each time it is made.
                let name = name.split("check-in-").next().unwrap();
                end.insert(format!("file {name}"), String::new());
            }
        }
        end
    }

    async fn require_clean(&self, what: &str) {
        for finding in inspect(&self.config(), NOW).await {
            assert!(finding.outcome.is_ok(), "{what}: {finding:?}");
        }
    }
}

/// The folder before the first act, without a free page that would hide a full disk.
async fn begun() -> (People, Folder) {
    let service = TestService::start(Stage::Voting).await;
    let people = People::of(&service).await;
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join(DATABASE);
    let options: sqlx::sqlite::SqliteConnectOptions = service.database_url().parse().unwrap();
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let mut source = pool.acquire().await.unwrap();
    // Small pages: an act needs many.
    sqlx::query("PRAGMA page_size = 512")
        .execute(&mut *source)
        .await
        .unwrap();
    sqlx::query("VACUUM INTO $1")
        .bind(target.to_str().unwrap())
        .execute(&mut *source)
        .await
        .unwrap();
    drop(source);
    pool.close().await;
    for name in ["record.key", "data.key"] {
        fs::copy(
            service.app.config.data_dir.join(name),
            folder.path().join(name),
        )
        .unwrap();
    }
    (people, Folder(folder))
}

/// Whether the answer says that the act is done already.
fn says_that_it_is_done(answer: &Result<(), SessionError>) -> bool {
    matches!(
        answer,
        Ok(())
            | Err(SessionError::PollExists | SessionError::State(_) | SessionError::CheckInClosed)
    )
}

/// Goes through the election; each act is tried with the fault at every place where it can strike. Answers how often it did.
async fn through_an_election_with(fault: Fault) -> usize {
    let acts: Vec<Act> = ACTS.into_iter().chain([Act::Announce]).collect();
    through(&acts, 0, fault).await
}

/// The same of the acts after the first ones, which nothing cuts off.
async fn through(acts: &[Act], first: usize, fault: Fault) -> usize {
    let (people, mut folder) = begun().await;
    for act in &acts[..first] {
        folder.does(&people, *act).await.unwrap();
    }
    let mut struck = 0;
    for act in acts[first..].iter().copied() {
        let whole = folder.copy();
        whole
            .does(&people, act)
            .await
            .unwrap_or_else(|error| panic!("{act:?}: {error}"));
        let end = whole.end().await;
        // The answer was lost: whoever asked asks again.
        let again = whole.does(&people, act).await;
        assert!(says_that_it_is_done(&again), "{act:?}: {again:?}");
        assert_eq!(whole.end().await, end, "{act:?} twice");
        for passed in 0.. {
            let what = format!("{act:?}, {fault:?} after {passed}");
            let cut = folder.copy();
            let app = cut.open().await;
            let armed = fault.arm(cut.0.path(), &app, passed).await;
            let done = people.does(&app, act).await;
            app.database.close().await;
            drop(app);
            if !armed.has(&done) {
                assert!(done.is_ok(), "{what}: {done:?}");
                break;
            }
            assert!(done.is_err(), "{what}: the fault was not told");
            struck += 1;
            let repeated = cut.does(&people, act).await;
            assert!(says_that_it_is_done(&repeated), "{what}: {repeated:?}");
            assert_eq!(cut.end().await, end, "{what}");
            cut.require_clean(&what).await;
        }
        folder = whole;
    }
    struck
}

#[tokio::test]
async fn an_act_killed_at_any_row_is_repeated_as_if_nothing_had_been() {
    let struck = through_an_election_with(Fault::Row).await;
    assert!(struck > 80, "{struck}");
}

/// What the record has of a ceremony and what the service goes on with never part.
#[tokio::test]
async fn a_message_of_the_ceremony_killed_at_any_row_is_sent_again_as_if_nothing_had_been() {
    let struck = through(&ceremony(), 3, Fault::Row).await;
    assert!(struck > 36, "{struck}");
}

#[tokio::test]
async fn an_act_killed_at_any_commit_is_repeated_as_if_nothing_had_been() {
    let struck = through_an_election_with(Fault::Commit).await;
    assert!(struck >= ACTS.len(), "{struck}");
}

#[tokio::test]
async fn an_act_killed_at_any_step_of_a_file_is_repeated_as_if_nothing_had_been() {
    let struck = through_an_election_with(Fault::File(ErrorKind::Interrupted)).await;
    assert!(struck > 15, "{struck}");
}

#[tokio::test]
async fn an_act_that_finds_a_full_disk_in_the_database_is_repeated_once_there_is_space() {
    let struck = through_an_election_with(Fault::Pages).await;
    assert!(struck > 10, "{struck}");
}

#[tokio::test]
async fn an_act_that_finds_a_full_disk_at_a_file_is_repeated_once_there_is_space() {
    let struck = through_an_election_with(Fault::File(ErrorKind::StorageFull)).await;
    assert!(struck > 15, "{struck}");
}
