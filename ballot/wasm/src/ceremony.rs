//! The key ceremony of a threshold group, and what is checked of a decryption.
//!
//! A page keeps a device's `state` in its storage *before* it sends the `message`, and gives it back in the next round;
//! what stands in it is nobody else's business. Lists of messages are JSON arrays of strings, one of each member in order,
//! as they stand in the public record.

use ballot::trustee::ceremony::{
    CeremonyError, Certificates, Certified, Commitments, Committed, Complaint, Keyed, MessageFault,
    Place, Polynomials, Revealed, Verdict,
};
use ballot::trustee::{Seed, TrusteeId, Trustees};
use ballot::{BoundDecryption, Ed25519, Election, EncryptedTally, Print, Wire};
use zeroize::Zeroizing;

use crate::acts::{ActError, accepted, held, object, read, refused, rng};

/// See [`crate::ceremony_start`].
///
/// # Errors
/// [`ActError`].
pub fn ceremony_start(place: &str, seed: &[u8]) -> Result<String, ActError> {
    let place: Place = read("place", place)?;
    let state = Certified::<Ed25519>::start(place, &mut rng("ceremony_start", seed)?);
    Ok(object(|o| {
        o.member("state", &*Zeroizing::new(state.to_json()));
        o.member("message", &state.message());
        o.member_with("passphrase", |out| out.string(state.seed().expose()));
    }))
}

/// See [`crate::ceremony_commit`].
///
/// # Errors
/// [`ActError`].
pub fn ceremony_commit(state: &str, certificates: &str, seed: &[u8]) -> Result<String, ActError> {
    let state: Certified<Ed25519> = read("state", state)?;
    let certificates = list("certificates", certificates)?;
    let next = state.commit(&certificates, &mut rng("ceremony_commit", seed)?);
    Ok(judged(next, |next: Committed<_>| {
        went_on(&next, &next.message())
    }))
}

/// See [`crate::ceremony_reveal`].
///
/// # Errors
/// [`ActError`].
pub fn ceremony_reveal(state: &str, commitments: &str) -> Result<String, ActError> {
    let state: Committed<Ed25519> = read("state", state)?;
    let next = state.reveal(&list("commitments", commitments)?);
    Ok(judged(next, |next: Revealed<_>| {
        went_on(&next, &next.message())
    }))
}

/// See [`crate::ceremony_acknowledge`].
///
/// # Errors
/// [`ActError`].
pub fn ceremony_acknowledge(
    state: &str,
    polynomials: &str,
    seed: &[u8],
) -> Result<String, ActError> {
    let state: Revealed<Ed25519> = read("state", state)?;
    let polynomials = list("polynomials", polynomials)?;
    let mut rng = rng("ceremony_acknowledge", seed)?;
    let error = match state.acknowledge(&polynomials, &mut rng) {
        Ok(next) => return Ok(went_on(&next, &next.message())),
        Err(error) => error,
    };
    let complaint = match &error {
        CeremonyError::Refused {
            trustee,
            fault: MessageFault::Share { .. },
            ..
        } => state.complain(&polynomials, *trustee, &mut rng).ok(),
        _ => None,
    };
    Ok(blamed(&error, complaint.as_ref()))
}

/// See [`crate::ceremony_finish`].
///
/// # Errors
/// [`ActError`].
pub fn ceremony_finish(
    state: &str,
    acknowledgements: &str,
    passphrase: &str,
) -> Result<String, ActError> {
    let state: Keyed<Ed25519> = read("state", state)?;
    let signing = passphrase.parse::<Seed>()?.signing_key();
    let done = state.finish(&list("acknowledgements", acknowledgements)?);
    let own = done
        .as_ref()
        .ok()
        .map(|done| done.trustees.signing_key(done.trustee));
    if own.is_some_and(|own| own != Some(&signing.public_key())) {
        return Ok(refused("passphrase", &"it is that of another ceremony"));
    }
    Ok(judged(done, |done| {
        accepted(|o| {
            o.member("trustee", &done.trustee);
            o.member("private_key", &*held(done.key, signing));
            let trustees = done.trustees.to_json();
            o.member("print", &Print::of_step(&trustees).to_string());
            o.member("trustees", &trustees);
        })
    }))
}

/// See [`crate::ceremony_judge`].
///
/// # Errors
/// [`ActError`].
pub fn ceremony_judge(
    place: &str,
    certificates: &str,
    commitments: &str,
    polynomials: &str,
    complaint: &str,
) -> Result<String, ActError> {
    let polynomials = watched(place, certificates, commitments, polynomials)?;
    let complaint: Complaint<Ed25519> = read("complaint", complaint)?;
    let verdict = polynomials.and_then(|polynomials| complaint.judge(&polynomials));
    Ok(judged(verdict, |verdict| {
        let (trustee, reason) = match verdict {
            Verdict::Sender { trustee, fault } => (trustee, fault.to_string()),
            Verdict::Complainer(trustee) => (trustee, "the share is good".to_owned()),
        };
        accepted(|o| {
            o.member("trustee", &trustee);
            o.member("reason", &reason);
        })
    }))
}

