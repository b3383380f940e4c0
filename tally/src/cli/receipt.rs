//! `tally receipt …`.

use std::io::{self, Cursor, Read, Seek};
use std::path::PathBuf;

use super::progress::Meter;
use super::terminal::say;
use super::verify::{Input, open};
use super::{CommandError, content, read_text};
use tally::bundle::{self, CountedBallot, NotCounted};
use tally::verify::Report;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Check that the ballot of a receipt is in a poll's record and counted, from the poll's bundle alone.
    #[command(
        after_help = "Exit code: 0 counted, 1 not shown to be counted, 2 unreadable.\n\n\
        Example:\n  tally receipt verify receipt.txt --bundle poll.zip"
    )]
    Verify {
        /// The receipt's text, as the service has given it.
        receipt: PathBuf,
        /// The poll's bundle.
        #[arg(long)]
        bundle: PathBuf,
    },
}

pub(super) fn run(command: &Command) -> Result<u8, CommandError> {
    let Command::Verify { receipt, bundle } = command;
    let text = read_text(receipt)?;
    let checked = match open(bundle)? {
        Input::File(file) => check(file, &text),
        Input::Piped(bytes) => check(Cursor::new(bytes), &text),
    };
    let (report, counted) = checked.map_err(|error| content(bundle, error))?;
    say!("bundle: {}", report.summary());
    match counted {
        Ok(ballot) => {
            print(&ballot);
            Ok(0)
        }
        Err(error) => {
            say!("NOT SHOWN TO BE COUNTED: {error}");
            Ok(1)
        }
    }
}

fn check(
    source: impl Read + Seek,
    receipt: &str,
) -> io::Result<(Report, Result<CountedBallot, NotCounted>)> {
    let meter = Meter::start();
    let progress = |done: usize, total: usize| meter.show(done, total);
    let checked = bundle::verify_receipt(source, receipt, &progress);
    meter.finish();
    checked
}

fn print(ballot: &CountedBallot) {
    let CountedBallot {
        tracker,
        index,
        replaced_by,
    } = ballot;
    say!("the ballot {tracker} is entry {index} of the record");
    match replaced_by {
        None => say!("counted"),
        Some(later) => {
            say!("its credential has voted again: entry {later} counts in its place");
        }
    }
}
