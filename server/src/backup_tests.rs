//! Copies of both databases, put back into both.

use crate::demo::audit::DemoEvent;
use crate::proposals::tests::accepted;
use crate::session::testkit::TestSession;
use crate::testing::{NOW, TestService};
use domain::backup::{BackupError, LastPublished, backup, restore};
use domain::cycles::Stage;
use domain::infra::config::Config;
use domain::infra::database::{Database, Tx};
use domain::infra::record_key::LAST;
use domain::on_either;
use domain::proposals::search::{self, Filter, Order};
use domain::record::change::{Actor, Change};
use domain::record::{self, RecordError, store};
use domain::session::PollKind;
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use tally::record::tree::root_nodes;

/// The configuration of this test service's own database.
pub(crate) fn config_of(service: &TestService) -> Config {
    Config {
        database_url: service.database_url().to_owned(),
        ..service.app.config.clone()
    }
}

/// What this service has published last, as anybody has it.
pub(crate) fn published(service: &TestService) -> LastPublished {
    LastPublished::File(service.app.config.data_dir.join(LAST))
}

/// A service with something in every corner that a copy could lose.
pub(crate) async fn lived_in(service: &TestService) {
    accepted(
        service,
        "东门外小学路口加装路灯",
        "放学时天已黑，过街的孩子很多。",
    )
    .await;
    accepted(service, "修一条健身步道", "沿着\"清水河\"，\n不止两公里。").await;
    let resident = service.sign_in(&[domain::people::Role::Resident]).await;
    let mut change = Change::begin(&service.app, Actor::Account(resident.account), None)
        .await
        .unwrap();
    change
        .audit(DemoEvent::SignIn {
            account: resident.account,
        })
        .await
        .unwrap();
    change.commit().await.unwrap();
    record::checkpoint(&service.app).await.unwrap();
}

/// Where a copy is put back to: an empty database of each kind.
pub(crate) struct Target {
    pub(crate) config: Config,
    dir: tempfile::TempDir,
    /// Kept until the test is over: with it the database goes.
    postgres: Option<throwaway_postgres::Database>,
}

impl Target {
    pub(crate) fn sqlite() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let config = Config {
            database_url: format!("sqlite:{}", dir.path().join("restored.sqlite").display()),
            data_dir: dir.path().to_owned(),
            ..Config::default()
        };
        Self {
            config,
            dir,
            postgres: None,
        }
    }

    pub(crate) fn of_each_kind() -> Vec<Self> {
        let mut targets = vec![Self::sqlite()];
        if let Some(postgres) = throwaway_postgres::database() {
            let mut target = Self::sqlite();
            postgres.url().clone_into(&mut target.config.database_url);
            target.postgres = Some(postgres);
            targets.push(target);
        }
        targets
    }

    pub(crate) async fn database(&self) -> Database {
        Database::open_existing(&self.config.database_url)
            .await
            .unwrap()
    }
}

/// Every row of every table as a copy writes it, sorted.
pub(crate) async fn rows(tx: &mut Tx) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::new();
    for mut table in domain::backup::tables::tables(tx).await.unwrap() {
        table
            .columns
            .sort_by(|one, other| one.name.cmp(&other.name));
        let mut lines = Vec::new();
        domain::backup::tables::copy_out(tx, &table, |line| {
            lines.push(String::from_utf8(line.to_vec()).unwrap());
            Ok(())
        })
        .await
        .unwrap();
        lines.sort();
        all.insert(table.name, lines);
    }
    all
}

#[tokio::test]
async fn a_copy_of_either_database_restores_every_row_onto_either() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        lived_in(&service).await;
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("copy.backup");
        let written = backup(&config_of(&service), &file, NOW).await.unwrap();
        let before = rows(&mut service.app.database.read().await.unwrap()).await;
        assert_eq!(
            written.rows,
            before.values().map(|lines| lines.len() as u64).sum::<u64>()
        );
        assert!(before["proposals"].len() == 2 && before["audit"].len() > 2);
        for target in Target::of_each_kind() {
            let restored = restore(&target.config, &file, &published(&service))
                .await
                .unwrap();
            assert_eq!((restored.rows, restored.made_at), (written.rows, NOW));
            assert_eq!(restored.record, written.record);
            assert!(restored.record.checkpoint.is_some() && restored.missing_keys.len() == 2);
            let database = target.database().await;
            assert_eq!(rows(&mut database.read().await.unwrap()).await, before);
            assert!(database.pending_migrations().await.unwrap().is_empty());
            found_again(&database, &service).await;
            the_trail_goes_on(&database).await;
            database.close().await;
            drop(target.postgres);
        }
    }
}

