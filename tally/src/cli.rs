//! The command line: reads files, calls the library, prints. Exit codes: 0 yes, 1 no, 2 cannot be read at all or unsupported,
//! 3 yes and done, but standard output could not be written.

mod ballot;
mod count;
mod election;
mod progress;
mod receipt;
mod simulate;
mod terminal;
mod verify;
mod words;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::LazyLock;

use clap::{Parser, Subcommand};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use zeroize::Zeroizing;

/// The version, and the commit where the build was told it (`./dev release`).
static VERSION: LazyLock<String> = LazyLock::new(|| version(option_env!("MINSHENG_COMMIT")));

fn version(commit: Option<&str>) -> String {
    let version = env!("CARGO_PKG_VERSION");
    match commit.filter(|commit| !commit.is_empty()) {
        Some(commit) => format!("{version} ({commit})"),
        None => version.to_owned(),
    }
}

/// Recomputes elections: what was counted, and what it decides.
#[derive(Debug, Parser)]
#[command(
    name = "tally",
    version = VERSION.as_str(),
    about,
    disable_help_subcommand = true,
    after_help = "Exit code 3: all is well and done, but standard output could not be written (closed or full)."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Verify an election archive (.bel) or a poll's bundle (.zip).
    #[command(
        after_help = "Exit code: 0 verified, 1 not verified, 2 unreadable or unsupported.\n\n\
        Examples:\n  tally verify poll.zip\n  tally verify --json election.bel"
    )]
    Verify(verify::Arguments),
    /// Count approval votes (.pb) and compare with the totals printed in the file.
    #[command(
        after_help = "Exit code: 0 if every file's totals equal the printed ones, 1 if any differs; or 2 if a file cannot be read.\n\
        All files are reported, even if one of them cannot be read.\n\n\
        Examples:\n  tally count votes.pb\n  tally count --rule rule.toml --json *.pb"
    )]
    Count(count::Arguments),
    /// Seal every vote of a file (.pb) into an election archive with fresh keys, count and decrypt.
    #[command(
        after_help = "With a threshold below the number of trustees, they generate a joint key, and any that many of them can decrypt.\n\n\
        Examples:\n  tally simulate votes.pb --out election.bel\n  \
        tally simulate votes.pb --trustees 3 --threshold 2 --out election.bel\n  tally verify election.bel"
    )]
    Simulate(simulate::Arguments),
    /// Check single ballots.
    Ballot {
        #[command(subcommand)]
        command: ballot::Command,
    },
    /// Check a ballot receipt without the service that gave it.
    Receipt {
        #[command(subcommand)]
        command: receipt::Command,
    },
    /// Hold a whole election from the command line, without a server.
    #[command(
        after_help = "One folder holds everything public; keys, cards and openings are stored elsewhere, for their owners only.\n\
        The steps: setup, credentials, trustee …, open, approve, ballot seal, cast (or ballot challenge), revoke (for a lost card),\n\
        paper, close, attest, decrypt, result, decide, bundle. Exit code: 0 done, 1 refused, 2 impossible, 3 done, but standard\n\
        output could not be written. What was interrupted is done again by the same command."
    )]
    Election {
        #[command(subcommand)]
        command: election::Command,
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
        Command::Receipt { command } => receipt::run(&command),
        Command::Election { command } => election::run(&command),
    };
    let code = outcome.unwrap_or_else(|error| {
        terminal::tell(&error);
        error.exit_code()
    });
    match (terminal::unheard(), code) {
        (Some(error), 0) => {
            let why = cause(error);
            terminal::tell(format_args!(
                "it is done, but standard output could not be written: {why}"
            ));
            ExitCode::from(UNHEARD)
        }
        _ => ExitCode::from(code),
    }
}

/// The exit code where all is well but nobody could read it.
const UNHEARD: u8 = 3;

/// Why a command could not do its work at all.
#[derive(Debug, thiserror::Error)]
enum CommandError {
    /// A file cannot be read or written.
    #[error("{}: {}", path.display(), cause(error))]
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
    /// A check said no.
    #[error("{0}")]
    Refused(String),
}

impl CommandError {
    fn exit_code(&self) -> u8 {
        match self {
            Self::Refused(_) => 1,
            Self::File { .. } | Self::Content { .. } | Self::Argument(_) => 2,
        }
    }
}

/// Why a file cannot be read or written, in words where people can do something about it.
fn cause(error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "the disk is full: make room, and do it again".to_owned()
        }
        ErrorKind::ReadOnlyFilesystem => "the disk is read-only".to_owned(),
        _ => error.to_string(),
    }
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
    terminal::json(&text);
    Ok(())
}

/// 32 bytes from the operating system.
fn seed() -> Result<Zeroizing<[u8; 32]>, CommandError> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(seed.as_mut_slice())
        .map_err(|error| CommandError::Argument(format!("no randomness: {error}")))?;
    Ok(seed)
}

/// A generator that nothing else shares.
fn fresh_rng() -> Result<ChaCha20Rng, CommandError> {
    seed().map(|seed| ChaCha20Rng::from_seed(*seed))
}

/// Seconds since 1970.
#[expect(
    clippy::disallowed_methods,
    reason = "the command is where time comes in as a parameter"
)]
fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn the_version_tells_the_commit_where_the_build_was_told_it() {
        let bare = env!("CARGO_PKG_VERSION");
        assert_eq!(version(None), bare);
        assert_eq!(version(Some("")), bare);
        assert_eq!(
            version(Some("0123456789ab")),
            format!("{bare} (0123456789ab)")
        );
    }
}
