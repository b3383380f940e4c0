//! Accounts, their contacts, roles and passwords.

use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, exactly_one};
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::infra::mail::Channel;
use crate::on_either;
use crate::people::Role;
use tracing::instrument;

/// A contact as it is stored: a keyed hash to find it by, and itself encrypted.
#[derive(Debug, Clone)]
pub struct StoredContact {
    /// The keyed hash.
    pub lookup: Vec<u8>,
    /// By which way.
    pub channel: Channel,
    /// The contact, encrypted.
    pub sealed: Vec<u8>,
}

/// A person with a role in a jurisdiction, as its office sees one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleHolder {
    /// The account.
    pub account: AccountId,
    /// The name shown.
    pub display_name: String,
    /// The role.
    pub role: Role,
}

/// Adds an account without roles or contacts.
#[instrument(level = "debug", skip_all)]
pub async fn insert_account(
    tx: &mut Tx,
    account: AccountId,
    display_name: &str,
    invited_by: Option<AccountId>,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO accounts (id, display_name, invited_by, created_at) VALUES ($1, $2, $3, $4)",
    ).bind(account).bind(display_name).bind(invited_by).bind(at).execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO accounts", touched)
}

/// The name of an account.
#[instrument(level = "debug", skip_all)]
pub async fn display_name(
    tx: &mut Tx,
    account: AccountId,
) -> Result<Option<String>, DatabaseError> {
    Ok(
        on_either!(tx, conn => sqlx::query_scalar("SELECT display_name FROM accounts WHERE id = $1")
        .bind(account).fetch_optional(&mut *conn).await?),
    )
}

/// Changes the name that others see.
#[instrument(level = "debug", skip_all)]
pub async fn set_display_name(
    tx: &mut Tx,
    account: AccountId,
    name: &str,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query("UPDATE accounts SET display_name = $2 WHERE id = $1")
        .bind(account).bind(name).execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE accounts SET display_name", touched)
}

/// Adds a contact. One that another account has violates `account_contacts_lookup`.
#[instrument(level = "debug", skip_all)]
pub async fn insert_contact(
    tx: &mut Tx,
    account: AccountId,
    contact: &StoredContact,
    entered_by: Option<AccountId>,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO account_contacts (lookup, account, kind, sealed, entered_by, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    ).bind(&contact.lookup).bind(account).bind(contact.channel).bind(&contact.sealed).bind(entered_by).bind(at)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO account_contacts", touched)
}

/// Whether one has enrolled the other here: made the account, entered a contact of it, let it sign in for a deputy, or made a
/// sign-in link for it.
#[instrument(level = "debug", skip_all)]
pub async fn has_enrolled(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    by: AccountId,
    account: AccountId,
) -> Result<bool, DatabaseError> {
    let ways: i64 = on_either!(tx, conn => sqlx::query_scalar(
        "SELECT (SELECT COUNT(*) FROM accounts WHERE id = $3 AND invited_by = $2) \
             + (SELECT COUNT(*) FROM account_contacts WHERE account = $3 AND entered_by = $2) \
             + (SELECT COUNT(*) FROM deputies WHERE jurisdiction = $1 AND account = $3 AND linked_by = $2) \
             + (SELECT COUNT(*) FROM link_makers WHERE account = $3 AND maker = $2)",
    ).bind(jurisdiction).bind(by).bind(account).fetch_one(&mut *conn).await?);
    Ok(ways > 0)
}

/// The account that is reached by the contact with this keyed hash.
#[instrument(level = "debug", skip_all)]
pub async fn account_of_contact(
    tx: &mut Tx,
    lookup: &[u8],
) -> Result<Option<AccountId>, DatabaseError> {
    Ok(
        on_either!(tx, conn => sqlx::query_scalar("SELECT account FROM account_contacts WHERE lookup = $1")
        .bind(lookup).fetch_optional(&mut *conn).await?),
    )
}

/// The contacts of an account, encrypted.
#[instrument(level = "debug", skip_all)]
pub async fn contacts(
    tx: &mut Tx,
    account: AccountId,
) -> Result<Vec<StoredContact>, DatabaseError> {
    let rows: Vec<(Vec<u8>, Channel, Vec<u8>)> = on_either!(tx, conn => sqlx::query_as(
        "SELECT lookup, kind, sealed FROM account_contacts WHERE account = $1 ORDER BY kind, created_at",
    ).bind(account).fetch_all(&mut *conn).await?);
    Ok(rows
        .into_iter()
        .map(|(lookup, channel, sealed)| StoredContact {
            lookup,
            channel,
            sealed,
        })
        .collect())
}

