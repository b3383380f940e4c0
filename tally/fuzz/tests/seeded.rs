//! Every target on its valid inputs and on changed ones, always the same, with memory and time watched.
//!
//! `FUZZ_ROUNDS=20` tries twenty times as many, from another seed; `FUZZ_TARGET=chain,note` only these. An input that fails
//! is printed.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "helpers of tests fail as tests do"
)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use peak_alloc::PeakAlloc;
use tally_fuzz::mutate::Mutator;
use tally_fuzz::{TARGETS, Target};

/// Counts what the whole process holds, so the targets are tried one after the other in one test.
#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Far more than any input needs on a busy machine; what loops takes longer.
const LONGEST: Duration = Duration::from_secs(10);

/// What failed once, with the target that it failed.
const FOUND: [(&str, &[u8]); 2] = [
    // Room was made for as many certificates as there are lines.
    ("ceremony", &[b'\n'; 66]),
    // The reader of rows kept the first one four times over.
    ("pabulib", &[b';'; 522]),
];

#[test]
fn no_input_panics_loops_or_takes_memory_beyond_a_multiple_of_its_size() {
    let rounds: u32 = std::env::var("FUZZ_ROUNDS").map_or(1, |rounds| rounds.parse().unwrap());
    let only = std::env::var("FUZZ_TARGET").ok();
    let wanted = |name: &str| {
        let names = only.as_deref();
        names.is_none_or(|names| names.split(',').any(|wanted| wanted == name))
    };
    for target in TARGETS.iter().filter(|target| wanted(target.name)) {
        let begin = Instant::now();
        let seeds = (target.seeds)();
        let mut worst = Cost::default();
        for seed in &seeds {
            // Twice: what a first call makes once and keeps is not the input's memory.
            try_one(target, seed);
            worst.add(measured(target, seed));
        }
        for (_, input) in FOUND.iter().filter(|(name, _)| *name == target.name) {
            worst.add(measured(target, input));
        }
        let mut mutator = Mutator::new(u64::from(rounds));
        for _ in 0..target.tries * rounds {
            worst.add(measured(target, &mutator.next(&seeds)));
        }
        eprintln!(
            "{:20} {:7} inputs, {:6} ms; each at most {:4} ms, {:4} bytes of memory a byte",
            target.name,
            target.tries * rounds,
            begin.elapsed().as_millis(),
            worst.time.as_millis(),
            worst.multiple,
        );
    }
}

#[test]
fn every_target_has_its_file_for_the_search_by_coverage() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/libfuzzer");
    let manifest = std::fs::read_to_string(format!("{folder}/Cargo.toml")).unwrap();
    for target in TARGETS {
        let name = target.name;
        let file = std::fs::read_to_string(format!("{folder}/fuzz_targets/{name}.rs")).unwrap();
        assert!(
            file.contains(&format!("tally_fuzz::run(\"{name}\", input)")),
            "{name}"
        );
        assert!(manifest.contains(&format!("name = \"{name}\"\n")), "{name}");
    }
    assert_eq!(manifest.matches("[[bin]]").count(), TARGETS.len());
}

/// What an input took: time, and bytes of memory for each of its bytes, beyond the floor.
#[derive(Clone, Copy, Default)]
struct Cost {
    time: Duration,
    multiple: usize,
}

impl Cost {
    fn add(&mut self, other: Self) {
        self.time = self.time.max(other.time);
        self.multiple = self.multiple.max(other.multiple);
    }
}

fn measured(target: &Target, input: &[u8]) -> Cost {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let begin = Instant::now();
    try_one(target, input);
    let time = begin.elapsed();
    let taken = MEMORY.peak_usage().saturating_sub(before);
    let multiple = taken.saturating_sub(target.floor) / input.len().max(1);
    assert!(
        time <= LONGEST && multiple <= target.memory,
        "{}: {time:?}, {taken} bytes of memory for {} bytes: {}",
        target.name,
        input.len(),
        shown(input)
    );
    Cost { time, multiple }
}

fn try_one(target: &Target, input: &[u8]) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| (target.run)(input))) {
        eprintln!("{} failed on {}", target.name, shown(input));
        std::panic::resume_unwind(panic);
    }
}

fn shown(input: &[u8]) -> String {
    let escaped = input.escape_ascii().to_string();
    escaped.chars().take(20_000).collect()
}
