//! What several test files need: the election that an independent tool made, and randomness from a seed.
#![allow(dead_code, reason = "each test file uses a part")]

use std::path::{Path, PathBuf};

use ballot::trustee::{SecretKey, TrusteeId, Trustees};
use ballot::{
    Ballot, Credential, Ed25519, Election, EncryptedTally, PartialDecryption, PublicCredentials,
    Wire,
};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

/// The folder of the Ed25519 election of the independent tool.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/elections/ed25519-50-by-belenios-3.3.0")
}

/// A file's bytes without the newline that some tools end it with.
pub fn read(path: impl AsRef<Path>) -> Vec<u8> {
    let mut bytes =
        std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.as_ref().display()));
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
    }
    bytes
}

pub fn election() -> Election<Ed25519> {
    Election::from_json(&read(folder().join("setup/election.json"))).unwrap()
}

pub fn trustees() -> Trustees<Ed25519> {
    Trustees::from_json(&read(folder().join("setup/trustees.json"))).unwrap()
}

/// The roll, from the setup's list, which also carries voters (`element,,voter`).
pub fn roll() -> PublicCredentials<Ed25519> {
    let list: Vec<String> =
        serde_json::from_slice(&read(folder().join("setup/public_creds.json"))).unwrap();
    let bare: Vec<&str> = list
        .iter()
        .map(|entry| entry.split(',').next().unwrap())
        .collect();
    PublicCredentials::from_json(serde_json::to_string(&bare).unwrap().as_bytes()).unwrap()
}

pub fn credentials() -> Vec<Credential> {
    let map: std::collections::BTreeMap<String, String> =
        serde_json::from_slice(&read(folder().join("private_creds.json"))).unwrap();
    map.values().map(|text| text.parse().unwrap()).collect()
}

pub fn ballot_bytes(number: usize) -> Vec<u8> {
    read(folder().join(format!("ballots/{number:04}.json")))
}

pub fn ballots() -> Vec<Ballot<Ed25519>> {
    (1..=50)
        .map(|n| Ballot::from_json(&ballot_bytes(n)).unwrap())
        .collect()
}

/// The first line of a file of two objects, one a line.
pub fn first_line(name: &str) -> Vec<u8> {
    let bytes = read(folder().join(name));
    bytes.split(|b| *b == b'\n').next().unwrap().to_vec()
}

pub fn encrypted_tally() -> EncryptedTally<Ed25519> {
    EncryptedTally::from_json(&first_line("encrypted_tally.json")).unwrap()
}

/// A recorded partial decryption and its owner.
pub fn partial(number: u32) -> (TrusteeId, PartialDecryption<Ed25519>) {
    let name = format!("partial_decryption_{number}.json");
    let partial = PartialDecryption::from_json(&first_line(&name)).unwrap();
    let text = String::from_utf8(read(folder().join(&name))).unwrap();
    let owner = text.split("\"owner\":").nth(1).unwrap();
    let owner = owner.split(',').next().unwrap().parse().unwrap();
    (TrusteeId::new(owner).unwrap(), partial)
}

/// The number that gᵐ hides, found by counting up.
pub fn count(element: &<Ed25519 as ballot::Group>::Element) -> u64 {
    use ballot::group::{Group, GroupElement};
    let mut power = Ed25519::identity();
    for count in 0..10_000 {
        if power == *element {
            return count;
        }
        power = power.plus(&Ed25519::generator());
    }
    panic!("no small number");
}

pub fn rng(seed: u8) -> ChaCha20Rng {
    ChaCha20Rng::from_seed([seed; 32])
}

pub fn secret_keys(count: u8) -> Vec<SecretKey<Ed25519>> {
    (0..count)
        .map(|n| SecretKey::generate(&mut rng(200 + n)))
        .collect()
}
