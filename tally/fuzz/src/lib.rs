//! What must hold for any input whatever: nothing panics, loops or takes much more memory than the input has bytes; what is
//! read is written back as the same bytes; what is verified is what was sealed.
//!
//! Each [`Target`] is one function of bytes. Two runners share them: `tests/seeded.rs`, which is part of `cargo test` and
//! changes real data in known ways from a fixed seed, and `libfuzzer/`, a package of its own for `cargo fuzz` that searches by
//! coverage, from the same valid inputs. `RUSTC_BOOTSTRAP=1` lets the stable compiler take the options that it needs; a
//! nightly one (`cargo +nightly fuzz …`) does without:
//!
//! ```text
//! cargo install cargo-fuzz
//! cargo run -p tally-fuzz --example seeds -- /tmp/corpus
//! RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir tally/fuzz/libfuzzer archive /tmp/corpus/archive -- -max_total_time=30
//! ```
//!
//! Without `-max_total_time` it goes on until it is stopped; `-timeout=20 -rss_limit_mb=2048` make it refuse what loops or
//! hoards. What fails is kept in `libfuzzer/artifacts/`, and made smaller by `cargo fuzz tmin`; once mended, it becomes a
//! test beside the reader that it broke.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::cast_possible_truncation,
    reason = "a target fails by panicking"
)]

mod archives;
mod ballots;
mod chain;
mod engine;
pub mod mutate;
mod record;
mod rules;
mod samples;

/// One parser or machine, with the real data that inputs are made from.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name, as `cargo fuzz run` takes it.
    pub name: &'static str,
    /// Tries one input; panics where something does not hold.
    pub run: fn(&[u8]),
    /// Valid inputs.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// How many inputs the seeded runner tries: fewer where each is expensive.
    pub tries: u32,
    /// Most bytes of memory for each byte of input, beyond the floor.
    pub memory: usize,
    /// Memory that any input may take.
    pub floor: usize,
}

/// Memory that any input may take of any target: messages, the threads of a check.
pub const MEMORY_FLOOR: usize = 1 << 14;

/// All targets.
pub const TARGETS: &[Target] = &[
    ballots::ELECTION,
    ballots::BALLOT,
    ballots::TRUSTEES,
    ballots::CREDENTIALS,
    ballots::OPENING,
    ballots::TALLY,
    ballots::PARTIAL,
    ballots::CEREMONY,
    archives::ARCHIVE,
    archives::OBJECTS,
    archives::BUNDLE,
    chain::CHAIN,
    rules::RULE,
    rules::PABULIB,
    rules::DECISION,
    engine::ENGINE,
    record::NOTE,
    record::CHECKPOINT,
    record::TILE,
    record::RECEIPT,
    record::LEAF,
    record::BODY,
];

/// The target of a name.
///
/// # Panics
/// If there is none.
pub fn run(name: &str, input: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name);
    (target.expect("a target of this name").run)(input);
}
