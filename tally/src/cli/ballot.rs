//! `tally ballot …`.

use std::path::{Path, PathBuf};

use ballot::wire::Wire as _;
use ballot::{Ed25519, Opening};
use tally::verify::{BallotCheck, Freshness, Options};

use super::{CommandError, content, read};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Check ballots against an election; prints `accept FILE` or `reject FILE: CHECK`.
    #[command(
        after_help = "Exit code: 0 if all are accepted, else 1; 2 if the election cannot be read."
    )]
    Verify {
        /// The archive whose election, roll and earlier ballots they are checked against.
        #[arg(long)]
        election: PathBuf,
        /// Ignore the archive's ballots.
        #[arg(long)]
        fresh: bool,
        /// Say more than the check's name.
        #[arg(long, short)]
        verbose: bool,
        /// One ballot a file; one final newline is allowed.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Recompute a challenged ballot from its opened randomness and print the choices that it hid.
    Check {
        /// The archive.
        #[arg(long)]
        election: PathBuf,
        /// The opening that the device showed.
        #[arg(long)]
        opening: PathBuf,
        /// The ballot.
        file: PathBuf,
    },
}

pub(super) fn run(command: &Command) -> Result<u8, CommandError> {
    match command {
        Command::Verify {
            election,
            fresh,
            verbose,
            files,
        } => verify(election, *fresh, *verbose, files),
        Command::Check {
            election,
            opening,
            file,
        } => check(election, opening, file),
    }
}

fn checker(election: &Path, freshness: Freshness) -> Result<BallotCheck<Ed25519>, CommandError> {
    // A bare archive follows Belenios: a second ballot of a credential replaces the first.
    BallotCheck::new(&read(election)?, freshness, Options::default())
        .map_err(|error| content(election, error))
}

fn verify(
    election: &Path,
    fresh: bool,
    verbose: bool,
    files: &[PathBuf],
) -> Result<u8, CommandError> {
    let checker = checker(
        election,
        if fresh {
            Freshness::Ignored
        } else {
            Freshness::Checked
        },
    )?;
    let mut accepted = true;
    for path in files {
        let bytes = read(path)?;
        match checker.check(without_newline(&bytes)) {
            Ok(_) => println!("accept {}", path.display()),
            Err(failure) => {
                accepted = false;
                println!("reject {}: {}", path.display(), failure.check);
                if verbose {
                    println!("  {}", failure.message);
                }
            }
        }
    }
    Ok(u8::from(!accepted))
}

fn check(election: &Path, opening: &Path, file: &Path) -> Result<u8, CommandError> {
    let checker = checker(election, Freshness::Ignored)?;
    let bytes = read(file)?;
    let ballot = match checker.check(without_newline(&bytes)) {
        Ok(ballot) => ballot,
        Err(failure) => {
            println!("reject {}: {failure}", file.display());
            return Ok(1);
        }
    };
    let bytes = read(opening)?;
    let opened = Opening::<Ed25519>::from_json(without_newline(&bytes))
        .map_err(|error| content(opening, error))?;
    let choices = match opened.check(&ballot, checker.election()) {
        Ok(choices) => choices,
        Err(error) => {
            println!("NOT what it says: {error}");
            return Ok(1);
        }
    };
    println!("tracker {}", ballot.tracker());
    for (question, marks) in checker.election().questions().iter().zip(choices.marks()) {
        println!("{}", question.text());
        let blank = question.allows_blank().then_some("(blank)");
        let labels = blank
            .into_iter()
            .chain(question.answers().iter().map(String::as_str));
        for (mark, label) in marks.iter().zip(labels) {
            println!("  [{}] {label}", if *mark { "x" } else { " " });
        }
    }
    Ok(0)
}

fn without_newline(bytes: &[u8]) -> &[u8] {
    bytes.strip_suffix(b"\n").unwrap_or(bytes)
}
