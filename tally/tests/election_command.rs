//! A whole election by the command: the walk-through of `docs/election-by-command.md` is what is run here.
#![cfg(all(feature = "cli", unix))]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

#[path = "election_command/closing.rs"]
mod closing;
mod common;
#[path = "election_command/desk.rs"]
mod desk;
#[path = "election_command/faults.rs"]
mod faults;
#[path = "election_command/groups.rs"]
mod groups;
#[path = "common/log.rs"]
mod log;
#[path = "election_command/paper.rs"]
mod paper;
#[path = "election_command/record.rs"]
mod record;
#[path = "election_command/revocation.rs"]
mod revocation;
#[path = "election_command/together.rs"]
mod together;
#[path = "election_command/trustees.rs"]
mod trustees;

use std::fs;

use desk::{Desk, blocks, walk};
use serde_json::Value;

#[test]
fn the_walk_through_holds_an_election_that_anyone_verifies() {
    let desk = Desk::new();
    let mut ran = 0;
    for block in blocks("sh") {
        desk.must(&format!("set -e\n{block}"));
        ran += 1;
    }
    assert_eq!(
        ran, 6,
        "the rule, the key, the vote, the lost card, the count, the check"
    );
    let bundle = desk.run("tally verify poll.zip");
    assert!(bundle.out.ends_with("\nverified\n"), "{}", bundle.out);
    assert!(bundle.out.contains("\nok      spoiled\n"), "{}", bundle.out);
    let archive = desk.run("tally verify --json vote/election.bel");
    let report: Value = serde_json::from_str(&archive.out).unwrap();
    assert_eq!(report["verdict"], "verified");
    assert_eq!(report["counted"]["result"], serde_json::json!([[3, 1, 2]]));
    let trustees = desk.json("vote/trustees.json");
    assert_eq!(
        (&trustees[0][0], &trustees[0][1]["threshold"]),
        (&"Pedersen".into(), &2.into())
    );
    assert_eq!(desk.json("vote/spoiled.json").as_array().unwrap().len(), 1);
    let figures = desk.json("vote/figures.json");
    for (name, expected) in [
        ("device_credentials", 4),
        ("paper_credentials", 2),
        ("revoked", 1),
        ("paper_issued", 1),
        ("issued", 4),
        ("returned", 4),
        ("invalid", 0),
    ] {
        assert_eq!(figures[name], expected, "{name}");
    }
    assert_eq!(desk.json("vote/voided.json").as_array().unwrap().len(), 1);
    assert_eq!(desk.json("other/poll.json")["group"], "BELENIOS-2048");
}

#[test]
fn secrets_are_for_their_owners_eyes_and_are_not_printed() {
    let desk = Desk::new();
    desk.with_key();
    desk.draw_cards();
    desk.must("tally election open vote");
    let sealed =
        desk.must("tally election ballot seal vote --credential card-1.txt --choose 1 --out mine");
    desk.must(
        "tally election ballot seal vote --credential - --choose none --out other < card-2.txt",
    );
    for secret in [
        "cards.html",
        "paper.txt",
        "trustee-1.key",
        "mine.opening.json",
    ] {
        assert_eq!(desk.mode(secret), 0o600, "{secret}");
    }
    let card = fs::read_to_string(desk.path("card-1.txt")).unwrap();
    assert!(!sealed.contains(&card));
    let key: Value = desk.json("trustee-1.key");
    assert_eq!(key["round"], "key");
    // What is public holds no secret: neither the keys nor the credentials nor the openings.
    let secrets = [
        card.as_str(),
        key["state"].as_str().unwrap().trim_matches('"'),
    ];
    for entry in walk(&desk.path("vote")) {
        let text = String::from_utf8_lossy(&fs::read(&entry).unwrap()).into_owned();
        assert!(
            secrets.iter().all(|secret| !text.contains(secret)),
            "{}",
            entry.display()
        );
    }
    desk.must("tally election cast vote mine");
    assert!(!desk.path("mine.opening.json").exists());
    let joined = desk.run("tally election setup again --rule rule.toml --labels labels.txt --trustees 2 --threshold 2 && tally election trustee join again --number 1 --key quiet.key");
    assert!(!joined.out.contains("passphrase"));
    let asked =
        desk.must("tally election trustee join again --number 2 --key said.key --show-passphrase");
    assert!(asked.contains("passphrase "));
}

#[test]
fn a_challenged_ballot_shows_what_it_hid_and_is_never_cast() {
    let desk = Desk::new();
    desk.with_key();
    desk.draw_cards();
    desk.must("tally election open vote");
    desk.must("tally election ballot seal vote --credential card-1.txt --choose 1,3 --out mine");
    let kept = fs::read(desk.path("mine.ballot.json")).unwrap();
    let said = desk.must("tally election ballot challenge vote mine");
    let check = said.lines().last().unwrap().split_once(": ").unwrap().1;
    let opened = desk.must(check);
    assert!(
        opened.contains("[x] a 修路")
            && opened.contains("[ ] b 学校")
            && opened.contains("[x] c 诊所"),
        "{opened}"
    );
    // Whoever has kept a copy of the ballot cannot cast it.
    fs::write(desk.path("kept.ballot.json"), kept).unwrap();
    desk.refused("tally election cast vote kept", "challenged and is spoiled");
    desk.must("tally election ballot seal vote --credential card-1.txt --choose 2 --out again");
    desk.must("tally election cast vote again");
    // Done again it says the same; it is in the archive once.
    assert!(
        desk.must("tally election cast vote again")
            .starts_with("cast ")
    );
    assert_eq!(desk.ballots("vote"), 1);
    desk.must("tally election ballot seal vote --credential card-1.txt --choose 1 --out second");
    desk.refused("tally election cast vote second", "revote");
}

