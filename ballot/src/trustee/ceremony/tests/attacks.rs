//! One thing is wrong, everything else is signed, encrypted and committed to as it should be.

use zeroize::Zeroizing;

use super::*;
use crate::context::Context;
use crate::group::Group;
use crate::proof::{Proof, challenge};
use crate::trustee::channel::{Share, wrap};
use crate::trustee::pki::sign;
use crate::trustee::threshold::transcript;
use crate::trustee::{Certificate, Coefficients, ShareFault, SignedMessage};

type Fault = MessageFault;
type Element = <Ed25519 as Group>::Element;

/// Member 2's certificate, changed and signed again.
fn certificate(change: impl FnOnce(&mut Certificate<Ed25519>)) -> (u32, MessageKind, Fault) {
    let mut ceremony = Ceremony::certified(3, 2, 1);
    let checked = ceremony.checked_certificates();
    let mut changed = checked.of(member(2)).unwrap().clone();
    change(&mut changed);
    let keys = ceremony.keys(2);
    let signed = SignedMessage::<Ed25519, _>::sign(changed, &keys.signing, &mut ceremony.rng);
    ceremony.certificates[1] = signed.to_json();
    refusal(ceremony.certified[0].commit(&ceremony.certificates, &mut ceremony.rng))
}

#[test]
fn a_certificate_for_another_place_is_refused() {
    let refused = (2, MessageKind::Certificate, Fault::OtherPlace);
    assert_eq!(certificate(|c| c.context.index = 3), refused);
    assert_eq!(certificate(|c| c.context.threshold = 1), refused);
    assert_eq!(certificate(|c| c.context.size = 4), refused);
    assert_eq!(
        certificate(|c| c.context.group = "BELENIOS-2048".to_owned()),
        refused
    );
}

#[test]
fn a_certificate_with_a_neutral_repeated_or_foreign_key_is_refused() {
    let first = Ceremony::certified(3, 2, 1).checked_certificates();
    let first = first.of(member(1)).unwrap();
    let kind = MessageKind::Certificate;
    assert_eq!(
        certificate(|c| c.encryption = Ed25519::identity()),
        (2, kind, Fault::NeutralKey)
    );
    assert_eq!(
        certificate(|c| c.encryption = first.encryption),
        (2, kind, Fault::RepeatedKey)
    );
    let other = Ed25519::multiply_generator(&5_u64.into());
    assert_eq!(
        certificate(|c| c.verification = other),
        (2, kind, Fault::Signature)
    );
}

#[test]
fn a_relay_that_replaces_the_own_certificate_is_noticed() {
    let mut ceremony = Ceremony::certified(3, 2, 1);
    let stranger = Ceremony::certified(3, 2, 2);
    ceremony.certificates[0].clone_from(&stranger.certificates[0]);
    assert_eq!(
        refusal(ceremony.certified[0].commit(&ceremony.certificates, &mut ceremony.rng)),
        (1, MessageKind::Certificate, Fault::Substituted)
    );
}

#[test]
fn a_member_who_saw_other_certificates_is_noticed_before_anything_is_revealed() {
    let mut ceremony = Ceremony::certified(3, 2, 1);
    let stranger = Ceremony::certified(3, 2, 2);
    let mut shown_to_second = ceremony.certificates.clone();
    shown_to_second[2].clone_from(&stranger.certificates[2]);
    let second = ceremony.certified[1]
        .commit(&shown_to_second, &mut ceremony.rng)
        .unwrap();
    let mut ceremony = ceremony.commit();
    ceremony.commitments[1] = second.message();
    assert_eq!(
        refusal(ceremony.committed[0].reveal(&ceremony.commitments)),
        (2, MessageKind::Commitment, Fault::OtherCertificates)
    );
}

#[test]
fn nothing_is_revealed_before_everybody_has_committed() {
    let mut ceremony = Ceremony::certified(3, 2, 1).commit();
    ceremony.commitments.pop();
    assert_eq!(
        ceremony.committed[0]
            .reveal(&ceremony.commitments)
            .unwrap_err(),
        CeremonyError::Count {
            message: MessageKind::Commitment,
            expected: 3,
            found: 2
        }
    );
}

