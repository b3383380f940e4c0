//! What a bundle claims beyond its archive.

use std::io::{self, Read, Seek};

use ballot::Question;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::ended::{self, ENDED};
use super::figures::check_figures;
use super::file::{ArchiveOf, Files, Small};
use super::paper::check_paper;
use super::recorded::{self, Claims, Recorded};
use super::rounds::{self, Round, Rounds};
use super::withdrawn::{SPOILED, check_revocations, check_spoiled};
use super::{ARCHIVE, Figures};
use crate::archive::Outline;
use crate::decision::Lot;
use crate::opening::decide;
use crate::rules::{Rule, RuleHash};
use crate::setup::{BindingLines, check_questions, item_texts};
use crate::verify::{
    self, Asked, BINDINGS, Checks, Counted, Failure, Halt, Options, Progress, Report, RuleNamed,
};

/// A checked bundle.
pub(super) struct Checked {
    pub(super) report: Report,
    /// The poll's part of the record, where the bundle has one that holds.
    pub(super) recorded: Option<Recorded>,
    /// The poll with those before it.
    pub(super) rounds: Option<Rounds>,
}

pub(super) fn run<S: Read + Seek>(source: S, progress: Progress<'_>) -> io::Result<Checked> {
    run_within(source, 0, progress)
}

/// A bundle that stands in so many others.
pub(super) fn run_within<S: Read + Seek>(
    source: S,
    before: usize,
    progress: Progress<'_>,
) -> io::Result<Checked> {
    let mut checks = Checks::default();
    let mut files = match Files::read(source) {
        Ok(files) => files,
        Err(error) => {
            checks.fail("manifest", None, error.code(), error);
            return Ok(Checked {
                report: checks.into_report(None),
                recorded: None,
                rounds: None,
            });
        }
    };
    checks.pass("manifest");
    let mut found = Found::default();
    let done = contents(&mut files, before, progress, &mut checks, &mut found);
    checks.settle(done)?;
    let mut report = checks.into_report(found.counted);
    (report.rule, report.decision) = (found.rule, found.decision);
    Ok(Checked {
        report,
        recorded: found.recorded,
        rounds: found.rounds,
    })
}

/// What has been found so far.
#[derive(Default)]
struct Found {
    counted: Option<Counted>,
    rule: Option<RuleNamed>,
    decision: Option<Value>,
    recorded: Option<Recorded>,
    rounds: Option<Rounds>,
}

fn contents<S: Read + Seek>(
    files: &mut Files<S>,
    before: usize,
    progress: Progress<'_>,
    checks: &mut Checks,
    found: &mut Found,
) -> Result<(), Halt> {
    if files.has(ENDED) {
        if let Some(over) = ended::check(files, progress, checks)? {
            (found.rule, found.decision) = (Some(over.rule), Some(over.document));
            found.recorded = Some(over.recorded);
        }
        return Ok(());
    }
    let (files, archive) = files.split();
    let (rule, rule_bytes) = adopted(files)?;
    let (archive, hash) =
        archive.map_err(|error| failure("manifest", ARCHIVE, "missing", error))?;
    let asked = Asked {
        options: Options {
            revoting: rule.allows_revoting(),
        },
        bindings: Some(file(files, BINDINGS)?),
        progress,
    };
    let (outline, counted) = election(archive, hash, asked, checks)?;
    let counted = found.counted.insert(counted);
    if !checks.all_passed() {
        return Ok(());
    }
    check_rule(&counted.description, &counted.questions, &rule, rule_bytes)?;
    checks.pass("rule");
    found.rule = Some(RuleNamed {
        title: rule.title().to_owned(),
        sha256: RuleHash::of(rule_bytes).to_hex(),
        items: item_texts(&rule, &counted.questions),
    });
    check_roll(
        &counted.description,
        file(files, "roll.json")?,
        &outline.setup.credentials,
    )?;
    checks.pass("roll");
    let figures = account(files, &rule, counted, &outline, checks)?;
    let decision = decided(files, &rule, &figures, counted)?;
    checks.pass("decision");
    let round = Round {
        election: counted.uuid.as_str(),
        rule: &rule,
        bytes: rule_bytes,
        roll: &outline.setup.credentials,
        decision: &decision,
    };
    let rounds = rounds::check(files, &round, before, progress)?;
    if rounds.followed() {
        checks.pass("rounds");
    }
    let claims = Claims {
        rule: &rule,
        rule_text: rule_bytes,
        figures: &figures,
        counted,
        outline: &outline,
        decision: &decision,
    };
    found.recorded = recorded::check(files, &claims, checks)?;
    if let Some(recorded) = &found.recorded {
        rounds.require_before(&recorded.poll)?;
    }
    found.rounds = Some(rounds);
    found.decision = Some(decision);
    Ok(())
}

/// The rule, with its exact bytes.
pub(super) fn adopted(files: &Small) -> Result<(Rule, &[u8]), Failure> {
    let bytes = file(files, "rule.toml")?;
    let unread = |error: &dyn std::fmt::Display| failure("rule", "rule.toml", "encoding", error);
    let rule = std::str::from_utf8(bytes).map_err(|error| unread(&error))?;
    let rule = Rule::parse(rule).map_err(|error| unread(&error))?;
    Ok((rule, bytes))
}