#[test]
fn an_archive_with_a_flaw_is_neither_stated_nor_decrypted() {
    let desk = Desk::closed();
    let archive = fs::read(desk.path("vote/election.bel")).unwrap();
    let mut flawed = archive.clone();
    let middle = flawed.len() / 2;
    flawed[middle] ^= 1;
    fs::write(desk.path("vote/election.bel"), &flawed).unwrap();
    let attest = "tally election attest vote --key trustee-1.key --ballots 3";
    let said = desk.run(attest);
    assert_eq!(said.code, 1, "{}", said.error);
    assert!(!desk.path("trustee-1.key.closing.json").exists());
    // Another rule than the one that the ballots signed.
    fs::write(desk.path("vote/election.bel"), &archive).unwrap();
    let rule = fs::read_to_string(desk.path("vote/rule.toml")).unwrap();
    fs::write(
        desk.path("vote/rule.toml"),
        rule.replace("places = 1", "places = 2"),
    )
    .unwrap();
    desk.refused(attest, "not the election of poll.json");
    assert!(!desk.path("trustee-1.key.closing.json").exists());
}

#[test]
fn an_invalid_partial_decryption_is_blamed_and_survived_by_two_others() {
    let desk = Desk::closed();
    desk.attest("vote", &[1, 2, 3]);
    desk.must("tally election decrypt vote --key trustee-1.key");
    desk.must("tally election decrypt vote --key trustee-2.key");
    let (first, second) = (
        "vote/partials/trustee-1.json",
        "vote/partials/trustee-2.json",
    );
    fs::copy(desk.path(first), desk.path(second)).unwrap();
    let blame = "the partial decryption of trustee 2: question 0, choice 0: the proof of decryption does not hold";
    desk.refused("tally election result vote", blame);
    desk.must("tally election decrypt vote --key trustee-3.key");
    let result = desk.must("tally election result vote");
    assert!(
        result.starts_with(&format!("left out: {blame}\n")),
        "{result}"
    );
    assert!(
        result.ends_with("       2  a 修路\n       1  b 学校\n       0  c 诊所\n"),
        "{result}"
    );
    let said = desk.must("tally verify vote/election.bel");
    assert!(
        said.contains("ok      partial-decryptions") && said.ends_with("\nverified\n"),
        "{said}"
    );
    desk.must("tally election decide vote --present 4");
    desk.must("tally election bundle vote --out poll.zip");
    assert!(desk.must("tally verify poll.zip").ends_with("\nverified\n"));
}

#[test]
fn nothing_is_overwritten_and_every_refusal_says_what_to_do() {
    let desk = Desk::new();
    let nothing = desk.run("tally election open vote");
    assert_eq!(nothing.code, 2);
    assert!(
        nothing
            .error
            .contains("make one with `tally election setup`"),
        "{}",
        nothing.error
    );
    let setup =
        "tally election setup vote --rule rule.toml --labels labels.txt --trustees 3 --threshold 2";
    desk.must(setup);
    desk.refused(setup, "nothing is overwritten");
    let early = desk.run("tally election open vote");
    assert!(
        early.error.contains("first `tally election credentials`"),
        "{}",
        early.error
    );
    desk.must("tally election credentials vote --count 6 --cards cards.html --paper paper.txt");
    desk.refused(
        "tally election credentials vote --count 6 --cards more.html --paper more.txt",
        "a second set would not be on the roll",
    );
    assert!(!desk.path("more.html").exists());
    let early = desk.run("tally election open vote");
    assert!(
        early
            .error
            .contains("first `tally election trustee finish`"),
        "{}",
        early.error
    );
    for threshold in ["1", "4"] {
        let said = desk.run(&format!("tally election setup other --rule rule.toml --labels labels.txt --trustees 3 --threshold {threshold}"));
        assert_eq!(said.code, 2);
        assert!(
            said.error.contains("a threshold of 2 to all of them"),
            "{}",
            said.error
        );
    }
    for trustees in ["0", "256", "4294967295"] {
        desk.says(
            &format!("tally election setup other --rule rule.toml --trustees {trustees}"),
            2,
            "an election has 1 to 255 trustees",
        );
    }
    let said = desk.run("tally election setup other --rule rule.toml --labels rule.toml");
    assert!(
        said.error.contains("labels for the 3 items of the rule"),
        "{}",
        said.error
    );
    assert!(!desk.path("other").exists());
}
