//! `tally verify`.

use std::path::PathBuf;

use super::progress::Meter;
use super::{CommandError, print_json, read};
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
    let bytes = read(&arguments.path)?;
    let meter = Meter::start();
    let progress = |done: usize, total: usize| meter.show(done, total);
    let report = if bundle::is_bundle(&bytes) {
        bundle::verify_with(&bytes, &progress)
    } else {
        verify::archive_with(&bytes, Options::default(), &progress)
    };
    meter.finish();
    if arguments.json {
        print_json(&report)?;
    } else {
        print(&report);
    }
    Ok(report.verdict.exit_code())
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
