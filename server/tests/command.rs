//! The `server` command as an operator runs it: what it prints, and how it ends.

#![expect(clippy::unwrap_used, reason = "what cannot be run fails the test")]

use domain::cycles::Stage;
use domain::testing::TestApp;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output};

fn server(service: &TestApp, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_server"))
        .args(arguments)
        .current_dir(&service.app.config.data_dir)
        .env("MINSHENG_DATA_DIR", &service.app.config.data_dir)
        .env("MINSHENG_DATABASE_URL", service.database_url())
        .output()
        .unwrap()
}

/// The names of the lines that say WRONG. What the page's scripts are built by is no matter here.
fn wrong(output: &Output) -> Vec<String> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let lines = text.lines().filter_map(|line| line.strip_prefix("WRONG  "));
    let names = lines.map(|line| line.split(':').next().unwrap().to_owned());
    names.filter(|name| !name.contains('/')).collect()
}

#[tokio::test]
async fn check_says_what_is_wrong_and_ends_accordingly() {
    let service = TestApp::start(Stage::Collecting).await;
    let healthy = server(&service, &["check"]);
    assert_eq!(wrong(&healthy), [""; 0]);
    let text = String::from_utf8(healthy.stdout).unwrap();
    for part in [
        "files",
        "record key",
        "data key",
        "database",
        "pages",
        "references",
        "record",
        "last checkpoint",
        "polls",
        "clock",
    ] {
        assert!(
            text.contains(&format!("\nok     {part}: ")),
            "{part}\n{text}"
        );
    }
    assert_eq!(healthy.status.success(), !text.contains("WRONG"));

    let key = service.app.config.data_dir.join("record.key");
    fs::set_permissions(&key, Permissions::from_mode(0o644)).unwrap();
    let broken = server(&service, &["check"]);
    assert_eq!(wrong(&broken), ["files"]);
    assert_eq!(broken.status.code(), Some(1));
}

#[tokio::test]
async fn a_restore_says_how_to_get_what_was_published_last() {
    let service = TestApp::start(Stage::Collecting).await;
    let made = server(&service, &["backup", "copy.backup"]);
    assert!(made.status.success(), "{made:?}");
    let fresh = tempfile::tempdir().unwrap();
    let restore = |more: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_server"))
            .arg("restore")
            .arg(service.app.config.data_dir.join("copy.backup"))
            .args(more)
            .current_dir(fresh.path())
            .output()
            .unwrap()
    };
    let refused = restore(&[]);
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("--checkpoint FILE"), "{said}");
    let restored = restore(&["--no-checkpoint"]);
    assert!(restored.status.success(), "{restored:?}");
    let said = String::from_utf8(restored.stdout).unwrap();
    assert!(
        said.contains("record.key") && said.contains("data.key"),
        "{said}"
    );
}
