//! The vote: seal, then challenge or cast; close.

use std::path::{Path, PathBuf};

use ballot::wire::Wire as _;
use ballot::{Ballot, Choices, Credential, Election, Group, Opening, Print, Tracker, seal};
use tally::archive::{Archive, ArchiveWriter, Stage};
use tally::count;
use tally::election;
use tally::verify::{BallotCheck, Freshness};
use zeroize::Zeroizing;

use super::disk::{self, Eyes, already_there, is_there};
use super::folder::{ARCHIVE, Folder, file, parse};
use super::lists::{SPOILED, read_list, register};
use super::paper::close_the_box;
use crate::cli::terminal::say;
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
    let _held = folder.hold_if_writable()?;
    let (ballot, opening) = (ballot_path(&arguments.out), opening_path(&arguments.out));
    let tracker = if is_there(&ballot) {
        let there = sealed_before(&election, &credential, &choices, &ballot, &opening);
        there.ok_or_else(|| already_there(&ballot))?
    } else {
        let sealed = seal(&election, &credential, &choices, &mut fresh_rng()?)
            .map_err(|error| wrong(&error))?;
        // An opening without its ballot was left by an interrupted command, and opens nothing.
        let text = Zeroizing::new(sealed.opening.to_json());
        disk::replace(&opening, text.as_bytes(), Eyes::Owner)?;
        disk::write_once(&ballot, sealed.ballot.to_json().as_bytes(), Eyes::All)?;
        sealed.ballot.tracker()
    };
    say!("tracker {tracker}");
    say!(
        "election print {}",
        Print::of_election(&election.fingerprint())
    );
    say!(
        "write the tracker down, compare the print; then `tally election cast` or `tally election ballot challenge`"
    );
    Ok(0)
}

/// The tracker, if this very choice of this credential is sealed there already.
fn sealed_before<G: Group>(
    election: &Election<G>,
    credential: &Credential,
    choices: &Choices,
    ballot: &Path,
    opening: &Path,
) -> Option<Tracker> {
    let ballot: Ballot<G> = parse(ballot, &read(ballot).ok()?).ok()?;
    let opening: Opening<G> = parse(opening, &read(opening).ok()?).ok()?;
    let same = ballot.credential == credential.public::<G>(election.uuid())
        && opening.check(&ballot, election).ok()? == choices;
    same.then(|| ballot.tracker())
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
    let held = folder.hold()?;
    let (file, own_opening) = (ballot_path(&arguments.name), opening_path(&arguments.name));
    let bytes = read(&file)?;
    let ballot = checked::<G>(folder, &file, &bytes)?;
    let election = folder.election::<G>()?;
    let mut spoiled = read_list(&folder.path(SPOILED))?;
    let tracker = ballot.tracker().to_string();
    let before = spoiled.iter().position(|one| *one == tracker);
    let number = before.unwrap_or(spoiled.len()) + 1;
    let name = Path::new("challenged").join(number.to_string());
    let published = folder.path(opening_path(&name));
    // Of a challenge that was interrupted at its end, the opening is published and no longer here.
    let opening = if before.is_some() && !is_there(&own_opening) {
        &published
    } else {
        &own_opening
    };
    let opening: Opening<G> = parse(opening, &read(opening)?)?;
    // A device that cannot open its own ballot has been caught as well; the ballot is spoiled all the same.
    let verdict = opening.check(&ballot, &election).map(|_| ());
    // First the list: from here on nobody can cast what is about to be shown.
    if before.is_none() {
        spoiled.push(tracker);
        held.replace_list(SPOILED, &spoiled)?;
    }
    held.create_folder("challenged")?;
    held.write_once(ballot_path(&name), &bytes)?;
    held.write_once(opening_path(&name), opening.to_json().as_bytes())?;
    disk::remove(&own_opening)?;
    disk::remove(&file)?;
    say!("spoiled {}", ballot.tracker());
    say!(
        "check it on another device: tally ballot check --election {} --opening {} {}",
        folder.path(ARCHIVE).display(),
        published.display(),
        folder.path(ballot_path(&name)).display()
    );
    match verdict {
        Ok(()) => Ok(0),
        Err(error) => Err(CommandError::Refused(format!(
            "the device that sealed it has cheated: {error}; use another device"
        ))),
    }
}

