//! Signed notes, checkpoints, leaves and receipts: the specification's vector, and one broken thing at a time.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "helpers of tests fail as tests do"
)]

use std::convert::Infallible;

use ring::signature::{Ed25519KeyPair, KeyPair};
use tally::record::checkpoint::CheckpointError;
use tally::record::leaf::{LeafError, Salt, body_document, open_body};
use tally::record::note::{KeyKind, KeyName, NoteError};
use tally::record::receipt::ReceiptError;
use tally::record::tree::{MemoryTree, TreeError, inclusion_proof, leaf_hash};
use tally::record::{Checkpoint, LeafHeader, Note, Receipt, VerifierKey, body_hash};

const KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const NOTE: &str = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

struct Signer(Ed25519KeyPair, VerifierKey);

impl Signer {
    fn new(name: &str, kind: KeyKind, seed: u8) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
        let key: [u8; 32] = pair.public_key().as_ref().try_into().unwrap();
        Self(
            pair,
            VerifierKey::new(KeyName::new(name).unwrap(), kind, key),
        )
    }

    #[expect(clippy::unnecessary_wraps, reason = "the closures that sign may fail")]
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], Infallible> {
        Ok(self.0.sign(message).as_ref().try_into().unwrap())
    }
}

fn log() -> Signer {
    Signer::new("example.org/record", KeyKind::Log, 1)
}

fn witness(seed: u8) -> Signer {
    Signer::new(&format!("scrutineer-{seed}"), KeyKind::Witness, seed)
}

#[test]
fn the_specifications_note_verifies() {
    let key: VerifierKey = KEY.parse().unwrap();
    assert_eq!(key.to_string(), KEY);
    let note = Note::parse(NOTE).unwrap();
    assert_eq!(note.verify(&key), Ok(()));
    assert_eq!(note.to_string(), NOTE);
    assert_eq!(note.text(), "This is an example message.\n");
}

#[test]
fn a_changed_text_is_a_forgery() {
    let note = Note::parse(&NOTE.replace("example message", "exemplary message")).unwrap();
    assert_eq!(
        note.verify(&KEY.parse().unwrap()),
        Err(NoteError::Forged("example.com/foo".into()))
    );
}

#[test]
fn a_note_of_another_key_is_unsigned() {
    let note = Note::parse(NOTE).unwrap();
    assert_eq!(
        note.verify(&log().1),
        Err(NoteError::Unsigned("example.org/record".into()))
    );
}

#[test]
fn signatures_of_unknown_keys_are_ignored() {
    let other = log();
    let note = Note::parse(NOTE)
        .unwrap()
        .sign(&other.1, |message| other.sign(message))
        .unwrap();
    let read = Note::parse(&note.to_string()).unwrap();
    assert_eq!(read.verify(&KEY.parse().unwrap()), Ok(()));
    assert_eq!(read.verify(&other.1), Ok(()));
}

#[test]
fn texts_that_are_no_notes_are_refused() {
    let refused = [
        "",
        "text\n",
        "text\n\n",
        "text\n\n— name\n",
        "text\n\n— na+me Uw2QOkk=\n",
        "text\n\n— name Uw2QOg==\n",
        "text\n\n- name Uw2QOkk=\n",
        "te\u{1}xt\n\n— name Uw2QOkk=\n",
        "text\n\n— name Uw2QOkk=",
        "text\n\n— name Uw2QOkk=\r\n",
        "text\n\n— name Uw2QOkl=\n",
        "text\n\n— name Uw2QOkk=\n\n",
    ];
    for text in refused {
        assert_eq!(Note::parse(text), Err(NoteError::Malformed), "{text:?}");
    }
    let signed = "text\n\n— name Uw2QOkk=\n";
    assert_eq!(Note::parse(signed).unwrap().to_string(), signed);
    assert_eq!(
        Note::parse(&format!("text\n\n{}", "— name Uw2QOkk=\n".repeat(65))),
        Err(NoteError::TooManySignatures)
    );
}

#[test]
fn keys_in_another_form_are_refused() {
    let cases = [
        "",
        "example.com/foo",
        &KEY.replace("530d", "530D"),
        &KEY.replace("530d", "530e"),
        &KEY.replace("+Ae", "+Ce"),
        &format!("{KEY}\n"),
        &format!("{KEY}="),
    ];
    for line in cases {
        assert_eq!(line.parse::<VerifierKey>(), Err(NoteError::Key), "{line}");
    }
}

#[test]
fn a_signature_with_an_unreduced_scalar_is_refused() {
    // Adding the group's order to the scalar gives a second signature to a sloppy verifier.
    let order =
        hex::decode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010").unwrap();
    let signer = log();
    let note = Note::new("text\n").unwrap();
    let doubled = note.sign(&signer.1, |message| {
        let mut signature = signer.sign(message)?;
        let mut carry = 0;
        for (byte, other) in signature[32..].iter_mut().zip(&order) {
            let sum = u16::from(*byte) + u16::from(*other) + carry;
            *byte = (sum & 0xff) as u8;
            carry = sum >> 8;
        }
        Ok::<_, Infallible>(signature)
    });
    assert_eq!(
        doubled.unwrap().verify(&signer.1),
        Err(NoteError::Forged("example.org/record".into()))
    );
}

