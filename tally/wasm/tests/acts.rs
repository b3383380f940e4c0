//! What the browser gets, natively: JSON that says yes, or which check said no.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "helpers of tests fail as tests do"
)]

use std::convert::Infallible;
use std::path::Path;

use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use tally::archive::{Archive, ArchiveWriter};
use tally::record::leaf::{Salt, body_document};
use tally::record::note::{KeyKind, KeyName};
use tally::record::tree::{MemoryTree, consistency_proof, inclusion_proof, leaf_hash};
use tally::record::{Checkpoint, LeafHeader, Note, Receipt, VerifierKey, body_hash};
use tally_wasm::acts::{self, ActError};

fn sample() -> Vec<u8> {
    let path = "../../ballot/tests/data/elections/ed25519-50-by-belenios-3.3.0/4w6XtatTw6kgAw.bel";
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn value(text: Result<String, ActError>) -> Value {
    serde_json::from_str(&text.unwrap()).unwrap()
}

#[test]
fn an_archive_is_verified_and_a_changed_one_is_not() {
    let mut bytes = sample();
    let report = value(acts::verify(&bytes));
    assert_eq!(
        (&report["verdict"], &report["counted"]["ballots"]),
        (&json!("verified"), &json!(50))
    );
    bytes[5000] ^= 1;
    let report = value(acts::verify(&bytes));
    assert_eq!(
        (&report["verdict"], &report["failure"]["check"]),
        (&json!("not_verified"), &json!("archive"))
    );
}

#[test]
fn an_archive_that_no_record_stands_behind_gives_no_tally_to_decrypt() {
    let bytes = sample();
    let archive = Archive::read(&bytes).unwrap();
    let setup = archive.setup;
    let mut open = ArchiveWriter::setup(
        archive.timestamp,
        setup.election,
        setup.trustees,
        setup.credentials,
    )
    .unwrap();
    archive
        .ballots
        .iter()
        .for_each(|ballot| open.ballot(ballot.bytes).unwrap());
    let key = Log::new().key.to_string();
    let refused = |archive: &[u8], record: &str| {
        let said = value(acts::closed_tally(archive, false, record, &key, ""));
        assert_eq!(said["ok"], false);
        said["check"].as_str().unwrap().to_owned()
    };
    assert_eq!(refused(open.bytes(), "{}"), "events");
    open.end_ballots().unwrap();
    assert_eq!(refused(open.bytes(), "{}"), "record");
    assert_eq!(
        acts::closed_tally(open.bytes(), false, "{}", "no key", ""),
        Err(ActError::Key("log"))
    );
}

#[test]
fn a_ballot_is_checked_against_the_archive() {
    let bytes = sample();
    let ballot = Archive::read(&bytes).unwrap().ballots[0].bytes.to_vec();
    let ballot = String::from_utf8(ballot).unwrap();
    assert_eq!(value(acts::check_ballot(&bytes, &ballot, true))["ok"], true);
    assert_eq!(
        value(acts::check_ballot(&bytes, &ballot, false))["check"],
        "replay"
    );
    assert_eq!(
        value(acts::check_ballot(
            &bytes,
            &ballot.replace("\"4w6", "\"5w6"),
            true
        ))["check"],
        "election-uuid"
    );
}

struct Log {
    pair: Ed25519KeyPair,
    key: VerifierKey,
    tree: MemoryTree,
}

impl Log {
    fn new() -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[1; 32]).unwrap();
        let public = pair.public_key().as_ref().try_into().unwrap();
        let key = VerifierKey::new(
            KeyName::new("example.org/record").unwrap(),
            KeyKind::Log,
            public,
        );
        Self {
            pair,
            key,
            tree: MemoryTree::default(),
        }
    }

    fn push(&mut self, entry: &[u8]) {
        self.tree.push(leaf_hash(entry)).unwrap();
    }

    fn checkpoint(&self) -> Note {
        let head = Checkpoint {
            origin: "example.org/record".into(),
            size: self.tree.size(),
            root: self.tree.root(),
        };
        head.to_note()
            .unwrap()
            .sign(&self.key, |text| {
                Ok::<_, Infallible>(self.pair.sign(text).as_ref().try_into().unwrap())
            })
            .unwrap()
    }
}

#[test]
fn a_receipt_is_verified_whole_and_in_parts() {
    let mut log = Log::new();
    let header = LeafHeader::new(
        "ballot",
        "qinghe/2026",
        0,
        "tracker",
        body_hash(Salt::new([0; 32]), b"b"),
    )
    .unwrap();
    (0..5).for_each(|n: u8| log.push(&[n]));
    log.push(&header.to_entry());
    let old = log.checkpoint();
    let proof = inclusion_proof(5, 6, &log.tree).unwrap();
    let receipt = Receipt::new(header.to_entry(), 5, proof.clone(), old.clone()).to_string();
    let key = log.key.to_string();
    let verified = value(acts::verify_receipt(&receipt, &key, "", 0));
    assert_eq!(
        (
            &verified["ok"],
            &verified["leaf"]["kind"],
            &verified["size"]
        ),
        (&json!(true), &json!("ballot"), &json!(6))
    );
    assert_eq!(
        value(acts::verify_receipt(
            &receipt.replace("index 5", "index 4"),
            &key,
            "",
            0
        ))["check"],
        "inclusion-proof"
    );
    assert_eq!(
        value(acts::verify_receipt(&receipt, &key, "", 1))["check"],
        "witnesses"
    );
    assert_eq!(
        acts::verify_receipt(&receipt, "no key", "", 0),
        Err(ActError::Key("log"))
    );

    let leaf = String::from_utf8(header.to_entry()).unwrap();
    let proof = serde_json::to_string(&proof).unwrap();
    let parts = |index| {
        value(acts::verify_inclusion(
            &leaf,
            index,
            &proof,
            &old.to_string(),
            &key,
            "",
            0,
        ))
    };
    assert_eq!(
        (&parts(5)["ok"], &parts(3)["check"]),
        (&json!(true), &json!("inclusion-proof"))
    );

    log.push(b"later");
    let (new, proof) = (
        log.checkpoint(),
        consistency_proof(6, 7, &log.tree).unwrap(),
    );
    let proof = serde_json::to_string(&proof).unwrap();
    let consistent = |old: &str, new: &str| value(acts::verify_consistency(old, new, &proof, &key));
    assert_eq!(
        consistent(&old.to_string(), &new.to_string()),
        json!({ "ok": true, "old": 6, "new": 7 })
    );
    assert_eq!(
        consistent(&new.to_string(), &old.to_string())["check"],
        "consistency-proof"
    );
    assert_eq!(
        consistent(&old.to_string().replace("\n6\n", "\n5\n"), &new.to_string())["check"],
        "checkpoint-signature"
    );
    // The log has signed another tree of the old size.
    let mut forked = Log::new();
    (0..6).for_each(|n: u8| forked.push(&[n + 100]));
    assert_eq!(
        consistent(&forked.checkpoint().to_string(), &new.to_string())["check"],
        "consistency-proof"
    );
}

#[test]
fn a_body_opens_where_its_hash_fits() {
    let salt = Salt::new([1; 32]);
    let document = body_document(salt, "正文".as_bytes());
    let hash = body_hash(salt, "正文".as_bytes()).to_hex();
    assert_eq!(
        value(acts::open_body(&document, &hash)),
        json!({ "ok": true, "body": "正文" })
    );
    assert_eq!(
        value(acts::open_body(&document, &"0".repeat(64)))["check"],
        "body"
    );
    assert_eq!(acts::open_body(&document, "00"), Err(ActError::BodyHash));
}
