//! The command as people call it: what it prints and how it exits.
#![cfg(feature = "cli")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "helpers of tests fail as tests do"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn tally(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tally"))
        .args(arguments)
        .output()
        .unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn data(name: &str) -> String {
    format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn elections() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../ballot/tests/data/elections")
}

fn sample() -> String {
    elections()
        .join("ed25519-50-by-belenios-3.3.0/4w6XtatTw6kgAw.bel")
        .display()
        .to_string()
}

const LODZ: &str = "poland_lodz_2020_im-montwilla-mireckiego.pb";
const WESOLA: &str = "poland_warszawa_2023_wesola.pb";

#[test]
fn counting_gives_exactly_the_printed_totals() {
    let output = tally(&["count", "--json", &data(LODZ), &data(WESOLA)]);
    assert_eq!(output.status.code(), Some(0));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    for file in report.as_array().unwrap() {
        assert_eq!(file["equal"], true);
        for project in file["projects"].as_array().unwrap() {
            assert_eq!(project["printed"], project["counted"]);
        }
    }
    assert_eq!(report[1]["votes"], 1181);
}

#[test]
fn counting_a_file_whose_totals_differ_exits_with_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("changed.pb");
    let text = std::fs::read_to_string(data(LODZ)).unwrap();
    std::fs::write(
        &path,
        text.replace("P082MM;50000;257;", "P082MM;50000;258;"),
    )
    .unwrap();
    let output = tally(&["count", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(out(&output).contains("DIFFERS P082MM: printed 258, counted 257"));
    assert_eq!(tally(&["count", "/nowhere.pb"]).status.code(), Some(2));
}

#[test]
fn a_file_that_cannot_be_read_is_reported_with_its_line_and_hides_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, from: &str, to: &str| {
        let path = folder.path().join(name).display().to_string();
        let text = std::fs::read_to_string(data(LODZ)).unwrap();
        assert!(text.contains(from), "{from}");
        std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
        path
    };
    let broken = write("broken.pb", ";P081MM,P148MM\n", ";P999\n");
    let changed = write("changed.pb", "P082MM;50000;257;", "P082MM;50000;258;");
    let binary = folder.path().join("binary.pb").display().to_string();
    std::fs::write(&binary, b"META\nkey;value\n\xff").unwrap();

    let output = tally(&["count", &broken, &binary, &data(WESOLA)]);
    assert_eq!(output.status.code(), Some(2));
    let text = out(&output);
    let refused = format!(
        "{broken}\nCANNOT BE COUNTED: line 39: a vote for `P999`, which is not among the projects\n\
         {binary}\nCANNOT BE COUNTED: line 3: not UTF-8\n"
    );
    assert!(text.starts_with(&refused), "{text}");
    assert!(
        text.ends_with("\n1181 votes, 29 projects: every total equals the printed one\n"),
        "{text}"
    );

    let files = [broken.as_str(), changed.as_str(), "/nowhere.pb"];
    let output = tally(&[&["count", "--json"], &files[..]].concat());
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report.as_array().unwrap().len(), 3);
    assert_eq!(report[0]["line"], 39);
    assert_eq!(
        report[0]["error"],
        "line 39: a vote for `P999`, which is not among the projects"
    );
    assert_eq!(report[1]["equal"], false);
    assert_eq!(report[1]["projects"][0]["printed"], 258);
    assert_eq!(
        (&report[2]["file"], &report[2]["line"]),
        (&"/nowhere.pb".into(), &Value::Null)
    );
}

