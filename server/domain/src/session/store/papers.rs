//! Paper ballots: the credentials set aside, the papers handed out, what two tellers typed of them as marks.

use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, exactly_one, fitted};
use crate::infra::ids::AccountId;
use crate::on_either;
use crate::people::DeputyId;
use crate::session::paper::PaperSide;
use crate::session::poll::Poll;
use tracing::instrument;

/// The credentials that a teller's device handed in.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StoredPaperReserve {
    /// Whose device.
    pub account: AccountId,
    /// The public parts by election, as JSON.
    pub credentials: String,
}

/// The credentials that are set aside at the poll's check-in.
#[instrument(level = "debug", skip_all)]
pub async fn paper_reserve(
    tx: &mut Tx,
    poll: &Poll,
) -> Result<Option<StoredPaperReserve>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT account, credentials FROM poll_paper_reserves WHERE jurisdiction = $1 AND poll = $2",
    ).bind(poll.jurisdiction).bind(poll.check_in).fetch_optional(&mut *conn).await?))
}

/// Keeps them in place of earlier ones.
#[instrument(level = "debug", skip_all)]
pub async fn keep_paper_reserve(
    tx: &mut Tx,
    poll: &Poll,
    account: AccountId,
    credentials: &str,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO poll_paper_reserves (jurisdiction, poll, account, credentials, at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (jurisdiction, poll) DO UPDATE SET account = excluded.account, credentials = excluded.credentials, \
             at = excluded.at",
    ).bind(poll.jurisdiction).bind(poll.id).bind(account).bind(credentials).bind(at)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO poll_paper_reserves", touched)
}

/// A paper that was handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedOut {
    /// The number on its stub.
    pub number: u32,
    /// To whom.
    pub deputy: DeputyId,
    /// Whether somebody helps to write.
    pub helped: bool,
    /// Whether it came back spoiled.
    pub spoiled: bool,
}

/// The papers that were handed out, by number.
#[instrument(level = "debug", skip_all)]
pub async fn papers(tx: &mut Tx, poll: &Poll) -> Result<Vec<HandedOut>, DatabaseError> {
    let rows: Vec<(i32, DeputyId, bool, bool)> = on_either!(tx, conn => sqlx::query_as(
        "SELECT number, deputy, helped, spoiled FROM poll_papers WHERE jurisdiction = $1 AND poll = $2 ORDER BY number",
    ).bind(poll.jurisdiction).bind(poll.id).fetch_all(&mut *conn).await?);
    let read = |(number, deputy, helped, spoiled)| {
        Ok(HandedOut {
            number: fitted("poll_papers", "number", number)?,
            deputy,
            helped,
            spoiled,
        })
    };
    rows.into_iter().map(read).collect()
}

/// Notes that a paper was handed out.
#[instrument(level = "debug", skip_all)]
pub async fn insert_paper(
    tx: &mut Tx,
    poll: &Poll,
    new: &HandedOut,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let number: i32 = fitted("poll_papers", "number", new.number)?;
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO poll_papers (jurisdiction, poll, number, deputy, helped, spoiled, at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    ).bind(poll.jurisdiction).bind(poll.id).bind(number).bind(new.deputy).bind(new.helped).bind(new.spoiled).bind(at)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO poll_papers", touched)
}

