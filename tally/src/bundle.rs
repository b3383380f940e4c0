//! Poll bundles (`.zip`): an archive with all that is needed to recompute not just the counts but the decision.
//!
//! | file | content |
//! |---|---|
//! | `election.bel` | the untouched archive |
//! | `bindings.json` | [`Bindings`]: the proofs that bind the trustees' decryption factors, which the archive's own do not |
//! | `rule.toml` | the exact rule; its hash stands in the election's description |
//! | `roll.json` | the exact public-credentials object; likewise |
//! | `figures.json` | [`Figures`]: attendance, credentials, ballots issued and returned |
//! | `revocations.json` | revoked credentials, a JSON array |
//! | `spoiled.json` | the trackers of ballots that were challenged, a JSON array, where there are any: none of them may be cast |
//! | `paper.json` | [`PaperCount`]: sheets returned, the invalid ones' numbers, the others' trackers; where the rule reserves paper |
//! | `voided.json` | the reserved paper credentials left over, a JSON array; where the rule reserves paper |
//! | `lot.json` | the drawn lot, where one was needed |
//! | `decision.json` | the decision or the verdicts |
//! | `ended.json` | [`Ended`]: how the poll ended without a result; then there are besides only the archive, where a roll was fixed, the rule and the record |
//! | `record.json` | [`PollRecord`]: the poll's part of the public record, where the rule names one |
//! | `previous.zip` | the bundle of the poll before, in a run-off, a second ballot or the adoption of a list |
//! | `manifest.json` | [`FORMAT`] and the SHA-256 of every other file |
//!
//! Files are stored uncompressed and in this order after the manifest, so that the archive is read where it stands and the
//! others take no more memory than they have bytes. A bundle is exactly what writing its files again gives, byte for byte: the
//! zip has one form, and so has each JSON in it, which is compact but for the manifest.

mod check;
mod ended;
mod figures;
mod file;
mod paper;
mod receipt;
mod recorded;
mod rounds;
#[cfg(feature = "schema")]
mod schema;
mod watched;
mod withdrawn;
mod zip;

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use serde::{Deserialize, Serialize};

use crate::decision::Returns;
use crate::record::poll::{Ended, PollRecord};
pub use crate::verify::Bindings;
use crate::verify::{BINDINGS, Progress, Report, SILENT, Verdict, unread};
use ended::ENDED;
pub use figures::{FiguresError, Reported};
pub use file::{BundleError, pack};
pub use paper::PaperCount;
pub use receipt::{CountedBallot, NotCounted};
use recorded::RECORD;
#[cfg(feature = "schema")]
pub use schema::schema;

/// The value of the manifest's `format`.
pub const FORMAT: &str = "minsheng-poll/1";

/// The name of the archive.
const ARCHIVE: &str = "election.bel";

/// The names of the files, in the order in which they are written after the manifest.
pub const FILES: [&str; 14] = [
    ARCHIVE,
    BINDINGS,
    "rule.toml",
    "roll.json",
    "figures.json",
    "revocations.json",
    "spoiled.json",
    "paper.json",
    "voided.json",
    "lot.json",
    "decision.json",
    ENDED,
    RECORD,
    "previous.zip",
];

/// Attendance, credentials and ballots, as the scrutineers report them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Figures {
    /// Deputies in office; the same as in the rule.
    pub deputies: u64,
    /// Present.
    pub present: u64,
    /// Credentials of devices on the roll; at most as many as are present.
    pub device_credentials: u64,
    /// Reserved paper credentials on the roll; as many as in the rule.
    pub paper_credentials: u64,
    /// Unused device credentials revoked after the roll was frozen.
    pub revoked: u64,
    /// Paper ballots handed out.
    pub paper_issued: u64,
    /// Ballots issued: device credentials − revoked + paper issued.
    pub issued: u64,
    /// Ballots returned.
    pub returned: u64,
    /// Invalid ones among them.
    pub invalid: u64,
}

impl Figures {
    /// The figures that a decision is computed from.
    pub fn returns(&self) -> Returns {
        Returns {
            present: self.present,
            issued: self.issued,
            returned: self.returned,
            invalid: self.invalid,
        }
    }
}

/// A bundle's files, to be written.
#[derive(Clone, Debug)]
pub struct Bundle<'a> {
    /// The archive.
    pub election: &'a [u8],
    /// The exact [`Bindings`] object.
    pub bindings: &'a [u8],
    /// The rule's exact text.
    pub rule: &'a str,
    /// The exact public-credentials object.
    pub roll: &'a [u8],
    /// The figures.
    pub figures: Figures,
    /// Revoked credentials, as they stand on the roll.
    pub revocations: &'a [String],
    /// The trackers of ballots that were challenged and so may not be cast.
    pub spoiled: &'a [String],
    /// What came out of the box of paper ballots, where the rule reserves some.
    pub paper: Option<&'a PaperCount>,
    /// The reserved paper credentials left over, as they stand on the roll, where the rule reserves some.
    pub voided: Option<&'a [String]>,
    /// The drawn lot.
    pub lot: Option<&'a crate::decision::Lot>,
    /// The decision or the verdicts, as JSON of [`crate::decision::Outcome`] or [`crate::evaluation::EvaluationOutcome`].
    pub decision: &'a serde_json::Value,
    /// The poll's part of the public record, where the rule names one.
    pub record: Option<&'a PollRecord>,
    /// The bundle of the poll that the rule follows, in a run-off or a second ballot.
    pub previous: Option<&'a [u8]>,
}

