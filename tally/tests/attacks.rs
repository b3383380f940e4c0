//! Attacks on whole elections. Each begins with a valid one and breaks one thing; what depends on it is made again, so
//! that nothing else gives it away. The verdict names the check, the object and the reason, in the JSON as well.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

#[path = "attacks/ballots.rs"]
mod ballots;
#[path = "attacks/chain.rs"]
mod chain;
#[path = "attacks/decryption.rs"]
mod decryption;
#[path = "attacks/encodings.rs"]
mod encodings;
#[path = "attacks/forger.rs"]
mod forger;
#[path = "common/opinion.rs"]
mod opinion;
#[path = "attacks/tar.rs"]
mod tar;
#[path = "attacks/trustees.rs"]
mod trustees;
#[path = "attacks/world.rs"]
mod world;

use ballot::trustee::SecretKey;
use ballot::{Ballot, Ed25519, Group as _, Wire as _};
use tally::verify::{Options, Verdict};
use world::{Event, RESULT, World};

/// Check, object and reason of the first failure.
fn refused(world: &World) -> (String, String, String) {
    refused_with(world, Options::default())
}

fn refused_with(world: &World, options: Options) -> (String, String, String) {
    refused_bytes(&world.archive(), options)
}

fn refused_bytes(archive: &[u8], options: Options) -> (String, String, String) {
    let report = opinion::archive(archive, options);
    assert_eq!(report.verdict, Verdict::NotVerified, "{report:?}");
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["verdict"], "not_verified");
    let text = |name: &str| {
        json["failure"][name]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    (text("check"), text("object"), text("reason"))
}

fn expect(found: (String, String, String), check: &str, object: &str, reason: &str) {
    let expected = [check, object, reason];
    assert_eq!(<[String; 3]>::from(found), expected);
}

fn after(change: impl FnOnce(&mut World)) -> (String, String, String) {
    let mut world = World::honest();
    change(&mut world);
    refused(&world)
}

#[test]
fn the_election_without_an_attack_is_verified() {
    let report = opinion::archive(&World::honest().archive(), Options::default());
    assert_eq!(report.verdict, Verdict::Verified, "{report:?}");
    let counted = report.counted.unwrap();
    assert_eq!(
        (counted.ballots, counted.counted, counted.weight),
        (4, 3, 7)
    );
    assert_eq!(
        RESULT,
        format!(
            r#"{{"result":{}}}"#,
            serde_json::to_string(&counted.result).unwrap()
        )
    );
}

// ---- the events are a state machine. Honest: 0 Setup, 1-4 Ballot, 5 EndBallots, 6 tally, 7-9 partials, 10 Result.

#[test]
fn an_event_that_may_not_follow_is_named_by_its_height() {
    type Change = fn(&mut World);
    let attacks: [(&str, Change); 10] = [
        ("event 6", |w| {
            let late = w.seal(3, [1, 0, 0], [1, 0, 0]).to_json();
            w.events.insert(5, Event::Ballot(late));
        }),
        ("event 6", |w| w.events.insert(5, Event::End)),
        ("event 11", |w| {
            w.events.push(Event::Result(RESULT.replace('5', "4")));
        }),
        ("event 11", |w| {
            let late = w.seal(3, [1, 0, 0], [1, 0, 0]).to_json();
            w.events.push(Event::Ballot(late));
        }),
        ("event 11", |w| w.events.push(Event::End)),
        ("event 11", |w| {
            let key = w.keys[0].1.clone();
            let again = w.partial(&key);
            w.events.push(Event::Partial(1, again));
        }),
        ("event 5", |w| drop(w.events.remove(4))),
        ("event 6", |w| drop(w.events.remove(5))),
        ("event 7", |w| drop(w.events.drain(6..9))),
        ("event 7", |w| {
            let tally = w.tally.to_json().replacen("alpha", "alphb", 1);
            w.events.insert(
                6,
                Event::Tally {
                    tally,
                    ballots: 3,
                    weight: 7,
                },
            );
        }),
    ];
    for (number, (height, change)) in attacks.into_iter().enumerate() {
        let found = after(change);
        assert_eq!(
            found,
            ("events".into(), height.into(), "order".into()),
            "attack {number}"
        );
    }
}

#[test]
fn two_ballot_events_do_not_share_a_payload() {
    let found = after(|w| {
        let again = w.events[1].clone();
        w.events.insert(4, again);
    });
    expect(found, "events", "event 5", "missing");
}

#[test]
fn an_unfinished_election_is_not_verified() {
    expect(after(|w| w.events.truncate(9)), "result", "", "unfinished");
    expect(
        after(|w| w.events.truncate(5)),
        "encrypted-tally",
        "",
        "unfinished",
    );
}

// ---- what is published is recomputed

#[test]
fn false_totals_are_refused_by_name() {
    let tally = |w: &World| w.tally.to_json();
    let found = after(|w| {
        w.events[5] = Event::Tally {
            tally: tally(w),
            ballots: 4,
            weight: 7,
        }
    });
    expect(found, "encrypted-tally", "event 6", "num-tallied");
    let found = after(|w| {
        w.events[5] = Event::Tally {
            tally: tally(w),
            ballots: 3,
            weight: 3,
        }
    });
    expect(found, "encrypted-tally", "event 6", "total-weight");
}

