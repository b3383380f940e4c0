//! Paper ballots in the same sealed count, under the credentials that the rule reserves.

use std::collections::BTreeSet;
use std::path::PathBuf;

use ballot::wire::Wire as _;
use ballot::{Ballot, Credential, Election, Group, seal};
use tally::archive::ArchiveWriter;
use tally::bundle::PaperCount;
use tally::election::{Register, Sheet, agree};
use zeroize::Zeroizing;

use super::folder::{ARCHIVE, Folder};
use super::hold::Held;
use super::lists::{VOIDED, register, require_reserved};
use super::voting::{is_open, writer};
use crate::cli::terminal::say;
use crate::cli::{CommandError, content, fresh_rng, read, read_text};

/// What is published of the paper.
pub(super) const PAPER: &str = "paper.json";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Paper {
    /// The election's folder.
    pub(super) dir: PathBuf,
    /// The first teller's list: one line per sheet, with its number and one choice per question.
    #[arg(long)]
    first: PathBuf,
    /// The second teller's list, entered independently.
    #[arg(long)]
    second: PathBuf,
    /// The file of reserved credentials that `credentials --paper` has written.
    #[arg(long)]
    credentials: PathBuf,
}

pub(super) fn paper<G: Group>(folder: &Folder, arguments: &Paper) -> Result<u8, CommandError> {
    let held = folder.hold()?;
    let election = folder.election::<G>()?;
    let mut archive = writer(folder)?;
    let unused = may_seal(folder, &archive)?.unused_paper();
    let (first, second) = (read_text(&arguments.first)?, read_text(&arguments.second)?);
    let sheets = agree(election.questions(), &first, &second).map_err(refused)?;
    let credentials = credentials::<G>(arguments, &election, &unused)?;
    if sheets.len() > unused.len() {
        return Err(refused(format!(
            "{} sheets came out of the box, and {} were reserved: the vote is void and must be held again",
            sheets.len(),
            unused.len()
        )));
    }
    let ballots = sealed(&election, &sheets, &credentials)?;
    for ballot in &ballots {
        archive
            .ballot(ballot.to_json().as_bytes())
            .map_err(refused)?;
    }
    let count = count(&sheets, &ballots);
    // First the count: if only it is written, its ballots are lost before they were cast, and can be sealed again.
    write_count(&held, &count)?;
    held.replace(ARCHIVE, archive.bytes())?;
    say!(
        "{} sheets: {} sealed and cast, {} invalid; keep all of them",
        sheets.len(),
        ballots.len(),
        count.invalid.len()
    );
    Ok(0)
}

/// The register, if the box may be emptied now.
fn may_seal(folder: &Folder, archive: &ArchiveWriter) -> Result<Register, CommandError> {
    if folder.rule.reserved().paper == 0 {
        return Err(refused("the rule reserves no paper ballots"));
    }
    if !is_open(archive) {
        return Err(refused(
            "the ballots have ended: paper is sealed before the close",
        ));
    }
    let register = register(folder, archive.bytes())?;
    match emptied(folder, &register)? {
        // Of an empty box nothing could be sealed twice.
        Emptied::Yes(count) if count.returned > 0 => Err(refused(format!(
            "{} is there: the paper has been sealed, and a box is emptied once",
            folder.path(PAPER).display()
        ))),
        Emptied::No | Emptied::Interrupted | Emptied::Yes(_) => Ok(register),
    }
}

/// The reserved credentials, each of which must be reserved and unused.
fn credentials<G: Group>(
    arguments: &Paper,
    election: &Election<G>,
    unused: &[String],
) -> Result<Vec<Credential>, CommandError> {
    let path = &arguments.credentials;
    let text = Zeroizing::new(read_text(path)?);
    let unused: BTreeSet<&str> = unused.iter().map(String::as_str).collect();
    let mut found = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        let credential: Credential = text
            .trim()
            .parse()
            .map_err(|error| content(path, format!("line {line}: {error}")))?;
        let public = G::encode(&credential.public::<G>(election.uuid()));
        if !unused.contains(public.as_str()) {
            return Err(refused(format!(
                "{}, line {line}: this credential is not reserved for paper in this election: \
                 take the file that `tally election credentials --paper` has written",
                path.display()
            )));
        }
        found.push(credential);
    }
    if found.len() == unused.len() {
        return Ok(found);
    }
    Err(refused(format!(
        "{} has {} credentials, and {} are reserved: it is not complete",
        path.display(),
        found.len(),
        unused.len()
    )))
}