pub(super) fn cast<G: Group>(folder: &Folder, arguments: &Cast) -> Result<u8, CommandError> {
    let held = folder.hold()?;
    let file = ballot_path(&arguments.name);
    let bytes = read(&file)?;
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    let mut archive = writer(folder)?;
    let tracker = if has(folder, &archive, bytes)? {
        // Done again after it was interrupted: the ballot stands, and what tells its choice is still to be removed.
        parse::<Ballot<G>>(&file, bytes)?.tracker()
    } else {
        let ballot = checked::<G>(folder, &file, bytes)?;
        may_be_cast(folder, &archive, &file, &ballot)?;
        archive
            .ballot(ballot.to_json().as_bytes())
            .map_err(|error| {
                CommandError::Refused(format!("{}: {error}", folder.path(ARCHIVE).display()))
            })?;
        held.replace(ARCHIVE, archive.bytes())?;
        ballot.tracker()
    };
    disk::remove(&opening_path(&arguments.name))?;
    say!("cast {tracker}");
    Ok(0)
}

/// Whether the archive has this very ballot.
fn has(folder: &Folder, archive: &ArchiveWriter, ballot: &[u8]) -> Result<bool, CommandError> {
    let read =
        Archive::read(archive.bytes()).map_err(|error| content(&folder.path(ARCHIVE), error))?;
    Ok(read.ballots.iter().any(|one| one.bytes == ballot))
}

/// The vote is open, the credential is its voter's own and not revoked, and the ballot was not challenged.
fn may_be_cast<G: Group>(
    folder: &Folder,
    archive: &ArchiveWriter,
    file: &Path,
    ballot: &Ballot<G>,
) -> Result<(), CommandError> {
    let refused = |why: &dyn std::fmt::Display| {
        Err(CommandError::Refused(format!("{}: {why}", file.display())))
    };
    if !is_open(archive) {
        return Err(CommandError::Refused(
            "the ballots have ended; this one was not cast".to_owned(),
        ));
    }
    if read_list(&folder.path(SPOILED))?.contains(&ballot.tracker().to_string()) {
        return refused(
            &"it was challenged and is spoiled, because its choice has been shown; seal a new one",
        );
    }
    register(folder, archive.bytes())?
        .may_cast(&G::encode(&ballot.credential))
        .or_else(|error| refused(&error))
}

/// Whether ballots are still accepted.
pub(super) fn is_open(archive: &ArchiveWriter) -> bool {
    matches!(archive.stage(), Stage::Voting | Stage::Empty)
}

/// A ballot of this poll that is valid and not in the archive yet.
fn checked<G: Group>(
    folder: &Folder,
    file: &Path,
    bytes: &[u8],
) -> Result<Ballot<G>, CommandError> {
    // That the archive is this poll's; then its checks of the ballot.
    folder.election::<G>()?;
    let archive = folder.archive()?;
    let checker = BallotCheck::<G>::new(&archive, Freshness::Checked, folder.options())
        .map_err(|failure| content(&folder.path(ARCHIVE), failure))?;
    let ballot = checker.check(bytes.strip_suffix(b"\n").unwrap_or(bytes));
    ballot.map_err(|failure| {
        CommandError::Refused(format!("{}: {failure}; seal a new one", file.display()))
    })
}

pub(super) fn close<G: Group>(folder: &Folder, arguments: &Close) -> Result<u8, CommandError> {
    let held = folder.hold()?;
    let path = folder.path(ARCHIVE);
    let mut archive = writer(folder)?;
    if !is_open(&archive) {
        return Err(CommandError::Refused(format!(
            "{}: the vote is closed already",
            path.display()
        )));
    }
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
    close_the_box(&held, arguments.no_paper, &register)?;
    held.replace(ARCHIVE, archive.bytes())?;
    say!("closed; {ballots} ballots count, and nobody knows yet what they say");
    Ok(0)
}

pub(super) fn writer(folder: &Folder) -> Result<ArchiveWriter, CommandError> {
    let bytes = folder.archive()?;
    ArchiveWriter::resume(bytes).map_err(|error| content(&folder.path(ARCHIVE), error))
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
