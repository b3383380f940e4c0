//! What a trustee's device keeps of its decryption.

use ballot::wire::Wire as _;
use ballot::{BoundDecryption, Digest, Group};
use serde::{Deserialize, Serialize};

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
