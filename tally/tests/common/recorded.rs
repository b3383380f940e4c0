//! The public record of a poll: its entries among others', in a log with a fixed key.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

use std::collections::BTreeSet;
use std::convert::Infallible;

use ballot::trustee::{Approval, Closing, Signed, Statement, TrusteeId};
use ballot::{Digest, Ed25519, Election, Wire as _};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use tally::note::{KeyKind, KeyName, VerifierKey};
use tally::record::body::{
    BeleniosHash, Body, DelegationCount, ElectionUuid, Exact, Hands, Kind, NamedDeputy, Officer,
    OfficerRole, Ordinal, Party, PollAnnounced, PollApproved, PollBallot, PollClosed,
    PollClosingStated, PollCreated, PollFrozen, PollId, PollKind, PollOpened, PollOutcome,
    PollPaperCounted, PollPartiallyDecrypted, PollRulesAdopted, PublicCredential, PublicText,
    RosterDeputy, Sha256Hex, TrusteePartial, roster_sha256,
};
use tally::record::leaf::{Salt, body_document};
use tally::record::poll::{PollRecord, ServedBody};
use tally::record::tree::{
    Hash, MemoryTree, NodeStore as _, inclusion_proof, leaf_hash, root_nodes,
};
use tally::record::{Checkpoint, LeafHeader, Note, Receipt, body_hash};
use tally::rules::Rule;

use super::poll::{Poll, trustee_key};

/// A key pair from a fixed seed, and the line that verifies what it signs.
pub fn signer(name: &str, kind: KeyKind, seed: u8) -> (Ed25519KeyPair, VerifierKey) {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
    let public = pair.public_key().as_ref().try_into().unwrap();
    let key = VerifierKey::new(KeyName::new(name).unwrap(), kind, public);
    (pair, key)
}

/// The record that the rules of these tests name.
pub const ORIGIN: &str = "piaojue.example/record";
const SEED: u8 = 11;

/// Its key.
pub fn log_key() -> VerifierKey {
    signer(ORIGIN, KeyKind::Log, SEED).1
}

/// One leaf: its header's parts, and its body.
#[derive(Clone, Debug)]
pub struct Leaf {
    pub kind: String,
    pub subject: String,
    pub body: String,
    /// Whether the body is served.
    pub shown: bool,
}

impl From<Body> for Leaf {
    fn from(body: Body) -> Self {
        Self {
            kind: body.kind().to_string(),
            subject: body.subject().to_string(),
            body: body.to_json(),
            shown: true,
        }
    }
}

/// A leaf about something else.
pub fn other() -> Leaf {
    Leaf {
        kind: "proposal_accepted".to_owned(),
        subject: "118".to_owned(),
        body: "{}".to_owned(),
        shown: false,
    }
}

