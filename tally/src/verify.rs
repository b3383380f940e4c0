//! The strict verifier: a list of named checks over an archive or a poll's bundle, and a verdict.
//!
//! | check | what it recomputes |
//! |---|---|
//! | `archive` | tar headers, names that are hashes of contents |
//! | `supported` | versions, groups and kinds of questions that this verifier knows |
//! | `events` | the chain, its order, that every object belongs to an event |
//! | `election` | the election object |
//! | `trustees` | proofs of possession, the key ceremony, that their joint key is the election's |
//! | `credentials` | the roll: distinct, in the group; its certificate, where there is one |
//! | `ballots` | every ballot: election, credential on the roll, signature, every proof |
//! | `revotes` | that no credential voted twice where the rule forbids it |
//! | `encrypted-tally` | the sum of the ballots that count, their number and weight |
//! | `partial-decryptions` | owners and proofs; enough of them |
//! | `bindings` | in a bundle: that each factor is bound by a proof that names it, as version 1's do not |
//! | `result` | the counts |
//! | `manifest`, `rule`, `roll`, `figures`, `paper`, `spoiled`, `decision`, `rounds`, `record`, `witnesses`, `ended` | a bundle's binding and decision, see [`crate::bundle`] |
//!
//! Each failure names the check and the object.

mod ballots;
mod bindings;
mod election;
mod reasons;
mod report;

use std::collections::HashSet;
use std::fmt;
use std::io::{self, Cursor, Read, Seek};

use ballot::group::{InGroup, in_group};
use ballot::trustee::Trustees;
use ballot::{Ballot, Election, EncryptedTally, Group, PublicCredentials, credential_of_ballot};

use crate::archive::{Archive, ArchiveError, ObjectHash, Outline, OutlineError, Source, Stage};
use crate::count;
pub(crate) use bindings::BINDINGS;
pub use bindings::Bindings;
pub use reasons::REASONS;
pub(crate) use report::Checks;
pub use report::{Check, CheckStatus, Counted, Failure, Report, RuleNamed, Verdict};

/// The stable names of all checks, those of an archive and those of a poll's bundle, in the order in which they are made.
pub const CHECKS: [&str; 23] = [
    "manifest",
    "archive",
    "events",
    "supported",
    "election",
    "trustees",
    "credentials",
    "ballots",
    "revotes",
    "encrypted-tally",
    "partial-decryptions",
    "bindings",
    "result",
    "rule",
    "roll",
    "figures",
    "paper",
    "spoiled",
    "decision",
    "rounds",
    "record",
    "witnesses",
    "ended",
];

/// What a verifier knows beside the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Whether a second ballot of a credential replaces the first. A bare archive follows Belenios: it does.
    pub revoting: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { revoting: true }
    }
}

/// Is told how many of how many ballots have been checked, from any thread.
pub type Progress<'p> = &'p (dyn Fn(usize, usize) + Sync);

/// A progress that nobody wants to know.
pub const SILENT: Progress<'static> = &|_, _| ();

/// Verifies a finished election archive.
pub fn archive(bytes: &[u8], options: Options) -> Report {
    archive_with(bytes, options, SILENT)
}

/// Verifies a finished election archive and tells how far it is.
pub fn archive_with(bytes: &[u8], options: Options, progress: Progress<'_>) -> Report {
    archive_from(Cursor::new(bytes), options, progress).unwrap_or_else(|error| unread(&error))
}

/// Verifies a finished election archive that need not fit in memory: of its ballots only their hashes are kept, and a few
/// of them at a time while they are checked. It is read from its beginning twice, the second time ballot by ballot; one
/// that is not the same then is refused as `changed`.
///
/// # Errors
/// What `source` says when it cannot be read.
pub fn archive_from<S: Read + Seek>(
    mut source: S,
    options: Options,
    progress: Progress<'_>,
) -> io::Result<Report> {
    let mut checks = Checks::default();
    let counted = match outline(&mut source, &mut checks) {
        Ok(outline) => {
            let asked = Asked {
                options,
                bindings: None,
                progress,
            };
            counted(&mut source, &outline, asked, &mut checks)
        }
        Err(halt) => Err(halt),
    };
    let counted = checks.settle(counted)?;
    let mut report = checks.into_report(counted);
    report.notes.push(
        "a bare archive proves the counts unless trustees and the last voter collude, which the bindings in the poll's bundle \
         exclude; what the counts decide, and that no ballot was left out, is in the bundle, too"
            .to_owned(),
    );
    Ok(report)
}

/// Why an object is refused that is not the same in both readings.
const CHANGED: &str = "another object stands in its place than when it was read first";

/// Nothing can be said of what cannot be read.
pub(crate) fn unread(error: &io::Error) -> Report {
    let mut checks = Checks::default();
    checks.unreadable(error);
    checks.into_report(None)
}

