//! Scrutineers, confirmations, check-in.

use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, exactly_one, fitted};
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::on_either;
use crate::people::{DeputyId, Role};
use crate::session::poll::{DualControlStep, Party, Poll, Scrutineer};
use tracing::instrument;

/// Somebody who can be named scrutineer.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Eligible {
    /// The account.
    pub account: AccountId,
    /// The name.
    pub name: String,
    /// Scrutineer or chief scrutineer.
    pub role: Role,
}

/// Who can be named scrutineer in this jurisdiction, the chief first.
#[instrument(level = "debug", skip_all)]
pub async fn eligible_scrutineers(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
) -> Result<Vec<Eligible>, DatabaseError> {
    let mut all: Vec<Eligible> = on_either!(tx, conn => sqlx::query_as(
        "SELECT accounts.id AS account, accounts.display_name AS name, account_roles.role FROM account_roles \
         JOIN accounts ON accounts.id = account_roles.account \
         WHERE account_roles.jurisdiction = $1 AND account_roles.role IN ('chief_scrutineer', 'scrutineer') \
         ORDER BY account_roles.role, accounts.id",
    ).bind(jurisdiction).fetch_all(&mut *conn).await?);
    // Who holds both roles is named once, as chief.
    let mut seen = Vec::new();
    all.retain(|one| {
        let new = !seen.contains(&one.account);
        seen.push(one.account);
        new
    });
    Ok(all)
}

/// Names a scrutineer.
#[instrument(level = "debug", skip_all)]
pub async fn insert_scrutineer(
    tx: &mut Tx,
    poll: &Poll,
    number: u32,
    who: &Eligible,
) -> Result<(), DatabaseError> {
    let seat = stored(number)?;
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO poll_scrutineers (jurisdiction, poll, number, account, name) VALUES ($1, $2, $3, $4, $5)",
    ).bind(poll.jurisdiction).bind(poll.id).bind(seat).bind(who.account).bind(&who.name)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO poll_scrutineers", touched)
}

#[derive(sqlx::FromRow)]
struct ScrutineerRow {
    number: i32,
    account: AccountId,
    name: String,
    public_key: Option<String>,
    given: i64,
}

/// The scrutineers of a poll by number.
#[instrument(level = "debug", skip_all)]
pub async fn scrutineers(tx: &mut Tx, poll: &Poll) -> Result<Vec<Scrutineer>, DatabaseError> {
    let rows: Vec<ScrutineerRow> = on_either!(tx, conn => sqlx::query_as(
        "SELECT number, account, name, public_key, (SELECT COUNT(*) FROM poll_partials \
             WHERE poll_partials.jurisdiction = poll_scrutineers.jurisdiction \
             AND poll_partials.poll = poll_scrutineers.poll \
             AND poll_partials.number = poll_scrutineers.number) AS given \
         FROM poll_scrutineers WHERE jurisdiction = $1 AND poll = $2 ORDER BY number",
    ).bind(poll.jurisdiction).bind(poll.id).fetch_all(&mut *conn).await?);
    rows.into_iter()
        .map(|row| {
            Ok(Scrutineer {
                number: fitted("poll_scrutineers", "number", row.number)?,
                account: row.account,
                name: row.name,
                public_key: row.public_key,
                has_decrypted: row.given > 0,
            })
        })
        .collect()
}

/// Keeps a scrutineer's public key, in place of an earlier one.
#[instrument(level = "debug", skip_all)]
pub async fn set_trustee_key(
    tx: &mut Tx,
    poll: &Poll,
    number: u32,
    key: &str,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let seat = stored(number)?;
    let touched = on_either!(tx, conn => sqlx::query(
        "UPDATE poll_scrutineers SET public_key = $4, key_at = $5 WHERE jurisdiction = $1 AND poll = $2 AND number = $3",
    ).bind(poll.jurisdiction).bind(poll.id).bind(seat).bind(key).bind(at)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE poll_scrutineers SET public_key", touched)
}

/// A confirmation of a step under dual control.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Confirmation {
    /// Of which step.
    pub step: DualControlStep,
    /// By which side.
    pub side: Party,
    /// By whom.
    pub account: AccountId,
    /// When.
    pub at: Timestamp,
}

/// All confirmations of a poll, oldest first.
#[instrument(level = "debug", skip_all)]
pub async fn confirmations(tx: &mut Tx, poll: &Poll) -> Result<Vec<Confirmation>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT step, side, account, at FROM poll_confirmations WHERE jurisdiction = $1 AND poll = $2 ORDER BY at, side",
    ).bind(poll.jurisdiction).bind(poll.id).fetch_all(&mut *conn).await?))
}

/// Notes a confirmation. The same person on both sides violates `poll_confirmations_two_people`.
#[instrument(level = "debug", skip_all)]
pub async fn confirm(tx: &mut Tx, poll: &Poll, new: &Confirmation) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO poll_confirmations (jurisdiction, poll, step, side, account, at) VALUES ($1, $2, $3, $4, $5, $6)",
    ).bind(poll.jurisdiction).bind(poll.id).bind(new.step).bind(new.side).bind(new.account).bind(new.at)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO poll_confirmations", touched)
}

/// Notes that a deputy has signed in; again is the same.
#[instrument(level = "debug", skip_all)]
pub async fn attend(
    tx: &mut Tx,
    poll: &Poll,
    deputy: DeputyId,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    on_either!(tx, conn => sqlx::query(
        "INSERT INTO poll_attendance (jurisdiction, poll, deputy, checked_in_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (jurisdiction, poll, deputy) DO NOTHING",
    ).bind(poll.jurisdiction).bind(poll.id).bind(deputy).bind(at).execute(&mut *conn).await?.rows_affected());
    Ok(())
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
    ).bind(poll.jurisdiction).bind(poll.id).bind(deputy).fetch_one(&mut *conn).await?);
    Ok(count > 0)
}

