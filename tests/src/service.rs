//! The real server as an operator starts it, empty but for one county.

use crate::{artifacts, child::Kept};
use std::{
    net::{TcpListener, TcpStream},
    process::Command,
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// A fresh service on SQLite, ended and forgotten with this value.
#[derive(Debug)]
pub struct Service {
    _process: Kept,
    url: String,
    environment: Vec<(&'static str, String)>,
    _data: TempDir,
}

impl Service {
    /// Adds the county `qinghe`, starts `server serve` and waits until it answers. Its address is a name, as browsers want it
    /// for passkeys.
    pub fn start() -> Self {
        let data = tempfile::tempdir().expect("a temporary folder");
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let listen = free.local_addr().expect("its address");
        drop(free);
        let url = format!("http://localhost:{}", listen.port());
        let folder = data.path().join("data");
        let environment = vec![
            ("MINSHENG_LISTEN", listen.to_string()),
            ("MINSHENG_BASE_URL", url.clone()),
            ("MINSHENG_DATA_DIR", folder.display().to_string()),
            (
                "MINSHENG_DATABASE_URL",
                format!("sqlite:{}", folder.join("db.sqlite").display()),
            ),
        ];
        let add = "jurisdiction add --slug qinghe --name 青禾县 --kind county";
        command(&environment, &add.split(' ').collect::<Vec<_>>());
        let program = artifacts::workspace_program("server");
        let log = data.path().join("log");
        let borrowed: Vec<(&str, &str)> = environment
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let process = Kept::start(
            &[program.to_str().expect("a path in UTF-8"), "serve"],
            "kill -TERM $child 2>/dev/null",
            &borrowed,
            Some(&log),
        );
        let since = Instant::now();
        while TcpStream::connect(listen).is_err() {
            assert!(
                since.elapsed() < Duration::from_secs(30),
                "never answered:\n{}",
                process.errors()
            );
            thread::sleep(Duration::from_millis(50));
        }
        Self {
            _process: process,
            url,
            environment,
            _data: data,
        }
    }

    /// The address of a page, from its path with a leading slash.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// A link that signs the administrator with this e-mail address in once.
    pub fn administrator_link(&self, email: &str) -> String {
        let add = [
            "admin",
            "add",
            "--jurisdiction",
            "qinghe",
            "--name",
            "陈主任",
        ];
        let said = command(&self.environment, &[&add[..], &["--email", email]].concat());
        said.lines()
            .find(|line| line.starts_with(&self.url))
            .unwrap_or_else(|| panic!("no link in {said}"))
            .to_owned()
    }
}

/// Runs a command of the server to its end: what it said.
fn command(environment: &[(&'static str, String)], arguments: &[&str]) -> String {
    let done = Command::new(artifacts::workspace_program("server"))
        .args(arguments)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .output()
        .expect("the server's program");
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(
        done.status.success(),
        "{arguments:?}: {said}{}",
        String::from_utf8_lossy(&done.stderr)
    );
    said
}
