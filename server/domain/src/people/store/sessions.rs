//! Sessions.

use super::super::viewer::Viewer;
use crate::id;
use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, exactly_one};
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::name_enum;
use crate::on_either;
use crate::people::Role;
use tracing::instrument;

id!(
    /// A session, as its holder sees it in the list. Not the token: knowing the id opens nothing.
    SessionId
);

name_enum! {
    /// How far a session has come.
    pub enum Standing {
        /// A second factor is still to be proved: until then it opens nothing.
        Half = "half",
        /// The person is signed in.
        Full = "full",
    }
}

/// A session about to begin.
#[derive(Debug)]
pub struct NewSession<'a> {
    /// The id.
    pub id: SessionId,
    /// Whose it is.
    pub account: AccountId,
    /// SHA-256 of the token that only the browser has.
    pub token_hash: &'a [u8],
    /// The browser, in words.
    pub device: &'a str,
    /// Whether a factor is still to be proved.
    pub standing: Standing,
    /// Whether one was proved.
    pub by_factor: bool,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A living session.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Session {
    /// The id.
    pub id: SessionId,
    /// Whose it is.
    pub account: AccountId,
    /// The browser, in words.
    pub device: String,
    /// Whether a second factor is still to be proved.
    pub standing: Standing,
    /// When the person signed in.
    pub created_at: Timestamp,
    /// When the person last proved who they are.
    pub proved_at: Timestamp,
    /// When the person last proved a second factor, if ever in this session.
    pub factor_at: Option<Timestamp>,
    /// When the token was last changed.
    pub rotated_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Who holds the living full session with this token's hash, and when its token was last changed.
#[instrument(level = "debug", skip_all)]
pub async fn viewer_of_session(
    tx: &mut Tx,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<(Viewer, Session)>, DatabaseError> {
    let session = session_of_token(tx, token_hash, now).await?;
    let Some(session) = session.filter(|session| session.standing == Standing::Full) else {
        return Ok(None);
    };
    let display_name: String = on_either!(tx, conn => sqlx::query_scalar(
        "SELECT display_name FROM accounts WHERE id = $1",
    ).bind(session.account).fetch_one(&mut *conn).await?);
    let roles: Vec<(JurisdictionId, Role)> = super::roles_of(tx, session.account).await?;
    let viewer = Viewer {
        account: session.account,
        display_name,
        roles,
        withheld: Vec::new(),
    };
    Ok(Some((viewer, session)))
}

/// The living session with this token's hash, be it a half one. The token before the last rotation counts for a while.
#[instrument(level = "debug", skip_all)]
pub async fn session_of_token(
    tx: &mut Tx,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<Session>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT id, account, device, standing, created_at, proved_at, factor_at, rotated_at, expires_at \
         FROM sessions \
         WHERE (token_hash = $1 OR (previous_hash = $1 AND previous_until > $2)) AND expires_at > $2",
    ).bind(token_hash).bind(now).fetch_optional(&mut *conn).await?))
}

/// Begins a session.
#[instrument(level = "debug", skip_all)]
pub async fn insert_session(
    tx: &mut Tx,
    new: &NewSession<'_>,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO sessions (token_hash, id, account, device, standing, created_at, proved_at, factor_at, rotated_at, \
         expires_at) VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $6, $8)",
    ).bind(new.token_hash).bind(new.id).bind(new.account).bind(new.device).bind(new.standing).bind(at)
     .bind(new.by_factor.then_some(at)).bind(new.expires_at)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO sessions", touched)
}

/// A new token for a session that is used.
#[derive(Debug)]
pub struct Rotation<'a> {
    /// The hash of the token that the browser sent.
    pub old_hash: &'a [u8],
    /// The hash of the new one.
    pub new_hash: &'a [u8],
    /// When.
    pub at: Timestamp,
    /// Until when the old one counts.
    pub previous_until: Timestamp,
    /// When the session ends from now on.
    pub expires_at: Timestamp,
}

