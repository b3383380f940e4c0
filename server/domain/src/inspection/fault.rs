//! What is not in order, and where.

use crate::infra::database::DatabaseError;
use crate::infra::record_key::RecordKeyError;
use crate::infra::vault::VaultError;
use crate::record::RecordError;
use crate::session::{PollId, SessionError};
use std::path::PathBuf;

/// What is not in order, and where.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A file that the first start makes.
    #[error(
        "{0} is not there; `server serve` makes it at its first start, and never beside a database that is in use"
    )]
    NotThere(PathBuf),
    /// Somebody else may read what only the service should.
    #[error("others may read {}; `chmod 600` each", joined(.0))]
    Readable(Vec<PathBuf>),
    /// A file cannot be looked at.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The record's key cannot be read.
    #[error(transparent)]
    RecordKey(#[from] RecordKeyError),
    /// The data key cannot be read.
    #[error(transparent)]
    DataKey(#[from] VaultError),
    /// The data key does not open what the database holds.
    #[error("{0} does not open what this database holds: put the old data.key there")]
    OtherDataKey(PathBuf),
    /// The database cannot be opened or read.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// Migrations are missing.
    #[error("migrations are pending ({0:?}): run `server migrate`")]
    Pending(Vec<i64>),
    /// Pages or indexes of the database are damaged.
    #[error("damaged: {}; restore the newest backup", .0.join("; "))]
    Pages(Vec<String>),
    /// Rows name rows that are not there.
    #[error("rows without the row that they name: {}", .0.join(", "))]
    References(Vec<String>),
    /// The record is damaged, or not the one that was published.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// What this machine remembers is damaged, and the database shows what it was.
    #[error(
        "record.checkpoint is damaged ({damage}); the database has the {size} entries that were published last, and \
         `server serve` writes the file anew"
    )]
    Recoverable {
        /// What is wrong with it.
        damage: String,
        /// The size of the last checkpoint.
        size: u64,
    },
    /// Nothing is wrong until the primary is lost.
    #[error(
        "{0} attached, and none has to have what is committed: if one takes over, ballots that were acknowledged may be missing, \
         and the record cannot go on; set `synchronous_standby_names`"
    )]
    Asynchronous(i64),
    /// Nothing is wrong until a machine falls over.
    #[error(
        "a commit is answered before it is safe (`synchronous_commit = {0}`): ballots that were acknowledged may be missing \
         afterwards; set it to `on`, also where a pooler stands between"
    )]
    AnswersEarly(String),
    /// A poll is not as the record says.
    #[error("poll {poll}: {error}")]
    Poll {
        /// Which poll.
        poll: PollId,
        /// What is wrong.
        error: Box<SessionError>,
    },
}

impl Fault {
    /// Whether all is in order, but would not stay so if something else went wrong.
    pub const fn is_warning(&self) -> bool {
        matches!(self, Self::Asynchronous(_) | Self::AnswersEarly(_))
    }
}

fn joined(paths: &[PathBuf]) -> String {
    let all: Vec<String> = paths
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    all.join(", ")
}