fn sealed<G: Group>(
    election: &Election<G>,
    sheets: &[Sheet],
    credentials: &[Credential],
) -> Result<Vec<Ballot<G>>, CommandError> {
    let mut rng = fresh_rng()?;
    let valid = sheets.iter().filter_map(|sheet| sheet.choices.as_ref());
    valid
        .zip(credentials)
        .map(|(choices, credential)| {
            // What the sheets say is on them; the openings are of no use to anybody.
            let sealed = seal(election, credential, choices, &mut rng);
            sealed.map(|sealed| sealed.ballot).map_err(refused)
        })
        .collect()
}

fn count<G: Group>(sheets: &[Sheet], ballots: &[Ballot<G>]) -> PaperCount {
    let invalid = sheets.iter().filter(|sheet| sheet.choices.is_none());
    let mut sealed: Vec<String> = ballots
        .iter()
        .map(|one| one.tracker().to_string())
        .collect();
    sealed.sort();
    PaperCount {
        returned: u64::try_from(sheets.len()).unwrap_or(u64::MAX),
        invalid: invalid.map(|sheet| sheet.number).collect(),
        sealed,
    }
}

/// What the box held, if it has been emptied.
pub(super) fn paper_count(folder: &Folder) -> Result<Option<PaperCount>, CommandError> {
    let path = folder.path(PAPER);
    if !path.exists() {
        return Ok(None);
    }
    serde_json::from_slice(&read(&path)?)
        .map(Some)
        .map_err(|error| content(&path, error))
}

fn write_count(held: &Held<'_>, count: &PaperCount) -> Result<(), CommandError> {
    let json = serde_json::to_vec(count).map_err(|error| content(&held.path(PAPER), error))?;
    held.replace(PAPER, &json)
}

/// Whether the box has been emptied.
enum Emptied {
    /// Not yet.
    No,
    /// It was begun: there is a count, and none of its ballots was cast.
    Interrupted,
    /// The count is there and so are its ballots.
    Yes(PaperCount),
}

fn emptied(folder: &Folder, register: &Register) -> Result<Emptied, CommandError> {
    let cast = register.sealed_paper();
    match paper_count(folder)? {
        None if cast.is_empty() => Ok(Emptied::No),
        Some(count) if count.sealed.iter().eq(cast) => Ok(Emptied::Yes(count)),
        Some(_) if cast.is_empty() => Ok(Emptied::Interrupted),
        _ => Err(refused(format!(
            "{} and the ballots under the reserved credentials are not the same: \
             get it and election.bel from where they were published",
            folder.path(PAPER).display()
        ))),
    }
}

/// What the close leaves of the paper: the count, also of an empty box, and the credentials left over, which it voids.
///
/// To be called before the closed archive is written: until then this can be done again, and nothing else is lost.
pub(super) fn close_the_box(
    held: &Held<'_>,
    empty: bool,
    register: &Register,
) -> Result<(), CommandError> {
    let reserved = held.rule.reserved().paper;
    if reserved == 0 {
        return Ok(());
    }
    require_reserved(held, register)?;
    // Paper that is forgotten now is lost: nothing is sealed after the close.
    match emptied(held, register)? {
        Emptied::Yes(count) if empty && count.returned > 0 => {
            return Err(CommandError::Argument(
                "--no-paper: paper.json says that the box has been emptied; leave the argument out"
                    .to_owned(),
            ));
        }
        Emptied::Yes(_) => {}
        Emptied::Interrupted => {
            return Err(refused(
                "`tally election paper` was interrupted before it cast the ballots of paper.json: \
                 do it again, nothing is sealed twice",
            ));
        }
        Emptied::No if !empty => {
            return Err(refused(format!(
                "{reserved} paper ballots are reserved, and the box has not been emptied: first `tally election paper`, \
                 or `tally election close --no-paper` if it is empty"
            )));
        }
        Emptied::No => write_count(held, &PaperCount::default())?,
    }
    let voided = register.unused_paper();
    held.replace_list(VOIDED, &voided)?;
    if !voided.is_empty() {
        say!("voided {} unused paper credentials", voided.len());
    }
    Ok(())
}

fn refused(error: impl std::fmt::Display) -> CommandError {
    CommandError::Refused(error.to_string())
}
