//! Every object has one encoding: each number, element, string, member and item of a valid one is written in every other
//! way that a lenient reader might take, and refused for just that.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test's helpers may fail loudly, too"
)]

#[path = "one_encoding/elements.rs"]
mod elements;
#[path = "one_encoding/mutants.rs"]
mod mutants;
#[path = "one_encoding/sample.rs"]
mod sample;
mod support;
#[path = "one_encoding/tree.rs"]
mod tree;

use std::collections::BTreeMap;

use ballot::{Belenios2048, Ed25519};
use elements::Written;
use sample::samples;

#[test]
fn every_object_of_ed25519_is_read_in_one_encoding_only() {
    every_other_encoding_is_refused::<Ed25519>(|_| true);
}

#[test]
fn every_object_of_belenios_2048_is_read_in_one_encoding_only() {
    // An element takes milliseconds: of parts that differ in their number alone, one.
    let mut first = BTreeMap::new();
    every_other_encoding_is_refused::<Belenios2048>(|path| {
        let digits = |c: char| c.is_ascii_digit();
        let shape = path.replace(digits, "");
        *first.entry(shape).or_insert(path.to_owned()) == *path
    });
}

fn every_other_encoding_is_refused<G: Written>(mut wanted: impl FnMut(&str) -> bool) {
    for sample in samples::<G>() {
        let what = sample.what;
        assert_eq!(
            (sample.read)(sample.json.as_bytes()).as_ref(),
            Ok(&sample.json)
        );
        let mutants = mutants::of_object::<G>(&sample.json);
        assert!(mutants.len() > 50, "{what}: {}", mutants.len());
        for mutant in mutants.iter().filter(|mutant| wanted(&mutant.path)) {
            assert_ne!(mutant.text, sample.json);
            let Err(error) = (sample.read)(mutant.text.as_bytes()) else {
                panic!("{what} with {} is read: {}", mutant.path, mutant.text);
            };
            assert!(
                error.path == mutant.path && mutant.fault.is(&error.fault),
                "{what}: {error}, not {:?} at {}: {}",
                mutant.fault,
                mutant.path,
                mutant.text
            );
        }
    }
}
