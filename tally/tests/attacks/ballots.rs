//! Attacks in one ballot, which is the fourth event of an election that is otherwise honest.

use ballot::proof::{Context, Proof};
use ballot::{Ballot, Digest, Ed25519, Group as _, Wire as _};
use tally::verify::Options;

use super::forger::Part;
use super::world::{Event, World};
use super::{expect, forger, opinion, refused, refused_with};

/// The ballot comes in the fourth event, and is refused there for this reason.
fn bad_ballot(reason: &str, make: impl FnOnce(&mut World) -> String) {
    let mut world = World::honest();
    let ballot = make(&mut world);
    let object = format!("event 4, ballot {}", Digest::of(&ballot));
    world.events[3] = Event::Ballot(ballot);
    expect(refused(&world), "ballots", &object, reason);
}

/// Signs with a voter's key whatever the ballot has become.
fn sign(world: &mut World, ballot: &mut Ballot<Ed25519>, voter: usize) -> String {
    let hash = ballot.signed_hash();
    ballot.signature.hash = hash;
    let secret = forger::secret(&world.credentials[voter], world.election.uuid());
    ballot.signature.proof = Proof::of_knowledge(
        &secret,
        &Context::raw(format!("sig|{hash}|")),
        &mut world.rng,
    );
    ballot.to_json()
}

#[test]
fn answers_copied_under_another_credential_are_refused_by_their_proofs() {
    bad_ballot("individual-proof", |w| {
        let mut copy = w.seal(1, [1, 0, 0], [0, 1, 0]);
        copy.credential = w.credentials[3].public::<Ed25519>(w.election.uuid());
        sign(w, &mut copy, 3)
    });
}

#[test]
fn a_ballot_for_another_election_or_another_version_of_it_is_refused() {
    bad_ballot("election-uuid", |w| {
        let mut ballot = w.seal(3, [1, 0, 0], [0, 1, 0]);
        ballot.election_uuid = ballot::Uuid::generate(&mut w.rng);
        sign(w, &mut ballot, 3)
    });
    bad_ballot("election-hash", |w| {
        let mut ballot = w.seal(3, [1, 0, 0], [0, 1, 0]);
        ballot.election_hash = Digest::of("another election");
        sign(w, &mut ballot, 3)
    });
}

#[test]
fn a_credential_that_is_not_on_the_roll_is_refused() {
    bad_ballot("credential-on-roll", |w| {
        w.credentials[3] = ballot::Credential::generate(&mut w.rng);
        w.seal(3, [1, 0, 0], [0, 1, 0]).to_json()
    });
}

#[test]
fn a_signature_is_there_and_is_the_credentials() {
    bad_ballot("signature", |w| {
        let mut ballot = w.seal(3, [1, 0, 0], [0, 1, 0]);
        sign(w, &mut ballot, 2)
    });
    bad_ballot("signed-hash", |w| {
        let other = w.seal(3, [0, 1, 0], [0, 1, 0]);
        let mut ballot = w.seal(3, [1, 0, 0], [0, 1, 0]);
        ballot.signature = other.signature;
        ballot.to_json()
    });
    bad_ballot("encoding", |w| {
        let ballot = w.seal(3, [1, 0, 0], [0, 1, 0]).to_json();
        let at = ballot.find(",\"signature\"").unwrap();
        ballot[..at].to_owned() + "}"
    });
}

#[test]
fn the_parts_of_an_answer_are_as_many_as_the_question_has() {
    type Change = fn(&mut Ballot<Ed25519>);
    let attacks: [(&str, Change); 9] = [
        ("choice-count", |b| {
            let extra = b.answers[0].choices[0].clone();
            b.answers[0].choices.push(extra);
        }),
        ("choice-count", |b| b.answers[0].choices.truncate(2)),
        ("individual-proof", |b| b.answers[0].choices.swap(0, 1)),
        ("answer-count", |b| b.answers.truncate(1)),
        ("answer-count", |b| {
            let extra = b.answers[0].clone();
            b.answers.push(extra);
        }),
        ("answer-count", |b| b.answers.clear()),
        ("proof-shape", |b| {
            let extra = b.answers[0].individual_proofs[0][0].clone();
            b.answers[0].individual_proofs[0].push(extra);
        }),
        ("proof-shape", |b| {
            let extra = b.answers[0].overall_proof[0].clone();
            b.answers[0].overall_proof.push(extra);
        }),
        ("blank-proof-shape", |b| {
            b.answers[0].blank_proof = b.answers[1].blank_proof.clone();
        }),
    ];
    for (reason, change) in attacks {
        bad_ballot(reason, |w| {
            let mut ballot = w.seal(3, [1, 0, 0], [0, 1, 0]);
            change(&mut ballot);
            sign(w, &mut ballot, 3)
        });
    }
}

