//! One closing is stated and one tally decrypted with a key, ever, and only what enough have stated.

use std::fs;

use ballot::{Digest, Print, Wire as _};
use serde_json::json;

use super::desk::Desk;

#[test]
fn a_key_states_one_closing_and_decrypts_it_whatever_copy_of_it_is_used() {
    let desk = Desk::closed();
    desk.attest("vote", &[1, 2, 3]);
    let record = desk.json("trustee-1.key.closing.json");
    assert_eq!(record["election"], desk.json("vote/poll.json")["uuid"]);
    assert_eq!(desk.mode("trustee-1.key.closing.json"), 0o600);
    let statement = fs::read_to_string(desk.path("vote/closings/trustee-1.json")).unwrap();
    assert_eq!(record["statement"], json!(statement));
    // Two tallies that differ by one ballot would tell that ballot.
    let less = "tally election attest less --ballots 2 --key";
    let refusal = "this key has stated another closing, of 3 ballots";
    desk.refused(&format!("{less} trustee-1.key"), refusal);
    desk.must(
        "mkdir elsewhere && cp trustee-1.key elsewhere/copy.key && ln -s trustee-1.key link.key",
    );
    for key in ["elsewhere/copy.key", "link.key"] {
        desk.refused(&format!("{less} {key}"), refusal);
    }
    // Another user, who has the record beside the key and not the other.
    desk.refused(
        &format!("XDG_STATE_HOME=$PWD/other {less} trustee-1.key"),
        refusal,
    );
    // The same user, who has lost the one beside the key.
    desk.must("mv trustee-1.key.closing.json away.json");
    desk.refused(&format!("{less} trustee-1.key"), refusal);
    assert!(!desk.path("less/closings").exists());
    desk.must("tally election decrypt vote --key elsewhere/copy.key");
    let partial = fs::read_to_string(desk.path("vote/partials/trustee-1.json")).unwrap();
    assert_eq!(
        desk.json("elsewhere/copy.key.closing.json")["partial"],
        json!(partial)
    );
    // Done again, it is the same decryption and not another one.
    fs::remove_file(desk.path("vote/partials/trustee-1.json")).unwrap();
    desk.must("tally election decrypt vote --key trustee-1.key");
    let again = fs::read_to_string(desk.path("vote/partials/trustee-1.json")).unwrap();
    assert_eq!(again, partial);
    desk.refused("tally election decrypt less --key trustee-1.key", refusal);
}

#[test]
fn a_recovered_key_has_done_what_the_lost_one_did() {
    let desk = Desk::new();
    desk.must(
        "tally election setup vote --rule rule.toml --labels labels.txt --trustees 2 --threshold 2",
    );
    desk.must("tally election credentials vote --count 6 --cards cards.html --paper paper.txt");
    let said = desk
        .must("tally election trustee join vote --number 1 --key trustee-1.key --show-passphrase");
    fs::write(
        desk.path("passphrase.txt"),
        said.lines().next().unwrap().replace("passphrase ", ""),
    )
    .unwrap();
    desk.must("tally election trustee join vote --number 2 --key trustee-2.key");
    for round in ["commit", "reveal", "acknowledge", "finish"] {
        for number in 1..=2 {
            desk.must(&format!(
                "tally election trustee {round} vote --key trustee-{number}.key"
            ));
        }
    }
    desk.draw_cards();
    desk.must("tally election open vote && cp -r vote less");
    desk.vote(1, "1");
    for folder in ["vote", "less"] {
        desk.must(&format!("tally election close {folder} --no-paper"));
    }
    desk.attest("vote", &[1, 2]);
    desk.must("rm trustee-1.key trustee-1.key.closing.json");
    // However often it is stopped.
    let recover = "tally election trustee recover vote --number 1 --key again.key < passphrase.txt";
    let stopped =
        (1..100).find(|step| desk.run(&format!("TALLY_FAULT=kill:{step} {recover}")).code != 99);
    assert!(stopped > Some(5), "{stopped:?}");
    desk.must(recover);
    desk.refused(
        "tally election attest less --key again.key --ballots 0",
        "this key has stated another closing, of 1 ballots",
    );
    let said = desk.run("tally election decrypt vote --key again.key");
    assert_eq!(said.code, 0, "{}", said.error);
    assert!(
        said.error
            .contains("was recovered and does not know the trustees"),
        "{}",
        said.error
    );
}