/// How many deputies are present.
#[instrument(level = "debug", skip_all)]
pub async fn count_present(tx: &mut Tx, poll: &Poll) -> Result<u32, DatabaseError> {
    let count: i64 = on_either!(tx, conn => sqlx::query_scalar(
        "SELECT COUNT(*) FROM poll_attendance WHERE jurisdiction = $1 AND poll = $2",
    ).bind(poll.jurisdiction).bind(poll.id).fetch_one(&mut *conn).await?);
    fitted("poll_attendance", "COUNT(*)", count)
}

/// A deputy of the roster and whether he or she has signed in.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Attendee {
    /// The name on the public roster.
    pub name: String,
    /// The delegation.
    pub delegation: String,
    /// When the deputy signed in, if so.
    pub checked_in_at: Option<Timestamp>,
}

/// The roster with who has signed in, by delegation and number.
#[instrument(level = "debug", skip_all)]
pub async fn attendance(tx: &mut Tx, poll: &Poll) -> Result<Vec<Attendee>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT deputies.name, delegations.name AS delegation, poll_attendance.checked_in_at FROM deputies \
         JOIN delegations ON delegations.jurisdiction = deputies.jurisdiction AND delegations.id = deputies.delegation \
         LEFT JOIN poll_attendance ON poll_attendance.jurisdiction = deputies.jurisdiction \
             AND poll_attendance.deputy = deputies.id AND poll_attendance.poll = $2 \
         WHERE deputies.jurisdiction = $1 AND (deputies.left_at IS NULL OR poll_attendance.checked_in_at IS NOT NULL) \
         ORDER BY delegations.position, deputies.number",
    ).bind(poll.jurisdiction).bind(poll.id).fetch_all(&mut *conn).await?))
}

/// A link between a deputy and a credential, which only the poll's own key opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedLink {
    /// Poll, deputy and credential, sealed.
    pub sealed: Vec<u8>,
    /// The credential's keyed hash.
    pub credential_mac: [u8; 32],
}

/// Keeps the sealed link to the credential that a deputy's device has made, in place of an earlier one. A credential that
/// another deputy has sent violates `poll_links_credential`.
#[instrument(level = "debug", skip_all)]
pub async fn link(
    tx: &mut Tx,
    poll: &Poll,
    deputy: DeputyId,
    link: &SealedLink,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO poll_links (jurisdiction, poll, deputy, sealed, credential_mac) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (jurisdiction, poll, deputy) DO UPDATE SET sealed = excluded.sealed, \
             credential_mac = excluded.credential_mac",
    ).bind(poll.jurisdiction).bind(poll.id).bind(deputy).bind(&link.sealed)
     .bind(link.credential_mac.as_slice()).execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO poll_links", touched)
}

/// Whether the deputy's link is to this credential already.
#[instrument(level = "debug", skip_all)]
pub async fn is_linked(
    tx: &mut Tx,
    poll: &Poll,
    deputy: DeputyId,
    link: &SealedLink,
) -> Result<bool, DatabaseError> {
    let count: i64 = on_either!(tx, conn => sqlx::query_scalar(
        "SELECT COUNT(*) FROM poll_links \
         WHERE jurisdiction = $1 AND poll = $2 AND deputy = $3 AND credential_mac = $4",
    ).bind(poll.jurisdiction).bind(poll.id).bind(deputy).bind(link.credential_mac.as_slice())
     .fetch_one(&mut *conn).await?);
    Ok(count > 0)
}

/// The sealed links of those present.
#[instrument(level = "debug", skip_all)]
pub async fn links(tx: &mut Tx, poll: &Poll) -> Result<Vec<(DeputyId, Vec<u8>)>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT deputy, sealed FROM poll_links WHERE jurisdiction = $1 AND poll = $2 ORDER BY deputy",
    ).bind(poll.jurisdiction).bind(poll.id).fetch_all(&mut *conn).await?))
}

/// Forgets whose device made which credential.
#[instrument(level = "debug", skip_all)]
pub async fn delete_links(tx: &mut Tx, poll: &Poll) -> Result<u64, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query(
        "DELETE FROM poll_links WHERE jurisdiction = $1 AND poll = $2",
    ).bind(poll.jurisdiction).bind(poll.id).execute(&mut *conn).await?.rows_affected()))
}

fn stored(number: u32) -> Result<i32, DatabaseError> {
    fitted("poll_scrutineers", "number", number)
}

/// Whether the account holds the role in this jurisdiction.
#[instrument(level = "debug", skip_all)]
pub async fn holds_role(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    account: AccountId,
    role: Role,
) -> Result<bool, DatabaseError> {
    let count: i64 = on_either!(tx, conn => sqlx::query_scalar(
        "SELECT COUNT(*) FROM account_roles WHERE jurisdiction = $1 AND account = $2 AND role = $3",
    ).bind(jurisdiction).bind(account).bind(role).fetch_one(&mut *conn).await?);
    Ok(count > 0)
}

/// How many links between deputies and credentials there are now, in every poll of the deployment.
#[instrument(level = "debug", skip_all)]
pub async fn count_links(tx: &mut Tx) -> Result<i64, DatabaseError> {
    Ok(
        on_either!(tx, conn => sqlx::query_scalar("SELECT COUNT(*) FROM poll_links")
        .fetch_one(&mut *conn).await?),
    )
}
