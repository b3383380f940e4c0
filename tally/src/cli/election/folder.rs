//! The election's folder and the names in it. Everything there is public; secrets lie elsewhere, for their owners alone.

use std::path::{Path, PathBuf};

use ballot::trustee::{TrusteeId, Trustees};
use ballot::wire::Wire;
use ballot::{Election, Group};
use tally::archive::Archive;
use tally::election::Poll;
use tally::rules::Rule;
use tally::setup::{CheckError, Parts, SetupError};
use tally::verify::{self, Closed, Options};

use super::disk::{self, Eyes, already_there, is_there};
use super::hold::{LOCK, lock};
use super::lists::register;
use crate::cli::{CommandError, content, read, read_text};

const POLL: &str = "poll.json";
const RULE: &str = "rule.toml";
pub(super) const ROLL: &str = "roll.json";
pub(super) const ARCHIVE: &str = "election.bel";

/// An election's folder.
pub(super) struct Folder {
    root: PathBuf,
    pub(super) poll: Poll,
    pub(super) rule: Rule,
    pub(super) rule_text: String,
}

impl Folder {
    /// Creates the folder of a new poll. It is one once it has its `poll.json`.
    pub(super) fn create(root: &Path, poll: &Poll, rule_text: &str) -> Result<(), CommandError> {
        disk::create_folder(root)?;
        let _lock = lock(&root.join(LOCK), &root.display())?;
        let path = root.join(POLL);
        if is_there(&path) {
            return Err(already_there(&path));
        }
        let json = serde_json::to_string_pretty(poll).map_err(|error| content(root, error))?;
        disk::write_once(&root.join(RULE), rule_text.as_bytes(), Eyes::All)?;
        disk::write_once(&path, format!("{json}\n").as_bytes(), Eyes::All)
    }

    /// Opens a folder that `setup` has made.
    pub(super) fn open(root: &Path) -> Result<Self, CommandError> {
        let path = root.join(POLL);
        if !path.exists() {
            return Err(CommandError::Argument(format!(
                "{} is no election's folder: make one with `tally election setup`",
                root.display()
            )));
        }
        let poll: Poll =
            serde_json::from_slice(&read(&path)?).map_err(|error| content(&path, error))?;
        let rule_path = root.join(RULE);
        let rule_text = read_text(&rule_path)?;
        let rule = Rule::parse(&rule_text).map_err(|error| content(&rule_path, error))?;
        poll.check(&rule).map_err(|error| content(&path, error))?;
        Ok(Self {
            root: root.to_owned(),
            poll,
            rule,
            rule_text,
        })
    }

