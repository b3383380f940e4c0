//! Check-in (签到): a deputy is present, and the device's public credential will be on the roll.

use super::code;
use super::links::Links;
use crate::infra::app::App;
use crate::infra::database::DatabaseError;
use crate::infra::ids::JurisdictionId;
use crate::infra::unique_key::UniqueKey;
use crate::people::DeputyId;
use crate::record::change::Actor;
use crate::session::audit::SessionEvent;
use crate::session::base::begin;
use crate::session::error::SessionError;
use crate::session::paper::has_credential;
use crate::session::poll::PollId;
use crate::session::preparing::elections_of_check_in;
use crate::session::state::StateName;
use crate::session::store::{self, SealedLink};
use ballot::Ed25519;
use ballot::Group as _;
use ballot::group::GroupElement as _;
use std::collections::BTreeSet;
use tracing::instrument;

/// What a deputy's device registers: its public credential for the poll, and those for the elections that the rule reserves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// For the poll itself.
    pub own: String,
    /// For the other elections of the check-in, in the order of [`elections_of_check_in`].
    pub reserved: Vec<String>,
}

impl Credentials {
    fn all(&self) -> Vec<&str> {
        let reserved = self.reserved.iter().map(String::as_str);
        std::iter::once(self.own.as_str()).chain(reserved).collect()
    }

    fn check(&self) -> Result<(), SessionError> {
        let all = self.all();
        let is_one = |text: &&str| Ed25519::decode(text).is_ok_and(|one| !one.is_identity());
        if !all.iter().all(is_one) {
            return Err(SessionError::Credential("not-a-credential"));
        }
        let distinct: BTreeSet<&str> = all.iter().copied().collect();
        if distinct.len() == all.len() {
            Ok(())
        } else {
            Err(SessionError::Credential("credential-twice"))
        }
    }
}

/// A deputy checks in: the device's public credentials will be on the rolls, of this poll and of those that may follow it. The
/// same again changes nothing. Answers with how many are present.
///
/// `code` is what shows that the deputy is in the hall, where the office has not switched that off: the one on the screen, or the
/// deputy's own from the desk.
///
/// # Errors
/// [`SessionError::Credential`] · [`SessionError::CheckInClosed`] · [`SessionError::CheckInCode`] ·
/// [`SessionError::TooManyCodes`]
#[instrument(skip_all, fields(%jurisdiction, %poll), err(level = "debug"))]
pub async fn check_in(
    app: &App,
    actor: Actor,
    jurisdiction: JurisdictionId,
    poll: PollId,
    deputy: DeputyId,
    credentials: &Credentials,
    code: Option<&str>,
) -> Result<u32, SessionError> {
    credentials.check()?;
    let is_new = try_code(app, jurisdiction, poll, deputy, credentials, code).await?;
    let (mut change, poll) = begin(app, actor, jurisdiction, poll).await?;
    if poll.state.name() != StateName::RulesAdopted || poll.is_checked_in_before() {
        return Err(SessionError::CheckInClosed);
    }
    let others = elections_of_check_in(&mut change.tx, &poll).await?;
    if others.len() != credentials.reserved.len() {
        return Err(SessionError::Credential("reserved"));
    }
    if has_credential(&mut change.tx, &poll, &credentials.all()).await? {
        return Err(SessionError::Credential("credential-taken"));
    }
    let links = Links::of(app, &poll)?.seal(deputy, &credentials.all())?;
    if store::own_macs(&mut change.tx, &poll, deputy).await? == macs(&links) {
        return Ok(store::count_present(&mut change.tx, &poll).await?);
    }
    if store::asks_code(&mut change.tx, &poll).await? {
        // It was the deputy's credential a moment ago and is no more: the code was not counted as tried, so it is not looked at.
        let typed = code.filter(|_| is_new);
        let typed = typed.ok_or(SessionError::CheckInCode("check-in-code-missing"))?;
        code::accept(app, &mut change.tx, &poll, deputy, typed).await?;
    }
    store::attend(&mut change.tx, &poll, deputy, change.at).await?;
    for link in &links {
        store::link(&mut change.tx, &poll, deputy, link)
            .await
            .map_err(credential_taken)?;
    }
    let present = store::count_present(&mut change.tx, &poll).await?;
    // The line must not hold the credential: it would outlive the link that the freeze deletes.
    change
        .audit(SessionEvent::CheckIn {
            poll: poll.id,
            deputy,
        })
        .await?;
    change.commit().await?;
    Ok(present)
}

/// Counts the code as tried, before anything is changed: whether this check-in is another than the deputy's last one. The same
/// again needs no code, since its answer may have been lost on the way.
async fn try_code(
    app: &App,
    jurisdiction: JurisdictionId,
    poll: PollId,
    deputy: DeputyId,
    credentials: &Credentials,
    code: Option<&str>,
) -> Result<bool, SessionError> {
    let mut tx = app.database.read().await?;
    let poll = store::poll(&mut tx, jurisdiction, poll)
        .await?
        .ok_or(SessionError::NoSuchPoll)?;
    if poll.state.name() != StateName::RulesAdopted || poll.is_checked_in_before() {
        // Refused where it would be changed, behind what comes before every change: a clock that is wrong.
        return Ok(false);
    }
    let links = Links::of(app, &poll)?.seal(deputy, &credentials.all())?;
    if store::own_macs(&mut tx, &poll, deputy).await? == macs(&links) {
        return Ok(false);
    }
    if store::asks_code(&mut tx, &poll).await? {
        drop(tx);
        code::read(code.unwrap_or_default())?;
        code::take_try(app, &poll, deputy).await?;
    }
    Ok(true)
}

/// By which the same credentials are known again.
fn macs(links: &[SealedLink]) -> Vec<Vec<u8>> {
    let mac = |one: &SealedLink| one.credential_mac.to_vec();
    links.iter().map(mac).collect()
}

fn credential_taken(error: DatabaseError) -> SessionError {
    if error.refused_by(UniqueKey::PollLinksCredential) {
        SessionError::Credential("credential-taken")
    } else {
        error.into()
    }
}
