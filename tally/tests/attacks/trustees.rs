//! Attacks on the trustees object. Whoever lies signs the lie: all is signed and proven again but for the one thing.

use ballot::proof::{Context, Proof};
use ballot::trustee::{SecretKey, Trustees};
use ballot::{Ed25519, Group as _, Wire as _};
use curve25519_dalek::scalar::Scalar;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tally::verify::{Options, Verdict};

use super::world::World;
use super::{expect, opinion, refused};

/// What the members of the group publish, before it is signed. Trustee 1 stands alone, the members are trustees 2 to 4.
struct Group {
    signing: Vec<Scalar>,
    keys: Vec<SecretKey<Ed25519>>,
    threshold: u32,
    certificates: Vec<Value>,
    coefficients: Vec<Vec<Value>>,
}

impl Group {
    fn of(world: &World) -> Self {
        let object: Value = serde_json::from_str(&world.setup[1]).unwrap();
        let inner = |list: &str| -> Vec<Value> {
            let messages = object[1][1][list].as_array().unwrap().iter();
            messages
                .map(|signed| serde_json::from_str(signed["message"].as_str().unwrap()).unwrap())
                .collect()
        };
        let coefficients = inner("coefexps").into_iter();
        Self {
            signing: world
                .members
                .iter()
                .map(|(seed, _)| signing(seed))
                .collect(),
            keys: world.members.iter().map(|(_, key)| key.clone()).collect(),
            threshold: 2,
            certificates: inner("certs"),
            coefficients: coefficients
                .map(|message| message["coefexps"].as_array().unwrap().clone())
                .collect(),
        }
    }

    /// Everything signed by its maker.
    fn sign(&self, world: &mut World) -> Value {
        let makers = || self.signing.iter();
        let certs: Vec<Value> = makers()
            .zip(&self.certificates)
            .map(|(key, message)| signed(key, &message.to_string(), world))
            .collect();
        let coefexps: Vec<Value> = makers()
            .zip(&self.coefficients)
            .map(|(key, own)| signed(key, &json!({ "coefexps": own }).to_string(), world))
            .collect();
        let signatures: Vec<Value> = makers()
            .zip(&self.coefficients)
            .map(|(key, own)| {
                let transcript = json!({ "certs": certs, "coefexps": own });
                signature(key, &format!("certs_sig|{transcript}"), world)
            })
            .collect();
        let keys: Vec<Value> = makers()
            .zip(&self.keys)
            .map(|(signing, key)| verification_key(key, Some(signing), world))
            .collect();
        json!({
            "threshold": self.threshold,
            "certs": certs,
            "coefexps": coefexps,
            "signatures": signatures,
            "verification_keys": keys,
        })
    }
}

/// SHA-256(`sk|` seed) modulo q.
fn signing(seed: &str) -> Scalar {
    Ed25519::reduce(&Sha256::digest(format!("sk|{seed}")).into())
}

fn proof(secret: &Scalar, prefix: &str, world: &mut World) -> Value {
    let proof = Proof::<Ed25519>::of_knowledge(secret, &Context::raw(prefix), &mut world.rng);
    serde_json::from_str(&proof.to_json()).unwrap()
}

fn signature(key: &Scalar, text: &str, world: &mut World) -> Value {
    proof(key, &format!("sigmsg|{text}|"), world)
}

fn signed(key: &Scalar, text: &str, world: &mut World) -> Value {
    json!({ "message": text, "signature": signature(key, text, world) })
}

fn verification_key(
    key: &SecretKey<Ed25519>,
    signing: Option<&Scalar>,
    world: &mut World,
) -> Value {
    let own = key.verification_key(&mut world.rng).to_json();
    let mut own: Value = serde_json::from_str(&own).unwrap();
    if let Some(signing) = signing {
        own["signature"] = signature(signing, own["public_key"].clone().as_str().unwrap(), world);
    }
    own
}

type Found = (String, String, String);

fn with_trustees(world: &mut World, trustees: &Value) -> Found {
    world.setup[1] = trustees.to_string();
    refused(world)
}

fn with_group(world: &mut World, group: Value) -> Found {
    let mut trustees: Value = serde_json::from_str(&world.setup[1]).unwrap();
    trustees[1][1] = group;
    with_trustees(world, &trustees)
}

