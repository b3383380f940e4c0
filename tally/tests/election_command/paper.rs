//! Paper ballots in the same sealed count.

use std::fs;

use serde_json::{Value, json};

use super::desk::Desk;

const PAPER: &str =
    "tally election paper vote --first one.txt --second two.txt --credentials paper.txt";

fn type_in(desk: &Desk, first: &str, second: &str) {
    fs::write(desk.path("one.txt"), first).unwrap();
    fs::write(desk.path("two.txt"), second).unwrap();
}

/// Two of the four voters vote on paper.
fn revoke_two(desk: &Desk) {
    for stub in &desk.stubs()[2..] {
        desk.must(&format!("tally election revoke vote --public '{stub}'"));
    }
}

#[test]
fn paper_is_counted_with_the_rest_and_over_ticked_paper_is_invalid() {
    let desk = Desk::open();
    for (card, choice) in [(1, "1,3"), (2, "1,2")] {
        desk.vote(card, choice);
    }
    revoke_two(&desk);
    type_in(&desk, "1 1,2,3\n2 3,1\n", "2 1,3\n1 1,2,3\n");
    let said = desk.must(PAPER);
    assert_eq!(
        said,
        "2 sheets: 1 sealed and cast, 1 invalid; keep all of them\n"
    );
    let paper = desk.json("vote/paper.json");
    assert_eq!(
        (&paper["returned"], &paper["invalid"]),
        (&json!(2), &json!([1]))
    );
    desk.count();
    // The invalid sheet's credential is left over.
    assert_eq!(desk.json("vote/voided.json").as_array().unwrap().len(), 1);
    desk.says(
        "tally election decide vote --present 4 --paper-issued 1",
        1,
        "2 sheets came out of the box, and --paper-issued is 1: if so, the vote is void and must be held again",
    );
    desk.says(
        "tally election decide vote --present 4 --paper-issued 2 --invalid 0",
        2,
        "--invalid 0: paper.json has 1; leave the argument out",
    );
    desk.must("tally election decide vote --present 4 --paper-issued 2");
    let expected = json!({
        "deputies": 4, "present": 4, "device_credentials": 4, "paper_credentials": 2, "revoked": 2,
        "paper_issued": 2, "issued": 4, "returned": 4, "invalid": 1,
    });
    assert_eq!(desk.json("vote/figures.json"), expected);
    let decision = desk.json("vote/decision.json");
    assert_eq!(
        (&decision["sheet"]["valid"], &decision["sheet"]["invalid"]),
        (&json!(3), &json!(1))
    );
    desk.must("tally election bundle vote --out poll.zip");
    let report: Value = serde_json::from_str(&desk.must("tally verify --json poll.zip")).unwrap();
    assert_eq!(report["verdict"], "verified");
    assert_eq!(report["counted"]["result"], json!([[3, 1, 2]]));
    let checks = report["checks"].as_array().unwrap();
    let paper = checks.iter().find(|check| check["check"] == "paper");
    assert_eq!(paper.unwrap()["status"], "passed");
    let mut zip = zip::ZipArchive::new(fs::File::open(desk.path("poll.zip")).unwrap()).unwrap();
    for name in ["paper.json", "voided.json"] {
        let bundled = std::io::read_to_string(zip.by_name(name).unwrap()).unwrap();
        let beside = fs::read_to_string(desk.path("vote").join(name)).unwrap();
        assert_eq!(bundled, beside);
    }
}

#[test]
fn a_bundle_of_other_paper_is_not_written() {
    let desk = Desk::open();
    desk.vote(1, "1");
    revoke_two(&desk);
    type_in(&desk, "1 1\n2 invalid\n", "1 1\n2 invalid\n");
    desk.must(PAPER);
    desk.count();
    desk.must("tally election decide vote --present 4 --paper-issued 2");
    let paper = fs::read_to_string(desk.path("vote/paper.json")).unwrap();
    let bundle = "tally election bundle vote --out poll.zip";
    fs::write(desk.path("vote/paper.json"), paper.replace("[2]", "[]")).unwrap();
    desk.says(
        bundle,
        1,
        "the bundle would not be verified: paper, paper.json: 1 sealed and 0 invalid, `returned` is 2; \
         correct it by `tally election decide`",
    );
    fs::remove_file(desk.path("vote/paper.json")).unwrap();
    desk.refused(bundle, "the rule reserves 2 paper ballots");
    desk.says(
        "tally election decide vote --present 4 --paper-issued 2",
        2,
        "vote/paper.json is not there yet: first `tally election close`",
    );
    fs::write(desk.path("vote/paper.json"), paper).unwrap();
    fs::write(desk.path("vote/voided.json"), "[]").unwrap();
    desk.refused(bundle, "1 sealed and 0 voided, the rule reserves 2");
    assert!(!desk.path("poll.zip").exists());
}