#[test]
fn nothing_is_stated_but_the_number_that_was_reported_aloud() {
    let desk = Desk::closed();
    let attest = "tally election attest vote --key trustee-1.key";
    desk.refused(
        &format!("{attest} --ballots 4"),
        "the archive has 3 ballots that count, and 4 were reported aloud: nothing was signed",
    );
    let silent = desk.run(&format!("{attest} < /dev/null"));
    assert_eq!(silent.code, 2);
    assert!(
        silent.error.contains("say by --ballots N"),
        "{}",
        silent.error
    );
    assert!(
        !desk.path("vote/closings").exists() && !desk.path("trustee-1.key.closing.json").exists()
    );
    let said = desk.must(&format!("{attest} --ballots 3"));
    assert!(said.starts_with("3 ballots are summed\nprint "), "{said}");
    // All see the same print.
    let other = desk.must("tally election attest vote --key trustee-2.key --ballots 3");
    assert_eq!(said.lines().nth(1), other.lines().nth(1));
    let less = desk.must("tally election attest less --key trustee-3.key --ballots 2");
    assert_ne!(said.lines().nth(1), less.lines().nth(1));
}

#[test]
fn a_device_decrypts_what_it_has_stated_and_enough_others_have() {
    let desk = Desk::closed();
    let decrypt = "tally election decrypt vote --key trustee-1.key";
    let early = desk.run(decrypt);
    assert_eq!(early.code, 2);
    assert!(
        early.error.contains("first `tally election attest`"),
        "{}",
        early.error
    );
    desk.attest("vote", &[1, 3]);
    desk.refused(
        decrypt,
        "2 of the 3 closing statements that are needed are alike",
    );
    desk.refused(
        &format!("{decrypt} --present 1,2"),
        "trustee 2 is present and has not stated this closing",
    );
    desk.refused(
        &format!("{decrypt} --present 1"),
        "fewer than half of the trustees are present",
    );
    // One under another's name, and one that was changed.
    desk.must("cp vote/closings/trustee-3.json vote/closings/trustee-2.json");
    let moved = desk.run(decrypt);
    assert_eq!(moved.code, 2);
    assert!(
        moved.error.contains("trustee-2.json: it is of trustee 3"),
        "{}",
        moved.error
    );
    desk.must("sed -i 's/\"trustee\":3/\"trustee\":2/' vote/closings/trustee-2.json");
    let forged = desk.run(decrypt);
    assert_eq!(forged.code, 1);
    assert!(
        forged
            .out
            .contains("the closing statement of trustee 2 is not signed by it"),
        "{}",
        forged.out
    );
    desk.must("rm vote/closings/trustee-2.json");
    assert!(!desk.path("vote/partials").exists());
    desk.must(&format!("{decrypt} --present 1,3"));
    desk.attest("vote", &[2]);
    desk.must("tally election decrypt vote --key trustee-3.key");
    desk.must("tally election result vote");
}