async fn found_again(database: &Database, service: &TestService) {
    let filter = Filter {
        category: None,
        district: String::new(),
        progress: None,
        query: "健身步道".to_owned(),
        order: Order::Newest,
    };
    let mut tx = database.read().await.unwrap();
    let (listed, total) = search::list(&mut tx, &service.cycle, &filter, 0, 10)
        .await
        .unwrap();
    assert_eq!((listed.len(), total), (1, 1));
}

/// A new line of the audit trail takes the next number, not one that is taken.
async fn the_trail_goes_on(database: &Database) {
    let mut tx = database.write().await.unwrap();
    let (last, next): (i64, i64) = on_either!(&mut tx, conn => {
        let last = sqlx::query_scalar("SELECT MAX(line) FROM audit").fetch_one(&mut *conn).await.unwrap();
        let next = sqlx::query_scalar("INSERT INTO audit (at, action, object, details) \
            VALUES (1, 'test', '-', '{}') RETURNING line").fetch_one(&mut *conn).await.unwrap();
        (last, next)
    });
    assert_eq!(next, last + 1);
}

#[tokio::test]
async fn a_database_that_is_not_empty_is_not_overwritten() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        lived_in(&service).await;
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("copy.backup");
        backup(&config_of(&service), &file, NOW).await.unwrap();
        let before = rows(&mut service.app.database.read().await.unwrap()).await;
        assert!(matches!(
            restore(&config_of(&service), &file, &published(&service)).await,
            Err(BackupError::NotEmpty { .. })
        ));
        assert_eq!(
            rows(&mut service.app.database.read().await.unwrap()).await,
            before
        );
    }
}

#[tokio::test]
async fn a_file_that_is_there_is_not_overwritten() {
    let service = TestService::start(Stage::Collecting).await;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("copy.backup");
    std::fs::write(&file, "something else").unwrap();
    assert!(matches!(
        backup(&config_of(&service), &file, NOW).await,
        Err(BackupError::File { .. })
    ));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "something else");
}

#[tokio::test]
async fn a_copy_is_readable_by_its_owner_alone_and_keys_are_not_in_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let service = TestService::start(Stage::Collecting).await;
    lived_in(&service).await;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("copy.backup");
    backup(&config_of(&service), &file, NOW).await.unwrap();
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let bytes = std::fs::read(&file).unwrap();
    for name in ["record.key", "data.key"] {
        let key = std::fs::read(service.app.config.data_dir.join(name)).unwrap();
        let secret = &key[key.len().saturating_sub(32)..];
        assert!(!bytes.windows(32).any(|window| window == secret), "{name}");
    }
}

/// The copy with one member changed; `rehash` lists the change in the manifest as if it were honest.
fn changed(file: &Path, member: &str, rehash: bool, change: impl Fn(&str) -> String) -> PathBuf {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(file).unwrap()).unwrap();
    let mut members = BTreeMap::new();
    for index in 0..archive.len() {
        let mut member = archive.by_index(index).unwrap();
        let name = member.name().unwrap().into_owned();
        let mut text = String::new();
        member.read_to_string(&mut text).unwrap();
        members.insert(name, text);
    }
    let before = members[member].clone();
    let after = change(&before);
    assert_ne!(before, after);
    if rehash {
        let sha256 =
            |text: &str| hex::encode(ring::digest::digest(&ring::digest::SHA256, text.as_bytes()));
        let manifest = members["backup.json"].replace(&sha256(&before), &sha256(&after));
        members.insert("backup.json".to_owned(), manifest);
    }
    members.insert(member.to_owned(), after);
    let path = file.with_extension("changed");
    let mut writer = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    let stored =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, text) in members {
        writer.start_file(name, stored).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap();
    path
}

#[tokio::test]
async fn a_changed_copy_is_refused_and_one_that_was_listed_anew_fails_the_record() {
    let service = TestService::start(Stage::Collecting).await;
    lived_in(&service).await;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("copy.backup");
    backup(&config_of(&service), &file, NOW).await.unwrap();

    let title = |text: &str| text.replacen("健身步道", "停车场馆", 1);
    let target = Target::sqlite();
    let path = changed(&file, "tables/proposals.jsonl", false, title);
    assert!(matches!(
        restore(&target.config, &path, &published(&service)).await,
        Err(BackupError::Damaged { .. })
    ));
    assert!(!target.dir.path().join("restored.sqlite").exists());

    for (member, expected) in [
        ("tables/record_bodies.jsonl", "body"),
        ("tables/record_entries.jsonl", "header"),
    ] {
        let target = Target::sqlite();
        let path = changed(&file, member, true, |text| match expected {
            "body" => text.replacen("健身步道", "停车场馆", 1),
            _ => text.replacen("proposal", "propose1", 2),
        });
        let error = restore(&target.config, &path, &published(&service))
            .await
            .unwrap_err();
        assert!(matches!(error, BackupError::Record(_)), "{member}: {error}");
        let database = target.database().await;
        let left = rows(&mut database.read().await.unwrap()).await;
        assert!(left["proposals"].is_empty() && left["record_entries"].is_empty());
        database.close().await;
    }
}

