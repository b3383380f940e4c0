//! The steps that need two people: the office and the chief scrutineer each confirm, and with the second
//! confirmation the step is taken.

use super::election::{ElectionObjects, ElectionParts};
use super::error::SessionError;
use super::poll::{DualControlStep, Party, Poll, PollId};
use super::state::{PollState, StateError, Step};
use super::store::{self, Confirmation, ObjectKind};
use super::use_cases::{begin, inconsistent, parsed_rule, stored_object};
use crate::infra::app::App;
use crate::infra::database::{DatabaseError, Tx};
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::people::Role;
use crate::record::EntryKind;
use crate::record::change::{Actor, Change};
use ballot::{Ballot, Digest, Ed25519, Election, PublicCredentials, Wire as _};
use serde_json::json;
use std::collections::BTreeMap;

/// What a confirmation led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    /// The other side has not confirmed yet.
    Waiting,
    /// The step has been taken.
    Done,
}

/// One side confirms a step; with the second confirmation it is taken, in the same transaction. A repeated
/// confirmation is harmless.
pub async fn confirm(
    app: &App,
    account: AccountId,
    jurisdiction: JurisdictionId,
    poll: PollId,
    step: DualControlStep,
    side: Party,
) -> Result<Confirmed, SessionError> {
    let (mut change, poll) = begin(app, Actor::Account(account), jurisdiction, poll).await?;
    require_side(&mut change.tx, &poll, account, side).await?;
    let before = store::confirmations(&mut change.tx, &poll).await?;
    let of_step: Vec<&Confirmation> = before.iter().filter(|one| one.step == step).collect();
    if of_step.iter().any(|one| one.side == side) {
        return Ok(if of_step.len() == Party::ALL.len() {
            Confirmed::Done
        } else {
            Confirmed::Waiting
        });
    }
    require_step(&poll, step)?;
    check_ready(&mut change.tx, &poll, step).await?;
    if of_step.iter().any(|one| one.account == account) {
        return Err(SessionError::SamePerson);
    }
    let confirmation = Confirmation {
        step,
        side,
        account,
        at: change.at,
    };
    store::confirm(&mut change.tx, &poll, &confirmation).await?;
    change
        .audit(
            "session.confirm",
            poll.id,
            json!({ "step": step, "side": side }),
        )
        .await?;
    let done = of_step.len() + 1 == Party::ALL.len();
    if done {
        match step {
            DualControlStep::Freeze => freeze(&mut change, &poll).await?,
            DualControlStep::Open => open(&mut change, &poll).await?,
            DualControlStep::Close => close(&mut change, &poll).await?,
        }
    }
    change.commit().await?;
    Ok(if done {
        Confirmed::Done
    } else {
        Confirmed::Waiting
    })
}

/// The office's side needs the role; the other side needs the role and to be a scrutineer of this poll.
async fn require_side(
    tx: &mut Tx,
    poll: &Poll,
    account: AccountId,
    side: Party,
) -> Result<(), SessionError> {
    let role = match side {
        Party::Office => Role::Office,
        Party::ChiefScrutineer => Role::ChiefScrutineer,
    };
    if !store::holds_role(tx, poll.jurisdiction, account, role).await? {
        return Err(SessionError::Forbidden);
    }
    if side == Party::ChiefScrutineer {
        let all = store::scrutineers(tx, poll).await?;
        super::use_cases::own_seat(&all, account)?;
    }
    Ok(())
}

fn require_step(poll: &Poll, step: DualControlStep) -> Result<(), SessionError> {
    if poll.state.joint_step() == Some(step) {
        return Ok(());
    }
    let step = match step {
        DualControlStep::Freeze => Step::Freeze,
        DualControlStep::Open => Step::Open,
        DualControlStep::Close => Step::Close,
    };
    let from = poll.state.name();
    Err(StateError { from, step }.into())
}

/// What must be there before anybody can confirm the step.
pub(super) async fn check_ready(
    tx: &mut Tx,
    poll: &Poll,
    step: DualControlStep,
) -> Result<(), SessionError> {
    if step == DualControlStep::Close {
        return Ok(());
    }
    let text = stored_object(tx, poll, ObjectKind::Rule).await?;
    let needed = parsed_rule(poll, &text)?.quorum_count();
    let signed_in = u64::from(store::count_signed_in(tx, poll).await?);
    if signed_in < needed {
        return Err(SessionError::NoQuorum { signed_in, needed });
    }
    let all = store::scrutineers(tx, poll).await?;
    match all.iter().find(|one| one.public_key.is_none()) {
        Some(missing) => Err(SessionError::KeyMissing(missing.number)),
        None => Ok(()),
    }
}

