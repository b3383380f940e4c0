//! What the browser asks for, as plain functions.

use ballot::group::{Group, InGroup, in_group};
use ballot::trustee::{Closing, enough};
use ballot::wire::{Wire as _, WireError};
use ballot::{Ballot, Digest, Election, Opening, Print};
use serde_json::{Value, json};
use tally::archive::Archive;
use tally::bundle;
use tally::record::body::ElectionUuid;
use tally::record::leaf::{self, BodyHash};
use tally::record::poll::{PollRecord, RecordedCeremony, RecordedPoll};
use tally::record::receipt::{Included, ReceiptError};
use tally::record::transcript::ROUNDS;
use tally::record::tree::{self, Hash};
use tally::record::{Checkpoint, Note, Receipt, VerifierKey};
use tally::rules::Rule;
use tally::statement::recorded_closing;
use tally::verify::{self as verifier, BallotCheck, Closed, Failure, Freshness, Options};

/// An argument that is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ActError {
    /// A verifier key line.
    #[error("{0}: not a verifier key line `name+id+key`")]
    Key(&'static str),
    /// A proof.
    #[error("the proof is not a JSON array of base64 hashes")]
    Proof,
    /// A body's hash.
    #[error("a body's hash is 64 lowercase hexadecimal digits")]
    BodyHash,
    /// The answer cannot be written, which is a fault of this program.
    #[error("the answer cannot be written as JSON: {0}")]
    Json(String),
}

type Act = Result<String, ActError>;

/// See [`crate::verify`].
pub fn verify(bytes: &[u8]) -> Act {
    let report = if bundle::is_bundle(bytes) {
        bundle::verify(bytes)
    } else {
        verifier::archive(bytes, Options::default())
    };
    serde_json::to_string(&report).map_err(|error| ActError::Json(error.to_string()))
}

/// See [`crate::closed_tally`].
pub fn closed_tally(
    archive: &[u8],
    revoting: bool,
    record: &str,
    log_key: &str,
    seen: &str,
) -> Act {
    let (log, _) = keys(log_key, "")?;
    let work = ClosedTally {
        archive,
        revoting,
        said: Said {
            record,
            log: &log,
            seen,
        },
    };
    Ok(in_its_group(archive, work))
}

struct ClosedTally<'a> {
    archive: &'a [u8],
    revoting: bool,
    said: Said<'a>,
}

impl InGroup for ClosedTally<'_> {
    type Output = String;

    fn run<G: Group>(self) -> String {
        let options = Options {
            revoting: self.revoting,
        };
        let closed = match verifier::closed::<G>(self.archive, options) {
            Ok(closed) => closed,
            Err(failure) => return refused_by(&failure),
        };
        let (recorded, closing) = match self.recorded(&closed) {
            Ok(both) => both,
            Err(message) => return refused("record", &message),
        };
        let fingerprint = closed.election.fingerprint();
        let tally = closed.tally().to_json();
        json!({
            "ok": true,
            "election": closed.election.to_json(),
            "trustees": closed.trustees.to_json(),
            "tally": tally,
            "uuid": closed.election.uuid().as_str(),
            "fingerprint": fingerprint.to_string(),
            "print": Print::of_election(&fingerprint).to_string(),
            "tally_print": Print::of_tally(&Digest::of(&tally)).to_string(),
            "ballots": closed.aggregate.ballots,
            "invalid": recorded.paper.as_ref().map_or(0, |paper| paper.invalid.len()),
            "checkpoint": recorded.note.to_string(),
            "closing": closing.to_json(),
            "stated": recorded.closing.by.len(),
            "needed": recorded.closing.needed,
            "enough": enough(&closed.trustees),
            "is_agreed": recorded.closing.is_enough(),
        })
        .to_string()
    }
}

