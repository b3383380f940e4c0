//! Login sessions: a random token in the browser's cookie, its SHA-256 in the database. The token changes at every
//! sign-in and every few hours.

use super::audit::PeopleEvent;
use super::caller::Caller;
use super::device;
use super::error::PeopleError;
use super::role::Role;
use super::store::{self, NewSession, Rotation, Session, SessionId, Standing};
use super::viewer::Viewer;
use crate::infra::app::App;
use crate::infra::clock::Timestamp;
use crate::infra::config::SecondFactor;
use crate::infra::database::DatabaseError;
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::record::change::{Actor, Change};
use ring::digest::{SHA256, digest};
use tracing::instrument;
use zeroize::Zeroizing;

/// After so long a living session gets a new token.
const ROTATE_SECONDS: i64 = 4 * 3_600;

/// The token before a rotation counts for so long, for requests that were under way and answers that got lost.
const GRACE_SECONDS: i64 = 5 * 60;

const DAY: i64 = 86_400;

/// How long half a session waits for the second factor.
const HALF_SECONDS: i64 = 15 * 60;

/// For how long what weighs may be done without proving again who one is.
pub const FRESH_SECONDS: i64 = 10 * 60;

/// Whether a proof of who somebody is was given so lately that what weighs may be done on it.
pub fn is_fresh(proved_at: Timestamp, now: Timestamp) -> bool {
    now < proved_at.plus_seconds(FRESH_SECONDS)
}

/// What is kept of a token.
pub fn token_hash(token: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
    hash
}

/// A fresh token: 32 random bytes in hexadecimal.
pub(super) fn fresh_token(app: &App) -> String {
    hex::encode(app.entropy.bytes::<32>())
}

/// The secret of a login session, on its way into the browser's cookie.
pub struct SessionToken {
    /// The token itself.
    pub secret: Zeroizing<String>,
    /// For how many seconds the browser keeps it.
    pub seconds: i64,
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignedIn(<redacted>)")
    }
}

impl std::fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionToken(<redacted>)")
    }
}

/// Somebody is in, or half in: what their browser keeps.
pub struct SignedIn {
    /// The new session.
    pub session: SessionToken,
    /// How far they are in.
    pub admission: Admission,
    /// The mark of a device on which they were signed in: not before they are wholly in.
    pub known_device: Option<Zeroizing<String>>,
}

/// How long a session lasts after it was begun or last prolonged by use: half a day for those who act for the public, a week for deputies (a session of
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

/// How long a session lasts at most, however much it is used: so many times its lifetime.
const LIFETIMES: i64 = 10;

/// When a session ends that is used now: a lifetime from here, but not after the longest since the sign-in. Who has got a
/// role since has its lifetime from then on.
fn prolonged(session: &Session, roles: &[(JurisdictionId, Role)], now: Timestamp) -> Timestamp {
    let lifetime = lifetime_seconds(roles);
    let last = session.created_at.plus_seconds(LIFETIMES * lifetime);
    now.plus_seconds(lifetime).min(last)
}

/// How far somebody is in with a new session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// In.
    Full,
    /// In, but the roles that need a second factor wait until one is set up.
    WithoutFactor,
    /// Not in before a second factor is proved.
    Half,
}

/// Begins a session for `account` in the change in which a code, a password or a link proved who it is, ends the browser's
/// former one, and gives what the browser keeps. Where the account has a second factor it is half a session.
#[instrument(skip_all, err(level = "debug"))]
pub async fn begin_session(
    change: &mut Change<'_>,
    app: &App,
    account: AccountId,
    caller: &Caller,
) -> Result<SignedIn, PeopleError> {
    let standing = if store::factors(&mut change.tx, account).await?.is_empty() {
        Standing::Full
    } else {
        Standing::Half
    };
    begin(change, app, account, caller, (standing, false)).await
}

/// Begins a full session, whether or not the account has a second factor: one was proved, or nothing needs proof (the
/// demo).
#[instrument(skip_all, err(level = "debug"))]
pub async fn begin_proved_session(
    change: &mut Change<'_>,
    app: &App,
    account: AccountId,
    caller: &Caller,
    by_factor: bool,
) -> Result<SignedIn, PeopleError> {
    begin(change, app, account, caller, (Standing::Full, by_factor)).await
}