impl Bundle<'_> {
    /// Writes the bundle with its manifest. The same files give the same bytes.
    pub fn write(&self) -> Result<Vec<u8>, BundleError> {
        let spoiled = Some(self.spoiled).filter(|spoiled| !spoiled.is_empty());
        let contents = [
            Some(self.election.to_vec()),
            Some(self.bindings.to_vec()),
            Some(self.rule.as_bytes().to_vec()),
            Some(self.roll.to_vec()),
            Some(json("figures.json", &self.figures)?),
            Some(json("revocations.json", self.revocations)?),
            spoiled.map(|it| json("spoiled.json", it)).transpose()?,
            self.paper.map(|it| json("paper.json", it)).transpose()?,
            self.voided.map(|it| json("voided.json", it)).transpose()?,
            self.lot.map(|it| json("lot.json", it)).transpose()?,
            Some(json("decision.json", self.decision)?),
            None,
            self.record.map(|it| json(RECORD, it)).transpose()?,
            self.previous.map(<[u8]>::to_vec),
        ];
        let files = FILES.into_iter().zip(&contents);
        pack(files.filter_map(|(name, content)| Some((name, content.as_deref()?))))
    }
}

/// The files of a poll that ended without a result, to be written.
#[derive(Clone, Debug)]
pub struct EndedBundle<'a> {
    /// The archive, where a roll was fixed.
    pub election: Option<&'a [u8]>,
    /// The adopted rule's exact text.
    pub rule: &'a str,
    /// How it ended, as the record has it.
    pub ended: &'a Ended,
    /// The poll's part of the public record.
    pub record: &'a PollRecord,
}

impl EndedBundle<'_> {
    /// Writes the bundle with its manifest. The same files give the same bytes.
    ///
    /// # Errors
    /// [`BundleError`]: too much for a zip.
    pub fn write(&self) -> Result<Vec<u8>, BundleError> {
        let (ended, record) = (json(ENDED, self.ended)?, json(RECORD, self.record)?);
        let archive = self.election.map(|archive| (ARCHIVE, archive));
        let rest = [
            ("rule.toml", self.rule.as_bytes()),
            (ENDED, ended.as_slice()),
            (RECORD, record.as_slice()),
        ];
        pack(archive.into_iter().chain(rest))
    }
}

/// The one form of a JSON file.
fn json(name: &'static str, value: &(impl Serialize + ?Sized)) -> Result<Vec<u8>, BundleError> {
    serde_json::to_vec(value).map_err(|error| BundleError::Json {
        name,
        message: error.to_string(),
    })
}

/// Whether bytes begin or end as a zip does: one damaged byte does not hide what it was.
pub fn is_bundle(bytes: &[u8]) -> bool {
    is_bundle_from(Cursor::new(bytes)).unwrap_or(false)
}

/// As [`is_bundle`], of what need not fit in memory.
///
/// # Errors
/// What `source` says when it cannot be read.
pub fn is_bundle_from(mut source: impl Read + Seek) -> io::Result<bool> {
    source.rewind()?;
    if begins(&mut source, *b"PK\x03\x04")? {
        return Ok(true);
    }
    let length = source.seek(SeekFrom::End(0))?;
    match length.checked_sub(22) {
        None => Ok(false),
        Some(end) => {
            source.seek(SeekFrom::Start(end))?;
            begins(&mut source, *b"PK\x05\x06")
        }
    }
}

fn begins(source: impl Read, with: [u8; 4]) -> io::Result<bool> {
    let mut head = Vec::new();
    source.take(4).read_to_end(&mut head)?;
    Ok(head == with)
}

/// Verifies a poll's bundle: its archive, the binding of rule and roll, the figures, the paper, and the decision.
pub fn verify(bytes: &[u8]) -> Report {
    verify_with(bytes, SILENT)
}

/// As [`verify`], and tells how many of the ballots have been checked.
pub fn verify_with(bytes: &[u8], progress: Progress<'_>) -> Report {
    verify_from(Cursor::new(bytes), progress).unwrap_or_else(|error| unread(&error))
}

/// As [`verify_with`], of a bundle that need not fit in memory: its archive is read as by
/// [`archive_from`](crate::verify::archive_from), once more before for its hash.
///
/// # Errors
/// What `source` says when it cannot be read.
pub fn verify_from(source: impl Read + Seek, progress: Progress<'_>) -> io::Result<Report> {
    run(source, progress).map(|checked| checked.report)
}

fn run(source: impl Read + Seek, progress: Progress<'_>) -> io::Result<check::Checked> {
    let mut watched = watched::Watched::new(source);
    let done = check::run(&mut watched, progress);
    // The zip's reader does not tell a damaged zip from a source that cannot be read.
    watched.into_error().map_or(done, Err)
}

/// Verifies a bundle, and that the ballot of this receipt is in its record and its count.
///
/// # Errors
/// What `source` says when it cannot be read.
pub fn verify_receipt(
    source: impl Read + Seek,
    receipt: &str,
    progress: Progress<'_>,
) -> io::Result<(Report, Result<CountedBallot, NotCounted>)> {
    let check::Checked {
        report, recorded, ..
    } = run(source, progress)?;
    let counted = match recorded.filter(|_| report.verdict == Verdict::Verified) {
        Some(recorded) => receipt::check(&recorded, receipt),
        None => Err(NotCounted::Bundle),
    };
    Ok((report, counted))
}
