//! The desk at the check-in: whether a code is asked for, personal codes, leaves of absence, and attendance by delegation.

use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, exactly_one, fitted};
use crate::infra::ids::AccountId;
use crate::on_either;
use crate::people::DeputyId;
use crate::session::poll::Poll;
use tracing::instrument;

/// Whether the check-in asks for the code of the hall.
#[instrument(level = "debug", skip_all)]
pub async fn asks_code(tx: &mut Tx, poll: &Poll) -> Result<bool, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "SELECT check_in_code FROM polls WHERE jurisdiction = $1 AND id = $2",
    ).bind(poll.jurisdiction).bind(poll.id).fetch_one(&mut *conn).await?))
}

/// Says whether a drafted poll's check-in asks for it.
#[instrument(level = "debug", skip_all)]
pub async fn set_asks_code(tx: &mut Tx, poll: &Poll, asked: bool) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "UPDATE polls SET check_in_code = $3 WHERE jurisdiction = $1 AND id = $2 AND state = 'drafted'",
    ).bind(poll.jurisdiction).bind(poll.id).bind(asked).execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE polls SET check_in_code", touched)
}

/// What a personal code is made from.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct NewDeskCode {
    /// What the code is computed from, with the data key.
    pub nonce: Vec<u8>,
    /// Until when it is taken.
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for NewDeskCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewDeskCode(<redacted>)")
    }
}

/// The deputy's personal code, also one that is taken no more.
#[instrument(level = "debug", skip_all)]
pub async fn desk_code(
    tx: &mut Tx,
    poll: &Poll,
    deputy: DeputyId,
) -> Result<Option<NewDeskCode>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT nonce, expires_at FROM poll_desk_codes WHERE jurisdiction = $1 AND poll = $2 AND deputy = $3",
    ).bind(poll.jurisdiction).bind(poll.id).bind(deputy).fetch_optional(&mut *conn).await?))
}

/// Keeps a personal code in place of an earlier one.
#[instrument(level = "debug", skip_all)]
pub async fn keep_desk_code(
    tx: &mut Tx,
    poll: &Poll,
    deputy: DeputyId,
    new: &NewDeskCode,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO poll_desk_codes (jurisdiction, poll, deputy, nonce, expires_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (jurisdiction, poll, deputy) DO UPDATE SET nonce = excluded.nonce, expires_at = excluded.expires_at",
    ).bind(poll.jurisdiction).bind(poll.id).bind(deputy).bind(&new.nonce).bind(new.expires_at)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO poll_desk_codes", touched)
}

/// A personal code was used.
#[instrument(level = "debug", skip_all)]
pub async fn delete_desk_code(
    tx: &mut Tx,
    poll: &Poll,
    deputy: DeputyId,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "DELETE FROM poll_desk_codes WHERE jurisdiction = $1 AND poll = $2 AND deputy = $3",
    ).bind(poll.jurisdiction).bind(poll.id).bind(deputy).execute(&mut *conn).await?.rows_affected());
    exactly_one("DELETE FROM poll_desk_codes", touched)
}

/// Notes a leave of absence.
#[instrument(level = "debug", skip_all)]
pub async fn note_leave(
    tx: &mut Tx,
    poll: &Poll,
    deputy: DeputyId,
    by: AccountId,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO poll_leaves (jurisdiction, poll, deputy, entered_by, entered_at) VALUES ($1, $2, $3, $4, $5)",
    ).bind(poll.jurisdiction).bind(poll.id).bind(deputy).bind(by).bind(at)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO poll_leaves", touched)
}

/// Takes a leave of absence back.
#[instrument(level = "debug", skip_all)]
pub async fn cancel_leave(tx: &mut Tx, poll: &Poll, deputy: DeputyId) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "DELETE FROM poll_leaves WHERE jurisdiction = $1 AND poll = $2 AND deputy = $3",
    ).bind(poll.jurisdiction).bind(poll.id).bind(deputy).execute(&mut *conn).await?.rows_affected());
    exactly_one("DELETE FROM poll_leaves", touched)
}

/// A deputy as the desk sees him or her.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DeskDeputy {
    /// Who.
    pub id: DeputyId,
    /// The number on the roster.
    pub number: i32,
    /// The name on the public roster.
    pub name: String,
    /// The delegation.
    pub delegation: String,
    /// When the deputy checked in, if so.
    pub checked_in_at: Option<Timestamp>,
    /// Whether he or she votes on paper.
    pub on_paper: bool,
    /// When a leave of absence was noted, if so.
    pub leave_at: Option<Timestamp>,
    /// Who noted it.
    pub leave_by: Option<String>,
}

