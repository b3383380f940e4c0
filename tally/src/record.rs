//! The public record: an append-only Merkle tree in the C2SP formats, made and verified without any input or output.
//!
//! * [`tree`]: hashes, append, root, inclusion and consistency proofs (RFC 6962, section 2.1, with SHA-256)
//! * [`tile`]: tiles and entry bundles (c2sp.org/tlog-tiles)
//! * [`note`]: signed notes and verifier keys (c2sp.org/signed-note), cosignatures (c2sp.org/tlog-cosignature)
//! * [`checkpoint`]: what is signed (c2sp.org/tlog-checkpoint)
//! * [`leaf`]: our leaves: a small header with the salted hash of its body
//! * [`receipt`]: a leaf, its inclusion proof and a checkpoint (c2sp.org/tlog-proof)
//! * [`poll`]: a poll's part of the record, from which its box is compared
//! * [`body`]: what the entries say: one struct for each kind of entry
//! * [`ceremony`]: the messages of a key ceremony as they stand in the record
//! * [`transcript`]: one ceremony message by message, as the service takes them and a reader of the record follows it
//!
//! The server signs with a closure; verifying uses the curve library, which also runs in WebAssembly.

pub mod body;
pub mod ceremony;
pub mod checkpoint;
pub mod leaf;
pub mod poll;
pub mod receipt;
pub mod tile;
pub mod transcript;
pub mod tree;

pub use crate::note;
pub use checkpoint::Checkpoint;
pub use leaf::{BodyHash, LeafHeader, body_hash};
pub use note::{Note, VerifierKey};
pub use receipt::Receipt;
pub use tree::{Hash, NodeId, NodeStore};
