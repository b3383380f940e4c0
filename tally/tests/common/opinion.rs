//! What the verifier says of an archive or a bundle, kept for the second verifier where `SECOND_OPINION` names a folder:
//! `tests/second_verifier/compare.py` judges the same bytes and compares. So every forgery of these tests is tried on both.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "helpers of tests fail as tests do"
)]

use sha2::{Digest as _, Sha256};
use tally::verify::{Options, Report, Verdict};

pub fn bundle(bytes: &[u8]) -> Report {
    let report = tally::bundle::verify(bytes);
    keep("zip", bytes, &report);
    report
}

/// A bare archive; the second verifier knows no rule that forbids second ballots in one.
pub fn archive(bytes: &[u8], options: Options) -> Report {
    let report = tally::verify::archive(bytes, options);
    if options == Options::default() {
        keep("bel", bytes, &report);
    }
    report
}

fn keep(form: &str, bytes: &[u8], report: &Report) {
    let Some(folder) = std::env::var_os("SECOND_OPINION") else {
        return;
    };
    let folder = std::path::PathBuf::from(folder);
    let code = match report.verdict {
        Verdict::Verified => 0,
        Verdict::NotVerified => 1,
        Verdict::Unsupported => 2,
    };
    let test = std::thread::current().name().unwrap_or("test").to_owned();
    let hash = hex::encode(Sha256::digest(bytes));
    let name = format!("{form}.{}.{:.16}", test.replace("::", "-"), hash);
    std::fs::write(folder.join(format!("{name}.bytes")), bytes).unwrap();
    let said = format!("{code}\n{}", report.summary());
    std::fs::write(folder.join(format!("{name}.exit")), said).unwrap();
}
