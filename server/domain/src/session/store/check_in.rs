//! Check-in: who is present, and whose device made which credential.

use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, exactly_one, fitted};
use crate::on_either;
use crate::people::{DelegationId, DeputyId};
use crate::session::poll::Poll;
use tracing::instrument;

/// Notes that a deputy has signed in with a device; again is the same.
#[instrument(level = "debug", skip_all)]
pub async fn attend(
    tx: &mut Tx,
    poll: &Poll,
    deputy: DeputyId,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    on_either!(tx, conn => sqlx::query(
        "INSERT INTO poll_attendance (jurisdiction, poll, deputy, checked_in_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (jurisdiction, poll, deputy) DO UPDATE SET on_paper = $5",
    ).bind(poll.jurisdiction).bind(poll.id).bind(deputy).bind(at).bind(false).execute(&mut *conn).await?.rows_affected());
    Ok(())
}

/// Notes that a deputy is present and votes on paper, whether a device had signed in before or not.
#[instrument(level = "debug", skip_all)]
pub async fn attend_on_paper(
    tx: &mut Tx,
    poll: &Poll,
    deputy: DeputyId,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO poll_attendance (jurisdiction, poll, deputy, checked_in_at, on_paper) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (jurisdiction, poll, deputy) DO UPDATE SET on_paper = $5",
    ).bind(poll.jurisdiction).bind(poll.id).bind(deputy).bind(at).bind(true).execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO poll_attendance", touched)
}

/// Notes that a deputy who was present on paper is not.
#[instrument(level = "debug", skip_all)]
pub async fn leave(tx: &mut Tx, poll: &Poll, deputy: DeputyId) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "DELETE FROM poll_attendance WHERE jurisdiction = $1 AND poll = $2 AND deputy = $3 AND on_paper = $4",
    ).bind(poll.jurisdiction).bind(poll.id).bind(deputy).bind(true).execute(&mut *conn).await?.rows_affected());
    exactly_one("DELETE FROM poll_attendance", touched)
}

/// How many deputies are present on paper.
#[instrument(level = "debug", skip_all)]
pub async fn count_on_paper(tx: &mut Tx, poll: &Poll) -> Result<u32, DatabaseError> {
    let count: i64 = on_either!(tx, conn => sqlx::query_scalar(
        "SELECT COUNT(*) FROM poll_attendance WHERE jurisdiction = $1 AND poll = $2 AND on_paper = $3",
    ).bind(poll.jurisdiction).bind(poll.check_in).bind(true).fetch_one(&mut *conn).await?);
    fitted("poll_attendance", "COUNT(*)", count)
}

/// Whether a deputy has signed in.
#[instrument(level = "debug", skip_all)]
pub async fn has_attended(
    tx: &mut Tx,
    poll: &Poll,
    deputy: DeputyId,
) -> Result<bool, DatabaseError> {
    let count: i64 = on_either!(tx, conn => sqlx::query_scalar(
        "SELECT COUNT(*) FROM poll_attendance WHERE jurisdiction = $1 AND poll = $2 AND deputy = $3",
    ).bind(poll.jurisdiction).bind(poll.check_in).bind(deputy).fetch_one(&mut *conn).await?);
    Ok(count > 0)
}

/// How many deputies are present.
#[instrument(level = "debug", skip_all)]
pub async fn count_present(tx: &mut Tx, poll: &Poll) -> Result<u32, DatabaseError> {
    let count: i64 = on_either!(tx, conn => sqlx::query_scalar(
        "SELECT COUNT(*) FROM poll_attendance WHERE jurisdiction = $1 AND poll = $2",
    ).bind(poll.jurisdiction).bind(poll.check_in).fetch_one(&mut *conn).await?);
    fitted("poll_attendance", "COUNT(*)", count)
}

/// A deputy of the roster and whether he or she has signed in.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Attendee {
    /// The number on the roster.
    pub number: i32,
    /// The name on the public roster.
    pub name: String,
    /// The delegation.
    pub delegation: String,
    /// The delegation's id.
    pub delegation_id: DelegationId,
    /// When the deputy signed in, if so.
    pub checked_in_at: Option<Timestamp>,
}

/// The roster with who has signed in, by delegation and number.
#[instrument(level = "debug", skip_all)]
pub async fn attendance(tx: &mut Tx, poll: &Poll) -> Result<Vec<Attendee>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT deputies.number, deputies.name, delegations.name AS delegation, delegations.id AS delegation_id, \
             poll_attendance.checked_in_at FROM deputies \
         JOIN delegations ON delegations.jurisdiction = deputies.jurisdiction AND delegations.id = deputies.delegation \
         LEFT JOIN poll_attendance ON poll_attendance.jurisdiction = deputies.jurisdiction \
             AND poll_attendance.deputy = deputies.id AND poll_attendance.poll = $2 \
         WHERE deputies.jurisdiction = $1 AND (deputies.left_at IS NULL OR poll_attendance.checked_in_at IS NOT NULL) \
         ORDER BY delegations.position, deputies.number",
    ).bind(poll.jurisdiction).bind(poll.check_in).fetch_all(&mut *conn).await?))
}

