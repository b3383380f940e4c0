//! A second encoding of an object of the archive: refused by the check of that object, whatever else would hold.
//!
//! That no other encoding of any part is read is shown in `ballot/tests/one_encoding.rs`.

use ballot::Digest;

use super::world::{Event, World};
use super::{expect, refused};

/// Ways to write an object otherwise that every object has, with a number or an element of it in a given place.
fn otherwise(json: &str) -> Vec<String> {
    let (open, rest) = json.split_at(1);
    let first_digit = |before: &str, after: &str| {
        let at = json.find(before)? + before.len();
        Some(format!("{}{after}{}", &json[..at], &json[at..]))
    };
    let challenge = "\"challenge\":\"";
    [
        Some(format!("{json}\n")),
        Some(format!(" {json}")),
        Some(format!("{open} {rest}")),
        first_digit(challenge, "0"),
        first_digit(challenge, "+"),
        first_digit("\"alpha\":\"", "0x"),
        first_digit("\"public_key\":\"", " "),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn setup(object: usize, check: &str) {
    let honest = World::honest();
    for json in otherwise(&honest.setup[object]) {
        let mut world = honest.clone();
        world.setup[object] = json;
        expect(refused(&world), check, "", "encoding");
    }
}

#[test]
fn another_encoding_of_the_election_is_refused() {
    setup(0, "election");
    let mut world = World::honest();
    world.setup[0] = world.setup[0].replacen('{', "{\"other\":0,", 1);
    expect(refused(&world), "election", "", "encoding");
}

#[test]
fn another_encoding_of_the_trustees_is_refused_inside_their_messages_too() {
    setup(1, "trustees");
    let honest = World::honest();
    for (from, to) in [
        (r#"\"index\":1"#, r#"\"index\":01"#),
        (r#"\"index\":1"#, r#"\"index\": 1"#),
        (r#"{\"context\""#, r#"{\"other\":0,\"context\""#),
        (r#"{\"coefexps\""#, r#"{\"coefexps\":[],\"coefexps\""#),
    ] {
        let mut world = honest.clone();
        assert!(world.setup[1].contains(from), "{from}");
        world.setup[1] = world.setup[1].replacen(from, to, 1);
        expect(refused(&world), "trustees", "", "encoding");
    }
}

#[test]
fn another_encoding_of_the_roll_is_refused() {
    setup(2, "credentials");
    let honest = World::honest();
    for weight in [",05", ",+5", ",0", ",5,", ",5,name", ",", ",5.0", ",0x5"] {
        let mut world = honest.clone();
        world.setup[2] = world.setup[2].replacen(",5", weight, 1);
        expect(refused(&world), "credentials", "", "encoding");
    }
}

#[test]
fn another_encoding_of_a_ballot_is_refused_by_its_event_and_tracker() {
    let honest = World::honest();
    let Event::Ballot(json) = &honest.events[3] else {
        panic!()
    };
    for json in otherwise(json) {
        let mut world = honest.clone();
        let object = format!("event 4, ballot {}", Digest::of(&json));
        world.events[3] = Event::Ballot(json);
        expect(refused(&world), "ballots", &object, "encoding");
    }
}

#[test]
fn another_encoding_of_the_encrypted_tally_is_not_the_sum() {
    let honest = World::honest();
    let Event::Tally {
        tally,
        ballots,
        weight,
    } = honest.events[5].clone()
    else {
        panic!()
    };
    for tally in otherwise(&tally) {
        let mut world = honest.clone();
        world.events[5] = Event::Tally {
            tally,
            ballots,
            weight,
        };
        expect(refused(&world), "encrypted-tally", "event 6", "sum");
    }
}

#[test]
fn another_encoding_of_a_partial_decryption_is_refused_by_its_owner() {
    let honest = World::honest();
    let Event::Partial(owner, json) = honest.events[7].clone() else {
        panic!()
    };
    for json in otherwise(&json) {
        let mut world = honest.clone();
        world.events[7] = Event::Partial(owner, json);
        let object = format!("event 8, trustee {owner}");
        expect(refused(&world), "partial-decryptions", &object, "encoding");
    }
}

#[test]
fn another_encoding_of_the_result_is_refused() {
    let honest = World::honest();
    let Event::Result(json) = honest.events[9].clone() else {
        panic!()
    };
    let numbers =
        ["05", "+5", "5.0", "5e0", "\"5\"", "0x5", "5,"].map(|n| json.replacen('5', n, 1));
    for json in otherwise(&json).into_iter().chain(numbers) {
        let mut world = honest.clone();
        world.events[9] = Event::Result(json);
        expect(refused(&world), "result", "event 10", "encoding");
    }
}
