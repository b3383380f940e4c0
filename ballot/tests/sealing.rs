//! Properties: what is sealed verifies, opens and adds up; what is not allowed is not sealed.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test's helpers may fail loudly, too"
)]

mod support;

use std::collections::BTreeMap;

use ballot::trustee::{SecretKey, TooFewTrustees, TrusteeId, Trustees};
use ballot::{
    Choices, Credential, DecryptionError, Ed25519, Election, EncryptedTally, OpeningError,
    PartialDecryption, Question, SealError, Uuid, Wire, seal,
};
use proptest::prelude::*;
use support::{count, rng};

/// A question and some marks that it allows.
#[derive(Debug, Clone)]
struct Case {
    question: Question,
    ballots: Vec<Vec<bool>>,
}

fn case() -> impl Strategy<Value = Case> {
    (1_usize..5, any::<bool>())
        .prop_flat_map(|(n, blank)| {
            let bound = u32::try_from(n).unwrap();
            (Just(n), Just(blank), 0..=bound, 0..=bound)
        })
        .prop_flat_map(|(n, blank, a, b)| {
            let answers = (0..n).map(|i| format!("answer {i}"));
            let question = Question::new("?", answers, a.min(b), a.max(b)).unwrap();
            let question = if blank { question.or_blank() } else { question };
            let ballots = prop::collection::vec(marks(question.clone()), 1..4);
            (Just(question), ballots)
        })
        .prop_map(|(question, ballots)| Case { question, ballots })
}

/// Marks that a question allows, blank ones among them.
fn marks(question: Question) -> impl Strategy<Value = Vec<bool>> {
    let n = question.answers().len();
    let bound = |b: u32| usize::try_from(b).unwrap();
    let ticks = prop::sample::subsequence(
        (0..n).collect::<Vec<_>>(),
        bound(question.min())..=bound(question.max()),
    );
    (ticks, any::<bool>()).prop_map(move |(ticks, vote_blank)| {
        let blank = question.allows_blank() && vote_blank;
        let mut marks = vec![false; n];
        if !blank {
            for tick in ticks {
                marks[tick] = true;
            }
        }
        if question.allows_blank() {
            marks.insert(0, blank);
        }
        marks
    })
}

fn setup(
    questions: Vec<Question>,
    keys: &[SecretKey<Ed25519>],
) -> (Election<Ed25519>, Trustees<Ed25519>) {
    let trustees = Trustees::of_singles(keys.iter().map(|k| k.verification_key(&mut rng(9))));
    let uuid = Uuid::generate(&mut rng(10));
    let election = Election::build(uuid, "n", "d", trustees.joint_key(), questions).unwrap();
    (election, trustees)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn sealed_ballots_verify_open_and_add_up(case in case(), seed: [u8; 32]) {
        use rand_chacha::rand_core::SeedableRng;
        let mut rng = rand_chacha::ChaCha20Rng::from_seed(seed);
        let keys = support::secret_keys(2);
        let (election, trustees) = setup(vec![case.question.clone()], &keys);
        trustees.verify_for(&election).unwrap();
        let mut tally = EncryptedTally::empty(&election);
        let mut sums = vec![0_u64; case.question.ciphertexts()];
        for (weight, marks) in (1..).zip(&case.ballots) {
            let choices = Choices::from([marks.clone()]);
            let credential = Credential::generate(&mut rng);
            let sealed = seal(&election, &credential, &choices, &mut rng).unwrap();
            let read = ballot::Ballot::from_json(sealed.ballot.to_json().as_bytes()).unwrap();
            prop_assert_eq!(&read, &sealed.ballot);
            prop_assert_eq!(read.verify(&election), Ok(()));
            prop_assert_eq!(sealed.opening.check(&read, &election), Ok(&choices));
            tally.add(&read, weight).unwrap();
            for (sum, mark) in sums.iter_mut().zip(marks) {
                *sum += u64::from(*mark) * weight;
            }
        }
        let partials: BTreeMap<_, _> = (1..)
            .filter_map(TrusteeId::new)
            .zip(&keys)
            .map(|(id, key)| (id, PartialDecryption::make(&tally, key, &election, &mut rng)))
            .collect();
        for (id, partial) in &partials {
            let key = trustees.verification_key(*id).unwrap().public_key();
            prop_assert_eq!(partial.verify(&tally, key, &election), Ok(()));
        }
        let opened = tally.open(&trustees, &partials).unwrap();
        prop_assert_eq!(opened[0].iter().map(count).collect::<Vec<_>>(), sums);
    }
}

fn question() -> Question {
    Question::new("?", ["a", "b", "c"], 1, 2).unwrap()
}

