//! Until when the office plans to let deputies vote. It closes nothing: two people close. The screen counts down to it, and it is put
//! off or taken back as often as the meeting likes.

use crate::infra::app::App;
use crate::infra::clock::Timestamp;
use crate::infra::ids::JurisdictionId;
use crate::record::change::Actor;
use crate::session::audit::SessionEvent;
use crate::session::base::begin;
use crate::session::error::SessionError;
use crate::session::poll::PollId;
use crate::session::state::Step;
use crate::session::store;
use tracing::instrument;

/// Plans the end of an open vote so many minutes from now, or takes the plan back. Answers with the moment.
///
/// # Errors
/// [`SessionError::State`] where nobody can vote
#[instrument(skip_all, fields(%jurisdiction, %poll), err(level = "debug"))]
pub async fn plan_end(
    app: &App,
    actor: Actor,
    jurisdiction: JurisdictionId,
    poll: PollId,
    minutes: Option<u32>,
) -> Result<Option<Timestamp>, SessionError> {
    let (mut change, poll) = begin(app, actor, jurisdiction, poll).await?;
    poll.state.require(Step::Close)?;
    let end = minutes.map(|minutes| change.at.plus_seconds(i64::from(minutes) * 60));
    store::set_planned_end(&mut change.tx, &poll, end).await?;
    change
        .audit(SessionEvent::PlanEnd {
            poll: poll.id,
            minutes: minutes.unwrap_or(0),
        })
        .await?;
    change.commit().await?;
    Ok(end)
}