/// Why a verification does not go on.
#[derive(Debug)]
pub(crate) enum Halt {
    /// What the rest builds on does not hold; it is in the list of checks.
    Listed,
    /// The same, and it is to be added to the list.
    Failed(Failure),
    /// The source cannot be read.
    Io(io::Error),
}

impl From<io::Error> for Halt {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Failure> for Halt {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Refuses what the rest builds on.
fn refuse<T>(
    check: &'static str,
    object: Option<String>,
    reason: &'static str,
    message: impl fmt::Display,
) -> Result<T, Halt> {
    Err(Failure::new(check, object, reason, message).into())
}

/// The first reading: an archive's form, hashes, chain and order of events.
pub(crate) fn outline(source: &mut dyn Source, checks: &mut Checks) -> Result<Outline, Halt> {
    match Outline::read(source) {
        Ok(outline) => {
            checks.pass("archive");
            checks.pass("events");
            Ok(outline)
        }
        Err(OutlineError::Io(error)) => Err(Halt::Io(error)),
        Err(OutlineError::Archive(error)) => {
            structure(source, &error, checks)?;
            Err(Halt::Listed)
        }
    }
}

/// What is asked of the second reading.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) options: Options,
    /// The proofs that bind the factors, where they must be there.
    pub(crate) bindings: Option<&'a [u8]>,
    pub(crate) progress: Progress<'a>,
}

/// The second reading: everything that is proved.
pub(crate) fn counted(
    source: &mut dyn Source,
    outline: &Outline,
    asked: Asked<'_>,
    checks: &mut Checks,
) -> Result<Counted, Halt> {
    let group = match ballot::group_of_election(&outline.setup.election) {
        Ok(group) => group,
        Err(error) => return refuse("election", None, "encoding", error),
    };
    let work = VerifyElection {
        source,
        outline,
        asked,
        checks: &mut *checks,
    };
    match in_group(&group, work) {
        Some(counted) => counted,
        None => {
            checks.unsupported(format!("the group {group}"));
            Err(Halt::Listed)
        }
    }
}

/// What an election is, before anything of it is counted.
#[derive(Debug)]
pub(crate) struct SetUp {
    /// Its description, in which rule and roll are bound.
    pub(crate) description: String,
    /// What it asks.
    pub(crate) questions: Vec<ballot::Question>,
}

/// As [`counted`], of an archive that ends before anything is opened: the election, its trustees, the roll, every ballot.
pub(crate) fn so_far(
    source: &mut dyn Source,
    outline: &Outline,
    options: Options,
    progress: Progress<'_>,
    checks: &mut Checks,
) -> Result<SetUp, Halt> {
    let group = match ballot::group_of_election(&outline.setup.election) {
        Ok(group) => group,
        Err(error) => return refuse("election", None, "encoding", error),
    };
    let work = VerifySoFar {
        source,
        outline,
        options,
        progress,
        checks: &mut *checks,
    };
    match in_group(&group, work) {
        Some(set_up) => set_up,
        None => {
            checks.unsupported(format!("the group {group}"));
            Err(Halt::Listed)
        }
    }
}

/// The checks of an election of which nothing is opened, in its group.
struct VerifySoFar<'w> {
    source: &'w mut dyn Source,
    outline: &'w Outline,
    options: Options,
    progress: Progress<'w>,
    checks: &'w mut Checks,
}

impl InGroup for VerifySoFar<'_> {
    type Output = Result<SetUp, Halt>;

    fn run<G: Group>(self) -> Self::Output {
        let Self {
            source,
            outline,
            options,
            progress,
            checks,
        } = self;
        let closed = election::closed::<G>(source, outline, options, progress, checks)?;
        Ok(SetUp {
            description: closed.election.description().to_owned(),
            questions: closed.election.questions().to_vec(),
        })
    }
}

/// All checks of one election, in its group.
struct VerifyElection<'w> {
    source: &'w mut dyn Source,
    outline: &'w Outline,
    asked: Asked<'w>,
    checks: &'w mut Checks,
}

impl InGroup for VerifyElection<'_> {
    type Output = Result<Counted, Halt>;

    fn run<G: Group>(self) -> Self::Output {
        election::verify::<G>(self.source, self.outline, self.asked, self.checks)
    }
}

/// A damaged archive is not verified; what does not even look like one cannot be read at all.
fn structure(source: &mut dyn Source, error: &ArchiveError, checks: &mut Checks) -> io::Result<()> {
    let mut head = Vec::new();
    source.rewind()?;
    source.take(1024).read_to_end(&mut head)?;
    match error {
        ArchiveError::Unsupported(what) => checks.unsupported(what),
        _ if !looks_like_an_archive(&head) => checks.unreadable(error),
        _ => {
            if error.check() != "archive" {
                checks.pass("archive");
            }
            checks.fail(error.check(), error.object(), error.code(), error);
        }
    }
    Ok(())
}