/// See [`crate::ceremony_check`].
///
/// # Errors
/// [`ActError`].
pub fn ceremony_check(
    place: &str,
    certificates: &str,
    commitments: &str,
    polynomials: &str,
    acknowledgements: &str,
) -> Result<String, ActError> {
    let polynomials = watched(place, certificates, commitments, polynomials)?;
    let acknowledgements = list("acknowledgements", acknowledgements)?;
    let trustees = polynomials.and_then(|polynomials| polynomials.finish(&acknowledgements));
    Ok(judged(trustees, |trustees| {
        let trustees = trustees.to_json();
        accepted(|o| {
            o.member("print", &Print::of_step(&trustees).to_string());
            o.member("trustees", &trustees);
        })
    }))
}

/// See [`crate::ceremony_recover`].
///
/// # Errors
/// [`ActError`].
pub fn ceremony_recover(
    place: &str,
    certificates: &str,
    commitments: &str,
    polynomials: &str,
    passphrase: &str,
) -> Result<String, ActError> {
    let index = read::<Place>("place", place)?.index();
    let seed: Seed = passphrase.parse()?;
    let polynomials = watched(place, certificates, commitments, polynomials)?;
    let key = polynomials.and_then(|polynomials| polynomials.recover(index, &seed));
    Ok(judged(key, |key| {
        accepted(|o| {
            o.member("trustee", &index);
            o.member("private_key", &*held(key, seed.signing_key()));
        })
    }))
}

/// See [`crate::check_partial_decryption`].
///
/// # Errors
/// [`ActError`].
pub fn check_partial_decryption(
    election: &str,
    trustees: &str,
    encrypted_tally: &str,
    owner: u32,
    partial: &str,
) -> Result<String, ActError> {
    let election: Election<Ed25519> = read("election", election)?;
    let trustees: Trustees<Ed25519> = read("trustees", trustees)?;
    let tally: EncryptedTally<Ed25519> = read("encrypted tally", encrypted_tally)?;
    let key = TrusteeId::new(owner).and_then(|id| trustees.verification_key(id));
    let Some(key) = key else {
        return Ok(refused("owner", &"there is no such trustee"));
    };
    let partial = match BoundDecryption::<Ed25519>::from_json(partial.as_bytes()) {
        Ok(partial) => partial,
        Err(error) => return Ok(refused("encoding", &error)),
    };
    Ok(match partial.verify(&tally, key.public_key(), &election) {
        Ok(()) => accepted(|o| o.member("trustee", &owner)),
        Err(error) => refused("partial-decryption", &error),
    })
}

/// The first three rounds as whoever watches sees them.
fn watched(
    place: &str,
    certificates: &str,
    commitments: &str,
    polynomials: &str,
) -> Result<Result<Polynomials<Ed25519>, CeremonyError>, ActError> {
    let place: Place = read("place", place)?;
    let certificates = list("certificates", certificates)?;
    let commitments = list("commitments", commitments)?;
    let polynomials = list("polynomials", polynomials)?;
    Ok(Certificates::check(place.setting().clone(), &certificates)
        .and_then(|checked| Commitments::check(checked, &commitments))
        .and_then(|checked| Polynomials::check(checked, &polynomials)))
}

fn list(argument: &'static str, json: &str) -> Result<Vec<String>, ActError> {
    read(argument, json)
}

fn went_on(state: &impl Wire, message: &String) -> String {
    accepted(|o| {
        o.member("state", &*Zeroizing::new(state.to_json()));
        o.member("message", message);
    })
}

fn judged<T>(outcome: Result<T, CeremonyError>, write: impl FnOnce(T) -> String) -> String {
    match outcome {
        Ok(value) => write(value),
        Err(error) => blamed(&error, None),
    }
}

/// A refusal that names the kind of message, the trustee to blame, and the reason.
fn blamed(error: &CeremonyError, complaint: Option<&Complaint<Ed25519>>) -> String {
    let check = match error {
        CeremonyError::Refused { message, .. } | CeremonyError::Count { message, .. } => {
            message.to_string()
        }
        CeremonyError::Trustees(_) => "trustees".to_owned(),
        _ => "place".to_owned(),
    };
    object(|o| {
        o.member("accepted", &false);
        o.member("check", &check);
        o.optional("trustee", error.blames().as_ref());
        o.member("reason", &error.to_string());
        o.optional("complaint", complaint.map(Wire::to_json).as_ref());
    })
}
