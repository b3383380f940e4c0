//! Archives: the independent tool's is verified; each broken one is refused by the right check, on the right object.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "helpers of tests fail as tests do"
)]

use std::sync::LazyLock;

use tally::archive::tar::{Entries, TarFault};
use tally::archive::{Archive, ArchiveError, ArchiveWriter, EventKind, ObjectHash, Stage};
use tally::verify::{self, Check, CheckStatus, Options, Verdict};

static SAMPLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let path = "/../ballot/tests/data/elections/ed25519-50-by-belenios-3.3.0/4w6XtatTw6kgAw.bel";
    std::fs::read(format!("{}{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
});

/// The sample's parts, to be put together again with one thing broken.
struct Parts {
    time: u64,
    setup: [Vec<u8>; 3],
    ballots: Vec<Vec<u8>>,
    tally: (Vec<u8>, u64, u64),
    partials: Vec<(u32, Vec<u8>)>,
    result: Vec<u8>,
}

impl Parts {
    fn of_sample() -> Self {
        let archive = Archive::read(&SAMPLE).unwrap();
        let tally = archive.tally.unwrap();
        Self {
            time: archive.timestamp,
            setup: [
                archive.setup.election,
                archive.setup.trustees,
                archive.setup.credentials,
            ]
            .map(<[u8]>::to_vec),
            ballots: archive
                .ballots
                .iter()
                .map(|ballot| ballot.bytes.to_vec())
                .collect(),
            tally: (
                tally.bytes.to_vec(),
                tally.sized.num_tallied,
                tally.sized.total_weight,
            ),
            partials: archive
                .partials
                .iter()
                .map(|partial| (partial.owner, partial.bytes.to_vec()))
                .collect(),
            result: archive.result.unwrap().bytes.to_vec(),
        }
    }

    fn write(&self) -> Vec<u8> {
        let mut archive =
            ArchiveWriter::setup(self.time, &self.setup[0], &self.setup[1], &self.setup[2])
                .unwrap();
        self.ballots
            .iter()
            .for_each(|ballot| archive.ballot(ballot).unwrap());
        archive.end_ballots().unwrap();
        archive
            .encrypted_tally(&self.tally.0, self.tally.1, self.tally.2)
            .unwrap();
        self.partials
            .iter()
            .for_each(|(owner, partial)| archive.partial_decryption(*owner, partial).unwrap());
        archive.result(&self.result).unwrap();
        archive.into_bytes()
    }
}

/// Check, object and reason of the first failure.
type Refused = (&'static str, String, &'static str);

fn refused(change: impl FnOnce(&mut Parts)) -> Refused {
    let mut parts = Parts::of_sample();
    change(&mut parts);
    failure(&parts.write(), Options::default())
}

fn failure(bytes: &[u8], options: Options) -> Refused {
    let report = verify::archive(bytes, options);
    assert_eq!(report.verdict, Verdict::NotVerified, "{report:?}");
    let failure = report.failure.unwrap();
    (
        failure.check,
        failure.object.unwrap_or_default(),
        failure.reason.unwrap_or_default(),
    )
}

fn replace(bytes: &mut Vec<u8>, from: &str, to: &str) {
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.contains(from));
    *bytes = text.replacen(from, to, 1).into_bytes();
}

#[test]
fn the_independent_tools_election_is_verified() {
    let report = verify::archive(&SAMPLE, Options::default());
    assert_eq!(report.verdict, Verdict::Verified, "{report:?}");
    let counted = report.counted.unwrap();
    assert_eq!(
        (counted.ballots, counted.counted, counted.weight),
        (50, 50, 50)
    );
    assert_eq!(
        counted.result,
        [[
            17, 10, 18, 16, 12, 12, 12, 15, 11, 16, 15, 11, 22, 19, 16, 15, 14, 11, 11, 13
        ]]
    );
    let names: Vec<&str> = report.checks.iter().map(|check| check.check).collect();
    let expected = [
        "archive",
        "events",
        "election",
        "trustees",
        "credentials",
        "ballots",
        "revotes",
        "encrypted-tally",
        "partial-decryptions",
        "result",
    ];
    assert_eq!(names, expected);
}

#[test]
fn our_writer_writes_the_independent_tools_bytes() {
    assert!(Parts::of_sample().write() == *SAMPLE);
    let resumed = ArchiveWriter::resume(SAMPLE.clone()).unwrap();
    assert_eq!(resumed.stage(), Stage::Finished);
}

