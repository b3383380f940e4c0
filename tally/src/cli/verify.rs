//! `tally verify`.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek};
use std::path::{Path, PathBuf};

use super::progress::Meter;
use super::terminal::say;
use super::{CommandError, content, print_json, words};
use tally::verify::{Options, Report};
use tally::{bundle, verify};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The archive or bundle.
    path: PathBuf,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, CommandError> {
    let report = match open(&arguments.path)? {
        Input::File(file) => report(file),
        Input::Piped(bytes) => report(Cursor::new(bytes)),
    };
    let report = report.map_err(|error| from_file(&arguments.path, error))?;
    if arguments.json {
        print_json(&report)?;
    } else {
        print(&report);
    }
    Ok(report.verdict.exit_code())
}

/// Where the bytes come from.
pub(super) enum Input {
    /// A file, read where it lies.
    File(BufReader<File>),
    /// What can be read only once.
    Piped(Vec<u8>),
}

/// Bytes read from the disk at a time.
const BUFFER: usize = 1 << 16;
/// As much of a pipe as tells what it is.
const HEAD: u64 = 1024;
/// The most that is taken from a pipe, which must fit in memory.
const MOST: u64 = 1 << 30;

/// Opens an archive or a bundle. Of a pipe no more is read than its beginning if that is neither's.
pub(super) fn open(path: &Path) -> Result<Input, CommandError> {
    let wrong = |error| from_file(path, error);
    let mut file = File::open(path).map_err(wrong)?;
    if file.metadata().map_err(wrong)?.is_file() {
        return Ok(Input::File(BufReader::with_capacity(BUFFER, file)));
    }
    let mut bytes = Vec::new();
    let mut take = |most: u64, bytes: &mut Vec<u8>| {
        let taken = file.by_ref().take(most).read_to_end(bytes);
        taken.map(drop).map_err(wrong)
    };
    take(HEAD, &mut bytes)?;
    if bundle::is_bundle(&bytes) || verify::looks_like_an_archive(&bytes) {
        take(MOST, &mut bytes)?;
        if u64::try_from(bytes.len()).is_ok_and(|length| length > MOST) {
            let message = "more than 1 GiB comes through this pipe: store it in a file first";
            return Err(content(path, message));
        }
    }
    Ok(Input::Piped(bytes))
}

fn from_file(path: &Path, error: io::Error) -> CommandError {
    CommandError::File {
        path: path.to_owned(),
        error,
    }
}

fn report(mut source: impl Read + Seek) -> io::Result<Report> {
    let meter = Meter::start();
    let progress = |done: usize, total: usize| meter.show(done, total);
    let report = if bundle::is_bundle_from(&mut source)? {
        bundle::verify_from(source, &progress)
    } else {
        verify::archive_from(source, Options::default(), &progress)
    };
    meter.finish();
    report
}

fn print(report: &Report) {
    for check in &report.checks {
        say!("{check}");
    }
    if let Some(counted) = &report.counted {
        say!("election {} {}", counted.uuid, counted.name);
        say!(
            "{} ballots of {} credentials, {} count",
            counted.ballots,
            counted.credentials,
            counted.counted
        );
        if counted.weight != counted.counted {
            say!(
                "ballots have weights: they count as {} votes",
                counted.weight
            );
        }
        for (counts, answers) in counted.result.iter().zip(&counted.answers) {
            // A question with a blank choice has one count more than answers: the first.
            let blank = counts.len().saturating_sub(answers.len());
            let labels =
                std::iter::repeat_n("(blank)", blank).chain(answers.iter().map(String::as_str));
            for (count, label) in counts.iter().zip(labels) {
                say!("{count:>8}  {label}");
            }
        }
    }
    for line in words::decided(report) {
        say!("{line}");
    }
    for note in &report.notes {
        say!("note: {note}");
    }
    say!("{}", report.summary());
}
