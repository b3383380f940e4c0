//! What a bundle claims beyond its archive.

use std::io::{self, Read, Seek};

use serde_json::Value;

use super::figures::check_figures;
use super::file::{Files, Hashing, Small};
use super::paper::check_paper;
use super::withdrawn::{SPOILED, check_revocations, check_spoiled};
use super::{ARCHIVE, Figures};
use crate::archive::Outline;
use crate::decision::{Lot, decide};
use crate::evaluation::judge;
use crate::record::Note;
use crate::rules::{Poll, RollHash, Rule, RuleHash};
use crate::verify::{
    self, Asked, BINDINGS, Checks, Counted, Failure, Halt, Options, Progress, Report,
};

pub(super) fn run<S: Read + Seek>(source: S, progress: Progress<'_>) -> io::Result<Report> {
    let mut checks = Checks::default();
    let mut files = match Files::read(source) {
        Ok(files) => files,
        Err(error) => {
            checks.fail("manifest", None, "manifest", error);
            return Ok(checks.into_report(None));
        }
    };
    checks.pass("manifest");
    let found = contents(&mut files, progress, &mut checks);
    let (counted, decision) = checks.settle(found)?.unwrap_or_default();
    let mut report = checks.into_report(counted);
    report.decision = decision;
    Ok(report)
}

type Found = (Option<Counted>, Option<Value>);

fn contents<S: Read + Seek>(
    files: &mut Files<S>,
    progress: Progress<'_>,
    checks: &mut Checks,
) -> Result<Found, Halt> {
    let (files, archive) = files.split();
    let rule_bytes = file(files, "rule.toml")?;
    let rule = std::str::from_utf8(rule_bytes)
        .map_err(|error| failure("rule", "rule.toml", "encoding", error))?;
    let rule =
        Rule::parse(rule).map_err(|error| failure("rule", "rule.toml", "encoding", error))?;
    let options = Options {
        revoting: rule.allows_revoting(),
    };
    let (archive, hash) =
        archive.map_err(|error| failure("manifest", ARCHIVE, "missing", error))?;
    let asked = Asked {
        options,
        bindings: Some(file(files, BINDINGS)?),
        progress,
    };
    let (outline, counted) = election(archive, hash, asked, checks)?;
    if !checks.all_passed() {
        return Ok((Some(counted), None));
    }
    binding(&counted, &rule, rule_bytes)?;
    checks.pass("rule");
    check_roll(
        &counted,
        file(files, "roll.json")?,
        &outline.setup.credentials,
    )?;
    checks.pass("roll");
    let figures: Figures = json(files, "figures", "figures.json")?;
    check_figures(&figures, &rule, &counted)?;
    check_revocations(files, &figures, &outline)?;
    checks.pass("figures");
    check_paper(files, &rule, &figures, &outline)?;
    if rule.reserved().paper > 0 {
        checks.pass("paper");
    }
    if files.optional(SPOILED).is_some() {
        check_spoiled(files, &outline)?;
        checks.pass("spoiled");
    }
    check_witnesses(files, &rule)?;
    if rule.witnesses().required > 0 {
        checks.pass("witnesses");
    }
    let decision = recompute(files, &rule, &figures, &counted)?;
    let published: Value = json(files, "decision", "decision.json")?;
    if published != decision {
        let difference = first_difference(&published, &decision);
        return Err(failure("decision", "decision.json", "differs", difference).into());
    }
    checks.pass("decision");
    Ok((Some(counted), Some(decision)))
}

/// The archive, read for its form, then for what is proved.
fn election<S: Read + Seek>(
    mut archive: Hashing<S>,
    hash: &str,
    asked: Asked<'_>,
    checks: &mut Checks,
) -> Result<(Outline, Counted), Halt> {
    let outline = verify::outline(&mut archive, checks)?;
    if archive.hash() != hash {
        let message = "it is not what it was when the manifest was checked";
        return Err(failure("manifest", ARCHIVE, "changed", message).into());
    }
    let counted = verify::counted(&mut archive, &outline, asked, checks)?;
    Ok((outline, counted))
}

/// The description's last two lines bind the rule and the roll.
fn binding(counted: &Counted, rule: &Rule, bytes: &[u8]) -> Result<(), Failure> {
    let expected = format!("rule:sha256:{}", RuleHash::of(bytes));
    if description_line(counted, 1) != Some(expected.as_str()) {
        return Err(failure(
            "rule",
            "rule.toml",
            "binding",
            format!(
                "the election's description does not end with `{expected}` and the roll's line"
            ),
        ));
    }
    // Also the texts: with 满意 and 不满意 exchanged on the ballot, every level would count as another.
    let as_ruled = |answers: &Vec<String>| {
        let expected = rule.item_answers();
        expected.is_none_or(|expected| *answers == expected)
    };
    if rule.questions() != counted.shapes || !counted.answers.iter().all(as_ruled) {
        return Err(failure(
            "rule",
            "rule.toml",
            "questions",
            "the election does not ask what the rule says",
        ));
    }
    Ok(())
}

