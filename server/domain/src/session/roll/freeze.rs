//! The freeze: roll, keys and election are fixed, and with them what every ballot signs.

use crate::infra::database::DatabaseError;
use crate::record::change::Change;
use crate::record::values::{exact, sha256, text};
use crate::session::base::{inconsistent, run_blocking, stored_object};
use crate::session::error::SessionError;
use crate::session::poll::Party;
use crate::session::poll::Poll;
use crate::session::roll::{ElectionObjects, ElectionParts};
use crate::session::store;
use crate::session::store::ObjectKind;
use std::collections::BTreeMap;
use tally::record::body::{DelegationCount, PollFrozen};

/// Roll, keys and election are fixed and published; whose credential is whose is forgotten.
pub(in crate::session) async fn freeze(
    change: &mut Change<'_>,
    poll: &Poll,
) -> Result<(), SessionError> {
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
    let headcount = headcount.into_iter().map(|(delegation, signed_in)| {
        let delegation = text("delegation", &delegation)?;
        Ok::<_, DatabaseError>(DelegationCount {
            delegation,
            signed_in,
        })
    });
    let frozen = PollFrozen {
        election_uuid: (&poll.election).into(),
        fingerprint: (&objects.fingerprint).into(),
        election: exact("election", &objects.election)?,
        trustees: exact("trustees", &objects.trustees)?,
        roll_sha256: sha256("roll_sha256", &objects.roll_hash.to_hex())?,
        roll: exact("roll", &objects.roll)?,
        signed_in,
        headcount: headcount.collect::<Result<_, _>>()?,
        confirmed_by: Party::recorded(),
    };
    change.publish(frozen).await?;
    Ok(())
}
