//! Reading a jurisdiction's audit trail, which is recorded in it.

use super::audit::PeopleEvent;
use super::store::{self, AuditEntry};
use crate::infra::app::App;
use crate::infra::audit_action::AuditAction;
use crate::infra::database::DatabaseError;
use crate::infra::ids::JurisdictionId;
use crate::record::change::{Actor, Change, Scope};
use tracing::instrument;

/// A page of the trail, newest line first.
#[derive(Debug, Clone)]
pub struct AuditTrail {
    /// Its lines.
    pub lines: Vec<AuditEntry>,
    /// The line that the next, older page ends before; `None` on the last page.
    pub older: Option<i64>,
    /// Every action that stands in the jurisdiction's trail.
    pub actions: Vec<AuditAction>,
}

/// Reads the newest `max` lines before line `before`, of one action where one is asked for.
#[instrument(skip_all, fields(%jurisdiction), err(level = "debug"))]
pub async fn read(
    app: &App,
    actor: Actor,
    jurisdiction: JurisdictionId,
    action: Option<AuditAction>,
    before: i64,
    max: u16,
) -> Result<AuditTrail, DatabaseError> {
    let scope = Scope {
        jurisdiction,
        cycle: None,
    };
    let mut change = Change::begin(app, actor, Some(scope)).await?;
    let (tx, limit) = (&mut change.tx, i64::from(max) + 1);
    let mut lines = store::audit_lines(tx, jurisdiction, action, before, limit).await?;
    let has_more = lines.len() > usize::from(max);
    lines.truncate(usize::from(max));
    let trail = AuditTrail {
        older: lines.last().filter(|_| has_more).map(|line| line.line),
        actions: store::audit_actions(tx, jurisdiction).await?,
        lines,
    };
    change
        .audit(PeopleEvent::AuditRead {
            jurisdiction,
            action,
        })
        .await?;
    change.commit().await?;
    Ok(trail)
}
