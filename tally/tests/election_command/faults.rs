//! Stopped before every step on the disk, on a disk that is full from every step on, and unheard.

use std::collections::BTreeMap;
use std::fs;

use super::desk::{Desk, Said, walk};

/// What a command says when it is done again after it was stopped.
#[derive(Clone, Copy)]
enum Again {
    /// It does what is left, if anything.
    Done,
    /// So, or, where nothing was left, this.
    Refuses(&'static str),
}

/// Whether two runs leave the same bytes, or files of the same names.
#[derive(Clone, Copy, PartialEq)]
enum Leaves {
    Bytes,
    Names,
}

/// A whole election, act by act. What draws at random, or the time, leaves other bytes each time.
const ACTS: [(&str, Leaves, Again); 28] = [
    (
        "setup vote --rule rule.toml --labels labels.txt --trustees 2 --threshold 2",
        Leaves::Names,
        Again::Refuses("nothing is overwritten"),
    ),
    (
        "credentials vote --count 6 --cards cards.html --paper paper.txt",
        Leaves::Names,
        Again::Done,
    ),
    (
        "trustee join vote --number 1 --key trustee-1.key --show-passphrase",
        Leaves::Names,
        Again::Done,
    ),
    (
        "trustee join vote --number 2 --key trustee-2.key",
        Leaves::Names,
        Again::Done,
    ),
    (
        "trustee commit vote --key trustee-1.key",
        Leaves::Names,
        Again::Done,
    ),
    (
        "trustee commit vote --key trustee-2.key",
        Leaves::Names,
        Again::Done,
    ),
    (
        "trustee reveal vote --key trustee-1.key",
        Leaves::Bytes,
        Again::Done,
    ),
    (
        "trustee reveal vote --key trustee-2.key",
        Leaves::Bytes,
        Again::Done,
    ),
    (
        "trustee acknowledge vote --key trustee-1.key",
        Leaves::Names,
        Again::Done,
    ),
    (
        "trustee acknowledge vote --key trustee-2.key",
        Leaves::Names,
        Again::Done,
    ),
    (
        "trustee finish vote --key trustee-1.key",
        Leaves::Bytes,
        Again::Done,
    ),
    (
        "trustee finish vote --key trustee-2.key",
        Leaves::Bytes,
        Again::Done,
    ),
    ("open vote", Leaves::Names, Again::Done),
    (
        "approve vote --key trustee-1.key",
        Leaves::Names,
        Again::Done,
    ),
    (
        "ballot seal vote --credential card-1.txt --choose 2 --out tried",
        Leaves::Names,
        Again::Done,
    ),
    (
        "ballot challenge vote tried",
        Leaves::Bytes,
        Again::Refuses("tried.ballot.json: No such file"),
    ),
    (
        "ballot seal vote --credential card-1.txt --choose 1,3 --out b1",
        Leaves::Names,
        Again::Done,
    ),
    ("cast vote b1", Leaves::Bytes, Again::Done),
    (
        "revoke vote --card card-4.txt",
        Leaves::Bytes,
        Again::Refuses("is revoked already"),
    ),
    (
        "paper vote --first one.txt --second one.txt --credentials paper.txt",
        Leaves::Names,
        Again::Refuses("a box is emptied once"),
    ),
    (
        "close vote",
        Leaves::Bytes,
        Again::Refuses("the vote is closed already"),
    ),
    (
        "attest vote --key trustee-1.key --ballots 2",
        Leaves::Names,
        Again::Done,
    ),
    (
        "attest vote --key trustee-2.key --ballots 2",
        Leaves::Names,
        Again::Done,
    ),
    (
        "decrypt vote --key trustee-1.key",
        Leaves::Names,
        Again::Done,
    ),
    (
        "decrypt vote --key trustee-2.key",
        Leaves::Names,
        Again::Done,
    ),
    ("result vote", Leaves::Bytes, Again::Refuses("it ends with")),
    (
        "decide vote --present 4 --paper-issued 1",
        Leaves::Bytes,
        Again::Done,
    ),
    ("bundle vote --out poll.zip", Leaves::Bytes, Again::Done),
];

/// So that no command that is added is forgotten here.
#[test]
fn every_command_that_writes_is_disturbed() {
    let desk = Desk::new();
    // One judges and writes nothing; the other is stopped where a key is recovered (`closing.rs`).
    let elsewhere = ["trustee judge", "trustee recover"];
    let mut commands = 0;
    for (group, prefix) in [("", ""), ("trustee", "trustee "), ("ballot", "ballot ")] {
        let help = desk.must(&format!("tally election {group} --help"));
        let listed = help.split("Commands:\n").nth(1).unwrap();
        for line in listed.lines().take_while(|line| line.starts_with("  ")) {
            let Some(name) = line
                .split_whitespace()
                .next()
                .filter(|_| !line.starts_with("   "))
            else {
                continue;
            };
            let full = format!("{prefix}{name}");
            if ["trustee", "ballot", "help"].contains(&name) || elsewhere.contains(&full.as_str()) {
                continue;
            }
            commands += 1;
            let disturbed = ACTS
                .iter()
                .any(|(act, ..)| act.starts_with(&format!("{full} ")));
            assert!(disturbed, "`tally election {full}` is not among the acts");
        }
    }
    assert!(commands >= 19, "only {commands} commands are listed");
}

#[test]
fn a_command_that_is_stopped_at_any_step_is_done_again() {
    let steps = hold(|desk, line, step| {
        let killed = desk.run(&format!("TALLY_FAULT=kill:{step} {line}"));
        assert!([0, 99].contains(&killed.code), "{line}\n{}", killed.error);
        killed.code == 99
    });
    assert!(steps > 250, "only {steps} steps");
}

#[test]
fn a_full_disk_is_named_and_the_command_is_done_again() {
    let steps = hold(|desk, line, step| {
        let full = desk.run(&format!("TALLY_FAULT=full:{step} {line}"));
        if full.code == 0 {
            return false;
        }
        assert_eq!(full.code, 2, "{line}\n{}", full.error);
        let named = full.error.contains("the disk is full: make room");
        assert!(named, "{line}\n{}", full.error);
        true
    });
    assert!(steps > 200, "only {steps} steps");
}

#[test]
fn what_is_done_is_done_though_nobody_can_be_told() {
    let acts = hold(|desk, line, step| {
        if step > 1 {
            return false;
        }
        let unheard = desk.run(&format!("{line} > /dev/full"));
        assert_eq!(unheard.code, 3, "{line}\n{}", unheard.error);
        let named = "it is done, but standard output could not be written: the disk is full";
        assert!(unheard.error.contains(named), "{line}\n{}", unheard.error);
        true
    });
    assert_eq!(usize::try_from(acts), Ok(ACTS.len()));
    // A reader that has left is no reason to break off, either.
    let desk = Desk::open();
    desk.must("tally election ballot seal vote --credential card-1.txt --choose 1 --out mine");
    let gone = desk.run("{ sleep 0.2; tally election cast vote mine; echo $? >&2; } | true");
    assert!(gone.error.ends_with("\n3\n"), "{}", gone.error);
    assert_eq!(desk.ballots("vote"), 1);
}

/// Holds the election; each act is disturbed at its step 1, 2, …, each time from the same beginning, until it is not
/// disturbed any more; each time it is done again. The election goes on from the last of these, so that in the end the bundle is
/// made from what disturbed acts have left. How many times one was disturbed.
fn hold(disturb: impl Fn(&Desk, &str, u32) -> bool) -> u32 {
    let mut desk = Desk::new();
    fs::write(desk.path("one.txt"), "1 none\n").unwrap();
    let mut disturbed = 0;
    for (act, leaves, again) in ACTS {
        let line = format!("tally election {act}");
        let clean = desk.copy();
        clean.must(&line);
        let expected = tree(&clean, leaves);
        let mut last = None;
        for step in 1.. {
            let trial = desk.copy();
            if !disturb(&trial, &line, step) {
                break;
            }
            disturbed += 1;
            done_again(&line, &trial.run(&line), again);
            let left = tree(&trial, leaves);
            assert!(left == expected, "{line}, step {step}: {:?}", left.keys());
            last = Some(trial);
        }
        desk = last.unwrap_or_else(|| panic!("{line}: no step on the disk"));
        if act.starts_with("credentials") {
            desk.draw_cards();
        }
    }
    let said = desk.must("tally verify poll.zip");
    assert!(said.ends_with("\nverified\n"), "{said}");
    let decision = desk.json("vote/decision.json");
    assert_eq!(decision["items"][0]["votes"]["in_favour"], 1, "{decision}");
    disturbed
}

fn done_again(line: &str, said: &Said, again: Again) {
    let fits = match again {
        _ if said.code == 0 => true,
        Again::Done => false,
        Again::Refuses(sentence) => said.error.contains(sentence),
    };
    assert!(fits, "{line}: {}\n{}{}", said.code, said.out, said.error);
}

/// All files by name, with their contents where these are to be the same. A staged file is one too many.
fn tree(desk: &Desk, leaves: Leaves) -> BTreeMap<String, Vec<u8>> {
    let root = desk.path("");
    let files = walk(&root).into_iter().map(|path| {
        let name = path
            .strip_prefix(&root)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        // The name of a record is that of a key, which is drawn.
        let drawn = leaves == Leaves::Names && name.starts_with("state/minsheng/closings/");
        let hexadecimal = |c: char| c.is_ascii_hexdigit();
        let name = if drawn {
            name.replace(hexadecimal, "")
        } else {
            name
        };
        let content = match leaves {
            Leaves::Bytes => fs::read(&path).unwrap(),
            Leaves::Names => Vec::new(),
        };
        (name, content)
    });
    files.collect()
}