#[test]
fn an_empty_box_leaves_both_files_and_a_bundle_that_is_verified() {
    let desk = Desk::open();
    for card in 1..=4 {
        desk.vote(card, "1");
    }
    desk.count();
    let expected = json!({"returned": 0, "invalid": [], "sealed": []});
    assert_eq!(desk.json("vote/paper.json"), expected);
    assert_eq!(desk.json("vote/voided.json").as_array().unwrap().len(), 2);
    desk.must("tally election decide vote --present 4");
    desk.must("tally election bundle vote --out poll.zip");
    let said = desk.must("tally verify poll.zip");
    assert!(said.contains("\nok      paper\n"), "{said}");
}

/// The count is written before its ballots are cast: where only the one was written, the other is made again.
#[test]
fn interrupted_paper_is_sealed_again_and_once() {
    let desk = Desk::open();
    desk.vote(1, "1");
    revoke_two(&desk);
    type_in(&desk, "1 1,3\n2 invalid\n", "1 1,3\n2 invalid\n");
    desk.must("cp vote/election.bel before.bel");
    desk.must(PAPER);
    let lost = desk.json("vote/paper.json");
    // As if the archive had not been written.
    desk.must("cp before.bel vote/election.bel && cp before.bel vote/.election.bel.new");
    for close in ["", " --no-paper"] {
        desk.says(
            &format!("tally election close vote{close}"),
            1,
            "`tally election paper` was interrupted before it cast the ballots of paper.json: \
             do it again, nothing is sealed twice",
        );
    }
    desk.vote(2, "2");
    desk.must(PAPER);
    let paper = desk.json("vote/paper.json");
    assert_ne!(paper["sealed"], lost["sealed"]);
    desk.refused(PAPER, "a box is emptied once");
    desk.count();
    desk.must("tally election decide vote --present 4 --paper-issued 2");
    desk.must("tally election bundle vote --out poll.zip");
    let report: Value = serde_json::from_str(&desk.must("tally verify --json poll.zip")).unwrap();
    assert_eq!(report["verdict"], "verified");
    assert_eq!(report["counted"]["result"], json!([[2, 1, 1]]));
    assert_eq!(desk.json("vote/figures.json")["returned"], 4);
}

#[test]
fn an_interrupted_close_is_done_again() {
    let desk = Desk::open();
    desk.must("cp vote/election.bel before.bel");
    desk.must("tally election close vote --no-paper");
    let voided = desk.json("vote/voided.json");
    desk.must("cp before.bel vote/election.bel");
    desk.must("tally election close vote --no-paper");
    assert_eq!(desk.json("vote/voided.json"), voided);
    // A sheet that was found before it was done again.
    desk.must("cp before.bel vote/election.bel");
    type_in(&desk, "1 1\n", "1 1\n");
    desk.must(PAPER);
    desk.must("tally election close vote");
    assert_eq!(desk.json("vote/paper.json")["returned"], 1);
    assert_eq!(desk.json("vote/voided.json").as_array().unwrap().len(), 1);
}

#[test]
fn a_count_or_a_list_that_was_lost_stops_the_close() {
    let desk = Desk::open();
    desk.must("cp vote/paper-credentials.json kept.json");
    fs::write(desk.path("vote/paper-credentials.json"), "[]").unwrap();
    desk.says(
        "tally election close vote --no-paper",
        1,
        "vote/paper-credentials.json has 0 credentials, and the rule reserves 2: get it from where it was published",
    );
    desk.must("cp kept.json vote/paper-credentials.json");
    type_in(&desk, "1 1\n", "1 1\n");
    desk.must(PAPER);
    fs::remove_file(desk.path("vote/paper.json")).unwrap();
    for line in [PAPER, "tally election close vote --no-paper"] {
        desk.says(
            line,
            1,
            "vote/paper.json and the ballots under the reserved credentials are not the same: \
             get it and election.bel from where they were published",
        );
    }
}

#[test]
fn tellers_who_differ_are_told_where_and_nothing_is_sealed() {
    let desk = Desk::open();
    let before = fs::read(desk.path("vote/election.bel")).unwrap();
    type_in(&desk, "1 1,3\n2 none\n", "1 1,2\n");
    desk.says(
        PAPER,
        1,
        "the tellers do not agree: sheet 1: the first teller has `1,3`, the second teller has `1,2`; \
         sheet 2: the first teller has `none`, the second teller does not have it; \
         look at the paper, correct the lists, and type nothing from each other",
    );
    assert_eq!(fs::read(desk.path("vote/election.bel")).unwrap(), before);
    assert!(!desk.path("vote/paper.json").exists());
    type_in(&desk, "1 1,3\n2 none\n", "1 1,3\n2 none\n");
    desk.must(PAPER);
    desk.says(
        PAPER,
        1,
        "vote/paper.json is there: the paper has been sealed, and a box is emptied once",
    );
    desk.says(
        "tally election close vote --no-paper",
        2,
        "--no-paper: paper.json says that the box has been emptied; leave the argument out",
    );
    let said = desk.must("tally election close vote");
    assert!(!said.contains("voided"), "{said}");
    assert_eq!(desk.json("vote/voided.json"), json!([]));
}