impl ClosedTally<'_> {
    /// The record of the archive's poll, if it says of setup, ballots and tally what the archive does, and what a device states of it.
    fn recorded<G: Group>(&self, closed: &Closed<G>) -> Result<(RecordedPoll, Closing), String> {
        let recorded = self.said.of(closed.election.uuid().as_str())?;
        let rule = Rule::parse(&recorded.rules.rule).map_err(|error| error.to_string())?;
        let archive = Archive::read(self.archive).map_err(|error| error.to_string())?;
        let ballots: Vec<Digest> = archive
            .ballots
            .iter()
            .map(|ballot| ballot.hash.digest())
            .collect();
        let closing = recorded_closing(closed, &ballots, &rule, &self.said.document()?)
            .map_err(|error| error.to_string())?;
        let others = recorded.stated_ballots;
        if others.is_some_and(|others| others != closing.ballots) {
            return Err(
                "other scrutineers' devices have stated another number of ballots".to_owned(),
            );
        }
        Ok((recorded, closing))
    }
}

/// What the service says of the record, with the key that it must be signed by.
struct Said<'a> {
    record: &'a str,
    log: &'a VerifierKey,
    seen: &'a str,
}

impl Said<'_> {
    fn document(&self) -> Result<PollRecord, String> {
        serde_json::from_str(self.record).map_err(|error| error.to_string())
    }

    /// The record of an election's poll, verified.
    fn of(&self, election: &str) -> Result<RecordedPoll, String> {
        let election = ElectionUuid::new(election).ok_or("not an election's id")?;
        let seen = match self.seen {
            "" => None,
            text => Some(checkpoint(text, self.log)?),
        };
        self.document()?
            .verify(self.log, &election, seen.as_ref())
            .map_err(|error| error.to_string())
    }
}

/// A checkpoint that the log has signed.
fn checkpoint(text: &str, log: &VerifierKey) -> Result<Checkpoint, String> {
    let note = Note::parse(text).map_err(|error| error.to_string())?;
    note.verify(log).map_err(|error| error.to_string())?;
    Checkpoint::parse(note.text()).map_err(|error| error.to_string())
}

/// See [`crate::recorded_poll`].
pub fn recorded_poll(record: &str, log_key: &str, election: &str, seen: &str) -> Act {
    let (log, _) = keys(log_key, "")?;
    let said = Said {
        record,
        log: &log,
        seen,
    };
    Ok(match said.of(election) {
        Ok(poll) => {
            let frozen = poll.frozen.as_ref();
            let reserved: Vec<_> = frozen
                .iter()
                .flat_map(|frozen| &frozen.reserved)
                .map(|one| json!({"election_uuid": one.election_uuid, "roll": one.roll.text()}))
                .collect();
            json!({
                "ok": true,
                "checkpoint": poll.note.to_string(),
                "rule": poll.rules.rule,
                "threshold": poll.rules.threshold.get(),
                "ceremony": ceremony(&poll.ceremony),
                "election": frozen.map(|frozen| frozen.election.text()),
                "trustees": frozen.map(|frozen| frozen.trustees.text()),
                "roll": frozen.map(|frozen| frozen.roll.text()),
                "reserved": reserved,
                "is_open": poll.opened.is_some() && poll.closed.is_none() && poll.ended.is_none(),
                "is_closed": poll.closed.is_some(),
                "ballots": poll.ballots.len(),
            })
            .to_string()
        }
        Err(message) => refused("record", &message),
    })
}

/// Does `work` in the group of the archive's election.
fn in_its_group<W: InGroup<Output = String>>(archive: &[u8], work: W) -> String {
    match verifier::group_of(archive) {
        Ok(group) => in_group(&group, work).unwrap_or_else(|| unsupported(&group)),
        Err(failure) => refused_by(&failure),
    }
}

fn unsupported(group: &str) -> String {
    refused("supported", &format!("unsupported: the group {group}"))
}

/// See [`crate::verify_receipt`].
pub fn verify_receipt(receipt: &str, log_key: &str, witness_keys: &str, required: u32) -> Act {
    let (log, witnesses) = keys(log_key, witness_keys)?;
    let included = receipt
        .parse::<Receipt>()
        .and_then(|receipt| receipt.verify(&log, &witnesses, u64::from(required)));
    Ok(inclusion(included))
}

