//! The `server` command as an operator runs it: what it prints, and how it ends.

#![expect(clippy::unwrap_used, reason = "what cannot be run fails the test")]

use domain::cycles::Stage;
use domain::testing::TestApp;
use std::collections::BTreeSet;
use std::fs::{self, File, Permissions};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

fn command(service: &TestApp, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_server"));
    command
        .args(arguments)
        .current_dir(&service.app.config.data_dir)
        .env("MINSHENG_DATA_DIR", &service.app.config.data_dir)
        .env("MINSHENG_DATABASE_URL", service.database_url());
    command
}

fn server(service: &TestApp, arguments: &[&str]) -> Output {
    command(service, arguments).output().unwrap()
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
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

#[test]
fn before_the_first_start_check_names_what_is_not_there_yet() {
    let fresh = tempfile::tempdir().unwrap();
    let checked = Command::new(env!("CARGO_BIN_EXE_server"))
        .arg("check")
        .current_dir(fresh.path())
        .output()
        .unwrap();
    assert_eq!(checked.status.code(), Some(1));
    let text = String::from_utf8(checked.stdout.clone()).unwrap();
    for file in ["minsheng.sqlite", "record.key", "data.key"] {
        let line = text.lines().find(|line| line.contains(file)).unwrap();
        assert!(line.contains("is not there"), "{line}");
    }
    assert!(!text.contains("code"), "{text}");
    assert!(
        fs::read_dir(fresh.path()).unwrap().next().is_none(),
        "it makes nothing"
    );
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

#[tokio::test]
async fn what_check_calls_wrong_serve_refuses_in_the_same_words() {
    let service = TestApp::start(Stage::Collecting).await;
    for (name, value) in [
        ("MINSHENG_BASE_URL", "http://vote.qinghe.example"),
        ("MINSHENG_BASE_URL", "https://vote.qinghe.example"),
        ("MINSHENG_ZONE_MINUTES", "99999"),
        ("MINSHENG_LISTN", "127.0.0.1:1"),
    ] {
        let run = |verb| {
            command(&service, &[verb])
                .env(name, value)
                .output()
                .unwrap()
        };
        let (check, serve) = (run("check"), run("serve"));
        assert_eq!(check.status.code(), Some(1));
        assert_eq!(serve.status.code(), Some(1));
        let why = said(&check.stdout);
        let why = why.trim().strip_prefix("WRONG  configuration: ").unwrap();
        // Plain, without time or colour.
        assert_eq!(
            said(&serve.stderr),
            format!("error: configuration: {why}\n")
        );
    }
}

#[test]
fn a_misspelt_file_starts_no_empty_service() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_server"))
        .args(["--config", "minsheng.tmol", "serve"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output.stderr).contains("minsheng.tmol"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn where_nobody_reads_it_ends_quietly_and_a_full_device_is_named() {
    let service = TestApp::start(Stage::Collecting).await;
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = command(&service, &["check"])
        .stdout(writer)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(128 + 13));
    assert_eq!(said(&output.stderr), "");
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = command(&service, &["check"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let error = said(&output.stderr);
    assert!(
        error.starts_with("error: standard output: No space left"),
        "{error}"
    );
}

#[tokio::test]
async fn whoever_stands_in_the_roles_is_let_in_from_the_command_line() {
    let service = TestApp::start(Stage::Collecting).await;
    let phone = ["--jurisdiction", "qinghe", "--phone", "13800000001"];
    let unknown = server(&service, &[&["account", "link"], &phone[..]].concat());
    assert_eq!(unknown.status.code(), Some(1), "{unknown:?}");
    let admin = server(
        &service,
        &[&["admin", "add", "--name", "李四"], &phone[..]].concat(),
    );
    assert!(admin.status.success(), "{admin:?}");
    let made = server(&service, &[&["account", "link"], &phone[..]].concat());
    assert!(made.status.success(), "{made:?}");
    let text = said(&made.stdout);
    assert!(
        text.contains("李四") && !text.contains("13800000001"),
        "{text}"
    );
    assert!(
        text.contains("/sign-in/link/") && text.contains('\u{2580}'),
        "{text}"
    );
    let both = ["account", "link", "--number", "1"];
    let both = server(&service, &[&both, &phone[..]].concat());
    assert_eq!(both.status.code(), Some(2), "one way to name the person");
}

#[tokio::test]
async fn serving_says_what_it_read_without_colours_and_stops_within_ten_seconds() {
    let service = TestApp::start(Stage::Collecting).await;
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = free.local_addr().unwrap().to_string();
    drop(free);
    let file = service.app.config.data_dir.join("mine.toml");
    fs::write(&file, format!("listen = \"{listen}\"")).unwrap();
    let mut child = command(&service, &["--config", "mine.toml", "serve"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut errors = BufReader::new(child.stderr.take().unwrap());
    let mut log = String::new();
    while !log.contains("listening") {
        assert_ne!(errors.read_line(&mut log).unwrap(), 0, "{log}");
    }
    assert!(
        log.contains("configuration read") && log.contains("mine.toml"),
        "{log}"
    );
    let mut half = TcpStream::connect(&listen).unwrap();
    half.write_all(b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
        .unwrap();
    let since = Instant::now();
    let stop = Command::new("kill").arg(child.id().to_string()).status();
    assert!(stop.unwrap().success());
    assert!(child.wait().unwrap().success());
    assert!(since.elapsed() < Duration::from_secs(10));
    errors.read_to_string(&mut log).unwrap();
    assert!(!log.contains('\u{1b}'), "{log}");
}

/// The commands that a page tells, each with the words before its first option or file.
fn told(page: &str) -> BTreeSet<Vec<String>> {
    let lines = page.lines().map(str::trim);
    let commands = lines.filter_map(|line| line.strip_prefix("server "));
    commands
        .map(|rest| {
            let words = rest.split(' ').take_while(|word| {
                word.chars()
                    .all(|one| one.is_ascii_lowercase() || one == '-')
                    && !word.starts_with('-')
            });
            words.map(str::to_owned).collect()
        })
        .collect()
}

#[test]
fn the_operators_pages_tell_commands_that_there_are() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let pages = ["operating.md", "operating.en.md"]
        .map(|name| fs::read_to_string(docs.join(name)).unwrap());
    let [chinese, english] = pages.map(|page| told(&page));
    assert_eq!(chinese, english);
    assert!(english.len() >= 8, "{english:?}");
    for words in english {
        let output = Command::new(env!("CARGO_BIN_EXE_server"))
            .args(&words)
            .arg("--help")
            .output()
            .unwrap();
        assert!(output.status.success(), "{words:?}");
        let last = words.last().unwrap();
        assert!(
            said(&output.stdout).contains(&format!("{last} [OPTIONS]")),
            "{words:?}"
        );
    }
}
