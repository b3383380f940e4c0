//! Any request can be killed at any write, and repeated: a whole election, each act of which is cut off at every row, at every
//! commit and at every step of a file, and finds a full disk there. A fresh service over what is left then does the act again,
//! and ends where it ends without a fault.

use crate::session::RuleForm;
use crate::session::testkit::{items_of, seat_deputies, ticks};
use crate::testing::{Browser, NOW, TestService};
use ballot::trustee::SecretKey;
use ballot::{
    BoundDecryption, Credential, Ed25519, Election, EncryptedTally, Group as _, Wire as _,
};
use domain::closed_loop;
use domain::cycles::{Cycle, Jurisdiction, Stage};
use domain::infra::app::App;
use domain::infra::clock::Clock;
use domain::infra::config::Config;
use domain::infra::database::Tx;
use domain::infra::whole_file::faults;
use domain::inspection::inspect;
use domain::people::{DeputyId, Role};
use domain::record;
use domain::record::change::Actor;
use domain::session::store::ObjectKind;
use domain::session::{
    self, Adoption, DualControlStep, Hands, NewPoll, Party, Poll, PollKind, SessionError, store,
};
use domain::startup;
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

const DATABASE: &str = "test.sqlite";

/// What somebody does, in the order of an election.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Act {
    Create,
    WriteRules,
    Adopt,
    Key(usize),
    CheckIn(usize),
    Confirm(DualControlStep, Party),
    Cast(usize),
    Decrypt(usize),
    Announce,
}

const ACTS: [Act; 18] = [
    Act::Create,
    Act::WriteRules,
    Act::Adopt,
    Act::Key(0),
    Act::Key(1),
    Act::CheckIn(0),
    Act::CheckIn(1),
    Act::CheckIn(2),
    Act::Confirm(DualControlStep::Freeze, Party::Office),
    Act::Confirm(DualControlStep::Freeze, Party::ChiefScrutineer),
    Act::Confirm(DualControlStep::Open, Party::Office),
    Act::Confirm(DualControlStep::Open, Party::ChiefScrutineer),
    Act::Cast(0),
    Act::Cast(1),
    Act::Confirm(DualControlStep::Close, Party::Office),
    Act::Confirm(DualControlStep::Close, Party::ChiefScrutineer),
    Act::Decrypt(0),
    Act::Decrypt(1),
];

/// Everybody's accounts, and what lies on their devices: sent again, it is the same.
struct People {
    jurisdiction: Jurisdiction,
    cycle: Cycle,
    office: Browser,
    chief: Browser,
    second: Browser,
    chair: Browser,
    deputies: Vec<DeputyId>,
    credentials: Vec<Credential>,
    keys: Vec<SecretKey<Ed25519>>,
    sent: Mutex<BTreeMap<Act, String>>,
}

impl People {
    async fn of(service: &TestService) -> Self {
        let mut random = service.app.entropy.rng();
        Self {
            jurisdiction: service.jurisdiction.clone(),
            cycle: service.cycle.clone(),
            office: service.sign_in(&[Role::Office]).await,
            chief: service.sign_in(&[Role::ChiefScrutineer]).await,
            second: service.sign_in(&[Role::Scrutineer]).await,
            chair: service.sign_in(&[Role::Chair]).await,
            deputies: seat_deputies(&service.app, service.jurisdiction.id, 3).await,
            credentials: (0..3).map(|_| Credential::generate(&mut random)).collect(),
            keys: (0..2).map(|_| SecretKey::generate(&mut random)).collect(),
            sent: Mutex::new(BTreeMap::new()),
        }
    }

    /// What a device has sent in this act, made at the first time.
    fn sends(&self, act: Act, make: impl FnOnce() -> String) -> String {
        self.sent
            .lock()
            .unwrap()
            .entry(act)
            .or_insert_with(make)
            .clone()
    }

    async fn poll(&self, app: &App) -> Poll {
        let mut tx = app.database.read().await.unwrap();
        let mut polls = store::polls_of_cycle(&mut tx, self.cycle.jurisdiction, self.cycle.id)
            .await
            .unwrap();
        polls.pop().unwrap()
    }

    async fn rule(&self, app: &App, poll: &Poll) -> tally::rules::Rule {
        let mut tx = app.database.read().await.unwrap();
        let items = store::items(&mut tx, poll).await.unwrap();
        let mut form =
            RuleForm::defaults(poll.kind, &self.jurisdiction, &self.cycle, 3, items.len());
        form.rule_places = "2".to_owned();
        form.rule_max = "2".to_owned();
        form.rule(poll.kind, &self.jurisdiction, &items, None)
            .unwrap()
    }

    fn scrutineer(&self, number: usize) -> &Browser {
        [&self.chief, &self.second][number]
    }

