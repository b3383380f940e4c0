use ballot::trustee::TrusteeId;
use ballot::trustee::ceremony::{Certified, Committed, Keyed, Place, Revealed, Setting};
use ballot::{Ed25519, Uuid, Wire as _};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

use super::{KeyFault, RecordedCeremony};
use crate::record::body::{
    CeremonyComplained, CeremonyMessage, CeremonyRestarted, Exact, Kind, Officer, OfficerRole,
    Ordinal, PollFrozen, PollRulesAdopted,
};
use crate::record::ceremony::Round;
use crate::record::transcript::ROUNDS;

fn ordinal(number: u64) -> Ordinal {
    Ordinal::new(number).unwrap()
}

/// The sample's rules with three scrutineers.
fn rules(threshold: u64) -> PollRulesAdopted {
    let sample = Kind::PollRulesAdopted.sample();
    let mut rules = PollRulesAdopted::parse(sample.as_bytes()).unwrap();
    let chief = rules.officers[0].clone();
    let scrutineer = |number| Officer {
        role: OfficerRole::Scrutineer,
        number: Some(ordinal(number)),
        ..chief.clone()
    };
    rules.officers.splice(1..1, [scrutineer(8), scrutineer(9)]);
    rules.threshold = ordinal(threshold);
    rules
}

/// The messages of a whole ceremony by round, and the trustees object that it gives.
fn ceremony(rules: &PollRulesAdopted, seed: u8) -> (Vec<Vec<String>>, String) {
    let mut rng = ChaCha20Rng::from_seed([seed; 32]);
    let poll: Uuid = rules.election_uuid.as_str().parse().unwrap();
    let setting = Setting::new(poll, 3, rules.threshold.get()).unwrap();
    let mut started = Vec::new();
    for number in 1..=3 {
        let place = Place::new(setting.clone(), TrusteeId::new(number).unwrap()).unwrap();
        started.push(Certified::<Ed25519>::start(place, &mut rng));
    }
    let one: Vec<_> = started.iter().map(Certified::message).collect();
    let committed: Vec<_> = started
        .iter()
        .map(|d| d.commit(&one, &mut rng).unwrap())
        .collect();
    let two: Vec<_> = committed.iter().map(Committed::message).collect();
    let revealed: Vec<_> = committed.iter().map(|d| d.reveal(&two).unwrap()).collect();
    let three: Vec<_> = revealed.iter().map(Revealed::message).collect();
    let keyed: Vec<_> = revealed
        .iter()
        .map(|d| d.acknowledge(&three, &mut rng).unwrap())
        .collect();
    let four: Vec<_> = keyed.iter().map(Keyed::message).collect();
    let trustees = keyed[0].finish(&four).unwrap().trustees.to_json();
    (vec![one, two, three, four], trustees)
}

fn entry(
    rules: &PollRulesAdopted,
    attempt: u64,
    round: Round,
    trustee: u64,
    message: &str,
) -> CeremonyMessage {
    CeremonyMessage {
        election_uuid: rules.election_uuid.clone(),
        attempt: ordinal(attempt),
        round,
        trustee: ordinal(trustee),
        message: Exact::new(message).unwrap(),
    }
}

/// Writes all messages of a ceremony.
fn write(
    recorded: &mut RecordedCeremony,
    rules: &PollRulesAdopted,
    attempt: u64,
    messages: &[Vec<String>],
) {
    for (round, texts) in ROUNDS.into_iter().zip(messages) {
        for (trustee, text) in (1..).zip(texts) {
            recorded
                .message(&entry(rules, attempt, round, trustee, text))
                .unwrap();
        }
    }
}

fn frozen(trustees: &str) -> PollFrozen {
    let sample = Kind::PollFrozen.sample();
    let mut frozen = PollFrozen::parse(sample.as_bytes()).unwrap();
    frozen.trustees = Exact::new(trustees).unwrap();
    frozen
}