#[test]
fn a_second_ballot_is_refused_where_the_rule_forbids_it_and_named() {
    let world = World::honest();
    let Event::Ballot(second) = &world.events[3] else {
        panic!()
    };
    let object = format!("event 4, ballot {}", Digest::of(second));
    let found = refused_with(&world, Options { revoting: false });
    expect(found, "revotes", &object, "second-ballot");
}

#[test]
fn a_forged_ballot_without_the_forgery_is_accepted() {
    let mut world = World::honest();
    world.events[3] = Event::Ballot(forger::ballot(&mut world, 0, forger::Attack::None));
    let report = opinion::archive(&world.archive(), Options::default());
    // Its ballot is another than the tally's.
    assert_eq!(report.failure.unwrap().check, "encrypted-tally");
}

#[test]
fn components_of_small_order_are_refused_also_where_they_cancel() {
    for (part, name) in [(Part::Alpha, "alpha"), (Part::Beta, "beta")] {
        for (order, cancel) in [2, 4, 8].into_iter().flat_map(|n| [(n, false), (n, true)]) {
            let mut world = World::honest();
            let attack = forger::Attack::Torsion {
                part,
                order,
                cancel,
            };
            let ballot = forger::ballot(&mut world, 0, attack);
            assert!(
                forger::holds_for_any_point(&world, &ballot),
                "all but the group"
            );
            let place = format!("answers[0].choices[0].{name}");
            misplaced(world, ballot, &place, "not in the subgroup of prime order");
        }
    }
}

/// The ballot comes in the fourth event and is refused for its encoding, at this place and for this fault.
fn misplaced(mut world: World, ballot: String, place: &str, fault: &str) {
    let object = format!("event 4, ballot {}", Digest::of(&ballot));
    world.events[3] = Event::Ballot(ballot);
    expect(refused(&world), "ballots", &object, "encoding");
    let report = opinion::archive(&world.archive(), Options::default());
    let message = report.failure.unwrap().message;
    let (before, after) = message.split_once(" (byte ").unwrap();
    assert_eq!(before, format!("encoding: malformed: {place}"));
    assert_eq!(after.split_once("): ").unwrap().1, fault, "{message}");
}

#[test]
fn a_part_that_is_no_point_of_the_curve_is_refused() {
    // Signed as it is, by a signer who does not care; 2 is the least y of no point.
    let mut world = World::honest();
    let honest = world.seal(0, [1, 0, 0], [0, 1, 0]);
    let alpha = Ed25519::encode(&honest.answers[1].choices[2].alpha);
    let honest = honest.to_json();
    let unsigned = &honest[..honest.find(",\"signature\"").unwrap()];
    let unsigned = unsigned.replace(&alpha, &format!("{:064x}", 2));
    let hash = Digest::of(format!("{unsigned}}}"));
    let secret = forger::secret(&world.credentials[0], world.election.uuid());
    let prefix = format!("sig|{hash}|");
    let proof =
        Proof::<Ed25519>::of_knowledge(&secret, &Context::raw(prefix), &mut world.rng).to_json();
    let ballot = format!(r#"{unsigned},"signature":{{"hash":"{hash}","proof":{proof}}}}}"#);
    misplaced(
        world,
        ballot,
        "answers[1].choices[2].alpha",
        "not a point of the curve",
    );
}

#[test]
fn weak_fiat_shamir_forgeries_are_refused() {
    // α and β chosen after the challenge: the hash that a verifier takes covers them, and the proof's does not.
    bad_ballot("individual-proof", |w| {
        forger::ballot(w, 0, forger::Attack::WeakHash)
    });
}

#[test]
fn a_choice_of_two_is_refused_by_its_proof_and_too_many_ticks_by_the_overall_one() {
    bad_ballot("individual-proof", |w| {
        forger::ballot(w, 0, forger::Attack::Two)
    });
    bad_ballot("overall-proof", |w| {
        forger::ballot(w, 0, forger::Attack::ThreeTicks)
    });
}
