//! What a bundle claims beyond its archive.

use serde_json::Value;

use super::Figures;
use super::file::Files;
use crate::archive::Archive;
use crate::decision::{Lot, decide};
use crate::evaluation::judge;
use crate::record::Note;
use crate::rules::{Poll, RollHash, Rule, RuleHash};
use crate::verify::{self, Checks, Counted, Failure, Options, Progress, Report};

pub(super) fn run(bytes: &[u8], progress: Progress<'_>) -> Report {
    let mut checks = Checks::default();
    let files = match Files::read(bytes) {
        Ok(files) => files,
        Err(error) => {
            checks.fail("manifest", None, "manifest", error);
            return checks.into_report(None);
        }
    };
    checks.pass("manifest");
    let (counted, decision) = match contents(&files, progress, &mut checks) {
        Ok(found) => found,
        Err(failure) => {
            checks.failure(failure);
            (None, None)
        }
    };
    let mut report = checks.into_report(counted);
    report.decision = decision;
    report
}

type Found = (Option<Counted>, Option<Value>);

fn contents(files: &Files, progress: Progress<'_>, checks: &mut Checks) -> Result<Found, Failure> {
    let rule_bytes = file(files, "rule.toml")?;
    let rule =
        std::str::from_utf8(rule_bytes).map_err(|error| failure("rule", "rule.toml", error))?;
    let rule = Rule::parse(rule).map_err(|error| failure("rule", "rule.toml", error))?;
    let options = Options {
        revoting: rule.allows_revoting(),
    };
    let archive_bytes = file(files, "election.bel")?;
    let Some(counted) = verify::run(archive_bytes, options, progress, checks) else {
        return Ok((None, None));
    };
    if !checks.all_passed() {
        return Ok((Some(counted), None));
    }
    let archive =
        Archive::read(archive_bytes).map_err(|error| failure("archive", "election.bel", error))?;
    binding(&counted, &rule, rule_bytes)?;
    checks.pass("rule");
    let roll = file(files, "roll.json")?;
    check_roll(&counted, roll, archive.setup.credentials)?;
    checks.pass("roll");
    let figures: Figures = json(files, "figures", "figures.json")?;
    check_figures(&figures, &rule, &counted)?;
    check_revocations(files, &figures, &archive)?;
    checks.pass("figures");
    check_witnesses(files, &rule)?;
    if rule.witnesses().required > 0 {
        checks.pass("witnesses");
    }
    let decision = recompute(files, &rule, &figures, &counted)?;
    let published: Value = json(files, "decision", "decision.json")?;
    if published != decision {
        return Err(failure(
            "decision",
            "decision.json",
            first_difference(&published, &decision),
        ));
    }
    checks.pass("decision");
    Ok((Some(counted), Some(decision)))
}

/// The description's last two lines bind the rule and the roll.
fn binding(counted: &Counted, rule: &Rule, bytes: &[u8]) -> Result<(), Failure> {
    let expected = format!("rule:sha256:{}", RuleHash::of(bytes));
    if description_line(counted, 1) != Some(expected.as_str()) {
        return Err(failure(
            "rule",
            "rule.toml",
            format!(
                "the election's description does not end with `{expected}` and the roll's line"
            ),
        ));
    }
    if rule.questions() != counted.shapes {
        return Err(failure(
            "rule",
            "rule.toml",
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
            format!("the election's description does not end with `{expected}`"),
        ));
    }
    if roll != in_archive {
        return Err(failure(
            "roll",
            "roll.json",
            "it is not the roll of the archive",
        ));
    }
    Ok(())
}

fn description_line(counted: &Counted, from_the_end: usize) -> Option<&str> {
    counted.description.split('\n').rev().nth(from_the_end)
}

