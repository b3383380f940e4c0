//! The `server` command.

#![warn(unreachable_pub)]

mod cli;

use cli::CliError;
use std::io::{ErrorKind, Write as _};
use std::process::ExitCode;

/// What a program ends with that is cut off in writing, as the shell counts SIGPIPE.
const NOBODY_LISTENS: u8 = 128 + 13;

#[tokio::main]
async fn main() -> ExitCode {
    match cli::run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(CliError::Output(error)) if error.kind() == ErrorKind::BrokenPipe => {
            ExitCode::from(NOBODY_LISTENS)
        }
        Err(error) => {
            // Where nobody reads errors, the exit code is left.
            drop(writeln!(std::io::stderr(), "error: {error}"));
            ExitCode::FAILURE
        }
    }
}
