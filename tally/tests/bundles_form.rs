//! A bundle has one form, so that nobody finds another content in it than the verifier has read.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

mod common;

use std::io::{Cursor, Write as _};

use common::poll::{POLL, bundle};
use common::zipped::{File, files, with, without, zipped};
use tally::bundle::is_bundle;
use tally::verify::Verdict;

fn valid() -> Vec<u8> {
    bundle(&POLL).write().unwrap()
}

/// The check and its reason by which it is refused.
fn refusal(bytes: &[u8]) -> (&'static str, &'static str) {
    assert!(is_bundle(bytes));
    let report = common::opinion::bundle(bytes);
    assert_eq!(report.verdict, Verdict::NotVerified, "{report:?}");
    let failure = report.failure.unwrap();
    (failure.check, failure.reason.unwrap())
}

const FORM: (&str, &str) = ("manifest", "form");

#[test]
fn a_bundle_put_together_again_from_its_files_has_the_same_bytes() {
    assert_eq!(zipped(&files(&valid())), valid());
}

/// A decision that nobody made, under the name of the one that was.
fn false_file(name: &str) -> File {
    let content = match name {
        "decision.json" => br#"{"outcome":"no_quorum","present":1,"needed":8}"#.to_vec(),
        _ => POLL.rule.replace("places = 2", "places = 1").into_bytes(),
    };
    (name.to_owned(), content)
}

/// Some readers take the first of equal names, some the last, whatever verifies.
#[test]
fn a_name_that_stands_twice_is_refused_wherever_the_other_stands() {
    for name in ["decision.json", "rule.toml"] {
        let all = files(&valid());
        for place in 0..=all.len() {
            let mut twice = all.clone();
            twice.insert(place, false_file(name));
            assert_eq!(refusal(&zipped(&twice)), FORM, "{name} at {place}");
        }
    }
}

#[test]
fn nothing_stands_before_between_or_after_the_files() {
    let whole = valid();
    let other = zipped(&[false_file("decision.json")]);
    assert_eq!(refusal(&[&other[..], &whole].concat()), FORM);
    assert_eq!(refusal(&[&whole[..], &other].concat()), FORM);
    assert_eq!(refusal(&[&whole[..], b"\n"].concat()), FORM);
    let end = whole.len() - 22;
    let directory = files(&whole)
        .iter()
        .map(|(name, _)| 46 + name.len())
        .sum::<usize>();
    for place in [end - directory, end] {
        let mut gap = whole.clone();
        gap.insert(place, b' ');
        assert_eq!(refusal(&gap), FORM, "{place}");
    }
    let mut comment = whole.clone();
    comment[end + 20] = 1;
    comment.push(b'!');
    assert_eq!(refusal(&comment), FORM);
}

#[test]
fn files_in_another_order_are_refused() {
    let all = files(&valid());
    for place in 1..all.len() {
        let mut exchanged = all.clone();
        exchanged.swap(place - 1, place);
        assert_eq!(refusal(&zipped(&exchanged)), FORM, "{place}");
    }
    let mut unknown = all;
    unknown.push(("readme.txt".to_owned(), Vec::new()));
    assert_eq!(refusal(&zipped(&unknown)), FORM);
}