#[test]
fn a_tally_of_other_ballots_is_refused_although_it_is_decrypted_well() {
    // One ballot twice: the partial decryptions and the result are those of the false tally.
    let found = after(|w| {
        let Event::Ballot(text) = &w.events[1] else {
            panic!()
        };
        let ballot = Ballot::from_json(text.as_bytes()).unwrap();
        w.tally.add(&ballot, 1).unwrap();
        w.events[5] = Event::Tally {
            tally: w.tally.to_json(),
            ballots: 3,
            weight: 7,
        };
        for (index, (owner, key)) in (6..).zip(w.keys.clone()) {
            w.events[index] = Event::Partial(owner, w.partial(&key));
        }
        w.events[9] = Event::Result(r#"{"result":[[5,3,7],[0,7,6]]}"#.into());
    });
    expect(found, "encrypted-tally", "event 6", "sum");
}

#[test]
fn a_ballot_dropped_is_missed_although_the_chain_is_whole() {
    expect(
        after(|w| drop(w.events.remove(1))),
        "encrypted-tally",
        "event 5",
        "num-tallied",
    );
    // The first vote of one who voted again does not count: without it the result is the same, and the archive another.
    let mut world = World::honest();
    world.events.remove(0);
    let report = opinion::archive(&world.archive(), Options::default());
    assert_eq!(report.counted.unwrap().ballots, 3);
}

#[test]
fn a_false_result_is_refused_by_its_place() {
    let found = after(|w| w.events[9] = Event::Result(RESULT.replace("5,2", "6,2")));
    expect(found, "result", "event 10", "counts");
    let found = after(|w| w.events[9] = Event::Result(RESULT.replace("[5", "[05")));
    expect(found, "result", "event 10", "encoding");
}

// ---- partial decryptions

#[test]
fn a_partial_decryption_is_one_trustees_and_good() {
    let found = after(|w| {
        let Event::Partial(_, body) = w.events[7].clone() else {
            panic!()
        };
        w.events[7] = Event::Partial(2, body);
    });
    expect(
        found,
        "partial-decryptions",
        "event 8, trustee 2",
        "too-few",
    );
    let found = after(|w| {
        let key = SecretKey::generate(&mut w.rng);
        w.events[6] = Event::Partial(1, w.partial(&key));
    });
    expect(
        found,
        "partial-decryptions",
        "event 7, trustee 1",
        "too-few",
    );
    let found = after(|w| {
        let key = w.keys[1].1.clone();
        w.events[8] = Event::Partial(3, w.partial(&key));
    });
    expect(found, "partial-decryptions", "event 9, trustee 3", "twice");
    for owner in [0, 5] {
        let found = after(|w| {
            let Event::Partial(_, body) = w.events[8].clone() else {
                panic!()
            };
            w.events[8] = Event::Partial(owner, body);
        });
        expect(
            found,
            "partial-decryptions",
            &format!("event 9, trustee {owner}"),
            "no-such-trustee",
        );
    }
    let found = after(|w| drop(w.events.remove(6)));
    expect(found, "partial-decryptions", "", "too-few");
    let found = after(|w| drop(w.events.remove(8)));
    expect(found, "partial-decryptions", "", "too-few");
}

#[test]
fn a_partial_decryption_of_another_tally_is_refused() {
    // Of a single ballot: what a server would like to have opened.
    let found = after(|w| {
        let (whole, Event::Ballot(text)) = (w.tally.clone(), w.events[0].clone()) else {
            panic!()
        };
        w.tally = ballot::EncryptedTally::empty(&w.election);
        w.tally
            .add(&Ballot::from_json(text.as_bytes()).unwrap(), 1)
            .unwrap();
        let key = w.keys[0].1.clone();
        w.events[6] = Event::Partial(1, w.partial(&key));
        w.tally = whole;
    });
    expect(
        found,
        "partial-decryptions",
        "event 7, trustee 1",
        "too-few",
    );
}

#[test]
fn a_bad_partial_decryption_beside_enough_good_ones_is_reported_with_its_owner() {
    let mut world = World::honest();
    let key = SecretKey::generate(&mut world.rng);
    let bad = world.partial(&key);
    world.events.insert(6, Event::Partial(2, bad));
    let report = opinion::archive(&world.archive(), Options::default());
    assert_eq!(report.verdict, Verdict::Verified, "{report:?}");
    let json = serde_json::to_value(&report).unwrap();
    let outstanding: Vec<&serde_json::Value> = json["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["status"] != "passed")
        .collect();
    let warning = serde_json::json!({
        "check": "partial-decryptions",
        "status": "warning",
        "object": "event 7, trustee 2",
        "reason": "invalid",
        "message": "question 0, choice 0: the proof of decryption does not hold; enough others are valid",
    });
    assert_eq!(outstanding, [&warning]);
}

// ---- the roll

#[test]
fn a_credential_stands_once_on_the_roll_and_is_not_neutral() {
    let twice = |w: &mut World| {
        let first = w.setup[2][2..66].to_owned();
        w.setup[2] = w.setup[2].replace(']', &format!(",\"{first}\"]"));
    };
    expect(after(twice), "credentials", "", "encoding");
    let neutral = |w: &mut World| {
        let one = Ed25519::encode(&Ed25519::identity());
        w.setup[2] = w.setup[2].replace(']', &format!(",\"{one}\"]"));
    };
    expect(after(neutral), "credentials", "", "encoding");
}
