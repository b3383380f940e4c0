//! Why the record cannot be signed or proved.

use crate::infra::database::DatabaseError;
use crate::infra::record_key::RecordKeyError;
use std::path::PathBuf;
use tally::record::NodeId;
use tally::record::checkpoint::CheckpointError;
use tally::record::note::NoteError;
use tally::record::tree::TreeError;

/// Why the record cannot be signed or proved.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The database refused.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The key or the file beside it cannot be used.
    #[error(transparent)]
    Key(#[from] RecordKeyError),
    /// The configured origin cannot name a key.
    #[error("record_origin `{0}` must not be empty and have no white space or `+`")]
    Origin(String),
    /// A checkpoint of another log.
    #[error("a checkpoint of another record: its origin is `{0}`")]
    OtherOrigin(String),
    /// The key is not the one that signed what the database holds.
    #[error(
        "{path} ({key}) is not the key that signed this database's record: put the old record.key there"
    )]
    OtherKey {
        /// The key's file.
        path: PathBuf,
        /// Its verifier key line.
        key: String,
    },
    /// What this machine remembers of its last signature is damaged, and nothing else shows that the database is not an
    /// older copy.
    #[error(
        "{path} is damaged ({damage}), and nothing else shows that the database is not an older copy: put the newest \
         checkpoint that was published into this file (a mirror, a bundle or anybody's receipt has one); nothing will be \
         signed until then"
    )]
    Memory {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        damage: String,
    },
    /// The stored tree is damaged, or the entry is not in it.
    #[error("the record's tree: {0}")]
    Tree(#[from] TreeError),
    /// A stored checkpoint is not a note of this log's key.
    #[error("a stored checkpoint: {0}")]
    Note(#[from] NoteError),
    /// A stored checkpoint cannot be read.
    #[error("a stored checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// An entry is missing, or there is one beyond the record's end.
    #[error("the record's entry {0} is missing or beyond the end")]
    Entry(u64),
    /// A stored hash is not that of the entries below it.
    #[error("the record's stored hash at level {}, position {} is not that of the entries", .0.level, .0.index)]
    Node(NodeId),
    /// The hashes that the next entry would be appended to, or the time that it must follow, are not those of the entries.
    #[error("the record's right edge is not that of its {0} entries")]
    RightEdge(u64),
    /// What lies beside an entry is not what its leaf says.
    #[error("the body beside the record's entry {0} is not the one that the entry names")]
    Body(u64),
    /// What was published before is not the beginning of what the database holds: an older copy was restored, or
    /// entries were changed. Signing would show the public a second history.
    #[error(
        "the record was published with {published} entries and another content than the database's {stored} entries: \
         restore the newest copy; nothing will be signed until then"
    )]
    SecondHistory {
        /// The size that was published.
        published: u64,
        /// The size that the database holds.
        stored: u64,
    },
}