/// See [`crate::counted_ballot`].
pub fn counted_ballot(bundle: &[u8], receipt: &str) -> Act {
    let source = std::io::Cursor::new(bundle);
    let checked = bundle::verify_receipt(source, receipt, verifier::SILENT);
    // Bytes in memory can always be read.
    let (report, counted) = checked.map_err(|error| ActError::Json(error.to_string()))?;
    Ok(match counted {
        Ok(ballot) => json!({
            "ok": true,
            "tracker": ballot.tracker.to_string(),
            "index": ballot.index,
            "replaced_by": ballot.replaced_by,
            "checks": report.checks,
        }),
        Err(error) => json!({
            "ok": false,
            "check": error.code(),
            "message": error.to_string(),
            "checks": report.checks,
        }),
    }
    .to_string())
}

/// See [`crate::verify_inclusion`].
pub fn verify_inclusion(
    leaf: &str,
    index: u64,
    proof: &str,
    checkpoint: &str,
    log_key: &str,
    witness_keys: &str,
    required: u32,
) -> Act {
    let (log, witnesses) = keys(log_key, witness_keys)?;
    let proof = hashes(proof)?;
    let included = Note::parse(checkpoint)
        .map_err(ReceiptError::from)
        .and_then(|note| {
            Receipt::new(leaf.as_bytes().to_vec(), index, proof, note).verify(
                &log,
                &witnesses,
                u64::from(required),
            )
        });
    Ok(inclusion(included))
}

/// See [`crate::verify_consistency`].
pub fn verify_consistency(old: &str, new: &str, proof: &str, log_key: &str) -> Act {
    let (log, _) = keys(log_key, "")?;
    let proof = hashes(proof)?;
    let (old, new) = match (checkpoint(old, &log), checkpoint(new, &log)) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(message), _) | (_, Err(message)) => {
            return Ok(refused("checkpoint-signature", &message));
        }
    };
    if old.origin != new.origin {
        return Ok(refused(
            "checkpoint-origin",
            "the checkpoints are of different logs",
        ));
    }
    Ok(
        match tree::verify_consistency(old.size, new.size, &proof, old.root, new.root) {
            Ok(()) => json!({ "ok": true, "old": old.size, "new": new.size }).to_string(),
            Err(error) => refused("consistency-proof", &error.to_string()),
        },
    )
}

/// See [`crate::open_body`].
pub fn open_body(document: &[u8], hash: &str) -> Act {
    let hash = BodyHash::from_hex(hash).ok_or(ActError::BodyHash)?;
    Ok(match leaf::open_body(document, hash) {
        Ok(body) => json!({ "ok": true, "body": String::from_utf8_lossy(body) }).to_string(),
        Err(error) => refused("body", &error.to_string()),
    })
}

/// See [`crate::check_ballot`].
pub fn check_ballot(archive: &[u8], ballot: &str, fresh: bool) -> Act {
    let work = CheckBallot {
        archive,
        ballot,
        fresh,
    };
    Ok(in_its_group(archive, work))
}

struct CheckBallot<'a> {
    archive: &'a [u8],
    ballot: &'a str,
    fresh: bool,
}

impl InGroup for CheckBallot<'_> {
    type Output = String;

    fn run<G: Group>(self) -> String {
        let freshness = if self.fresh {
            Freshness::Ignored
        } else {
            Freshness::Checked
        };
        let checked = BallotCheck::<G>::new(self.archive, freshness, Options::default())
            .and_then(|check| check.check(self.ballot.as_bytes()));
        match checked {
            Ok(ballot) => {
                json!({ "ok": true, "tracker": ballot.tracker().to_string() }).to_string()
            }
            Err(failure) => refused_by(&failure),
        }
    }
}

