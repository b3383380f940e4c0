//! What the browser may ask for, with plain errors.

use std::collections::HashSet;

use ballot::trustee::{
    Approval, Closing, SecretKey, SeedError, Signed, SigningKey, Statement, TrusteeError, Trustees,
};
use ballot::wire::{ObjectWriter, Reader, Writer};
use ballot::{
    Ballot, BallotError, BindingError, BindingLines, BoundDecryption, Choices, Credential,
    CredentialError, DecryptionError, Ed25519, Election, EncryptedTally, Group, Opening,
    OpeningError, Print, PublicCredentials, SealError, Uuid, UuidError, Wire, WireError,
};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Why an act could not be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ActError {
    /// The seed is not 32 bytes.
    #[error("the seed must be 32 random bytes")]
    Seed,
    /// An argument is not the object that it should be.
    #[error("{argument}: {error}")]
    Malformed {
        /// Which argument.
        argument: &'static str,
        /// What is wrong with it.
        error: WireError,
    },
    /// Not a credential.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    /// Not an election's id.
    #[error(transparent)]
    Uuid(#[from] UuidError),
    /// Not a trustee's passphrase.
    #[error(transparent)]
    Passphrase(#[from] SeedError),
    /// The choice cannot be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A ballot is refused.
    #[error("ballot {number}: {error}")]
    Ballot {
        /// Which ballot, from 1.
        number: usize,
        /// Why.
        error: BallotError,
    },
    /// A credential has two ballots.
    #[error("ballot {number}: its credential has another ballot already")]
    SecondBallot {
        /// Which ballot, from 1.
        number: usize,
    },
    /// The election's trustees are not these.
    #[error(transparent)]
    Trustees(#[from] TrusteeError),
    /// The key is none of the trustees'.
    #[error("this key is not among the trustees")]
    NotATrustee,
    /// The election binds another rule or roll.
    #[error(transparent)]
    Binding(#[from] BindingError),
    /// The closing is of another election.
    #[error("the closing is of another election")]
    OtherElection,
    /// The ballots could not be added.
    #[error(transparent)]
    Tally(#[from] DecryptionError),
}

/// See [`crate::make_credential`].
///
/// # Errors
/// [`ActError`].
pub fn make_credential(uuids: &str, seed: &[u8]) -> Result<String, ActError> {
    let uuids = uuids_of(uuids)?;
    let credential = Credential::generate(&mut rng("make_credential", seed)?);
    Ok(object(|o| {
        o.member_with("credential", |out| out.string(credential.expose()));
        o.member_with("public", |out| write_public(out, &credential, &uuids));
    }))
}

/// See [`crate::public_credentials`].
///
/// # Errors
/// [`ActError`].
pub fn public_credentials(credential: &str, uuids: &str) -> Result<String, ActError> {
    let uuids = uuids_of(uuids)?;
    let mut out = Writer::default();
    write_public(&mut out, &credential.parse()?, &uuids);
    Ok(out.finish())
}

/// See [`crate::check_election`].
pub fn check_election(
    election: &str,
    rule: &str,
    roll: &str,
    trustees: &str,
    credential: &str,
) -> String {
    let objects = Objects {
        rule,
        roll,
        trustees,
        credential,
    };
    match objects.fit(election) {
        Ok(election) => accepted(|o| {
            let fingerprint = election.fingerprint();
            o.member("uuid", &election.uuid().as_str().to_owned());
            o.member("fingerprint", &fingerprint.to_string());
            o.member("print", &Print::of_election(&fingerprint).to_string());
        }),
        Err((check, reason)) => refused(check, &reason),
    }
}

/// What an election must fit to.
struct Objects<'a> {
    rule: &'a str,
    roll: &'a str,
    trustees: &'a str,
    credential: &'a str,
}

impl Objects<'_> {
    /// The election, if all fit together, or which check refuses and why.
    fn fit(&self, election: &str) -> Result<Election<Ed25519>, (&'static str, String)> {
        let election =
            Election::<Ed25519>::from_json(election.as_bytes()).map_err(by("election"))?;
        let (_, lines) = BindingLines::parse(election.description()).map_err(by("binding"))?;
        lines.check_rule(self.rule.as_bytes()).map_err(by("rule"))?;
        lines.check_roll(self.roll.as_bytes()).map_err(by("roll"))?;
        let roll =
            PublicCredentials::<Ed25519>::from_json(self.roll.as_bytes()).map_err(by("roll"))?;
        if roll.entries().iter().any(|entry| entry.weight.is_some()) {
            return Err(by("roll")("a credential has a weight"));
        }
        Trustees::<Ed25519>::from_json(self.trustees.as_bytes())
            .map_err(by("trustees"))?
            .verify_for(&election)
            .map_err(by("trustees"))?;
        let on_roll = self.credential.is_empty()
            || Ed25519::decode(self.credential).is_ok_and(|one| roll.weight_of(&one).is_some());
        if on_roll {
            Ok(election)
        } else {
            Err(by("credential")("this credential is not on the roll"))
        }
    }
}

/// Blames a check for an error.
fn by<E: ToString>(check: &'static str) -> impl Fn(E) -> (&'static str, String) {
    move |error| (check, error.to_string())
}

/// See [`crate::seal`].
///
/// # Errors
/// [`ActError`].
pub fn seal(
    election: &str,
    credential: &str,
    choices: &str,
    seed: &[u8],
) -> Result<String, ActError> {
    let election: Election<Ed25519> = read("election", election)?;
    let choices: Choices = read("choices", choices)?;
    let sealed = ballot::seal(
        &election,
        &credential.parse()?,
        &choices,
        &mut rng("seal", seed)?,
    )?;
    Ok(object(|o| {
        o.member("ballot", &sealed.ballot.to_json());
        o.member("tracker", &sealed.ballot.tracker());
        o.member("opening", &sealed.opening.to_json());
    }))
}

/// See [`crate::verify_ballot`].
///
/// # Errors
/// [`ActError`].
pub fn verify_ballot(election: &str, roll: &str, ballot: &str) -> Result<String, ActError> {
    let election: Election<Ed25519> = read("election", election)?;
    let verdict = if roll.is_empty() {
        Ballot::from_json(ballot.as_bytes())
            .map_err(BallotError::from)
            .and_then(|ballot| ballot.verify(&election).map(|()| ballot))
    } else {
        Ballot::accept(ballot.as_bytes(), &election, &read("roll", roll)?)
    };
    Ok(match verdict {
        Ok(ballot) => accepted(|o| o.member("tracker", &ballot.tracker())),
        Err(error) => refused(error.code(), &error),
    })
}

/// See [`crate::open_ballot`].
///
/// # Errors
/// [`ActError`].
pub fn open_ballot(election: &str, ballot: &str, opening: &str) -> Result<String, ActError> {
    let election: Election<Ed25519> = read("election", election)?;
    let opening: Opening<Ed25519> = read("opening", opening)?;
    let ballot = match Ballot::from_json(ballot.as_bytes()).map_err(BallotError::from) {
        Ok(ballot) => ballot,
        Err(error) => return Ok(refused(error.code(), &error)),
    };
    if let Err(error) = ballot.verify(&election) {
        return Ok(refused(error.code(), &error));
    }
    let verdict: Result<&Choices, OpeningError> = opening.check(&ballot, &election);
    Ok(match verdict {
        Ok(choices) => accepted(|o| {
            o.member("tracker", &ballot.tracker());
            o.member("choices", choices);
        }),
        Err(error) => refused("opening", &error),
    })
}

/// See [`crate::make_trustee_key`].
///
/// # Errors
/// [`ActError`].
pub fn make_trustee_key(seed: &[u8]) -> Result<String, ActError> {
    let mut rng = rng("make_trustee_key", seed)?;
    let key = SecretKey::<Ed25519>::generate(&mut rng);
    let public_key = key.verification_key(&mut rng);
    Ok(object(|o| {
        o.member("private_key", &key.to_json());
        o.member("public_key", &public_key.to_json());
    }))
}

/// See [`crate::check_trustees`].
///
/// # Errors
/// [`ActError`].
pub fn check_trustees(
    election: &str,
    trustees: &str,
    private_key: &str,
) -> Result<String, ActError> {
    let election: Election<Ed25519> = read("election", election)?;
    let key = Held::read(private_key)?.key;
    let trustees = match Trustees::<Ed25519>::from_json(trustees.as_bytes()) {
        Ok(trustees) => trustees,
        Err(error) => return Ok(refused("trustees", &error)),
    };
    let verdict: Result<(), TrusteeError> = trustees.verify_for(&election);
    Ok(match (verdict, trustees.find(&key.public_key())) {
        (Err(error), _) => refused("trustees", &error),
        (Ok(()), None) => refused("trustees", &"this key is not among the trustees"),
        (Ok(()), Some(trustee)) => accepted(|o| {
            o.member("trustee", &trustee);
            o.member("fingerprint", &election.fingerprint());
        }),
    })
}

/// See [`crate::encrypted_tally`].
///
/// # Errors
/// [`ActError`].
pub fn encrypted_tally(election: &str, roll: &str, ballots: &str) -> Result<String, ActError> {
    let election: Election<Ed25519> = read("election", election)?;
    let roll: PublicCredentials<Ed25519> = read("roll", roll)?;
    let ballots: Vec<String> = read("ballots", ballots)?;
    let mut tally = EncryptedTally::empty(&election);
    let mut seen = HashSet::new();
    for (number, bytes) in (1..).zip(ballots) {
        let ballot = Ballot::accept(bytes.as_bytes(), &election, &roll)
            .map_err(|error| ActError::Ballot { number, error })?;
        if !seen.insert(Ed25519::encode(&ballot.credential)) {
            return Err(ActError::SecondBallot { number });
        }
        tally.add(&ballot, roll.weight_of(&ballot.credential).unwrap_or(1))?;
    }
    Ok(tally.to_json())
}

/// See [`crate::partial_decryption`].
///
/// # Errors
/// [`ActError`].
pub fn partial_decryption(
    election: &str,
    encrypted_tally: &str,
    private_key: &str,
    seed: &[u8],
) -> Result<String, ActError> {
    let election: Election<Ed25519> = read("election", election)?;
    let tally: EncryptedTally<Ed25519> = read("encrypted tally", encrypted_tally)?;
    tally.fits(&election)?;
    let key = Held::read(private_key)?.key;
    let mut rng = rng("partial_decryption", seed)?;
    Ok(BoundDecryption::make(&tally, &key, &election, &mut rng).to_json())
}

/// See [`crate::sign_approval`].
///
/// # Errors
/// [`ActError`].
pub fn sign_approval(
    election: &str,
    rule: &str,
    roll: &str,
    trustees: &str,
    private_key: &str,
    seed: &[u8],
) -> Result<String, ActError> {
    let read_election: Election<Ed25519> = read("election", election)?;
    let approval = Approval::of(&read_election, rule.as_bytes(), roll.as_bytes())?;
    sign(
        "sign_approval",
        &read_election,
        trustees,
        private_key,
        seed,
        approval,
    )
}

/// See [`crate::sign_closing`].
///
/// # Errors
/// [`ActError`].
pub fn sign_closing(
    election: &str,
    closing: &str,
    trustees: &str,
    private_key: &str,
    seed: &[u8],
) -> Result<String, ActError> {
    let election: Election<Ed25519> = read("election", election)?;
    let closing: Closing = read("closing", closing)?;
    if closing.fingerprint != election.fingerprint() {
        return Err(ActError::OtherElection);
    }
    sign(
        "sign_closing",
        &election,
        trustees,
        private_key,
        seed,
        closing,
    )
}

/// What a trustee's device holds: a key of its own, which also signs, as a string; or a share of a common key with the key of the
/// ceremony, which signs, as `{"share","signing"}`.
struct Held {
    key: SecretKey<Ed25519>,
    signing: SigningKey<Ed25519>,
    is_share: bool,
}

impl Held {
    fn read(private_key: &str) -> Result<Self, ActError> {
        read("private key", private_key)
    }
}

impl Wire for Held {
    fn write(&self, out: &mut Writer) {
        if !self.is_share {
            return self.key.write(out);
        }
        out.object(|o| {
            o.member("share", &self.key);
            o.member("signing", &self.signing);
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        if reader.skip("{\"share\":") {
            let key = Wire::read(reader)?;
            reader.expect(",\"signing\":")?;
            let signing = Wire::read(reader)?;
            reader.expect("}")?;
            return Ok(Self {
                key,
                signing,
                is_share: true,
            });
        }
        let key = SecretKey::read(reader)?;
        let signing = key.signing_key();
        Ok(Self {
            key,
            signing,
            is_share: false,
        })
    }
}

/// A share of a common key with the key that signs for it.
pub(crate) fn held(key: SecretKey<Ed25519>, signing: SigningKey<Ed25519>) -> Zeroizing<String> {
    let held = Held {
        key,
        signing,
        is_share: true,
    };
    Zeroizing::new(held.to_json())
}

/// What the trustee whose key this is states of the election.
fn sign<S: Statement>(
    act: &str,
    election: &Election<Ed25519>,
    trustees: &str,
    private_key: &str,
    seed: &[u8],
    statement: S,
) -> Result<String, ActError> {
    let trustees: Trustees<Ed25519> = read("trustees", trustees)?;
    trustees.verify_for(election)?;
    let held = Held::read(private_key)?;
    let trustee = trustees
        .find(&held.key.public_key())
        .ok_or(ActError::NotATrustee)?;
    if trustees.signing_key(trustee) != Some(&held.signing.public_key()) {
        return Err(ActError::NotATrustee);
    }
    let mut rng = rng(act, seed)?;
    let signed = Signed::<Ed25519, S>::sign(statement, trustee, &held.signing, &mut rng);
    Ok(signed.to_json())
}

/// A generator that no other act with the same seed shares: its own seed is SHA-256 of `act|` and the seed.
pub(crate) fn rng(act: &str, seed: &[u8]) -> Result<ChaCha20Rng, ActError> {
    let seed: &[u8; 32] = seed.try_into().map_err(|_| ActError::Seed)?;
    let mut hash = Sha256::new();
    hash.update(act.as_bytes());
    hash.update(b"|");
    hash.update(seed);
    let own = Zeroizing::new(<[u8; 32]>::from(hash.finalize()));
    Ok(ChaCha20Rng::from_seed(*own))
}

pub(crate) fn read<T: Wire>(argument: &'static str, json: &str) -> Result<T, ActError> {
    T::from_json(json.as_bytes()).map_err(|error| ActError::Malformed { argument, error })
}

pub(crate) fn uuids_of(json: &str) -> Result<Vec<Uuid>, ActError> {
    read("uuids", json)
}

fn write_public(out: &mut Writer, credential: &Credential, uuids: &[Uuid]) {
    out.object(|o| {
        for uuid in uuids {
            o.member(uuid.as_str(), &credential.public::<Ed25519>(uuid));
        }
    });
}

pub(crate) fn object(write: impl FnOnce(&mut ObjectWriter<'_>)) -> String {
    let mut out = Writer::default();
    out.object(write);
    out.finish()
}

pub(crate) fn accepted(write: impl FnOnce(&mut ObjectWriter<'_>)) -> String {
    object(|o| {
        o.member("accepted", &true);
        write(o);
    })
}

pub(crate) fn refused(check: &str, reason: &impl ToString) -> String {
    object(|o| {
        o.member("accepted", &false);
        o.member("check", &check.to_owned());
        o.member("reason", &reason.to_string());
    })
}
