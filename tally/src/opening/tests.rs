//! A sound count of two of three trustees, and one thing wrong at a time.

use ballot::trustee::ceremony::{Certified, Committed, Keyed, Place, Revealed, Setting};
use ballot::trustee::{SecretKey, TrusteeError, TrusteeId, Trustees};
use ballot::{
    Ballot, BoundDecryption, Choices, Credential, DecryptionError, Ed25519, PublicCredentials,
    Uuid, Wire, seal,
};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::{
    ClosedError, Object, OpenError, PartialError, PollOutcome, SumError, check_partial, decide,
    open, read_closed, read_partials, sum_texts,
};
use crate::count::CountingError;
use crate::decision::{DecisionError, Lot, Outcome, Returns};
use crate::evaluation::EvaluationOutcome;
use crate::rules::Rule;
use crate::setup::{Frozen, Item, Parts};
use crate::verify::Closed;

const RULE: &str = include_str!("../../rules/county.toml");

/// A poll that three have voted in, as texts.
struct World {
    frozen: Frozen<Ed25519>,
    ballots: Vec<String>,
    keys: Vec<SecretKey<Ed25519>>,
    rng: ChaCha20Rng,
}

impl World {
    fn new() -> Self {
        let mut rng = ChaCha20Rng::from_seed([8; 32]);
        let uuid = Uuid::generate(&mut rng);
        let (trustees, keys) = ceremony(&uuid, &mut rng);
        let credentials: Vec<Credential> = (0..4).map(|_| Credential::generate(&mut rng)).collect();
        let public = credentials.iter().map(|one| one.public::<Ed25519>(&uuid));
        let ids = Rule::parse(RULE).unwrap().items().to_vec();
        let items = ids.iter().cloned().map(|id| Item {
            label: format!("项目 {id}"),
            id,
        });
        let frozen = Parts {
            roll: PublicCredentials::sorted(public).unwrap(),
            uuid,
            name: "票决".to_owned(),
            rule: RULE,
            items: items.collect(),
            trustees,
        }
        .build()
        .unwrap();
        // The first item is everybody's, the second the first voter's alone; the last does not vote.
        let ballots = credentials.iter().take(3).enumerate().map(|(voter, one)| {
            let marks = (0..ids.len()).map(|item| item == 0 || (item, voter) == (1, 0));
            let choices = Choices::from([marks.collect::<Vec<bool>>()]);
            let sealed = seal(&frozen.election, one, &choices, &mut rng).unwrap();
            sealed.ballot.to_json()
        });
        let ballots = ballots.collect();
        Self {
            frozen,
            ballots,
            keys,
            rng,
        }
    }

    fn election(&self) -> String {
        self.frozen.election.to_json()
    }

    fn sum(&self) -> Result<String, SumError> {
        let (election, roll) = (self.election(), &self.frozen.roll);
        sum_texts::<Ed25519>(&election, roll, &self.ballots).map(|sum| sum.tally.to_json())
    }

    fn closed(&self) -> Closed<Ed25519> {
        let tally = self.sum().unwrap();
        read_closed(&self.election(), &self.frozen.trustees, &tally, 3).unwrap()
    }

    /// What the trustee with this number gives.
    fn partial(&mut self, closed: &Closed<Ed25519>, number: usize) -> (u32, String) {
        let key = &self.keys[number - 1];
        let bound = BoundDecryption::make(closed.tally(), key, &closed.election, &mut self.rng);
        (u32::try_from(number).unwrap(), bound.to_json())
    }
}

/// Two of three.
fn ceremony(uuid: &Uuid, rng: &mut ChaCha20Rng) -> (Trustees<Ed25519>, Vec<SecretKey<Ed25519>>) {
    let setting = Setting::new(uuid.clone(), 3, 2).unwrap();
    let places = (1..=3).map(|n| Place::new(setting.clone(), id(n)).unwrap());
    let certified: Vec<Certified<Ed25519>> =
        places.map(|place| Certified::start(place, rng)).collect();
    let messages: Vec<String> = certified.iter().map(Certified::message).collect();
    let commit = |device: &Certified<Ed25519>| device.commit(&messages, rng).unwrap();
    let committed: Vec<_> = certified.iter().map(commit).collect();
    let messages: Vec<String> = committed.iter().map(Committed::message).collect();
    let reveal = |device: &Committed<Ed25519>| device.reveal(&messages).unwrap();
    let revealed: Vec<_> = committed.iter().map(reveal).collect();
    let messages: Vec<String> = revealed.iter().map(Revealed::message).collect();
    let acknowledge = |device: &Revealed<Ed25519>| device.acknowledge(&messages, rng).unwrap();
    let keyed: Vec<_> = revealed.iter().map(acknowledge).collect();
    let messages: Vec<String> = keyed.iter().map(Keyed::message).collect();
    let finished: Vec<_> = keyed
        .iter()
        .map(|one| one.finish(&messages).unwrap())
        .collect();
    let trustees = finished[0].trustees.clone();
    (trustees, finished.into_iter().map(|one| one.key).collect())
}