/// Member 2's commitment, changed and signed by member `signer`.
fn commitment(signer: u32, change: impl FnOnce(&mut Commitment)) -> (u32, MessageKind, Fault) {
    let mut ceremony = Ceremony::certified(3, 2, 1).commit();
    let signed: SignedMessage<Ed25519, Commitment> =
        Wire::from_json(ceremony.commitments[1].as_bytes()).unwrap();
    let mut changed = signed.message().clone();
    change(&mut changed);
    let keys = ceremony.keys(signer);
    let signed = SignedMessage::<Ed25519, _>::sign(changed, &keys.signing, &mut ceremony.rng);
    ceremony.commitments[1] = signed.to_json();
    refusal(ceremony.committed[0].reveal(&ceremony.commitments))
}

#[test]
fn a_commitment_for_another_poll_or_member_or_by_another_is_refused() {
    let kind = MessageKind::Commitment;
    assert_eq!(
        commitment(2, |c| c.poll = "MinshengAnother1".parse().unwrap()),
        (2, kind, Fault::OtherPlace)
    );
    assert_eq!(
        commitment(2, |c| c.index = member(3)),
        (2, kind, Fault::OtherPlace)
    );
    assert_eq!(commitment(3, |_| ()), (2, kind, Fault::Signature));
}

#[test]
fn a_relay_that_replaces_the_own_commitment_is_noticed() {
    let mut ceremony = Ceremony::certified(3, 2, 1).commit();
    let other = ceremony.certified[0]
        .commit(&ceremony.certificates, &mut ceremony.rng)
        .unwrap();
    ceremony.commitments[0] = other.message();
    assert_eq!(
        refusal(ceremony.committed[0].reveal(&ceremony.commitments)),
        (1, MessageKind::Commitment, Fault::Substituted)
    );
}

/// Member 2 makes `cheat` of its polynomial message, commits to that and reveals it.
fn cheat(make: impl FnOnce(&mut Ceremony, &mut Polynomial<Ed25519>)) -> Ceremony {
    let mut ceremony = Ceremony::certified(3, 2, 1).commit();
    let mut message = ceremony.committed[1].polynomial.clone();
    make(&mut ceremony, &mut message);
    ceremony.committed[1].polynomial = message.clone();
    let certificates = ceremony.checked_certificates();
    // What an honest device signs for these bytes.
    let signed: SignedMessage<Ed25519, Commitment> =
        Wire::from_json(ceremony.commitments[1].as_bytes()).unwrap();
    let mut own = signed.message().clone();
    let prefix = format!(
        "minsheng-commit|MinshengCeremony|2|{}|",
        certificates.digest()
    );
    own.digest = crate::Digest::of(prefix + &message.to_json());
    let keys = ceremony.keys(2);
    let signed = SignedMessage::<Ed25519, _>::sign(own, &keys.signing, &mut ceremony.rng);
    ceremony.commitments[1] = signed.to_json();
    let reveal = |device: &Committed<_>| {
        let checked = Commitments::check(certificates.clone(), &ceremony.commitments).unwrap();
        Revealed {
            place: device.place.clone(),
            seed: device.seed.clone(),
            commitments: checked,
            polynomial: device.polynomial.clone(),
        }
    };
    ceremony.revealed = ceremony.committed.iter().map(reveal).collect();
    ceremony.polynomials = ceremony.revealed.iter().map(Revealed::message).collect();
    ceremony
}

fn acknowledged(ceremony: &mut Ceremony) -> (u32, MessageKind, Fault) {
    refusal(ceremony.revealed[0].acknowledge(&ceremony.polynomials, &mut ceremony.rng))
}

/// Other coefficients, signed with the certificates as they should be.
fn sign_coefficients(
    ceremony: &mut Ceremony,
    message: &mut Polynomial<Ed25519>,
    changed: Coefficients<Ed25519>,
) {
    let keys = ceremony.keys(2);
    let text = transcript(&ceremony.checked_certificates().list, &changed);
    message.signature = sign::<Ed25519>(&keys.signing, &text, &mut ceremony.rng);
    message.coefexps = SignedMessage::<Ed25519, _>::sign(changed, &keys.signing, &mut ceremony.rng);
}

