//! Opening a closed poll: the encrypted sum, the trustees' partial decryptions, the counts, and what they decide.
//!
//! ```text
//! election, roll, ballots ──sum──▶ encrypted tally ──open, with partial decryptions──▶ counts ──decide, under the rule──▶ PollOutcome
//! ```
//!
//! The service and the command open here, and the verifier decides here. Objects come as they were published: as text, or
//! read. A session's roll has no weights, so that no count is larger than the number of ballots.

mod outcome;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use ballot::trustee::{TrusteeError, TrusteeId, Trustees};
use ballot::{
    Ballot, BoundDecryption, DecryptionError, Election, ElectionResult, EncryptedTally, Group,
    PartialDecryption, PublicCredentials, RefusedPartial, Unopened, Wire, WireError,
};

use crate::count::{self, Aggregate, CountingError};
use crate::verify::Closed;
pub use outcome::{PollOutcome, decide};

/// A published object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Object {
    /// The election.
    Election,
    /// Its trustees.
    Trustees,
    /// Its roll, the public credentials.
    Roll,
    /// A ballot, by its place in the order of the record, from 1.
    Ballot(usize),
    /// The encrypted tally.
    EncryptedTally,
}

/// Why ballots do not give an encrypted tally.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SumError {
    /// It cannot be read.
    #[error("{object}: {error}")]
    Encoding {
        /// Which object.
        object: Object,
        /// What is wrong with it.
        error: WireError,
    },
    /// Its credential has a ballot before it.
    #[error("{}: its credential has another ballot already", Object::Ballot(*.0))]
    SecondBallot(usize),
    /// Its credential is not on the roll.
    #[error("{}: its credential is not on the roll", Object::Ballot(*.0))]
    NotOnRoll(usize),
    /// Ballots of another election, or too many of them.
    #[error(transparent)]
    Counting(CountingError),
}

/// Why objects are not those of a closed poll.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClosedError {
    /// It cannot be read.
    #[error("{object}: {error}")]
    Encoding {
        /// Which object.
        object: Object,
        /// What is wrong with it.
        error: WireError,
    },
    /// The trustees are refused, or are not those of the election; the error names the one to blame.
    #[error("trustees: {0}")]
    Trustees(#[from] TrusteeError),
    /// The encrypted tally has another shape than the election's questions.
    #[error("encrypted tally: {0}")]
    Shape(DecryptionError),
}

/// Why a trustee's partial decryption is refused. Trustees count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PartialError {
    /// No such trustee.
    #[error("there is no trustee {0}")]
    NoSuchTrustee(u32),
    /// It cannot be read.
    #[error("the partial decryption of trustee {number}: {error}")]
    Encoding {
        /// Whose.
        number: u32,
        /// What is wrong with it.
        error: WireError,
    },
    /// It is not this trustee's part in the decryption of this tally.
    #[error("the partial decryption of trustee {number}: {error}")]
    Invalid {
        /// Whose.
        number: u32,
        /// What does not hold.
        error: DecryptionError,
    },
    /// The trustee has given two.
    #[error("trustee {0} has decrypted twice")]
    Twice(u32),
}

/// The counts, and whose partial decryptions were refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened<G: Group> {
    /// The counts.
    pub result: ElectionResult,
    /// The valid partial decryptions, which go into the archive.
    pub valid: BTreeMap<TrusteeId, PartialDecryption<G>>,
    /// The refused ones.
    pub refused: Vec<RefusedPartial>,
}

/// Why the tally cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Too few valid partial decryptions; it names the owners of the refused ones.
    #[error(transparent)]
    Unopened(#[from] Unopened),
    /// The counts cannot be computed.
    #[error(transparent)]
    Counting(#[from] CountingError),
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Election => f.write_str("election"),
            Self::Trustees => f.write_str("trustees"),
            Self::Roll => f.write_str("roll"),
            Self::Ballot(place) => write!(f, "ballot {place}"),
            Self::EncryptedTally => f.write_str("encrypted tally"),
        }
    }
}

/// The encrypted sum of ballots, each of which was verified when it was cast: as [`sum`], from their texts.
///
/// # Errors
/// [`SumError`] names the object or the ballot.
pub fn sum_texts<G: Group>(
    election: &str,
    roll: &str,
    ballots: &[impl AsRef<str>],
) -> Result<Aggregate<G>, SumError> {
    let read = |object| move |error| SumError::Encoding { object, error };
    let election = Election::from_json(election.as_bytes()).map_err(read(Object::Election))?;
    let roll = PublicCredentials::from_json(roll.as_bytes()).map_err(read(Object::Roll))?;
    let ballots: Vec<Ballot<G>> = (1..)
        .zip(ballots)
        .map(|(place, text)| {
            Ballot::from_json(text.as_ref().as_bytes()).map_err(read(Object::Ballot(place)))
        })
        .collect::<Result<_, _>>()?;
    sum(&election, &roll, &ballots)
}

