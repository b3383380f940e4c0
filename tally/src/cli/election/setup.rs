//! Before the vote: the folder, the credentials, the election object.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ballot::wire::Wire as _;
use ballot::{Credential, Ed25519, Election, Group, Print, PublicCredentials};
use tally::archive::ArchiveWriter;
use tally::election::{self, Poll};
use tally::rules::Rule;
use tally::setup::Frozen;
use zeroize::Zeroizing;

use super::disk::{self, Eyes, already_there, is_there};
use super::folder::{ARCHIVE, Folder, ROLL};
use super::hold::Held;
use super::lists::{PAPER_CREDENTIALS, read_list, register, require_reserved};
use crate::cli::terminal::say;
use crate::cli::{CommandError, content, fresh_rng, now, read_text};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Setup {
    /// The folder to create.
    pub(super) dir: PathBuf,
    /// The voting rules adopted by the meeting.
    #[arg(long)]
    rule: PathBuf,
    /// What the ballot says beside each item's id: one line per item, in the rule's order. By default the ids alone.
    #[arg(long)]
    labels: Option<PathBuf>,
    /// The poll's name; by default the rule's title.
    #[arg(long)]
    name: Option<String>,
    /// The group used to seal ballots: `Ed25519` or `BELENIOS-2048`.
    #[arg(long, default_value = Ed25519::NAME)]
    group: String,
    /// How many trustees hold the key.
    #[arg(long, default_value_t = 3)]
    trustees: u32,
    /// How many of them are enough to decrypt; by default all, each with their own key.
    #[arg(long)]
    threshold: Option<u32>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Credentials {
    /// The election's folder.
    pub(super) dir: PathBuf,
    /// How many voters, including the paper ballots reserved by the rule.
    #[arg(long)]
    count: usize,
    /// Where to write the printable page of cards.
    #[arg(long)]
    cards: PathBuf,
    /// Where to write the credentials reserved for paper ballots, for the tellers.
    #[arg(long)]
    paper: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Open {
    /// The election's folder.
    pub(super) dir: PathBuf,
}

pub(super) fn setup(arguments: &Setup) -> Result<u8, CommandError> {
    let text = read_text(&arguments.rule)?;
    let rule = Rule::parse(&text).map_err(|error| content(&arguments.rule, error))?;
    let labels = match &arguments.labels {
        Some(path) => read_text(path)?.lines().map(str::to_owned).collect(),
        None => Vec::new(),
    };
    let name = arguments.name.as_deref().unwrap_or_else(|| rule.title());
    let poll = Poll::new(
        name,
        &arguments.group,
        &rule,
        labels,
        arguments.trustees,
        arguments.threshold,
        &mut fresh_rng()?,
    )
    .map_err(|error| CommandError::Argument(error.to_string()))?;
    Folder::create(&arguments.dir, &poll, &text)?;
    let uuid = poll
        .uuid()
        .map_err(|error| CommandError::Argument(error.to_string()))?;
    say!("election {uuid} in {}", arguments.dir.display());
    Ok(0)
}

pub(super) fn credentials<G: Group>(
    folder: &Folder,
    arguments: &Credentials,
) -> Result<u8, CommandError> {
    if arguments.count == 0 {
        return Err(CommandError::Argument(
            "--count 0: an election has at least one voter".to_owned(),
        ));
    }
    let held = folder.hold()?;
    let reserved = reserved(folder, arguments)?;
    if !is_there(&folder.path(ROLL)) {
        let mut secret = arguments.paper.iter().chain([&arguments.cards]);
        if let Some(path) = secret.find(|path| is_there(path)) {
            return Err(already_there(path));
        }
        make::<G>(&held, arguments, reserved)?;
    }
    hand_out::<G>(folder, arguments)?;
    say!("{} credentials on the roll", arguments.count);
    say!("print {} and destroy it", arguments.cards.display());
    if let Some(path) = &arguments.paper {
        say!(
            "{reserved} of them are for paper: the tellers keep {}",
            path.display()
        );
    }
    Ok(0)
}

/// Draws the credentials. The secrets are staged before the roll is there, which without them would be of no use, and get their
/// names after it: without the roll they would be of no use either.
fn make<G: Group>(
    held: &Held<'_>,
    arguments: &Credentials,
    reserved: usize,
) -> Result<(), CommandError> {
    let wrong = |error: &dyn std::fmt::Display| CommandError::Argument(error.to_string());
    let uuid = held.poll.uuid().map_err(|error| wrong(&error))?;
    let mut rng = fresh_rng()?;
    let made: Vec<Credential> = (0..arguments.count)
        .map(|_| Credential::generate(&mut rng))
        .collect();
    let public: Vec<G::Element> = made.iter().map(|one| one.public::<G>(&uuid)).collect();
    let mut of_paper = G::encode_all(public.get(..reserved).unwrap_or_default());
    of_paper.sort();
    let roll = PublicCredentials::<G>::sorted(public).map_err(|error| wrong(&error))?;
    let (paper, cards) = made.split_at_checked(reserved).unwrap_or((&[], &made));
    let page =
        election::cards::<G>(held.poll.name(), &uuid, cards).map_err(|error| wrong(&error))?;
    disk::stage(&arguments.cards, page.as_bytes(), Eyes::Owner)?;
    if let Some(path) = &arguments.paper {
        disk::stage(path, lines(paper).as_bytes(), Eyes::Owner)?;
        held.replace_list(PAPER_CREDENTIALS, &of_paper)?;
    }
    held.write_once(ROLL, roll.to_json().as_bytes())
}

/// Gives the staged secrets their names, if they are those of the roll.
fn hand_out<G: Group>(folder: &Folder, arguments: &Credentials) -> Result<(), CommandError> {
    let cards = public_parts::<G>(folder, &arguments.cards)?;
    let paper = match &arguments.paper {
        Some(path) => public_parts::<G>(folder, path)?,
        None => BTreeSet::new(),
    };
    let path = folder.path(ROLL);
    let roll: Vec<String> =
        serde_json::from_slice(&folder.roll()?).map_err(|error| content(&path, error))?;
    let listed = read_list(&folder.path(PAPER_CREDENTIALS))?;
    let reserved: BTreeSet<String> = listed.into_iter().collect();
    let all: BTreeSet<&String> = cards.union(&paper).collect();
    let complete = roll.len() == arguments.count && all == roll.iter().collect();
    if !complete || paper != reserved {
        return Err(CommandError::Refused(format!(
            "{} is there: the credentials have been made; a second set would not be on the roll",
            path.display()
        )));
    }
    for path in arguments.paper.iter().chain([&arguments.cards]) {
        if !is_there(path) {
            disk::publish(path)?;
        }
    }
    Ok(())
}

/// The public parts of the credentials in a file, be it staged; none where there is no such file.
fn public_parts<G: Group>(folder: &Folder, path: &Path) -> Result<BTreeSet<String>, CommandError> {
    let staged = disk::staged(path);
    let there = if is_there(path) { path } else { &staged };
    if !is_there(there) {
        return Ok(BTreeSet::new());
    }
    let uuid = folder.poll.uuid().map_err(|error| content(there, error))?;
    let text = Zeroizing::new(read_text(there)?);
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>'));
    let public: Vec<G::Element> = words
        .filter_map(|word| word.parse::<Credential>().ok())
        .map(|credential| credential.public::<G>(&uuid))
        .collect();
    Ok(G::encode_all(&public).into_iter().collect())
}

/// How many credentials are for paper.
fn reserved(folder: &Folder, arguments: &Credentials) -> Result<usize, CommandError> {
    let reserved = folder.rule.reserved().paper;
    let wrong = |text: String| Err(CommandError::Argument(text));
    match (&arguments.paper, usize::try_from(reserved)) {
        (None, Ok(0)) => Ok(0),
        (Some(_), Ok(0)) => wrong("--paper: the rule reserves no paper ballots".to_owned()),
        (None, _) => wrong(format!(
            "the rule reserves {reserved} paper ballots: say by --paper FILE where their credentials go"
        )),
        (Some(_), Ok(number)) if number <= arguments.count => Ok(number),
        (Some(_), _) => wrong(format!(
            "--count {}: the rule reserves {reserved} paper ballots, which are counted in",
            arguments.count
        )),
    }
}

/// One credential a line.
fn lines(credentials: &[Credential]) -> Zeroizing<String> {
    let length = |one: &Credential| one.expose().len() + 1;
    let all = credentials.iter().map(length).sum();
    let mut text = Zeroizing::new(String::with_capacity(all));
    for credential in credentials {
        text.push_str(credential.expose());
        text.push('\n');
    }
    text
}

pub(super) fn open<G: Group>(folder: &Folder) -> Result<u8, CommandError> {
    let held = folder.hold()?;
    let election = if is_there(&folder.path(ARCHIVE)) {
        // It is open already: what it says is said again.
        folder.election::<G>()?
    } else {
        open_now::<G>(&held)?
    };
    say!("open; fingerprint {}", election.fingerprint());
    say!("print {}", Print::of_election(&election.fingerprint()));
    for (number, question) in (1..).zip(election.questions()) {
        say!("question {number}: {}", question.text());
        for (answer, text) in (1..).zip(question.answers()) {
            say!("  {answer} {}", text);
        }
    }
    Ok(0)
}

fn open_now<G: Group>(held: &Held<'_>) -> Result<Election<G>, CommandError> {
    // What comes first is asked for first.
    held.roll()?;
    let trustees = held.trustees::<G>()?;
    let expected = usize::try_from(held.poll.trustees());
    if expected != Ok(trustees.verification_keys().count()) {
        return Err(content(
            &held.path("trustees.json"),
            format!(
                "it does not have the {} trustees of poll.json",
                held.poll.trustees()
            ),
        ));
    }
    let Frozen {
        election,
        trustees,
        roll,
        ..
    } = held
        .parts(trustees)?
        .build()
        .map_err(|error| held.blame(&error))?;
    let archive = ArchiveWriter::setup(
        now(),
        election.to_json().as_bytes(),
        trustees.as_bytes(),
        roll.as_bytes(),
    )
    .map_err(|error| CommandError::Argument(error.to_string()))?;
    // After the vote it would be too late to find that the tellers cannot seal.
    require_reserved(held, &register(held, archive.bytes())?)?;
    held.write_once(ARCHIVE, archive.bytes())?;
    Ok(election)
}
