//! A healthy service, and copies of it to break something in.

use crate::session::testkit::{TestSession, ticks};
use crate::testing::NOW;
use domain::infra::clock::Clock;
use domain::infra::config::Config;
use domain::infra::record_key::{BEFORE_LAST, LAST, RecordKey};
use domain::inspection::{Fault, Part, inspect};
use domain::people::{Contact, Role, admin};
use domain::record;
use domain::session::DualControlStep;
use domain::startup;
use std::convert::Infallible;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use tally::record::{Checkpoint, Note};

/// The folder of a service that has announced a poll and signed several checkpoints, beside a copy of its database from before
/// the announcement.
pub(super) struct Healthy {
    pub(super) folder: tempfile::TempDir,
}

pub(super) const DATABASE: &str = "test.sqlite";
pub(super) const OLDER: &str = "older.sqlite";

impl Healthy {
    pub(super) async fn start() -> Self {
        let session = TestSession::open().await;
        let app = session.app();
        let contact = Contact::parse("li@example.cn").unwrap();
        admin::first_admin(app, &session.service.jurisdiction, "李四", &contact)
            .await
            .unwrap();
        session.service.sign_in(&[Role::Resident]).await;
        for (deputy, marks) in [(0, [1, 0, 1, 0]), (1, [1, 1, 0, 0])] {
            let cast = session.cast(deputy, &ticks(&marks)).await;
            record::receipt(app, cast.entry).await.unwrap();
        }
        session.both(DualControlStep::Close).await;
        session.decrypt_all().await;
        let folder = tempfile::tempdir().unwrap();
        copy_database(&session, &folder.path().join(OLDER)).await;
        session.announce().await;
        record::checkpoint(app).await.unwrap();
        copy_database(&session, &folder.path().join(DATABASE)).await;
        for name in ["data.key", "record.key", LAST, BEFORE_LAST] {
            fs::copy(app.config.data_dir.join(name), folder.path().join(name)).unwrap();
        }
        Self { folder }
    }

    /// A copy to break something in.
    pub(super) fn copy(&self) -> Copy {
        let folder = tempfile::tempdir().unwrap();
        for name in [DATABASE, "data.key", "record.key", LAST, BEFORE_LAST] {
            fs::copy(self.folder.path().join(name), folder.path().join(name)).unwrap();
        }
        let config = Config {
            database_url: format!("sqlite:{}", folder.path().join(DATABASE).display()),
            data_dir: folder.path().to_owned(),
            ..Config::default()
        };
        Copy { folder, config }
    }
}

/// A whole copy, without a free page in it.
async fn copy_database(session: &TestSession, path: &Path) {
    let url = format!("{}?mode=rwc", session.service.database_url());
    let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
    sqlx::query("VACUUM INTO $1")
        .bind(path.to_str().unwrap())
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
    fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
}

pub(super) struct Copy {
    pub(super) folder: tempfile::TempDir,
    pub(super) config: Config,
}

impl Copy {
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Everything that is wrong.
    pub(super) async fn wrong(&self) -> Vec<(Part, Fault)> {
        let found = inspect(&self.config, NOW).await;
        found
            .into_iter()
            .filter_map(|finding| Some((finding.part, finding.outcome.err()?)))
            .collect()
    }

    /// The one thing that is wrong.
    pub(super) async fn only_wrong(&self, part: Part, what: &str) -> Fault {
        let mut wrong = self.wrong().await;
        assert_eq!(wrong.len(), 1, "{what}: {wrong:?}");
        let (found, fault) = wrong.remove(0);
        assert_eq!(found, part, "{what}: {fault}");
        fault
    }

    /// Changes the database as somebody would who can write its file.
    pub(super) async fn write(&self, statements: &[&str]) {
        let options: sqlx::sqlite::SqliteConnectOptions = self.config.database_url.parse().unwrap();
        let pool = sqlx::SqlitePool::connect_with(options.foreign_keys(false))
            .await
            .unwrap();
        let triggers: Vec<String> =
            sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'trigger'")
                .fetch_all(&pool)
                .await
                .unwrap();
        for trigger in triggers {
            let drop = format!("DROP TRIGGER {trigger}");
            sqlx::query(sqlx::AssertSqlSafe(drop))
                .execute(&pool)
                .await
                .unwrap();
        }
        for statement in statements {
            let sql = (*statement).to_owned();
            let done = sqlx::query(sqlx::AssertSqlSafe(sql))
                .execute(&pool)
                .await
                .unwrap();
            assert_eq!(done.rows_affected(), 1, "{statement}");
        }
        pool.close().await;
    }

    /// Whether the service starts.
    pub(super) async fn serves(&self) -> Result<(), startup::OpenError> {
        let app = startup::open(self.config.clone(), Clock::fixed(NOW), false).await?;
        app.database.close().await;
        Ok(())
    }

    /// A note of a checkpoint, signed by the key in this folder under the configured name.
    pub(super) fn signed(&self, checkpoint: &Checkpoint) -> String {
        let key = RecordKey::load(&self.config.data_dir).unwrap().unwrap();
        let vkey = record::verifier_key_of(&self.config.record_origin, key.public()).unwrap();
        let Ok(note) = checkpoint
            .to_note()
            .unwrap()
            .sign(&vkey, |text| Ok::<_, Infallible>(key.sign(text)));
        note.to_string()
    }

    pub(super) fn last(&self) -> Checkpoint {
        let note = fs::read_to_string(self.path(LAST)).unwrap();
        Checkpoint::parse(Note::parse(&note).unwrap().text()).unwrap()
    }
}
