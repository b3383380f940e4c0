//! The bundle against the public record that its rule names: the box has exactly the record's ballots, and what the decision hangs
//! on is what the record says.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use super::check::{failure, json};
use super::file::Small;
use super::{Figures, PaperCount};
use crate::archive::{ObjectHash, Outline};
use crate::decision::{Lot, Outcome};
use crate::note::VerifierKey;
use crate::record::body::{
    BeleniosHash, Code, ElectionUuid, PollAnnounced, PollClosed, PollFrozen, PollLotDrawn,
    PollOutcome, PollPartiallyDecrypted, PublicCredential, TrusteePartial,
};
use crate::record::poll::{PollRecord, RecordedPoll};
use crate::rules::{ItemId, Rule};
use crate::verify::{Checks, Counted, Failure};

/// The file of the poll's part of the record.
pub(super) const RECORD: &str = "record.json";

/// What the bundle claims, and what has been recomputed from it.
pub(super) struct Claims<'c> {
    pub(super) rule: &'c Rule,
    pub(super) rule_text: &'c [u8],
    pub(super) figures: &'c Figures,
    pub(super) counted: &'c Counted,
    pub(super) outline: &'c Outline,
    pub(super) decision: &'c serde_json::Value,
}

/// The record of a bundle, verified and compared.
pub(super) struct Recorded {
    pub(super) log: VerifierKey,
    pub(super) election: ElectionUuid,
    pub(super) record: PollRecord,
    pub(super) poll: RecordedPoll,
}

/// Compares the bundle with the record, and the record with its witnesses.
pub(super) fn check(
    files: &Small,
    claims: &Claims<'_>,
    checks: &mut Checks,
) -> Result<Option<Recorded>, Failure> {
    let Some(log) = claims.rule.log() else {
        if files.optional(RECORD).is_some() {
            return Err(refused("unexpected", &"the rule names no record"));
        }
        let message = "the rule names no public record: that no ballot was left out is not proved";
        checks.warn("record", None, "none", message);
        return Ok(None);
    };
    if files.optional(RECORD).is_none() {
        let message = format!("the rule names the record of `{}`", log.name());
        return Err(refused("missing", &message));
    }
    let election = ElectionUuid::new(claims.counted.uuid.as_str())
        .ok_or_else(|| refused("entry", &"the election's id cannot stand in a record"))?;
    let recorded = read(files, log, election)?;
    let poll = &recorded.poll;
    compare(poll, claims)?;
    compare_lists(poll, &Lists::read(files)?, claims)?;
    checks.pass("record");
    check_witnesses(claims.rule, poll, checks)?;
    Ok(Some(recorded))
}

/// As many of the rule's witnesses as it asks for have cosigned the record.
pub(super) fn check_witnesses(
    rule: &Rule,
    recorded: &RecordedPoll,
    checks: &mut Checks,
) -> Result<(), Failure> {
    let witnesses = rule.witnesses();
    if witnesses.required == 0 {
        return Ok(());
    }
    recorded
        .note
        .verify_witnesses(&witnesses.keys, witnesses.required)
        .map_err(|error| failure("witnesses", RECORD, "cosignatures", error))?;
    checks.pass("witnesses");
    Ok(())
}

/// The poll's part of this record, verified by itself.
pub(super) fn read(
    files: &Small,
    log: &VerifierKey,
    election: ElectionUuid,
) -> Result<Recorded, Failure> {
    let record: PollRecord = json(files, "record", RECORD)?;
    let poll = record
        .verify(log, &election, None)
        .map_err(|error| refused(error.code(), &error))?;
    Ok(Recorded {
        log: log.clone(),
        election,
        record,
        poll,
    })
}

fn compare(recorded: &RecordedPoll, claims: &Claims<'_>) -> Result<(), Failure> {
    require(
        "rule",
        "the adopted rule",
        recorded.rules.rule.as_bytes() == claims.rule_text,
    )?;
    let frozen = recorded.frozen.as_ref();
    let frozen = frozen.ok_or_else(|| refused("unfinished", &"the poll was never frozen"))?;
    compare_objects(frozen, claims.outline)?;
    let present = u64::from(frozen.present);
    require(
        "present",
        "the number of deputies present",
        present == claims.figures.present,
    )?;
    compare_ballots(recorded, claims.outline)?;
    let closed = recorded.closed.as_ref();
    let closed = closed.ok_or_else(|| refused("unfinished", &"the poll was never closed"))?;
    compare_close(closed, claims)?;
    compare_closings(recorded, claims)?;
    let announced = recorded.announced.as_ref();
    let announced =
        announced.ok_or_else(|| refused("unfinished", &"the result was never announced"))?;
    compare_partials(&recorded.partials, announced)?;
    compare_result(announced, recorded.lot.as_ref(), claims)
}