/// A link between a deputy and a credential, which only the poll's own key opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedLink {
    /// 0: of the poll itself; from 1: of its reserved elections, in the rule's order.
    pub slot: i32,
    /// Poll, deputy, slot and credential, sealed.
    pub sealed: Vec<u8>,
    /// The credential's keyed hash.
    pub credential_mac: [u8; 32],
}

/// Keeps the sealed link to a credential that a deputy's device has made, in place of an earlier one. A credential that
/// another deputy has sent violates `poll_links_credential`.
#[instrument(level = "debug", skip_all)]
pub async fn link(
    tx: &mut Tx,
    poll: &Poll,
    deputy: DeputyId,
    link: &SealedLink,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO poll_links (jurisdiction, poll, deputy, slot, sealed, credential_mac) \
         VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (jurisdiction, poll, deputy, slot) DO UPDATE SET sealed = excluded.sealed, \
             credential_mac = excluded.credential_mac",
    ).bind(poll.jurisdiction).bind(poll.id).bind(deputy).bind(link.slot).bind(&link.sealed)
     .bind(link.credential_mac.as_slice()).execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO poll_links", touched)
}

/// The keyed hashes of the credentials that the deputy is linked to, by slot.
#[instrument(level = "debug", skip_all)]
pub async fn own_macs(
    tx: &mut Tx,
    poll: &Poll,
    deputy: DeputyId,
) -> Result<Vec<Vec<u8>>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "SELECT credential_mac FROM poll_links WHERE jurisdiction = $1 AND poll = $2 AND deputy = $3 ORDER BY slot",
    ).bind(poll.jurisdiction).bind(poll.id).bind(deputy).fetch_all(&mut *conn).await?))
}

/// The sealed links of those present: deputy, slot, link.
#[instrument(level = "debug", skip_all)]
pub async fn links(
    tx: &mut Tx,
    poll: &Poll,
) -> Result<Vec<(DeputyId, i32, Vec<u8>)>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT deputy, slot, sealed FROM poll_links WHERE jurisdiction = $1 AND poll = $2 ORDER BY deputy, slot",
    ).bind(poll.jurisdiction).bind(poll.id).fetch_all(&mut *conn).await?))
}

/// The keyed hashes of the credentials of those present, sorted.
#[instrument(level = "debug", skip_all)]
pub async fn link_macs(tx: &mut Tx, poll: &Poll) -> Result<Vec<Vec<u8>>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "SELECT credential_mac FROM poll_links WHERE jurisdiction = $1 AND poll = $2 ORDER BY credential_mac",
    ).bind(poll.jurisdiction).bind(poll.id).fetch_all(&mut *conn).await?))
}

/// Forgets which credentials a deputy's device made.
#[instrument(level = "debug", skip_all)]
pub async fn delete_links_of(
    tx: &mut Tx,
    poll: &Poll,
    deputy: DeputyId,
) -> Result<(), DatabaseError> {
    on_either!(tx, conn => sqlx::query(
        "DELETE FROM poll_links WHERE jurisdiction = $1 AND poll = $2 AND deputy = $3",
    ).bind(poll.jurisdiction).bind(poll.id).bind(deputy).execute(&mut *conn).await?.rows_affected());
    Ok(())
}

/// Forgets whose device made which credential.
#[instrument(level = "debug", skip_all)]
pub async fn delete_links(tx: &mut Tx, poll: &Poll) -> Result<u64, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query(
        "DELETE FROM poll_links WHERE jurisdiction = $1 AND poll = $2",
    ).bind(poll.jurisdiction).bind(poll.id).execute(&mut *conn).await?.rows_affected()))
}

/// How many deputies' links to credentials there are now, in every poll of the deployment.
#[instrument(level = "debug", skip_all)]
pub async fn count_links(tx: &mut Tx) -> Result<i64, DatabaseError> {
    Ok(
        on_either!(tx, conn => sqlx::query_scalar("SELECT COUNT(*) FROM poll_links WHERE slot = 0")
        .fetch_one(&mut *conn).await?),
    )
}

/// Fixes the roll of an election that is reserved for a poll that may follow.
#[instrument(level = "debug", skip_all)]
pub async fn insert_reserved_roll(
    tx: &mut Tx,
    poll: &Poll,
    election: &str,
    roll: &str,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO poll_reserved_rolls (jurisdiction, poll, election_uuid, roll) VALUES ($1, $2, $3, $4)",
    ).bind(poll.jurisdiction).bind(poll.id).bind(election).bind(roll)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO poll_reserved_rolls", touched)
}

/// The roll that was fixed for this election at the check-in of `poll`, if one was.
#[instrument(level = "debug", skip_all)]
pub async fn reserved_roll(
    tx: &mut Tx,
    poll: &Poll,
    election: &str,
) -> Result<Option<String>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "SELECT roll FROM poll_reserved_rolls WHERE jurisdiction = $1 AND poll = $2 AND election_uuid = $3",
    ).bind(poll.jurisdiction).bind(poll.check_in).bind(election).fetch_optional(&mut *conn).await?))
}
