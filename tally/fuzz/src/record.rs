//! The public record: notes, keys, checkpoints, tiles, receipts, leaves.

use std::convert::Infallible;
use std::sync::LazyLock;

use ring::signature::{Ed25519KeyPair, KeyPair as _};
use tally::record::body::{Body, Kind, PublicText};
use tally::record::leaf::{Salt, body_document, body_hash, open_body};
use tally::record::note::{KeyKind, KeyName, SignatureLine};
use tally::record::tile::{Bundle, Tile, TileError};
use tally::record::tree::{
    MemoryTree, inclusion_proof, leaf_hash, verify_consistency, verify_inclusion,
};
use tally::record::{Checkpoint, Hash, LeafHeader, Note, Receipt, VerifierKey};

use crate::Target;

pub(crate) const NOTE: Target = Target {
    name: "note",
    run: |input| {
        let Ok(text) = str::from_utf8(input) else {
            return;
        };
        if let Ok(key) = text.parse::<VerifierKey>() {
            assert_eq!(key.to_string(), text);
        }
        if let Some(line) = SignatureLine::parse(text) {
            assert_eq!(line.to_string(), text);
        }
        if let Ok(note) = Note::parse(text) {
            assert_eq!(note.to_string(), text);
            let log = &*LOG;
            if note.verify(&log.key).is_ok() {
                assert_eq!(
                    note.text(),
                    log.checkpoint.text(),
                    "a text that was not signed"
                );
            }
            let _ = note.verify_witness(&log.key);
            let _ = note.verify_witnesses(std::slice::from_ref(&log.key), 1);
        }
    },
    seeds: || {
        let log = &*LOG;
        vec![
            log.checkpoint.to_string().into_bytes(),
            log.key.to_string().into_bytes(),
        ]
    },
    tries: 8000,
    memory: 32,
    floor: crate::MEMORY_FLOOR,
};

pub(crate) const CHECKPOINT: Target = Target {
    name: "checkpoint",
    run: |input| {
        let Ok(text) = str::from_utf8(input) else {
            return;
        };
        if let Ok(checkpoint) = Checkpoint::parse(text) {
            // Lines that extend it may follow, and say nothing that is read.
            let rest = text.strip_prefix(&checkpoint.text());
            let lines = rest.expect("it begins with its one form").lines();
            assert!(lines.into_iter().all(|line| !line.is_empty()));
        }
    },
    seeds: || vec![LOG.checkpoint.text().as_bytes().to_vec()],
    tries: 8000,
    memory: 32,
    floor: crate::MEMORY_FLOOR,
};

/// The first line is a path below `tile/` or `tile/entries/`; the rest is its content.
pub(crate) const TILE: Target = Target {
    name: "tile",
    run: |input| {
        let end = input
            .iter()
            .position(|byte| *byte == b'\n')
            .unwrap_or(input.len());
        let (path, content) = input.split_at(end);
        let content = content.get(1..).unwrap_or_default();
        let Ok(path) = str::from_utf8(path) else {
            return;
        };
        if let Ok(tile) = Tile::from_path(path) {
            assert_eq!(tile.path(), format!("tile/{path}"));
            let _ = (tile.is_in(0), tile.is_in(1000), tile.is_in(u64::MAX));
            let nodes = tile.nodes().count();
            assert_eq!(nodes, usize::from(tile.width()));
            match tile.hashes(content) {
                Ok(hashes) => assert_eq!(hashes.len(), nodes),
                Err(error) => assert_eq!(error, TileError::Length),
            }
        }
        if let Ok(bundle) = Bundle::from_path(path) {
            assert_eq!(bundle.path(), format!("tile/entries/{path}"));
            let _ = (bundle.is_in(0), bundle.is_in(1000), bundle.is_in(u64::MAX));
            let _ = bundle.first_entry();
            if let Ok(entries) = bundle.entries(content) {
                assert_eq!(Bundle::content(&entries).as_deref(), Ok(content));
            }
        }
    },
    seeds: || {
        let hashes: Vec<u8> = (0..96).collect();
        let entries = Bundle::content(&[b"abc".as_slice(), b"", b"de"]).expect("short entries");
        let with = |path: &str, content: &[u8]| [path.as_bytes(), b"\n", content].concat();
        vec![
            with("0/000.p/3", &hashes),
            with("1/x001/234.p/3", &hashes),
            with("000.p/3", &entries),
            with("x123/x456/789", &entries),
            // The last index that 64 bits could number, and the last level.
            with("0/x072/x057/x594/x037/x927/935", &hashes),
            with("7/x036/x028/x797/x018/x963/967", &hashes),
            with("x072/x057/x594/x037/x927/935", &entries),
        ]
    },
    tries: 8000,
    memory: 32,
    floor: crate::MEMORY_FLOOR,
};

pub(crate) const RECEIPT: Target = Target {
    name: "receipt",
    run: |input| {
        let Ok(text) = str::from_utf8(input) else {
            return;
        };
        let Ok(receipt) = text.parse::<Receipt>() else {
            return;
        };
        assert_eq!(receipt.to_string(), text);
        let log = &*LOG;
        if let Ok(included) = receipt.verify(&log.key, &[], 0) {
            let index = usize::try_from(included.index).expect("a small index");
            assert_eq!(
                receipt.entry(),
                log.entries[index],
                "an entry that is not in the tree"
            );
        }
    },
    seeds: || vec![LOG.receipt.to_string().into_bytes()],
    tries: 4000,
    memory: 32,
    floor: crate::MEMORY_FLOOR,
};

