//! `minsheng-print`: one JSON document from standard input, one PDF to standard output. Nothing of the document is ever written
//! to standard error, which ends in a log.

use print::{Fonts, PrintError};
use rustix::process::{Resource, Rlimit, setrlimit};
use std::io::{Read as _, Write as _};
use std::process::ExitCode;

/// Much more than the largest paper took (decision 0042).
const MOST_MEMORY: u64 = 1024 * 1024 * 1024;
const MOST_SECONDS: u64 = 60;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::from(if error.is_input() { 2 } else { 1 })
        }
    }
}

fn run() -> Result<(), PrintError> {
    limit(Resource::Data, MOST_MEMORY)?;
    limit(Resource::Cpu, MOST_SECONDS)?;
    let fonts = Fonts::load()?;
    // From here on it opens nothing any more, whatever a document might bring it to.
    limit(Resource::Nofile, 0)?;
    let mut input = Vec::new();
    let most = u64::try_from(paper::MOST_BYTES).unwrap_or(u64::MAX);
    std::io::stdin()
        .take(most.saturating_add(1))
        .read_to_end(&mut input)
        .map_err(PrintError::Read)?;
    let pdf = print::pdf(&input, fonts)?;
    let mut out = std::io::stdout().lock();
    out.write_all(&pdf).map_err(PrintError::Write)?;
    out.flush().map_err(PrintError::Write)
}

fn limit(resource: Resource, most: u64) -> Result<(), PrintError> {
    let both = Rlimit {
        current: Some(most),
        maximum: Some(most),
    };
    setrlimit(resource, both).map_err(|error| PrintError::Limit(error.into()))
}