#[test]
fn a_key_of_small_order_signs_nothing() {
    let mut identity = [0; 32];
    identity[0] = 1;
    let key = VerifierKey::new(KeyName::new("x").unwrap(), KeyKind::Log, identity);
    let mut forged = [0; 64];
    forged[0] = 1;
    let note = Note::new("text\n")
        .unwrap()
        .sign(&key, |_| Ok::<_, Infallible>(forged))
        .unwrap();
    assert_eq!(note.verify(&key), Err(NoteError::Forged("x".into())));
}

#[test]
fn witnesses_are_counted_and_a_forged_one_is_named() {
    let signer = log();
    let (first, second, third) = (witness(2), witness(3), witness(4));
    let note = checkpoint(&MemoryTree::default(), &signer);
    let note = note
        .cosign(&first.1, 1_700_000_000, |message| first.sign(message))
        .unwrap();
    let note = note
        .cosign(&second.1, 1_700_000_001, |message| second.sign(message))
        .unwrap();
    let note = Note::parse(&note.to_string()).unwrap();
    let keys = [first.1.clone(), second.1.clone(), third.1.clone()];
    assert_eq!(note.verify_witness(&second.1), Ok(1_700_000_001));
    assert_eq!(note.verify_witnesses(&keys, 2), Ok(()));
    assert_eq!(
        note.verify_witnesses(&keys, 3),
        Err(NoteError::TooFewWitnesses {
            required: 3,
            found: 2
        })
    );
    assert_eq!(
        note.verify(&first.1),
        Err(NoteError::OtherKind("scrutineer-2".into()))
    );
    let forged = note
        .cosign(&third.1, 5, |message| first.sign(message))
        .unwrap();
    assert_eq!(
        forged.verify_witnesses(&keys, 2),
        Err(NoteError::Forged("scrutineer-4".into()))
    );
}

/// The specification's times are signed numbers of 64 bits.
#[test]
fn a_cosignature_of_no_time_is_none() {
    let signer = witness(2);
    let at = |time: u64| {
        let note = checkpoint(&MemoryTree::default(), &log());
        let note = note.cosign(&signer.1, time, |message| signer.sign(message));
        note.unwrap().verify_witness(&signer.1)
    };
    let last = (1 << 63) - 1;
    assert_eq!(at(last), Ok(last));
    let forged = Err(NoteError::Forged("scrutineer-2".into()));
    assert_eq!(at(1 << 63), forged);
    assert_eq!(at(u64::MAX), forged);
}

#[test]
fn a_cosignature_says_when_and_of_what() {
    let signer = witness(2);
    let note = Note::new(
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
    )
    .unwrap();
    let mut signed = Vec::new();
    note.cosign(&signer.1, 1_679_315_147, |message| {
        signed = message.to_vec();
        signer.sign(message)
    })
    .unwrap();
    let expected = "cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    assert_eq!(String::from_utf8(signed).unwrap(), expected);
}

fn checkpoint(tree: &MemoryTree, signer: &Signer) -> Note {
    let checkpoint = Checkpoint {
        origin: signer.1.name().to_string(),
        size: tree.size(),
        root: tree.root(),
    };
    checkpoint
        .to_note()
        .unwrap()
        .sign(&signer.1, |message| signer.sign(message))
        .unwrap()
}

fn header(n: u64) -> LeafHeader {
    let body = body_hash(Salt::new([7; 32]), format!("body {n}").as_bytes());
    LeafHeader::new(
        "ballot",
        "qinghe/2026",
        1_768_500_000_000,
        &format!("tracker-{n}"),
        body,
    )
    .unwrap()
}

fn receipt() -> (Signer, Receipt) {
    let signer = log();
    let mut tree = MemoryTree::default();
    (0..9).for_each(|n| tree.push(leaf_hash(&header(n).to_entry())).unwrap());
    let proof = inclusion_proof(5, 9, &tree).unwrap();
    let receipt = Receipt::new(header(5).to_entry(), 5, proof, checkpoint(&tree, &signer));
    (signer, receipt)
}

#[test]
fn a_checkpoint_reads_in_its_one_form() {
    let text = "example.org/record\n9\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    assert_eq!(Checkpoint::parse(text).unwrap().text(), text);
    let extended = Checkpoint::parse(&format!("{text}extension\n"));
    assert_eq!(extended, Checkpoint::parse(text));
    for bad in [
        text.trim_end(),
        &text.replace("\n9\n", "\n09\n"),
        &text.replace("\n9\n", "\n+9\n"),
        &format!("{text}\n"),
        &text[..text.len() - 2],
    ] {
        assert_eq!(Checkpoint::parse(bad), Err(CheckpointError), "{bad:?}");
    }
}