/// See [`crate::open_ballot`].
pub fn open_ballot(election: &str, opening: &str, ballot: &str) -> Act {
    let group = match ballot::group_of_election(election.as_bytes()) {
        Ok(group) => group,
        Err(error) => return Ok(refused("election", &error.to_string())),
    };
    let work = OpenBallot {
        election,
        opening,
        ballot,
    };
    Ok(in_group(&group, work).unwrap_or_else(|| unsupported(&group)))
}

struct OpenBallot<'a> {
    election: &'a str,
    opening: &'a str,
    ballot: &'a str,
}

impl InGroup for OpenBallot<'_> {
    type Output = String;

    fn run<G: Group>(self) -> String {
        self.open::<G>().unwrap_or_else(|refused| refused)
    }
}

impl OpenBallot<'_> {
    /// The answer, either way.
    fn open<G: Group>(&self) -> Result<String, String> {
        let malformed = |check| move |error: WireError| refused(check, &error.to_string());
        let election =
            Election::<G>::from_json(self.election.as_bytes()).map_err(malformed("election"))?;
        let ballot =
            Ballot::<G>::from_json(self.ballot.as_bytes()).map_err(malformed("encoding"))?;
        ballot
            .verify(&election)
            .map_err(|error| refused(error.code(), &error.to_string()))?;
        let opening =
            Opening::<G>::from_json(self.opening.as_bytes()).map_err(malformed("opening"))?;
        let choices = opening
            .check(&ballot, &election)
            .map_err(|error| refused("opening", &error.to_string()))?;
        let questions = election.questions();
        let answers: Vec<&[String]> = questions.iter().map(ballot::Question::answers).collect();
        let blank: Vec<bool> = questions
            .iter()
            .map(ballot::Question::allows_blank)
            .collect();
        let tracker = ballot.tracker().to_string();
        Ok(json!({ "ok": true, "tracker": tracker, "choices": choices.marks(), "answers": answers, "blank": blank }).to_string())
    }
}

fn inclusion(included: Result<Included, ReceiptError>) -> String {
    match included {
        Ok(included) => json!({
            "ok": true,
            "index": included.index,
            "size": included.checkpoint.size,
            "root": included.checkpoint.root,
            "origin": included.checkpoint.origin,
            "leaf": included.header,
        })
        .to_string(),
        Err(error) => refused(error.check(), &error.to_string()),
    }
}

fn refused(check: &str, message: &str) -> String {
    json!({ "ok": false, "check": check, "message": message }).to_string()
}

fn refused_by(failure: &Failure) -> String {
    let mut answer = json!({ "ok": false, "check": failure.check, "message": failure.message });
    if let (Some(object), Some(answer)) = (&failure.object, answer.as_object_mut()) {
        answer.insert("object".to_owned(), Value::from(object.as_str()));
    }
    answer.to_string()
}

fn keys(log: &str, witnesses: &str) -> Result<(VerifierKey, Vec<VerifierKey>), ActError> {
    let log = log.trim_end().parse().map_err(|_| ActError::Key("log"))?;
    let witnesses = witnesses.lines().filter(|line| !line.is_empty());
    let witnesses = witnesses
        .map(|line| line.parse().map_err(|_| ActError::Key("witness")))
        .collect::<Result<_, _>>()?;
    Ok((log, witnesses))
}

fn hashes(proof: &str) -> Result<Vec<Hash>, ActError> {
    serde_json::from_str(proof).map_err(|_| ActError::Proof)
}

/// The messages of the ceremony that is under way, by round, in the order of the trustees; of a round that is not complete none.
fn ceremony(recorded: &RecordedCeremony) -> Option<Value> {
    let transcript = recorded.transcript.as_ref()?;
    let due = transcript.due();
    let complete = ROUNDS
        .into_iter()
        .take_while(|round| Some(*round) != due)
        .map(|round| transcript.texts(round));
    Some(json!({
        "attempt": recorded.attempt,
        "size": transcript.setting().size(),
        "threshold": transcript.setting().threshold(),
        "rounds": complete.collect::<Vec<_>>(),
    }))
}
