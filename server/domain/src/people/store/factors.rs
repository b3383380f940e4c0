//! Second factors, their recovery codes, and what a session was asked.

use crate::id;
use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, exactly_one};
use crate::infra::ids::AccountId;
use crate::name_enum;
use crate::on_either;
use crate::people::store::SessionId;
use tracing::instrument;

id!(
    /// A second factor.
    FactorId
);

name_enum! {
    /// What shows, beside code or password, who somebody is.
    pub enum FactorKind {
        /// An authenticator app's codes.
        Totp = "totp",
        /// A passkey.
        Passkey = "passkey",
    }
}

name_enum! {
    /// What a session was asked to answer, once.
    pub enum OfferKind {
        /// The first code of a new authenticator app.
        Totp = "totp",
        /// The challenge for a new passkey.
        Registration = "registration",
        /// The challenge for one that is there.
        Assertion = "assertion",
    }
}

/// A second factor.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Factor {
    /// The id.
    pub id: FactorId,
    /// What it is.
    pub kind: FactorKind,
    /// What its owner calls it.
    pub name: String,
    /// The shared secret, or the passkey's id and public key; encrypted.
    pub sealed: Vec<u8>,
    /// SHA-256 of the passkey's id.
    pub credential_hash: Option<Vec<u8>>,
    /// The last step of time whose code was used, or the passkey's counter.
    pub counter: i64,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
}

/// The account's factors, oldest first, locked, so that tries of one account come one after the other.
#[instrument(level = "debug", skip_all)]
pub async fn lock_factors(tx: &mut Tx, account: AccountId) -> Result<Vec<Factor>, DatabaseError> {
    let sql = format!(
        "SELECT id, kind, name, sealed, credential_hash, counter, created_at, used_at FROM factors \
         WHERE account = $1 ORDER BY created_at, id{}",
        tx.for_update()
    );
    Ok(
        on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(account).fetch_all(&mut *conn).await?),
    )
}

/// The account's factors, oldest first.
#[instrument(level = "debug", skip_all)]
pub async fn factors(tx: &mut Tx, account: AccountId) -> Result<Vec<Factor>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT id, kind, name, sealed, credential_hash, counter, created_at, used_at FROM factors \
         WHERE account = $1 ORDER BY created_at, id",
    ).bind(account).fetch_all(&mut *conn).await?))
}

/// Adds a factor. A passkey that is registered already violates `factors_credential`.
#[instrument(level = "debug", skip_all)]
pub async fn insert_factor(
    tx: &mut Tx,
    account: AccountId,
    new: &Factor,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO factors (id, account, kind, name, sealed, credential_hash, counter, created_at, used_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    ).bind(new.id).bind(account).bind(new.kind).bind(&new.name).bind(&new.sealed).bind(&new.credential_hash)
     .bind(new.counter).bind(new.created_at).bind(new.used_at).execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO factors", touched)
}

/// Notes that a factor was used, with its new counter.
#[instrument(level = "debug", skip_all)]
pub async fn use_factor(
    tx: &mut Tx,
    factor: FactorId,
    counter: i64,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query("UPDATE factors SET counter = $2, used_at = $3 WHERE id = $1")
        .bind(factor).bind(counter).bind(at).execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE factors", touched)
}

/// Removes a factor of the account, and says whether it was there.
#[instrument(level = "debug", skip_all)]
pub async fn delete_factor(
    tx: &mut Tx,
    account: AccountId,
    factor: FactorId,
) -> Result<bool, DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query("DELETE FROM factors WHERE account = $1 AND id = $2")
        .bind(account).bind(factor).execute(&mut *conn).await?.rows_affected());
    Ok(touched == 1)
}

/// Puts these keyed hashes of recovery codes in the place of the former ones.
#[instrument(level = "debug", skip_all)]
pub async fn replace_recovery_codes(
    tx: &mut Tx,
    account: AccountId,
    code_macs: &[[u8; 32]],
) -> Result<(), DatabaseError> {
    on_either!(tx, conn => sqlx::query("DELETE FROM recovery_codes WHERE account = $1")
        .bind(account).execute(&mut *conn).await?.rows_affected());
    for mac in code_macs {
        let touched = on_either!(tx, conn => sqlx::query(
            "INSERT INTO recovery_codes (account, code_mac) VALUES ($1, $2)",
        ).bind(account).bind(mac.as_slice()).execute(&mut *conn).await?.rows_affected());
        exactly_one("INSERT INTO recovery_codes", touched)?;
    }
    Ok(())
}

/// How many recovery codes are left.
#[instrument(level = "debug", skip_all)]
pub async fn recovery_codes_left(tx: &mut Tx, account: AccountId) -> Result<i64, DatabaseError> {
    Ok(
        on_either!(tx, conn => sqlx::query_scalar("SELECT COUNT(*) FROM recovery_codes WHERE account = $1")
        .bind(account).fetch_one(&mut *conn).await?),
    )
}

/// Uses a recovery code up, and says whether it was there.
#[instrument(level = "debug", skip_all)]
pub async fn use_recovery_code(
    tx: &mut Tx,
    account: AccountId,
    code_mac: &[u8],
) -> Result<bool, DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "DELETE FROM recovery_codes WHERE account = $1 AND code_mac = $2",
    ).bind(account).bind(code_mac).execute(&mut *conn).await?.rows_affected());
    Ok(touched == 1)
}

/// Keeps what a session is asked, in the place of what it was asked before.
#[instrument(level = "debug", skip_all)]
pub async fn put_offer(
    tx: &mut Tx,
    session: SessionId,
    kind: OfferKind,
    sealed: &[u8],
    expires_at: Timestamp,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO factor_offers (session, kind, sealed, expires_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (session, kind) DO UPDATE SET sealed = excluded.sealed, expires_at = excluded.expires_at",
    ).bind(session).bind(kind).bind(sealed).bind(expires_at).execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO factor_offers", touched)
}

/// What a session is asked, as long as it stands.
#[instrument(level = "debug", skip_all)]
pub async fn offer(
    tx: &mut Tx,
    session: SessionId,
    kind: OfferKind,
    now: Timestamp,
) -> Result<Option<Vec<u8>>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "SELECT sealed FROM factor_offers WHERE session = $1 AND kind = $2 AND expires_at > $3",
    ).bind(session).bind(kind).bind(now).fetch_optional(&mut *conn).await?))
}

/// Takes away what a session is asked, and gives it; only the first of parallel answers gets it.
#[instrument(level = "debug", skip_all)]
pub async fn take_offer(
    tx: &mut Tx,
    session: SessionId,
    kind: OfferKind,
    now: Timestamp,
) -> Result<Option<Vec<u8>>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "DELETE FROM factor_offers WHERE session = $1 AND kind = $2 AND expires_at > $3 RETURNING sealed",
    ).bind(session).bind(kind).bind(now).fetch_optional(&mut *conn).await?))
}
