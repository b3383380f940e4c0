//! What the keys of a ceremony can do.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rand_chacha::rand_core::SeedableRng;

use super::*;
use crate::group::{Group, GroupElement};
use crate::trustee::{TooFewTrustees, Trustees};
use crate::{
    BoundDecryption, Choices, Credential, DecryptionError, Election, EncryptedTally, Question,
    RefusedPartial, Unopened, seal,
};

type Partials = BTreeMap<TrusteeId, BoundDecryption<Ed25519>>;

/// All sets of `size` of the numbers from 1 to `of`.
fn subsets(of: u32, size: u32) -> Vec<Vec<TrusteeId>> {
    (0_u32..1 << of)
        .filter(|set| set.count_ones() == size)
        .map(|set| {
            (1..=of)
                .filter(|n| set >> (n - 1) & 1 == 1)
                .map(member)
                .collect()
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_t_of_n_have_the_key_and_fewer_have_not((n, t, seed) in (2_u32..=5).prop_flat_map(|n| (Just(n), 2..=n, any::<u8>()))) {
        let done = Ceremony::certified(n, t, seed).commit().reveal().acknowledge().finish();
        let trustees = &done[0].trustees;
        for device in &done {
            prop_assert_eq!(&device.trustees, trustees);
            let own = trustees.verification_key(device.trustee).unwrap();
            prop_assert_eq!(&device.key.public_key(), own.public_key());
        }
        for present in subsets(n, t) {
            let weights = trustees.weights(&present).unwrap();
            let key = weights.iter().fold(Ed25519::identity(), |sum, (id, weight)| {
                let own = entry(&done, *id).unwrap().key.public_key();
                sum.plus(&Ed25519::multiply(&own, weight))
            });
            prop_assert_eq!(key, trustees.joint_key());
        }
        for present in subsets(n, t - 1) {
            let found = present.len();
            prop_assert_eq!(
                trustees.weights(&present).unwrap_err(),
                TooFewTrustees { first: member(1), needed: t, found }
            );
        }
    }
}

/// An election of three ballots with two votes for the first answer, and everybody's partial decryptions.
fn decrypted(
    n: u32,
    t: u32,
) -> (
    Election<Ed25519>,
    Trustees<Ed25519>,
    EncryptedTally<Ed25519>,
    Partials,
) {
    let done = Ceremony::certified(n, t, 9)
        .commit()
        .reveal()
        .acknowledge()
        .finish();
    let mut rng = ChaCha20Rng::from_seed([10; 32]);
    let trustees = done[0].trustees.clone();
    let question = Question::new("?", ["a", "b"], 0, 2).unwrap();
    let uuid = "MinshengCeremony".parse().unwrap();
    let election = Election::build(uuid, "e", "", trustees.joint_key(), vec![question]).unwrap();
    let mut tally = EncryptedTally::empty(&election);
    for marks in [[true, false], [true, true], [false, false]] {
        let choices = Choices::from([marks.to_vec()]);
        let sealed = seal(
            &election,
            &Credential::generate(&mut rng),
            &choices,
            &mut rng,
        )
        .unwrap();
        tally.add(&sealed.ballot, 1).unwrap();
    }
    let partials = done
        .iter()
        .map(|d| {
            (
                d.trustee,
                BoundDecryption::make(&tally, &d.key, &election, &mut rng),
            )
        })
        .collect();
    (election, trustees, tally, partials)
}

fn counts() -> Vec<Vec<<Ed25519 as Group>::Element>> {
    vec![
        [2, 1]
            .map(|n: u64| Ed25519::multiply_generator(&n.into()))
            .to_vec(),
    ]
}

#[test]
fn any_three_of_five_decrypt_alike() {
    let (election, trustees, tally, partials) = decrypted(5, 3);
    for present in subsets(5, 3) {
        let some: Partials = present
            .iter()
            .map(|id| (*id, partials[id].clone()))
            .collect();
        let opened = tally.open_with_valid(&election, &trustees, &some).unwrap();
        assert_eq!(
            (opened.powers, opened.refused),
            (counts(), vec![]),
            "{present:?}"
        );
    }
}

#[test]
fn an_invalid_partial_decryption_is_blamed_and_survived_while_enough_are_valid() {
    let (election, trustees, tally, mut partials) = decrypted(3, 2);
    let proof = DecryptionError::Proof {
        question: 0,
        choice: 1,
    };
    let refused = RefusedPartial {
        owner: member(1),
        error: proof,
    };
    // The first trustee gives a factor that is not its own.
    let foreign = partials[&member(2)].partial.decryption_factors[0][1];
    partials
        .get_mut(&member(1))
        .unwrap()
        .partial
        .decryption_factors[0][1] = foreign;
    let opened = tally
        .open_with_valid(&election, &trustees, &partials)
        .unwrap();
    assert_eq!(
        (opened.powers, opened.refused),
        (counts(), vec![refused.clone()])
    );

    partials.remove(&member(3));
    assert_eq!(
        tally
            .open_with_valid(&election, &trustees, &partials)
            .unwrap_err(),
        Unopened {
            error: DecryptionError::TooFew(TooFewTrustees {
                first: member(1),
                needed: 2,
                found: 1
            }),
            refused: vec![refused],
        }
    );
}

#[test]
fn a_partial_decryption_under_another_name_or_of_nobody_is_refused() {
    let (election, trustees, tally, partials) = decrypted(3, 2);
    let mut swapped = partials.clone();
    swapped.insert(member(3), partials[&member(2)].clone());
    swapped.insert(member(4), partials[&member(1)].clone());
    let opened = tally
        .open_with_valid(&election, &trustees, &swapped)
        .unwrap();
    assert_eq!(opened.powers, counts());
    assert_eq!(
        opened.refused,
        [
            (
                3,
                DecryptionError::Proof {
                    question: 0,
                    choice: 0
                }
            ),
            (4, DecryptionError::NoSuchTrustee(member(4))),
        ]
        .map(|(n, error)| RefusedPartial {
            owner: member(n),
            error
        })
    );
}

/// Each proof of version 1 holds; the one that binds the factors is another trustee's.
#[test]
fn a_partial_decryption_whose_factors_are_not_bound_is_refused() {
    let (election, trustees, tally, mut partials) = decrypted(3, 2);
    let foreign = partials[&member(2)].binding.clone();
    let key = trustees.verification_key(member(1)).unwrap().public_key();
    let own = partials.get_mut(&member(1)).unwrap();
    assert_eq!(own.verify(&tally, key, &election), Ok(()));
    own.binding = foreign;
    assert_eq!(own.partial.verify(&tally, key, &election), Ok(()));
    let error = DecryptionError::Binding;
    assert_eq!(own.verify(&tally, key, &election), Err(error.clone()));
    let owner = member(1);
    let opened = tally
        .open_with_valid(&election, &trustees, &partials)
        .unwrap();
    assert_eq!(opened.refused, [RefusedPartial { owner, error }]);
}

#[test]
fn a_tally_is_not_opened_by_parts_of_another_shape() {
    let (_, trustees, tally, partials) = decrypted(3, 2);
    let parts = |change: fn(&mut Vec<Vec<_>>)| {
        let mut all: BTreeMap<_, _> = partials
            .iter()
            .take(2)
            .map(|(owner, bound)| (*owner, bound.partial.clone()))
            .collect();
        change(&mut all.get_mut(&member(2)).unwrap().decryption_factors);
        tally.open(&trustees, &all)
    };
    assert_eq!(parts(|_| ()), Ok(counts()));
    let changes: [fn(&mut Vec<Vec<_>>); 3] = [
        |factors| factors[0].truncate(1),
        |factors| factors.clear(),
        |factors| factors.push(Vec::new()),
    ];
    for change in changes {
        assert_eq!(parts(change), Err(DecryptionError::Shape));
    }
}