/// The same files by another program: other versions, a descriptor after the data, packed.
#[test]
fn the_zip_of_another_writer_is_refused() {
    let again = |options: zip::write::SimpleFileOptions| {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in files(&valid()) {
            writer.start_file(name, options).unwrap();
            writer.write_all(&content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    let plain = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default());
    let later = zip::DateTime::from_date_and_time(2026, 1, 20, 9, 0, 0).unwrap();
    assert_eq!(refusal(&again(plain.large_file(true))), FORM);
    assert_eq!(refusal(&again(plain.last_modified_time(later))), FORM);
    assert_eq!(refusal(&again(plain.unix_permissions(0o600))), FORM);
}

#[test]
fn the_directory_is_that_of_the_files() {
    let whole = valid();
    let mut all = files(&whole);
    let sound = zipped(&all);
    let directory = sound.len() - 22 - all.iter().map(|(n, _)| 46 + n.len()).sum::<usize>();
    // One file less in the directory, which readers go by; and another name, length or place.
    all.pop();
    let fewer = zipped(&all);
    let tail = fewer.len() - 22 - all.iter().map(|(n, _)| 46 + n.len()).sum::<usize>();
    assert_eq!(
        refusal(&[&sound[..directory], &fewer[tail..]].concat()),
        FORM
    );
    for byte in directory..sound.len() - 22 {
        let mut changed = sound.clone();
        changed[byte] ^= 1;
        assert_eq!(refusal(&changed), FORM, "byte {byte}");
    }
}

/// Also a file that may be absent must be there where it is listed: it was there when the manifest was made.
#[test]
fn the_manifest_lists_the_files_that_there_are() {
    let whole = valid();
    let manifest = ("manifest", "manifest");
    for (name, _) in &files(&whole)[1..] {
        assert_eq!(refusal(&without(&whole, name, true)), manifest, "{name}");
    }
    let spoiled = with(&whole, "spoiled.json", b"[]");
    let report = common::opinion::bundle(&spoiled);
    assert_eq!(report.verdict, Verdict::Verified, "{report:?}");
    assert_eq!(refusal(&without(&spoiled, "spoiled.json", true)), manifest);
    let mut unlisted = files(&whole);
    unlisted[0] = files(&without(&whole, "figures.json", false)).remove(0);
    assert_eq!(refusal(&zipped(&unlisted)), manifest);
}

#[test]
fn a_file_that_every_bundle_has_is_missed() {
    for name in ["election.bel", "bindings.json", "rule.toml", "roll.json"] {
        let without = without(&valid(), name, false);
        assert_eq!(refusal(&without), ("manifest", "missing"), "{name}");
    }
    for name in ["figures.json", "revocations.json", "decision.json"] {
        let without = without(&valid(), name, false);
        assert_eq!(refusal(&without), ("manifest", "missing"), "{name}");
    }
}

#[test]
fn each_json_has_one_encoding() {
    let whole = valid();
    let text = |name: &str| {
        let all = files(&whole);
        let found = all.into_iter().find(|(other, _)| other == name);
        String::from_utf8(found.unwrap().1).unwrap()
    };
    let member = |text: &str| {
        let at = text.find(',').unwrap();
        format!("{{{},{}", &text[1..at], &text[1..])
    };
    for (name, check) in [
        ("figures.json", "figures"),
        ("paper.json", "paper"),
        ("decision.json", "decision"),
    ] {
        let sound = text(name);
        let mut forms = vec![
            format!("{sound}\n"),
            format!(" {sound}"),
            sound.replacen(':', ": ", 1),
            member(&sound),
        ];
        // The two first members exchanged.
        let mut members = sound[1..].splitn(3, ',');
        let (a, b, rest) = (members.next(), members.next(), members.next());
        if name == "figures.json" {
            forms.push(format!("{{{},{},{}", b.unwrap(), a.unwrap(), rest.unwrap()));
        }
        for form in forms {
            let refused = refusal(&with(&whole, name, form.as_bytes()));
            assert_eq!(refused, (check, "encoding"), "{form}");
        }
    }
    for (name, check) in [("voided.json", "paper"), ("revocations.json", "figures")] {
        let spaced = text(name).replace('[', "[ ");
        assert_eq!(
            refusal(&with(&whole, name, spaced.as_bytes())),
            (check, "encoding")
        );
    }
    let mut all = files(&whole);
    all[0].1.push(b'\n');
    assert_eq!(refusal(&zipped(&all)), ("manifest", "encoding"));
}

/// A reader that takes the first of two members finds a decision that nobody made.
#[test]
fn a_member_twice_in_the_decision_is_refused() {
    let decision = POLL.decision.to_string();
    let twice = decision.replacen('{', r#"{"items":[{"id":"c","standing":"chosen"}],"#, 1);
    let again: serde_json::Value = serde_json::from_str(&twice).unwrap();
    assert_eq!(again, POLL.decision);
    assert_eq!(
        refusal(&with(&valid(), "decision.json", twice.as_bytes())),
        ("decision", "encoding")
    );
}
