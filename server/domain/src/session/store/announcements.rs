//! The numbers of the presidium's announcements.

use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, exactly_one, fitted};
use crate::on_either;
use crate::session::poll::{Numbered, Poll};
use time::Date;
use time::format_description::well_known::Iso8601;
use tracing::instrument;

/// Number and day of a poll's announcement, once the office has entered them.
#[instrument(level = "debug", skip_all)]
pub async fn numbered(tx: &mut Tx, poll: &Poll) -> Result<Option<Numbered>, DatabaseError> {
    let row: Option<(i32, String)> = on_either!(tx, conn => sqlx::query_as(
        "SELECT number, dated_on FROM poll_announcements WHERE jurisdiction = $1 AND poll = $2",
    ).bind(poll.jurisdiction).bind(poll.id).fetch_optional(&mut *conn).await?);
    let Some((number, day)) = row else {
        return Ok(None);
    };
    let broken = |error: time::error::Parse| DatabaseError::Column {
        table: "poll_announcements",
        column: "dated_on",
        reason: format!("{day}: {error}"),
    };
    Ok(Some(Numbered {
        number: fitted("poll_announcements", "number", number)?,
        day: Date::parse(&day, &Iso8601::DATE).map_err(broken)?,
    }))
}

/// Keeps them. A number that another announcement of the year has violates `poll_announcements_number`.
#[instrument(level = "debug", skip_all)]
pub async fn insert_numbered(
    tx: &mut Tx,
    poll: &Poll,
    new: Numbered,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let number: i32 = fitted("poll_announcements", "number", new.number)?;
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO poll_announcements (jurisdiction, poll, year, number, dated_on, entered_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    ).bind(poll.jurisdiction).bind(poll.id).bind(new.day.year()).bind(number).bind(new.day.to_string())
     .bind(at).execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO poll_announcements", touched)
}