fn restart(rules: &PollRulesAdopted, attempt: u64) -> CeremonyRestarted {
    let sample = Kind::CeremonyRestarted.sample();
    let mut restarted = CeremonyRestarted::parse(sample.as_bytes()).unwrap();
    restarted.election_uuid = rules.election_uuid.clone();
    restarted.attempt = ordinal(attempt);
    restarted
}

#[test]
fn the_trustees_of_the_freeze_are_those_of_the_last_ceremony_and_no_others() {
    let rules = rules(2);
    let (first, old) = ceremony(&rules, 1);
    let (second, new) = ceremony(&rules, 2);
    let mut recorded = RecordedCeremony::adopted(&rules);
    write(&mut recorded, &rules, 1, &first);
    assert_eq!(recorded.check_frozen(&rules, &frozen(&old), false), Ok(()));
    recorded.restarted(&restart(&rules, 2)).unwrap();
    assert!(matches!(
        recorded.check_frozen(&rules, &frozen(&old), false),
        Err(KeyFault::Ceremony(_))
    ));
    write(&mut recorded, &rules, 2, &second);
    assert_eq!(recorded.check_frozen(&rules, &frozen(&new), false), Ok(()));
    assert_eq!(
        recorded.check_frozen(&rules, &frozen(&old), false),
        Err(KeyFault::OtherTrustees)
    );
}

/// A service that lets one decrypt where the meeting wanted two freezes other trustees than the ceremony gave.
#[test]
fn single_trustees_are_no_group_and_a_group_is_no_single_trustees() {
    let all = rules(3);
    let two = rules(2);
    let (messages, group) = ceremony(&two, 1);
    let singles = Kind::PollFrozen.sample();
    let single = PollFrozen::parse(singles.as_bytes()).unwrap();
    let of_all = RecordedCeremony::adopted(&all);
    for wrong in [&frozen(&group), &single] {
        assert!(matches!(
            of_all.check_frozen(&all, wrong, false),
            Err(KeyFault::Threshold {
                threshold: 3,
                scrutineers: 3
            })
        ));
    }
    let mut recorded = RecordedCeremony::adopted(&two);
    write(&mut recorded, &two, 1, &messages);
    assert_eq!(
        recorded.check_frozen(&two, &single, false),
        Err(KeyFault::OtherTrustees)
    );
}

#[test]
fn a_message_of_another_round_or_ceremony_or_a_second_one_cannot_stand() {
    let rules = rules(2);
    let (messages, _) = ceremony(&rules, 1);
    let mut recorded = RecordedCeremony::adopted(&rules);
    let first = entry(&rules, 1, Round::Certificate, 1, &messages[0][0]);
    recorded.message(&first).unwrap();
    let cannot = |fault| matches!(fault, Err(KeyFault::Message { .. }));
    assert!(cannot(recorded.message(&first)), "twice");
    let early = entry(&rules, 1, Round::Commitment, 1, &messages[1][0]);
    assert!(cannot(recorded.message(&early)), "before all certificates");
    let fourth = entry(&rules, 1, Round::Certificate, 4, &messages[0][0]);
    assert!(cannot(recorded.message(&fourth)), "of nobody");
    let other = entry(&rules, 2, Round::Certificate, 2, &messages[0][1]);
    assert_eq!(
        recorded.message(&other),
        Err(KeyFault::Attempt {
            found: 2,
            expected: 1
        })
    );
    assert_eq!(
        recorded.restarted(&restart(&rules, 3)),
        Err(KeyFault::Attempt {
            found: 3,
            expected: 2
        })
    );
}

/// Each has a key of their own: no ceremony begins.
#[test]
fn there_is_no_ceremony_where_it_takes_all() {
    let rules = rules(3);
    let mut recorded = RecordedCeremony::adopted(&rules);
    assert_eq!(recorded.transcript, None);
    let message = entry(&rules, 1, Round::Certificate, 1, "{}");
    assert!(recorded.message(&message).is_err());
    assert!(recorded.restarted(&restart(&rules, 2)).is_err());
}

