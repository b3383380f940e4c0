//! Archives and bundles: as bytes, and with their hashes made to fit whatever the objects were changed to.

use std::fmt::Write as _;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

use sha2::{Digest, Sha256};
use tally::archive::tar::Entries;
use tally::archive::{Archive, ArchiveWriter};
use tally::bundle;
use tally::verify::{self, Failure, Options, SILENT, Verdict};

use crate::Target;
use crate::samples::{SMALL, SMALL_RESULT};

/// Tables for the multiples of an election's key, however short its archive is.
const KEY_TABLES: usize = 3 << 19;

pub(crate) const ARCHIVE: Target = Target {
    name: "archive",
    run: |input| {
        let entries = Entries::new(input).map_while(Result::ok).count();
        assert!(entries <= input.len() / 512);
        if let Ok(archive) = Archive::read(input) {
            let resumed = ArchiveWriter::resume(input.to_vec()).expect("what is read can go on");
            assert_eq!((resumed.stage(), resumed.bytes()), (archive.stage, input));
        }
        verified(input);
    },
    seeds: || vec![SMALL.clone()],
    tries: 3000,
    memory: 16,
    floor: crate::MEMORY_FLOOR + KEY_TABLES,
};

/// An archive as text, one object a line, `d` data or `e` event; `@3@` is the hash of the object in line 3 (from 0).
pub(crate) const OBJECTS: Target = Target {
    name: "archive-objects",
    run: |input| verified(&archive_of(&String::from_utf8_lossy(input))),
    seeds: || {
        let text = text_of(&SMALL);
        assert_eq!(
            archive_of(&text),
            *SMALL,
            "the sample in words is the sample"
        );
        vec![text.into_bytes()]
    },
    tries: 1000,
    memory: 64,
    floor: crate::MEMORY_FLOOR + KEY_TABLES,
};

/// A bundle's files, each a line of its name, a line of its length and its bytes; the manifest is made to fit.
pub(crate) const BUNDLE: Target = Target {
    name: "bundle",
    run: |input| {
        let report = bundle::verify(input);
        assert!(input.len() < 22 || report.verdict != Verdict::Verified);
        let streamed = bundle::verify_from(Trickle(Cursor::new(input)), SILENT);
        assert_eq!(streamed.expect("it can be read"), report);
        let _ = bundle::is_bundle(input);
        if let Some(zipped) = bundle_of(input) {
            assert_ne!(
                bundle::verify(&zipped).verdict,
                Verdict::Verified,
                "the sample is of no rule"
            );
        }
    },
    seeds: bundles,
    tries: 1500,
    memory: 64,
    floor: crate::MEMORY_FLOOR + KEY_TABLES,
};

/// What is verified has the counts that were sealed; the reader in memory and the verifier, which reads from anywhere,
/// refuse the same archives for the same reasons.
fn verified(archive: &[u8]) {
    let report = verify::archive(archive, Options::default());
    let streamed = verify::archive_from(Trickle(Cursor::new(archive)), Options::default(), SILENT);
    assert_eq!(streamed.expect("it can be read"), report);
    match Archive::read(archive).map_err(Failure::from) {
        Ok(_) => {
            let names = report.checks.iter().map(|check| check.check);
            assert!(names.take(2).eq(["archive", "events"]));
        }
        Err(failure) if report.verdict == Verdict::NotVerified => {
            assert_eq!(report.failure.as_ref(), Some(&failure));
        }
        Err(_) => assert_eq!(report.verdict, Verdict::Unsupported),
    }
    if report.verdict == Verdict::Verified {
        let result = report
            .counted
            .expect("a verified archive is counted")
            .result;
        assert_eq!(result, SMALL_RESULT, "other counts than were sealed");
    }
}

/// Bytes that come a few at a time.
struct Trickle<'a>(Cursor<&'a [u8]>);

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = buffer.len().min(123);
        self.0.read(&mut buffer[..length])
    }
}

impl Seek for Trickle<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

/// The time of every archive that is built here.
pub(crate) const TIME_OF_ARCHIVES: u64 = 1_768_500_000;

