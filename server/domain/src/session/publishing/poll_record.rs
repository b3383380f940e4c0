//! A poll's part of the public record: what shows that the box has exactly the record's ballots.

use crate::infra::app::App;
use crate::infra::database::Tx;
use crate::record::store::{self, Told};
use crate::record::{RecordError, covering, peaks};
use crate::session::error::SessionError;
use crate::session::poll::Poll;
use tally::record::body::Kind;
use tally::record::leaf::{Salt, body_document};
use tally::record::poll::{PollRecord, ServedBody};
use tracing::instrument;

/// How many leaves are read at a time.
const BATCH: u16 = 1000;

/// How far a poll's part of the record goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpTo {
    /// To the opening: all that a deputy's device needs, without the ballots that others have cast meanwhile.
    Opening,
    /// To the newest entry about the poll.
    Newest,
}

/// Everything that the record says of a poll up to the first checkpoint over the entry that is asked for, with every leaf
/// between. The same until the poll goes on. Call it outside of any transaction.
#[instrument(skip_all, fields(poll = %poll.id), err(level = "debug"))]
pub async fn poll_record(app: &App, poll: &Poll, up_to: UpTo) -> Result<PollRecord, SessionError> {
    let subject = poll.election.to_string();
    let mut tx = app.database.read().await?;
    let told = of_the_vote(&mut tx, poll, &subject).await?;
    drop(tx);
    let last = match up_to {
        UpTo::Newest => told.last(),
        UpTo::Opening => told.iter().find(|one| one.kind == Kind::PollOpened.name()),
    };
    let (Some(first), Some(last)) = (told.first(), last) else {
        return Err(SessionError::NotYet);
    };
    let first = first.position.position();
    let signed = covering(app, last.position).await?;
    let size = signed.checkpoint.size;
    let mut tx = app.database.read().await?;
    // Again: somebody may have cast before the checkpoint was signed.
    let told = of_the_vote(&mut tx, poll, &subject).await?;
    let covered = told
        .into_iter()
        .filter(|one| one.position.position() < size);
    Ok(PollRecord {
        first,
        peaks: peaks(&mut tx, first).await?,
        leaves: leaves(&mut tx, first, size).await?,
        bodies: covered.filter_map(served).collect(),
        checkpoint: signed.note.to_string(),
    })
}

/// The entries about the vote. The number of the announcement on paper, which the office may enter at any time after it, proves nothing of
/// it, and would only make the poll's part of the record another one.
async fn of_the_vote(tx: &mut Tx, poll: &Poll, subject: &str) -> Result<Vec<Told>, SessionError> {
    let numbered = Kind::AnnouncementNumbered;
    Ok(store::told_about_but(tx, poll.scope(), subject, numbered).await?)
}

/// The leaves from `first` to before `size`.
async fn leaves(tx: &mut Tx, first: u64, size: u64) -> Result<Vec<String>, RecordError> {
    let mut all = Vec::new();
    let mut next = first;
    while next < size {
        let count = u16::try_from(size - next).unwrap_or(BATCH).min(BATCH);
        let batch = store::headers(tx, next, count).await?;
        if batch.len() != usize::from(count) {
            return Err(RecordError::Entry(next));
        }
        all.extend(batch);
        next += u64::from(count);
    }
    Ok(all)
}

/// A body as the record serves it, where it does.
fn served(told: Told) -> Option<ServedBody> {
    let salt = Salt::new(told.salt?.try_into().ok()?);
    let document = body_document(salt, told.body?.as_bytes());
    Some(ServedBody {
        index: told.position.position(),
        document: String::from_utf8(document).ok()?,
    })
}