#[test]
fn a_scrutineers_device_recomputes_the_same_encrypted_tally() {
    let parts = Parts::of_sample();
    let mut archive = ArchiveWriter::setup(
        parts.time,
        &parts.setup[0],
        &parts.setup[1],
        &parts.setup[2],
    )
    .unwrap();
    parts
        .ballots
        .iter()
        .for_each(|ballot| archive.ballot(ballot).unwrap());
    let open = verify::closed::<ballot::Ed25519>(archive.bytes(), Options::default()).unwrap_err();
    assert_eq!(open.check, "events");
    archive.end_ballots().unwrap();
    let closed = verify::closed::<ballot::Ed25519>(archive.bytes(), Options::default()).unwrap();
    assert_eq!(
        ballot::Wire::to_json(closed.tally()).as_bytes(),
        parts.tally.0
    );
    assert_eq!(
        (closed.aggregate.ballots, closed.aggregate.weight),
        (50, 50)
    );
}

#[test]
fn any_changed_byte_is_refused() {
    // Headers, padding, objects: a sample of places through the whole archive, and every byte of the first entries.
    let places = (0..2048).chain((2048..SAMPLE.len()).step_by(7919));
    for place in places {
        let mut bytes = SAMPLE.clone();
        bytes[place] ^= 1;
        // By the tar, by a name, by a hash that a name has, or by the header: nothing behind them is looked at.
        let check = Archive::read(&bytes).map_err(|error| error.check());
        // Only the header's version is one that somebody else might read.
        let version = 512 + b"{\"version\":".len();
        let expected = if place == version {
            "supported"
        } else {
            "archive"
        };
        assert_eq!(check.map(drop), Err(expected), "byte {place}");
    }
}

#[test]
fn any_shorter_or_longer_archive_is_refused() {
    for length in (0..SAMPLE.len()).step_by(50_021).chain([SAMPLE.len() - 1]) {
        assert_ne!(
            verify::archive(&SAMPLE[..length], Options::default()).verdict,
            Verdict::Verified,
            "{length}"
        );
    }
    for tail in [&[0_u8][..], &[0; 512], &[0; 1024], b"x"] {
        let bytes = [&SAMPLE[..], tail].concat();
        let fault = if tail.len() < 512 {
            TarFault::Truncated
        } else {
            TarFault::Header
        };
        let offset = SAMPLE.len();
        assert_eq!(
            Archive::read(&bytes).map(drop),
            Err(ArchiveError::Tar { offset, fault }),
            "{}",
            tail.len()
        );
    }
}

#[test]
fn a_dropped_ballot_is_missed_in_the_tally() {
    assert_eq!(
        refused(|parts| drop(parts.ballots.pop())),
        ("encrypted-tally", "event 51".into(), "num-tallied")
    );
}

#[test]
fn a_false_total_is_refused() {
    assert_eq!(
        refused(|parts| parts.tally.1 = 49),
        ("encrypted-tally", "event 52".into(), "num-tallied")
    );
    assert_eq!(
        refused(|parts| parts.tally.2 = 51),
        ("encrypted-tally", "event 52".into(), "total-weight")
    );
}

#[test]
fn a_false_result_is_refused() {
    assert_eq!(
        refused(|parts| replace(&mut parts.result, "17,10", "10,17")),
        ("result", "event 55".into(), "counts")
    );
    assert_eq!(
        refused(|parts| replace(&mut parts.result, "17,10", "17,10,0")),
        ("result", "event 55".into(), "counts")
    );
    assert_eq!(
        refused(|parts| replace(&mut parts.result, "[[", "[[],[")),
        ("result", "event 55".into(), "counts")
    );
}

#[test]
fn an_altered_tally_is_refused() {
    let swap = |parts: &mut Parts| replace(&mut parts.tally.0, "a54339bd", "a54339be");
    assert_eq!(refused(swap), ("encrypted-tally", "event 52".into(), "sum"));
}

#[test]
fn an_altered_ballot_is_named() {
    let mut parts = Parts::of_sample();
    replace(&mut parts.ballots[7], "\"response\":\"", "\"response\":\"0");
    let tracker = ballot::Digest::of(&parts.ballots[7]);
    assert_eq!(
        failure(&parts.write(), Options::default()),
        ("ballots", format!("event 8, ballot {tracker}"), "encoding")
    );
}