/// Only who keeps the folder cheats: two archives, shown to different trustees.
#[test]
fn two_archives_of_one_election_do_not_both_find_who_decrypts() {
    let desk = Desk::new();
    let setup = "tally election setup vote --rule rule.toml --labels labels.txt --trustees 4";
    desk.says(
        &format!("{setup} --threshold 2"),
        2,
        "2 of 4 trustees are not more than half of them: others could decrypt another tally",
    );
    desk.must(&format!("{setup} --threshold 3"));
    desk.must("tally election credentials vote --count 6 --cards cards.html --paper paper.txt");
    desk.must("for n in 1 2 3 4; do tally election trustee join vote --number $n --key trustee-$n.key || exit; done");
    for round in ["commit", "reveal", "acknowledge", "finish"] {
        desk.must(&format!("for n in 1 2 3 4; do tally election trustee {round} vote --key trustee-$n.key || exit; done"));
    }
    desk.draw_cards();
    desk.must("tally election open vote");
    desk.vote(2, "2");
    desk.must("cp -r vote less");
    desk.vote(1, "1,3");
    for (folder, trustees) in [("vote", [1, 2]), ("less", [3, 4])] {
        desk.must(&format!("tally election close {folder} --no-paper"));
        desk.attest(folder, &trustees);
    }
    desk.must("cp less/closings/* vote/closings/ && cp vote/closings/* less/closings/");
    for (folder, trustee, other) in [("vote", 1, 3), ("less", 3, 1)] {
        let decrypt = format!("tally election decrypt {folder} --key trustee-{trustee}.key");
        let said = desk.run(&decrypt);
        assert_eq!(said.code, 1, "{}", said.error);
        assert!(
            said.error
                .contains("2 of the 4 closing statements that are needed are alike"),
            "{}",
            said.error
        );
        assert!(
            said.out.contains(&format!("trustee {other} states ")),
            "{}",
            said.out
        );
        assert!(!desk.path(folder).join("partials").exists());
        desk.refused(
            &format!("{decrypt} --present 1,2,3,4"),
            "has not stated this closing",
        );
    }
}

#[test]
fn a_record_that_cannot_be_read_stops_the_key() {
    let desk = Desk::closed();
    fs::write(desk.path("trustee-1.key.closing.json"), "").unwrap();
    let said = desk.run("tally election attest vote --key trustee-1.key --ballots 3");
    assert_eq!(said.code, 2);
    assert!(
        said.error.contains("trustee-1.key.closing.json: EOF"),
        "{}",
        said.error
    );
    // Two records that are not of the same closing: neither is believed.
    desk.must("rm trustee-1.key.closing.json");
    desk.attest("vote", &[1]);
    let mut other = desk.json("trustee-1.key.closing.json");
    other["statement"] = json!("{}");
    fs::write(desk.path("trustee-1.key.closing.json"), other.to_string()).unwrap();
    desk.refused(
        "tally election attest vote --key trustee-1.key --ballots 3",
        "two records of this key are not of the same closing; do nothing more with this key",
    );
}

#[test]
fn each_device_approves_the_election_of_its_own_ceremony() {
    let desk = Desk::new();
    desk.with_key();
    desk.must("tally election open vote");
    let prints: Vec<String> = (1..=3)
        .map(|n| {
            desk.must(&format!(
                "tally election approve vote --key trustee-{n}.key"
            ))
            .lines()
            .nth(1)
            .unwrap()
            .to_owned()
        })
        .collect();
    assert!(prints[0].starts_with("print ") && prints[0] == prints[1] && prints[1] == prints[2]);
    let opened = desk.must("tally election open vote");
    assert!(
        prints[0].starts_with(opened.lines().nth(1).unwrap()),
        "{opened}"
    );
    let (_, fingerprint) = opened.lines().next().unwrap().rsplit_once(' ').unwrap();
    let fingerprint = Digest::from_json(json!(fingerprint).to_string().as_bytes()).unwrap();
    let print = format!("print {}", Print::of_election(&fingerprint));
    assert_eq!(opened.lines().nth(1), Some(print.as_str()));
    // And so does each device that seals.
    desk.draw_cards();
    let sealed =
        desk.must("tally election ballot seal vote --credential card-1.txt --choose 1 --out b1");
    assert!(
        sealed.contains(&format!("\nelection {print}\n")),
        "{sealed}"
    );
    let approval = desk.json("vote/approvals/trustee-2.json");
    assert_eq!(approval["trustee"], 2);
    // Another's approval in its place is found.
    desk.must("cp vote/approvals/trustee-3.json vote/approvals/trustee-2.json");
    desk.refused(
        "tally election approve vote --key trustee-2.key",
        "is not what trustee 2 states of this election",
    );
    // A device of another ceremony for the same poll approves nothing of this one.
    let mut key = desk.json("trustee-1.key");
    key["trustees"] = json!("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU");
    fs::write(desk.path("other.key"), key.to_string()).unwrap();
    desk.must("chmod 600 other.key");
    desk.refused(
        "tally election approve vote --key other.key",
        "its trustees are not those of the ceremony that other.key has gone through",
    );
}

