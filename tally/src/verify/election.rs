//! The checks of one election in its group.

use std::collections::BTreeMap;

use ballot::trustee::{TrusteeId, Trustees};
use ballot::wire::{Wire, WireError, WireFault};
use ballot::{
    CredentialsCertificate, Election, ElectionResult, EncryptedTally, Group, PartialDecryption,
    PublicCredentials,
};

use super::{
    Asked, CHANGED, Checks, Closed, Counted, Failure, Halt, Options, SILENT, ballots, bindings,
};
use crate::archive::{Archive, Outline, Source, Stage};
use crate::count::{self, Aggregate, CountingError};

/// Runs every check, until a failure makes counting impossible.
pub(super) fn verify<G: Group>(
    source: &mut dyn Source,
    outline: &Outline,
    asked: Asked<'_>,
    checks: &mut Checks,
) -> Result<Counted, Halt> {
    let Asked {
        options,
        bindings,
        progress,
    } = asked;
    let (election, roll, trustees) = read_setup::<G>(outline, checks)?;
    let aggregate = ballots::verify(source, outline, &election, &roll, options, progress, checks)?;
    check_tally(outline, &aggregate, checks)?;
    let partials = check_partials(
        source,
        outline,
        &election,
        &trustees,
        &aggregate.tally,
        checks,
    )?;
    if let Some(file) = bindings {
        bindings::check(file, &election, &trustees, &aggregate.tally, &partials)?;
        checks.pass("bindings");
    }
    let result = check_result(outline, &aggregate, &trustees, &partials, checks)?;
    Ok(Counted {
        uuid: election.uuid().to_string(),
        name: election.name().to_owned(),
        fingerprint: election.fingerprint().to_string(),
        credentials: number(roll.entries().len()),
        ballots: number(outline.ballots.len()),
        counted: aggregate.ballots,
        weight: aggregate.weight,
        result: result.result,
        answers: election
            .questions()
            .iter()
            .map(|question| question.answers().to_vec())
            .collect(),
        description: election.description().to_owned(),
        questions: election.questions().to_vec(),
    })
}

/// The election, its trustees and the recomputed tally of an archive whose ballots have ended.
pub(super) fn closed<G: Group>(
    source: &mut dyn Source,
    outline: &Outline,
    options: Options,
    checks: &mut Checks,
) -> Result<Closed<G>, Halt> {
    let (election, roll, trustees) = read_setup::<G>(outline, checks)?;
    let aggregate = ballots::verify(source, outline, &election, &roll, options, SILENT, checks)?;
    if outline.tally.is_some() {
        check_tally(outline, &aggregate, checks)?;
    }
    Ok(Closed {
        election,
        trustees,
        aggregate,
    })
}

/// The election and the roll alone.
pub(super) fn setup<G: Group>(
    archive: &Archive<'_>,
) -> Result<(Election<G>, PublicCredentials<G>), Failure> {
    let failure = |check| {
        move |error: WireError| Failure {
            check,
            object: None,
            reason: Some("encoding"),
            message: error.to_string(),
        }
    };
    let election = Election::<G>::from_json(archive.setup.election).map_err(failure("election"))?;
    let roll = PublicCredentials::<G>::from_json(archive.setup.credentials)
        .map_err(failure("credentials"))?;
    Ok((election, roll))
}

/// What an election is, read.
type SetUp<G> = (Election<G>, PublicCredentials<G>, Trustees<G>);

fn read_setup<G: Group>(outline: &Outline, checks: &mut Checks) -> Result<SetUp<G>, Halt> {
    let election: Election<G> = read("election", None, &outline.setup.election, checks)?;
    checks.pass("election");
    let trustees: Trustees<G> = read("trustees", None, &outline.setup.trustees, checks)?;
    match trustees.verify_for(&election) {
        Ok(()) => checks.pass("trustees"),
        Err(error) => {
            let object = error.blames().map(|id| format!("trustee {}", id.get()));
            checks.fail("trustees", object, error.code(), error);
        }
    }
    let roll: PublicCredentials<G> = read("credentials", None, &outline.setup.credentials, checks)?;
    check_certificate(outline, &election, &roll, checks)?;
    Ok((election, roll, trustees))
}