#[test]
fn a_choice_that_the_election_does_not_allow_is_not_sealed() {
    let (election, _) = setup(
        vec![question(), question().or_blank()],
        &support::secret_keys(1),
    );
    let good = [vec![true, false, false], vec![true, false, false, false]];
    let seal = |choices: Vec<Vec<bool>>| {
        let credential = Credential::generate(&mut rng(1));
        seal(&election, &credential, &Choices::from(choices), &mut rng(2)).map(|_| ())
    };
    assert_eq!(seal(good.to_vec()), Ok(()));
    assert_eq!(
        seal(vec![good[0].clone()]),
        Err(SealError::QuestionCount {
            expected: 2,
            found: 1
        })
    );
    assert_eq!(
        seal(vec![vec![true], good[1].clone()]),
        Err(SealError::MarkCount {
            question: 0,
            expected: 3,
            found: 1
        })
    );
    let ticks = |found| {
        Err(SealError::TickCount {
            question: 0,
            min: 1,
            max: 2,
            found,
        })
    };
    assert_eq!(seal(vec![vec![false; 3], good[1].clone()]), ticks(0));
    assert_eq!(seal(vec![vec![true; 3], good[1].clone()]), ticks(3));
    assert_eq!(
        seal(vec![good[0].clone(), vec![true, true, false, false]]),
        Err(SealError::BlankAndTicked { question: 1 })
    );
}

#[test]
fn an_opening_of_another_ballot_or_other_choices_is_refused() {
    let (election, _) = setup(vec![question()], &support::secret_keys(1));
    let credential = Credential::generate(&mut rng(1));
    let choices = Choices::from([vec![true, false, true]]);
    let first = seal(&election, &credential, &choices, &mut rng(2)).unwrap();
    let second = seal(&election, &credential, &choices, &mut rng(3)).unwrap();
    assert_eq!(
        first.opening.check(&second.ballot, &election),
        Err(OpeningError::OtherBallot {
            expected: second.ballot.tracker(),
            found: first.ballot.tracker()
        })
    );
    let lie = first.opening.to_json().replace("[[1,0,1]]", "[[1,1,0]]");
    let lie = ballot::Opening::<Ed25519>::from_json(lie.as_bytes()).unwrap();
    assert_eq!(
        lie.check(&first.ballot, &election),
        Err(OpeningError::Ciphertext {
            question: 0,
            choice: 1
        })
    );
}

#[test]
fn a_partial_decryption_with_another_key_or_of_another_tally_is_refused() {
    let keys = support::secret_keys(2);
    let (election, trustees) = setup(vec![question()], &keys);
    let choices = Choices::from([vec![true, false, true]]);
    let mut tally = EncryptedTally::empty(&election);
    let other = tally.clone();
    let sealed = seal(
        &election,
        &Credential::generate(&mut rng(1)),
        &choices,
        &mut rng(2),
    );
    tally.add(&sealed.unwrap().ballot, 1).unwrap();
    let partial = PartialDecryption::make(&tally, &keys[0], &election, &mut rng(3));
    let failed = Err(DecryptionError::Proof {
        question: 0,
        choice: 0,
    });
    assert_eq!(
        partial.verify(&tally, &keys[0].public_key(), &election),
        Ok(())
    );
    assert_eq!(
        partial.verify(&tally, &keys[1].public_key(), &election),
        failed
    );
    assert_eq!(
        partial.verify(&other, &keys[0].public_key(), &election),
        failed
    );
    let partials = [(TrusteeId::new(1).unwrap(), partial)].into();
    assert_eq!(
        tally.open(&trustees, &partials),
        Err(DecryptionError::TooFew(TooFewTrustees {
            first: TrusteeId::new(2).unwrap(),
            needed: 1,
            found: 0
        }))
    );
}

#[test]
fn secrets_are_not_printed() {
    let credential = Credential::generate(&mut rng(1));
    let key = &support::secret_keys(1)[0];
    let (election, _) = setup(vec![question()], std::slice::from_ref(key));
    let choices = Choices::from([vec![true, false, true]]);
    let sealed = seal(&election, &credential, &choices, &mut rng(2)).unwrap();
    assert_eq!(format!("{credential:?}"), "Credential(<redacted>)");
    assert_eq!(format!("{key:?}"), "SecretKey(<redacted>)");
    assert_eq!(format!("{choices:?}"), "Choices(<redacted>)");
    assert!(format!("{:?}", sealed.opening).ends_with(", <redacted>)"));
    assert_eq!(
        format!("{:?}", credential.key::<Ed25519>(election.uuid())),
        "CredentialKey(<redacted>)"
    );
}
