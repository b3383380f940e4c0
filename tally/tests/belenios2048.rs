//! The finite-field group: the independent tool's election is verified, and none of its ballots once it is changed.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use ballot::group::{Group, GroupElement};
use ballot::proof::{Context, Proof};
use ballot::{
    Ballot, BallotError, Belenios2048, Choices, Credential, Election, ProofKind, PublicCredentials,
    Wire, seal,
};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use tally::archive::Archive;
use tally::verify::{self, Options, Verdict};

type Element = <Belenios2048 as Group>::Element;
type Scalar = <Belenios2048 as Group>::Scalar;

fn folder() -> PathBuf {
    let data = "../ballot/tests/data/elections/belenios2048-50-by-belenios-3.3.0";
    Path::new(env!("CARGO_MANIFEST_DIR")).join(data)
}

fn read(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap()
}

static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| read("FnSzDtLkVP3zH4.bel"));
static ARCHIVE: LazyLock<Archive<'static>> = LazyLock::new(|| Archive::read(&BYTES).unwrap());
static ELECTION: LazyLock<Election<Belenios2048>> =
    LazyLock::new(|| Election::from_json(ARCHIVE.setup.election).unwrap());
static ROLL: LazyLock<PublicCredentials<Belenios2048>> =
    LazyLock::new(|| PublicCredentials::from_json(ARCHIVE.setup.credentials).unwrap());

/// Credential and public part of each voter.
fn credentials() -> Vec<Credential> {
    let private: BTreeMap<String, String> =
        serde_json::from_slice(&read("private_creds.json")).unwrap();
    private.values().map(|text| text.parse().unwrap()).collect()
}

#[test]
fn the_independent_tools_election_is_verified_with_its_result() {
    let report = verify::archive(&BYTES, Options::default());
    assert_eq!(report.verdict, Verdict::Verified, "{report:?}");
    let counted = report.counted.unwrap();
    assert_eq!((counted.ballots, counted.counted), (50, 50));
    let votes: serde_json::Value = serde_json::from_slice(&read("votes.json")).unwrap();
    let votes: Vec<Vec<u64>> = serde_json::from_value(votes["votes"].clone()).unwrap();
    let sums: Vec<u64> = (0..20)
        .map(|choice| votes.iter().map(|vote| vote[choice]).sum())
        .collect();
    assert_eq!(counted.result, [sums]);
}

#[test]
fn every_ballot_is_accepted_and_written_again_byte_for_byte() {
    assert_eq!(ARCHIVE.ballots.len(), 50);
    for entry in &ARCHIVE.ballots {
        let ballot = Ballot::accept(entry.bytes, &ELECTION, &ROLL).unwrap();
        assert_eq!(ballot.to_json().as_bytes(), entry.bytes);
    }
}

#[test]
fn credentials_have_the_public_parts_of_the_roll() {
    for credential in credentials() {
        let public = credential.public::<Belenios2048>(ELECTION.uuid());
        assert_eq!(ROLL.weight_of(&public), Some(1));
    }
}

#[test]
fn our_ballot_is_accepted_and_its_opening_opens_it() {
    let mut rng = ChaCha20Rng::from_seed([5; 32]);
    let marks: Vec<bool> = (0..20).map(|choice| choice % 3 == 0).collect();
    let choices = Choices::from([marks]);
    let sealed = seal(&ELECTION, &credentials()[0], &choices, &mut rng).unwrap();
    let bytes = sealed.ballot.to_json();
    let ballot = Ballot::accept(bytes.as_bytes(), &ELECTION, &ROLL).unwrap();
    assert_eq!(sealed.opening.check(&ballot, &ELECTION), Ok(&choices));
}

/// One change, after which the ballot is signed again, so that nothing but the change gives it away.
type Change = fn(&mut Ballot<Belenios2048>);

const CHANGES: [(Change, BallotError); 6] = [
    (
        |ballot| response(&mut ballot.answers[0].individual_proofs[3][1]),
        proof(ProofKind::Individual(3)),
    ),
    (
        |ballot| response(&mut ballot.answers[0].overall_proof[2]),
        proof(ProofKind::Overall),
    ),
    (
        |ballot| ballot.answers[0].choices.swap(0, 1),
        proof(ProofKind::Individual(0)),
    ),
    (
        |ballot| times_g(&mut ballot.answers[0].choices[19].beta),
        proof(ProofKind::Individual(19)),
    ),
    (
        |ballot| times_g(&mut ballot.answers[0].choices[7].alpha),
        proof(ProofKind::Individual(7)),
    ),
    (
        |ballot| drop(ballot.answers[0].choices.pop()),
        BallotError::ChoiceCount {
            question: 0,
            expected: 20,
            found: 19,
        },
    ),
];

const fn proof(proof: ProofKind) -> BallotError {
    BallotError::Proof { question: 0, proof }
}

fn response(proof: &mut Proof<Belenios2048>) {
    proof.response = proof.response + Scalar::from(1);
}

fn times_g(element: &mut Element) {
    *element = element.plus(&Belenios2048::generator());
}

#[test]
fn each_ballot_is_refused_once_it_is_changed() {
    let mut rng = ChaCha20Rng::from_seed([6; 32]);
    let secrets: BTreeMap<String, Credential> = credentials()
        .into_iter()
        .map(|credential| {
            let public = credential.public::<Belenios2048>(ELECTION.uuid());
            (Belenios2048::encode(&public), credential)
        })
        .collect();
    for (entry, (change, expected)) in ARCHIVE.ballots.iter().zip(CHANGES.iter().cycle()) {
        let mut ballot: Ballot<Belenios2048> = Ballot::from_json(entry.bytes).unwrap();
        change(&mut ballot);
        let forged = ballot.to_json();
        let unsigned = Ballot::accept(forged.as_bytes(), &ELECTION, &ROLL).unwrap_err();
        let shape = matches!(expected, BallotError::ChoiceCount { .. });
        assert!(shape || unsigned == BallotError::SignedHash, "{unsigned}");

        let hash = ballot.signed_hash();
        ballot.signature.hash = hash;
        let credential = &secrets[&Belenios2048::encode(&ballot.credential)];
        let secret = secret_of(credential);
        ballot.signature.proof =
            Proof::of_knowledge(&secret, &Context::raw(format!("sig|{hash}|")), &mut rng);
        let forged = ballot.to_json();
        let refused = Ballot::accept(forged.as_bytes(), &ELECTION, &ROLL).unwrap_err();
        assert_eq!(refused, *expected);
    }
}

/// The signing key as the specification derives it, apart from the code under test.
fn secret_of(credential: &Credential) -> Scalar {
    use sha2::{Digest as _, Sha256};
    let half = |index: u32| {
        let text = format!(
            "derive_credential|{}|{index}|{}",
            ELECTION.uuid(),
            credential.expose()
        );
        Sha256::digest(text)
    };
    let wide = [half(0), half(1)].concat();
    Belenios2048::reduce_wide(&wide.try_into().unwrap())
}

#[test]
fn an_archive_with_a_changed_ballot_names_it() {
    let mut bytes = BYTES.clone();
    let entry = ARCHIVE.ballots[9];
    let at = entry.bytes.as_ptr() as usize - BYTES.as_ptr() as usize;
    bytes[at + 200] ^= 1;
    let report = verify::archive(&bytes, Options::default());
    assert_eq!(report.verdict, Verdict::NotVerified);
    let failure = report.failure.unwrap();
    assert_eq!(failure.check, "archive");
    assert_eq!(failure.object, Some(format!("{}.data.json", entry.hash)));
}
