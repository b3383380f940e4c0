//! The keys of the independent tool's trustees decrypt its election: any two of the three, with our code.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test's helpers may fail loudly, too"
)]

mod support;

use std::collections::BTreeMap;

use aes_gcm::aead::consts::U32;
use aes_gcm::aead::{Aead, KeyInit, Nonce};
use aes_gcm::{AesGcm, aes::Aes256};
use ballot::group::{Group, GroupElement};
use ballot::trustee::{SecretKey, TooFewTrustees, TrusteeId};
use ballot::{DecryptionError, Ed25519, ElectionResult, PartialDecryption, Wire};
use serde_json::Value;
use sha2::{Digest, Sha256};
use support::{count, election, encrypted_tally, folder, partial, read, rng, trustees};

/// A trustee's decryption key: encrypted to the key that its seed gives, inside a signed message.
fn share(seed: &str, encrypted: &Value) -> SecretKey<Ed25519> {
    let element = |name: &str| Ed25519::decode(encrypted[name].as_str().unwrap()).unwrap();
    let decryption_key = Ed25519::reduce(&Sha256::digest(format!("dk|{seed}")).into());
    let (alpha, beta) = (element("alpha"), element("beta"));
    let secret = beta.minus(&Ed25519::multiply(&alpha, &decryption_key));
    let key = Sha256::digest(format!("key|{}", Ed25519::encode(&secret)));
    let iv = Sha256::digest(format!("iv|{}", Ed25519::encode(&alpha)));
    let cipher = AesGcm::<Aes256, U32>::new_from_slice(&key).unwrap();
    let nonce = Nonce::<AesGcm<Aes256, U32>>::try_from(iv.as_slice()).unwrap();
    let data = hex(encrypted["data"].as_str().unwrap());
    let signed: Value = json(&cipher.decrypt(&nonce, data.as_slice()).unwrap());
    let channel: Value = json(signed["message"].as_str().unwrap().as_bytes());
    let inner: Value = json(channel["message"].as_str().unwrap().as_bytes());
    SecretKey::from_json(inner["decryption_key"].to_string().as_bytes()).unwrap()
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

/// Each trustee's number and secret share.
fn shares() -> BTreeMap<TrusteeId, SecretKey<Ed25519>> {
    let trustees = trustees();
    std::fs::read_dir(folder().join("setup"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "key"))
        .map(|path| {
            let seed = String::from_utf8(read(&path)).unwrap();
            let key = share(&seed, &json(&read(path.with_extension("dkey"))));
            (trustees.find(&key.public_key()).unwrap(), key)
        })
        .collect()
}

#[test]
fn any_two_of_the_three_trustees_decrypt_to_the_recorded_result() {
    let (election, trustees, tally, shares) = (election(), trustees(), encrypted_tally(), shares());
    assert_eq!(shares.len(), 3);
    let partials: BTreeMap<_, _> = shares
        .iter()
        .map(|(id, key)| {
            (
                *id,
                PartialDecryption::make(&tally, key, &election, &mut rng(1)),
            )
        })
        .collect();
    for (id, partial) in &partials {
        let key = trustees.verification_key(*id).unwrap().public_key();
        assert_eq!(partial.verify(&tally, key, &election), Ok(()));
    }
    for left_out in shares.keys() {
        let mut two = partials.clone();
        two.remove(left_out);
        let opened = tally.open(&trustees, &two).unwrap();
        let result = ElectionResult {
            result: opened
                .iter()
                .map(|q| q.iter().map(count).collect())
                .collect(),
        };
        assert_eq!(
            result.to_json().as_bytes(),
            read(folder().join("result.json")),
            "without trustee {left_out}"
        );
    }
    let one = partials.into_iter().take(1).collect();
    assert_eq!(
        tally.open(&trustees, &one).unwrap_err(),
        DecryptionError::TooFew(TooFewTrustees {
            first: TrusteeId::new(1).unwrap(),
            needed: 2,
            found: 1
        })
    );
}

#[test]
fn the_recorded_decryption_factors_are_the_ones_that_the_shares_give() {
    let (election, tally, shares) = (election(), encrypted_tally(), shares());
    for number in 1..=2 {
        let (owner, recorded) = partial(number);
        let ours = PartialDecryption::make(&tally, &shares[&owner], &election, &mut rng(1));
        assert_eq!(ours.decryption_factors, recorded.decryption_factors);
    }
}
