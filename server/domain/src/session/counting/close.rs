//! Voting ends: the ballots are summed under encryption.

use crate::infra::database::Tx;
use crate::record;
use crate::record::change::Change;
use crate::record::values::public_credential;
use crate::session::base::{inconsistent, run_blocking, stored_object};
use crate::session::counting::box_check::require_recorded;
use crate::session::error::SessionError;
use crate::session::paper::{require_counted, unused};
use crate::session::poll::Party;
use crate::session::poll::Poll;
use crate::session::state::PollState;
use crate::session::store;
use crate::session::store::ObjectKind;
use ballot::{Digest, Ed25519, Tracker, Wire as _};
use tally::opening::sum_texts;
use tally::record::body::PollClosed;
use tracing::instrument;

/// Voting ends: the ballots are summed under encryption, and only the result can follow.
#[instrument(skip_all, fields(poll = %poll.id), err(level = "debug"))]
pub(in crate::session) async fn close(
    change: &mut Change<'_>,
    poll: &Poll,
) -> Result<(), SessionError> {
    // A cast holds the record's head from its entry to its commit: from here on none is under way.
    record::store::hold(&mut change.tx).await?;
    let election = stored_object(&mut change.tx, poll, ObjectKind::Election).await?;
    let roll = stored_object(&mut change.tx, poll, ObjectKind::Roll).await?;
    let ballots: Vec<String> = store::ballots(&mut change.tx, poll)
        .await?
        .into_iter()
        .map(|one| one.ballot)
        .collect();
    require_recorded(&mut change.tx, poll).await?;
    require_counted(&mut change.tx, poll).await?;
    let returned =
        u32::try_from(ballots.len()).map_err(|error| inconsistent(poll, error.to_string()))?;
    let sum = run_blocking(poll, move || {
        sum_texts::<Ed25519>(&election, &roll, &ballots)
    })
    .await?;
    let tally = sum.tally.to_json();
    let next: PollState = poll.state.clone().close(returned, change.at)?;
    store::insert_object(&mut change.tx, poll, ObjectKind::EncryptedTally, &tally).await?;
    store::save_state(&mut change.tx, poll, poll.state.name(), &next).await?;
    let spoiled = spoiled(&mut change.tx, poll).await?;
    let voided = unused(&mut change.tx, poll).await?;
    store::forget_papers(&mut change.tx, poll).await?;
    let closed = PollClosed {
        election_uuid: (&poll.election).into(),
        returned,
        encrypted_tally_hash: (&Digest::of(&tally)).into(),
        revoked: Vec::new(),
        voided: voided
            .iter()
            .map(|one| public_credential(one))
            .collect::<Result<_, _>>()?,
        spoiled: spoiled.iter().map(Into::into).collect(),
        confirmed_by: Party::recorded(),
    };
    change.publish(closed).await?;
    Ok(())
}

/// The trackers of the challenged ballots, in the order of the record.
pub(in crate::session) async fn spoiled(
    tx: &mut Tx,
    poll: &Poll,
) -> Result<Vec<Tracker>, SessionError> {
    let texts = store::spoiled(tx, poll).await?;
    let trackers = texts.iter().map(|text| {
        Tracker::parse(text).ok_or_else(|| inconsistent(poll, format!("`{text}` is no tracker")))
    });
    trackers.collect()
}