/// Roll, keys and election are fixed and published; whose credential is whose is forgotten.
async fn freeze(change: &mut Change<'_>, poll: &Poll) -> Result<(), SessionError> {
    let signed_in = store::count_signed_in(&mut change.tx, poll).await?;
    let parts = ElectionParts {
        uuid: poll.election.clone(),
        title: poll.title.clone(),
        rule: stored_object(&mut change.tx, poll, ObjectKind::Rule).await?,
        items: store::items(&mut change.tx, poll).await?,
        keys: store::scrutineers(&mut change.tx, poll)
            .await?
            .into_iter()
            .filter_map(|one| one.public_key)
            .collect(),
        credentials: store::linked_credentials(&mut change.tx, poll).await?,
    };
    if u32::try_from(parts.credentials.len()) != Ok(signed_in) {
        return Err(inconsistent(poll, "signed-in deputies without credential"));
    }
    let objects = run_blocking(poll, move || parts.build()).await?;
    store::insert_object(
        &mut change.tx,
        poll,
        ObjectKind::Trustees,
        &objects.trustees,
    )
    .await?;
    store::insert_object(&mut change.tx, poll, ObjectKind::Roll, &objects.roll).await?;
    store::insert_object(
        &mut change.tx,
        poll,
        ObjectKind::Election,
        &objects.election,
    )
    .await?;
    store::insert_roll(&mut change.tx, poll, &objects.credentials).await?;
    let forgotten = store::delete_links(&mut change.tx, poll).await?;
    if forgotten != u64::from(signed_in) {
        return Err(DatabaseError::Touched {
            statement: "DELETE FROM poll_links",
            touched: forgotten,
        }
        .into());
    }
    let next =
        poll.state
            .clone()
            .freeze(objects.roll_hash, objects.fingerprint, signed_in, change.at)?;
    store::save_state(&mut change.tx, poll, poll.state.name(), &next).await?;
    publish_freeze(change, poll, &objects, signed_in).await
}

async fn publish_freeze(
    change: &mut Change<'_>,
    poll: &Poll,
    objects: &ElectionObjects,
    signed_in: u32,
) -> Result<(), SessionError> {
    let mut headcount: BTreeMap<String, u32> = BTreeMap::new();
    for one in store::attendance(&mut change.tx, poll).await? {
        let count = headcount.entry(one.delegation).or_default();
        *count += u32::from(one.signed_in_at.is_some());
    }
    change.publish_about(EntryKind::PollFrozen, poll.election.as_str(), &json!({
            "poll": poll.id, "election": objects.election, "trustees": objects.trustees, "roll": objects.roll,
            "fingerprint": objects.fingerprint.to_string(), "roll_sha256": objects.roll_hash.to_hex(),
            "signed_in": signed_in, "headcount": headcount, "confirmed_by": Party::ALL,
        }),
    )
    .await?;
    Ok(())
}

/// Voting begins.
async fn open(change: &mut Change<'_>, poll: &Poll) -> Result<(), SessionError> {
    let next = poll.state.clone().open(change.at)?;
    store::save_state(&mut change.tx, poll, poll.state.name(), &next).await?;
    change
        .publish_about(
            EntryKind::PollOpened,
            poll.election.as_str(),
            &json!({ "poll": poll.id, "confirmed_by": Party::ALL }),
        )
        .await?;
    Ok(())
}

/// Voting ends: the ballots are summed under encryption, and only the result can follow.
async fn close(change: &mut Change<'_>, poll: &Poll) -> Result<(), SessionError> {
    let election = stored_object(&mut change.tx, poll, ObjectKind::Election).await?;
    let roll = stored_object(&mut change.tx, poll, ObjectKind::Roll).await?;
    let ballots: Vec<String> = store::ballots(&mut change.tx, poll)
        .await?
        .into_iter()
        .map(|one| one.ballot)
        .collect();
    let returned =
        u32::try_from(ballots.len()).map_err(|error| inconsistent(poll, error.to_string()))?;
    let tally = run_blocking(poll, move || sum(&election, &roll, &ballots)).await?;
    let next: PollState = poll.state.clone().close(returned, change.at)?;
    store::insert_object(&mut change.tx, poll, ObjectKind::EncryptedTally, &tally).await?;
    store::save_state(&mut change.tx, poll, poll.state.name(), &next).await?;
    change.publish_about(EntryKind::PollClosed, poll.election.as_str(), &json!({
            "poll": poll.id, "returned": returned, "encrypted_tally": Digest::of(&tally).to_string(),
            "confirmed_by": Party::ALL,
        }),
    )
    .await?;
    Ok(())
}

/// The encrypted sum of ballots, each of which was verified when it was cast.
fn sum(election: &str, roll: &str, ballots: &[String]) -> Result<String, String> {
    let election = Election::<Ed25519>::from_json(election.as_bytes())
        .map_err(|error| format!("election: {error}"))?;
    let roll = PublicCredentials::<Ed25519>::from_json(roll.as_bytes())
        .map_err(|error| format!("roll: {error}"))?;
    let ballots: Vec<Ballot<Ed25519>> = ballots
        .iter()
        .map(|text| Ballot::from_json(text.as_bytes()))
        .collect::<Result<_, _>>()
        .map_err(|error| format!("ballot: {error}"))?;
    let aggregate = tally::count::aggregate(&election, &roll, &ballots)
        .map_err(|error| format!("tally: {error}"))?;
    if usize::try_from(aggregate.ballots) == Ok(ballots.len()) {
        Ok(aggregate.tally.to_json())
    } else {
        Err("a credential has two ballots".to_owned())
    }
}

/// Runs mathematics on the blocking pool, so that pages go on being served.
pub(super) async fn run_blocking<T: Send + 'static>(
    poll: &Poll,
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, SessionError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| inconsistent(poll, error.to_string()))?
        .map_err(|reason| inconsistent(poll, reason))
}