/// Any stored contact, encrypted; `None` where there is none.
#[instrument(level = "debug", skip_all)]
pub async fn any_contact(tx: &mut Tx) -> Result<Option<Vec<u8>>, DatabaseError> {
    Ok(
        on_either!(tx, conn => sqlx::query_scalar("SELECT sealed FROM account_contacts LIMIT 1")
        .fetch_optional(&mut *conn).await?),
    )
}

/// The password's hash, where the account has one.
#[instrument(level = "debug", skip_all)]
pub async fn password_hash(
    tx: &mut Tx,
    account: AccountId,
) -> Result<Option<String>, DatabaseError> {
    let hash: Option<Option<String>> = on_either!(tx, conn => sqlx::query_scalar(
        "SELECT password_hash FROM accounts WHERE id = $1",
    ).bind(account).fetch_optional(&mut *conn).await?);
    Ok(hash.flatten())
}

/// Sets the password's hash.
#[instrument(level = "debug", skip_all)]
pub async fn set_password_hash(
    tx: &mut Tx,
    account: AccountId,
    hash: &str,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query("UPDATE accounts SET password_hash = $2 WHERE id = $1")
        .bind(account).bind(hash).execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE accounts SET password_hash", touched)
}

/// Takes a password away, where there is one.
#[instrument(level = "debug", skip_all)]
pub async fn clear_password(tx: &mut Tx, account: AccountId) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query("UPDATE accounts SET password_hash = NULL WHERE id = $1")
        .bind(account).execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE accounts SET password_hash = NULL", touched)
}

/// Grants a role and says whether the person did not hold it before.
#[instrument(level = "debug", skip_all)]
pub async fn grant_role(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    account: AccountId,
    role: Role,
) -> Result<bool, DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO account_roles (jurisdiction, account, role) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    ).bind(jurisdiction).bind(account).bind(role).execute(&mut *conn).await?.rows_affected());
    Ok(touched == 1)
}

/// Revokes a role and says whether the person held it.
#[instrument(level = "debug", skip_all)]
pub async fn revoke_role(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    account: AccountId,
    role: Role,
) -> Result<bool, DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "DELETE FROM account_roles WHERE jurisdiction = $1 AND account = $2 AND role = $3",
    ).bind(jurisdiction).bind(account).bind(role).execute(&mut *conn).await?.rows_affected());
    Ok(touched == 1)
}

/// The roles of an account, each in its jurisdiction.
#[instrument(level = "debug", skip_all)]
pub async fn roles_of(
    tx: &mut Tx,
    account: AccountId,
) -> Result<Vec<(JurisdictionId, Role)>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT jurisdiction, role FROM account_roles WHERE account = $1",
    ).bind(account).fetch_all(&mut *conn).await?))
}

/// Who holds which role here, residents left out: they are not public, and many.
#[instrument(level = "debug", skip_all)]
pub async fn role_holders(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
) -> Result<Vec<RoleHolder>, DatabaseError> {
    let rows: Vec<(AccountId, String, Role)> = on_either!(tx, conn => sqlx::query_as(
        "SELECT accounts.id, accounts.display_name, account_roles.role FROM account_roles \
         JOIN accounts ON accounts.id = account_roles.account \
         WHERE account_roles.jurisdiction = $1 AND account_roles.role <> 'resident' \
         ORDER BY account_roles.role, accounts.display_name, accounts.id",
    ).bind(jurisdiction).fetch_all(&mut *conn).await?);
    Ok(rows
        .into_iter()
        .map(|(account, display_name, role)| RoleHolder {
            account,
            display_name,
            role,
        })
        .collect())
}

/// How many hold a role here. On PostgreSQL the rows are locked, so that two revocations cannot both see two.
#[instrument(level = "debug", skip_all)]
pub async fn lock_holders(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    role: Role,
) -> Result<usize, DatabaseError> {
    let sql = format!(
        "SELECT account FROM account_roles WHERE jurisdiction = $1 AND role = $2{}",
        tx.for_update()
    );
    let holders: Vec<AccountId> = on_either!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(jurisdiction).bind(role).fetch_all(&mut *conn).await?);
    Ok(holders.len())
}
