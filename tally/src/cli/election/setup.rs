//! Before the vote: the folder, the credentials, the election object.

use std::path::PathBuf;

use ballot::wire::Wire as _;
use ballot::{Credential, Ed25519, Group, PublicCredentials};
use tally::archive::ArchiveWriter;
use tally::election::{self, Poll};
use tally::rules::Rule;
use tally::setup::Frozen;
use zeroize::Zeroizing;

use super::folder::{Folder, write_secret};
use super::lists::{PAPER_CREDENTIALS, write_list};
use crate::cli::{CommandError, chance, content, now, read_text};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Setup {
    /// The folder to be made.
    pub(super) dir: PathBuf,
    /// The voting rules that the meeting has adopted.
    #[arg(long)]
    rule: PathBuf,
    /// What the ballot says beside each item's id: one line an item, in the order of the rule. Left out: the ids alone.
    #[arg(long)]
    labels: Option<PathBuf>,
    /// The poll's name; left out: the rule's title.
    #[arg(long)]
    name: Option<String>,
    /// The group in which ballots are sealed: `Ed25519` or `BELENIOS-2048`.
    #[arg(long, default_value = Ed25519::NAME)]
    group: String,
    /// How many trustees hold the key.
    #[arg(long, default_value_t = 3)]
    trustees: u32,
    /// How many of them are enough to decrypt; left out: all, each with a key of its own.
    #[arg(long)]
    threshold: Option<u32>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Credentials {
    /// The election's folder.
    pub(super) dir: PathBuf,
    /// How many voters, with the paper ballots that the rule reserves.
    #[arg(long)]
    count: usize,
    /// Where to write the cards, a page to print.
    #[arg(long)]
    cards: PathBuf,
    /// Where to write the credentials that the rule reserves for paper, for the tellers.
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
        &mut chance()?,
    )
    .map_err(|error| CommandError::Argument(error.to_string()))?;
    Folder::create(&arguments.dir, &poll, &text)?;
    let uuid = poll
        .uuid()
        .map_err(|error| CommandError::Argument(error.to_string()))?;
    println!("election {uuid} in {}", arguments.dir.display());
    Ok(0)
}

pub(super) fn credentials<G: Group>(
    folder: &Folder,
    arguments: &Credentials,
) -> Result<u8, CommandError> {
    let wrong = |error: &dyn std::fmt::Display| CommandError::Argument(error.to_string());
    if arguments.count == 0 {
        return Err(wrong(&"--count 0: an election has at least one voter"));
    }
    if folder.path("roll.json").exists() {
        return Err(CommandError::Refused(format!(
            "{} is there: the credentials have been made; a second set would not be on the roll",
            folder.path("roll.json").display()
        )));
    }
    let reserved = reserved(folder, arguments)?;
    let uuid = folder.poll.uuid().map_err(|error| wrong(&error))?;
    let mut rng = chance()?;
    let made: Vec<Credential> = (0..arguments.count)
        .map(|_| Credential::generate(&mut rng))
        .collect();
    let public: Vec<G::Element> = made.iter().map(|one| one.public::<G>(&uuid)).collect();
    let mut of_paper = G::encode_all(public.get(..reserved).unwrap_or_default());
    of_paper.sort();
    let roll = PublicCredentials::<G>::sorted(public).map_err(|error| wrong(&error))?;
    let (paper, cards) = made.split_at_checked(reserved).unwrap_or((&[], &made));
    let page =
        election::cards::<G>(folder.poll.name(), &uuid, cards).map_err(|error| wrong(&error))?;
    // The secrets first: a roll without them would be of no use.
    write_secret(&arguments.cards, page.as_bytes())?;
    if let Some(path) = &arguments.paper {
        write_secret(path, lines(paper).as_bytes())?;
        write_list(&folder.path(PAPER_CREDENTIALS), &of_paper)?;
    }
    folder.write_once("roll.json", roll.to_json().as_bytes())?;
    println!("{} credentials on the roll", arguments.count);
    println!("print {} and destroy it", arguments.cards.display());
    if let Some(path) = &arguments.paper {
        println!(
            "{reserved} of them are for paper: the tellers keep {}",
            path.display()
        );
    }
    Ok(0)
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
    // What comes first is asked for first.
    folder.roll()?;
    let trustees = folder.trustees::<G>()?;
    let expected = usize::try_from(folder.poll.trustees());
    if expected != Ok(trustees.verification_keys().count()) {
        return Err(content(
            &folder.path("trustees.json"),
            format!(
                "it does not have the {} trustees of poll.json",
                folder.poll.trustees()
            ),
        ));
    }
    let Frozen {
        election,
        trustees,
        roll,
        ..
    } = folder
        .parts(trustees)?
        .build()
        .map_err(|error| folder.blame(&error))?;
    let archive = ArchiveWriter::setup(
        now(),
        election.to_json().as_bytes(),
        trustees.as_bytes(),
        roll.as_bytes(),
    )
    .map_err(|error| CommandError::Argument(error.to_string()))?;
    folder.write_once("election.bel", archive.bytes())?;
    println!("open; fingerprint {}", election.fingerprint());
    for (number, question) in (1..).zip(election.questions()) {
        println!("question {number}: {}", question.text());
        for (answer, text) in (1..).zip(question.answers()) {
            println!("  {answer} {text}");
        }
    }
    Ok(0)
}
