//! What a verification takes of memory, counted. One test, because the whole process is counted.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "helpers of tests fail as tests do"
)]

mod common;

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _, Write as _};

use peak_alloc::PeakAlloc;
use tally::archive::tar::LARGEST;
use tally::bundle::{self, Bundle};
use tally::pabulib::Instance;
use tally::simulate::{Setting, simulate};
use tally::verify::{self, Options, Report, SILENT, Verdict};
use zeroize::Zeroizing;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The most that each further ballot may leave behind: hashes, and its credential on the roll.
const A_BALLOT: usize = 1024;

#[test]
fn verifying_takes_a_few_ballots_at_a_time_and_not_the_archive() {
    // Each core has some ballots; two cores here, however many there are.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2);
    let (few, many) = (election(100), election(800));
    let [few, many] = pool.build().unwrap().install(|| {
        // What the first call makes once and keeps is no archive's memory.
        measured(&few.0);
        bundled(&few.0);
        [few, many].map(|(file, size)| {
            let (report, peak) = measured(&file);
            assert_eq!(report.verdict, Verdict::Verified, "{report:?}");
            eprintln!("an archive of {size} bytes: {peak} bytes of memory at most");
            let (bundle, in_bundle) = measured_by(&bundled(&file), |source| {
                bundle::verify_from(source, SILENT).unwrap()
            });
            let failure = bundle.failure.unwrap();
            assert_eq!(
                (failure.check, failure.reason),
                ("bindings", Some("invalid"))
            );
            eprintln!("a bundle of it: {in_bundle} bytes of memory at most");
            (size, peak.max(in_bundle))
        })
    });
    // The tables of the election's key take a mebibyte of it.
    assert!(many.1 * 3 < many.0, "{many:?}");
    assert!(many.1 < few.1 + 700 * A_BALLOT, "{few:?}, {many:?}");
    what_a_header_claims_is_not_reserved();
}

fn what_a_header_claims_is_not_reserved() {
    let name = format!("{}.data.json", "0".repeat(64));
    let start = entry("BELENIOS", br#"{"version":1,"timestamp":"1768500000"}"#);
    for mut bytes in [Vec::new(), start] {
        let offset = bytes.len();
        bytes.extend_from_slice(&header(&name, LARGEST));
        bytes.extend_from_slice(&[b'x'; 400]);
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        let (report, peak) = measured(&file);
        let failure = report.failure.unwrap();
        assert_eq!(failure.check, "archive");
        let message = format!("byte {offset}: the archive ends too early");
        assert_eq!(failure.message, message);
        assert!(peak < 1 << 15, "{peak} bytes of memory");
    }
}

/// The report on an archive, and the most memory that making it took.
fn measured(file: &File) -> (Report, usize) {
    measured_by(file, |source| {
        verify::archive_from(source, Options::default(), SILENT).unwrap()
    })
}

fn measured_by(file: &File, verify: impl FnOnce(BufReader<&File>) -> Report) -> (Report, usize) {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let report = verify(BufReader::new(file));
    (report, MEMORY.peak_usage().saturating_sub(before))
}

/// A bundle with the archive, and bindings of another archive: that is seen after all ballots and partial decryptions.
fn bundled(mut file: &File) -> File {
    let mut election = Vec::new();
    file.rewind().unwrap();
    file.read_to_end(&mut election).unwrap();
    let poll = &common::poll::POLL;
    let bundle = Bundle {
        election: &election,
        ..common::poll::bundle(poll)
    };
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&bundle.write().unwrap()).unwrap();
    file
}

/// An archive of so many votes on twenty projects, and its size.
fn election(voters: usize) -> (File, usize) {
    let mut votes =
        "META\nkey;value\nvote_type;approval\nmax_length;1\nPROJECTS\nproject_id;votes\n"
            .to_owned();
    for project in 0..20 {
        let approvals = if project == 0 { voters } else { 0 };
        writeln!(votes, "p{project};{approvals}").unwrap();
    }
    votes += "VOTES\nvoter_id;vote\n";
    for voter in 0..voters {
        writeln!(votes, "{voter};p0").unwrap();
    }
    let setting = Setting {
        trustees: 1,
        threshold: 1,
        time: 1_768_500_000,
        seed: Zeroizing::new([9; 32]),
    };
    let instance = Instance::parse(&votes).unwrap();
    let bytes = simulate::<ballot::Ed25519>(&instance, &setting)
        .unwrap()
        .archive;
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&bytes).unwrap();
    (file, bytes.len())
}

fn entry(name: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = header(name, body.len());
    bytes.extend_from_slice(body);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

/// The canonical header of an entry.
fn header(name: &str, size: usize) -> Vec<u8> {
    let fields = |sum: &str| {
        format!(
            "{name:\0<100}0000644\0{zero}{zero}{size:011o}\0{time:011o}\0{sum}0",
            zero = "0000000\0",
            time = 1_768_500_000
        )
    };
    let sum: u32 = fields("        ").bytes().map(u32::from).sum();
    let mut bytes = fields(&format!("{sum:06o}\0 ")).into_bytes();
    bytes.resize(512, 0);
    bytes
}