fn id(n: u32) -> TrusteeId {
    TrusteeId::new(n).unwrap()
}

fn returns() -> Returns {
    Returns {
        present: 150,
        issued: 150,
        returned: 3,
        invalid: 0,
    }
}

#[test]
fn any_two_of_three_open_the_same_counts_from_published_texts() {
    let mut world = World::new();
    let closed = world.closed();
    for pair in [[1, 2], [3, 1], [2, 3]] {
        let partials = pair.map(|number| world.partial(&closed, number));
        for (number, text) in &partials {
            check_partial(&closed, *number, text).unwrap();
        }
        let opened = open(&closed, read_partials(partials).unwrap()).unwrap();
        assert_eq!(&opened.result.result[0][..3], [3, 1, 0]);
        assert_eq!(opened.valid.len(), 2);
        assert!(opened.refused.is_empty());
    }
}

#[test]
fn an_object_that_cannot_be_read_is_named() {
    let world = World::new();
    let (election, roll) = (world.election(), world.frozen.roll.clone());
    let ballots = &world.ballots;
    let named = |sum: Result<_, SumError>| match sum.map(|_: crate::count::Aggregate<Ed25519>| ()) {
        Err(SumError::Encoding { object, .. }) => object,
        other => panic!("{other:?}"),
    };
    let spaced = |text: &str| format!("{text} ");
    assert_eq!(
        named(sum_texts(&spaced(&election), &roll, ballots)),
        Object::Election
    );
    assert_eq!(
        named(sum_texts(&election, &spaced(&roll), ballots)),
        Object::Roll
    );
    let mut broken = ballots.clone();
    broken[1] = spaced(&broken[1]);
    assert_eq!(
        named(sum_texts(&election, &roll, &broken)),
        Object::Ballot(2)
    );
    let tally = world.sum().unwrap();
    let trustees = &world.frozen.trustees;
    let named = |election: &str, trustees: &str, tally: &str| match read_closed::<Ed25519>(
        election, trustees, tally, 3,
    )
    .map(|_| ())
    {
        Err(ClosedError::Encoding { object, .. }) => object,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        named(&spaced(&election), trustees, &tally),
        Object::Election
    );
    assert_eq!(
        named(&election, &spaced(trustees), &tally),
        Object::Trustees
    );
    assert_eq!(
        named(&election, trustees, &spaced(&tally)),
        Object::EncryptedTally
    );
}

#[test]
fn a_second_ballot_of_a_credential_is_refused_by_its_place() {
    let mut world = World::new();
    world.ballots.push(world.ballots[0].clone());
    assert_eq!(world.sum(), Err(SumError::SecondBallot(4)));
}

#[test]
fn a_ballot_of_a_credential_that_is_not_on_the_roll_is_refused_by_its_place() {
    let mut world = World::new();
    let ballot = Ballot::<Ed25519>::from_json(world.ballots[1].as_bytes()).unwrap();
    let others = world.frozen.credentials.clone().into_iter();
    let own = <Ed25519 as ballot::Group>::encode(&ballot.credential);
    let others: Vec<String> = others.filter(|one| *one != own).collect();
    world.frozen.roll = others.to_json();
    assert_eq!(world.sum(), Err(SumError::NotOnRoll(2)));
}

#[test]
fn trustees_of_another_election_are_refused() {
    let world = World::new();
    let mut rng = ChaCha20Rng::from_seed([9; 32]);
    let (others, _) = ceremony(world.frozen.election.uuid(), &mut rng);
    let tally = world.sum().unwrap();
    assert_eq!(
        read_closed::<Ed25519>(&world.election(), &others.to_json(), &tally, 3).unwrap_err(),
        ClosedError::Trustees(TrusteeError::OtherElectionKey)
    );
}

#[test]
fn a_tally_of_another_shape_is_refused() {
    let world = World::new();
    let trustees = &world.frozen.trustees;
    assert_eq!(
        read_closed::<Ed25519>(&world.election(), trustees, "[]", 3).unwrap_err(),
        ClosedError::Shape(DecryptionError::Shape)
    );
}