/// A run-off is counted with the key of the vote that left it, and with no other number of scrutineers.
#[test]
fn what_follows_takes_a_key_of_as_many_as_were_adopted() {
    let (two, all) = (rules(2), rules(3));
    let (_, group) = ceremony(&two, 1);
    let earlier = frozen(&group);
    let recorded = RecordedCeremony::adopted(&two);
    assert_eq!(recorded.check_frozen(&two, &earlier, true), Ok(()));
    assert!(recorded.check_frozen(&two, &earlier, false).is_err());
    let of_all = RecordedCeremony::adopted(&all);
    assert!(of_all.check_frozen(&all, &earlier, true).is_err());
}

/// Three devices after the third round, and the messages of all rounds up to it.
fn revealed(rules: &PollRulesAdopted) -> (Vec<Revealed<Ed25519>>, [Vec<String>; 3]) {
    let mut rng = ChaCha20Rng::from_seed([9; 32]);
    let poll: Uuid = rules.election_uuid.as_str().parse().unwrap();
    let setting = Setting::new(poll, 3, rules.threshold.get()).unwrap();
    let mut started = Vec::new();
    for number in 1..=3 {
        let place = Place::new(setting.clone(), TrusteeId::new(number).unwrap()).unwrap();
        started.push(Certified::<Ed25519>::start(place, &mut rng));
    }
    let one: Vec<_> = started.iter().map(Certified::message).collect();
    let committed: Vec<_> = started
        .iter()
        .map(|d| d.commit(&one, &mut rng).unwrap())
        .collect();
    let two: Vec<_> = committed.iter().map(Committed::message).collect();
    let revealed: Vec<_> = committed.iter().map(|d| d.reveal(&two).unwrap()).collect();
    let three: Vec<_> = revealed.iter().map(Revealed::message).collect();
    (revealed, [one, two, three])
}

/// The record after the third round of that ceremony, and the first one's complaint of the second.
fn complained(rules: &PollRulesAdopted) -> (RecordedCeremony, CeremonyComplained) {
    let (devices, messages) = revealed(rules);
    let mut recorded = RecordedCeremony::adopted(rules);
    write(&mut recorded, rules, 1, &messages);
    let against = TrusteeId::new(2).unwrap();
    let mut rng = ChaCha20Rng::from_seed([3; 32]);
    let complaint = devices[0]
        .complain(&messages[2], against, &mut rng)
        .unwrap();
    let complained = CeremonyComplained {
        election_uuid: rules.election_uuid.clone(),
        attempt: ordinal(1),
        trustee: ordinal(1),
        complaint: Exact::new(complaint.to_json()).unwrap(),
    };
    (recorded, complained)
}

#[test]
fn a_complaint_says_who_is_to_blame_and_one_that_proves_nothing_cannot_stand_there() {
    let rules = rules(2);
    let (mut recorded, good) = complained(&rules);
    assert_eq!(recorded.complained(&good), Ok(()));
    let [(1, judged)] = recorded.complaints[..] else {
        panic!("{:?}", recorded.complaints);
    };
    // The share is good: that a bad one is found out, `ballot`'s own tests say.
    assert_eq!(
        (judged.by.get(), judged.against.get(), judged.is_true),
        (1, 2, false)
    );
    let (recorded, good) = complained(&rules);
    let refused = |change: &dyn Fn(&mut CeremonyComplained)| {
        let mut other = good.clone();
        change(&mut other);
        recorded.clone().complained(&other).unwrap_err()
    };
    let text = good.complaint.text().to_owned();
    let of_another = text.replace("\"against\":2", "\"against\":3");
    assert!(matches!(
        refused(&|one| one.complaint = Exact::new(of_another.clone()).unwrap()),
        KeyFault::NotTaken(_)
    ));
    assert!(matches!(
        refused(&|one| one.trustee = ordinal(3)),
        KeyFault::NotTaken(_)
    ));
    assert!(matches!(
        refused(&|one| one.attempt = ordinal(2)),
        KeyFault::Attempt { .. }
    ));
    // Before all polynomials are there nobody can know a share.
    let mut early = RecordedCeremony::adopted(&rules);
    assert!(matches!(
        early.complained(&good),
        Err(KeyFault::NotTaken(_))
    ));
}
