//! All ballots of an archive: each is read again in its turn, checked, added to the sum if it counts, and let go.

use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};

use ballot::{Ballot, BallotError, Election, EncryptedTally, Group, PublicCredentials};

use super::{CHANGED, Checks, Halt, Options, Progress, refuse};
use crate::archive::{BallotEntry, ObjectHash, Outline, Place, Source};
use crate::count::{Aggregate, CountingError};
use crate::parallel;

/// Bytes of ballots that are in memory at a time, for each core: enough for all to be busy, little beside the archive.
const SHARE: usize = 1 << 19;

/// Ballots at a time, however small they are.
const MAX_BATCH: usize = 1 << 12;

/// Checks every ballot and sums those that count. Every bad ballot is named; with any bad one nothing is counted.
pub(super) fn verify<G: Group>(
    source: &mut dyn Source,
    outline: &Outline,
    election: &Election<G>,
    roll: &PublicCredentials<G>,
    options: Options,
    progress: Progress<'_>,
    checks: &mut Checks,
) -> Result<Aggregate<G>, Halt> {
    let marks = marks(&outline.ballots);
    let sum = add_up(source, outline, &marks, election, roll, progress)?;
    for (blame, error) in &sum.bad {
        checks.fail(
            "ballots",
            Some(blame.clone()),
            error.code(),
            format!("{}: {error}", error.code()),
        );
    }
    if !sum.bad.is_empty() {
        return Err(Halt::Listed);
    }
    checks.pass("ballots");
    check_revotes(outline, &marks, options, checks);
    let aggregate = sum.finish();
    aggregate.or_else(|error| refuse("encrypted-tally", None, "sum", error))
}

fn add_up<G: Group>(
    source: &mut dyn Source,
    outline: &Outline,
    marks: &[Mark],
    election: &Election<G>,
    roll: &PublicCredentials<G>,
    progress: Progress<'_>,
) -> Result<Sum<G>, Halt> {
    let done = AtomicUsize::new(0);
    let empty = || Sum::empty(election);
    let take = |mut sum: Sum<G>, ballot: &Taken| {
        sum.take(ballot, election, roll);
        let before = done.fetch_add(1, Ordering::Relaxed);
        progress(before + 1, marks.len());
        sum
    };
    let mut sum = empty();
    let mut rest = outline.ballots.iter().zip(marks);
    loop {
        let batch = batch(source, &mut rest)?
            .or_else(|blame| refuse("ballots", Some(blame), "changed", CHANGED))?;
        match parallel::sum(&batch, empty, take, Sum::merge) {
            Some(part) => sum = sum.merge(part),
            None => return Ok(sum),
        }
    }
}

/// What its credential's other ballots make of a ballot.
#[derive(Clone, Copy)]
struct Mark {
    /// There is no later one.
    counts: bool,
    /// There is an earlier one.
    again: bool,
}

/// Looks only at the credentials as they are written. What is no ballot gets any mark: it will be refused.
fn marks<P>(entries: &[BallotEntry<P>]) -> Vec<Mark> {
    let credentials = || entries.iter().map(|entry| entry.credential);
    let last: HashMap<ObjectHash, usize> = credentials().zip(0..).collect();
    let mut seen = HashSet::new();
    credentials()
        .zip(0..)
        .map(|(credential, position)| Mark {
            counts: last.get(&credential) == Some(&position),
            again: !seen.insert(credential),
        })
        .collect()
}

fn check_revotes(outline: &Outline, marks: &[Mark], options: Options, checks: &mut Checks) {
    let mut marked = outline.ballots.iter().zip(marks);
    match marked.find(|(_, mark)| mark.again) {
        Some((entry, _)) if !options.revoting => checks.fail(
            "revotes",
            Some(entry.blame()),
            "second-ballot",
            "its credential has voted already, and the rule forbids a second ballot",
        ),
        _ => checks.pass("revotes"),
    }
}

/// A ballot whose turn it is.
struct Taken {
    entry: BallotEntry<Place>,
    counts: bool,
    bytes: Vec<u8>,
}

/// The next ballots, as many as may be in memory; none after the last. Or the one that is not what it was.
fn batch<'o>(
    source: &mut dyn Source,
    rest: &mut impl Iterator<Item = (&'o BallotEntry<Place>, &'o Mark)>,
) -> io::Result<Result<Vec<Taken>, String>> {
    let mut room = SHARE.saturating_mul(parallel::cores());
    let mut batch = Vec::new();
    while room > 0
        && batch.len() < MAX_BATCH
        && let Some((entry, mark)) = rest.next()
    {
        let Some(bytes) = entry.bytes.read(source, entry.hash)? else {
            return Ok(Err(entry.blame()));
        };
        room = room.saturating_sub(bytes.len());
        batch.push(Taken {
            entry: *entry,
            counts: mark.counts,
            bytes,
        });
    }
    Ok(Ok(batch))
}

/// The sum of some ballots, and those that are bad.
struct Sum<G: Group> {
    tally: EncryptedTally<G>,
    ballots: u64,
    weight: Option<u64>,
    bad: Vec<(String, BallotError)>,
    fault: Option<CountingError>,
}

impl<G: Group> Sum<G> {
    fn empty(election: &Election<G>) -> Self {
        Self {
            tally: EncryptedTally::empty(election),
            ballots: 0,
            weight: Some(0),
            bad: Vec::new(),
            fault: None,
        }
    }

    fn take(&mut self, taken: &Taken, election: &Election<G>, roll: &PublicCredentials<G>) {
        let ballot = match Ballot::accept(&taken.bytes, election, roll) {
            Ok(ballot) => ballot,
            Err(error) => return self.bad.push((taken.entry.blame(), error)),
        };
        let weight = roll.weight_of(&ballot.credential).filter(|_| taken.counts);
        if let Some(weight) = weight {
            self.ballots += 1;
            self.weight = self.weight.and_then(|sum| sum.checked_add(weight));
            if let Err(fault) = self.tally.add(&ballot, weight) {
                self.fault.get_or_insert(fault.into());
            }
        }
    }

    fn merge(mut self, other: Self) -> Self {
        self.ballots += other.ballots;
        self.weight = self
            .weight
            .zip(other.weight)
            .and_then(|(a, b)| a.checked_add(b));
        self.bad.extend(other.bad);
        let merged = self.tally.merge(&other.tally);
        self.fault = self
            .fault
            .take()
            .or(other.fault)
            .or(merged.err().map(CountingError::from));
        self
    }

    fn finish(self) -> Result<Aggregate<G>, CountingError> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        Ok(Aggregate {
            tally: self.tally,
            ballots: self.ballots,
            weight: self.weight.ok_or(CountingError::Overflow)?,
        })
    }
}
