//! The outbox: messages wait in the database from the moment that their cause is committed until they are sent.

use super::{Channel, Message, SendError};
use crate::id;
use crate::infra::app::App;
use crate::infra::clock::Timestamp;
use crate::infra::database::{Backend, DatabaseError, Tx, exactly_one};
use crate::infra::vault::{Purpose, Unsealable};
use crate::on_either;
use std::time::Duration;
use tracing::instrument;

id!(
    /// A message in the outbox.
    MessageId
);

/// A message is given up after so many attempts.
const MAX_ATTEMPTS: i32 = 6;

/// Nobody else takes a message that is being sent for so long.
const CLAIM_SECONDS: i64 = 60;

/// How often the loop looks for messages whose next attempt has come.
const PAUSE: Duration = Duration::from_secs(2);

/// Why a message cannot be queued.
#[derive(Debug, thiserror::Error)]
pub enum EnqueueError {
    /// The database refused.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// It cannot be encrypted.
    #[error(transparent)]
    Vault(#[from] Unsealable),
}

/// Queues a message in the transaction that causes it; it is dropped unsent after `expires_at`.
#[instrument(skip_all, err(level = "debug"))]
pub async fn enqueue(
    tx: &mut Tx,
    at: Timestamp,
    app: &App,
    channel: Channel,
    message: &Message,
    expires_at: Timestamp,
) -> Result<MessageId, EnqueueError> {
    let id = MessageId::new(at, &app.entropy);
    let text = zeroize::Zeroizing::new(serde_json::to_vec(message).map_err(|_| Unsealable)?);
    let sealed = app.vault.seal(Purpose::Message, &text, &app.entropy)?;
    on_either!(tx, conn => sqlx::query(
        "INSERT INTO outbox (id, channel, sealed, state, attempts, due_at, created_at, expires_at) \
         VALUES ($1, $2, $3, 'waiting', 0, $4, $4, $5)",
    ).bind(id).bind(channel).bind(sealed).bind(at).bind(expires_at).execute(&mut *conn).await
     .map_err(DatabaseError::from)?.rows_affected());
    Ok(id)
}

/// Sends what is due; ends with the process. Wakes when told that something was queued.
pub async fn run(app: App) {
    loop {
        if let Err(error) = deliver_due(&app).await {
            tracing::error!(%error, "the outbox could not be read");
        }
        tokio::select! {
            () = app.senders.wake.notified() => {}
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

impl super::Senders {
    /// Says that something was queued and committed.
    pub fn wake(&self) {
        self.wake.notify_one();
    }
}

/// Sends everything that is due now, and says how many messages were handed over to a provider.
#[instrument(skip_all, err(level = "debug"))]
pub async fn deliver_due(app: &App) -> Result<u32, DatabaseError> {
    let mut sent = 0;
    while let Some(claimed) = claim(app).await? {
        let outcome = send(app, &claimed).await;
        if outcome.is_ok() {
            sent += 1;
        }
        settle(app, &claimed, outcome).await?;
    }
    Ok(sent)
}

/// How many messages wait to be sent.
pub async fn waiting(tx: &mut Tx) -> Result<i64, DatabaseError> {
    Ok(
        on_either!(tx, conn => sqlx::query_scalar("SELECT COUNT(*) FROM outbox WHERE state = 'waiting'")
            .fetch_one(&mut *conn).await?),
    )
}

#[derive(sqlx::FromRow)]
struct Claimed {
    id: MessageId,
    channel: Channel,
    sealed: Option<Vec<u8>>,
    attempts: i32,
    expires_at: Timestamp,
}

/// Takes one due message, so that of several servers only one sends it.
async fn claim(app: &App) -> Result<Option<Claimed>, DatabaseError> {
    let now = app.clock.now();
    let mut tx = app.database.write().await?;
    let skip = match tx.backend() {
        Backend::Sqlite => "",
        Backend::Postgres => " FOR UPDATE SKIP LOCKED",
    };
    let sql = format!(
        "UPDATE outbox SET attempts = attempts + 1, due_at = $2 WHERE id = \
         (SELECT id FROM outbox WHERE state = 'waiting' AND due_at <= $1 ORDER BY due_at, id LIMIT 1{skip}) \
         RETURNING id, channel, sealed, attempts, expires_at"
    );
    let claimed = on_either!(&mut tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(now).bind(now.plus_seconds(CLAIM_SECONDS)).fetch_optional(&mut *conn).await?);
    tx.commit().await?;
    Ok(claimed)
}

async fn send(app: &App, claimed: &Claimed) -> Result<(), SendError> {
    if claimed.expires_at <= app.clock.now() {
        return Err(SendError::Refused);
    }
    let sealed = claimed.sealed.as_deref().ok_or(SendError::Unwritable)?;
    let text = app
        .vault
        .open(Purpose::Message, sealed)
        .map_err(|_| SendError::Unwritable)?;
    let message: Message = serde_json::from_slice(&text).map_err(|_| SendError::Unwritable)?;
    app.senders
        .sender(claimed.channel)
        .ok_or(SendError::NotConfigured)?
        .send(&message)
        .await
}

/// Notes how it went. What was sent or given up is wiped: nobody needs it any more.
async fn settle(
    app: &App,
    claimed: &Claimed,
    outcome: Result<(), SendError>,
) -> Result<(), DatabaseError> {
    let mut tx = app.database.write().await?;
    let touched = match outcome {
        Err(error) if error.is_passing() && claimed.attempts < MAX_ATTEMPTS => {
            let wait = 5_i64 << claimed.attempts.clamp(0, MAX_ATTEMPTS);
            let due = app.clock.now().plus_seconds(wait);
            on_either!(&mut tx, conn => sqlx::query("UPDATE outbox SET due_at = $2, last_error = $3 WHERE id = $1")
                .bind(claimed.id).bind(due).bind(error.to_string()).execute(&mut *conn).await?.rows_affected())
        }
        outcome => {
            let state = if outcome.is_ok() { "sent" } else { "failed" };
            if let Err(error) = outcome {
                tracing::warn!(message = %claimed.id, %error, "a message was not sent");
            }
            let error = outcome.err().map(|error| error.to_string());
            on_either!(&mut tx, conn => sqlx::query(
                "UPDATE outbox SET state = $2, sealed = NULL, last_error = $3 WHERE id = $1",
            ).bind(claimed.id).bind(state).bind(error).execute(&mut *conn).await?.rows_affected())
        }
    };
    exactly_one("UPDATE outbox", touched)?;
    tx.commit().await
}
