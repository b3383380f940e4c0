//! `tally ballot …`.

use std::path::{Path, PathBuf};

use ballot::group::{Group, InGroup, in_group};
use ballot::wire::Wire as _;
use ballot::{Choices, Election, Opening};
use tally::verify::{self, BallotCheck, Freshness, Options};

use super::terminal::say;
use super::{CommandError, content, read};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Check ballots against an election; prints `accept FILE` or `reject FILE: CHECK`.
    #[command(
        after_help = "Exit code: 0 if all are accepted, else 1; 2 if the election cannot be read."
    )]
    Verify {
        /// The archive with the election, the roll and the earlier ballots to check against.
        #[arg(long)]
        election: PathBuf,
        /// Ignore the archive's ballots.
        #[arg(long)]
        fresh: bool,
        /// Explain each rejection.
        #[arg(long, short)]
        verbose: bool,
        /// Files with one ballot each; a final newline is allowed.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Recompute a challenged ballot from its opened randomness and print the choices it hid.
    Check {
        /// The archive.
        #[arg(long)]
        election: PathBuf,
        /// The opening shown by the device.
        #[arg(long)]
        opening: PathBuf,
        /// The ballot.
        file: PathBuf,
    },
}

pub(super) fn run(command: &Command) -> Result<u8, CommandError> {
    let (Command::Verify { election, .. } | Command::Check { election, .. }) = command;
    let archive = read(election)?;
    let group = verify::group_of(&archive).map_err(|error| content(election, error))?;
    let work = Work {
        command,
        election,
        archive: &archive,
    };
    in_group(&group, work)
        .ok_or_else(|| content(election, format!("unsupported: the group {group}")))?
}

/// The command in the election's group.
struct Work<'w> {
    command: &'w Command,
    election: &'w Path,
    archive: &'w [u8],
}

impl InGroup for Work<'_> {
    type Output = Result<u8, CommandError>;

    fn run<G: Group>(self) -> Self::Output {
        match self.command {
            Command::Verify {
                fresh,
                verbose,
                files,
                ..
            } => self.verify::<G>(*fresh, *verbose, files),
            Command::Check { opening, file, .. } => self.check::<G>(opening, file),
        }
    }
}

impl Work<'_> {
    fn checker<G: Group>(&self, freshness: Freshness) -> Result<BallotCheck<G>, CommandError> {
        // A bare archive follows Belenios: a second ballot of a credential replaces the first.
        BallotCheck::new(self.archive, freshness, Options::default())
            .map_err(|error| content(self.election, error))
    }

    fn verify<G: Group>(
        &self,
        fresh: bool,
        verbose: bool,
        files: &[PathBuf],
    ) -> Result<u8, CommandError> {
        let checker = self.checker::<G>(if fresh {
            Freshness::Ignored
        } else {
            Freshness::Checked
        })?;
        let mut accepted = true;
        for path in files {
            let bytes = read(path)?;
            match checker.check(without_newline(&bytes)) {
                Ok(_) => say!("accept {}", path.display()),
                Err(failure) => {
                    accepted = false;
                    say!("reject {}: {}", path.display(), failure.check);
                    if verbose {
                        say!("  {}", failure.message);
                    }
                }
            }
        }
        Ok(u8::from(!accepted))
    }

    fn check<G: Group>(&self, opening: &Path, file: &Path) -> Result<u8, CommandError> {
        let checker = self.checker::<G>(Freshness::Ignored)?;
        let bytes = read(file)?;
        let ballot = match checker.check(without_newline(&bytes)) {
            Ok(ballot) => ballot,
            Err(failure) => {
                say!("reject {}: {failure}", file.display());
                return Ok(1);
            }
        };
        let bytes = read(opening)?;
        let opened = Opening::<G>::from_json(without_newline(&bytes))
            .map_err(|error| content(opening, error))?;
        match opened.check(&ballot, checker.election()) {
            Ok(choices) => {
                say!("tracker {}", ballot.tracker());
                print_choices(checker.election(), choices);
                Ok(0)
            }
            Err(error) => {
                say!("NOT what it says: {error}");
                Ok(1)
            }
        }
    }
}

fn print_choices<G: Group>(election: &Election<G>, choices: &Choices) {
    for (question, marks) in election.questions().iter().zip(choices.marks()) {
        say!("{}", question.text());
        let blank = question.allows_blank().then_some("(blank)");
        let labels = blank
            .into_iter()
            .chain(question.answers().iter().map(String::as_str));
        for (mark, label) in marks.iter().zip(labels) {
            say!("  [{}] {label}", if *mark { "x" } else { " " });
        }
    }
}

fn without_newline(bytes: &[u8]) -> &[u8] {
    bytes.strip_suffix(b"\n").unwrap_or(bytes)
}