/// Notes that somebody helps to write, or that nobody does.
#[instrument(level = "debug", skip_all)]
pub async fn set_helped(
    tx: &mut Tx,
    poll: &Poll,
    number: u32,
    helped: bool,
) -> Result<(), DatabaseError> {
    let number: i32 = fitted("poll_papers", "number", number)?;
    let touched = on_either!(tx, conn => sqlx::query(
        "UPDATE poll_papers SET helped = $4 WHERE jurisdiction = $1 AND poll = $2 AND number = $3",
    ).bind(poll.jurisdiction).bind(poll.id).bind(number).bind(helped).execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE poll_papers SET helped", touched)
}

/// Notes that a paper came back spoiled.
#[instrument(level = "debug", skip_all)]
pub async fn spoil_paper(tx: &mut Tx, poll: &Poll, number: u32) -> Result<(), DatabaseError> {
    let number: i32 = fitted("poll_papers", "number", number)?;
    let touched = on_either!(tx, conn => sqlx::query(
        "UPDATE poll_papers SET spoiled = $4 WHERE jurisdiction = $1 AND poll = $2 AND number = $3 AND spoiled <> $4",
    ).bind(poll.jurisdiction).bind(poll.id).bind(number).bind(true).execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE poll_papers SET spoiled", touched)
}

/// Forgets who had which paper.
#[instrument(level = "debug", skip_all)]
pub async fn forget_papers(tx: &mut Tx, poll: &Poll) -> Result<(), DatabaseError> {
    on_either!(tx, conn => sqlx::query("DELETE FROM poll_papers WHERE jurisdiction = $1 AND poll = $2")
        .bind(poll.jurisdiction).bind(poll.id).execute(&mut *conn).await?.rows_affected());
    Ok(())
}

/// What a teller's device handed in.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StoredPaperList {
    /// Which of the two.
    pub side: PaperSide,
    /// The teller.
    pub account: AccountId,
    /// The teller's name.
    pub name: String,
    /// The marks, as JSON.
    pub marks: String,
}

/// What the two tellers' devices handed in, the first one's first.
#[instrument(level = "debug", skip_all)]
pub async fn paper_lists(tx: &mut Tx, poll: &Poll) -> Result<Vec<StoredPaperList>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT side, account, name, marks FROM poll_paper_lists WHERE jurisdiction = $1 AND poll = $2 ORDER BY side",
    ).bind(poll.jurisdiction).bind(poll.id).fetch_all(&mut *conn).await?))
}

/// Keeps a list in place of that side's earlier one. One teller on both sides violates `poll_paper_lists_account`.
#[instrument(level = "debug", skip_all)]
pub async fn keep_paper_list(
    tx: &mut Tx,
    poll: &Poll,
    new: &StoredPaperList,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO poll_paper_lists (jurisdiction, poll, side, account, name, marks, at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (jurisdiction, poll, side) DO UPDATE SET account = excluded.account, name = excluded.name, \
             marks = excluded.marks, at = excluded.at",
    ).bind(poll.jurisdiction).bind(poll.id).bind(new.side).bind(new.account).bind(&new.name).bind(&new.marks).bind(at)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO poll_paper_lists", touched)
}

/// The trackers of the ballots in the box that are under credentials of paper, sorted.
#[instrument(level = "debug", skip_all)]
pub async fn paper_trackers(tx: &mut Tx, poll: &Poll) -> Result<Vec<String>, DatabaseError> {
    let mut trackers: Vec<String> = on_either!(tx, conn => sqlx::query_scalar(
        "SELECT tracker FROM poll_ballots JOIN poll_roll ON poll_roll.jurisdiction = poll_ballots.jurisdiction \
             AND poll_roll.poll = poll_ballots.poll AND poll_roll.credential = poll_ballots.credential \
         WHERE poll_ballots.jurisdiction = $1 AND poll_ballots.poll = $2 AND poll_roll.of_paper = $3",
    ).bind(poll.jurisdiction).bind(poll.id).bind(true).fetch_all(&mut *conn).await?);
    // Byte by byte, whatever the database sorts by.
    trackers.sort_unstable();
    Ok(trackers)
}

/// The credentials of paper under which no ballot is in the box, sorted.
#[instrument(level = "debug", skip_all)]
pub async fn unused_paper(tx: &mut Tx, poll: &Poll) -> Result<Vec<String>, DatabaseError> {
    let mut unused: Vec<String> = on_either!(tx, conn => sqlx::query_scalar(
        "SELECT poll_roll.credential FROM poll_roll LEFT JOIN poll_ballots ON poll_ballots.jurisdiction = poll_roll.jurisdiction \
             AND poll_ballots.poll = poll_roll.poll AND poll_ballots.credential = poll_roll.credential \
         WHERE poll_roll.jurisdiction = $1 AND poll_roll.poll = $2 AND poll_roll.of_paper = $3 \
             AND poll_ballots.credential IS NULL",
    ).bind(poll.jurisdiction).bind(poll.id).bind(true).fetch_all(&mut *conn).await?);
    unused.sort_unstable();
    Ok(unused)
}