/// The encrypted sum of ballots, each of which was verified when it was cast, where nobody may vote again.
///
/// # Errors
/// [`SumError`] names the ballot.
pub fn sum<G: Group>(
    election: &Election<G>,
    roll: &PublicCredentials<G>,
    ballots: &[Ballot<G>],
) -> Result<Aggregate<G>, SumError> {
    let credentials: Vec<G::Element> = ballots
        .iter()
        .map(|ballot| ballot.credential.clone())
        .collect();
    let mut seen = HashSet::new();
    let mut texts = G::encode_all(&credentials).into_iter();
    if let Some(position) = texts.position(|text| !seen.insert(text)) {
        return Err(SumError::SecondBallot(position + 1));
    }
    count::aggregate(election, roll, ballots).map_err(|error| match error {
        CountingError::NotOnRoll(position) => SumError::NotOnRoll(position + 1),
        error => SumError::Counting(error),
    })
}

/// Reads a closed poll from its published objects, to check and open partial decryptions. `ballots` is the number of
/// ballots in the encrypted tally, which is trusted, as is that it is their sum: [`verify::closed`](crate::verify::closed)
/// recomputes both from an archive.
///
/// # Errors
/// [`ClosedError`] names the object.
pub fn read_closed<G: Group>(
    election: &str,
    trustees: &str,
    tally: &str,
    ballots: u64,
) -> Result<Closed<G>, ClosedError> {
    let read = |object| move |error| ClosedError::Encoding { object, error };
    let election: Election<G> =
        Election::from_json(election.as_bytes()).map_err(read(Object::Election))?;
    let trustees = Trustees::from_json(trustees.as_bytes()).map_err(read(Object::Trustees))?;
    trustees.verify_for(&election)?;
    let tally =
        EncryptedTally::from_json(tally.as_bytes()).map_err(read(Object::EncryptedTally))?;
    tally.fits(&election).map_err(ClosedError::Shape)?;
    let aggregate = Aggregate {
        tally,
        ballots,
        weight: ballots,
    };
    Ok(Closed {
        election,
        trustees,
        aggregate,
    })
}

/// Checks the bound partial decryption of the trustee with this number, when it is given.
///
/// # Errors
/// [`PartialError`].
pub fn check_partial<G: Group>(
    closed: &Closed<G>,
    number: u32,
    text: &str,
) -> Result<BoundDecryption<G>, PartialError> {
    let key = TrusteeId::new(number)
        .and_then(|id| closed.trustees.verification_key(id))
        .ok_or(PartialError::NoSuchTrustee(number))?;
    let (_, bound) = read_partial(number, text)?;
    bound
        .verify(closed.tally(), key.public_key(), &closed.election)
        .map_err(|error| PartialError::Invalid { number, error })?;
    Ok(bound)
}

/// Reads bound partial decryptions by their trustees' numbers; [`open`] verifies them.
///
/// # Errors
/// [`PartialError`] names the trustee, and is never [`PartialError::Invalid`].
pub fn read_partials<G: Group>(
    texts: impl IntoIterator<Item = (u32, impl AsRef<str>)>,
) -> Result<BTreeMap<TrusteeId, BoundDecryption<G>>, PartialError> {
    let mut partials = BTreeMap::new();
    for (number, text) in texts {
        let (id, bound) = read_partial(number, text.as_ref())?;
        if partials.insert(id, bound).is_some() {
            return Err(PartialError::Twice(number));
        }
    }
    Ok(partials)
}

fn read_partial<G: Group>(
    number: u32,
    text: &str,
) -> Result<(TrusteeId, BoundDecryption<G>), PartialError> {
    let id = TrusteeId::new(number).ok_or(PartialError::NoSuchTrustee(number))?;
    let bound = BoundDecryption::from_json(text.as_bytes())
        .map_err(|error| PartialError::Encoding { number, error })?;
    Ok((id, bound))
}

/// Verifies the partial decryptions, leaves out the invalid ones, and counts if enough are valid.
///
/// # Errors
/// [`OpenError`] names the owners of the invalid ones.
pub fn open<G: Group>(
    closed: &Closed<G>,
    mut partials: BTreeMap<TrusteeId, BoundDecryption<G>>,
) -> Result<Opened<G>, OpenError> {
    let opened = closed
        .tally()
        .open_with_valid(&closed.election, &closed.trustees, &partials)?;
    for one in &opened.refused {
        partials.remove(&one.owner);
    }
    Ok(Opened {
        result: count::counts::<G>(&opened.powers, closed.aggregate.weight)?,
        valid: partials
            .into_iter()
            .map(|(owner, bound)| (owner, bound.partial))
            .collect(),
        refused: opened.refused,
    })
}
