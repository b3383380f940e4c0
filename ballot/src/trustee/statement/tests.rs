//! Sound statements, and one thing wrong at a time.

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::{Approval, Closing, Signed, Statement};
use crate::group::Ed25519;
use crate::proof::Context;
use crate::trustee::ceremony::{Certified, Committed, Keyed, Place, Revealed, Setting};
use crate::trustee::{SecretKey, SigningKey, TrusteeId, Trustees};
use crate::{
    BindingError, BindingLine, BindingLines, Digest, Election, Print, Question, Uuid, Wire,
};

type One = Signed<Ed25519, Closing>;

fn id(n: u32) -> TrusteeId {
    TrusteeId::new(n).unwrap()
}

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::from_seed([3; 32])
}

/// A group of `size`, of whom `threshold` decrypt, and what its members sign with.
fn group(size: u32, threshold: u32) -> (Trustees<Ed25519>, Vec<SigningKey<Ed25519>>) {
    let mut rng = rng();
    let setting = Setting::new(Uuid::generate(&mut rng), size, threshold).unwrap();
    let places = (1..=size).map(|n| Place::new(setting.clone(), id(n)).unwrap());
    let certified: Vec<Certified<Ed25519>> = places
        .map(|place| Certified::start(place, &mut rng))
        .collect();
    let keys = certified
        .iter()
        .map(|one| one.seed().signing_key())
        .collect();
    let messages: Vec<String> = certified.iter().map(Certified::message).collect();
    let mut commit = |one: &Certified<_>| one.commit(&messages, &mut rng).unwrap();
    let committed: Vec<_> = certified.iter().map(&mut commit).collect();
    let messages: Vec<String> = committed.iter().map(Committed::message).collect();
    let revealed: Vec<_> = committed
        .iter()
        .map(|one| one.reveal(&messages).unwrap())
        .collect();
    let messages: Vec<String> = revealed.iter().map(Revealed::message).collect();
    let mut acknowledge = |one: &Revealed<_>| one.acknowledge(&messages, &mut rng).unwrap();
    let keyed: Vec<_> = revealed.iter().map(&mut acknowledge).collect();
    let messages: Vec<String> = keyed.iter().map(Keyed::message).collect();
    (keyed[0].finish(&messages).unwrap().trustees, keys)
}

fn closing() -> Closing {
    Closing {
        fingerprint: Digest::of("election"),
        root: Some(Digest::of("record")),
        ballots: 213,
        tally: Digest::of("tally"),
    }
}

/// Every closing that differs from [`closing`] in one member.
fn others() -> Vec<Closing> {
    let own = closing();
    vec![
        Closing {
            fingerprint: Digest::of("other"),
            ..own.clone()
        },
        Closing {
            root: Some(Digest::of("other")),
            ..own.clone()
        },
        Closing {
            root: None,
            ..own.clone()
        },
        Closing {
            ballots: 212,
            ..own.clone()
        },
        Closing {
            tally: Digest::of("other"),
            ..own
        },
    ]
}

fn sign(statement: Closing, number: u32, keys: &[SigningKey<Ed25519>]) -> One {
    let key = &keys[usize::try_from(number).unwrap() - 1];
    Signed::sign(statement, id(number), key, &mut rng())
}

#[test]
fn a_signature_names_everything_that_is_stated_and_by_whom() {
    let (trustees, keys) = group(3, 2);
    let signed = sign(closing(), 2, &keys);
    assert!(signed.is_signed(&trustees));
    for other in others() {
        assert_ne!(other.context(id(2), "X"), closing().context(id(2), "X"));
        let moved = One {
            statement: other,
            ..signed.clone()
        };
        assert!(!moved.is_signed(&trustees), "{:?}", moved.statement());
    }
    for number in [1, 3, 4] {
        let moved = One {
            trustee: id(number),
            ..signed.clone()
        };
        assert!(!moved.is_signed(&trustees), "trustee {number}");
    }
    // Nor does one kind of statement stand for the other.
    let approval = Approval {
        fingerprint: Digest::of("election"),
        rule: Digest::of("rule"),
        roll: Digest::of("roll"),
    };
    let approved = Signed::<Ed25519, _>::sign(approval.clone(), id(2), &keys[1], &mut rng());
    assert!(approved.is_signed(&trustees));
    assert_eq!(
        approval.context(id(2), "X"),
        Context::raw(format!(
            "minsheng-approve|{}|{}|{}|2|X|",
            approval.fingerprint, approval.rule, approval.roll
        ))
    );
    let other = Signed::<Ed25519, Closing> {
        trustee: id(2),
        statement: closing(),
        signature: approved.signature,
    };
    assert!(!other.is_signed(&trustees));
}

#[test]
fn trustees_who_share_no_key_sign_with_their_own() {
    let mut rng = rng();
    let keys: Vec<SecretKey<Ed25519>> = (0..2).map(|_| SecretKey::generate(&mut rng)).collect();
    let public = keys.iter().map(|key| key.verification_key(&mut rng));
    let trustees = Trustees::of_singles(public.collect::<Vec<_>>());
    let signed = Signed::sign(closing(), id(1), &keys[0].signing_key(), &mut rng);
    assert!(signed.is_signed(&trustees));
    let foreign = Signed::sign(closing(), id(1), &keys[1].signing_key(), &mut rng);
    assert!(!foreign.is_signed(&trustees));
}

#[test]
fn a_signed_statement_has_one_encoding() {
    let (_, keys) = group(2, 2);
    for statement in [
        closing(),
        Closing {
            root: None,
            ..closing()
        },
    ] {
        let signed = sign(statement, 1, &keys);
        let text = signed.to_json();
        assert_eq!(One::from_json(text.as_bytes()).as_ref(), Ok(&signed));
        assert_eq!(text.contains("\"root\""), signed.statement().root.is_some());
        assert!(One::from_json(text.replace(':', ": ").as_bytes()).is_err());
    }
}

#[test]
fn an_election_is_approved_with_the_rule_and_roll_that_it_binds() {
    let (rule, roll) = (b"rule".as_slice(), b"[]".as_slice());
    let key = SecretKey::<Ed25519>::generate(&mut rng()).public_key();
    let question = Question::new("?", ["a", "b"], 0, 1).unwrap();
    let election = |description: String| {
        let uuid = Uuid::generate(&mut rng());
        Election::<Ed25519>::build(uuid, "票决", description, key, vec![question.clone()]).unwrap()
    };
    let bound = election(BindingLines::of(rule, roll).description("办法").unwrap());
    let approval = Approval::of(&bound, rule, roll).unwrap();
    assert_eq!(approval.fingerprint, bound.fingerprint());
    assert_eq!(
        (approval.rule, approval.roll),
        (Digest::of(rule), Digest::of(roll))
    );
    for (rule, roll, line) in [
        (b"other".as_slice(), roll, BindingLine::Rule),
        (rule, b"[1]".as_slice(), BindingLine::Roll),
    ] {
        let refused = Approval::of(&bound, rule, roll);
        assert_eq!(refused, Err(BindingError::Other(line)));
    }
    assert!(Approval::of(&election("办法".to_owned()), rule, roll).is_err());
}

#[test]
fn people_compare_the_print_of_the_election_and_of_the_tally() {
    let approval = Approval {
        fingerprint: Digest::of("election"),
        rule: Digest::of("rule"),
        roll: Digest::of("roll"),
    };
    assert_eq!(approval.print(), Print::of_election(&approval.fingerprint));
    assert_eq!(closing().print(), Print::of_tally(&closing().tally));
}