/// The roster with who is present and who has leave, by delegation and number, as the poll's check-in has it.
#[instrument(level = "debug", skip_all)]
pub async fn desk_roster(tx: &mut Tx, poll: &Poll) -> Result<Vec<DeskDeputy>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT deputies.id, deputies.number, deputies.name, delegations.name AS delegation, \
             poll_attendance.checked_in_at, COALESCE(poll_attendance.on_paper, $3) AS on_paper, \
             poll_leaves.entered_at AS leave_at, accounts.display_name AS leave_by \
         FROM deputies \
         JOIN delegations ON delegations.jurisdiction = deputies.jurisdiction AND delegations.id = deputies.delegation \
         LEFT JOIN poll_attendance ON poll_attendance.jurisdiction = deputies.jurisdiction \
             AND poll_attendance.deputy = deputies.id AND poll_attendance.poll = $2 \
         LEFT JOIN poll_leaves ON poll_leaves.jurisdiction = deputies.jurisdiction \
             AND poll_leaves.deputy = deputies.id AND poll_leaves.poll = $2 \
         LEFT JOIN accounts ON accounts.id = poll_leaves.entered_by \
         WHERE deputies.jurisdiction = $1 AND (deputies.left_at IS NULL OR poll_attendance.checked_in_at IS NOT NULL) \
         ORDER BY delegations.position, deputies.number",
    ).bind(poll.jurisdiction).bind(poll.check_in).bind(false).fetch_all(&mut *conn).await?))
}

/// How many of a delegation there are (应到), are present (实到), have leave (请假).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DelegationAttendance {
    /// The delegation's name.
    pub name: String,
    /// Deputies in office.
    pub deputies: u32,
    /// Those who have checked in.
    pub present: u32,
    /// Those who have leave and have not come.
    pub on_leave: u32,
}

impl DelegationAttendance {
    /// Those who have neither checked in nor leave (未到).
    pub const fn missing(&self) -> u32 {
        self.deputies
            .saturating_sub(self.present)
            .saturating_sub(self.on_leave)
    }
}

#[derive(sqlx::FromRow)]
struct DelegationRow {
    name: String,
    deputies: i64,
    present: i64,
    on_leave: i64,
}

/// Attendance by delegation, in the roster's order, as the poll's check-in has it.
#[instrument(level = "debug", skip_all)]
pub async fn attendance_by_delegation(
    tx: &mut Tx,
    poll: &Poll,
) -> Result<Vec<DelegationAttendance>, DatabaseError> {
    let rows: Vec<DelegationRow> = on_either!(tx, conn => sqlx::query_as(
        "SELECT delegations.name, COUNT(deputies.id) AS deputies, COUNT(poll_attendance.deputy) AS present, \
             COUNT(CASE WHEN poll_attendance.deputy IS NULL THEN poll_leaves.deputy END) AS on_leave \
         FROM deputies \
         JOIN delegations ON delegations.jurisdiction = deputies.jurisdiction AND delegations.id = deputies.delegation \
         LEFT JOIN poll_attendance ON poll_attendance.jurisdiction = deputies.jurisdiction \
             AND poll_attendance.deputy = deputies.id AND poll_attendance.poll = $2 \
         LEFT JOIN poll_leaves ON poll_leaves.jurisdiction = deputies.jurisdiction \
             AND poll_leaves.deputy = deputies.id AND poll_leaves.poll = $2 \
         WHERE deputies.jurisdiction = $1 AND (deputies.left_at IS NULL OR poll_attendance.checked_in_at IS NOT NULL) \
         GROUP BY delegations.id, delegations.name, delegations.position \
         ORDER BY delegations.position, delegations.name",
    ).bind(poll.jurisdiction).bind(poll.check_in).fetch_all(&mut *conn).await?);
    let read = |row: DelegationRow| {
        Ok(DelegationAttendance {
            deputies: fitted("deputies", "COUNT(*)", row.deputies)?,
            present: fitted("poll_attendance", "COUNT(*)", row.present)?,
            on_leave: fitted("poll_leaves", "COUNT(*)", row.on_leave)?,
            name: row.name,
        })
    };
    rows.into_iter().map(read).collect()
}
