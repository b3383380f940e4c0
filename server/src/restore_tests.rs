//! A backup is older than what it takes the place of: it is put back only where it goes as far as what was published.

use crate::backup_tests::{Target, config_of, lived_in, published, rows};
use crate::proposals::tests::accepted;
use crate::testing::{NOW, TestService};
use domain::backup::{BackupError, LastPublished, backup, restore};
use domain::cycles::Stage;
use domain::infra::clock::Clock;
use domain::infra::entropy::Entropy;
use domain::infra::record_key::{LAST, RecordKey};
use domain::infra::vault::Vault;
use domain::people::{Contact, admin};
use domain::record::{self, RecordError};
use domain::startup::{self, OpenError};
use std::convert::Infallible;
use std::fs;
use std::path::PathBuf;
use tally::record::{Checkpoint, Hash, Note};

/// A service with a contact and a published record, and a backup of it.
struct BackedUp {
    service: TestService,
    folder: tempfile::TempDir,
}

impl BackedUp {
    async fn start() -> Self {
        let service = TestService::start(Stage::Collecting).await;
        Box::pin(lived_in(&service)).await;
        let contact = Contact::parse("li@example.cn").unwrap();
        admin::first_admin(&service.app, &service.jurisdiction, "李四", &contact)
            .await
            .unwrap();
        Box::pin(Self::of(service)).await
    }

    async fn of(service: TestService) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("copy.backup");
        backup(&config_of(&service), &file, NOW).await.unwrap();
        Self { service, folder }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("copy.backup")
    }

    fn own(&self, name: &str) -> PathBuf {
        self.service.app.config.data_dir.join(name)
    }

    /// Restores into a new folder, in which these files of the service lie already.
    async fn restored(
        &self,
        names: &[&str],
        last: &LastPublished,
    ) -> (Target, Result<domain::backup::Restored, BackupError>) {
        let target = Target::sqlite();
        for name in names {
            fs::copy(self.own(name), target.config.data_dir.join(name)).unwrap();
        }
        let restored = restore(&target.config, &self.file(), last).await;
        if restored.is_err() && target.config.data_dir.join("restored.sqlite").exists() {
            let database = target.database().await;
            if !database.applied_migrations().await.unwrap().is_empty() {
                let left = rows(&mut database.read().await.unwrap()).await;
                assert!(left["proposals"].is_empty() && left["record_entries"].is_empty());
            }
            database.close().await;
        }
        (target, restored)
    }

    /// A file with a checkpoint that this service's key has signed.
    fn signed(&self, change: impl FnOnce(&mut Checkpoint)) -> LastPublished {
        let note = fs::read_to_string(self.own(LAST)).unwrap();
        let mut checkpoint = Checkpoint::parse(Note::parse(&note).unwrap().text()).unwrap();
        change(&mut checkpoint);
        let app = &self.service.app;
        let key = record::verifier_key(app).unwrap();
        let Ok(note) = checkpoint
            .to_note()
            .unwrap()
            .sign(&key, |text| Ok::<_, Infallible>(app.record_key.sign(text)));
        let path = self.folder.path().join("published");
        fs::write(&path, note.to_string()).unwrap();
        LastPublished::File(path)
    }
}

#[tokio::test]
async fn without_what_was_published_last_nothing_is_put_back() {
    let backed_up = BackedUp::start().await;
    let (target, refused) = backed_up
        .restored(&["record.key", "data.key"], &LastPublished::Remembered)
        .await;
    let error = refused.unwrap_err();
    assert!(matches!(error, BackupError::NoCheckpoint(_)), "{error}");
    assert!(error.to_string().contains("--checkpoint FILE"), "{error}");
    assert!(!target.config.data_dir.join("restored.sqlite").exists());

    let (_target, refused) = backed_up.restored(&[], &LastPublished::Never).await;
    assert!(matches!(refused, Err(BackupError::WasPublished(size)) if size > 0));
}

#[tokio::test]
async fn what_the_folder_or_the_operator_remembers_is_enough_and_stays_remembered() {
    let backed_up = BackedUp::start().await;
    let keys = ["record.key", "data.key"];
    let from_file = published(&backed_up.service);
    let from_folder = ["record.key", "data.key", LAST];
    for (names, last) in [
        (keys.as_slice(), &from_file),
        (from_folder.as_slice(), &LastPublished::Remembered),
    ] {
        let (target, restored) = backed_up.restored(names, last).await;
        assert!(restored.unwrap().missing_keys.is_empty());
        let remembered = fs::read(target.config.data_dir.join(LAST)).unwrap();
        assert_eq!(remembered, fs::read(backed_up.own(LAST)).unwrap());
        let app = startup::open(target.config.clone(), Clock::fixed(NOW), false)
            .await
            .unwrap();
        app.database.close().await;
    }
}

#[tokio::test]
async fn where_nothing_was_ever_signed_the_operator_may_say_so() {
    let service = TestService::start(Stage::Collecting).await;
    accepted(&service, "东门外小学路口加装路灯", "放学时天已黑。").await;
    let backed_up = BackedUp::of(service).await;
    let (_target, refused) = backed_up.restored(&[], &LastPublished::Remembered).await;
    assert!(matches!(refused, Err(BackupError::NoCheckpoint(_))));
    let (target, restored) = backed_up.restored(&[], &LastPublished::Never).await;
    assert_eq!(restored.unwrap().record.checkpoint, None);
    assert!(!target.config.data_dir.join(LAST).exists());
}

