//! Check-in (签到): a deputy is present, and the device's public credential will be on the roll.

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
use crate::session::poll::PollId;
use crate::session::state::StateName;
use crate::session::store;
use ballot::Ed25519;
use ballot::Group as _;
use ballot::group::GroupElement as _;
use tracing::instrument;

/// A deputy checks in: the device's public credential will be on the roll. The same again changes nothing. Answers with how
/// many are present.
#[instrument(skip_all, fields(%jurisdiction, %poll), err(level = "debug"))]
pub async fn check_in(
    app: &App,
    actor: Actor,
    jurisdiction: JurisdictionId,
    poll: PollId,
    deputy: DeputyId,
    credential: &str,
) -> Result<u32, SessionError> {
    let element =
        Ed25519::decode(credential).map_err(|_| SessionError::Credential("not-a-credential"))?;
    if element.is_identity() {
        return Err(SessionError::Credential("not-a-credential"));
    }
    let (mut change, poll) = begin(app, actor, jurisdiction, poll).await?;
    if poll.state.name() != StateName::RulesAdopted {
        return Err(SessionError::CheckInClosed);
    }
    let link = Links::of(app, &poll)?.seal(deputy, credential)?;
    if store::is_linked(&mut change.tx, &poll, deputy, &link).await? {
        return Ok(store::count_present(&mut change.tx, &poll).await?);
    }
    store::attend(&mut change.tx, &poll, deputy, change.at).await?;
    store::link(&mut change.tx, &poll, deputy, &link)
        .await
        .map_err(credential_taken)?;
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

fn credential_taken(error: DatabaseError) -> SessionError {
    if error.refused_by(UniqueKey::PollLinksCredential) {
        SessionError::Credential("credential-taken")
    } else {
        error.into()
    }
}
