//! The worked example of `docs/ballot-protocol.md` is what the code does, number by number.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test's helpers may fail loudly, too"
)]

mod support;

use std::collections::BTreeMap;
use std::path::Path;

use ballot::group::Group;
use ballot::trustee::{SecretKey, TrusteeId, Trustees};
use ballot::{
    Ballot, Choices, Credential, Digest, Ed25519, Election, ElectionResult, EncryptedTally,
    PartialDecryption, PublicCredentials, Question, Wire, seal,
};
use support::{count, rng};

/// The example's objects in order, with the name that the document gives each.
fn example() -> Vec<(&'static str, String)> {
    let mut rng = rng(1);
    let key = SecretKey::<Ed25519>::generate(&mut rng);
    let trustees = Trustees::of_singles([key.verification_key(&mut rng)]);
    let question = Question::new("修路", ["赞成"], 0, 1).unwrap();
    let uuid = "Minsheng111111".parse().unwrap();
    let election =
        Election::<Ed25519>::build(uuid, "票决", "", trustees.joint_key(), vec![question]).unwrap();
    let credential = Credential::generate(&mut rng);
    let public = credential.public::<Ed25519>(election.uuid());
    let roll = PublicCredentials::<Ed25519>::sorted([public]).unwrap();
    let choices = Choices::from([vec![true]]);
    let sealed = seal(&election, &credential, &choices, &mut rng).unwrap();
    Ballot::accept(sealed.ballot.to_json().as_bytes(), &election, &roll).unwrap();
    let mut tally = EncryptedTally::empty(&election);
    tally.add(&sealed.ballot, 1).unwrap();
    let partial = PartialDecryption::make(&tally, &key, &election, &mut rng);
    partial
        .verify(&tally, &key.public_key(), &election)
        .unwrap();
    let partials: BTreeMap<_, _> = [(TrusteeId::new(1).unwrap(), partial.clone())].into();
    let opened = tally.open(&trustees, &partials).unwrap();
    let result = ElectionResult {
        result: opened
            .iter()
            .map(|q| q.iter().map(count).collect())
            .collect(),
    };
    let secret = exponent(&credential, election.uuid().as_str());
    assert_eq!(Ed25519::multiply_generator(&secret), public);
    vec![
        ("trustee's secret", key.to_json()),
        ("trustees", trustees.to_json()),
        ("election", election.to_json()),
        ("φ", election.fingerprint().to_string()),
        ("credential", credential.expose().to_owned()),
        ("secret exponent", secret.to_json()),
        ("public credentials", roll.to_json()),
        ("opening", sealed.opening.to_json()),
        ("ballot", sealed.ballot.to_json()),
        ("tracker", sealed.ballot.tracker().to_string()),
        ("encrypted tally", tally.to_json()),
        ("partial decryption", partial.to_json()),
        ("result", result.to_json()),
    ]
}

/// The credential's secret exponent, derived here once more.
fn exponent(credential: &Credential, uuid: &str) -> <Ed25519 as Group>::Scalar {
    let mut wide = [0; 64];
    for (half, index) in wide.chunks_mut(32).zip([0, 1]) {
        let text = format!("derive_credential|{uuid}|{index}|{}", credential.expose());
        half.copy_from_slice(Digest::of(text).bytes());
    }
    Ed25519::reduce_wide(&wide)
}

#[test]
fn the_documents_worked_example_is_what_the_code_does() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/ballot-protocol.md");
    let document = std::fs::read_to_string(path).unwrap();
    let entries: Vec<String> = example()
        .iter()
        .map(|(name, value)| format!("{name}\n```\n{value}\n```\n"))
        .collect();
    let example = entries.concat();
    assert!(
        document.contains(&example),
        "the example should read:\n{example}"
    );
}