/// A lie that its maker signs.
fn lie(change: impl FnOnce(&mut Group, &mut World)) -> Found {
    let mut world = World::honest();
    let mut group = Group::of(&world);
    change(&mut group, &mut world);
    let signed = group.sign(&mut world);
    with_group(&mut world, signed)
}

/// A change behind the makers' backs.
fn edit(change: impl FnOnce(&mut Value, &Group, &mut World)) -> Found {
    let mut world = World::honest();
    let group = Group::of(&world);
    let mut signed = group.sign(&mut world);
    change(&mut signed, &group, &mut world);
    with_group(&mut world, signed)
}

fn blamed(found: Found, trustee: u32, reason: &str) {
    expect(found, "trustees", &format!("trustee {trustee}"), reason);
}

#[test]
fn the_trustees_signed_again_are_verified_in_both_dialects() {
    let mut world = World::honest();
    let group = Group::of(&world).sign(&mut world);
    let mut trustees: Value = serde_json::from_str(&world.setup[1]).unwrap();
    trustees[1][1] = group;
    for later_dialect in [true, false] {
        for key in trustees[1][1]["verification_keys"].as_array_mut().unwrap() {
            if !later_dialect {
                key.as_object_mut().unwrap().shift_remove("signature");
            }
        }
        world.setup[1] = trustees.to_string();
        let report = opinion::archive(&world.archive(), Options::default());
        assert_eq!(report.verdict, Verdict::Verified, "{report:?}");
    }
}

#[test]
fn coefficients_are_as_many_as_the_threshold_and_in_their_order() {
    blamed(
        lie(|group, _| drop(group.coefficients[1].pop())),
        3,
        "coefficient-count",
    );
    blamed(
        lie(|group, _| {
            let again = group.coefficients[1][0].clone();
            group.coefficients[1].push(again);
        }),
        3,
        "coefficient-count",
    );
    // At the number 1 a polynomial's value does not depend on the order: the first member's key fits, the second's not.
    blamed(
        lie(|group, _| group.coefficients[0].reverse()),
        3,
        "verification-key",
    );
}

#[test]
fn a_substituted_key_is_refused() {
    blamed(
        lie(|group, world| group.keys[2] = SecretKey::generate(&mut world.rng)),
        4,
        "verification-key",
    );
    blamed(lie(|group, _| group.keys.swap(0, 1)), 2, "verification-key");
    // The certificate's key is another's than the signer's.
    blamed(
        lie(|group, _| {
            let other = group.certificates[0]["verification"].clone();
            group.certificates[1]["verification"] = other;
        }),
        3,
        "certificate-signature",
    );
}

#[test]
fn a_certificate_is_for_its_place_and_has_keys() {
    let other: [(&str, Value); 4] = [
        ("group", "BELENIOS-2048".into()),
        ("size", 4.into()),
        ("threshold", 3.into()),
        ("index", 1.into()),
    ];
    for (member, value) in other {
        let found = lie(|group, _| group.certificates[1]["context"][member] = value);
        blamed(found, 3, "certificate-context");
    }
    let neutral = || Value::from(Ed25519::encode(&Ed25519::identity()));
    for key in ["verification", "encryption"] {
        let found = lie(|group, _| group.certificates[1][key] = neutral());
        blamed(found, 3, "neutral-key");
    }
}

#[test]
fn a_threshold_is_possible_and_the_polynomials() {
    for (threshold, reason) in [
        (0, "threshold"),
        (4, "threshold"),
        (1, "coefficient-count"),
        (3, "coefficient-count"),
    ] {
        let found = lie(|group, _| {
            group.threshold = threshold;
            for certificate in &mut group.certificates {
                certificate["context"]["threshold"] = threshold.into();
            }
        });
        blamed(found, 2, reason);
    }
}