#[tokio::test]
async fn a_record_that_does_not_give_the_signed_checkpoint_is_neither_copied_nor_restored() {
    let service = TestService::start(Stage::Collecting).await;
    lived_in(&service).await;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("copy.backup");
    backup(&config_of(&service), &file, NOW).await.unwrap();
    // As if the last entry had never been: the head and every list agree with each other, but not with what was signed.
    let mut tx = service.app.database.write().await.unwrap();
    let edge = root_nodes(store::size(&mut tx).await.unwrap() - 1);
    let nodes = store::nodes(&mut tx, &edge).await.unwrap();
    let peaks: Vec<u8> = edge.iter().flat_map(|id| *nodes[id].as_bytes()).collect();
    on_either!(&mut tx, conn => {
        for sql in [
            "DROP TRIGGER record_entries_no_delete", "DROP TRIGGER record_bodies_no_delete",
            "DELETE FROM record_bodies WHERE position = (SELECT size - 1 FROM record_head)",
            "DELETE FROM record_entries WHERE position = (SELECT size - 1 FROM record_head)",
        ] {
            sqlx::query(sql).execute(&mut *conn).await.unwrap().rows_affected();
        }
        sqlx::query("UPDATE record_head SET size = size - 1, peaks = $1")
            .bind(peaks).execute(&mut *conn).await.unwrap().rows_affected();
    });
    tx.commit().await.unwrap();
    let again = dir.path().join("again.backup");
    let error = backup(&config_of(&service), &again, NOW).await.unwrap_err();
    assert!(
        matches!(
            error,
            BackupError::Record(RecordError::SecondHistory { .. })
        ),
        "{error}"
    );
    assert!(!again.exists());
}

#[tokio::test]
async fn beside_the_key_of_another_record_nothing_is_restored() {
    let service = TestService::start(Stage::Collecting).await;
    lived_in(&service).await;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("copy.backup");
    backup(&config_of(&service), &file, NOW).await.unwrap();
    let target = Target::sqlite();
    domain::infra::record_key::RecordKey::load_or_make(&target.config.data_dir).unwrap();
    assert!(matches!(
        restore(&target.config, &file, &published(&service)).await,
        Err(BackupError::OtherKey(_))
    ));
    let target = Target::sqlite();
    let own = service.app.config.data_dir.join("record.key");
    std::fs::copy(own, target.config.data_dir.join("record.key")).unwrap();
    let restored = restore(&target.config, &file, &published(&service))
        .await
        .unwrap();
    assert_eq!(
        restored.missing_keys,
        [target.config.data_dir.join("data.key")]
    );
}

#[tokio::test]
async fn while_the_database_knows_whose_credential_is_whose_no_copy_is_made() {
    use domain::session::DualControlStep;
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    session.adopt(2).await;
    session.check_in(3).await;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("copy.backup");
    assert!(matches!(
        backup(&config_of(&session.service), &file, NOW).await,
        Err(BackupError::LinksOpen(3))
    ));
    session.both(DualControlStep::Freeze).await;
    backup(&config_of(&session.service), &file, NOW)
        .await
        .unwrap();
}

#[tokio::test]
async fn pending_migrations_are_told_and_not_applied() {
    let target = Target::sqlite();
    let database = Database::open(&target.config.database_url).await.unwrap();
    let known = database.known_migrations();
    assert_eq!(database.pending_migrations().await.unwrap(), known);
    database.migrate_to(known[2]).await.unwrap();
    assert_eq!(database.applied_migrations().await.unwrap(), known[..3]);
    assert_eq!(database.pending_migrations().await.unwrap(), known[3..]);
    domain::infra::record_key::RecordKey::load_or_make(&target.config.data_dir).unwrap();
    let file = target.dir.path().join("copy.backup");
    let error = backup(&target.config, &file, NOW).await.unwrap_err();
    assert!(
        matches!(&error, BackupError::Pending(pending) if *pending == known[3..]),
        "{error}"
    );
    assert_eq!(database.applied_migrations().await.unwrap(), known[..3]);
    database.close().await;
}