async fn begin(
    change: &mut Change<'_>,
    app: &App,
    account: AccountId,
    caller: &Caller,
    (standing, by_factor): (Standing, bool),
) -> Result<SignedIn, PeopleError> {
    if let Some(former) = &caller.session {
        let former =
            store::session_of_token(&mut change.tx, &token_hash(former), change.at).await?;
        if let Some(former) = former {
            store::end_session(&mut change.tx, former.account, former.id).await?;
        }
    }
    let roles = store::roles_of(&mut change.tx, account).await?;
    let waits = !by_factor
        && app.config.second_factor == SecondFactor::Required
        && roles.iter().any(|(_, role)| role.needs_factor());
    let (admission, seconds) = match standing {
        Standing::Half => (Admission::Half, HALF_SECONDS),
        Standing::Full if waits => (Admission::WithoutFactor, lifetime_seconds(&roles)),
        Standing::Full => (Admission::Full, lifetime_seconds(&roles)),
    };
    let token = fresh_token(app);
    let new = NewSession {
        id: SessionId::new(change.at, &app.entropy),
        account,
        token_hash: &token_hash(&token),
        device: &caller.device,
        standing,
        by_factor,
        expires_at: change.at.plus_seconds(seconds),
    };
    store::insert_session(&mut change.tx, &new, change.at).await?;
    Ok(SignedIn {
        session: SessionToken {
            secret: token.into(),
            seconds,
        },
        admission,
        known_device: (standing == Standing::Full).then(|| device::mark(app, account, caller)),
    })
}

/// A session that a request brought.
#[derive(Debug)]
pub struct Resumed {
    /// Whose it is.
    pub viewer: Viewer,
    /// When they last proved who they are.
    pub proved_at: Timestamp,
    /// The new token, where it was time to change it.
    pub fresh: Option<SessionToken>,
}

/// Whether a request may change the session's token, which leaves its time in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewal {
    /// Where it is due.
    WhenDue,
    /// Never: somebody votes, and when must not be told.
    Never,
}

/// Who holds the session with this token, if it lives; changes the token where that is due and allowed.
#[instrument(skip_all, err(level = "debug"))]
pub async fn resume_session(
    app: &App,
    token: &str,
    renewal: Renewal,
) -> Result<Option<Resumed>, DatabaseError> {
    let now = app.clock.now();
    let hash = token_hash(token);
    let mut tx = app.database.read().await?;
    let found = store::viewer_of_session(&mut tx, &hash, now).await?;
    drop(tx);
    let Some((mut viewer, session)) = found else {
        return Ok(None);
    };
    let is_due = session.rotated_at.plus_seconds(ROTATE_SECONDS) <= now;
    let fresh = if is_due && renewal == Renewal::WhenDue {
        let until = prolonged(&session, &viewer.roles, now);
        rotate(app, &hash, until).await?
    } else {
        None
    };
    let is_required = app.config.second_factor == SecondFactor::Required;
    if is_required && session.factor_at.is_none() {
        viewer.withhold();
    }
    Ok(Some(Resumed {
        viewer,
        proved_at: session.proved_at,
        fresh,
    }))
}

async fn rotate(
    app: &App,
    old_hash: &[u8],
    expires_at: Timestamp,
) -> Result<Option<SessionToken>, DatabaseError> {
    let now = app.clock.now();
    let token = fresh_token(app);
    let mut tx = app.database.write().await?;
    let rotation = Rotation {
        old_hash,
        new_hash: &token_hash(&token),
        at: now,
        previous_until: now.plus_seconds(GRACE_SECONDS),
        expires_at,
    };
    let rotated = store::rotate(&mut tx, &rotation).await?;
    tx.commit().await?;
    let seconds = (expires_at.millis() - now.millis()) / 1000;
    Ok(rotated.then(|| SessionToken {
        secret: token.into(),
        seconds,
    }))
}

/// The living full session of the calling browser.
#[instrument(skip_all, err(level = "debug"))]
pub async fn present_session(app: &App, caller: &Caller) -> Result<Session, PeopleError> {
    let token = caller.session.as_ref().ok_or(PeopleError::NotSignedIn)?;
    let mut tx = app.database.read().await?;
    store::session_of_token(&mut tx, &token_hash(token), app.clock.now())
        .await?
        .filter(|session| session.standing == Standing::Full)
        .ok_or(PeopleError::NotSignedIn)
}

/// Ends one session of the person's own.
#[instrument(skip_all, err(level = "debug"))]
pub async fn end_session(
    app: &App,
    account: AccountId,
    session: SessionId,
) -> Result<(), PeopleError> {
    let mut change = Change::begin(app, Actor::Account(account), None).await?;
    if !store::end_session(&mut change.tx, account, session).await? {
        return Err(PeopleError::NotFound);
    }
    change.audit(PeopleEvent::SessionEnd { session }).await?;
    Ok(change.commit().await?)
}

/// Ends every session of the person's but the one at hand.
#[instrument(skip_all, err(level = "debug"))]
pub async fn end_other_sessions(
    app: &App,
    account: AccountId,
    kept: SessionId,
) -> Result<u64, PeopleError> {
    let mut change = Change::begin(app, Actor::Account(account), None).await?;
    let ended = store::end_other_sessions(&mut change.tx, account, kept).await?;
    change
        .audit(PeopleEvent::SessionEndOthers {
            session: kept,
            ended,
        })
        .await?;
    change.commit().await?;
    Ok(ended)
}