/// The figures, and the ballots that must not be there.
fn account(
    files: &Small,
    rule: &Rule,
    counted: &Counted,
    outline: &Outline,
    checks: &mut Checks,
) -> Result<Figures, Failure> {
    let figures: Figures = json(files, "figures", "figures.json")?;
    check_figures(&figures, rule, counted)?;
    check_revocations(files, &figures, outline)?;
    checks.pass("figures");
    check_paper(files, rule, &figures, outline)?;
    if rule.reserved().paper > 0 {
        checks.pass("paper");
    }
    if files.optional(SPOILED).is_some() {
        check_spoiled(files, outline)?;
        checks.pass("spoiled");
    }
    Ok(figures)
}

/// The published decision, which is the recomputed one.
fn decided(
    files: &Small,
    rule: &Rule,
    figures: &Figures,
    counted: &Counted,
) -> Result<Value, Failure> {
    let decision = recompute(files, rule, figures, counted)?;
    let published: Value = parsed(files, "decision", "decision.json")?;
    if published != decision {
        let difference = first_difference(&published, &decision);
        return Err(failure("decision", "decision.json", "differs", difference));
    }
    one_encoding(files, "decision", "decision.json", &decision)?;
    Ok(decision)
}

/// The archive, read for its form, then for what is proved.
fn election<S: Read + Seek>(
    mut archive: ArchiveOf<'_, S>,
    hash: &str,
    asked: Asked<'_>,
    checks: &mut Checks,
) -> Result<(Outline, Counted), Halt> {
    let outline = outline(&mut archive, hash, checks)?;
    let counted = verify::counted(&mut archive, &outline, asked, checks)?;
    Ok((outline, counted))
}

/// The archive's form; it is the one whose hash the manifest has.
pub(super) fn outline<S: Read + Seek>(
    archive: &mut ArchiveOf<'_, S>,
    hash: &str,
    checks: &mut Checks,
) -> Result<Outline, Halt> {
    let outline = verify::outline(archive, checks)?;
    if archive.hash() == hash {
        return Ok(outline);
    }
    let message = "it is not what it was when the manifest was checked";
    Err(failure("manifest", ARCHIVE, "changed", message).into())
}

/// The description binds the rule, and the election asks what it says.
pub(super) fn check_rule(
    description: &str,
    questions: &[Question],
    rule: &Rule,
    bytes: &[u8],
) -> Result<(), Failure> {
    let bound = BindingLines::parse(description).and_then(|(_, lines)| lines.check_rule(bytes));
    bound.map_err(|error| failure("rule", "rule.toml", "binding", error))?;
    check_questions(rule, questions)
        .map_err(|error| failure("rule", "rule.toml", "questions", error))
}

/// The description binds the roll, it is the archive's, and each of its credentials has one vote.
pub(super) fn check_roll(description: &str, roll: &[u8], in_archive: &[u8]) -> Result<(), Failure> {
    let refused =
        |reason, error: &dyn std::fmt::Display| failure("roll", "roll.json", reason, error);
    BindingLines::parse(description)
        .and_then(|(_, lines)| lines.check_roll(roll))
        .map_err(|error| refused("binding", &error))?;
    if roll != in_archive {
        return Err(refused("archive", &"it is not the roll of the archive"));
    }
    let credentials: Vec<&str> =
        serde_json::from_slice(roll).map_err(|error| refused("encoding", &error))?;
    match credentials.into_iter().find(|entry| entry.contains(',')) {
        None => Ok(()),
        Some(entry) => Err(refused("weight", &format!("{entry} has a weight"))),
    }
}

fn recompute(
    files: &Small,
    rule: &Rule,
    figures: &Figures,
    counted: &Counted,
) -> Result<Value, Failure> {
    let wrong =
        |error: &dyn std::fmt::Display| failure("decision", "decision.json", "undecidable", error);
    let lot: Option<Lot> = match files.optional("lot.json") {
        Some(_) => Some(json(files, "decision", "lot.json")?),
        None => None,
    };
    decide(rule, figures.returns(), &counted.result, lot.as_ref())
        .map_err(|error| wrong(&error))?
        .document()
        .map_err(|error| wrong(&error))
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

/// A file's JSON, written in the one form of its type.
pub(super) fn json<T: DeserializeOwned + Serialize>(
    files: &Small,
    check: &'static str,
    name: &'static str,
) -> Result<T, Failure> {
    let value = parsed(files, check, name)?;
    one_encoding(files, check, name, &value)?;
    Ok(value)
}

fn parsed<T: DeserializeOwned>(
    files: &Small,
    check: &'static str,
    name: &'static str,
) -> Result<T, Failure> {
    let bytes = file(files, name)?;
    serde_json::from_slice(bytes).map_err(|error| failure(check, name, "encoding", error))
}

/// Whether the file is what writing its value again gives: another reader might find another value in another form.
fn one_encoding(
    files: &Small,
    check: &'static str,
    name: &'static str,
    value: &impl Serialize,
) -> Result<(), Failure> {
    let refused = |error: &dyn std::fmt::Display| failure(check, name, "encoding", error);
    let written = super::json(name, value).map_err(|error| refused(&error))?;
    if written == file(files, name)? {
        Ok(())
    } else {
        Err(refused(
            &"it has not the one form of its contents: compact, each member once and in order",
        ))
    }
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

#[cfg(test)]
mod tests;
