//! Taking a body down: illegal content, or personal data that slipped in. The tree still verifies; the reason is
//! public and itself an entry.

use super::audit::RecordEvent;
use super::values::recorded_as;
use super::{EntryIndex, store};
use crate::infra::app::App;
use crate::infra::database::DatabaseError;
use crate::record::change::{Actor, Change, Scope};
use tally::record::body::{BodyTakenDown, TakedownReason};
use tracing::instrument;

/// Why a body is taken down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Personal data slipped in.
    PersonalData,
    /// The law forbids to show it.
    IllegalContent,
}

recorded_as!(Reason => TakedownReason { PersonalData IllegalContent });

impl Reason {
    /// All reasons.
    pub const ALL: [Self; 2] = [Self::PersonalData, Self::IllegalContent];

    /// The stable code, in the record and in forms; in words `reason-<code>`, with hyphens.
    pub const fn code(self) -> &'static str {
        match self {
            Self::PersonalData => "personal_data",
            Self::IllegalContent => "illegal_content",
        }
    }

    /// The reason of this code.
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

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
    store::take_down(&mut change.tx, entry, change.at, reason.code()).await?;
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
