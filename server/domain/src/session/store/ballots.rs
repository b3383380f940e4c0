//! The roll, the ballot box and the scrutineers' partial decryptions.

use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, exactly_one, fitted};
use crate::on_either;
use crate::record::EntryIndex;
use crate::session::poll::Poll;
use std::collections::HashSet;
use tracing::instrument;

/// Adds the credentials of the roll; `paper` are those of them that are set aside for paper.
#[instrument(level = "debug", skip_all)]
pub async fn insert_roll(
    tx: &mut Tx,
    poll: &Poll,
    credentials: &[String],
    paper: &[String],
) -> Result<(), DatabaseError> {
    let paper: HashSet<&String> = paper.iter().collect();
    for credential in credentials {
        let touched = on_either!(tx, conn => sqlx::query(
            "INSERT INTO poll_roll (jurisdiction, poll, credential, of_paper) VALUES ($1, $2, $3, $4)",
        ).bind(poll.jurisdiction).bind(poll.id).bind(credential).bind(paper.contains(credential)).execute(&mut *conn).await?.rows_affected());
        exactly_one("INSERT INTO poll_roll", touched)?;
    }
    Ok(())
}

/// What the roll and the box know of a credential.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Listed {
    /// The tracker of its ballot, if one is in the box.
    pub tracker: Option<String>,
    /// Whether it is set aside for paper.
    pub of_paper: bool,
}

/// The credential's place on the roll, if it has one.
#[instrument(level = "debug", skip_all)]
pub async fn listed(
    tx: &mut Tx,
    poll: &Poll,
    credential: &str,
) -> Result<Option<Listed>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT tracker, of_paper FROM poll_roll LEFT JOIN poll_ballots \
             ON poll_ballots.jurisdiction = poll_roll.jurisdiction AND poll_ballots.poll = poll_roll.poll \
             AND poll_ballots.credential = poll_roll.credential \
         WHERE poll_roll.jurisdiction = $1 AND poll_roll.poll = $2 AND poll_roll.credential = $3",
    ).bind(poll.jurisdiction).bind(poll.id).bind(credential).fetch_optional(&mut *conn).await?))
}

/// A ballot in the ballot box.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CastBallot {
    /// Under which public credential.
    pub credential: String,
    /// Its tracker.
    pub tracker: String,
    /// The exact bytes.
    pub ballot: String,
    /// Its entry in the public record.
    pub entry: EntryIndex,
}

const BALLOT: &str = "SELECT credential, tracker, ballot, entry FROM poll_ballots \
     WHERE jurisdiction = $1 AND poll = $2";

/// Puts a ballot into the box of an open poll, and answers whether it is open and the ballot has not been challenged. A second one of a credential violates
/// `poll_ballots_credential`. The caller has appended the ballot to the record, and so holds the record's head: nobody
/// else numbers a ballot or closes the poll meanwhile.
#[instrument(level = "debug", skip_all)]
pub async fn insert_ballot(
    tx: &mut Tx,
    poll: &Poll,
    new: &CastBallot,
) -> Result<bool, DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO poll_ballots (jurisdiction, poll, sequence, credential, tracker, ballot, entry) \
         SELECT $1, $2, (SELECT COUNT(*) FROM poll_ballots WHERE jurisdiction = $1 AND poll = $2), \
             $3, $4, $5, $6 FROM polls WHERE jurisdiction = $1 AND id = $2 AND state = 'open' \
             AND NOT EXISTS (SELECT 1 FROM poll_spoiled \
                 WHERE jurisdiction = $1 AND poll = $2 AND tracker = $4)",
    ).bind(poll.jurisdiction).bind(poll.id).bind(&new.credential).bind(&new.tracker).bind(&new.ballot)
     .bind(new.entry).execute(&mut *conn).await?.rows_affected());
    Ok(touched == 1)
}

/// Notes that a ballot was challenged, and answers whether the poll is open. A sixth one of a credential violates the table's
/// check. The caller holds the record's head, as a cast and the close do.
#[instrument(level = "debug", skip_all)]
pub async fn insert_spoiled(
    tx: &mut Tx,
    poll: &Poll,
    credential: &str,
    number: i32,
    tracker: &str,
) -> Result<bool, DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO poll_spoiled (jurisdiction, poll, credential, number, tracker) \
         SELECT $1, $2, $3, $4, $5 FROM polls WHERE jurisdiction = $1 AND id = $2 AND state = 'open'",
    ).bind(poll.jurisdiction).bind(poll.id).bind(credential).bind(number).bind(tracker)
     .execute(&mut *conn).await?.rows_affected());
    Ok(touched == 1)
}

