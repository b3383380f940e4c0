//! The number and the day of the presidium's announcement (公告). The result itself was published by the chair; these two are what the
//! office adds to its printed text. They stand in the public record, so that nobody prints another.

use crate::infra::app::App;
use crate::infra::ids::JurisdictionId;
use crate::infra::unique_key::UniqueKey;
use crate::record::change::Actor;
use crate::record::values::{date, number};
use crate::session::audit::SessionEvent;
use crate::session::base::begin;
use crate::session::error::SessionError;
use crate::session::poll::{Numbered, PollId};
use crate::session::state::PollState;
use crate::session::store;
use tally::record::body::AnnouncementNumbered;
use tracing::instrument;

/// The office enters number and day, once. The same again is harmless.
///
/// # Errors
/// [`SessionError::State`] before the result was announced, [`SessionError::AnnouncementDay`], [`SessionError::NumberTaken`] by another
/// announcement of the year, and [`SessionError::AlreadyNumbered`] where others were entered before.
#[instrument(skip_all, fields(%jurisdiction, %poll), err(level = "debug"))]
pub async fn number_announcement(
    app: &App,
    actor: Actor,
    jurisdiction: JurisdictionId,
    poll: PollId,
    new: Numbered,
) -> Result<(), SessionError> {
    let (mut change, poll) = begin(app, actor, jurisdiction, poll).await?;
    let PollState::Announced(announced) = &poll.state else {
        return Err(SessionError::NotAnnounced);
    };
    if let Some(earlier) = store::numbered(&mut change.tx, &poll).await? {
        return if earlier == new {
            Ok(())
        } else {
            Err(SessionError::AlreadyNumbered)
        };
    }
    let zone = app.config.zone();
    if new.day < announced.at.in_zone(zone).date() {
        return Err(SessionError::AnnouncementDay("before-the-result"));
    }
    if new.day > change.at.in_zone(zone).date() {
        return Err(SessionError::AnnouncementDay("day-to-come"));
    }
    let kept = store::insert_numbered(&mut change.tx, &poll, new, change.at).await;
    match kept {
        Err(error) if error.refused_by(UniqueKey::PollAnnouncementsNumber) => {
            return Err(SessionError::NumberTaken);
        }
        kept => kept?,
    }
    change
        .audit(SessionEvent::NumberAnnouncement {
            poll: poll.id,
            number: new.number,
            day: new.day,
        })
        .await?;
    change
        .publish(AnnouncementNumbered {
            election_uuid: (&poll.election).into(),
            number: number("announcement_number", i64::from(new.number))?,
            day: date("announcement_day", new.day)?,
        })
        .await?;
    change.commit().await?;
    Ok(())
}