/// The announced parts are those whose hashes stood in the record before anybody could know the result, each once and no other.
fn compare_partials(
    given: &[PollPartiallyDecrypted],
    announced: &PollAnnounced,
) -> Result<(), Failure> {
    let hashed = |one: &TrusteePartial| {
        let hash = ballot::Digest::of(one.partial_decryption.text());
        (one.trustee, BeleniosHash::from(&hash))
    };
    let recorded = given
        .iter()
        .map(|one| (one.trustee, one.partial_decryption_hash.clone()));
    let recorded: BTreeMap<_, _> = recorded.collect();
    let parts = &announced.partial_decryptions;
    let own: BTreeMap<_, _> = parts.iter().map(hashed).collect();
    let holds = parts.len() == own.len() && given.len() == recorded.len() && own == recorded;
    require("partials", "the list of partial decryptions", holds)
}

/// What was fixed before the vote.
pub(super) fn compare_objects(frozen: &PollFrozen, outline: &Outline) -> Result<(), Failure> {
    let setup = &outline.setup;
    for (reason, what, recorded, archived) in [
        (
            "election",
            "the election",
            &frozen.election,
            &setup.election,
        ),
        (
            "trustees",
            "the trustees object",
            &frozen.trustees,
            &setup.trustees,
        ),
        ("roll", "the roll", &frozen.roll, &setup.credentials),
    ] {
        require(
            reason,
            what,
            recorded.text().as_bytes() == archived.as_slice(),
        )?;
    }
    Ok(())
}

/// One entry for each ballot, none besides, and in the same order: where ballots may be replaced, the last one counts.
pub(super) fn compare_ballots(recorded: &RecordedPoll, outline: &Outline) -> Result<(), Failure> {
    let archived = || outline.ballots.iter().map(|ballot| ballot.hash.digest());
    recorded
        .equals_box(archived())
        .map_err(|error| refused("ballots", &error))?;
    let recorded = recorded.ballots.iter().map(|(_, ballot)| ballot.tracker());
    require(
        "ballot-order",
        "the order of the ballots",
        recorded.eq(archived()),
    )
}

fn compare_close(closed: &PollClosed, claims: &Claims<'_>) -> Result<(), Failure> {
    let returned = u64::from(closed.returned);
    require(
        "returned",
        "the number of ballots at the close",
        returned == claims.counted.ballots,
    )?;
    let tally = claims.outline.tally.as_ref();
    let archived = tally.map(|tally| ballot::Digest::of(&tally.bytes).to_string());
    require(
        "encrypted-tally",
        "the encrypted tally",
        archived.as_deref() == Some(closed.encrypted_tally_hash.as_str()),
    )
}

/// Counts and figures are as announced; so is the decision, with the lot in it that was drawn after.
fn compare_result(
    announced: &PollAnnounced,
    lot: Option<&PollLotDrawn>,
    claims: &Claims<'_>,
) -> Result<(), Failure> {
    let result = claims.outline.result.as_ref();
    require(
        "result",
        "the result",
        result.is_some_and(|result| announced.result.text().as_bytes() == result.bytes.as_slice()),
    )?;
    require(
        "returns",
        "the announced figures",
        announced.returns == claims.figures.returns(),
    )?;
    let outcome = match lot {
        Some(lot) => drawn(claims.rule, &announced.outcome, lot)?.document(),
        None => announced.outcome.document(),
    };
    let outcome = outcome.map_err(|error| refused("outcome", &error))?;
    require(
        "outcome",
        "the announced decision",
        outcome == *claims.decision,
    )
}

/// The announced decision with the recorded lot in it.
pub(super) fn drawn(
    rule: &Rule,
    outcome: &PollOutcome,
    lot: &PollLotDrawn,
) -> Result<PollOutcome, Failure> {
    let of_tied = |code: &Code| ItemId::new(code.as_str());
    let drawn: Option<Vec<ItemId>> = lot.drawn.iter().map(of_tied).collect();
    let PollOutcome::Choice {
        decision: Outcome::Decided(decision),
    } = outcome
    else {
        return Err(refused("lot", &"a lot was drawn where nothing was decided"));
    };
    let drawn = drawn.ok_or_else(|| refused("lot", &"it names what is no item"))?;
    let decision = decision.clone().with_lot(rule, &Lot { drawn });
    Ok(PollOutcome::Choice {
        decision: Outcome::Decided(decision.map_err(|error| refused("lot", &error))?),
    })
}

/// What the bundle says of credentials and ballots that have no vote.
struct Lists {
    revoked: Vec<String>,
    voided: Vec<String>,
    spoiled: Vec<String>,
    paper: PaperCount,
}