#[test]
fn a_ballot_that_stands_twice_is_refused() {
    let hash = ObjectHash::of(&Parts::of_sample().ballots[3]).to_string();
    assert_eq!(
        refused(|parts| parts.ballots.push(parts.ballots[3].clone())),
        ("events", hash, "repeated")
    );
}

#[test]
fn too_few_partial_decryptions_are_refused() {
    assert_eq!(
        refused(|parts| drop(parts.partials.pop())),
        ("partial-decryptions", String::new(), "too-few")
    );
}

#[test]
fn a_trustee_decrypts_once_and_is_one_of_the_trustees() {
    // The same trustee twice under another object: the owner alone changes.
    assert_eq!(
        refused(|parts| parts.partials[1].0 = 1),
        ("partial-decryptions", "event 54, trustee 1".into(), "twice")
    );
    assert_eq!(
        refused(|parts| parts.partials[1].0 = 4),
        (
            "partial-decryptions",
            "event 54, trustee 4".into(),
            "no-such-trustee"
        )
    );
    assert_eq!(
        refused(|parts| parts.partials[1].0 = 0),
        (
            "partial-decryptions",
            "event 54, trustee 0".into(),
            "no-such-trustee"
        )
    );
}

#[test]
fn a_partial_decryption_of_another_trustee_is_blamed() {
    assert_eq!(
        refused(|parts| parts.partials[1].0 = 3),
        (
            "partial-decryptions",
            "event 54, trustee 3".into(),
            "too-few"
        )
    );
}

#[test]
fn an_invalid_partial_decryption_beside_enough_valid_ones_is_a_warning() {
    let mut parts = Parts::of_sample();
    // Trustee 3 gives the first one's factors and proofs, in another order, since no object stands twice.
    let mut foreign: serde_json::Value = serde_json::from_slice(&parts.partials[0].1).unwrap();
    for list in ["decryption_factors", "decryption_proofs"] {
        foreign[list][0].as_array_mut().unwrap().swap(1, 2);
    }
    parts.partials.push((3, foreign.to_string().into_bytes()));
    let report = verify::archive(&parts.write(), Options::default());
    assert_eq!(report.verdict, Verdict::Verified, "{report:?}");
    assert_eq!(report.failure, None);
    let outstanding: Vec<_> = report
        .checks
        .iter()
        .filter(|check| check.status != CheckStatus::Passed)
        .collect();
    let warning = Check {
        check: "partial-decryptions",
        status: CheckStatus::Warning,
        object: Some("event 55, trustee 3".into()),
        reason: Some("invalid"),
        message: Some(
            "question 0, choice 0: the proof of decryption does not hold; enough others are valid"
                .into(),
        ),
    };
    assert_eq!(outstanding, [&warning]);
}

#[test]
fn events_out_of_order_are_refused() {
    let parts = Parts::of_sample();
    let mut archive = ArchiveWriter::setup(
        parts.time,
        &parts.setup[0],
        &parts.setup[1],
        &parts.setup[2],
    )
    .unwrap();
    let refused = archive.result(&parts.result).unwrap_err();
    assert_eq!(
        refused,
        ArchiveError::OutOfOrder {
            height: 1,
            kind: EventKind::Result,
            after: Stage::Voting
        }
    );
    archive.end_ballots().unwrap();
    let refused = archive.ballot(&parts.ballots[0]).unwrap_err();
    assert_eq!(
        refused,
        ArchiveError::OutOfOrder {
            height: 2,
            kind: EventKind::Ballot,
            after: Stage::Ended
        }
    );
    let refused = archive.end_ballots().unwrap_err();
    assert_eq!(
        refused,
        ArchiveError::OutOfOrder {
            height: 2,
            kind: EventKind::EndBallots,
            after: Stage::Ended
        }
    );
}

#[test]
fn an_event_left_out_breaks_the_chain() {
    let entries: Vec<_> = Entries::new(&SAMPLE).map(Result::unwrap).collect();
    let without = |skip: std::ops::Range<usize>| {
        let (start, end) = (entries[skip.start].offset, entries[skip.end].offset);
        [&SAMPLE[..start], &SAMPLE[end..]].concat()
    };
    // Entries 0 to 5 are header and setup; 6 and 7 the first ballot and its event.
    assert_eq!(
        Archive::read(&without(6..8)).unwrap_err(),
        ArchiveError::Height {
            expected: 1,
            found: 2
        }
    );
    assert_eq!(
        Archive::read(&without(6..7)).unwrap_err(),
        ArchiveError::Missing {
            height: 1,
            hash: ObjectHash::of(entries[6].body)
        }
    );
    assert_eq!(
        Archive::read(&without(7..8)).unwrap_err(),
        ArchiveError::Height {
            expected: 1,
            found: 2
        }
    );
    assert_eq!(
        Archive::read(&without(0..1)).unwrap_err(),
        ArchiveError::NoHeader
    );
}

