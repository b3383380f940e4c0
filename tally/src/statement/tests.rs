//! Sound statements, and one thing wrong at a time.

use ballot::trustee::ceremony::{Certified, Committed, Keyed, Place, Revealed, Setting};
use ballot::trustee::{Closing, SecretKey, Signed, SigningKey, TrusteeId, Trustees, enough};
use ballot::{Digest, Ed25519, Uuid};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::{Objection, agreement};

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
fn only_signed_statements_of_the_same_closing_agree() {
    let (trustees, keys) = group(4, 3);
    let (own, other) = (closing(), others().remove(3));
    let statements = [
        sign(own.clone(), 1, &keys),
        sign(own.clone(), 2, &keys),
        // Twice the same is one.
        sign(own.clone(), 2, &keys),
        sign(other.clone(), 3, &keys),
        Signed::sign(own.clone(), id(4), &keys[0], &mut rng()),
    ];
    let found = agreement(&own, &statements, &trustees);
    assert_eq!(found.alike.into_iter().collect::<Vec<_>>(), [id(1), id(2)]);
    let differs = Objection::Differs {
        trustee: id(3),
        stated: other,
    };
    assert_eq!(found.objections, [differs, Objection::Signature(id(4))]);
}

/// Corrupt members may state both; everybody else states one.
#[test]
fn two_closings_never_both_find_enough_below_t_corrupt() {
    for (size, threshold) in [(2, 2), (3, 2), (4, 3), (5, 3), (5, 4), (7, 4), (6, 6)] {
        let (trustees, _) = group(size, threshold);
        let needed = enough(&trustees);
        let (n, t) = (
            usize::try_from(size).unwrap(),
            usize::try_from(threshold).unwrap(),
        );
        assert!(needed <= n && needed >= t, "{size}, {threshold}");
        let corrupt = t - 1;
        let honest = n - corrupt;
        for first in 0..=honest {
            let (one, other) = (first + corrupt, honest - first + corrupt);
            assert!(one < needed || other < needed, "{size}, {threshold}");
        }
        // And with one fewer they could.
        let half = honest.div_ceil(2);
        assert!(honest - half + corrupt >= needed - 1, "{size}, {threshold}");
    }
}

#[test]
fn trustees_with_keys_of_their_own_must_all_state_the_same() {
    let mut rng = rng();
    let keys = (0..3).map(|_| SecretKey::<Ed25519>::generate(&mut rng));
    let keys: Vec<_> = keys.collect();
    let public = keys.iter().map(|key| key.verification_key(&mut rng));
    let trustees = Trustees::of_singles(public.collect::<Vec<_>>());
    assert_eq!(enough(&trustees), 3);
}

#[test]
fn what_the_record_grew_to_meanwhile_is_no_other_closing() {
    let (trustees, keys) = group(2, 2);
    let later = others().remove(1);
    assert_ne!(later.root, closing().root);
    let found = agreement(&closing(), &[sign(later, 1, &keys)], &trustees);
    assert_eq!(found.alike.into_iter().collect::<Vec<_>>(), [id(1)]);
}