impl Lists {
    fn read(files: &Small) -> Result<Self, Failure> {
        let listed = |name: &'static str| match files.optional(name) {
            Some(_) => json(files, "record", name),
            None => Ok(Vec::new()),
        };
        let paper: PaperCount = match files.optional("paper.json") {
            Some(_) => json(files, "record", "paper.json")?,
            None => PaperCount::default(),
        };
        Ok(Self {
            revoked: listed("revocations.json")?,
            voided: listed("voided.json")?,
            spoiled: listed("spoiled.json")?,
            paper,
        })
    }
}

/// The scrutineers' devices have stated as many ballots as count; that they state the same sum the record's own check says.
fn compare_closings(recorded: &RecordedPoll, claims: &Claims<'_>) -> Result<(), Failure> {
    require(
        "closings",
        "the number of ballots in the scrutineers' closing statements",
        recorded.stated_ballots == Some(claims.counted.counted),
    )
}

/// Who has no vote, and which credentials are paper's, stands in the record by name.
fn compare_lists(
    recorded: &RecordedPoll,
    lists: &Lists,
    claims: &Claims<'_>,
) -> Result<(), Failure> {
    let (Some(frozen), Some(closed)) = (&recorded.frozen, &recorded.closed) else {
        return Err(refused("unfinished", &"the poll was never closed"));
    };
    let texts = |list: &[PublicCredential]| -> Vec<String> {
        list.iter().map(ToString::to_string).collect()
    };
    let spoiled: Vec<String> = closed.spoiled.iter().map(ToString::to_string).collect();
    for (reason, what, holds) in [
        (
            "revoked",
            "the list of revoked credentials",
            texts(&closed.revoked) == lists.revoked,
        ),
        (
            "voided",
            "the list of paper credentials left over",
            texts(&closed.voided) == lists.voided,
        ),
        (
            "spoiled",
            "the list of challenged ballots",
            spoiled == lists.spoiled,
        ),
    ] {
        require(reason, what, holds)?;
    }
    compare_paper(&texts(&frozen.paper_credentials), lists, claims)?;
    compare_count(recorded, &lists.paper, claims)
}

/// As many credentials as the rule reserves are paper's, each on the roll; sealed and left over are these and no others.
fn compare_paper(paper: &[String], lists: &Lists, claims: &Claims<'_>) -> Result<(), Failure> {
    let roll: Vec<&str> = serde_json::from_slice(&claims.outline.setup.credentials)
        .map_err(|error| refused("roll", &error))?;
    let roll: BTreeSet<&str> = roll.into_iter().collect();
    let distinct: BTreeSet<&str> = paper.iter().map(String::as_str).collect();
    let reserved = u64::try_from(distinct.len()) == Ok(claims.rule.reserved().paper)
        && distinct.len() == paper.len()
        && distinct.is_subset(&roll);
    require(
        "paper-credentials",
        "the list of paper credentials",
        reserved,
    )?;
    let of_paper: BTreeSet<ObjectHash> = paper
        .iter()
        .map(|credential| ObjectHash::of(credential.as_bytes()))
        .collect();
    let ballots = &claims.outline.ballots;
    let sealed: BTreeSet<String> = ballots
        .iter()
        .filter(|ballot| of_paper.contains(&ballot.credential))
        .map(|ballot| ballot.hash.tracker())
        .collect();
    let holds = sealed == lists.paper.sealed.iter().cloned().collect()
        && lists
            .voided
            .iter()
            .all(|one| distinct.contains(one.as_str()))
        && !lists
            .revoked
            .iter()
            .any(|one| distinct.contains(one.as_str()));
    require("paper", "what became of the paper credentials", holds)
}

/// The count of the paper is the one that was recorded before the close.
fn compare_count(
    recorded: &RecordedPoll,
    paper: &PaperCount,
    claims: &Claims<'_>,
) -> Result<(), Failure> {
    let holds = match &recorded.paper {
        None => claims.rule.reserved().paper == 0,
        Some(counted) => {
            let sealed = counted.sealed.iter().map(BeleniosHash::as_str);
            u64::from(counted.issued) == claims.figures.paper_issued
                && u64::from(counted.returned) == paper.returned
                && counted
                    .invalid
                    .iter()
                    .map(|one| one.get())
                    .eq(paper.invalid.iter().copied())
                && sealed.eq(paper.sealed.iter().map(String::as_str))
        }
    };
    require("paper-count", "the count of the paper", holds)
}

pub(super) fn require(reason: &'static str, what: &str, holds: bool) -> Result<(), Failure> {
    if holds {
        Ok(())
    } else {
        let message = format!("{what} is another one in the record than in the bundle");
        Err(refused(reason, &message))
    }
}

fn refused(reason: &'static str, message: &dyn Display) -> Failure {
    failure("record", RECORD, reason, message)
}