#[test]
fn counting_under_a_rule_decides() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rule.toml");
    let instance =
        tally::pabulib::Instance::parse(&std::fs::read_to_string(data(LODZ)).unwrap()).unwrap();
    let items: Vec<String> = instance
        .projects()
        .iter()
        .map(|project| format!("\"{}\"", project.id))
        .collect();
    let rule = format!(
        "format = \"minsheng-rule/1\"\ntitle = \"t\"\npoll = \"choice\"\nadvisory = true\nsecrecy = \"secret\"\nrevoting = false\n\
         deputies = 594\nquorum = \">= 2/3\"\nsurplus = \"1/5\"\nitems = [{}]\n[ballot]\nform = \"at_most\"\nmax = 5\nblank = \"nobody\"\n\
         [decision]\nplaces = 8\nmajority = \"none\"\nbase = \"deputies\"\ntie = \"run_off\"\ntoo_few = \"leave_empty\"\nreserve = true\n",
        items.join(",")
    );
    std::fs::write(&path, &rule).unwrap();
    let output = tally(&[
        "count",
        "--json",
        "--rule",
        path.to_str().unwrap(),
        &data(LODZ),
    ]);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    // P097MM and P122MM both have 80 votes, for the eighth place.
    assert_eq!(report[0]["decision"]["follow_up"]["kind"], "run_off");
    assert_eq!(
        report[0]["decision"]["follow_up"]["items"],
        serde_json::json!(["P097MM", "P122MM"])
    );
    std::fs::write(&path, rule.replace("places = 8", "places = eight")).unwrap();
    let refused = tally(&["count", "--rule", path.to_str().unwrap(), &data(LODZ)]);
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn a_simulated_election_has_the_printed_totals_and_is_verified_until_a_byte_changes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lodz.bel");
    let archive = path.to_str().unwrap();
    let output = tally(&[
        "simulate",
        &data(LODZ),
        "--trustees",
        "3",
        "--threshold",
        "3",
        "--out",
        archive,
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    assert!(out(&output).ends_with("every total equals the printed one\n"));

    let output = tally(&["verify", archive]);
    assert_eq!(output.status.code(), Some(0));
    assert!(out(&output).ends_with("\nverified\n"));
    assert!(out(&output).contains(
        "note: a bare archive proves the counts unless trustees and the last voter collude"
    ));

    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let output = tally(&["verify", archive]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        out(&output)
            .lines()
            .last()
            .unwrap()
            .starts_with("NOT VERIFIED: ")
    );
}

#[test]
fn a_simulated_election_of_the_larger_city_has_the_printed_totals_by_two_of_three_trustees() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wesola.bel");
    let archive = path.to_str().unwrap();
    let of = ["--trustees", "3", "--threshold", "2", "--out", archive];
    let output = tally(&[&["simulate", &data(WESOLA)], &of[..]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    assert!(out(&output).ends_with("every total equals the printed one\n"));
    let bytes = std::fs::read(&path).unwrap();
    let archive = tally::archive::Archive::read(&bytes).unwrap();
    assert_eq!((archive.ballots.len(), archive.partials.len()), (1181, 2));
}

#[test]
fn a_threshold_that_no_key_can_have_is_refused_with_a_reason() {
    for threshold in ["0", "1", "4"] {
        let of = ["--trustees", "3", "--threshold", threshold];
        let out = ["--out", "/nowhere/x.bel"];
        let output = tally(&[&["simulate", &data(LODZ)], &of[..], &out[..]].concat());
        assert_eq!(output.status.code(), Some(2), "{threshold}");
        assert!(
            String::from_utf8_lossy(&output.stderr).contains("a threshold of 2 to all of them"),
            "{threshold}"
        );
    }
}

#[test]
fn the_report_as_json_names_every_check() {
    let output = tally(&["verify", "--json", &sample()]);
    assert_eq!(output.status.code(), Some(0));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["verdict"], "verified");
    assert_eq!(report["checks"].as_array().unwrap().len(), 10);
    assert_eq!(report["counted"]["result"][0][0], 17);
}

#[test]
fn what_is_no_archive_exits_with_two() {
    assert_eq!(
        tally(&["verify", &data("qinghe-county.json")])
            .status
            .code(),
        Some(2)
    );
    assert_eq!(tally(&["verify", "/nowhere.bel"]).status.code(), Some(2));
}

#[test]
fn what_cannot_be_read_to_its_end_exits_with_two_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut unreadable = vec![folder.path().display().to_string()];
    // A regular file to look at; reading it fails.
    if cfg!(target_os = "linux") {
        unreadable.push("/proc/self/mem".to_owned());
    }
    for path in unreadable {
        let output = tally(&["verify", &path]);
        assert_eq!(output.status.code(), Some(2), "{path}");
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            message.starts_with(&format!("tally: {path}: ")),
            "{message}"
        );
    }
}

/// Why each adversarial ballot is refused.
const REASONS: [(&str, &str); 17] = [
    ("02_identity_y_ge_p", "encoding"),
    ("05_alpha_order2", "encoding"),
    ("10_plus_sign_scalar", "encoding"),
    ("13_scalar_plus_q", "encoding"),
    ("14_json_space", "encoding"),
    ("16_extra_field", "encoding"),
    ("18_ballot_copy_resigned", "individual-proof"),
    ("20_wrong_election_hash", "election-hash"),
    ("21_wrong_uuid", "election-uuid"),
    ("22_unregistered_credential", "credential-on-roll"),
    ("23_vote_2", "individual-proof"),
    ("24_sum_11", "overall-proof"),
    ("26_extra_choice", "choice-count"),
    ("30_no_signature", "encoding"),
    ("33_not_on_curve", "encoding"),
    ("40_inner_plus_scalar", "encoding"),
    ("44_inner_uppercase", "encoding"),
];

#[test]
fn every_adversarial_ballot_gets_its_verdict_for_its_reason() {
    let folder = elections().join("adversarial-ballots");
    let expected: Value =
        serde_json::from_slice(&std::fs::read(folder.join("expected.json")).unwrap()).unwrap();
    let expected = expected.as_object().unwrap();
    let path = |name: &String| folder.join(format!("{name}.json")).display().to_string();
    let paths: Vec<String> = expected.keys().map(path).collect();
    let election = sample();
    let arguments: Vec<&str> = ["ballot", "verify", "--election", &election, "--fresh"]
        .into_iter()
        .chain(paths.iter().map(String::as_str))
        .collect();
    let output = tally(&arguments);
    assert_eq!(output.status.code(), Some(1));
    let lines = out(&output);
    assert_eq!(lines.lines().count(), paths.len());
    for (line, ((name, verdict), path)) in lines.lines().zip(expected.iter().zip(&paths)) {
        let reason = REASONS.iter().find(|(broken, _)| broken == name);
        let wanted = match reason {
            Some((_, reason)) => format!("reject {path}: {reason}"),
            None => format!("accept {path}"),
        };
        assert_eq!(line, wanted, "{verdict}");
        assert!(wanted.starts_with(verdict["expect"].as_str().unwrap()));
    }
}

