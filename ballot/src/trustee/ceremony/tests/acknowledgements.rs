//! One thing is wrong in an acknowledgement: whoever watches and every device see it alike.

use super::*;
use crate::trustee::{SecretKey, SignedMessage};

type Fault = MessageFault;

/// Member 2's acknowledgement, made again with another received, key or signer.
fn acknowledgement(change: impl FnOnce(&mut Ceremony) -> String) -> (u32, MessageKind, Fault) {
    let mut ceremony = Ceremony::certified(3, 2, 1).commit().reveal().acknowledge();
    ceremony.acknowledgements[1] = change(&mut ceremony);
    let watched = refusal(
        ceremony
            .checked_polynomials()
            .finish(&ceremony.acknowledgements),
    );
    assert_eq!(
        refusal(ceremony.keyed[0].finish(&ceremony.acknowledgements)),
        watched
    );
    watched
}

fn honest(ceremony: &Ceremony) -> (SecretKey<Ed25519>, SharesReceived) {
    let transcript = ceremony.checked_polynomials().digest();
    let received = SharesReceived {
        poll: "MinshengCeremony".parse().unwrap(),
        index: member(2),
        transcript,
    };
    (ceremony.finish()[1].key.clone(), received)
}

fn make(
    ceremony: &mut Ceremony,
    signer: u32,
    key: &SecretKey<Ed25519>,
    received: SharesReceived,
) -> String {
    let keys = ceremony.keys(signer);
    let public = key.signed_verification_key(&ceremony.keys(2).signing, &mut ceremony.rng);
    let received = SignedMessage::<Ed25519, _>::sign(received, &keys.signing, &mut ceremony.rng);
    format!(
        "{{\"public_key\":{},\"acknowledgement\":{}}}",
        public.to_json(),
        received.to_json()
    )
}

#[test]
fn an_acknowledgement_for_another_place_transcript_or_by_another_is_refused() {
    let kind = MessageKind::Acknowledgement;
    let refused = acknowledgement(|c| {
        let (key, mut received) = honest(c);
        received.index = member(3);
        make(c, 2, &key, received)
    });
    assert_eq!(refused, (2, kind, Fault::OtherPlace));
    let refused = acknowledgement(|c| {
        let (key, mut received) = honest(c);
        received.transcript = crate::Digest::of("another");
        make(c, 2, &key, received)
    });
    assert_eq!(refused, (2, kind, Fault::OtherTranscript));
    let refused = acknowledgement(|c| {
        let (key, received) = honest(c);
        make(c, 3, &key, received)
    });
    assert_eq!(refused, (2, kind, Fault::Signature));
}

#[test]
fn a_substituted_verification_key_is_refused() {
    let refused = acknowledgement(|c| {
        let (_, received) = honest(c);
        let other = SecretKey::generate(&mut c.rng);
        make(c, 2, &other, received)
    });
    assert_eq!(
        refused,
        (2, MessageKind::Acknowledgement, Fault::VerificationKey)
    );
}

#[test]
fn a_verification_key_without_its_proof_or_signature_is_refused() {
    let kind = MessageKind::Acknowledgement;
    let edit = |change: fn(&mut serde_json::Value, &serde_json::Value)| {
        acknowledgement(|c| {
            let value = |n: usize| {
                serde_json::from_str::<serde_json::Value>(&c.acknowledgements[n]).unwrap()
            };
            let (mut own, other) = (value(1), value(2));
            change(&mut own["public_key"], &other["public_key"]);
            own.to_string()
        })
    };
    let missing = edit(|own, _| drop(own.as_object_mut().unwrap().shift_remove("signature")));
    assert_eq!(missing, (2, kind, Fault::KeySignature));
    let forged = edit(|own, other| own["signature"] = other["signature"].clone());
    assert_eq!(forged, (2, kind, Fault::KeySignature));
    let unproven = edit(|own, other| own["pok"] = other["pok"].clone());
    assert_eq!(unproven, (2, kind, Fault::Possession));
}