#[test]
fn a_vote_is_opened_only_with_the_paper_credentials_that_the_rule_reserves() {
    let desk = Desk::new();
    desk.with_key();
    desk.must("cp vote/paper-credentials.json kept.json");
    let sentence = "vote/paper-credentials.json has 1 credentials, and the rule reserves 2: get it from where it was published";
    let listed = desk.json("kept.json");
    for list in [json!([listed[0]]), json!([listed[0], listed[0]])] {
        fs::write(desk.path("vote/paper-credentials.json"), list.to_string()).unwrap();
        desk.says("tally election open vote", 1, sentence);
    }
    let foreign = "0".repeat(64);
    fs::write(
        desk.path("vote/paper-credentials.json"),
        json!([listed[0], foreign]).to_string(),
    )
    .unwrap();
    let said = desk.run("tally election open vote");
    assert_eq!(said.code, 2);
    assert!(
        said.error
            .contains(&format!("no credential on the roll is {foreign}")),
        "{}",
        said.error
    );
    assert!(!desk.path("vote/election.bel").exists());
    desk.must("cp kept.json vote/paper-credentials.json && tally election open vote");
}

#[test]
fn a_challenge_that_was_interrupted_is_finished_and_never_counts() {
    let desk = Desk::open();
    for (card, choice) in [(1, "2"), (2, "3")] {
        desk.must(&format!("tally election ballot seal vote --credential card-{card}.txt --choose {choice} --out tried-{card}"));
    }
    let bytes = fs::read(desk.path("tried-1.ballot.json")).unwrap();
    // From the step on at which the opening is public, the ballot cannot be cast, and others can challenge.
    let mut public = 0;
    for step in 2.. {
        let trial = desk.copy();
        let said = trial.run(&format!(
            "TALLY_FAULT=kill:{step} tally election ballot challenge vote tried-1"
        ));
        if said.code == 0 {
            break;
        }
        let opened = trial.path("vote/challenged/1.opening.json").exists();
        public += u32::from(opened);
        if opened {
            fs::write(trial.path("kept.ballot.json"), &bytes).unwrap();
            trial.refused(
                "tally election cast vote kept",
                "it was challenged and is spoiled",
            );
        }
        trial.must("tally election ballot challenge vote tried-2");
    }
    assert!(public > 0);
}

#[test]
fn names_from_files_do_not_steer_the_terminal() {
    let desk = Desk::new();
    desk.must("printf '修\\033[2J路\\n学校\\n诊所\\n' > labels.txt");
    let setup = desk.run(
        "tally election setup vote --rule rule.toml --labels labels.txt --name 票决 --trustees 2",
    );
    assert!(!setup.error.contains('\u{1b}') && !setup.out.contains('\u{1b}'));
    desk.must("tally election setup plain --rule rule.toml --trustees 2");
    let poll = fs::read_to_string(desk.path("plain/poll.json")).unwrap();
    fs::write(
        desk.path("plain/poll.json"),
        poll.replace("\"uuid\"", "\"\\u001b[8m\""),
    )
    .unwrap();
    let said = desk.run("tally election open plain");
    assert_eq!(said.code, 2);
    assert!(
        said.error.contains("\\u{1b}[8m") && !said.error.contains('\u{1b}'),
        "{}",
        said.error
    );
}
