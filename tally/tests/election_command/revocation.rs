//! A lost card is revoked: no ballot of it is accepted, and the figures say so.

use std::fs;

use serde_json::{Value, json};

use super::desk::Desk;

/// The beginning of a public credential, as errors and stubs show it.
fn tag(stub: &str) -> String {
    stub.split(' ').collect()
}

#[test]
fn a_lost_card_is_revoked_by_its_stub_and_casts_nothing() {
    let desk = Desk::open();
    let stub = desk.stubs()[3].clone();
    desk.must("tally election ballot seal vote --credential card-4.txt --choose 1 --out found");
    let said = desk.must(&format!("tally election revoke vote --public '{stub}'"));
    assert!(
        said.starts_with(&format!("revoked {}\n", tag(&stub))),
        "{said}"
    );
    desk.says(
        "tally election cast vote found",
        1,
        &format!(
            "found.ballot.json: its credential {} is revoked: its voter votes on paper",
            tag(&stub)
        ),
    );
    let revoked = desk.json("vote/revocations.json");
    let roll = desk.json("vote/roll.json");
    assert_eq!(revoked.as_array().unwrap().len(), 1);
    assert!(roll.as_array().unwrap().contains(&revoked[0]));
    // The others go on, and the figures and the bundle have it.
    for (card, choice) in [(1, "1,3"), (2, "1"), (3, "1,2")] {
        desk.vote(card, choice);
    }
    desk.count();
    desk.must("tally election decide vote --present 4 --paper-issued 1");
    let figures = desk.json("vote/figures.json");
    assert_eq!(
        (&figures["revoked"], &figures["issued"]),
        (&json!(1), &json!(4))
    );
    desk.must("tally election bundle vote --out poll.zip");
    let report: Value = serde_json::from_str(&desk.must("tally verify --json poll.zip")).unwrap();
    assert_eq!(report["verdict"], "verified");
}

#[test]
fn a_card_that_is_at_hand_is_revoked_from_a_file_or_standard_input() {
    let desk = Desk::open();
    let stubs = desk.stubs();
    desk.must("tally election revoke vote --card card-1.txt");
    let said = desk.must(&format!(
        "tally election revoke vote --card - --public '{}' < card-2.txt",
        stubs[2]
    ));
    let expected = format!("revoked {}\nrevoked {}\n", tag(&stubs[2]), tag(&stubs[1]));
    assert!(said.starts_with(&expected), "{said}");
    let revoked = desk.json("vote/revocations.json");
    let tags: Vec<String> = revoked
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one.as_str().unwrap()[..16].to_owned())
        .collect();
    assert_eq!(tags, [tag(&stubs[0]), tag(&stubs[2]), tag(&stubs[1])]);
}

#[test]
fn what_cannot_be_revoked_is_refused_and_nothing_is_written() {
    let desk = Desk::open();
    let stubs = desk.stubs();
    desk.vote(1, "1");
    let nobody = "0".repeat(64);
    desk.says(
        &format!("tally election revoke vote --public {nobody}"),
        1,
        &format!(
            "no credential on the roll is {nobody} or begins so: compare it with the card's stub"
        ),
    );
    desk.says(
        "tally election revoke vote --public 3f2a",
        1,
        "\"3f2a\" is too short: give the first 12 characters of the public credential or more",
    );
    desk.says(
        &format!("tally election revoke vote --public '{}'", stubs[0]),
        1,
        &format!(
            "the credential {} has cast a ballot, which counts: it is not revoked",
            tag(&stubs[0])
        ),
    );
    let paper = desk.json("vote/paper-credentials.json")[0]
        .as_str()
        .unwrap()
        .to_owned();
    desk.says(
        &format!("tally election revoke vote --public {paper}"),
        1,
        &format!(
            "the credential {} is reserved for paper: if it stays unused, the close voids it",
            &paper[..16]
        ),
    );
    // Of two, one that cannot be: neither is.
    desk.refused(
        &format!(
            "tally election revoke vote --public '{}' --public {nobody}",
            stubs[1]
        ),
        "no credential on the roll",
    );
    assert!(!desk.path("vote/revocations.json").exists());
    desk.must(&format!(
        "tally election revoke vote --public '{}'",
        stubs[1]
    ));
    desk.says(
        "tally election revoke vote --card card-2.txt",
        1,
        &format!("the credential {} is revoked already", tag(&stubs[1])),
    );
    let nothing = desk.run("tally election revoke vote");
    assert_eq!(nothing.code, 2);
    assert!(nothing.error.contains("--public"), "{}", nothing.error);
    desk.must("tally election close vote --no-paper");
    desk.says(
        &format!("tally election revoke vote --public '{}'", stubs[2]),
        1,
        "the ballots have ended: nothing is revoked any more, and nothing needs to be",
    );
}

#[test]
fn a_revocation_that_is_slipped_in_over_a_ballot_stops_the_count() {
    let desk = Desk::open();
    for card in 1..=3 {
        desk.vote(card, "1");
    }
    let stub = tag(&desk.stubs()[0]);
    let roll = desk.json("vote/roll.json");
    let voted = roll
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one.as_str().unwrap().starts_with(&stub))
        .unwrap()
        .clone();
    desk.must("tally election close vote --no-paper");
    fs::write(
        desk.path("vote/revocations.json"),
        json!([voted]).to_string(),
    )
    .unwrap();
    desk.says(
        "tally election attest vote --key trustee-1.key --ballots 3",
        1,
        &format!("vote/revocations.json: the credential {stub} has cast a ballot, which counts: it is not revoked"),
    );
    assert!(!desk.path("trustee-1.key.closing.json").exists());
}