/// A leaf's header, a body's document, or 32-byte hashes of a proof.
pub(crate) const LEAF: Target = Target {
    name: "leaf",
    run: |input| {
        if let Ok(header) = LeafHeader::from_entry(input) {
            assert_eq!(header.to_entry(), input);
        }
        let log = &*LOG;
        if let Ok(body) = open_body(input, log.body) {
            assert_eq!(body, DOCUMENT);
        }
        let hashes: Vec<Hash> = input
            .as_chunks::<32>()
            .0
            .iter()
            .filter_map(|chunk| Hash::from_slice(chunk))
            .collect();
        let numbers = input.first().copied().unwrap_or(0);
        let (old, new) = (u64::from(numbers % 16), u64::from(numbers / 16));
        let root = log.tree.root();
        let size = log.entries.len() as u64;
        if verify_inclusion(leaf_hash(input), old, size, &hashes, root).is_ok() {
            assert!(log.entries.iter().any(|entry| entry == input));
        }
        let _ = verify_consistency(old, new, &hashes, root, root);
        let _ = verify_consistency(u64::MAX - new, u64::MAX, &hashes, root, root);
        let _ = verify_inclusion(leaf_hash(input), u64::MAX - 1, u64::MAX, &hashes, root);
    },
    seeds: || {
        let log = &*LOG;
        let proof = inclusion_proof(2, log.entries.len() as u64, &log.tree).expect("a proof");
        let proof = proof
            .iter()
            .flat_map(|hash| hash.as_bytes().to_vec())
            .collect();
        vec![
            log.entries[2].clone(),
            body_document(Salt::new([7; 32]), DOCUMENT),
            proof,
        ]
    },
    tries: 8000,
    memory: 32,
    floor: crate::MEMORY_FLOOR,
};

/// The first line is the name of a kind; the rest is a body of that kind.
pub(crate) const BODY: Target = Target {
    name: "body",
    run: |input| {
        let end = input.iter().position(|byte| *byte == b'\n');
        let (name, body) = input.split_at(end.unwrap_or(input.len()));
        let body = body.get(1..).unwrap_or_default();
        let Ok(name) = str::from_utf8(name) else {
            return;
        };
        if let Some(text) = PublicText::cleaned(name) {
            assert_eq!(PublicText::new(text.as_str()), Some(text));
        }
        let Some(kind) = Kind::find(name) else {
            return;
        };
        match Body::parse(kind, body) {
            Ok(read) => {
                assert_eq!(read.to_json().as_bytes(), body);
                let subject = read.subject().to_string();
                let hash = body_hash(Salt::new([7; 32]), body);
                LeafHeader::new(kind.name(), "-", 0, &subject, hash).expect("a subject of a leaf");
            }
            Err(error) => assert!(error.kind == kind && !error.field.is_empty(), "{error}"),
        }
    },
    seeds: || {
        let kinds = Kind::ALL.iter();
        kinds
            .map(|kind| format!("{kind}\n{}", kind.sample()).into_bytes())
            .collect()
    },
    tries: 8000,
    memory: 32,
    floor: crate::MEMORY_FLOOR,
};

const DOCUMENT: &[u8] = br#"{"title":"\u6751\u9053"}"#;

/// A log of five entries with a signed checkpoint and a receipt of the third.
struct Log {
    key: VerifierKey,
    entries: Vec<Vec<u8>>,
    tree: MemoryTree,
    checkpoint: Note,
    receipt: Receipt,
    body: tally::record::BodyHash,
}

static LOG: LazyLock<Log> = LazyLock::new(|| {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[5; 32]).expect("32 bytes");
    let public = pair.public_key().as_ref().try_into().expect("32 bytes");
    let name = KeyName::new("record.example.org").expect("a name");
    let key = VerifierKey::new(name, KeyKind::Log, public);
    let body = body_hash(Salt::new([7; 32]), DOCUMENT);
    let entries: Vec<Vec<u8>> = (0..5)
        .map(|n| {
            let header = LeafHeader::new(
                "proposal_accepted",
                "qinghe/2026",
                1_768_500_000_000 + n,
                &format!("P-{n}"),
                body,
            );
            header.expect("a header").to_entry()
        })
        .collect();
    let mut tree = MemoryTree::default();
    for entry in &entries {
        tree.push(leaf_hash(entry)).expect("room");
    }
    let size = entries.len() as u64;
    let text = Checkpoint {
        origin: key.name().to_string(),
        size,
        root: tree.root(),
    };
    let sign = |message: &[u8]| {
        Ok::<_, Infallible>(pair.sign(message).as_ref().try_into().expect("64 bytes"))
    };
    let checkpoint = text
        .to_note()
        .expect("a note")
        .sign(&key, sign)
        .expect("a signature");
    let proof = inclusion_proof(2, size, &tree).expect("a proof");
    let receipt = Receipt::new(entries[2].clone(), 2, proof, checkpoint.clone());
    receipt.verify(&key, &[], 0).expect("a valid receipt");
    Log {
        key,
        entries,
        tree,
        checkpoint,
        receipt,
        body,
    }
});
