//! `tally verify`.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek};
use std::path::PathBuf;

use super::progress::Meter;
use super::{CommandError, print_json};
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
    let path = &arguments.path;
    let from_file = |error| CommandError::File {
        path: path.clone(),
        error,
    };
    let mut file = File::open(path).map_err(from_file)?;
    let report = if file.metadata().map_err(from_file)?.is_file() {
        report(BufReader::with_capacity(BUFFER, file))
    } else {
        // A pipe can be read only once.
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(from_file)?;
        report(Cursor::new(bytes))
    };
    let report = report.map_err(from_file)?;
    if arguments.json {
        print_json(&report)?;
    } else {
        print(&report);
    }
    Ok(report.verdict.exit_code())
}

/// Bytes read from the disk at a time.
const BUFFER: usize = 1 << 16;

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
        println!("{check}");
    }
    if let Some(counted) = &report.counted {
        println!("election {} {}", counted.uuid, counted.name);
        println!(
            "{} ballots of {} credentials, {} count",
            counted.ballots, counted.credentials, counted.counted
        );
        for (counts, answers) in counted.result.iter().zip(&counted.answers) {
            // A question with a blank choice has one count more than answers: the first.
            let blank = counts.len().saturating_sub(answers.len());
            let labels =
                std::iter::repeat_n("(blank)", blank).chain(answers.iter().map(String::as_str));
            for (count, label) in counts.iter().zip(labels) {
                println!("{count:>8}  {label}");
            }
        }
    }
    for note in &report.notes {
        println!("note: {note}");
    }
    println!("{}", report.summary());
}
