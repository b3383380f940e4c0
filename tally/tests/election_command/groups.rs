//! The group is a value of the poll: everything works in either.

use std::fs;

use serde_json::{Value, json};

use super::desk::{Desk, walk};

#[test]
fn a_whole_election_in_the_older_group_is_verified() {
    let desk = Desk::new();
    desk.with_key_in("BELENIOS-2048");
    desk.draw_cards();
    desk.must("tally election open vote");
    // Challenge, revocation and paper, too.
    desk.must("tally election ballot seal vote --credential card-1.txt --choose 2 --out tried");
    let said = desk.must("tally election ballot challenge vote tried");
    let check = said.lines().last().unwrap().split_once(": ").unwrap().1;
    assert!(desk.must(check).contains("[x] b 学校"));
    for (card, choice) in [(1, "1,3"), (2, "1,2"), (3, "1,3")] {
        desk.vote(card, choice);
    }
    desk.must("tally ballot verify --fresh --election vote/election.bel b1.ballot.json");
    desk.must(&format!(
        "tally election revoke vote --public '{}'",
        desk.stubs()[3]
    ));
    fs::write(desk.path("one.txt"), "1 none\n").unwrap();
    desk.must("tally election paper vote --first one.txt --second one.txt --credentials paper.txt");
    desk.count();
    desk.must("tally election decide vote --present 4 --paper-issued 1");
    desk.must("tally election bundle vote --out poll.zip");
    for made in ["vote/election.bel", "poll.zip"] {
        let report: Value =
            serde_json::from_str(&desk.must(&format!("tally verify --json {made}"))).unwrap();
        assert_eq!(report["verdict"], "verified", "{made}");
        assert_eq!(report["counted"]["result"], json!([[3, 1, 2]]), "{made}");
    }
    let trustees = desk.json("vote/trustees.json");
    assert_eq!(trustees[0][1]["threshold"], 2);
}

#[test]
fn a_lost_key_file_is_made_again_in_the_older_group() {
    let desk = Desk::new();
    desk.must("tally election setup vote --rule rule.toml --labels labels.txt --trustees 2 --threshold 2 --group BELENIOS-2048");
    let said = desk
        .must("tally election trustee join vote --number 1 --key trustee-1.key --show-passphrase");
    desk.must("tally election trustee join vote --number 2 --key trustee-2.key");
    for round in ["commit", "reveal", "acknowledge", "finish"] {
        for number in 1..=2 {
            desk.must(&format!(
                "tally election trustee {round} vote --key trustee-{number}.key"
            ));
        }
    }
    let passphrase = said
        .lines()
        .next()
        .unwrap()
        .strip_prefix("passphrase ")
        .unwrap();
    desk.must(&format!(
        "echo {passphrase} | tally election trustee recover vote --number 1 --key again.key"
    ));
    assert_eq!(
        desk.json("again.key")["state"],
        desk.json("trustee-1.key")["state"]
    );
}

#[test]
fn an_unknown_group_is_refused_by_the_names_of_the_two() {
    let desk = Desk::new();
    let sentence = "there is no group \"ed25519\" here: it is Ed25519 or BELENIOS-2048";
    desk.says(
        "tally election setup vote --rule rule.toml --labels labels.txt --group ed25519",
        2,
        sentence,
    );
    assert!(!desk.path("vote").exists());
    let votes = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/data/poland_warszawa_2023_wesola.pb"
    );
    desk.says(
        &format!("tally simulate {votes} --group ed25519 --out election.bel"),
        2,
        sentence,
    );
    desk.must("tally election setup vote --rule rule.toml --labels labels.txt");
    let poll = fs::read_to_string(desk.path("vote/poll.json")).unwrap();
    let other = poll.replace("\"Ed25519\"", "\"ed25519\"");
    assert_ne!(other, poll);
    fs::write(desk.path("vote/poll.json"), other).unwrap();
    desk.says(
        "tally election open vote",
        2,
        &format!("vote/poll.json: {sentence}"),
    );
}

#[test]
fn a_folder_from_before_there_was_a_choice_is_in_the_first_group() {
    let desk = Desk::new();
    desk.must(
        "tally election setup vote --rule rule.toml --labels labels.txt --trustees 2 --threshold 2",
    );
    let mut poll = desk.json("vote/poll.json");
    assert_eq!(
        poll.as_object_mut().unwrap().remove("group"),
        Some(json!("Ed25519"))
    );
    fs::write(desk.path("vote/poll.json"), poll.to_string()).unwrap();
    desk.must("tally election trustee join vote --number 1 --key trustee-1.key");
    let certificate = fs::read_to_string(desk.path("vote/ceremony/1-certificate-1.json")).unwrap();
    assert!(
        certificate.contains(r#"\"group\":\"Ed25519\""#),
        "{certificate}"
    );
    // Those two, the rule, and the lock.
    assert_eq!(walk(&desk.path("vote")).len(), 4);
}
