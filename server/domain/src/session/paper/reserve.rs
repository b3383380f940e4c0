//! The credentials that are set aside for paper: a teller's device makes them and hands in their public parts before the freeze.

use super::teller;
use crate::infra::app::App;
use crate::infra::database::Tx;
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::record::change::Actor;
use crate::session::audit::SessionEvent;
use crate::session::base::{adopted_rule, begin, inconsistent};
use crate::session::error::SessionError;
use crate::session::poll::{Poll, PollId};
use crate::session::preparing::elections_of_check_in;
use crate::session::roll::macs_of;
use crate::session::state::StateName;
use crate::session::store;
use ballot::group::GroupElement as _;
use ballot::{Ed25519, Group as _};
use std::collections::{BTreeMap, BTreeSet};
use tally::rules::Rule;
use tracing::instrument;

/// How many papers the poll's adopted rule reserves.
pub async fn reserved_paper(tx: &mut Tx, poll: &Poll) -> Result<u32, SessionError> {
    let rule = adopted_rule(tx, poll).await?;
    Ok(rule.as_ref().map_or(0, of_rule))
}

fn of_rule(rule: &Rule) -> u32 {
    u32::try_from(rule.reserved().paper).unwrap_or(u32::MAX)
}

/// A teller's device hands in the public parts of the paper's credentials, in place of earlier ones: for the poll itself, then for
/// each election of [`elections_of_check_in`]. The same again changes nothing.
///
/// # Errors
/// [`SessionError::NotATeller`] · [`SessionError::CheckInClosed`] from the freeze on, and in a poll that is checked in for with
/// another · [`SessionError::NoPaper`] where the rule reserves none · [`SessionError::Credential`]
#[instrument(skip_all, fields(%jurisdiction, %poll), err(level = "debug"))]
pub async fn reserve_paper(
    app: &App,
    account: AccountId,
    jurisdiction: JurisdictionId,
    poll: PollId,
    credentials: &[Vec<String>],
) -> Result<(), SessionError> {
    let (mut change, poll) = begin(app, Actor::Account(account), jurisdiction, poll).await?;
    teller(&mut change.tx, &poll, account).await?;
    if poll.state.name() != StateName::RulesAdopted || poll.is_checked_in_before() {
        return Err(SessionError::CheckInClosed);
    }
    let count = reserved_paper(&mut change.tx, &poll).await?;
    if count == 0 {
        return Err(SessionError::NoPaper);
    }
    let mut elections = vec![poll.election.to_string()];
    elections.extend(elections_of_check_in(&mut change.tx, &poll).await?);
    check(credentials, elections.len(), count)?;
    let all: Vec<&str> = credentials.iter().flatten().map(String::as_str).collect();
    let taken = store::link_macs(&mut change.tx, &poll).await?;
    if macs_of(app, &poll, &all)?
        .iter()
        .any(|mac| taken.contains(mac))
    {
        return Err(SessionError::Credential("credential-taken"));
    }
    let by_election: BTreeMap<&String, &Vec<String>> = elections.iter().zip(credentials).collect();
    let text = serde_json::to_string(&by_election)
        .map_err(|error| inconsistent(&poll, error.to_string()))?;
    let kept = store::paper_reserve(&mut change.tx, &poll).await?;
    if kept.is_some_and(|kept| kept.credentials == text && kept.account == account) {
        return Ok(());
    }
    store::keep_paper_reserve(&mut change.tx, &poll, account, &text, change.at).await?;
    change
        .audit(SessionEvent::ReservePaper {
            poll: poll.id,
            papers: count,
        })
        .await?;
    change.commit().await?;
    Ok(())
}

/// As many for each election as the rule reserves, each a credential, none twice.
fn check(credentials: &[Vec<String>], elections: usize, count: u32) -> Result<(), SessionError> {
    let right = |list: &Vec<String>| u32::try_from(list.len()) == Ok(count);
    if credentials.len() != elections || !credentials.iter().all(right) {
        return Err(SessionError::Credential("paper-count"));
    }
    let all: Vec<&String> = credentials.iter().flatten().collect();
    let is_one = |text: &&String| Ed25519::decode(text).is_ok_and(|one| !one.is_identity());
    if !all.iter().all(is_one) {
        return Err(SessionError::Credential("not-a-credential"));
    }
    let distinct: BTreeSet<&&String> = all.iter().collect();
    if distinct.len() == all.len() {
        Ok(())
    } else {
        Err(SessionError::Credential("credential-twice"))
    }
}

/// The credentials that were handed in at the poll's check-in, by election; who handed them in.
pub async fn paper_reserve(
    tx: &mut Tx,
    poll: &Poll,
) -> Result<Option<(AccountId, BTreeMap<String, Vec<String>>)>, SessionError> {
    let Some(kept) = store::paper_reserve(tx, poll).await? else {
        return Ok(None);
    };
    let read = serde_json::from_str(&kept.credentials);
    let read = read.map_err(|error| inconsistent(poll, format!("paper credentials: {error}")))?;
    Ok(Some((kept.account, read)))
}

/// The credentials that the freeze sets aside, by election: as many for each as the rule says, none where it says none.
///
/// # Errors
/// [`SessionError::PaperMissing`] where no device has handed in as many.
pub(in crate::session) async fn require_reserved(
    tx: &mut Tx,
    poll: &Poll,
) -> Result<BTreeMap<String, Vec<String>>, SessionError> {
    let count = reserved_paper(tx, poll).await?;
    if count == 0 {
        return Ok(BTreeMap::new());
    }
    let found = paper_reserve(tx, poll).await?;
    let (_, reserve) = found.ok_or(SessionError::PaperMissing(count))?;
    let own = reserve.get(poll.election.as_str()).map_or(0, Vec::len);
    if u32::try_from(own) == Ok(count) {
        Ok(reserve)
    } else {
        Err(SessionError::PaperMissing(count))
    }
}

/// Whether a device's credential is one that is set aside for paper.
pub(in crate::session) async fn has_credential(
    tx: &mut Tx,
    poll: &Poll,
    credentials: &[&str],
) -> Result<bool, SessionError> {
    let Some((_, reserve)) = paper_reserve(tx, poll).await? else {
        return Ok(false);
    };
    let mut all = reserve.values().flatten();
    Ok(all.any(|one| credentials.contains(&one.as_str())))
}

/// Polls of one check-in reserve the same number of papers, since one device makes the credentials of all of them.
///
/// # Errors
/// [`SessionError::PaperDiffers`]
pub(in crate::session) async fn require_same_reserve(
    tx: &mut Tx,
    poll: &Poll,
    rule: &Rule,
) -> Result<(), SessionError> {
    let first = if poll.is_checked_in_before() {
        store::poll(tx, poll.jurisdiction, poll.check_in).await?
    } else {
        Some(poll.clone())
    };
    let Some(first) = first else { return Ok(()) };
    let mut together = store::joined_polls(tx, &first).await?;
    together.push(first);
    for other in together.iter().filter(|other| other.id != poll.id) {
        let adopted = adopted_rule(tx, other).await?;
        if adopted.is_some_and(|adopted| of_rule(&adopted) != of_rule(rule)) {
            return Err(SessionError::PaperDiffers);
        }
    }
    Ok(())
}
