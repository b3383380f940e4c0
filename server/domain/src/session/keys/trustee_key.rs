//! A scrutineer's device hands in its public key.

use super::ceremony::ceremony;
use crate::infra::app::App;
use crate::infra::ids::AccountId;
use crate::infra::ids::JurisdictionId;
use crate::record::change::Actor;
use crate::session::audit::SessionEvent;
use crate::session::base::{begin, own_seat};
use crate::session::error::SessionError;
use crate::session::poll::{PollId, Scrutineer};
use crate::session::state::Step;
use crate::session::store;
use ballot::Digest;
use ballot::Ed25519;
use ballot::Group as _;
use ballot::Wire as _;
use ballot::group::GroupElement as _;
use ballot::trustee::VerificationKey;
use tracing::instrument;

/// A scrutineer's device gives its public key, in place of an earlier one until the freeze. The same again changes nothing.
#[instrument(skip_all, fields(%jurisdiction, %poll), err(level = "debug"))]
pub async fn submit_trustee_key(
    app: &App,
    account: AccountId,
    jurisdiction: JurisdictionId,
    poll: PollId,
    key: &str,
) -> Result<(), SessionError> {
    let refused = |reason: String| SessionError::TrusteeKey(reason);
    let read = VerificationKey::<Ed25519>::from_json(key.as_bytes())
        .map_err(|error| refused(error.to_string()))?;
    if read.public_key().is_identity() {
        return Err(refused("the key is the neutral element".to_owned()));
    }
    if !read.shows_possession() {
        return Err(refused("the proof of possession does not hold".to_owned()));
    }
    let (mut change, poll) = begin(app, Actor::Account(account), jurisdiction, poll).await?;
    poll.state.require(Step::Freeze)?;
    if poll.has_keys_before() {
        return Err(refused(
            "the key of the earlier poll serves this one".to_owned(),
        ));
    }
    if ceremony(&mut change.tx, &poll).await?.is_some() {
        return Err(refused("the scrutineers make one key together".to_owned()));
    }
    let all = store::scrutineers(&mut change.tx, &poll).await?;
    let own = own_seat(&all, account)?;
    let is_repeated =
        |one: &Scrutineer| one.number == own && one.public_key.as_deref() == Some(key);
    if all.iter().any(is_repeated) {
        return Ok(());
    }
    let public = Ed25519::encode(read.public_key());
    let taken = all
        .iter()
        .filter(|other| other.number != own)
        .filter_map(|other| other.public_key.as_deref())
        .any(|other| other.contains(&public));
    if taken {
        return Err(refused("another scrutineer has this key".to_owned()));
    }
    store::set_trustee_key(&mut change.tx, &poll, own, key, change.at).await?;
    change
        .audit(SessionEvent::TrusteeKey {
            poll: poll.id,
            trustee: own,
            key_hash: Digest::of(key),
        })
        .await?;
    change.commit().await?;
    Ok(())
}
