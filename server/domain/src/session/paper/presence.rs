//! Who is present without a device and votes on paper, as the desk notes it until the freeze.

use crate::infra::app::App;
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::record::change::Actor;
use crate::session::audit::SessionEvent;
use crate::session::base::begin;
use crate::session::error::SessionError;
use crate::session::paper::reserved_paper;
use crate::session::poll::PollId;
use crate::session::state::StateName;
use crate::session::store;
use tracing::instrument;

/// The desk notes that the deputy of this roster number is present and votes on paper: what a device of his or hers registered is
/// forgotten. Taken back, the deputy is not present, until a device checks in. The same again changes nothing.
///
/// # Errors
/// [`SessionError::CheckInClosed`] · [`SessionError::NoSuchDeputy`] · [`SessionError::NoPaper`] where the rule reserves none ·
/// [`SessionError::PaperUsedUp`] where as many vote on paper as it reserves
#[instrument(skip_all, fields(%jurisdiction, %poll), err(level = "debug"))]
pub async fn set_on_paper(
    app: &App,
    account: AccountId,
    jurisdiction: JurisdictionId,
    poll: PollId,
    number: i32,
    on_paper: bool,
) -> Result<(), SessionError> {
    let (mut change, poll) = begin(app, Actor::Account(account), jurisdiction, poll).await?;
    let roster = store::desk_roster(&mut change.tx, &poll).await?;
    let deputy = roster.into_iter().find(|one| one.number == number);
    let deputy = deputy.ok_or(SessionError::NoSuchDeputy)?;
    if poll.state.name() != StateName::RulesAdopted || poll.is_checked_in_before() {
        return Err(SessionError::CheckInClosed);
    }
    let reserved = reserved_paper(&mut change.tx, &poll).await?;
    if reserved == 0 {
        return Err(SessionError::NoPaper);
    }
    if deputy.on_paper == on_paper {
        return Ok(());
    }
    let event = if on_paper {
        if store::count_on_paper(&mut change.tx, &poll).await? >= reserved {
            return Err(SessionError::PaperUsedUp);
        }
        store::delete_links_of(&mut change.tx, &poll, deputy.id).await?;
        store::attend_on_paper(&mut change.tx, &poll, deputy.id, change.at).await?;
        SessionEvent::OnPaper {
            poll: poll.id,
            deputy: deputy.id,
        }
    } else {
        store::leave(&mut change.tx, &poll, deputy.id).await?;
        SessionEvent::NotOnPaper {
            poll: poll.id,
            deputy: deputy.id,
        }
    };
    change.audit(event).await?;
    change.commit().await?;
    Ok(())
}
