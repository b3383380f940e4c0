//! The vote: seal, then challenge or cast; close.

use std::path::{Path, PathBuf};

use ballot::wire::Wire as _;
use ballot::{Credential, Group, Opening, seal};
use tally::archive::{ArchiveWriter, Stage};
use tally::count;
use tally::election;
use tally::verify::{BallotCheck, Freshness};
use zeroize::Zeroizing;

use super::folder::{Folder, file, parse, write_new, write_secret};
use super::lists::{SPOILED, read_list, register, write_list};
use super::paper::close_the_box;
use crate::cli::{CommandError, content, fresh_rng, read, read_text};

#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum BallotCommand {
    /// Seal a choice and show its tracker. Nothing is cast yet.
    #[command(
        after_help = "Writes NAME.ballot.json, which may be seen, and NAME.opening.json, which tells the choice. Write the tracker down,\n\
        then decide: cast the ballot, or challenge the device that sealed it.\n\n\
        Examples:\n  tally election ballot seal vote --credential card.txt --choose 1,3 --out mine\n  \
        tally election ballot seal vote --credential - --choose blank --choose none --out mine < card.txt"
    )]
    Seal(Seal),
    /// Challenge a sealed ballot instead of casting it: its opening is published and the ballot is spoiled.
    #[command(
        after_help = "The ballot and its opening go to DIR/challenged; the tracker is refused from then on. A second device checks what\n\
        the ballot hid; then seal a new one.\n\n\
        Examples:\n  tally election ballot challenge vote mine\n  \
        tally ballot check --election vote/election.bel --opening vote/challenged/1.opening.json vote/challenged/1.ballot.json"
    )]
    Challenge(Cast),
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Seal {
    /// The election's folder.
    pub(super) dir: PathBuf,
    /// A file with the credential, or - for standard input. It is never an argument, since other programs could see it.
    #[arg(long)]
    credential: PathBuf,
    /// The answers ticked for a question, such as 1,3; or none; or blank. Repeat for each question.
    #[arg(long, required = true)]
    choose: Vec<String>,
    /// The name of the two files to write, without extension.
    #[arg(long)]
    out: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Cast {
    /// The election's folder.
    pub(super) dir: PathBuf,
    /// The name given to `ballot seal --out`.
    name: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Close {
    /// The election's folder.
    pub(super) dir: PathBuf,
    /// The box is empty: none of the reserved paper ballots was returned.
    #[arg(long)]
    no_paper: bool,
}

impl BallotCommand {
    pub(super) fn dir(&self) -> &Path {
        match self {
            Self::Seal(Seal { dir, .. }) | Self::Challenge(Cast { dir, .. }) => dir,
        }
    }
}

pub(super) fn ballot<G: Group>(
    folder: &Folder,
    command: &BallotCommand,
) -> Result<u8, CommandError> {
    match command {
        BallotCommand::Seal(arguments) => seal_one::<G>(folder, arguments),
        BallotCommand::Challenge(arguments) => challenge::<G>(folder, arguments),
    }
}

fn seal_one<G: Group>(folder: &Folder, arguments: &Seal) -> Result<u8, CommandError> {
    let election = folder.election::<G>()?;
    let credential = credential(&arguments.credential)?;
    let wrong = |error: &dyn std::fmt::Display| CommandError::Argument(error.to_string());
    let choices = election::choices(election.questions(), &arguments.choose)
        .map_err(|error| wrong(&error))?;
    let sealed =
        seal(&election, &credential, &choices, &mut fresh_rng()?).map_err(|error| wrong(&error))?;
    let opening = Zeroizing::new(sealed.opening.to_json());
    write_secret(&opening_path(&arguments.out), opening.as_bytes())?;
    write_new(
        &ballot_path(&arguments.out),
        sealed.ballot.to_json().as_bytes(),
    )?;
    println!("tracker {}", sealed.ballot.tracker());
    println!("write it down; then `tally election cast` or `tally election ballot challenge`");
    Ok(0)
}

/// A private credential, from a file or from standard input.
pub(super) fn credential(path: &Path) -> Result<Credential, CommandError> {
    let text = Zeroizing::new(if path == Path::new("-") {
        std::io::read_to_string(std::io::stdin()).map_err(|error| file(path, error))?
    } else {
        read_text(path)?
    });
    text.trim().parse().map_err(|error| content(path, error))
}

fn challenge<G: Group>(folder: &Folder, arguments: &Cast) -> Result<u8, CommandError> {
    let bytes = read(&ballot_path(&arguments.name))?;
    let ballot = checked::<G>(folder, &arguments.name, &bytes)?;
    let path = opening_path(&arguments.name);
    let opening: Opening<G> = parse(&path, &read(&path)?)?;
    let election = folder.election::<G>()?;
    // A device that cannot open its own ballot has been caught as well; the ballot is spoiled all the same.
    let verdict = opening.check(&ballot, &election).map(|_| ());
    let mut spoiled = read_list(&folder.path(SPOILED))?;
    spoiled.push(ballot.tracker().to_string());
    let number = spoiled.len();
    let challenged = folder.path("challenged");
    std::fs::create_dir_all(&challenged).map_err(|error| file(&challenged, error))?;
    let name = challenged.join(number.to_string());
    write_new(&ballot_path(&name), &bytes)?;
    write_new(&opening_path(&name), opening.to_json().as_bytes())?;
    write_list(&folder.path(SPOILED), &spoiled)?;
    for used in [path, ballot_path(&arguments.name)] {
        std::fs::remove_file(&used).map_err(|error| file(&used, error))?;
    }
    println!("spoiled {}", ballot.tracker());
    println!(
        "check it on another device: tally ballot check --election {} --opening {} {}",
        folder.path("election.bel").display(),
        opening_path(&name).display(),
        ballot_path(&name).display()
    );
    match verdict {
        Ok(()) => Ok(0),
        Err(error) => Err(CommandError::Refused(format!(
            "the device that sealed it has cheated: {error}; use another device"
        ))),
    }
}

pub(super) fn cast<G: Group>(folder: &Folder, arguments: &Cast) -> Result<u8, CommandError> {
    let bytes = read(&ballot_path(&arguments.name))?;
    let ballot = checked::<G>(folder, &arguments.name, &bytes)?;
    let mut archive = writer(folder)?;
    if archive.stage() != Stage::Voting && archive.stage() != Stage::Empty {
        return Err(CommandError::Refused(
            "the ballots have ended; this one was not cast".to_owned(),
        ));
    }
    register(folder, archive.bytes())?
        .may_cast(&G::encode(&ballot.credential))
        .map_err(|error| {
            let path = ballot_path(&arguments.name);
            CommandError::Refused(format!("{}: {error}", path.display()))
        })?;
    archive
        .ballot(ballot.to_json().as_bytes())
        .map_err(|error| {
            CommandError::Refused(format!(
                "{}: {error}",
                folder.path("election.bel").display()
            ))
        })?;
    folder.write_archive(archive.bytes())?;
    let opening = opening_path(&arguments.name);
    if opening.exists() {
        std::fs::remove_file(&opening).map_err(|error| file(&opening, error))?;
    }
    println!("cast {}", ballot.tracker());
    Ok(0)
}

/// A ballot that may be cast: valid, on the roll, not there yet, not spoiled.
fn checked<G: Group>(
    folder: &Folder,
    name: &Path,
    bytes: &[u8],
) -> Result<ballot::Ballot<G>, CommandError> {
    // That the archive is this poll's; then its checks of the ballot.
    folder.election::<G>()?;
    let path = ballot_path(name);
    let archive = folder.archive()?;
    let checker = BallotCheck::<G>::new(&archive, Freshness::Checked, folder.options())
        .map_err(|failure| content(&folder.path("election.bel"), failure))?;
    let ballot = checker.check(bytes.strip_suffix(b"\n").unwrap_or(bytes));
    let ballot = ballot.map_err(|failure| {
        CommandError::Refused(format!("{}: {failure}; seal a new one", path.display()))
    })?;
    if read_list(&folder.path(SPOILED))?.contains(&ballot.tracker().to_string()) {
        return Err(CommandError::Refused(format!(
            "{}: it was challenged and is spoiled, because its choice has been shown; seal a new one",
            path.display()
        )));
    }
    Ok(ballot)
}

pub(super) fn close<G: Group>(folder: &Folder, arguments: &Close) -> Result<u8, CommandError> {
    let path = folder.path("election.bel");
    let mut archive = writer(folder)?;
    let wrong = |error: &dyn std::fmt::Display| {
        CommandError::Refused(format!("{}: {error}", path.display()))
    };
    archive.end_ballots().map_err(|error| wrong(&error))?;
    let closed = tally::verify::closed::<G>(archive.bytes(), folder.options())
        .map_err(|failure| wrong(&failure))?;
    let count::Aggregate {
        tally,
        ballots,
        weight,
    } = &closed.aggregate;
    archive
        .encrypted_tally(tally.to_json().as_bytes(), *ballots, *weight)
        .map_err(|error| wrong(&error))?;
    let register = register(folder, archive.bytes())?;
    close_the_box(folder, arguments.no_paper, &register)?;
    folder.write_archive(archive.bytes())?;
    println!("closed; {ballots} ballots count, and nobody knows yet what they say");
    Ok(0)
}

pub(super) fn writer(folder: &Folder) -> Result<ArchiveWriter, CommandError> {
    let bytes = folder.archive()?;
    ArchiveWriter::resume(bytes).map_err(|error| content(&folder.path("election.bel"), error))
}

fn ballot_path(name: &Path) -> PathBuf {
    ending(name, ".ballot.json")
}

fn opening_path(name: &Path) -> PathBuf {
    ending(name, ".opening.json")
}

fn ending(name: &Path, ending: &str) -> PathBuf {
    let mut file = name.file_name().unwrap_or_default().to_owned();
    file.push(ending);
    name.with_file_name(file)
}