fn check_roll(counted: &Counted, roll: &[u8], in_archive: &[u8]) -> Result<(), Failure> {
    let expected = format!("roll:sha256:{}", RollHash::of(roll));
    if description_line(counted, 0) != Some(expected.as_str()) {
        return Err(failure(
            "roll",
            "roll.json",
            "binding",
            format!("the election's description does not end with `{expected}`"),
        ));
    }
    if roll != in_archive {
        return Err(failure(
            "roll",
            "roll.json",
            "archive",
            "it is not the roll of the archive",
        ));
    }
    Ok(())
}

fn description_line(counted: &Counted, from_the_end: usize) -> Option<&str> {
    counted.description.split('\n').rev().nth(from_the_end)
}

fn check_witnesses(files: &Small, rule: &Rule) -> Result<(), Failure> {
    let witnesses = rule.witnesses();
    if witnesses.required == 0 {
        return Ok(());
    }
    let name = "checkpoint";
    let encoding = |error: &dyn std::fmt::Display| failure("witnesses", name, "encoding", error);
    let bytes = files
        .get(name)
        .map_err(|error| failure("witnesses", name, "missing", error))?;
    let text = std::str::from_utf8(bytes).map_err(|error| encoding(&error))?;
    let note = Note::parse(text).map_err(|error| encoding(&error))?;
    let keys = witnesses
        .keys
        .iter()
        .map(|key| key.parse())
        .collect::<Result<Vec<_>, _>>();
    let keys = keys.map_err(|error| failure("witnesses", "rule.toml", "keys", error))?;
    note.verify_witnesses(&keys, witnesses.required)
        .map_err(|error| failure("witnesses", name, "cosignatures", error))
}

fn recompute(
    files: &Small,
    rule: &Rule,
    figures: &Figures,
    counted: &Counted,
) -> Result<Value, Failure> {
    let wrong =
        |error: &dyn std::fmt::Display| failure("decision", "decision.json", "undecidable", error);
    let value = match rule.poll() {
        Poll::Evaluation(_) => {
            let outcome =
                judge(rule, figures.returns(), &counted.result).map_err(|error| wrong(&error))?;
            serde_json::to_value(outcome)
        }
        Poll::Choice(_) | Poll::RunOff { .. } | Poll::SecondBallot { .. } | Poll::Adoption(_) => {
            let lot: Option<Lot> = match files.optional("lot.json") {
                Some(_) => Some(json(files, "decision", "lot.json")?),
                None => None,
            };
            let outcome = decide(rule, figures.returns(), &counted.result, lot.as_ref())
                .map_err(|error| wrong(&error))?;
            serde_json::to_value(outcome)
        }
    };
    value.map_err(|error| wrong(&error))
}

/// Where two JSON values first differ, for people.
fn first_difference(published: &Value, recomputed: &Value) -> String {
    fn walk(path: &str, a: &Value, b: &Value) -> Option<String> {
        match (a, b) {
            (Value::Object(a), Value::Object(b)) => {
                let null = Value::Null;
                let keys = a.keys().chain(b.keys().filter(|key| !a.contains_key(*key)));
                keys.into_iter().find_map(|key| {
                    let path = if path.is_empty() {
                        key.clone()
                    } else {
                        format!("{path}.{key}")
                    };
                    walk(
                        &path,
                        a.get(key).unwrap_or(&null),
                        b.get(key).unwrap_or(&null),
                    )
                })
            }
            (Value::Array(a), Value::Array(b)) if a.len() == b.len() => (0_usize..)
                .zip(a.iter().zip(b))
                .find_map(|(index, (a, b))| walk(&format!("{path}[{index}]"), a, b)),
            _ if a == b => None,
            _ => Some(format!("{path}: published {a}, recomputed {b}")),
        }
    }
    walk("", published, recomputed).unwrap_or_default()
}

pub(super) fn file<'f>(files: &'f Small, name: &'static str) -> Result<&'f [u8], Failure> {
    files
        .get(name)
        .map_err(|error| failure("manifest", name, "missing", error))
}

pub(super) fn json<T: serde::de::DeserializeOwned>(
    files: &Small,
    check: &'static str,
    name: &'static str,
) -> Result<T, Failure> {
    let bytes = file(files, name)?;
    serde_json::from_slice(bytes).map_err(|error| failure(check, name, "encoding", error))
}

pub(super) fn failure(
    check: &'static str,
    object: &str,
    reason: &'static str,
    message: impl std::fmt::Display,
) -> Failure {
    Failure {
        check,
        object: Some(object.to_owned()),
        reason: Some(reason),
        message: message.to_string(),
    }
}