#[tokio::test]
async fn a_backup_that_ends_before_what_was_published_is_never_put_back() {
    let backed_up = BackedUp::start().await;
    accepted(
        &backed_up.service,
        "城西公园加装座椅",
        "老人走到一半没有地方歇脚。",
    )
    .await;
    record::checkpoint(&backed_up.service.app).await.unwrap();
    for (names, last) in [
        (["record.key", LAST].as_slice(), LastPublished::Remembered),
        (&["record.key"], published(&backed_up.service)),
    ] {
        let (_target, refused) = backed_up.restored(names, &last).await;
        let error = refused.unwrap_err();
        let BackupError::TooOld { published, stored } = &error else {
            panic!("{error}")
        };
        assert_eq!(published - stored, 1);
        assert!(error.to_string().contains("so 1 are missing"), "{error}");
    }
}

#[tokio::test]
async fn a_backup_of_another_history_than_the_published_is_never_put_back() {
    let backed_up = BackedUp::start().await;
    let other_root = Hash::from_slice(&[7; 32]).unwrap();
    let last = backed_up.signed(|checkpoint| checkpoint.root = other_root);
    let (_target, refused) = backed_up.restored(&["record.key"], &last).await;
    let error = refused.unwrap_err();
    assert!(
        matches!(
            error,
            BackupError::Record(RecordError::SecondHistory { .. })
        ),
        "{error}"
    );
    let last = backed_up.signed(|checkpoint| checkpoint.origin = "elsewhere/record".to_owned());
    let (_target, refused) = backed_up.restored(&["record.key"], &last).await;
    assert!(matches!(refused, Err(BackupError::Checkpoint { .. })));
    let path = backed_up.folder.path().join("no note");
    fs::write(&path, "").unwrap();
    let (_target, refused) = backed_up.restored(&[], &LastPublished::File(path)).await;
    assert!(matches!(refused, Err(BackupError::Checkpoint { .. })));
}

#[tokio::test]
async fn keys_of_another_service_are_refused_by_restore_and_by_the_start() {
    let backed_up = BackedUp::start().await;
    let last = published(&backed_up.service);
    let stranger = tempfile::tempdir().unwrap();
    RecordKey::load_or_make(stranger.path()).unwrap();
    Vault::load_or_make(stranger.path(), &Entropy::system()).unwrap();
    for name in ["record.key", "data.key"] {
        let target = Target::sqlite();
        fs::copy(
            stranger.path().join(name),
            target.config.data_dir.join(name),
        )
        .unwrap();
        let error = restore(&target.config, &backed_up.file(), &last)
            .await
            .unwrap_err();
        assert!(error.to_string().contains(name), "{error}");

        // Put there after the restore, they are refused at the start.
        let (target, restored) = backed_up.restored(&[], &last).await;
        restored.unwrap();
        let start = || startup::open(target.config.clone(), Clock::fixed(NOW), false);
        assert!(matches!(start().await, Err(OpenError::NoKey(_))));
        for own in ["record.key", "data.key"] {
            fs::copy(backed_up.own(own), target.config.data_dir.join(own)).unwrap();
        }
        fs::copy(
            stranger.path().join(name),
            target.config.data_dir.join(name),
        )
        .unwrap();
        let error = start().await.unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
        fs::copy(backed_up.own(name), target.config.data_dir.join(name)).unwrap();
        start().await.unwrap().database.close().await;
    }
}

#[tokio::test]
async fn a_service_that_was_only_started_keeps_its_keys_and_nothing_is_written_under_others() {
    let target = Target::sqlite();
    let start = || startup::open(target.config.clone(), Clock::fixed(NOW), false);
    start().await.unwrap().database.close().await;
    let database = target.config.database_url.replace("sqlite:", "");
    let before = fs::read(&database).unwrap();
    let aside = tempfile::tempdir().unwrap();
    for name in ["record.key", "data.key"] {
        let key = target.config.data_dir.join(name);
        fs::copy(&key, aside.path().join(name)).unwrap();
        fs::remove_file(&key).unwrap();
        let refused = start().await.unwrap_err();
        assert!(
            matches!(&refused, OpenError::NoKey(path) if *path == key),
            "{refused}"
        );
        assert!(!key.exists());
        fs::copy(aside.path().join(name), &key).unwrap();
    }
    let stranger = tempfile::tempdir().unwrap();
    Vault::load_or_make(stranger.path(), &Entropy::system()).unwrap();
    let key = target.config.data_dir.join("data.key");
    fs::copy(stranger.path().join("data.key"), &key).unwrap();
    let refused = start().await.unwrap_err();
    assert!(
        matches!(&refused, OpenError::OtherDataKey(path) if *path == key),
        "{refused}"
    );
    assert_eq!(fs::read(&database).unwrap(), before);
    fs::copy(aside.path().join("data.key"), &key).unwrap();
    start().await.unwrap().database.close().await;
}
