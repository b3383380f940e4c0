//! A public record in memory, signed with a fixed key.

use std::convert::Infallible;

use ring::signature::{Ed25519KeyPair, KeyPair as _};
use tally::record::leaf::{Salt, body_document};
use tally::record::note::{KeyKind, KeyName};
use tally::record::tree::{MemoryTree, inclusion_proof, leaf_hash};
use tally::record::{Checkpoint, LeafHeader, Receipt, VerifierKey, body_hash};

/// A log and the bodies of its leaves.
pub struct Log {
    pair: Ed25519KeyPair,
    key: VerifierKey,
    tree: MemoryTree,
    leaves: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Log {
    pub fn new(name: &str, seed: u8) -> Self {
        let (pair, key) = signer(name, KeyKind::Log, seed);
        Self {
            pair,
            key,
            tree: MemoryTree::default(),
            leaves: Vec::new(),
        }
    }

    pub fn key(&self) -> &VerifierKey {
        &self.key
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.tree.size()
    }

    /// Appends a leaf.
    pub fn add(&mut self, kind: &str, subject: &str, body: &[u8]) {
        let salt = Salt::new([7; 32]);
        let at = 1_768_500_000_000 + i64::try_from(self.leaves.len()).unwrap();
        let header =
            LeafHeader::new(kind, "qinghe/2026", at, subject, body_hash(salt, body)).unwrap();
        let entry = header.to_entry();
        self.tree.push(leaf_hash(&entry)).unwrap();
        self.leaves.push((entry, body_document(salt, body)));
    }

    /// What the record serves for a leaf: the receipt and the body's document.
    pub fn served(&self, index: u64) -> (String, Vec<u8>) {
        let (entry, document) = self.leaves[usize::try_from(index).unwrap()].clone();
        let size = self.tree.size();
        let checkpoint = Checkpoint {
            origin: self.key.name().to_string(),
            size,
            root: self.tree.root(),
        };
        let sign = |message: &[u8]| {
            Ok::<_, Infallible>(self.pair.sign(message).as_ref().try_into().unwrap())
        };
        let note = checkpoint.to_note().unwrap().sign(&self.key, sign).unwrap();
        let proof = inclusion_proof(index, size, &self.tree).unwrap();
        (
            Receipt::new(entry, index, proof, note).to_string(),
            document,
        )
    }
}

/// A key pair from a fixed seed, and the line that verifies what it signs.
pub fn signer(name: &str, kind: KeyKind, seed: u8) -> (Ed25519KeyPair, VerifierKey) {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
    let public = pair.public_key().as_ref().try_into().unwrap();
    let key = VerifierKey::new(KeyName::new(name).unwrap(), kind, public);
    (pair, key)
}
