//! The independent tool's threshold trustees with one thing changed are refused, naming who is to blame.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test's helpers may fail loudly, too"
)]

mod support;

use ballot::trustee::{Blame, TrusteeError, TrusteeId, Trustees};
use ballot::{Ed25519, Wire};
use serde_json::{Value, json};
use support::{election, folder, read, rng, secret_keys};

fn object() -> Value {
    serde_json::from_slice(&read(folder().join("setup/trustees.json"))).unwrap()
}

fn verify(object: &Value) -> Result<(), TrusteeError> {
    Trustees::<Ed25519>::from_json(object.to_string().as_bytes())
        .unwrap()
        .verify_for(&election())
}

fn changed(change: impl FnOnce(&mut Value)) -> TrusteeError {
    let mut object = object();
    change(&mut object[0][1]);
    verify(&object).unwrap_err()
}

fn trustee(n: u32) -> Blame {
    Blame::Trustee(TrusteeId::new(n).unwrap())
}

#[test]
fn both_dialects_are_read() {
    assert_eq!(verify(&object()), Ok(()));
    let mut older = object();
    for key in older[0][1]["verification_keys"].as_array_mut().unwrap() {
        key.as_object_mut().unwrap().shift_remove("signature");
    }
    assert_eq!(verify(&older), Ok(()));
}

#[test]
fn a_signature_taken_away_is_noticed() {
    let error = changed(|group| {
        let key = group["verification_keys"][1].as_object_mut().unwrap();
        key.shift_remove("signature");
    });
    assert_eq!(
        error,
        TrusteeError::GroupSize(trustee(1), "signed verification key")
    );
}

#[test]
fn swapped_parts_are_refused_with_the_trustee_to_blame() {
    let swap = |list: &str| changed(|group| group[list].as_array_mut().unwrap().swap(1, 2));
    assert_eq!(swap("certs"), TrusteeError::CertificateContext(trustee(2)));
    assert_eq!(
        swap("coefexps"),
        TrusteeError::CoefficientsSignature(trustee(2))
    );
    assert_eq!(
        swap("signatures"),
        TrusteeError::TranscriptSignature(trustee(2))
    );
    assert_eq!(
        swap("verification_keys"),
        TrusteeError::VerificationKey(trustee(2))
    );
}

#[test]
fn a_member_taken_away_is_noticed() {
    for (list, name) in [
        ("coefexps", "polynomial"),
        ("signatures", "signature"),
        ("verification_keys", "verification key"),
    ] {
        let error = changed(|group| drop(group[list].as_array_mut().unwrap().pop()));
        assert_eq!(error, TrusteeError::GroupSize(trustee(1), name));
    }
}

#[test]
fn another_threshold_is_refused() {
    assert_eq!(
        changed(|group| group["threshold"] = json!(1)),
        TrusteeError::CoefficientCount(trustee(1))
    );
    assert_eq!(
        changed(|group| group["threshold"] = json!(0)),
        TrusteeError::Threshold(trustee(1))
    );
    assert_eq!(
        changed(|group| group["threshold"] = json!(4)),
        TrusteeError::Threshold(trustee(1))
    );
}

#[test]
fn a_forged_signature_is_refused() {
    let other = |group: &Value| group["signatures"][0].clone();
    assert_eq!(
        changed(|group| group["certs"][0]["signature"] = other(group)),
        TrusteeError::CertificateSignature(trustee(1))
    );
    // Not the first member, whose signature covers all certificates and holds no more.
    assert_eq!(
        changed(|group| group["certs"][1]["signature"] = other(group)),
        TrusteeError::CertificateSignature(trustee(2))
    );
    assert_eq!(
        changed(|group| group["coefexps"][2]["signature"] = other(group)),
        TrusteeError::CoefficientsSignature(trustee(3))
    );
    assert_eq!(
        changed(|group| group["verification_keys"][2]["signature"] = other(group)),
        TrusteeError::KeySignature(trustee(3))
    );
    assert_eq!(
        changed(|group| group["verification_keys"][1]["pok"] = other(group)),
        TrusteeError::Possession(trustee(2))
    );
}

#[test]
fn polynomials_of_another_length_are_refused() {
    let error = changed(|group| {
        let message = group["coefexps"][1]["message"].as_str().unwrap();
        let mut inner: Value = serde_json::from_str(message).unwrap();
        inner["coefexps"].as_array_mut().unwrap().pop();
        group["coefexps"][1]["message"] = Value::String(inner.to_string());
    });
    assert_eq!(error, TrusteeError::CoefficientCount(trustee(2)));
}

#[test]
fn trustees_of_another_election_are_refused() {
    let keys = secret_keys(2);
    let others = Trustees::of_singles(keys.iter().map(|k| k.verification_key(&mut rng(1))));
    assert_eq!(others.verify(), Ok(()));
    assert_eq!(
        others.verify_for(&election()),
        Err(TrusteeError::OtherElectionKey)
    );
}

#[test]
fn a_trustee_who_stands_twice_is_refused() {
    let key = &secret_keys(1)[0];
    let twice = Trustees::of_singles([1, 2].map(|n| key.verification_key(&mut rng(n))));
    assert_eq!(twice.verify(), Err(TrusteeError::RepeatedKey(trustee(2))));
    assert_eq!(
        Trustees::<Ed25519>::of_singles([]).verify(),
        Err(TrusteeError::NoTrustee)
    );
}

#[test]
fn a_single_trustee_has_no_signature() {
    let key = secret_keys(1)[0].verification_key(&mut rng(1)).to_json();
    let mut key: Value = serde_json::from_str(&key).unwrap();
    key["signature"] = object()[0][1]["signatures"][0].clone();
    let trustees = json!([["Single", key]]);
    assert_eq!(
        verify(&trustees),
        Err(TrusteeError::UnexpectedSignature(trustee(1)))
    );
}

#[test]
fn a_named_key_keeps_its_name_in_its_place() {
    let key = secret_keys(1)[0]
        .verification_key(&mut rng(1))
        .named("王 \"大\" 明");
    let json = key.to_json();
    assert!(json.ends_with(",\"name\":\"王 \\\"大\\\" 明\"}"), "{json}");
    let read = ballot::trustee::VerificationKey::<Ed25519>::from_json(json.as_bytes());
    assert_eq!(read, Ok(key));
}
