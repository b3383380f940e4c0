//! The real server with the demo's county in it.

use crate::{Browser, artifacts, child::Kept};
use serde::Deserialize;
use std::time::Duration;
use tempfile::TempDir;

/// A fresh demo, ended and forgotten with this value.
#[derive(Debug)]
pub struct Demo {
    process: Kept,
    url: String,
    accounts: Vec<Account>,
    data: TempDir,
}

/// Someone whom the demo lets sign in with one click.
#[derive(Clone, Debug, Deserialize)]
pub struct Account {
    /// What this person may do, in the words of the code (`resident`, `deputy`, `office`, …).
    pub role: String,
    /// The person's name.
    pub name: String,
    /// Signs in and leads to the person's first page.
    pub sign_in_url: String,
}

impl Demo {
    /// Starts `server demo` on SQLite in a temporary folder and waits until it answers.
    pub fn start() -> Self {
        Self::start_on(&[])
    }

    /// The same with more environment, for instance another database.
    pub fn start_on(environment: &[(&str, &str)]) -> Self {
        let data = tempfile::tempdir().expect("a temporary folder");
        let program = artifacts::workspace_program("server");
        let folder = data.path().join("demo");
        let command = [
            program.to_str().expect("a path in UTF-8"),
            "demo",
            "--listen",
            "127.0.0.1:0",
            "--data",
            folder.to_str().expect("a path in UTF-8"),
            "--accounts",
        ];
        let log = data.path().join("log");
        let mut process = Kept::start(
            &command,
            "kill -TERM $child 2>/dev/null",
            environment,
            Some(&log),
        );
        let url = process
            .line("ready ", Duration::from_mins(2))
            .trim()
            .trim_end_matches('/')
            .to_owned();
        let accounts = process.line("[", Duration::from_secs(30));
        let accounts = serde_json::from_str(&format!("[{accounts}")).expect("the accounts as JSON");
        Self {
            process,
            url,
            accounts,
            data,
        }
    }

    /// Everybody reaches the service through this address from now on.
    pub fn move_behind(&mut self, url: &str) {
        for account in &mut self.accounts {
            account.sign_in_url = account.sign_in_url.replacen(&self.url, url, 1);
        }
        url.clone_into(&mut self.url);
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address of a page, from its path with a leading slash.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// All demo accounts.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// The `nth` account (from 0) of a role.
    pub fn account(&self, role: &str, nth: usize) -> &Account {
        let roles: Vec<_> = self.accounts.iter().map(|account| &account.role).collect();
        let found = self
            .accounts
            .iter()
            .filter(|account| account.role == role)
            .nth(nth);
        found.unwrap_or_else(|| panic!("no account {nth} of role {role} among {roles:?}"))
    }

    /// Takes the steps of the demo's cycle up to this one, which stays to be taken.
    pub async fn forward(&self, browser: &Browser, step: &str) {
        for _ in 0..20 {
            browser.goto(&self.at("/demo")).await;
            if browser.value("step").await == step {
                return;
            }
            browser.follow("form[action='/demo/step'] button").await;
        }
        panic!("the demo never comes to {step}");
    }

    /// The page of the cycle's poll.
    pub async fn poll(&self, browser: &Browser) -> String {
        browser.goto(&self.at("/j/qinghe/2026/session")).await;
        let find = "return document.querySelector('main a[href*=\"/session/polls/\"]').href;";
        let poll = browser.script(find, vec![]).await;
        poll.as_str().expect("a poll").to_owned()
    }

    /// The server's log so far.
    pub fn log(&self) -> String {
        self.process.errors()
    }

    /// The server's data folder.
    pub fn data(&self) -> &std::path::Path {
        self.data.path()
    }
}