fn text_of(archive: &[u8]) -> String {
    let mut text = String::new();
    let mut hashes: Vec<String> = Vec::new();
    for entry in Entries::new(archive).skip(1) {
        let entry = entry.expect("the sample is whole");
        let mut body = String::from_utf8(entry.body.to_vec()).expect("objects are text");
        for (line, hash) in hashes.iter().enumerate() {
            body = body.replace(hash, &format!("@{line}@"));
        }
        let (hash, kind) = entry.name.split_once('.').expect("a name of the format");
        hashes.push(hash.to_owned());
        writeln!(
            text,
            "{} {body}",
            if kind == "data.json" { 'd' } else { 'e' }
        )
        .expect("memory");
    }
    text
}

fn archive_of(text: &str) -> Vec<u8> {
    let mut archive = Vec::new();
    entry(
        &mut archive,
        "BELENIOS",
        format!("{{\"version\":1,\"timestamp\":\"{TIME_OF_ARCHIVES}\"}}").as_bytes(),
    );
    let mut hashes: Vec<String> = Vec::new();
    for line in text.lines() {
        let (kind, body) = line.split_once(' ').unwrap_or(("d", line));
        let body = with_hashes(body, &hashes);
        let hash = hex::encode(Sha256::digest(&body));
        let kind = if kind == "e" { "event" } else { "data" };
        entry(
            &mut archive,
            &format!("{hash}.{kind}.json"),
            body.as_bytes(),
        );
        hashes.push(hash);
    }
    archive
}

fn with_hashes(body: &str, hashes: &[String]) -> String {
    let part = |(position, part): (usize, &str)| {
        let number = part.parse::<usize>().ok().filter(|_| position % 2 == 1);
        number
            .and_then(|number| hashes.get(number))
            .cloned()
            .unwrap_or_else(|| part.to_owned())
    };
    body.split('@').enumerate().map(part).collect()
}

/// Appends a tar entry: an independent writer of the canonical header.
pub(crate) fn entry(archive: &mut Vec<u8>, name: &str, body: &[u8]) {
    let mut header = [0_u8; 512];
    let mut put =
        |at: usize, text: &str| header[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, name);
    put(100, "0000644");
    put(108, "0000000");
    put(116, "0000000");
    put(124, &format!("{:011o}", body.len()));
    put(136, &format!("{TIME_OF_ARCHIVES:011o}"));
    put(148, "        ");
    put(156, "0");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    archive.extend_from_slice(&header);
    archive.extend_from_slice(body);
    archive.resize(archive.len().next_multiple_of(512), 0);
}

fn bundles() -> Vec<Vec<u8>> {
    let rule = crate::samples::file("tally/rules/county.toml");
    let figures = br#"{"deputies":213,"present":201,"device_credentials":189,"paper_credentials":12,"revoked":0,"paper_issued":12,"issued":201,"returned":200,"invalid":2}"#;
    let archive = Archive::read(&SMALL).expect("the sample is whole");
    let files: [(&str, &[u8]); 10] = [
        ("election.bel", &SMALL),
        ("rule.toml", &rule),
        ("roll.json", archive.setup.credentials),
        ("figures.json", figures),
        ("revocations.json", b"[]"),
        (
            "spoiled.json",
            br#"["47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"]"#,
        ),
        (
            "bindings.json",
            br#"[{"owner":1,"binding":{"challenge":"1","response":"2"}}]"#,
        ),
        ("paper.json", br#"{"returned":1,"invalid":[7],"sealed":[]}"#),
        ("voided.json", b"[]"),
        ("decision.json", b"{}"),
    ];
    let mut text = Vec::new();
    for (name, content) in files {
        text.extend_from_slice(format!("{name}\n{}\n", content.len()).as_bytes());
        text.extend_from_slice(content);
    }
    let zipped = bundle_of(&text).expect("it has files");
    vec![text, zipped]
}

fn bundle_of(mut input: &[u8]) -> Option<Vec<u8>> {
    let mut files = Vec::new();
    while !input.is_empty() && files.len() < 16 {
        let (name, rest) = line(input)?;
        let (length, rest) = line(rest)?;
        let (content, rest) = rest.split_at(length.parse::<usize>().ok()?.min(rest.len()));
        files.push((name, content));
        input = rest;
    }
    bundle::pack(files).ok()
}

fn line(input: &[u8]) -> Option<(&str, &[u8])> {
    let end = input.iter().position(|byte| *byte == b'\n')?;
    Some((str::from_utf8(&input[..end]).ok()?, &input[end + 1..]))
}