fn check_figures(figures: &Figures, rule: &Rule, counted: &Counted) -> Result<(), Failure> {
    let equal = |what: &str, found: Option<u64>, expected: u64| {
        if found == Some(expected) {
            return Ok(());
        }
        let found = found.map_or("impossible".to_owned(), |found| found.to_string());
        Err(failure(
            "figures",
            "figures.json",
            format!("{what} is {found}, {expected} expected"),
        ))
    };
    equal("deputies", Some(figures.deputies), rule.deputies())?;
    equal(
        "paper-credentials",
        Some(figures.paper_credentials),
        rule.reserved().paper,
    )?;
    let credentials = figures
        .device_credentials
        .checked_add(figures.paper_credentials);
    equal(
        "device-credentials + paper-credentials",
        credentials,
        counted.credentials,
    )?;
    let issued = figures
        .device_credentials
        .checked_sub(figures.revoked)
        .and_then(|used| used.checked_add(figures.paper_issued));
    equal(
        "device-credentials - revoked + paper-issued",
        issued,
        figures.issued,
    )?;
    equal(
        "returned - invalid",
        figures.returned.checked_sub(figures.invalid),
        counted.counted,
    )?;
    if figures.device_credentials > figures.signed_in {
        return Err(failure(
            "figures",
            "figures.json",
            "more device credentials than signed-in deputies",
        ));
    }
    if figures.paper_issued > figures.paper_credentials {
        return Err(failure(
            "figures",
            "figures.json",
            "more paper ballots issued than paper credentials",
        ));
    }
    Ok(())
}

/// Revoked credentials are on the roll, each once, as many as the figures say, and none of them has a ballot.
fn check_revocations(
    files: &Files,
    figures: &Figures,
    archive: &Archive<'_>,
) -> Result<(), Failure> {
    let name = "revocations.json";
    let revoked: Vec<String> = json(files, "figures", name)?;
    let distinct: std::collections::BTreeSet<&String> = revoked.iter().collect();
    if u64::try_from(distinct.len()) != Ok(figures.revoked) || distinct.len() != revoked.len() {
        return Err(failure(
            "figures",
            name,
            format!(
                "{} revocations, `revoked` is {}",
                revoked.len(),
                figures.revoked
            ),
        ));
    }
    let roll = String::from_utf8_lossy(archive.setup.credentials);
    for credential in &revoked {
        if !roll.contains(&format!("\"{credential}\"")) {
            return Err(failure(
                "figures",
                name,
                format!("{credential} is not on the roll"),
            ));
        }
        // The archive's ballots are canonical: this member has one form.
        let member = format!("\"credential\":\"{credential}\"");
        let cast = archive
            .ballots
            .iter()
            .find(|ballot| String::from_utf8_lossy(ballot.bytes).contains(&member));
        if let Some(ballot) = cast {
            return Err(failure(
                "figures",
                name,
                format!(
                    "{credential} is revoked and has the ballot at event {}",
                    ballot.height
                ),
            ));
        }
    }
    Ok(())
}

fn check_witnesses(files: &Files, rule: &Rule) -> Result<(), Failure> {
    let witnesses = rule.witnesses();
    if witnesses.required == 0 {
        return Ok(());
    }
    let bytes = files
        .get("checkpoint")
        .map_err(|error| failure("witnesses", "checkpoint", error))?;
    let text =
        std::str::from_utf8(bytes).map_err(|error| failure("witnesses", "checkpoint", error))?;
    let note = Note::parse(text).map_err(|error| failure("witnesses", "checkpoint", error))?;
    let keys = witnesses
        .keys
        .iter()
        .map(|key| key.parse())
        .collect::<Result<Vec<_>, _>>();
    let keys = keys.map_err(|error| failure("witnesses", "rule.toml", error))?;
    note.verify_witnesses(&keys, witnesses.required)
        .map_err(|error| failure("witnesses", "checkpoint", error))
}

fn recompute(
    files: &Files,
    rule: &Rule,
    figures: &Figures,
    counted: &Counted,
) -> Result<Value, Failure> {
    let wrong = |error: &dyn std::fmt::Display| failure("decision", "decision.json", error);
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

fn file<'f>(files: &'f Files, name: &'static str) -> Result<&'f [u8], Failure> {
    files
        .get(name)
        .map_err(|error| failure("manifest", name, error))
}

fn json<T: serde::de::DeserializeOwned>(
    files: &Files,
    check: &'static str,
    name: &'static str,
) -> Result<T, Failure> {
    let bytes = file(files, name)?;
    serde_json::from_slice(bytes).map_err(|error| failure(check, name, error))
}

fn failure(check: &'static str, object: &str, message: impl std::fmt::Display) -> Failure {
    Failure {
        check,
        object: Some(object.to_owned()),
        reason: None,
        message: message.to_string(),
    }
}