#[test]
fn a_leaf_header_is_frozen_byte_by_byte() {
    let body = body_hash(Salt::new([7; 32]), b"body");
    let header = LeafHeader::new(
        "proposal_accepted",
        "qinghe/2026",
        1_768_500_000_000,
        "42",
        body,
    )
    .unwrap();
    let expected = format!(
        r#"{{"v":1,"kind":"proposal_accepted","scope":"qinghe/2026","at":1768500000000,"subject":"42","body":"{body}"}}"#
    );
    assert_eq!(String::from_utf8(header.to_entry()).unwrap(), expected);
    assert_eq!(LeafHeader::from_entry(expected.as_bytes()), Ok(header));
    for bad in [
        expected.replace(":1,", ": 1,"),
        expected.replace("\"v\":1", "\"v\":2"),
        expected.replace("{\"v\":1,", "{"),
        expected.replace('}', ",\"x\":1}"),
    ] {
        assert_eq!(
            LeafHeader::from_entry(bad.as_bytes()),
            Err(LeafError::Malformed),
            "{bad}"
        );
    }
    let refused =
        |kind, scope, subject| LeafHeader::new(kind, scope, 0, subject, body).unwrap_err();
    assert_eq!(refused("Ballot", "a", "42"), LeafError::Kind);
    assert_eq!(refused("poll-ballot", "a", "42"), LeafError::Kind);
    assert_eq!(refused("ballot", "a//b", "42"), LeafError::Scope);
    assert_eq!(refused("ballot", "a", "张 三"), LeafError::Subject);
    assert_eq!(refused("ballot", "a", ""), LeafError::Subject);
}

#[test]
fn a_body_opens_with_its_salt_only() {
    let salt = Salt::new([9; 32]);
    let document = body_document(salt, "正文".as_bytes());
    let hash = body_hash(salt, "正文".as_bytes());
    assert_eq!(open_body(&document, hash), Ok("正文".as_bytes()));
    assert_eq!(
        open_body(&document, body_hash(salt, b"other")),
        Err(LeafError::OtherBody)
    );
    assert_eq!(open_body(&document[1..], hash), Err(LeafError::Salt));
    assert_eq!(open_body(b"", hash), Err(LeafError::Salt));
}

#[test]
fn a_receipt_read_from_its_text_verifies() {
    let (signer, receipt) = receipt();
    let read: Receipt = receipt.to_string().parse().unwrap();
    assert_eq!(read, receipt);
    let included = read.verify(&signer.1, &[], 0).unwrap();
    assert_eq!(
        (included.header, included.index, included.checkpoint.size),
        (header(5), 5, 9)
    );
}

#[test]
fn each_broken_receipt_names_its_check() {
    let (signer, valid) = receipt();
    let text = valid.to_string();
    let refused = |text: &str| match text.parse::<Receipt>() {
        Ok(receipt) => receipt.verify(&signer.1, &[], 0).unwrap_err(),
        Err(error) => error,
    };
    assert_eq!(
        refused(&text.replace("index 5", "index 4")),
        ReceiptError::Inclusion(TreeError::OtherRoot)
    );
    assert_eq!(
        refused(&text.replace("index 5", "index 9")),
        ReceiptError::Inclusion(TreeError::NotInTree { index: 9, size: 9 })
    );
    assert_eq!(
        refused(&text.replace("index 5", "index 05")),
        ReceiptError::Malformed
    );
    assert_eq!(
        refused(&text.replace("@v1", "@v2")),
        ReceiptError::Malformed
    );
    let forged = refused(&text.replace("\n9\n", "\n8\n"));
    assert_eq!(
        forged,
        ReceiptError::Signature(NoteError::Forged("example.org/record".into()))
    );
    assert_eq!(forged.check(), "checkpoint-signature");
    let few = valid.verify(&signer.1, &[witness(2).1], 1).unwrap_err();
    assert_eq!(few.check(), "witnesses");
    let other = Signer::new("other.example", KeyKind::Log, 1);
    assert_eq!(
        valid.verify(&other.1, &[], 0),
        Err(ReceiptError::Signature(NoteError::Unsigned(
            "other.example".into()
        )))
    );
}

#[test]
fn a_checkpoint_of_another_origin_is_refused() {
    let signer = log();
    let mut tree = MemoryTree::default();
    tree.push(leaf_hash(&header(0).to_entry())).unwrap();
    let text = Checkpoint {
        origin: "another.example".into(),
        size: 1,
        root: tree.root(),
    };
    let note = text
        .to_note()
        .unwrap()
        .sign(&signer.1, |message| signer.sign(message))
        .unwrap();
    let receipt = Receipt::new(header(0).to_entry(), 0, Vec::new(), note);
    assert_eq!(
        receipt.verify(&signer.1, &[], 0),
        Err(ReceiptError::OtherOrigin {
            expected: signer.1.name().to_string(),
            found: "another.example".into()
        })
    );
}
