//! A folder in which the commands of the walk-through are run.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A folder in which commands are run.
pub struct Desk(TempDir);

/// A command's outcome in words.
pub struct Said {
    pub code: i32,
    pub out: String,
    pub error: String,
}

impl Desk {
    pub fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        for (name, text) in files() {
            fs::write(desk.path(&name), text).unwrap();
        }
        desk
    }

    /// The same files in another place.
    pub fn copy(&self) -> Self {
        let copy = Self(tempfile::tempdir().unwrap());
        let from = format!("{}/.", self.0.path().display());
        let done = Command::new("cp")
            .arg("-a")
            .args([from.as_ref(), copy.0.path().as_os_str()])
            .status();
        assert!(done.unwrap().success());
        copy
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs a line as a shell does, with this `tally` on the path.
    pub fn run(&self, line: &str) -> Said {
        Said::from(self.command(line).output().unwrap())
    }

    /// As [`Desk::run`], to be started.
    pub fn command(&self, line: &str) -> Command {
        let program = Path::new(env!("CARGO_BIN_EXE_tally")).parent().unwrap();
        let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
        let mut command = Command::new("sh");
        command
            .args(["-c", line])
            .env("PATH", path)
            .env("XDG_STATE_HOME", self.path("state"))
            .current_dir(self.0.path());
        command
    }

    pub fn must(&self, line: &str) -> String {
        let said = self.run(line);
        assert_eq!(said.code, 0, "{line}\n{}{}", said.out, said.error);
        said.out
    }

    /// The line must be refused, with code 1 and this reason.
    pub fn refused(&self, line: &str, reason: &str) {
        let said = self.run(line);
        assert_eq!(said.code, 1, "{line}\n{}{}", said.out, said.error);
        assert!(said.error.contains(reason), "{line}\n{}", said.error);
    }

    /// The line must say exactly this on standard error, with this code.
    pub fn says(&self, line: &str, code: i32, sentence: &str) {
        let said = self.run(line);
        assert_eq!(
            (said.code, said.error.as_str()),
            (code, format!("tally: {sentence}\n").as_str()),
            "{line}\n{}",
            said.out
        );
    }

    pub fn json(&self, name: &str) -> Value {
        serde_json::from_slice(&fs::read(self.path(name)).unwrap()).unwrap()
    }

    /// The setup, the cards and all rounds of the ceremony.
    pub fn with_key(&self) {
        self.with_key_in("Ed25519");
    }

    pub fn with_key_in(&self, group: &str) {
        self.must(&format!("tally election setup vote --rule rule.toml --labels labels.txt --trustees 3 --threshold 2 --group {group}"));
        self.must("tally election credentials vote --count 6 --cards cards.html --paper paper.txt");
        for number in 1..=3 {
            self.must(&format!(
                "tally election trustee join vote --number {number} --key trustee-{number}.key"
            ));
        }
        for round in ["commit", "reveal", "acknowledge", "finish"] {
            self.round(round);
        }
    }

    pub fn round(&self, round: &str) {
        for number in 1..=3 {
            self.must(&format!(
                "tally election trustee {round} vote --key trustee-{number}.key"
            ));
        }
    }

    /// The credentials on the cards, one file each: `card-1.txt`, …
    pub fn draw_cards(&self) {
        let page = fs::read_to_string(self.path("cards.html")).unwrap();
        let cards = page
            .split("<code>")
            .skip(1)
            .map(|rest| rest.split("</code>").next().unwrap());
        for (number, card) in (1..).zip(cards) {
            fs::write(self.path(&format!("card-{number}.txt")), card).unwrap();
        }
    }

    /// What the stubs beside the cards show.
    pub fn stubs(&self) -> Vec<String> {
        let page = fs::read_to_string(self.path("cards.html")).unwrap();
        let stubs = page.split("<samp>").skip(1);
        stubs
            .map(|rest| rest.split("</samp>").next().unwrap().to_owned())
            .collect()
    }

    /// An election of four cards and two paper ballots that is open.
    pub fn open() -> Self {
        let desk = Self::new();
        desk.with_key();
        desk.draw_cards();
        desk.must("tally election open vote");
        desk
    }

    /// Seals a card's choice and casts it.
    pub fn vote(&self, card: u32, choice: &str) {
        self.must(&format!(
            "tally election ballot seal vote --credential card-{card}.txt --choose {choice} --out b{card}"
        ));
        self.must(&format!("tally election cast vote b{card}"));
    }

    /// An election of three votes that is closed; in `less` the same with the last of them left out.
    pub fn closed() -> Self {
        let desk = Self::open();
        for (card, choice) in [(1, "1"), (2, "1,2"), (3, "none")] {
            desk.must("rm -rf less && cp -r vote less");
            desk.vote(card, choice);
        }
        desk.must("tally election close vote --no-paper");
        desk.must("tally election close less --no-paper");
        desk
    }

    /// The close, the statements, two decryptions and the result.
    pub fn count(&self) {
        let no_paper = if self.path("vote/paper.json").exists() {
            ""
        } else {
            "--no-paper"
        };
        self.must(&format!("tally election close vote {no_paper}"));
        self.attest("vote", &[1, 2, 3]);
        for number in [1, 3] {
            self.must(&format!(
                "tally election decrypt vote --key trustee-{number}.key"
            ));
        }
        self.must("tally election result vote");
    }

    /// How many ballots a folder's archive has.
    pub fn ballots(&self, folder: &str) -> usize {
        let archive = fs::read(self.path(&format!("{folder}/election.bel"))).unwrap();
        let archive = String::from_utf8_lossy(&archive).into_owned();
        archive.matches(r#""type":"Ballot""#).count()
    }

    /// The closing statements of these trustees.
    pub fn attest(&self, folder: &str, trustees: &[u32]) {
        let ballots = self.ballots(folder);
        for number in trustees {
            self.must(&format!(
                "tally election attest {folder} --key trustee-{number}.key --ballots {ballots}"
            ));
        }
    }

    pub fn mode(&self, name: &str) -> u32 {
        fs::metadata(self.path(name)).unwrap().permissions().mode() & 0o777
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            error: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

fn guide() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/election-by-command.md");
    fs::read_to_string(path).unwrap()
}

/// The fenced blocks of a kind, with the first line of each.
pub fn blocks(kind: &str) -> Vec<String> {
    guide()
        .split("\n```")
        .filter_map(|part| part.strip_prefix(kind))
        .map(|body| body.trim_start_matches('\n').to_owned())
        .collect()
}

/// The files that the walk-through begins with: a block names its file in a comment in its first line.
fn files() -> Vec<(String, String)> {
    let named = blocks("toml").into_iter().chain(blocks("text"));
    named
        .filter_map(|block| {
            let (first, rest) = block.split_once('\n')?;
            let name = first.strip_prefix("# ")?;
            Some((name.to_owned(), format!("{rest}\n")))
        })
        .collect()
}

/// All files below a folder.
pub fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        if entry.is_dir() {
            found.extend(walk(&entry));
        } else {
            found.push(entry);
        }
    }
    found
}