/// Changes a session's token and end. `false` where another request has changed it already: the caller's token then
/// counts until `previous_until` and the browser has got the new one by that request.
#[instrument(level = "debug", skip_all)]
pub async fn rotate(tx: &mut Tx, rotation: &Rotation<'_>) -> Result<bool, DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "UPDATE sessions SET token_hash = $2, previous_hash = $1, previous_until = $4, rotated_at = $3, \
         expires_at = $5 WHERE token_hash = $1",
    ).bind(rotation.old_hash).bind(rotation.new_hash).bind(rotation.at).bind(rotation.previous_until)
    .bind(rotation.expires_at).execute(&mut *conn).await?.rows_affected());
    Ok(touched == 1)
}

/// Moves every session along with a clock that was set forward: the demo's visitors stay signed in over its months.
#[instrument(level = "debug", skip_all)]
pub async fn move_sessions(tx: &mut Tx, millis: i64) -> Result<(), DatabaseError> {
    on_either!(tx, conn => sqlx::query(
        "UPDATE sessions SET created_at = created_at + $1, proved_at = proved_at + $1, \
         factor_at = factor_at + $1, rotated_at = rotated_at + $1, \
         expires_at = expires_at + $1, previous_until = previous_until + $1",
    ).bind(millis).execute(&mut *conn).await?.rows_affected());
    Ok(())
}

/// The living full sessions of an account, newest first.
#[instrument(level = "debug", skip_all)]
pub async fn sessions(
    tx: &mut Tx,
    account: AccountId,
    now: Timestamp,
) -> Result<Vec<Session>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT id, account, device, standing, created_at, proved_at, factor_at, rotated_at, expires_at \
         FROM sessions WHERE standing = 'full' AND account = $1 AND expires_at > $2 ORDER BY created_at DESC, id DESC",
    ).bind(account).bind(now).fetch_all(&mut *conn).await?))
}

/// Ends one session of an account, and says whether it was there.
#[instrument(level = "debug", skip_all)]
pub async fn end_session(
    tx: &mut Tx,
    account: AccountId,
    session: SessionId,
) -> Result<bool, DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query("DELETE FROM sessions WHERE account = $1 AND id = $2")
        .bind(account).bind(session).execute(&mut *conn).await?.rows_affected());
    Ok(touched == 1)
}

/// Ends every session of an account.
#[instrument(level = "debug", skip_all)]
pub async fn end_all_sessions(tx: &mut Tx, account: AccountId) -> Result<(), DatabaseError> {
    on_either!(tx, conn => sqlx::query("DELETE FROM sessions WHERE account = $1")
        .bind(account).execute(&mut *conn).await?.rows_affected());
    Ok(())
}

/// Ends every session of an account but one, and says how many.
#[instrument(level = "debug", skip_all)]
pub async fn end_other_sessions(
    tx: &mut Tx,
    account: AccountId,
    kept: SessionId,
) -> Result<u64, DatabaseError> {
    Ok(
        on_either!(tx, conn => sqlx::query("DELETE FROM sessions WHERE account = $1 AND id <> $2")
        .bind(account).bind(kept).execute(&mut *conn).await?.rows_affected()),
    )
}

/// Notes that a second factor was proved in a session: by adding it.
#[instrument(level = "debug", skip_all)]
pub async fn set_factor_proved(
    tx: &mut Tx,
    session: SessionId,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query("UPDATE sessions SET factor_at = $2, proved_at = $2 WHERE id = $1")
        .bind(session).bind(at).execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE sessions SET factor_at", touched)
}

/// An account without factors has proved none, in whatever session.
#[instrument(level = "debug", skip_all)]
pub async fn forget_factor_proofs(tx: &mut Tx, account: AccountId) -> Result<(), DatabaseError> {
    on_either!(tx, conn => sqlx::query("UPDATE sessions SET factor_at = NULL WHERE account = $1")
        .bind(account).execute(&mut *conn).await?.rows_affected());
    Ok(())
}
