//! Which statements of the scrutineers' devices belong together, and what a device states of a poll in a public record. Pure, so
//! that the command and the service's devices say the same.
//!
//! A device decrypts only what [`agreement`] finds enough devices to have stated alike, so that two groups of them cannot be shown two
//! tallies.

mod agreement;
mod recorded;
#[cfg(test)]
mod tests;

use ballot::trustee::Closing;
use ballot::{Digest, Group, Wire as _};

use crate::verify::Closed;
pub use agreement::{Agreement, Objection, agreement};
pub use recorded::{NotRecorded, recorded_closing};

/// What a device has computed from the archive, under the public record with this root: [`recorded_closing`] compares with that
/// record first.
pub fn closing_of<G: Group>(closed: &Closed<G>, root: Option<Digest>) -> Closing {
    Closing {
        fingerprint: closed.election.fingerprint(),
        root,
        ballots: closed.aggregate.ballots,
        tally: Digest::of(closed.tally().to_json()),
    }
}