    async fn does(&self, app: &App, act: Act) -> Result<(), SessionError> {
        let place = self.jurisdiction.id;
        let office = Actor::Account(self.office.account);
        if act == Act::Create {
            let new = NewPoll {
                kind: PollKind::Main,
                items: items_of(4),
                facts: None,
            };
            return session::create(app, office, &self.cycle, new)
                .await
                .map(drop);
        }
        let poll = self.poll(app).await;
        match act {
            Act::Create => Ok(()),
            Act::WriteRules => {
                let rule = self.rule(app, &poll).await;
                session::write_rules(app, office, place, poll.id, &rule)
                    .await
                    .map(drop)
            }
            Act::Adopt => {
                let rule = self.rule(app, &poll).await;
                let text = rule
                    .recorded_in(record::verifier_key(app).unwrap())
                    .to_toml();
                let adoption = Adoption {
                    rule: tally::rules::RuleHash::of(text.as_bytes()),
                    hands: Hands {
                        in_favour: 3,
                        against: 0,
                        abstained: 0,
                    },
                    scrutineers: vec![self.chief.account, self.second.account],
                };
                session::adopt(app, office, place, poll.id, &adoption).await
            }
            Act::Key(number) => {
                let key = self.sends(act, || {
                    let mut random = app.entropy.rng();
                    self.keys[number].verification_key(&mut random).to_json()
                });
                let account = self.scrutineer(number).account;
                session::submit_trustee_key(app, account, place, poll.id, &key).await
            }
            Act::CheckIn(number) => {
                let public = self.credentials[number].public::<Ed25519>(&poll.election);
                let (deputy, public) = (self.deputies[number], Ed25519::encode(&public));
                session::check_in(app, Actor::System, place, poll.id, deputy, &public)
                    .await
                    .map(drop)
            }
            Act::Confirm(step, side) => {
                let account = match side {
                    Party::Office => self.office.account,
                    Party::ChiefScrutineer => self.chief.account,
                };
                session::confirm(app, account, place, poll.id, step, side)
                    .await
                    .map(drop)
            }
            Act::Cast(number) => {
                let election = object(app, &poll, ObjectKind::Election).await;
                let ballot = self.sends(act, || {
                    let election = Election::<Ed25519>::from_json(election.as_bytes()).unwrap();
                    let choices = ticks(&[1, 0, 0, 1]);
                    let mut random = app.entropy.rng();
                    let sealed =
                        ballot::seal(&election, &self.credentials[number], &choices, &mut random);
                    sealed.unwrap().ballot.to_json()
                });
                // As the API answers: the ballot, then its receipt.
                let cast = session::cast(app, &poll, ballot).await?;
                record::receipt(app, cast.entry).await?;
                Ok(())
            }
            Act::Decrypt(number) => {
                let election = object(app, &poll, ObjectKind::Election).await;
                let tally = object(app, &poll, ObjectKind::EncryptedTally).await;
                let partial = self.sends(act, || {
                    let election = Election::<Ed25519>::from_json(election.as_bytes()).unwrap();
                    let tally = EncryptedTally::<Ed25519>::from_json(tally.as_bytes()).unwrap();
                    let mut random = app.entropy.rng();
                    BoundDecryption::make(&tally, &self.keys[number], &election, &mut random)
                        .to_json()
                });
                let account = self.scrutineer(number).account;
                session::submit_partial_decryption(app, account, place, poll.id, partial).await
            }
            Act::Announce => closed_loop::announce(app, self.chair.account, place, poll.id).await,
        }
    }
}

async fn object(app: &App, poll: &Poll, kind: ObjectKind) -> String {
    let mut tx = app.database.read().await.unwrap();
    store::object(&mut tx, poll, kind).await.unwrap().unwrap()
}

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
            let is_left_over = name.ends_with(".new") && name.starts_with(record_key_files());
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

const fn record_key_files() -> &'static str {
    domain::infra::record_key::LAST
}

/// Where a process is killed, or its disk is full.
#[derive(Debug, Clone, Copy)]
enum Fault {
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
    async fn arm(self, folder: &Path, app: &App, passed: usize) -> Struck {
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

enum Struck {
    Folder(std::path::PathBuf),
    Text(&'static str),
    Counter(std::sync::Arc<AtomicUsize>),
}

impl Struck {
    fn has(&self, done: &Result<(), SessionError>) -> bool {
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

async fn stop_commits(app: &App, passed: usize) -> std::sync::Arc<AtomicUsize> {
    let struck = std::sync::Arc::new(AtomicUsize::new(0));
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
    let (people, mut folder) = begun().await;
    let mut struck = 0;
    for act in ACTS.into_iter().chain([Act::Announce]) {
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