#[test]
fn a_reveal_that_is_not_what_was_committed_to_names_its_trustee() {
    let mut ceremony = Ceremony::certified(3, 2, 1).commit().reveal();
    let other = ceremony.certified[1]
        .commit(&ceremony.certificates, &mut ceremony.rng)
        .unwrap();
    ceremony.polynomials[1] = other.polynomial.to_json();
    assert_eq!(
        acknowledged(&mut ceremony),
        (2, MessageKind::Polynomial, Fault::NotAsCommitted)
    );
}

#[test]
fn too_few_or_too_many_coefficients_are_refused() {
    for found in [1, 3] {
        let mut ceremony = cheat(|ceremony, message| {
            let mut changed = message.coefexps.message().clone();
            changed.0.resize(found, Ed25519::generator());
            sign_coefficients(ceremony, message, changed);
        });
        assert_eq!(
            acknowledged(&mut ceremony),
            (
                2,
                MessageKind::Polynomial,
                Fault::CoefficientCount { expected: 2, found }
            )
        );
    }
}

#[test]
fn reordered_coefficients_do_not_fit_the_shares() {
    let mut ceremony = cheat(|ceremony, message| {
        let mut changed = message.coefexps.message().clone();
        changed.0.reverse();
        sign_coefficients(ceremony, message, changed);
    });
    // At the number 1 a polynomial's value does not depend on the order: the second member's eyes are needed.
    assert!(
        ceremony.revealed[0]
            .acknowledge(&ceremony.polynomials, &mut ceremony.rng)
            .is_ok()
    );
    let third = ceremony.revealed[2].acknowledge(&ceremony.polynomials, &mut ceremony.rng);
    let fault = Fault::Share {
        recipient: member(3),
        fault: ShareFault::Value,
    };
    assert_eq!(refusal(third), (2, MessageKind::Polynomial, fault));
}

#[test]
fn coefficients_that_are_not_signed_are_refused() {
    let mut ceremony = cheat(|ceremony, message| {
        let keys = ceremony.keys(3);
        let own = message.coefexps.message().clone();
        message.coefexps = SignedMessage::<Ed25519, _>::sign(own, &keys.signing, &mut ceremony.rng);
    });
    assert_eq!(
        acknowledged(&mut ceremony),
        (2, MessageKind::Polynomial, Fault::CoefficientsSignature)
    );
    let mut ceremony = cheat(|ceremony, message| {
        let keys = ceremony.keys(2);
        message.signature = sign::<Ed25519>(&keys.signing, "certs_sig|", &mut ceremony.rng);
    });
    assert_eq!(
        acknowledged(&mut ceremony),
        (2, MessageKind::Polynomial, Fault::TranscriptSignature)
    );
}

#[test]
fn a_missing_share_is_refused() {
    let mut ceremony = cheat(|_, message| drop(message.secrets.pop()));
    let fault = Fault::ShareCount {
        expected: 3,
        found: 2,
    };
    assert_eq!(
        acknowledged(&mut ceremony),
        (2, MessageKind::Polynomial, fault)
    );
}

/// Where member 1's share should be, member 2 sends `number`, signed by `signer` for member `inside` and encrypted to `outside`.
fn bad_share(number: u64, signer: u32, inside: u32, outside: u32) -> Ceremony {
    cheat(|ceremony, message| {
        let certificates = ceremony.checked_certificates();
        let key = |n| certificates.of(member(n)).unwrap().encryption;
        let share = Share(Zeroizing::new(number.into()));
        let keys = ceremony.keys(signer);
        message.secrets[0] = wrap(
            &share,
            &keys,
            &key(inside),
            &key(outside),
            &mut ceremony.rng,
        );
    })
}

#[test]
fn a_bad_share_is_blamed_on_its_sender_and_everybody_can_see_it() {
    let cases = [
        (bad_share(7, 2, 1, 1), ShareFault::Value),
        (bad_share(7, 3, 1, 1), ShareFault::Signature),
        (bad_share(7, 2, 3, 1), ShareFault::Recipient),
        (bad_share(7, 2, 1, 3), ShareFault::Undecryptable),
    ];
    for (mut ceremony, fault) in cases {
        let share = Fault::Share {
            recipient: member(1),
            fault: fault.clone(),
        };
        assert_eq!(
            acknowledged(&mut ceremony),
            (2, MessageKind::Polynomial, share)
        );
        let complaint = ceremony.revealed[0]
            .complain(&ceremony.polynomials, member(2), &mut ceremony.rng)
            .unwrap();
        assert_eq!(
            complaint.judge(&ceremony.checked_polynomials()),
            Ok(Verdict::Sender {
                trustee: member(2),
                fault
            })
        );
    }
}

