//! Links that sign in once, and who made them.

use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, exactly_one};
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::on_either;
use tracing::instrument;

/// Adds a link that signs `account` in once.
#[instrument(level = "debug", skip_all)]
pub async fn insert_link(
    tx: &mut Tx,
    token_hash: &[u8],
    account: AccountId,
    at: Timestamp,
    expires_at: Timestamp,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO sign_in_links (token_hash, account, created_at, expires_at) VALUES ($1, $2, $3, $4)",
    ).bind(token_hash).bind(account).bind(at).bind(expires_at).execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO sign_in_links", touched)
}

/// Whose link this is, while it can be used.
#[instrument(level = "debug", skip_all)]
pub async fn account_of_link(
    tx: &mut Tx,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<AccountId>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "SELECT account FROM sign_in_links WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2",
    ).bind(token_hash).bind(now).fetch_optional(&mut *conn).await?))
}

/// Uses a link up and says whose it was; only the first of parallel uses gets an answer.
#[instrument(level = "debug", skip_all)]
pub async fn use_link(
    tx: &mut Tx,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<AccountId>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "UPDATE sign_in_links SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2 \
         RETURNING account",
    ).bind(token_hash).bind(now).fetch_optional(&mut *conn).await?))
}

/// Takes away what an account has of links that nobody used, and says how many there were.
#[instrument(level = "debug", skip_all)]
pub async fn delete_unused_links(tx: &mut Tx, account: AccountId) -> Result<u64, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query(
        "DELETE FROM sign_in_links WHERE account = $1 AND used_at IS NULL",
    ).bind(account).execute(&mut *conn).await?.rows_affected()))
}

/// Notes that somebody has made a link for an account. It stays when the link is gone.
#[instrument(level = "debug", skip_all)]
pub async fn note_maker(
    tx: &mut Tx,
    account: AccountId,
    maker: AccountId,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    on_either!(tx, conn => sqlx::query(
        "INSERT INTO link_makers (account, maker, made_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    ).bind(account).bind(maker).bind(at).execute(&mut *conn).await?.rows_affected());
    Ok(())
}

/// Locks an account, so that links for it are made one after the other.
#[instrument(level = "debug", skip_all)]
pub async fn lock_account(tx: &mut Tx, account: AccountId) -> Result<(), DatabaseError> {
    let sql = format!("SELECT id FROM accounts WHERE id = $1{}", tx.for_update());
    let _: AccountId = on_either!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(account).fetch_one(&mut *conn).await?);
    Ok(())
}

/// Locks a jurisdiction, so that of two who let a deputy in at once one makes the account.
#[instrument(level = "debug", skip_all)]
pub async fn lock_roster(tx: &mut Tx, jurisdiction: JurisdictionId) -> Result<(), DatabaseError> {
    let sql = format!(
        "SELECT id FROM jurisdictions WHERE id = $1{}",
        tx.for_update()
    );
    let _: JurisdictionId = on_either!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(jurisdiction).fetch_one(&mut *conn).await?);
    Ok(())
}
