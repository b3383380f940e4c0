//! The `tally` command: what it does is in [`cli`].

#![warn(unreachable_pub)]

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