/// The trackers of a credential's challenged ballots.
#[instrument(level = "debug", skip_all)]
pub async fn spoiled_of(
    tx: &mut Tx,
    poll: &Poll,
    credential: &str,
) -> Result<Vec<String>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "SELECT tracker FROM poll_spoiled WHERE jurisdiction = $1 AND poll = $2 AND credential = $3 ORDER BY number",
    ).bind(poll.jurisdiction).bind(poll.id).bind(credential).fetch_all(&mut *conn).await?))
}

/// The trackers of all challenged ballots, in an order that tells nothing.
#[instrument(level = "debug", skip_all)]
pub async fn spoiled(tx: &mut Tx, poll: &Poll) -> Result<Vec<String>, DatabaseError> {
    let mut trackers: Vec<String> = on_either!(tx, conn => sqlx::query_scalar(
        "SELECT tracker FROM poll_spoiled WHERE jurisdiction = $1 AND poll = $2",
    ).bind(poll.jurisdiction).bind(poll.id).fetch_all(&mut *conn).await?);
    trackers.sort_unstable();
    Ok(trackers)
}

/// The ballot of this tracker, if it is in the box.
#[instrument(level = "debug", skip_all)]
pub async fn ballot_of_tracker(
    tx: &mut Tx,
    poll: &Poll,
    tracker: &str,
) -> Result<Option<CastBallot>, DatabaseError> {
    let sql = format!("{BALLOT} AND tracker = $3");
    Ok(
        on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(poll.jurisdiction).bind(poll.id).bind(tracker).fetch_optional(&mut *conn).await?),
    )
}

/// All ballots in the order in which they were taken.
#[instrument(level = "debug", skip_all)]
pub async fn ballots(tx: &mut Tx, poll: &Poll) -> Result<Vec<CastBallot>, DatabaseError> {
    let sql = format!("{BALLOT} ORDER BY sequence");
    Ok(
        on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(poll.jurisdiction).bind(poll.id).fetch_all(&mut *conn).await?),
    )
}

/// A page of the ballots in the order in which they were taken, after the first `offset` of them.
#[instrument(level = "debug", skip_all)]
pub async fn ballots_from(
    tx: &mut Tx,
    poll: &Poll,
    offset: u64,
    count: u16,
) -> Result<Vec<CastBallot>, DatabaseError> {
    let sql = format!("{BALLOT} ORDER BY sequence LIMIT $3 OFFSET $4");
    Ok(
        on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(poll.jurisdiction).bind(poll.id).bind(i64::from(count)).bind(offset.cast_signed())
        .fetch_all(&mut *conn).await?),
    )
}

/// The credentials on the roll, in their order.
#[instrument(level = "debug", skip_all)]
pub async fn roll(tx: &mut Tx, poll: &Poll) -> Result<Vec<String>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "SELECT credential FROM poll_roll WHERE jurisdiction = $1 AND poll = $2 ORDER BY credential",
    ).bind(poll.jurisdiction).bind(poll.id).fetch_all(&mut *conn).await?))
}

/// How many ballots are in the box: participation, which may be known at any time.
#[instrument(level = "debug", skip_all)]
pub async fn count_ballots(tx: &mut Tx, poll: &Poll) -> Result<u32, DatabaseError> {
    let count: i64 = on_either!(tx, conn => sqlx::query_scalar(
        "SELECT COUNT(*) FROM poll_ballots WHERE jurisdiction = $1 AND poll = $2",
    ).bind(poll.jurisdiction).bind(poll.id).fetch_one(&mut *conn).await?);
    fitted("poll_ballots", "COUNT(*)", count)
}

/// Keeps a scrutineer's partial decryption, sealed.
#[instrument(level = "debug", skip_all)]
pub async fn insert_partial(
    tx: &mut Tx,
    poll: &Poll,
    number: u32,
    sealed: &[u8],
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let seat: i32 = fitted("poll_partials", "number", number)?;
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO poll_partials (jurisdiction, poll, number, sealed, given_at) VALUES ($1, $2, $3, $4, $5)",
    ).bind(poll.jurisdiction).bind(poll.id).bind(seat).bind(sealed).bind(at)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO poll_partials", touched)
}

/// The sealed partial decryptions by the scrutineers' numbers.
#[instrument(level = "debug", skip_all)]
pub async fn partials(tx: &mut Tx, poll: &Poll) -> Result<Vec<(u32, Vec<u8>)>, DatabaseError> {
    let rows: Vec<(i32, Vec<u8>)> = on_either!(tx, conn => sqlx::query_as(
        "SELECT number, sealed FROM poll_partials WHERE jurisdiction = $1 AND poll = $2 ORDER BY number",
    ).bind(poll.jurisdiction).bind(poll.id).fetch_all(&mut *conn).await?);
    rows.into_iter()
        .map(|(number, sealed)| Ok((fitted("poll_partials", "number", number)?, sealed)))
        .collect()
}
