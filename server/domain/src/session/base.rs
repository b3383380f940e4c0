//! What every phase of a poll needs: the poll under its lock, its objects, its people.

use crate::infra::app::App;
use crate::infra::database::Tx;
use crate::infra::ids::AccountId;
use crate::infra::ids::JurisdictionId;
use crate::people::Deputy;
use crate::people::store as people_store;
use crate::record::change::Actor;
use crate::record::change::Change;
use crate::session::error::SessionError;
use crate::session::poll::Poll;
use crate::session::poll::PollId;
use crate::session::poll::Scrutineer;
use crate::session::store;
use crate::session::store::ObjectKind;
use tally::rules::Rule;
use tracing::instrument;

/// Begins a change of a poll, which nobody else may change until it ends.
pub(crate) async fn begin(
    app: &App,
    actor: Actor,
    jurisdiction: JurisdictionId,
    poll: PollId,
) -> Result<(Change<'_>, Poll), SessionError> {
    let mut change = Change::begin(app, actor, None).await?;
    let poll = store::lock_poll(&mut change.tx, jurisdiction, poll)
        .await?
        .ok_or(SessionError::NoSuchPoll)?;
    change.belongs_to(poll.scope());
    Ok((change, poll))
}

/// The poll of this jurisdiction.
#[instrument(skip_all, fields(%jurisdiction, %poll), err(level = "debug"))]
pub async fn find(
    app: &App,
    jurisdiction: JurisdictionId,
    poll: PollId,
) -> Result<Poll, SessionError> {
    let mut tx = app.database.read().await?;
    store::poll(&mut tx, jurisdiction, poll)
        .await?
        .ok_or(SessionError::NoSuchPoll)
}

/// The rule of a poll, which was checked when it was written.
pub fn parsed_rule(poll: &Poll, text: &str) -> Result<Rule, SessionError> {
    Rule::parse(text).map_err(|error| inconsistent(poll, format!("rule: {error}")))
}

/// The adopted rule, once there is one.
pub async fn adopted_rule(tx: &mut Tx, poll: &Poll) -> Result<Option<Rule>, SessionError> {
    let text = store::object(tx, poll, ObjectKind::Rule).await?;
    text.map(|text| parsed_rule(poll, &text)).transpose()
}

/// The rule of a poll that has adopted one.
pub(in crate::session) async fn required_rule(
    tx: &mut Tx,
    poll: &Poll,
) -> Result<Rule, SessionError> {
    let text = stored_object(tx, poll, ObjectKind::Rule).await?;
    parsed_rule(poll, &text)
}

/// An object that must be there in this state.
#[instrument(skip_all, fields(poll = %poll.id), err(level = "debug"))]
pub(in crate::session) async fn stored_object(
    tx: &mut Tx,
    poll: &Poll,
    kind: ObjectKind,
) -> Result<String, SessionError> {
    store::object(tx, poll, kind)
        .await?
        .ok_or_else(|| inconsistent(poll, format!("no {kind:?} object")))
}

pub(crate) fn inconsistent(poll: &Poll, reason: impl Into<String>) -> SessionError {
    SessionError::Inconsistent {
        poll: poll.id,
        reason: reason.into(),
    }
}

/// The trustee's number of this account.
pub(in crate::session) fn own_seat(
    all: &[Scrutineer],
    account: AccountId,
) -> Result<u32, SessionError> {
    all.iter()
        .find(|one| one.account == account)
        .map(|one| one.number)
        .ok_or(SessionError::NotAScrutineer)
}

/// The deputy in office that this account is, here.
#[instrument(skip_all, fields(%jurisdiction), err(level = "debug"))]
pub async fn deputy_of(
    app: &App,
    jurisdiction: JurisdictionId,
    account: AccountId,
) -> Result<Deputy, SessionError> {
    let mut tx = app.database.read().await?;
    people_store::deputy_of_account(&mut tx, jurisdiction, account)
        .await?
        .ok_or(SessionError::NotADeputy)
}

/// Runs mathematics on the blocking pool, so that pages go on being served.
pub(in crate::session) async fn off_thread<T: Send + 'static>(
    poll: &Poll,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, SessionError> {
    let span = tracing::Span::current();
    tokio::task::spawn_blocking(move || span.in_scope(work))
        .await
        .map_err(|error| inconsistent(poll, error.to_string()))
}

/// As [`off_thread`], where what is stored can only fail by contradicting itself.
pub(in crate::session) async fn run_blocking<T, E>(
    poll: &Poll,
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, SessionError>
where
    T: Send + 'static,
    E: std::fmt::Display + Send + 'static,
{
    off_thread(poll, work)
        .await?
        .map_err(|error| inconsistent(poll, error.to_string()))
}