/// Who signs, and who cosigns.
#[derive(Clone)]
pub struct Signers {
    pub origin: &'static str,
    pub seed: u8,
    /// Names and seeds.
    pub witnesses: Vec<(&'static str, u8)>,
}

impl Default for Signers {
    fn default() -> Self {
        Self {
            origin: ORIGIN,
            seed: SEED,
            witnesses: Vec::new(),
        }
    }
}

/// The document of a log in which five leaves about other things stand before these.
pub fn document(leaves: &[Leaf], signers: &Signers) -> PollRecord {
    let before = vec![other(); 5];
    let first = before.len() as u64;
    let mut tree = MemoryTree::default();
    let (mut texts, mut bodies) = (Vec::new(), Vec::new());
    for (index, leaf) in (0..).zip(before.iter().chain(leaves)) {
        let leaf = &under(tree.root(), leaf);
        let text = entry(leaf);
        tree.push(leaf_hash(text.as_bytes())).unwrap();
        if index < first {
            continue;
        }
        texts.push(text);
        if leaf.shown {
            let document = body_document(Salt::new([7; 32]), leaf.body.as_bytes());
            let document = String::from_utf8(document).unwrap();
            bodies.push(ServedBody { index, document });
        }
    }
    let checkpoint = Checkpoint {
        origin: signers.origin.to_owned(),
        size: tree.size(),
        root: tree.root(),
    };
    let peaks = root_nodes(first)
        .into_iter()
        .map(|id| tree.node(id).unwrap());
    PollRecord {
        first,
        peaks: peaks.collect(),
        leaves: texts,
        bodies,
        checkpoint: signed(&checkpoint, signers),
    }
}

/// A closing statement without a root, signed under the one that the record has where it stands; other leaves as they are.
fn under(root: Hash, leaf: &Leaf) -> Leaf {
    if leaf.kind != Kind::PollClosingStated.name() {
        return leaf.clone();
    }
    let body = PollClosingStated::parse(leaf.body.as_bytes()).unwrap();
    let signed = Signed::<Ed25519, Closing>::from_json(body.closing.text().as_bytes()).unwrap();
    if signed.statement().root.is_some() {
        return leaf.clone();
    }
    let stated = Closing {
        root: Some(Digest::from_bytes(*root.as_bytes())),
        ..signed.statement().clone()
    };
    let closing = PollClosingStated {
        closing: sign(stated),
        ..body
    };
    Leaf::from(Body::from(closing))
}

/// Signed by the one trustee.
pub fn sign<S: Statement>(statement: S) -> Exact {
    let mut rng = ChaCha20Rng::from_seed([17; 32]);
    let trustee = TrusteeId::new(1).unwrap();
    let key = trustee_key().signing_key();
    let signed = Signed::<Ed25519, S>::sign(statement, trustee, &key, &mut rng);
    Exact::new(signed.to_json()).unwrap()
}

/// The receipt of the leaf at this place after the five others, from the log with these leaves.
pub fn receipt(leaves: &[Leaf], place: usize, signers: &Signers) -> String {
    let record = document(leaves, signers);
    let mut tree = MemoryTree::default();
    let before = vec![entry(&other()); 5];
    for leaf in before.iter().chain(&record.leaves) {
        tree.push(leaf_hash(leaf.as_bytes())).unwrap();
    }
    let index = record.first + place as u64;
    let proof = inclusion_proof(index, tree.size(), &tree).unwrap();
    let note = Note::parse(&record.checkpoint).unwrap();
    Receipt::new(
        record.leaves[place].clone().into_bytes(),
        index,
        proof,
        note,
    )
    .to_string()
}

/// A leaf's text.
fn entry(leaf: &Leaf) -> String {
    let hash = body_hash(Salt::new([7; 32]), leaf.body.as_bytes());
    let header = LeafHeader::new(
        &leaf.kind,
        "qinghe/2026",
        1_768_500_000_000,
        &leaf.subject,
        hash,
    )
    .unwrap();
    String::from_utf8(header.to_entry()).unwrap()
}

/// The signed and cosigned note of a checkpoint.
pub fn signed(checkpoint: &Checkpoint, signers: &Signers) -> String {
    let (pair, key) = signer(signers.origin, KeyKind::Log, signers.seed);
    let by = |pair: Ed25519KeyPair| {
        move |message: &[u8]| Ok::<_, Infallible>(pair.sign(message).as_ref().try_into().unwrap())
    };
    let Ok(mut note) = checkpoint.to_note().unwrap().sign(&key, by(pair));
    for (name, seed) in &signers.witnesses {
        let (pair, key) = signer(name, KeyKind::Witness, *seed);
        let Ok(cosigned) = note.cosign(&key, 1_768_500_900, by(pair));
        note = cosigned;
    }
    note.to_string()
}

/// What the service writes in the record of this poll so far, with entries about other things between.
pub fn leaves(poll: &Poll) -> Vec<Leaf> {
    let archive = tally::archive::Archive::read(&poll.archive).unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let exact = |bytes: &[u8]| Exact::new(text(bytes)).unwrap();
    let election = Election::<Ed25519>::from_json(archive.setup.election).unwrap();
    let election_uuid: ElectionUuid = election.uuid().into();
    let confirmed_by = vec![Party::Office, Party::ChiefScrutineer];
    let seats = Rule::parse(&poll.rule).unwrap().deputies();
    let roster = roster(seats);
    let present = u32::try_from(poll.figures.present.min(seats)).unwrap();
    let attendance = roster.iter().take(present as usize);
    let mut bodies: Vec<Body> = called(poll, &election_uuid, &roster);
    bodies.extend([
        PollFrozen {
            election_uuid: election_uuid.clone(),
            fingerprint: (&election.fingerprint()).into(),
            election: exact(archive.setup.election),
            trustees: exact(archive.setup.trustees),
            roll_sha256: Sha256Hex::of(poll.roll.as_bytes()),
            roll: exact(archive.setup.credentials),
            paper_credentials: credentials(&poll.reserved),
            reserved: Vec::new(),
            present,
            attendance: attendance.map(named).collect(),
            on_leave: Vec::new(),
            headcount: vec![DelegationCount {
                delegation: words(DELEGATION),
                present,
                head: roster[0].number,
            }],
            confirmed_by: confirmed_by.clone(),
        }
        .into(),
        PollApproved {
            election_uuid: election_uuid.clone(),
            approval: sign(
                Approval::of(&election, poll.rule.as_bytes(), archive.setup.credentials).unwrap(),
            ),
        }
        .into(),
        PollOpened {
            election_uuid: election_uuid.clone(),
            confirmed_by: confirmed_by.clone(),
        }
        .into(),
    ]);
    for ballot in &archive.ballots {
        bodies.push(PollBallot::new(exact(ballot.bytes)).unwrap().into());
    }
    bodies.extend(paper_counted(poll, &election_uuid));
    let tally = archive.tally.as_ref().unwrap();
    bodies.push(
        PollClosed {
            election_uuid: election_uuid.clone(),
            returned: u32::try_from(archive.ballots.len()).unwrap(),
            encrypted_tally_hash: (&Digest::of(tally.bytes)).into(),
            revoked: credentials(&poll.revoked),
            voided: if poll.reserved.is_empty() {
                Vec::new()
            } else {
                credentials(&poll.voided)
            },
            spoiled: poll
                .spoiled
                .iter()
                .filter_map(|tracker| BeleniosHash::new(tracker.as_str()))
                .collect(),
            confirmed_by,
        }
        .into(),
    );
    let voters: BTreeSet<_> = archive
        .ballots
        .iter()
        .map(|ballot| ballot::credential_of_ballot(ballot.bytes).unwrap())
        .collect();
    let closing = Closing {
        fingerprint: election.fingerprint(),
        root: None,
        ballots: voters.len() as u64,
        tally: Digest::of(tally.bytes),
    };
    bodies.push(
        PollClosingStated {
            election_uuid: election_uuid.clone(),
            closing: sign(closing),
        }
        .into(),
    );
    if let Some(result) = &archive.result {
        bodies.extend(counted(poll, election_uuid, result.bytes));
    }
    bodies
        .into_iter()
        .flat_map(|body| [other(), Leaf::from(body)])
        .collect()
}

/// What came out of the box with the papers, where there is one.
fn paper_counted(poll: &Poll, election_uuid: &ElectionUuid) -> Option<Body> {
    let sealed = poll.paper.sealed.iter();
    let counted = PollPaperCounted {
        election_uuid: election_uuid.clone(),
        issued: u32::try_from(poll.figures.paper_issued).unwrap(),
        replaced: 0,
        helped: 0,
        returned: u32::try_from(poll.paper.returned).unwrap(),
        invalid: poll
            .paper
            .invalid
            .iter()
            .map(|one| Ordinal::new((*one).into()).unwrap())
            .collect(),
        sealed: sealed
            .filter_map(|tracker| BeleniosHash::new(tracker.as_str()))
            .collect(),
        tellers: vec![words("石磊"), words("乔安")],
    };
    (!poll.reserved.is_empty()).then(|| counted.into())
}

/// Until the rules are adopted.
fn called(poll: &Poll, election_uuid: &ElectionUuid, roster: &[RosterDeputy]) -> Vec<Body> {
    vec![
        PollCreated {
            election_uuid: election_uuid.clone(),
            poll_id: PollId::new("019bb3d5-6a00-7c3e-9d41-2f7a5b8c1e60").unwrap(),
            kind: PollKind::Main,
            follows: None,
            title: words("n"),
            facts_sha256: None,
            items: Vec::new(),
            roster_sha256: roster_sha256(roster),
            roster: roster.to_vec(),
        }
        .into(),
        PollRulesAdopted {
            election_uuid: election_uuid.clone(),
            rule_sha256: Sha256Hex::of(poll.rule.as_bytes()),
            rule: poll.rule.clone(),
            hands: Hands {
                in_favour: 12,
                against: 0,
                abstained: 0,
            },
            roster_sha256: roster_sha256(roster),
            officers: vec![
                officer(OfficerRole::ChiefScrutineer, &roster[0]),
                officer(OfficerRole::Chair, &roster[1]),
            ],
            threshold: Ordinal::new(1).unwrap(),
            departure: None,
            draft_passed: None,
            counted_by: None,
        }
        .into(),
    ]
}

/// What follows the close.
fn counted(poll: &Poll, election_uuid: ElectionUuid, result: &[u8]) -> [Body; 2] {
    let exact = |bytes: &[u8]| Exact::new(String::from_utf8(bytes.to_vec()).unwrap()).unwrap();
    let trustee = Ordinal::new(1).unwrap();
    [
        PollPartiallyDecrypted {
            election_uuid: election_uuid.clone(),
            trustee,
            partial_decryption_hash: (&Digest::of("{}")).into(),
        }
        .into(),
        PollAnnounced {
            election_uuid,
            announced_by: named(&roster(2)[1]),
            returns: poll.figures.returns(),
            partial_decryptions: vec![TrusteePartial {
                trustee,
                partial_decryption: exact(b"{}"),
            }],
            result: exact(result),
            outcome: outcome(poll),
        }
        .into(),
    ]
}

const DELEGATION: &str = "城关代表团";

fn words(text: &str) -> PublicText {
    PublicText::new(text).unwrap()
}

/// So many deputies of one delegation.
pub fn roster(seats: u64) -> Vec<RosterDeputy> {
    (1..=seats)
        .map(|number| RosterDeputy {
            number: Ordinal::new(number).unwrap(),
            name: words(&format!("代表{number}")),
            delegation: words(DELEGATION),
        })
        .collect()
}

fn named(deputy: &RosterDeputy) -> NamedDeputy {
    NamedDeputy {
        number: deputy.number,
        name: deputy.name.clone(),
    }
}

fn officer(role: OfficerRole, deputy: &RosterDeputy) -> Officer {
    Officer {
        role,
        name: deputy.name.clone(),
        number: Some(deputy.number),
    }
}

fn credentials(texts: &[String]) -> Vec<PublicCredential> {
    let read = |text: &String| PublicCredential::new(text.as_str());
    texts.iter().filter_map(read).collect()
}

fn outcome(poll: &Poll) -> PollOutcome {
    let value = poll.decision.clone();
    match serde_json::from_value(value.clone()) {
        Ok(decision) => PollOutcome::Choice { decision },
        Err(_) => PollOutcome::Evaluation {
            verdicts: serde_json::from_value(value).unwrap(),
        },
    }
}