/// The roll's certificate, where there is one.
fn check_certificate<G: Group>(
    outline: &Outline,
    election: &Election<G>,
    roll: &PublicCredentials<G>,
    checks: &mut Checks,
) -> Result<(), Halt> {
    let check = "credentials";
    if let Some(bytes) = &outline.setup.certificate {
        let at = "event 0";
        let certificate: CredentialsCertificate<G> = read(check, Some(at), bytes, checks)?;
        let length = number(roll.entries().len());
        if let Err(error) = certificate.verify(election.uuid(), &outline.setup.credentials, length)
        {
            checks.fail(check, Some(at.to_owned()), error.code(), error);
            return Ok(());
        }
    }
    checks.pass(check);
    Ok(())
}

fn read<T: Wire>(
    check: &'static str,
    object: Option<&str>,
    bytes: &[u8],
    checks: &mut Checks,
) -> Result<T, Halt> {
    match T::from_json(bytes) {
        Ok(value) => return Ok(value),
        Err(error) if matches!(error.fault, WireFault::Unsupported(_)) => checks.unsupported(error),
        Err(error) => checks.fail(check, object.map(str::to_owned), "encoding", error),
    }
    Err(Halt::Listed)
}

fn check_tally<G: Group>(
    outline: &Outline,
    aggregate: &Aggregate<G>,
    checks: &mut Checks,
) -> Result<(), Halt> {
    let check = "encrypted-tally";
    let Some(entry) = &outline.tally else {
        checks.fail(check, None, "unfinished", unfinished(outline.stage));
        return Err(Halt::Listed);
    };
    let at = Some(format!("event {}", entry.height));
    if entry.sized.num_tallied != aggregate.ballots {
        checks.fail(
            check,
            at,
            "num-tallied",
            format!(
                "num_tallied is {}, {} ballots count",
                entry.sized.num_tallied, aggregate.ballots
            ),
        );
        return Err(Halt::Listed);
    }
    if entry.sized.total_weight != aggregate.weight {
        checks.fail(
            check,
            at,
            "total-weight",
            format!(
                "total_weight is {}, the weights add up to {}",
                entry.sized.total_weight, aggregate.weight
            ),
        );
        return Err(Halt::Listed);
    }
    // Comparing the canonical encodings covers the object's form as well.
    if aggregate.tally.to_json().as_bytes() != entry.bytes {
        checks.fail(
            check,
            at,
            "sum",
            "it is not the sum of the ballots that count",
        );
        return Err(Halt::Listed);
    }
    checks.pass(check);
    Ok(())
}

