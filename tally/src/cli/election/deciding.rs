//! After the count: the figures of the result sheet, and what the rule makes of them.

use std::path::PathBuf;

use ballot::Group;
use tally::bundle::{Figures, PaperCount, Reported};
use tally::decision::Lot;
use tally::opening;
use tally::verify::Counted;

use super::counting::counted;
use super::disk;
use super::folder::Folder;
use super::hold::Held;
use super::lists::register;
use super::paper::PAPER;
use crate::cli::{CommandError, content, print_json, read};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Decide {
    /// The election's folder.
    pub(super) dir: PathBuf,
    /// Deputies who are present.
    #[arg(long)]
    present: u64,
    /// Paper ballots handed out.
    #[arg(long, default_value_t = 0)]
    paper_issued: u64,
    /// Invalid ballots among those returned; by default as in DIR/paper.json.
    #[arg(long)]
    invalid: Option<u64>,
    /// The lot drawn to break a tie, as a JSON object.
    #[arg(long)]
    lot: Option<PathBuf>,
}

pub(super) fn decide<G: Group>(folder: &Folder, arguments: &Decide) -> Result<u8, CommandError> {
    let held = folder.hold()?;
    let counted = counted::<G>(folder)?;
    let rule = &folder.rule;
    let figures = figures(folder, arguments, &counted)?;
    let lot: Option<Lot> = arguments
        .lot
        .as_ref()
        .map(|path| serde_json::from_slice(&read(path)?).map_err(|error| content(path, error)))
        .transpose()?;
    let decision = opening::decide(rule, figures.returns(), &counted.result, lot.as_ref())
        .map_err(wrong)?
        .document()
        .map_err(wrong)?;
    write_json(&held, "figures.json", &figures)?;
    write_json(&held, "decision.json", &decision)?;
    match &lot {
        Some(lot) => write_json(&held, "lot.json", lot)?,
        None => disk::remove(&folder.path("lot.json"))?,
    }
    print_json(&decision)?;
    Ok(0)
}

fn figures(
    folder: &Folder,
    arguments: &Decide,
    counted: &Counted,
) -> Result<Figures, CommandError> {
    let revoked = register(folder, &folder.archive()?)?.revoked().len();
    let reported = Reported {
        present: arguments.present,
        revoked: u64::try_from(revoked).unwrap_or(u64::MAX),
        paper_issued: arguments.paper_issued,
        invalid: invalid(folder, arguments)?,
    };
    Figures::account(&folder.rule, counted.credentials, counted.counted, reported).map_err(wrong)
}

/// Invalid ballots: those of the box.
fn invalid(folder: &Folder, arguments: &Decide) -> Result<u64, CommandError> {
    if folder.rule.reserved().paper == 0 {
        return match arguments.invalid {
            None | Some(0) => Ok(0),
            Some(said) => Err(wrong(format!(
                "--invalid {said}: only paper can be invalid, and the rule reserves none"
            ))),
        };
    }
    let paper: PaperCount = serde_json::from_slice(&folder.need(PAPER, "close")?)
        .map_err(|error| content(&folder.path(PAPER), error))?;
    if paper.returned > arguments.paper_issued {
        // Also where devices that returned nothing would hide it.
        return Err(CommandError::Refused(format!(
            "{} sheets came out of the box, and --paper-issued is {}: if so, the vote is void and must be held again",
            paper.returned, arguments.paper_issued
        )));
    }
    let counted = u64::try_from(paper.invalid.len()).unwrap_or(u64::MAX);
    match arguments.invalid {
        Some(said) if said != counted => Err(wrong(format!(
            "--invalid {said}: paper.json has {counted}; leave the argument out"
        ))),
        _ => Ok(counted),
    }
}

fn write_json(
    held: &Held<'_>,
    name: &str,
    value: &impl serde::Serialize,
) -> Result<(), CommandError> {
    let bytes = serde_json::to_vec(value).map_err(|error| content(&held.path(name), error))?;
    // The figures may be corrected until the bundle is published.
    held.replace(name, &bytes)
}

fn wrong(error: impl std::fmt::Display) -> CommandError {
    CommandError::Argument(error.to_string())
}
