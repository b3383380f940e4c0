//! Archives and bundles read from elsewhere: the same reports as of those in memory, and sources that fail or change.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

mod common;

use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::sync::LazyLock;

use common::poll::{POLL, bundle};
use proptest::prelude::*;
use proptest::sample::Index;
use tally::archive::tar::Entries;
use tally::archive::{Archive, ArchiveWriter};
use tally::bundle as polls;
use tally::pabulib::Instance;
use tally::simulate::{Setting, simulate};
use tally::verify::{self, Failure, Options, Report, SILENT, Verdict};
use zeroize::Zeroizing;

/// Three votes on two projects, two of three trustees.
static SMALL: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let votes = "META\nkey;value\nvote_type;approval\nmax_length;1\nPROJECTS\nproject_id;votes\na;2\nb;1\n\
                 VOTES\nvoter_id;vote\n1;a\n2;a\n3;b\n";
    let setting = Setting {
        trustees: 3,
        threshold: 2,
        time: 1_768_500_000,
        seed: Zeroizing::new([9; 32]),
    };
    let instance = Instance::parse(votes).unwrap();
    simulate::<ballot::Ed25519>(&instance, &setting)
        .unwrap()
        .archive
});

/// Bytes that come a few at a time, are others after so many have been read, or cannot be read after so many.
struct Slow<'a> {
    now: Cursor<&'a [u8]>,
    then: Option<&'a [u8]>,
    fails: bool,
    left: usize,
}

impl<'a> Slow<'a> {
    fn steady(bytes: &'a [u8]) -> Self {
        Self {
            now: Cursor::new(bytes),
            then: None,
            fails: false,
            left: usize::MAX,
        }
    }

    fn changing(bytes: &'a [u8], then: &'a [u8], after: usize) -> Self {
        Self {
            then: Some(then),
            left: after,
            ..Self::steady(bytes)
        }
    }

    fn failing(bytes: &'a [u8], after: usize) -> Self {
        Self {
            fails: true,
            left: after,
            ..Self::steady(bytes)
        }
    }
}

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            if self.fails {
                return Err(io::Error::other("the disk is broken"));
            }
            if let Some(then) = self.then.take() {
                let at = self.now.position();
                self.now = Cursor::new(then);
                self.now.set_position(at);
                self.left = usize::MAX;
            }
        }
        let most = buffer.len().min(self.left).min(300);
        let length = self.now.read(&mut buffer[..most])?;
        self.left -= length;
        Ok(length)
    }
}

impl Seek for Slow<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.now.seek(to)
    }
}

fn streamed(source: Slow<'_>) -> Report {
    verify::archive_from(source, Options::default(), SILENT).unwrap()
}

/// What the report says first is what the reader in memory says.
fn agrees_with_the_reader_in_memory(bytes: &[u8], report: &Report) {
    let read = Archive::read(bytes).map_err(Failure::from);
    match (read, report.verdict) {
        (Ok(_), _) => {
            let names: Vec<_> = report.checks.iter().map(|check| check.check).collect();
            assert_eq!(names[..2], ["archive", "events"]);
        }
        (Err(failure), Verdict::NotVerified) => assert_eq!(report.failure, Some(failure)),
        (Err(_), verdict) => assert_eq!(verdict, Verdict::Unsupported),
    }
}

fn same_both_ways(bytes: &[u8]) -> Result<(), TestCaseError> {
    let report = verify::archive(bytes, Options::default());
    prop_assert_eq!(&streamed(Slow::steady(bytes)), &report);
    agrees_with_the_reader_in_memory(bytes, &report);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_archive_with_a_byte_changed_has_the_same_report_both_ways(place: Index, byte: u8) {
        let mut bytes = SMALL.clone();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        same_both_ways(&bytes)?;
    }

    #[test]
    fn a_shorter_archive_has_the_same_report_both_ways(length: Index) {
        same_both_ways(&SMALL[..length.index(SMALL.len())])?;
    }

    #[test]
    fn an_archive_with_a_byte_inserted_has_the_same_report_both_ways(place: Index, byte: u8) {
        let mut bytes = SMALL.clone();
        bytes.insert(place.index(SMALL.len() + 1), byte);
        same_both_ways(&bytes)?;
    }

    #[test]
    fn an_archive_without_an_entry_has_the_same_report_both_ways(left_out: Index) {
        let ends = Entries::new(&SMALL).map(|entry| entry.unwrap().offset);
        let ends: Vec<usize> = ends.chain([SMALL.len()]).collect();
        let entry = left_out.index(ends.len() - 1);
        same_both_ways(&[&SMALL[..ends[entry]], &SMALL[ends[entry + 1]..]].concat())?;
    }
}

/// The archive with its first two ballots in the other order: valid, of the same length, and another one.
fn swapped(bytes: &[u8]) -> Vec<u8> {
    let archive = Archive::read(bytes).unwrap();
    let setup = archive.setup;
    let mut writer = ArchiveWriter::setup(
        archive.timestamp,
        setup.election,
        setup.trustees,
        setup.credentials,
    )
    .unwrap();
    let mut ballots: Vec<&[u8]> = archive.ballots.iter().map(|entry| entry.bytes).collect();
    ballots.swap(0, 1);
    for ballot in ballots {
        writer.ballot(ballot).unwrap();
    }
    writer.end_ballots().unwrap();
    let tally = archive.tally.unwrap();
    let sized = tally.sized;
    writer
        .encrypted_tally(tally.bytes, sized.num_tallied, sized.total_weight)
        .unwrap();
    for partial in archive.partials {
        writer
            .partial_decryption(partial.owner, partial.bytes)
            .unwrap();
    }
    writer.result(archive.result.unwrap().bytes).unwrap();
    let swapped = writer.into_bytes();
    assert_eq!(swapped.len(), bytes.len());
    assert_ne!(swapped, bytes);
    swapped
}

