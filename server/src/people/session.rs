//! Sessions: a random token in the browser's cookie, its SHA-256 in the database. The token changes at every
//! sign-in and every few hours.

use super::caller::{Caller, secret_cookie};
use super::error::PeopleError;
use super::role::Role;
use super::store::{self, NewSession, Session, SessionId};
use crate::app::App;
use crate::infra::act::{Act, Actor};
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::web::failure::Failure;
use crate::web::visit::{Viewer, session_cookie_name};
use axum_extra::extract::cookie::Cookie;
use ring::digest::{SHA256, digest};
use serde_json::json;

/// After so long a living session gets a new token.
const ROTATE_SECONDS: i64 = 4 * 3_600;

/// The token before a rotation counts for so long, for requests that were under way and answers that got lost.
const GRACE_SECONDS: i64 = 5 * 60;

const DAY: i64 = 86_400;

/// What is kept of a token.
pub(super) fn token_hash(token: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
    hash
}

/// A fresh token: 32 random bytes in hexadecimal.
pub(super) fn fresh_token(app: &App) -> String {
    hex::encode(app.chance.bytes::<32>())
}

/// How long a session lasts: half a day for those who act for the public, a week for deputies (a session of
/// congress), a month for residents.
fn lifetime_seconds(roles: &[(JurisdictionId, Role)]) -> i64 {
    let holds = |wanted: fn(Role) -> bool| roles.iter().any(|(_, role)| wanted(*role));
    if holds(|role| !matches!(role, Role::Resident | Role::Deputy)) {
        DAY / 2
    } else if holds(|role| matches!(role, Role::Deputy)) {
        7 * DAY
    } else {
        30 * DAY
    }
}

/// Begins a session for `account` in the act that proved who it is, ends the browser's former one, and gives the
/// cookie that carries the new one.
pub async fn begin_session(
    act: &mut Act<'_>,
    app: &App,
    account: AccountId,
    caller: &Caller,
) -> Result<Cookie<'static>, PeopleError> {
    if let Some(former) = &caller.session {
        let former = store::session_of_token(&mut act.tx, &token_hash(former), act.at).await?;
        if let Some(former) = former {
            store::end_session(&mut act.tx, former.account, former.id).await?;
        }
    }
    let roles = store::roles_of(&mut act.tx, account).await?;
    let seconds = lifetime_seconds(&roles);
    let token = fresh_token(app);
    let new = NewSession {
        id: SessionId::new(act.at, &app.chance),
        account,
        token_hash: &token_hash(&token),
        device: &caller.device,
        expires_at: act.at.plus_seconds(seconds),
    };
    store::insert_session(&mut act.tx, &new, act.at).await?;
    Ok(secret_cookie(app, session_cookie_name(app), token, seconds))
}

/// A session that a request brought.
#[derive(Debug)]
pub struct Resumed {
    /// Whose it is.
    pub viewer: Viewer,
    /// The cookie with the new token, where it was time to change it.
    pub fresh: Option<Cookie<'static>>,
}

/// Who holds the session with this token, if it lives; changes the token where that is due.
pub async fn resume_session(app: &App, token: &str) -> Result<Option<Resumed>, Failure> {
    let now = app.clock.now();
    let hash = token_hash(token);
    let mut tx = app.database.read().await?;
    let found = store::viewer_of_session(&mut tx, &hash, now).await?;
    drop(tx);
    let Some((viewer, session)) = found else {
        return Ok(None);
    };
    let fresh = if session.rotated_at.plus_seconds(ROTATE_SECONDS) <= now {
        rotate(app, &hash, &session).await?
    } else {
        None
    };
    Ok(Some(Resumed { viewer, fresh }))
}

async fn rotate(
    app: &App,
    old_hash: &[u8],
    session: &Session,
) -> Result<Option<Cookie<'static>>, Failure> {
    let now = app.clock.now();
    let token = fresh_token(app);
    let mut tx = app.database.write().await?;
    let until = now.plus_seconds(GRACE_SECONDS);
    let rotated = store::rotate(&mut tx, old_hash, &token_hash(&token), now, until).await?;
    tx.commit().await?;
    let seconds = (session.expires_at.millis() - now.millis()) / 1000;
    Ok(rotated.then(|| secret_cookie(app, session_cookie_name(app), token, seconds)))
}

/// The living session of the calling browser.
pub async fn present_session(app: &App, caller: &Caller) -> Result<Session, Failure> {
    let token = caller.session.as_ref().ok_or(Failure::SignInFirst)?;
    let mut tx = app.database.read().await?;
    store::session_of_token(&mut tx, &token_hash(token), app.clock.now())
        .await?
        .ok_or(Failure::SignInFirst)
}

/// Ends one session of the person's own.
pub async fn end_session(
    app: &App,
    account: AccountId,
    session: SessionId,
) -> Result<(), PeopleError> {
    let mut act = Act::begin(app, Actor::Account(account), None).await?;
    if !store::end_session(&mut act.tx, account, session).await? {
        return Err(PeopleError::NotFound);
    }
    act.audit("people.session.end", session, json!({})).await?;
    Ok(act.commit().await?)
}

/// Ends every session of the person's but the one at hand.
pub async fn end_other_sessions(
    app: &App,
    account: AccountId,
    kept: SessionId,
) -> Result<u64, PeopleError> {
    let mut act = Act::begin(app, Actor::Account(account), None).await?;
    let ended = store::end_other_sessions(&mut act.tx, account, kept).await?;
    act.audit("people.session.end_others", kept, json!({ "ended": ended }))
        .await?;
    act.commit().await?;
    Ok(ended)
}
