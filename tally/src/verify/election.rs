//! The checks of one election in its group.

use std::collections::{BTreeMap, HashSet};

use ballot::trustee::{TrusteeId, Trustees};
use ballot::wire::{Wire, WireError, WireFault};
use ballot::{
    CredentialsCertificate, DecryptionError, Election, ElectionResult, EncryptedTally, Group,
    PartialDecryption, PublicCredentials,
};

use super::{
    Asked, CHANGED, Checks, Closed, Counted, Failure, Halt, Options, Progress, ballots, bindings,
    refuse,
};
use crate::archive::{Archive, Outline, Source, Stage};
use crate::count::{self, Aggregate};

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
        trustees: trustees.verification_keys().count(),
        description: election.description().to_owned(),
        questions: election.questions().to_vec(),
    })
}

/// The election, its trustees and the sum of the ballots so far.
pub(super) fn closed<G: Group>(
    source: &mut dyn Source,
    outline: &Outline,
    options: Options,
    progress: Progress<'_>,
    checks: &mut Checks,
) -> Result<Closed<G>, Halt> {
    let (election, roll, trustees) = read_setup::<G>(outline, checks)?;
    let aggregate = ballots::verify(source, outline, &election, &roll, options, progress, checks)?;
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
    let failure = |check| move |error: WireError| Failure::new(check, None, "encoding", error);
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
    T::from_json(bytes).or_else(|error| {
        if matches!(error.fault, WireFault::Unsupported(_)) {
            checks.unsupported(error);
            return Err(Halt::Listed);
        }
        refuse(check, object.map(str::to_owned), "encoding", error)
    })
}

fn check_tally<G: Group>(
    outline: &Outline,
    aggregate: &Aggregate<G>,
    checks: &mut Checks,
) -> Result<(), Halt> {
    let check = "encrypted-tally";
    let Some(entry) = &outline.tally else {
        return refuse(check, None, "unfinished", unfinished(outline.stage));
    };
    let at = Some(format!("event {}", entry.height));
    let (sized, ballots, weight) = (&entry.sized, aggregate.ballots, aggregate.weight);
    if sized.num_tallied != ballots {
        let message = format!(
            "num_tallied is {}, {ballots} ballots count",
            sized.num_tallied
        );
        return refuse(check, at, "num-tallied", message);
    }
    if sized.total_weight != weight {
        let message = format!(
            "total_weight is {}, the weights add up to {weight}",
            sized.total_weight
        );
        return refuse(check, at, "total-weight", message);
    }
    // Comparing the canonical encodings covers the object's form as well.
    if aggregate.tally.to_json().as_bytes() != entry.bytes {
        let message = "it is not the sum of the ballots that count";
        return refuse(check, at, "sum", message);
    }
    checks.pass(check);
    Ok(())
}

const PARTIALS: &str = "partial-decryptions";

/// The partial decryptions that are valid, of which there are enough.
fn check_partials<G: Group>(
    source: &mut dyn Source,
    outline: &Outline,
    election: &Election<G>,
    trustees: &Trustees<G>,
    tally: &EncryptedTally<G>,
    checks: &mut Checks,
) -> Result<BTreeMap<TrusteeId, PartialDecryption<G>>, Halt> {
    let mut owners = HashSet::new();
    let mut valid = BTreeMap::new();
    let mut invalid = Vec::new();
    for entry in &outline.partials {
        let at = format!("event {}, trustee {}", entry.height, entry.owner);
        let id = TrusteeId::new(entry.owner);
        let Some((id, key)) = id.and_then(|id| Some((id, trustees.verification_key(id)?))) else {
            let message = "there is no such trustee";
            return refuse(PARTIALS, Some(at), "no-such-trustee", message);
        };
        if !owners.insert(id) {
            let message = "this trustee has decrypted already";
            return refuse(PARTIALS, Some(at), "twice", message);
        }
        let Some(bytes) = entry.bytes.read(source, entry.hash)? else {
            return refuse(PARTIALS, Some(at), "changed", CHANGED);
        };
        let partial: PartialDecryption<G> = read(PARTIALS, Some(&at), &bytes, checks)?;
        match partial.verify(tally, key.public_key(), election) {
            Ok(()) => drop(valid.insert(id, partial)),
            Err(error) => invalid.push(Invalid { id, at, error }),
        }
    }
    require_enough(trustees, &valid, &invalid)?;
    if contradict(tally, trustees, &valid) {
        let message = "each proof holds, but not all members of a group can have told the truth";
        return refuse(PARTIALS, None, "contradiction", message);
    }
    if invalid.is_empty() {
        checks.pass(PARTIALS);
    }
    for Invalid { at, error, .. } in invalid {
        let message = format!("{error}; enough others are valid");
        checks.warn(PARTIALS, Some(at), "invalid", message);
    }
    Ok(valid)
}

/// A partial decryption that does not count.
struct Invalid {
    id: TrusteeId,
    at: String,
    error: DecryptionError,
}

/// Requires that the valid parts open the tally, or blames one whose part, were it valid, would make a difference.
fn require_enough<G: Group>(
    trustees: &Trustees<G>,
    valid: &BTreeMap<TrusteeId, PartialDecryption<G>>,
    invalid: &[Invalid],
) -> Result<(), Halt> {
    let present: Vec<TrusteeId> = valid.keys().copied().collect();
    let Err(error) = trustees.weights(&present) else {
        return Ok(());
    };
    let blamed = invalid.iter().find(|one| {
        let with = [&present[..], &[one.id]].concat();
        trustees.weights(&with).err() != Some(error)
    });
    match blamed {
        Some(one) => {
            let message = format!("{}; {error}", one.error);
            refuse(PARTIALS, Some(one.at.clone()), "too-few", message)
        }
        None => refuse(PARTIALS, None, "too-few", error),
    }
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
    let check = "result";
    let Some(entry) = &outline.result else {
        return refuse(check, None, "unfinished", unfinished(outline.stage));
    };
    let at = Some(format!("event {}", entry.height));
    let result: ElectionResult = read(check, at.as_deref(), &entry.bytes, checks)?;
    let powers = match aggregate.tally.open(trustees, partials) {
        Ok(powers) => powers,
        Err(error) => return refuse(check, at, "open", error),
    };
    let Some((question, choice)) = count::first_difference::<G>(&powers, &result) else {
        checks.pass(check);
        return Ok(result);
    };
    let published = count_at(&result, question, choice);
    let decrypted = match count::open(&aggregate.tally, trustees, partials, aggregate.weight) {
        Ok(counts) => count_at(&counts, question, choice),
        Err(error) => error.to_string(),
    };
    let message = format!(
        "question {question}, choice {choice}: published {published}, decrypted {decrypted}"
    );
    refuse(check, at, "counts", message)
}

/// One count, in words.
fn count_at(result: &ElectionResult, question: usize, choice: usize) -> String {
    let counts = result.result.get(question);
    let count = counts.and_then(|counts| counts.get(choice));
    count.map_or("nothing".to_owned(), ToString::to_string)
}

fn unfinished(stage: Stage) -> String {
    format!("the election is not finished: its archive ends with {stage}")
}

fn number(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
