//! Opening a closed election with the trustees' partial decryptions.

use std::collections::BTreeMap;

use ballot::trustee::TrusteeId;
use ballot::wire::Wire as _;
use ballot::{
    BoundDecryption, Digest, ElectionResult, Group, PartialDecryption, RefusedPartial, Unopened,
};
use serde::{Deserialize, Serialize};

use crate::count::{self, CountingError};
use crate::verify::Closed;

/// What stands beside a trustee's key once it has decrypted: it does so once, ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decrypted {
    /// The election's id.
    pub election: String,
    /// The election's fingerprint φ.
    pub fingerprint: String,
    /// SHA-256 of the encrypted tally, base64.
    pub tally: String,
    /// The bound partial decryption, its exact bytes, for the case that the file for the others is lost.
    pub partial: String,
}

impl Decrypted {
    /// The record of this decryption.
    pub fn new<G: Group>(closed: &Closed<G>, bound: &BoundDecryption<G>) -> Self {
        Self {
            election: closed.election.uuid().to_string(),
            fingerprint: closed.election.fingerprint().to_string(),
            tally: Digest::of(closed.tally().to_json()).to_string(),
            partial: bound.to_json(),
        }
    }
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
    /// Too few valid partial decryptions.
    #[error(transparent)]
    Unopened(#[from] Unopened),
    /// The counts cannot be computed.
    #[error(transparent)]
    Counting(#[from] CountingError),
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
    let valid = partials
        .into_iter()
        .map(|(owner, bound)| (owner, bound.partial))
        .collect();
    let result = count::open(
        closed.tally(),
        &closed.trustees,
        &valid,
        closed.aggregate.weight,
    )?;
    Ok(Opened {
        result,
        valid,
        refused: opened.refused,
    })
}