#[test]
fn an_archive_with_an_adversarial_ballot_names_it_and_the_reason() {
    let folder = elections().join("adversarial-ballots");
    let honest = std::fs::read(sample()).unwrap();
    let honest = tally::archive::Archive::read(&honest).unwrap();
    let setup = honest.setup;
    let scratch = tempfile::tempdir().unwrap();
    let archive = scratch.path().join("attacked.bel");
    for (name, reason) in REASONS {
        let bytes = std::fs::read(folder.join(format!("{name}.json"))).unwrap();
        let ballot = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
        let mut writer = tally::archive::ArchiveWriter::setup(
            honest.timestamp,
            setup.election,
            setup.trustees,
            setup.credentials,
        )
        .unwrap();
        writer.ballot(honest.ballots[0].bytes).unwrap();
        writer.ballot(ballot).unwrap();
        writer.end_ballots().unwrap();
        std::fs::write(&archive, writer.into_bytes()).unwrap();
        let output = tally(&["verify", "--json", archive.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(1), "{name}");
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let tracker = ballot::Digest::of(ballot);
        assert_eq!(report["failure"]["check"], "ballots", "{name}");
        assert_eq!(
            report["failure"]["object"],
            format!("event 2, ballot {tracker}"),
            "{name}"
        );
        assert_eq!(report["failure"]["reason"], reason, "{name}");
    }
}

#[test]
fn an_election_with_another_kind_of_question_exits_with_two() {
    let honest = std::fs::read(sample()).unwrap();
    let setup = tally::archive::Archive::read(&honest).unwrap().setup;
    let election = String::from_utf8(setup.election.to_vec()).unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("other.bel");
    for (from, to) in [
        (
            "\"questions\":[{",
            "\"questions\":[{\"type\":\"NonHomomorphic\",\"value\":{",
        ),
        ("\"group\":\"Ed25519\"", "\"group\":\"RFC-3526-2048\""),
    ] {
        let election = election.replacen(from, to, 1);
        let mut writer = tally::archive::ArchiveWriter::setup(
            1_790_000_000,
            election.as_bytes(),
            setup.trustees,
            setup.credentials,
        )
        .unwrap();
        writer.end_ballots().unwrap();
        std::fs::write(&path, writer.into_bytes()).unwrap();
        let output = tally(&["verify", "--json", path.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(2), "{to}");
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["verdict"], "unsupported");
        assert_eq!(report["failure"]["check"], "supported");
    }
}

#[test]
fn a_ballot_that_the_archive_has_is_a_replay_unless_fresh() {
    let election = sample();
    let ballot = elections()
        .join("ed25519-50-by-belenios-3.3.0/ballots/0001.json")
        .display()
        .to_string();
    let output = tally(&["ballot", "verify", "--election", &election, &ballot]);
    assert_eq!(
        (output.status.code(), out(&output)),
        (Some(1), format!("reject {ballot}: replay\n"))
    );
    let output = tally(&[
        "ballot",
        "verify",
        "--election",
        &election,
        "--fresh",
        &ballot,
    ]);
    assert_eq!(
        (output.status.code(), out(&output)),
        (Some(0), format!("accept {ballot}\n"))
    );
}

/// The name of an entry clears the screen, says `verified` and hides what follows.
#[test]
fn names_from_files_are_shown_escaped() {
    let output = tally(&["verify", &data("escape-in-entry-name.bel")]);
    assert_eq!(output.status.code(), Some(1));
    let said = out(&output);
    assert!(!said.contains('\u{1b}'), "{said:?}");
    let last = said.lines().last().unwrap();
    assert!(last.starts_with("NOT VERIFIED: "), "{last}");
    assert!(last.contains("\\u{1b}"), "{last}");
}

#[test]
fn a_full_or_closed_standard_output_is_told_and_is_no_panic() {
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let (read, closed) = std::io::pipe().unwrap();
    drop(read);
    for (out, why) in [
        (std::process::Stdio::from(full), "the disk is full"),
        (std::process::Stdio::from(closed), "Broken pipe"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_tally"))
            .args(["verify", &sample()])
            .stdout(out)
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(3), "{said}");
        assert!(
            said.contains(&format!(
                "it is done, but standard output could not be written: {why}"
            )),
            "{said}"
        );
    }
}

#[test]
fn what_never_ends_is_refused_early() {
    let output = tally(&["verify", "/dev/zero"]);
    assert_eq!(output.status.code(), Some(2), "{}", out(&output));
    let mut endless = Command::new("yes")
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_tally"))
        .args(["verify", "/dev/stdin"])
        .stdin(endless.stdout.take().unwrap())
        .output()
        .unwrap();
    endless.kill().unwrap();
    endless.wait().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", out(&output));
}