    pub(super) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.root.join(name)
    }

    /// What a later step needs and an earlier one has written.
    pub(super) fn need(&self, name: &str, step: &str) -> Result<Vec<u8>, CommandError> {
        let path = self.path(name);
        if !path.exists() {
            return Err(CommandError::Argument(format!(
                "{} is not there yet: first `tally election {step}`",
                path.display()
            )));
        }
        read(&path)
    }

    /// One message of each trustee, in order.
    pub(super) fn messages(&self, what: &str, step: &str) -> Result<Vec<String>, CommandError> {
        let mut messages = Vec::new();
        for trustee in 1..=self.poll.trustees() {
            let path = self.path(message_name(what, trustee));
            if !path.exists() {
                return Err(CommandError::Argument(format!(
                    "{} is not there yet: wait until trustee {trustee} has done `tally election trustee {step}`",
                    path.display()
                )));
            }
            messages.push(read_text(&path)?);
        }
        Ok(messages)
    }

    pub(super) fn trustees<G: Group>(&self) -> Result<Trustees<G>, CommandError> {
        let bytes = self.need("trustees.json", "trustee finish")?;
        parse(&self.path("trustees.json"), &bytes)
    }

    pub(super) fn roll(&self) -> Result<Vec<u8>, CommandError> {
        self.need(ROLL, "credentials")
    }

    pub(super) fn archive(&self) -> Result<Vec<u8>, CommandError> {
        self.need(ARCHIVE, "open")
    }

    pub(super) fn options(&self) -> Options {
        Options {
            revoting: self.rule.allows_revoting(),
        }
    }

    /// The closed election, checked wholly: every ballot, the trustees, and that it is this poll.
    pub(super) fn closed<G: Group>(&self) -> Result<Closed<G>, CommandError> {
        let path = self.path(ARCHIVE);
        let bytes = self.archive()?;
        let closed: Closed<G> = verify::closed(&bytes, self.options())
            .map_err(|failure| CommandError::Refused(format!("{}: {failure}", path.display())))?;
        let archive = Archive::read(&bytes).map_err(|error| content(&path, error))?;
        self.require_this_poll(
            &closed.election,
            archive.setup.credentials,
            &closed.trustees,
        )?;
        // No revoked credential has a ballot.
        register(self, &bytes)?;
        Ok(closed)
    }

    /// The election of an archive whose ballots may still come; no ballot is checked.
    pub(super) fn election<G: Group>(&self) -> Result<Election<G>, CommandError> {
        let path = self.path(ARCHIVE);
        let bytes = self.archive()?;
        let archive = Archive::read(&bytes).map_err(|error| content(&path, error))?;
        let election = parse(&path, archive.setup.election)?;
        let trustees = parse(&path, archive.setup.trustees)?;
        self.require_this_poll(&election, archive.setup.credentials, &trustees)?;
        Ok(election)
    }

    fn require_this_poll<G: Group>(
        &self,
        election: &Election<G>,
        roll: &[u8],
        trustees: &Trustees<G>,
    ) -> Result<(), CommandError> {
        let another = |why: &dyn std::fmt::Display| {
            CommandError::Refused(format!(
                "{}: this is not the election of poll.json, rule.toml and roll.json beside it ({why}); \
                 get these files from where they were published",
                self.path(ARCHIVE).display()
            ))
        };
        let frozen = self
            .parts(trustees.clone())?
            .check(election.to_json().as_bytes())
            .map_err(|error| match error {
                CheckError::Parts(error) => self.blame(&error),
                error => another(&error),
            })?;
        if roll == frozen.roll.as_bytes() {
            Ok(())
        } else {
            Err(another(&"its roll is another one"))
        }
    }

    /// What the election is made of, with the roll of the folder.
    pub(super) fn parts<G: Group>(
        &self,
        trustees: Trustees<G>,
    ) -> Result<Parts<'_, G>, CommandError> {
        let roll = parse(&self.path(ROLL), &self.roll()?)?;
        self.poll
            .parts(&self.rule, &self.rule_text, roll, trustees)
            .map_err(|error| content(&self.path("poll.json"), error))
    }

    /// In which file to look for what does not fit.
    pub(super) fn blame(&self, error: &SetupError) -> CommandError {
        let name = match error {
            SetupError::Rule(_) | SetupError::Binding(_) => "rule.toml",
            SetupError::Key { .. } | SetupError::Trustees(_) => "trustees.json",
            SetupError::Credential { .. }
            | SetupError::Roll(_)
            | SetupError::Weight(_)
            | SetupError::Order(_) => "roll.json",
            _ => "poll.json",
        };
        content(&self.path(name), error)
    }
}

/// The name of a trustee's message.
pub(super) fn message_name(what: &str, trustee: u32) -> String {
    format!("ceremony/{what}-{trustee}.json")
}

/// A trustee's number as it was typed.
pub(super) fn trustee_id(number: u32) -> Result<TrusteeId, CommandError> {
    TrusteeId::new(number)
        .ok_or_else(|| CommandError::Argument("trustees are numbered from 1".to_owned()))
}

pub(super) fn parse<T: Wire>(path: &Path, bytes: &[u8]) -> Result<T, CommandError> {
    T::from_json(bytes.strip_suffix(b"\n").unwrap_or(bytes)).map_err(|error| content(path, error))
}

pub(super) fn file(path: &Path, error: std::io::Error) -> CommandError {
    CommandError::File {
        path: path.to_owned(),
        error,
    }
}