#[test]
fn an_unfounded_complaint_is_blamed_on_its_maker() {
    let mut ceremony = Ceremony::certified(3, 2, 1).commit().reveal();
    let complaint = ceremony.revealed[0]
        .complain(&ceremony.polynomials, member(2), &mut ceremony.rng)
        .unwrap();
    let polynomials = ceremony.checked_polynomials();
    assert_eq!(
        complaint.judge(&polynomials),
        Ok(Verdict::Complainer(member(1)))
    );

    // A complaint that reveals something else than what opens the message proves nothing.
    let text = complaint.to_json();
    let factor = text
        .split("\"factor\":\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let other = Ed25519::encode(&Ed25519::generator());
    let forged = Complaint::<Ed25519>::from_json(text.replace(factor, &other).as_bytes()).unwrap();
    assert_eq!(
        refusal(forged.judge(&polynomials)),
        (1, MessageKind::Complaint, Fault::Proof)
    );
}

/// A proof of member 1 whose factor is chosen after its challenge, in a context that does not depend on that factor.
fn solved_afterwards(
    ceremony: &mut Ceremony,
    alpha: &Element,
    context: &Context,
) -> (Proof<Ed25519>, Element) {
    let secret = *ceremony.keys(1).decryption;
    let [one, other] = [0, 1].map(|_| Ed25519::random_scalar(&mut ceremony.rng));
    // Commitments that belong to different numbers.
    let commitments = [
        Ed25519::multiply_generator(&one),
        Ed25519::multiply(alpha, &other),
    ];
    let challenge = challenge::<Ed25519>(context, &Ed25519::encode_all(&commitments));
    let response = one - secret * challenge;
    let proof = Proof {
        challenge,
        response,
    };
    let factor = Ed25519::multiply(alpha, &((other - response) * challenge.invert()));
    (proof, factor)
}

#[test]
fn a_complaint_whose_factor_was_chosen_after_the_challenge_is_blamed_on_its_maker() {
    let mut ceremony = Ceremony::certified(3, 2, 1).commit().reveal();
    let polynomials = ceremony.checked_polynomials();
    let message = polynomials.list[1].secrets[0].clone();
    let alpha = *message.alpha();
    let honest = message.factor(&ceremony.keys(1));
    let key = polynomials.certificates().of(member(1)).unwrap().encryption;
    let digest = polynomials.digest();
    let named = |factor: &Element| {
        let [key, alpha, factor] = [&key, &alpha, factor].map(Ed25519::encode);
        Context::raw(format!(
            "minsheng-complaint|{digest}|1|2|{key}|{alpha}|{factor}|"
        ))
    };
    for weak in [
        Context::raw(format!("minsheng-complaint|{digest}|1|2|")),
        named(&honest),
    ] {
        let (proof, factor) = solved_afterwards(&mut ceremony, &alpha, &weak);
        assert_ne!(factor, honest);
        assert!(
            proof.shows_equality(&key, &alpha, &factor, &weak),
            "it is solved"
        );
        // With this factor nobody could read the honest share.
        assert_eq!(
            polynomials
                .open(&message, &factor, member(2), member(1))
                .err(),
            Some(ShareFault::Undecryptable)
        );
        let text = format!(
            r#"{{"poll":"MinshengCeremony","index":1,"against":2,"factor":"{}","proof":{}}}"#,
            Ed25519::encode(&factor),
            proof.to_json()
        );
        let forged = Complaint::<Ed25519>::from_json(text.as_bytes()).unwrap();
        assert_eq!(
            refusal(forged.judge(&polynomials)),
            (1, MessageKind::Complaint, Fault::Proof)
        );
    }
}

#[test]
fn a_ceremony_that_cannot_be_is_refused() {
    let poll = || "MinshengCeremony".parse().unwrap();
    for (size, threshold) in [(0, 0), (1, 1), (3, 1), (3, 4), (256, 2)] {
        assert_eq!(
            Setting::new(poll(), size, threshold),
            Err(CeremonyError::Setting)
        );
    }
    let error = Place::new(setting(3, 2), member(4)).unwrap_err();
    assert_eq!(error, CeremonyError::Index(member(4)));
}