fn check_partials<G: Group>(
    source: &mut dyn Source,
    outline: &Outline,
    election: &Election<G>,
    trustees: &Trustees<G>,
    tally: &EncryptedTally<G>,
    checks: &mut Checks,
) -> Result<BTreeMap<TrusteeId, PartialDecryption<G>>, Halt> {
    let check = "partial-decryptions";
    let mut valid = BTreeMap::new();
    let mut owners = Vec::new();
    let mut invalid = Vec::new();
    for entry in &outline.partials {
        let at = format!("event {}, trustee {}", entry.height, entry.owner);
        let Some((id, key)) =
            TrusteeId::new(entry.owner).and_then(|id| Some((id, trustees.verification_key(id)?)))
        else {
            checks.fail(
                check,
                Some(at),
                "no-such-trustee",
                "there is no such trustee",
            );
            return Err(Halt::Listed);
        };
        if owners.contains(&id) {
            checks.fail(
                check,
                Some(at),
                "twice",
                "this trustee has decrypted already",
            );
            return Err(Halt::Listed);
        }
        owners.push(id);
        let Some(bytes) = entry.bytes.read(source, entry.hash)? else {
            checks.fail(check, Some(at), "changed", CHANGED);
            return Err(Halt::Listed);
        };
        let partial: PartialDecryption<G> = read(check, Some(&at), &bytes, checks)?;
        match partial.verify(tally, key.public_key(), election) {
            Ok(()) => drop(valid.insert(id, partial)),
            Err(error) => invalid.push((id, at, error)),
        }
    }
    let present: Vec<TrusteeId> = valid.keys().copied().collect();
    if let Err(error) = trustees.weights(&present) {
        // Whose part, were it valid, would make a difference.
        let blamed = invalid.into_iter().find(|(id, ..)| {
            let with = [&present[..], &[*id]].concat();
            trustees.weights(&with).err().as_ref() != Some(&error)
        });
        let message = blamed.as_ref().map_or_else(
            || error.to_string(),
            |(_, _, fault)| format!("{fault}; {error}"),
        );
        checks.fail(check, blamed.map(|(_, at, _)| at), "too-few", message);
        return Err(Halt::Listed);
    }
    if contradict(tally, trustees, &valid) {
        let message = "each proof holds, but not all members of a group can have told the truth";
        checks.fail(check, None, "contradiction", message);
        return Err(Halt::Listed);
    }
    if invalid.is_empty() {
        checks.pass(check);
    }
    for (_, at, error) in invalid {
        let message = format!("{error}; enough others are valid");
        checks.warn(check, Some(at), "invalid", message);
    }
    Ok(valid)
}

/// Whether a group has valid parts beyond those that it needs, and other members' open the tally otherwise.
///
/// Version 1's proofs do not bind the factors (see the threat model), so that a valid part may be false.
fn contradict<G: Group>(
    tally: &EncryptedTally<G>,
    trustees: &Trustees<G>,
    partials: &BTreeMap<TrusteeId, PartialDecryption<G>>,
) -> bool {
    let first = tally.open(trustees, partials);
    // The first who can be spared goes, so that in the end every member has been among the first of its group.
    let mut rest = partials.clone();
    partials.iter().any(|(id, partial)| {
        rest.remove(id);
        let other = tally.open(trustees, &rest);
        if other.is_err() {
            rest.insert(*id, partial.clone());
        }
        other.is_ok() && other != first
    })
}

fn check_result<G: Group>(
    outline: &Outline,
    aggregate: &Aggregate<G>,
    trustees: &Trustees<G>,
    partials: &BTreeMap<TrusteeId, PartialDecryption<G>>,
    checks: &mut Checks,
) -> Result<ElectionResult, Halt> {
    let Some(entry) = &outline.result else {
        checks.fail("result", None, "unfinished", unfinished(outline.stage));
        return Err(Halt::Listed);
    };
    let at = Some(format!("event {}", entry.height));
    let result: ElectionResult = read("result", at.as_deref(), &entry.bytes, checks)?;
    let powers = match aggregate.tally.open(trustees, partials) {
        Ok(powers) => powers,
        Err(error) => {
            checks.fail("result", at, "open", error);
            return Err(Halt::Listed);
        }
    };
    let Some((question, choice)) = count::first_difference::<G>(&powers, &result) else {
        checks.pass("result");
        return Ok(result);
    };
    let published = result
        .result
        .get(question)
        .and_then(|counts| counts.get(choice));
    let published = published.map_or("nothing".to_owned(), ToString::to_string);
    let decrypted = match count::open(&aggregate.tally, trustees, partials, aggregate.weight) {
        Ok(counts) => counts
            .result
            .get(question)
            .and_then(|counts| counts.get(choice))
            .map_or("nothing".to_owned(), ToString::to_string),
        Err(error @ (CountingError::TooLarge(_) | CountingError::OutOfRange { .. })) => {
            error.to_string()
        }
        Err(error) => error.to_string(),
    };
    checks.fail(
        "result",
        at,
        "counts",
        format!(
            "question {question}, choice {choice}: published {published}, decrypted {decrypted}"
        ),
    );
    Err(Halt::Listed)
}

fn unfinished(stage: Stage) -> String {
    format!("the election is not finished: its archive ends with {stage}")
}

fn number(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
