//! All ballots of an archive: each is checked, added to the sum if it counts, and let go.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use ballot::{
    Ballot, BallotError, Digest, Election, EncryptedTally, Group, PublicCredentials,
    credential_of_ballot,
};

use super::{Checks, Options, Progress};
use crate::archive::{Archive, BallotEntry};
use crate::count::{Aggregate, CountingError};
use crate::parallel;

/// Ballots between two merges of the cores' sums, which bounds how many sums there are at a time.
const BATCH: usize = 4096;

/// Checks every ballot and sums those that count. Every bad ballot is named; with any bad one nothing is counted.
pub(super) fn verify<G: Group>(
    archive: &Archive<'_>,
    election: &Election<G>,
    roll: &PublicCredentials<G>,
    options: Options,
    progress: Progress<'_>,
    checks: &mut Checks,
) -> Option<Aggregate<G>> {
    let marked = marked(&archive.ballots);
    let done = AtomicUsize::new(0);
    let mut sum = Sum::empty(election);
    for batch in marked.chunks(BATCH) {
        let parts = parallel::map_chunks(batch, |part| {
            let mut sum = Sum::empty(election);
            for ballot in part {
                sum.take(ballot, election, roll);
            }
            let before = done.fetch_add(part.len(), Ordering::Relaxed);
            progress(before + part.len(), marked.len());
            sum
        });
        for part in parts {
            sum.merge(part);
        }
    }
    let sound = sum.bad.is_empty();
    for (blame, error) in &sum.bad {
        checks.fail(
            "ballots",
            Some(blame.clone()),
            error.code(),
            format!("{}: {error}", error.code()),
        );
    }
    if !sound {
        return None;
    }
    checks.pass("ballots");
    check_revotes(&marked, options, checks);
    match sum.finish() {
        Ok(aggregate) => Some(aggregate),
        Err(error) => {
            checks.fail("encrypted-tally", None, "sum", error);
            None
        }
    }
}

/// A ballot, and what its credential's other ballots make of it.
struct Marked<'a> {
    entry: BallotEntry<'a>,
    /// Its credential has no later ballot.
    counts: bool,
    /// Its credential has an earlier ballot.
    again: bool,
}

/// Looks only at the credentials as they are written, which the strict encoding makes enough. What is no ballot gets
/// any mark: it will be refused.
fn marked<'a>(entries: &[BallotEntry<'a>]) -> Vec<Marked<'a>> {
    let credentials: Vec<&str> = entries
        .iter()
        .map(|entry| credential_of_ballot(entry.bytes).unwrap_or_default())
        .collect();
    let last: HashMap<&str, usize> = credentials.iter().copied().zip(0..).collect();
    let mut seen = HashSet::new();
    (0..)
        .zip(entries.iter().zip(credentials))
        .map(|(position, (entry, credential))| Marked {
            entry: *entry,
            counts: last.get(credential) == Some(&position),
            again: !seen.insert(credential),
        })
        .collect()
}

fn check_revotes(marked: &[Marked<'_>], options: Options, checks: &mut Checks) {
    match marked.iter().find(|ballot| ballot.again) {
        Some(ballot) if !options.revoting => checks.fail(
            "revotes",
            Some(blame(&ballot.entry)),
            "second-ballot",
            "its credential has voted already, and the rule forbids a second ballot",
        ),
        _ => checks.pass("revotes"),
    }
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

    fn take(&mut self, marked: &Marked<'_>, election: &Election<G>, roll: &PublicCredentials<G>) {
        let ballot = match Ballot::accept(marked.entry.bytes, election, roll) {
            Ok(ballot) => ballot,
            Err(error) => return self.bad.push((blame(&marked.entry), error)),
        };
        let weight = roll.weight_of(&ballot.credential).filter(|_| marked.counts);
        if let Some(weight) = weight {
            self.ballots += 1;
            self.weight = self.weight.and_then(|sum| sum.checked_add(weight));
            if let Err(fault) = self.tally.add(&ballot, weight) {
                self.fault.get_or_insert(fault.into());
            }
        }
    }

    fn merge(&mut self, other: Self) {
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

/// The ballot to blame: its event's height and its tracker.
pub(super) fn blame(entry: &BallotEntry<'_>) -> String {
    format!("event {}, ballot {}", entry.height, Digest::of(entry.bytes))
}
