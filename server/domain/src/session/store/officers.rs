//! Who leads a poll: scrutineers with their keys, chairs and tellers, and what office and chief scrutineer have confirmed.

use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, exactly_one, fitted};
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::on_either;
use crate::people::Role;
use crate::session::poll::{DualControlStep, Party, Poll, Scrutineer};
use tracing::instrument;

/// Somebody who can lead a poll's count.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Eligible {
    /// The account.
    pub account: AccountId,
    /// The name on the roster; of somebody who is no deputy, the account's.
    pub name: String,
    /// The number on the roster, of a deputy in office.
    pub deputy_number: Option<i32>,
    /// As what: chief scrutineer, scrutineer, chair or teller.
    pub role: Role,
}

/// Who can lead a poll's count in this jurisdiction: the chief scrutineer first, then the scrutineers, then chairs and
/// tellers; each by roster number.
#[instrument(level = "debug", skip_all)]
pub async fn eligible_officers(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
) -> Result<Vec<Eligible>, DatabaseError> {
    let mut all: Vec<Eligible> = on_either!(tx, conn => sqlx::query_as(
        "SELECT accounts.id AS account, COALESCE(deputies.name, accounts.display_name) AS name, \
             deputies.number AS deputy_number, account_roles.role FROM account_roles \
         JOIN accounts ON accounts.id = account_roles.account \
         LEFT JOIN deputies ON deputies.jurisdiction = account_roles.jurisdiction \
             AND deputies.account = account_roles.account AND deputies.left_at IS NULL \
         WHERE account_roles.jurisdiction = $1 \
             AND account_roles.role IN ('chief_scrutineer', 'scrutineer', 'chair', 'teller') \
         ORDER BY CASE account_roles.role WHEN 'chief_scrutineer' THEN 0 WHEN 'scrutineer' THEN 1 \
             WHEN 'chair' THEN 2 ELSE 3 END, deputies.number, accounts.id",
    ).bind(jurisdiction).fetch_all(&mut *conn).await?);
    // Who is scrutineer twice is named once, as chief.
    let mut seen = Vec::new();
    all.retain(|one| {
        let holds_key = matches!(one.role, Role::ChiefScrutineer | Role::Scrutineer);
        let again = holds_key && seen.contains(&one.account);
        if holds_key {
            seen.push(one.account);
        }
        !again
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
        "INSERT INTO poll_scrutineers (jurisdiction, poll, number, account, deputy_number, name) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    ).bind(poll.jurisdiction).bind(poll.id).bind(seat).bind(who.account).bind(who.deputy_number).bind(&who.name)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO poll_scrutineers", touched)
}

#[derive(sqlx::FromRow)]
struct ScrutineerRow {
    number: i32,
    account: AccountId,
    deputy_number: i32,
    name: String,
    public_key: Option<String>,
    approved: i64,
    stated: i64,
    given: i64,
}

/// The scrutineers of a poll by number.
#[instrument(level = "debug", skip_all)]
pub async fn scrutineers(tx: &mut Tx, poll: &Poll) -> Result<Vec<Scrutineer>, DatabaseError> {
    let rows: Vec<ScrutineerRow> = on_either!(tx, conn => sqlx::query_as(
        "SELECT number, account, deputy_number, name, public_key, \
         (SELECT COUNT(*) FROM poll_statements WHERE poll_statements.jurisdiction = poll_scrutineers.jurisdiction \
             AND poll_statements.poll = poll_scrutineers.poll \
             AND poll_statements.number = poll_scrutineers.number AND kind = 'approval') AS approved, \
         (SELECT COUNT(*) FROM poll_statements WHERE poll_statements.jurisdiction = poll_scrutineers.jurisdiction \
             AND poll_statements.poll = poll_scrutineers.poll \
             AND poll_statements.number = poll_scrutineers.number AND kind = 'closing') AS stated, \
         (SELECT COUNT(*) FROM poll_partials \
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
                deputy_number: row.deputy_number,
                name: row.name,
                public_key: row.public_key,
                has_approved: row.approved > 0,
                has_stated_closing: row.stated > 0,
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

/// Names a chair or a teller.
#[instrument(level = "debug", skip_all)]
pub async fn insert_officer(tx: &mut Tx, poll: &Poll, who: &Eligible) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO poll_officers (jurisdiction, poll, account, role, deputy_number, name) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    ).bind(poll.jurisdiction).bind(poll.id).bind(who.account).bind(who.role).bind(who.deputy_number)
     .bind(&who.name).execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO poll_officers", touched)
}

/// The chairs and tellers that the meeting adopted.
#[instrument(level = "debug", skip_all)]
pub async fn officers(tx: &mut Tx, poll: &Poll) -> Result<Vec<Eligible>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT account, name, deputy_number, role FROM poll_officers WHERE jurisdiction = $1 AND poll = $2 \
         ORDER BY role, deputy_number, account",
    ).bind(poll.jurisdiction).bind(poll.id).fetch_all(&mut *conn).await?))
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
    /// The hash of what was confirmed.
    pub matter: String,
    /// When.
    pub at: Timestamp,
}

/// All confirmations of a poll, oldest first.
#[instrument(level = "debug", skip_all)]
pub async fn confirmations(tx: &mut Tx, poll: &Poll) -> Result<Vec<Confirmation>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT step, side, account, matter, at FROM poll_confirmations WHERE jurisdiction = $1 AND poll = $2 \
         ORDER BY at, side",
    ).bind(poll.jurisdiction).bind(poll.id).fetch_all(&mut *conn).await?))
}

/// Notes a confirmation. The same person on both sides violates `poll_confirmations_two_people`.
#[instrument(level = "debug", skip_all)]
pub async fn confirm(tx: &mut Tx, poll: &Poll, new: &Confirmation) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO poll_confirmations (jurisdiction, poll, step, side, account, matter, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    ).bind(poll.jurisdiction).bind(poll.id).bind(new.step).bind(new.side).bind(new.account).bind(&new.matter)
     .bind(new.at).execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO poll_confirmations", touched)
}

/// Undoes the confirmations of a step that were of something else. Answers with how many there were.
#[instrument(level = "debug", skip_all)]
pub async fn undo_confirmations(
    tx: &mut Tx,
    poll: &Poll,
    step: DualControlStep,
    matter: &str,
) -> Result<u64, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query(
        "DELETE FROM poll_confirmations WHERE jurisdiction = $1 AND poll = $2 AND step = $3 AND matter <> $4",
    ).bind(poll.jurisdiction).bind(poll.id).bind(step).bind(matter).execute(&mut *conn).await?.rows_affected()))
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