fn reason(report: &Report) -> (&'static str, String, &'static str) {
    let failure = report.failure.clone().unwrap();
    (
        failure.check,
        failure.object.unwrap_or_default(),
        failure.reason.unwrap_or_default(),
    )
}

#[test]
fn an_archive_that_changes_between_the_readings_is_refused() {
    let other = swapped(&SMALL);
    let report = streamed(Slow::changing(&SMALL, &other, SMALL.len()));
    assert_eq!(report.verdict, Verdict::NotVerified);
    let first = Archive::read(&SMALL).unwrap().ballots[0].blame();
    assert_eq!(reason(&report), ("ballots", first, "changed"));
}

#[test]
fn a_partial_decryption_that_changes_between_the_readings_is_refused() {
    let mut other = SMALL.clone();
    let archive = Archive::read(&SMALL).unwrap();
    let partial = archive.partials[0].bytes;
    let place = partial.as_ptr() as usize - SMALL.as_ptr() as usize;
    other[place + 30] ^= 1;
    let report = streamed(Slow::changing(&SMALL, &other, SMALL.len()));
    let at = format!(
        "event {}, trustee {}",
        archive.partials[0].height, archive.partials[0].owner
    );
    assert_eq!(reason(&report), ("partial-decryptions", at, "changed"));
}

#[test]
fn an_archive_that_changes_is_verified_only_as_one_of_the_two() {
    let other = swapped(&SMALL);
    let mut bytes = SMALL.iter().zip(&other);
    let first = bytes.position(|(one, two)| one != two).unwrap();
    let ballots = Archive::read(&SMALL).unwrap().ballots;
    let [one, two] = [0, 1].map(|n| ballots[n].bytes.len());
    for after in (0..2 * SMALL.len()).step_by(1009) {
        let report = streamed(Slow::changing(&SMALL, &other, after));
        // Before the two differ it is the second that is read, and afterwards neither; until both ballots are counted.
        if after <= first || after >= SMALL.len() + one + two {
            assert_eq!(report.verdict, Verdict::Verified, "{after}: {report:?}");
        } else if after < SMALL.len() + one {
            assert_eq!(report.verdict, Verdict::NotVerified, "{after}");
        }
    }
}

#[test]
fn a_bundle_whose_archive_changes_after_the_manifest_is_refused() {
    let bytes = bundle(&POLL).write().unwrap();
    let place = bytes
        .windows(8)
        .position(|window| window == b"BELENIOS")
        .unwrap();
    let mut other = bytes.clone();
    other[place..place + POLL.archive.len()].copy_from_slice(&swapped(&POLL.archive));
    let mut reasons = Vec::new();
    let archive = POLL.archive.len();
    for after in (0..bytes.len() + 2 * archive).step_by(archive / 7) {
        let source = Slow::changing(&bytes, &other, after);
        let report = polls::verify_from(source, SILENT).unwrap();
        if report.verdict != Verdict::Verified {
            reasons.push(reason(&report));
        }
    }
    let archive = "election.bel".to_owned();
    assert!(
        reasons.contains(&("manifest", archive, "changed")),
        "{reasons:?}"
    );
    let ballot = |(check, _, reason): &(_, _, _)| (*check, *reason) == ("ballots", "changed");
    assert!(reasons.iter().any(ballot), "{reasons:?}");
}

#[test]
fn a_bundle_has_the_same_report_both_ways() {
    let bytes = bundle(&POLL).write().unwrap();
    let report = polls::verify(&bytes);
    assert_eq!(report.verdict, Verdict::Verified);
    assert_eq!(
        polls::verify_from(Slow::steady(&bytes), SILENT).unwrap(),
        report
    );
    for place in (0..bytes.len()).step_by(bytes.len() / 30) {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        let streamed = polls::verify_from(Slow::steady(&changed), SILENT).unwrap();
        assert_eq!(streamed, polls::verify(&changed), "byte {place}");
    }
}

#[test]
fn a_source_that_cannot_be_read_is_no_verdict() {
    let broken = |error: io::Error| error.to_string();
    let archive = Archive::read(&SMALL).unwrap();
    let ballots = archive.ballots.iter().map(|entry| entry.bytes.len());
    let partials = archive.partials.iter().map(|entry| entry.bytes.len());
    let again: usize = ballots.chain(partials).sum();
    for after in (0..SMALL.len() + again).step_by(4001) {
        let source = Slow::failing(&SMALL, after);
        let error = verify::archive_from(source, Options::default(), SILENT).map_err(broken);
        assert_eq!(error, Err("the disk is broken".to_owned()), "{after}");
    }
    let bytes = bundle(&POLL).write().unwrap();
    for after in (0..bytes.len() + POLL.archive.len()).step_by(bytes.len() / 5) {
        let error = polls::verify_from(Slow::failing(&bytes, after), SILENT).map_err(broken);
        assert_eq!(error, Err("the disk is broken".to_owned()), "{after}");
    }
}

#[test]
fn what_is_a_bundle_in_memory_is_one_elsewhere() {
    let zip = bundle(&POLL).write().unwrap();
    let mut damaged = zip.clone();
    damaged[0] ^= 1;
    for (bytes, expected) in [
        (&zip[..], true),
        (&damaged, true),
        (&zip[1..], true),
        (&SMALL, false),
        (b"PK\x03\x04", true),
        (b"PK\x05\x06", false),
        (b"", false),
    ] {
        assert_eq!(polls::is_bundle(bytes), expected);
        assert_eq!(
            polls::is_bundle_from(Slow::steady(bytes)).unwrap(),
            expected
        );
    }
}
