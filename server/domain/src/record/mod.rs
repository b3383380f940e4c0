//! The public record: everything the public may rely on, in one append-only Merkle tree (C2SP tlog-tiles).
//!
//! The leaf of an entry is a small header with the salted hash of its body. Bodies lie beside the tree and can be
//! taken down with a public reason, while the tree still verifies. What is hashed and signed how stands in
//! [`tally::record`]; here it is stored, signed and shown.

pub mod change;
mod checkpoint;
mod error;
mod published;
mod recheck;
pub mod store;
pub mod values;

pub use checkpoint::{
    InclusionProof, checkpoint, covering, had_root, inclusion_proof, last_entry_at, peaks, receipt,
    verifier_key, verifier_key_of,
};
pub use error::RecordError;
pub use published::{
    Published, check_against_published, compare_with_published, newest_signed, read_signed,
    require_beginning, require_own_key,
};
pub use recheck::{Rechecked, recheck};
pub use store::Body;
pub use tally::record::body::Kind;

use crate::infra::audit::Detail;
use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx};
use crate::infra::entropy::Entropy;
use crate::infra::scope::Scope;
use serde::Serialize;
use tally::record::body::{self, CycleName};

/// The position of an entry in the record, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, sqlx::Type)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct EntryIndex(i64);

impl EntryIndex {
    /// The position, if it is one that a database can hold.
    pub fn new(position: u64) -> Option<Self> {
        i64::try_from(position).ok().map(Self)
    }

    /// The position as the tree counts it.
    pub fn position(self) -> u64 {
        self.0.unsigned_abs()
    }
}

impl std::fmt::Display for EntryIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Detail for EntryIndex {
    fn json(&self) -> serde_json::Value {
        self.position().into()
    }
}

/// A fact to be appended.
#[derive(Debug, Clone, Copy)]
pub struct Fact<'a> {
    /// When it became so; of a ballot, when voting was opened.
    pub at: Timestamp,
    /// What the clock shows.
    pub now: Timestamp,
    /// Where it belongs; `None` for the deployment itself.
    pub place: Option<Scope>,
    /// What it says.
    pub body: &'a body::Body,
}

/// Appends a fact inside the caller's transaction: rolled back with it, it leaves no gap.
///
/// A ballot's entry carries the opening's time, whenever it is cast; any other is of now.
///
/// # Errors
/// [`DatabaseError::Clock`] where the clock is behind the last entry by more than a small correction.
pub async fn append(
    tx: &mut Tx,
    entropy: &Entropy,
    fact: &Fact<'_>,
) -> Result<EntryIndex, DatabaseError> {
    store::append(tx, entropy.bytes(), fact).await
}

/// The cycle of a scope, as bodies call it.
pub async fn cycle_name(tx: &mut Tx, scope: Scope) -> Result<CycleName, DatabaseError> {
    let name = store::scope_of(tx, scope).await?;
    CycleName::new(name.as_str()).ok_or_else(|| DatabaseError::Column {
        table: "record_bodies",
        column: "cycle",
        reason: format!("{name} is no cycle"),
    })
}
