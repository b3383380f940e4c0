//! The command line: reads files, calls the library, prints. Exit codes: 0 yes, 1 no, 2 cannot be read at all or unsupported.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command speaks on its standard streams"
)]

mod ballot;
mod count;
mod progress;
mod simulate;
mod verify;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Recomputes elections: what was counted, and what it decides.
#[derive(Debug, Parser)]
#[command(name = "tally", version, about, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Verify an election archive (.bel) or a poll's bundle (.zip).
    #[command(
        after_help = "Exit code: 0 verified, 1 not verified, 2 cannot be read at all or is unsupported.\n\n\
        Examples:\n  tally verify poll.zip\n  tally verify --json election.bel"
    )]
    Verify(verify::Arguments),
    /// Count approval votes (.pb) and compare with the totals printed in the file.
    #[command(
        after_help = "Exit code: 0 if every file's totals equal the printed ones, 1 if any differs; else 2 if a file cannot be read.\n\
        Every file is reported, also after one that cannot be read.\n\n\
        Examples:\n  tally count votes.pb\n  tally count --rule rule.toml --json *.pb"
    )]
    Count(count::Arguments),
    /// Seal every vote of a file (.pb) into an election archive with fresh keys, count and decrypt.
    #[command(
        after_help = "Examples:\n  tally simulate votes.pb --out election.bel\n  tally verify election.bel"
    )]
    Simulate(simulate::Arguments),
    /// Check single ballots.
    Ballot {
        #[command(subcommand)]
        command: ballot::Command,
    },
}

/// Runs the command.
pub(crate) fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match arguments.command {
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Count(arguments) => count::run(&arguments),
        Command::Simulate(arguments) => simulate::run(&arguments),
        Command::Ballot { command } => ballot::run(&command),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("tally: {error}");
            ExitCode::from(2)
        }
    }
}

/// Why a command could not do its work at all.
#[derive(Debug, thiserror::Error)]
enum CommandError {
    /// A file cannot be read or written.
    #[error("{}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A file's content is refused.
    #[error("{}: {message}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// Why.
        message: String,
    },
    /// An argument that cannot be followed.
    #[error("{0}")]
    Argument(String),
}

fn read(path: &Path) -> Result<Vec<u8>, CommandError> {
    std::fs::read(path).map_err(|error| CommandError::File {
        path: path.to_owned(),
        error,
    })
}

fn read_text(path: &Path) -> Result<String, CommandError> {
    let bytes = read(path)?;
    String::from_utf8(bytes).map_err(|error| content(path, error))
}

fn content(path: &Path, message: impl std::fmt::Display) -> CommandError {
    CommandError::Content {
        path: path.to_owned(),
        message: message.to_string(),
    }
}

fn print_json(value: &impl serde::Serialize) -> Result<(), CommandError> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| CommandError::Argument(error.to_string()))?;
    println!("{text}");
    Ok(())
}
