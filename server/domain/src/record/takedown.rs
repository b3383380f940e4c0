//! Taking a body down: illegal content, or personal data that slipped in. The tree still verifies; the reason is
//! public and itself an entry.

use super::audit::RecordEvent;
use super::values::recorded_as;
use super::{EntryIndex, store};
use crate::infra::app::App;
use crate::infra::database::DatabaseError;
use crate::name_enum;
use crate::record::change::{Actor, Change, Scope};
use tally::record::body::{BodyTakenDown, TakedownReason};
use tracing::instrument;

name_enum! {
    /// Why a body is taken down: the name in the record, in forms and in translation keys (`reason-<name>`).
    pub enum Reason {
        /// Personal data slipped in.
        PersonalData = "personal_data",
        /// The law forbids to show it.
        IllegalContent = "illegal_content",
    }
}

recorded_as!(Reason => TakedownReason { PersonalData IllegalContent });

/// Takes the body of an entry down for good, with its reason on the record. Answers with the new entry; `None` if
/// there is no such body or it is down already.
#[instrument(skip_all, fields(%entry), err(level = "debug"))]
pub async fn take_down(
    app: &App,
    actor: Actor,
    place: Option<Scope>,
    entry: EntryIndex,
    reason: Reason,
) -> Result<Option<EntryIndex>, DatabaseError> {
    let mut change = Change::begin(app, actor, place).await?;
    if !matches!(
        store::body_of(&mut change.tx, entry).await?,
        Some(store::Body::Shown { .. })
    ) {
        return Ok(None);
    }
    store::take_down(&mut change.tx, entry, change.at, reason.name()).await?;
    change
        .audit(RecordEvent::TakeDown { entry, reason })
        .await?;
    let said = change
        .publish(BodyTakenDown {
            position: entry.position(),
            reason: reason.into(),
        })
        .await?;
    change.commit().await?;
    Ok(Some(said))
}