#[test]
fn more_paper_than_stubs_and_foreign_credentials_are_refused() {
    let desk = Desk::open();
    type_in(&desk, "1 1\n2 1\n3 1\n", "1 1\n2 1\n3 1\n");
    desk.says(
        PAPER,
        1,
        "3 sheets came out of the box, and 2 were reserved: the vote is void and must be held again",
    );
    type_in(&desk, "1 1\n", "1 1\n");
    desk.says(
        "tally election paper vote --first one.txt --second two.txt --credentials card-1.txt",
        1,
        "card-1.txt, line 1: this credential is not reserved for paper in this election: \
         take the file that `tally election credentials --paper` has written",
    );
    desk.must("head -n 1 paper.txt > half.txt");
    desk.says(
        "tally election paper vote --first one.txt --second two.txt --credentials half.txt",
        1,
        "half.txt has 1 credentials, and 2 are reserved: it is not complete",
    );
    // Paper that is forgotten would be lost.
    desk.says(
        "tally election close vote",
        1,
        "2 paper ballots are reserved, and the box has not been emptied: first `tally election paper`, \
         or `tally election close --no-paper` if it is empty",
    );
    // Nor does a reserved credential vote by itself.
    desk.must("tally election ballot seal vote --credential half.txt --choose 1 --out sly");
    desk.refused(
        "tally election cast vote sly",
        "is reserved for paper: only `tally election paper` seals under it",
    );
    desk.must("tally election close vote --no-paper");
    desk.says(
        PAPER,
        1,
        "the ballots have ended: paper is sealed before the close",
    );
    assert_eq!(
        desk.json("vote/voided.json"),
        desk.json("vote/paper-credentials.json")
    );
}

#[test]
fn the_reserved_credentials_go_where_it_is_said_and_nowhere_else() {
    let desk = Desk::new();
    desk.must("tally election setup vote --rule rule.toml --labels labels.txt");
    desk.says(
        "tally election credentials vote --count 6 --cards cards.html",
        2,
        "the rule reserves 2 paper ballots: say by --paper FILE where their credentials go",
    );
    desk.says(
        "tally election credentials vote --count 1 --cards cards.html --paper paper.txt",
        2,
        "--count 1: the rule reserves 2 paper ballots, which are counted in",
    );
    assert!(!desk.path("vote/roll.json").exists() && !desk.path("cards.html").exists());
    let rule = fs::read_to_string(desk.path("rule.toml")).unwrap();
    fs::write(
        desk.path("none.toml"),
        rule.replace("paper = 2", "paper = 0"),
    )
    .unwrap();
    desk.must("tally election setup none --rule none.toml --labels labels.txt");
    desk.says(
        "tally election credentials none --count 6 --cards cards.html --paper paper.txt",
        2,
        "--paper: the rule reserves no paper ballots",
    );
    desk.must("tally election credentials none --count 6 --cards cards.html");
    assert!(!desk.path("none/paper-credentials.json").exists());
}

#[test]
fn without_reserved_paper_there_is_no_box_and_nothing_is_invalid() {
    let desk = Desk::new();
    let rule = fs::read_to_string(desk.path("rule.toml")).unwrap();
    let rule = rule.replace("paper = 2", "paper = 0");
    fs::write(desk.path("rule.toml"), rule).unwrap();
    desk.must("tally election setup vote --rule rule.toml --trustees 2 --threshold 2");
    desk.must("tally election credentials vote --count 4 --cards cards.html");
    for number in [1, 2] {
        desk.must(&format!(
            "tally election trustee join vote --number {number} --key {number}.key"
        ));
    }
    for round in ["commit", "reveal", "acknowledge", "finish"] {
        for number in [1, 2] {
            desk.must(&format!(
                "tally election trustee {round} vote --key {number}.key"
            ));
        }
    }
    desk.must("tally election open vote");
    desk.draw_cards();
    for card in 1..=3 {
        desk.vote(card, "1");
    }
    type_in(&desk, "", "");
    fs::write(desk.path("paper.txt"), "").unwrap();
    desk.says(PAPER, 1, "the rule reserves no paper ballots");
    desk.must("tally election close vote");
    for act in ["attest vote --ballots 3", "decrypt vote"] {
        for number in [1, 2] {
            desk.must(&format!("tally election {act} --key {number}.key"));
        }
    }
    desk.must("tally election result vote");
    desk.says(
        "tally election decide vote --present 4 --invalid 1",
        2,
        "--invalid 1: only paper can be invalid, and the rule reserves none",
    );
    desk.must("tally election decide vote --present 4");
    for name in ["paper.json", "voided.json"] {
        assert!(!desk.path("vote").join(name).exists(), "{name}");
    }
    desk.must("tally election bundle vote --out poll.zip");
    let said = desk.must("tally verify poll.zip");
    assert!(said.ends_with("\nverified\n"), "{said}");
    assert!(!said.contains("paper"), "{said}");
}