#[test]
fn a_partial_decryption_that_is_not_its_trustees_is_refused_by_its_number() {
    let mut world = World::new();
    let closed = world.closed();
    let (_, sound) = world.partial(&closed, 2);
    for stranger in [0, 4] {
        assert_eq!(
            check_partial(&closed, stranger, &sound),
            Err(PartialError::NoSuchTrustee(stranger))
        );
    }
    let spaced = check_partial(&closed, 2, &format!("{sound} "));
    assert!(
        matches!(spaced, Err(PartialError::Encoding { number: 2, .. })),
        "{spaced:?}"
    );
    let foreign = check_partial(&closed, 1, &sound);
    let error = DecryptionError::Proof {
        question: 0,
        choice: 0,
    };
    assert_eq!(foreign, Err(PartialError::Invalid { number: 1, error }));
    // Version 1's object is sound, and the proof that binds its factors is of another decryption.
    let mut mixed = BoundDecryption::<Ed25519>::from_json(sound.as_bytes()).unwrap();
    let (_, other) = world.partial(&closed, 3);
    let other = BoundDecryption::<Ed25519>::from_json(other.as_bytes()).unwrap();
    mixed.binding = other.binding;
    assert_eq!(
        check_partial(&closed, 2, &mixed.to_json()),
        Err(PartialError::Invalid {
            number: 2,
            error: DecryptionError::Binding
        })
    );
    let twice = read_partials::<Ed25519>([(2, &sound), (2, &sound)]);
    assert_eq!(twice, Err(PartialError::Twice(2)));
}

#[test]
fn an_invalid_partial_decryption_is_left_out_by_name_where_enough_are_valid() {
    let mut world = World::new();
    let closed = world.closed();
    let (first, third) = (world.partial(&closed, 1), world.partial(&closed, 3));
    let foreign = (2, third.1.clone());
    let partials = read_partials([first.clone(), foreign.clone(), third]).unwrap();
    let opened = open(&closed, partials).unwrap();
    assert_eq!(&opened.result.result[0][..2], [3, 1]);
    let owners: Vec<TrusteeId> = opened.valid.into_keys().collect();
    assert_eq!(owners, [id(1), id(3)]);
    assert_eq!(opened.refused[0].owner, id(2));
    // One alone opens nothing, and the refused one is named.
    let Err(OpenError::Unopened(unopened)) =
        open(&closed, read_partials([first, foreign]).unwrap())
    else {
        panic!("two are needed");
    };
    assert!(matches!(unopened.error, DecryptionError::TooFew { .. }));
    assert_eq!(unopened.refused[0].owner, id(2));
}

#[test]
fn fewer_ballots_than_were_summed_do_not_open() {
    let mut world = World::new();
    let (election, tally) = (world.election(), world.sum().unwrap());
    let closed = read_closed(&election, &world.frozen.trustees, &tally, 2).unwrap();
    let partials = [1, 2].map(|number| world.partial(&closed, number));
    let error = open(&closed, read_partials(partials).unwrap()).unwrap_err();
    let (question, choice) = match error {
        OpenError::Counting(CountingError::OutOfRange {
            question, choice, ..
        }) => (question, choice),
        other => panic!("{other:?}"),
    };
    assert_eq!((question, choice), (0, 0));
}

#[test]
fn each_kind_of_poll_has_its_outcome_in_one_spelling() {
    let rule = Rule::parse(RULE).unwrap();
    let counts = [[3, 1].into_iter().chain([0; 13]).collect::<Vec<u64>>()];
    let outcome = decide(&rule, returns(), &counts, None).unwrap();
    let PollOutcome::Choice {
        decision: Outcome::Decided(decision),
    } = &outcome
    else {
        panic!("{outcome:?}");
    };
    assert_eq!(decision.items[0].rank, 1);
    let text = serde_json::to_string(&outcome).unwrap();
    assert!(
        text.starts_with(r#"{"poll":"choice","decision":{"outcome":"decided","#),
        "{text}"
    );
    assert_eq!(serde_json::from_str::<PollOutcome>(&text).unwrap(), outcome);
    assert_eq!(outcome.document().unwrap()["outcome"], "decided");

    let rule = Rule::parse(include_str!("../../rules/evaluation-congress.toml")).unwrap();
    let counts = vec![vec![2, 1, 0]; rule.items().len()];
    let outcome = decide(&rule, returns(), &counts, None).unwrap();
    assert!(matches!(
        outcome,
        PollOutcome::Evaluation {
            verdicts: EvaluationOutcome::Judged(_)
        }
    ));
    let text = serde_json::to_string(&outcome).unwrap();
    assert!(
        text.starts_with(r#"{"poll":"evaluation","verdicts":{"outcome":"judged","#),
        "{text}"
    );
    assert_eq!(serde_json::from_str::<PollOutcome>(&text).unwrap(), outcome);
}

#[test]
fn no_lot_is_drawn_on_verdicts() {
    let rule = Rule::parse(include_str!("../../rules/evaluation-congress.toml")).unwrap();
    let lot = Lot {
        drawn: vec![rule.items()[0].clone()],
    };
    let counts = vec![vec![2, 1, 0]; rule.items().len()];
    assert_eq!(
        decide(&rule, returns(), &counts, Some(&lot)),
        Err(DecisionError::NoLotToDraw)
    );
}