#[test]
fn an_object_that_belongs_to_no_event_is_refused() {
    let mut bytes = SAMPLE.clone();
    let first: Vec<_> = Entries::new(&SAMPLE).take(2).map(Result::unwrap).collect();
    let body = b"{\"x\":1}";
    let hash = ObjectHash::of(body);
    // A second archive that begins with our object gives us its canonical entry.
    let other = ArchiveWriter::setup(first[0].time, body, b"[]", b"[1]")
        .unwrap()
        .into_bytes();
    let entry = Entries::new(&other).nth(1).unwrap().unwrap();
    bytes.extend_from_slice(&other[entry.offset..entry.offset + 1024]);
    assert_eq!(
        Archive::read(&bytes).unwrap_err(),
        ArchiveError::Unreferenced(hash)
    );
}

#[test]
fn an_unfinished_election_is_not_verified() {
    let parts = Parts::of_sample();
    let mut archive = ArchiveWriter::setup(
        parts.time,
        &parts.setup[0],
        &parts.setup[1],
        &parts.setup[2],
    )
    .unwrap();
    archive.ballot(&parts.ballots[0]).unwrap();
    archive.end_ballots().unwrap();
    assert_eq!(
        failure(archive.bytes(), Options::default()),
        ("encrypted-tally", String::new(), "unfinished")
    );
}

#[test]
fn what_is_no_archive_cannot_be_read() {
    for bytes in [&b""[..], b"hello", &[0; 512], &[0xff; 4096]] {
        let report = verify::archive(bytes, Options::default());
        assert_eq!(report.verdict, Verdict::Unsupported, "{report:?}");
        let failure = report.failure.unwrap();
        assert_eq!(
            (failure.check, failure.reason),
            ("archive", Some("unreadable"))
        );
    }
    assert_eq!(
        Entries::new(b"hello").next(),
        Some(Err(TarFault::Truncated))
    );
}

#[test]
fn an_archive_damaged_at_its_very_beginning_is_not_verified() {
    for place in [0, 7, 120, 150, 511, 513, 530] {
        let mut bytes = SAMPLE.clone();
        bytes[place] ^= 1;
        let report = verify::archive(&bytes, Options::default());
        assert_eq!(report.verdict, Verdict::NotVerified, "byte {place}");
    }
    let report = verify::archive(&SAMPLE[..100], Options::default());
    assert_eq!(report.verdict, Verdict::NotVerified);
}

#[test]
fn another_kind_of_question_is_unsupported_and_never_verified() {
    let mut parts = Parts::of_sample();
    replace(
        &mut parts.setup[0],
        "\"questions\":[{",
        "\"questions\":[{\"type\":\"NonHomomorphic\",",
    );
    assert_eq!(
        verify::archive(&parts.write(), Options::default()).verdict,
        Verdict::Unsupported
    );
    let mut parts = Parts::of_sample();
    replace(
        &mut parts.setup[0],
        "\"group\":\"Ed25519\"",
        "\"group\":\"P-256\"",
    );
    assert_eq!(
        verify::archive(&parts.write(), Options::default()).verdict,
        Verdict::Unsupported
    );
}

#[test]
fn a_roll_with_a_credential_twice_is_refused() {
    let twice = |parts: &mut Parts| {
        let text = String::from_utf8(parts.setup[2].clone()).unwrap();
        let first = text.split('"').nth(1).unwrap().to_owned();
        parts.setup[2] = text
            .replacen(']', &format!(",\"{first}\"]"), 1)
            .into_bytes();
    };
    assert_eq!(refused(twice), ("credentials", String::new(), "encoding"));
}

#[test]
fn trustees_with_another_key_are_refused() {
    // The election's key is g, of which nobody needs a trustee to know the logarithm.
    let swap = |parts: &mut Parts| {
        let key = "a3d32b4148ef51340c53b75101b28508fa3927ca8e5d695f2c9e93769e991594";
        let generator = "6666666666666666666666666666666666666666666666666666666666666658";
        replace(&mut parts.setup[0], key, generator);
    };
    assert_eq!(refused(swap), ("trustees", String::new(), "election-key"));
}