#[test]
fn a_forged_signature_is_refused() {
    type Change = fn(&mut Value, &Group, &mut World);
    let edits: [(u32, &str, Change); 5] = [
        (3, "certificate-signature", |object, group, world| {
            let text = object["certs"][1]["message"].as_str().unwrap();
            let forged = signature(&group.signing[0], text, world);
            object["certs"][1]["signature"] = forged;
        }),
        (3, "coefficients-signature", |object, group, world| {
            let text = object["coefexps"][1]["message"].as_str().unwrap();
            let forged = signature(&group.signing[0], text, world);
            object["coefexps"][1]["signature"] = forged;
        }),
        (3, "transcript-signature", |object, group, world| {
            // It has signed, but not all these certificates.
            let seen = &object["certs"].as_array().unwrap()[..2];
            let transcript = json!({ "certs": seen, "coefexps": group.coefficients[1] });
            let text = format!("certs_sig|{transcript}");
            object["signatures"][1] = signature(&group.signing[1], &text, world);
        }),
        (3, "key-signature", |object, group, world| {
            let forged = verification_key(&group.keys[1], Some(&group.signing[0]), world);
            object["verification_keys"][1] = forged;
        }),
        (3, "possession", |object, group, world| {
            // A proof for the key, but in the name of another group.
            let secret = Scalar::from_json(group.keys[1].to_json().as_bytes()).unwrap();
            let key = object["verification_keys"][1]["public_key"]
                .as_str()
                .unwrap();
            let prefix = format!("pok|BELENIOS-2048|{key}|");
            object["verification_keys"][1]["pok"] = proof(&secret, &prefix, world);
        }),
    ];
    for (trustee, reason, change) in edits {
        blamed(edit(change), trustee, reason);
    }
}

#[test]
fn a_signature_or_member_taken_away_is_noticed() {
    let found = edit(|object, _, _| {
        let key = object["verification_keys"][2].as_object_mut().unwrap();
        key.shift_remove("signature");
    });
    blamed(found, 2, "group-size");
    for list in ["certs", "coefexps", "signatures", "verification_keys"] {
        let found = edit(|object, _, _| drop(object[list].as_array_mut().unwrap().pop()));
        blamed(found, 2, "group-size");
    }
}

#[test]
fn a_group_larger_than_any_is_refused_unseen() {
    let found = edit(|object, group, world| {
        for list in ["certs", "coefexps", "signatures"] {
            let list = object[list].as_array_mut().unwrap();
            list.resize(256, list[0].clone());
        }
        let keys: Vec<Value> = (0..256)
            .map(|_| {
                let key = SecretKey::generate(&mut world.rng);
                verification_key(&key, Some(&group.signing[0]), world)
            })
            .collect();
        object["verification_keys"] = keys.into();
    });
    blamed(found, 2, "group-too-large");
}

/// Single trustees with these secrets, each with its proof of possession.
fn singles(world: &mut World, secrets: &[Scalar]) -> Vec<Value> {
    let key = |secret: &Scalar| SecretKey::from_json(secret.to_json().as_bytes()).unwrap();
    secrets
        .iter()
        .map(|secret| json!(["Single", verification_key(&key(secret), None, world)]))
        .collect()
}

#[test]
fn single_trustees_have_keys_of_their_own() {
    let mut world = World::honest();
    let five = Scalar::from(5_u8);
    let mut of = |secrets: &[Scalar]| {
        let list = singles(&mut world, secrets);
        with_trustees(&mut world, &list.into())
    };
    blamed(of(&[five, five]), 2, "repeated-key");
    blamed(of(&[five, Scalar::ZERO]), 2, "neutral-key");
    // Together they have none.
    expect(of(&[five, -five]), "trustees", "", "neutral-key");
    expect(of(&[five]), "trustees", "", "election-key");
    expect(of(&[]), "trustees", "", "no-trustee");
}

#[test]
fn a_single_trustee_proves_possession_and_has_no_signature() {
    let mut world = World::honest();
    let honest: Value = serde_json::from_str(&world.setup[1]).unwrap();
    let mut signed = honest.clone();
    signed[0][1]["signature"] = honest[1][1]["signatures"][0].clone();
    blamed(
        with_trustees(&mut world, &signed),
        1,
        "unexpected-signature",
    );
    // A key chosen after the others' cancels them, but its maker does not know its secret.
    let mut rogue = honest.clone();
    let others = Trustees::<Ed25519>::from_json(honest.to_string().as_bytes()).unwrap();
    let own = Ed25519::multiply_generator(&Scalar::from(5_u8));
    let key = Ed25519::encode(&ballot::group::GroupElement::minus(
        &own,
        &others.joint_key(),
    ));
    rogue[0][1]["pok"] = proof(
        &Scalar::from(5_u8),
        &format!("pok|Ed25519|{key}|"),
        &mut world,
    );
    rogue[0][1]["public_key"] = key.into();
    blamed(with_trustees(&mut world, &rogue), 1, "possession");
}
