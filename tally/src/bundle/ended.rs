//! Polls that ended without a result: withdrawn before anybody could vote, or void. Nothing of them is counted, and everything that
//! was there stays: the bundle shows the adopted rule, the box as it was, and the record's entry that ended it.

use std::io::{Read, Seek};

use super::ARCHIVE;
use super::check::{self, failure, file, json};
use super::file::{Files, Small};
use super::recorded::{self, RECORD, Recorded};
use crate::archive::{Outline, Stage};
use crate::record::poll::{Ended, RecordedPoll};
use crate::rules::{Rule, RuleHash};
use crate::setup::item_texts;
use crate::verify::{self, Checks, Failure, Halt, Options, Progress, RuleNamed, SetUp};

/// The file that says how a poll ended without a result.
pub(super) const ENDED: &str = "ended.json";

const CHECK: &str = "ended";

/// The files that such a poll has at most.
const FILES: [&str; 4] = [ARCHIVE, "rule.toml", ENDED, RECORD];

/// What was found.
pub(super) struct Over {
    pub(super) rule: RuleNamed,
    pub(super) document: serde_json::Value,
    pub(super) recorded: Recorded,
}

pub(super) fn check<S: Read + Seek>(
    files: &mut Files<S>,
    progress: Progress<'_>,
    checks: &mut Checks,
) -> Result<Option<Over>, Halt> {
    let (files, archive) = files.split();
    if let Some(name) = files.other_than(&FILES) {
        let message = "a poll without a result has no such file";
        return Err(failure(CHECK, name, "unexpected", message).into());
    }
    let (rule, bytes) = check::adopted(files)?;
    let ended: Ended = json(files, CHECK, ENDED)?;
    let frozen = match archive {
        Ok((mut archive, hash)) => {
            let options = Options {
                revoting: rule.allows_revoting(),
            };
            let outline = check::outline(&mut archive, hash, checks)?;
            let set_up = verify::so_far(&mut archive, &outline, options, progress, checks)?;
            if !checks.all_passed() {
                return Ok(None);
            }
            require_unopened(&outline)?;
            check::check_rule(&set_up.description, &set_up.questions, &rule, bytes)?;
            Some((outline, set_up))
        }
        Err(_) => None,
    };
    checks.pass("rule");
    if let Some((outline, set_up)) = &frozen {
        let roll = &outline.setup.credentials;
        check::check_roll(&set_up.description, roll, roll)?;
        checks.pass("roll");
    }
    let recorded = in_record(files, &rule, bytes, &ended)?;
    compare(&recorded.poll, frozen.as_ref().map(|(outline, _)| outline))?;
    checks.pass("record");
    recorded::check_witnesses(&rule, &recorded.poll, checks)?;
    require_ended(&recorded.poll, &ended)?;
    checks.pass(CHECK);
    let document = serde_json::to_value(&ended);
    let document = document.map_err(|error| failure(CHECK, ENDED, "encoding", error))?;
    Ok(Some(Over {
        rule: named(&rule, bytes, frozen.map(|(_, set_up)| set_up)),
        document,
        recorded,
    }))
}

/// Nothing was opened of the box.
fn require_unopened(outline: &Outline) -> Result<(), Failure> {
    if matches!(outline.stage, Stage::Voting | Stage::Ended) {
        return Ok(());
    }
    let message = format!(
        "of a poll without a result nothing is counted, and its archive ends with {}",
        outline.stage
    );
    Err(failure(CHECK, ARCHIVE, "stage", message))
}

/// The poll's part of the record that the rule names. A poll without one cannot be shown to have ended.
fn in_record(files: &Small, rule: &Rule, text: &[u8], ended: &Ended) -> Result<Recorded, Failure> {
    let log = rule.log().ok_or_else(|| {
        let message = "the rule names no public record, which alone can show that the poll ended";
        failure(CHECK, "rule.toml", "no-record", message)
    })?;
    file(files, RECORD)?;
    let recorded = recorded::read(files, log, ended.election_uuid().clone())?;
    recorded::require(
        "rule",
        "the adopted rule",
        recorded.poll.rules.rule.as_bytes() == text,
    )?;
    Ok(recorded)
}

/// The box is the record's, and there is one where the poll was frozen.
fn compare(recorded: &RecordedPoll, archive: Option<&Outline>) -> Result<(), Failure> {
    match (&recorded.frozen, archive) {
        (Some(frozen), Some(outline)) => {
            recorded::compare_objects(frozen, outline)?;
            recorded::compare_ballots(recorded, outline)?;
            let has_closed = outline.stage == Stage::Ended;
            recorded::require(
                "unfinished",
                "whether voting has ended",
                recorded.closed.is_some() == has_closed,
            )
        }
        (None, None) => Ok(()),
        (frozen, _) => {
            let message = if frozen.is_some() {
                "the record has a roll and an election, and the bundle has no archive of it"
            } else {
                "the record says that nothing was frozen"
            };
            Err(failure(CHECK, ARCHIVE, "archive", message))
        }
    }
}

fn require_ended(recorded: &RecordedPoll, ended: &Ended) -> Result<(), Failure> {
    if recorded.ended.as_ref() == Some(ended) {
        return Ok(());
    }
    let message = match recorded.ended {
        Some(_) => "the record says that it ended otherwise",
        None => "the record does not say that it ended",
    };
    Err(failure(CHECK, ENDED, "differs", message))
}

/// The rule with what the ballots say of each item, or with the items' ids, where no election was made.
fn named(rule: &Rule, bytes: &[u8], set_up: Option<SetUp>) -> RuleNamed {
    RuleNamed {
        title: rule.title().to_owned(),
        sha256: RuleHash::of(bytes).to_hex(),
        items: match set_up {
            Some(set_up) => item_texts(rule, &set_up.questions),
            None => rule.items().iter().map(ToString::to_string).collect(),
        },
    }
}
