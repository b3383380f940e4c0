//! The real data that seeds are made of.

use std::path::PathBuf;
use std::sync::LazyLock;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tally::pabulib::Instance;
use tally::simulate::{Setting, simulate};
use zeroize::Zeroizing;

/// A file of the workspace.
pub(crate) fn file(path: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A file without its final newline.
pub(crate) fn object(path: &str) -> Vec<u8> {
    let mut bytes = file(path);
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
    }
    bytes
}

/// An object of one of the independent tool's elections.
pub(crate) fn of_election(group: Sample, name: &str) -> Vec<u8> {
    let folder = match group {
        Sample::Ed25519 => "ed25519-50-by-belenios-3.3.0",
        Sample::Belenios2048 => "belenios2048-50-by-belenios-3.3.0",
    };
    object(&format!("ballot/tests/data/elections/{folder}/{name}"))
}

/// The independent tool's elections.
#[derive(Clone, Copy)]
pub(crate) enum Sample {
    Ed25519,
    Belenios2048,
}

/// Randomness for seeds: always the same.
pub(crate) fn rng() -> ChaCha20Rng {
    ChaCha20Rng::from_seed([7; 32])
}

/// Three votes on two projects, two of three trustees: an archive small enough to be verified thousands of times.
pub(crate) static SMALL: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let votes = "META\nkey;value\nvote_type;approval\nmax_length;1\nPROJECTS\nproject_id;votes\na;2\nb;1\n\
                 VOTES\nvoter_id;vote\n1;a\n2;a\n3;b\n";
    let setting = Setting {
        trustees: 3,
        threshold: 2,
        time: 1_768_500_000,
        seed: Zeroizing::new([9; 32]),
    };
    let instance = Instance::parse(votes).expect("a valid file");
    simulate::<ballot::Ed25519>(&instance, &setting)
        .expect("a valid election")
        .archive
});

/// The counts of [`SMALL`].
pub(crate) const SMALL_RESULT: [[u64; 2]; 1] = [[2, 1]];