/// Whether the first 1024 bytes are an archive's: by its first entry's name or by what stands after its first header, so that one damaged byte does not hide what it was.
pub fn looks_like_an_archive(bytes: &[u8]) -> bool {
    let content = bytes.get(512..).unwrap_or_default();
    bytes.starts_with(b"BELENIOS") || content.starts_with(b"{\"version\":")
}

/// The encrypted tally that a scrutineer's device may decrypt, with what it was computed from.
#[derive(Clone, Debug)]
pub struct Closed<G: Group> {
    /// The election.
    pub election: Election<G>,
    /// Its trustees.
    pub trustees: Trustees<G>,
    /// The recomputed sum, with the number of ballots and their weight.
    pub aggregate: count::Aggregate<G>,
}

/// Checks an archive up to the end of ballots (later events are allowed and checked too) and recomputes the encrypted tally:
/// the only one that a device decrypts.
pub fn closed<G: Group>(bytes: &[u8], options: Options) -> Result<Closed<G>, Failure> {
    let mut source = Cursor::new(bytes);
    let outline = Outline::read(&mut source).map_err(|error| match error {
        OutlineError::Archive(error) => error.into(),
        OutlineError::Io(error) => unreadable(&error),
    })?;
    if matches!(outline.stage, Stage::Empty | Stage::Voting) {
        let message = "the ballots have not ended";
        return Err(Failure::new("events", None, "order", message));
    }
    let mut checks = Checks::default();
    let closed = election::closed(&mut source, &outline, options, SILENT, &mut checks);
    let closed = checks.settle(closed).map_err(|error| unreadable(&error))?;
    match (closed, checks.into_report(None).failure) {
        (_, Some(failure)) => Err(failure),
        (Some(closed), None) => Ok(closed),
        (None, None) => Err(unreadable(&"it could not be checked")),
    }
}

fn unreadable(why: &dyn fmt::Display) -> Failure {
    Failure::new("archive", None, "unreadable", why)
}

/// The name of the group of an archive's election, for whoever reads the rest of it in that group.
pub fn group_of(bytes: &[u8]) -> Result<String, Failure> {
    let archive = Archive::read(bytes).map_err(Failure::from)?;
    ballot::group_of_election(archive.setup.election)
        .map_err(|error| Failure::new("election", None, "encoding", error))
}

/// One ballot checked against an archive, for whoever is about to cast or audit it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Ballots of the archive are not looked at.
    Ignored,
    /// An exact copy is refused; a second ballot of a credential is judged by whether revoting is allowed.
    Checked,
}

/// Checks single ballots against an archive's election, roll and, as `freshness` says, earlier ballots.
#[derive(Debug)]
pub struct BallotCheck<G: Group> {
    election: Election<G>,
    roll: PublicCredentials<G>,
    earlier: HashSet<ObjectHash>,
    voted: HashSet<String>,
    revoting: bool,
}

impl<G: Group> BallotCheck<G> {
    /// Reads the archive. Its own ballots are not verified.
    pub fn new(archive: &[u8], freshness: Freshness, options: Options) -> Result<Self, Failure> {
        let archive = Archive::read(archive).map_err(Failure::from)?;
        let (election, roll) = election::setup(&archive)?;
        let mut check = Self {
            election,
            roll,
            earlier: HashSet::new(),
            voted: HashSet::new(),
            revoting: options.revoting,
        };
        if freshness == Freshness::Checked {
            for entry in &archive.ballots {
                let credential = credential_of_ballot(entry.bytes).map_err(|error| {
                    Failure::new("ballots", Some(entry.blame()), "encoding", error)
                })?;
                check.earlier.insert(entry.hash);
                check.voted.insert(credential.to_owned());
            }
        }
        Ok(check)
    }

    /// The election.
    pub fn election(&self) -> &Election<G> {
        &self.election
    }

    /// Accepts a ballot, or names the check that refuses it.
    pub fn check(&self, bytes: &[u8]) -> Result<Ballot<G>, Failure> {
        let refused = |check, message: &str| Err(Failure::new(check, None, check, message));
        let ballot = match Ballot::accept(bytes, &self.election, &self.roll) {
            Ok(ballot) => ballot,
            Err(error) => return refused(error.code(), &error.to_string()),
        };
        if self.earlier.contains(&ObjectHash::of(bytes)) {
            return refused("replay", "this ballot is in the archive already");
        }
        if !self.revoting && self.voted.contains(&G::encode(&ballot.credential)) {
            return refused(
                "revote",
                "its credential has voted already, and the rule does not let it vote again",
            );
        }
        Ok(ballot)
    }
}

impl From<ArchiveError> for Failure {
    fn from(error: ArchiveError) -> Self {
        Self {
            check: error.check(),
            object: error.object(),
            reason: Some(error.code()),
            message: error.to_string(),
        }
    }
}

impl<G: Group> Closed<G> {
    /// The encrypted tally.
    pub fn tally(&self) -> &EncryptedTally<G> {
        &self.aggregate.tally
    }
}
