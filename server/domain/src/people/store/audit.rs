//! Reading the audit trail.

use crate::infra::audit_action::AuditAction;
use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx};
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::on_either;
use tracing::instrument;

/// A line of the audit trail as its readers see it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AuditEntry {
    /// Its position.
    pub line: i64,
    /// When.
    pub at: Timestamp,
    /// Who; `None` for the system and for anonymous casts.
    pub account: Option<AccountId>,
    /// The name of who, where the account still stands.
    pub display_name: Option<String>,
    /// What.
    pub action: AuditAction,
    /// To which object.
    pub object: String,
    /// Further facts, as JSON.
    pub details: String,
}

/// The newest `limit` lines of a jurisdiction before line `before`, of one action where one is asked for.
#[instrument(level = "debug", skip_all)]
pub async fn audit_lines(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    action: Option<AuditAction>,
    before: i64,
    limit: i64,
) -> Result<Vec<AuditEntry>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT audit.line, audit.at, audit.account, accounts.display_name, audit.action, audit.object, audit.details \
         FROM audit LEFT JOIN accounts ON accounts.id = audit.account \
         WHERE audit.jurisdiction = $1 AND audit.line < $2 AND ($3 = '' OR audit.action = $3) \
         ORDER BY audit.line DESC LIMIT $4",
    ).bind(jurisdiction).bind(before).bind(action.map_or("", AuditAction::name)).bind(limit)
     .fetch_all(&mut *conn).await?))
}

/// The actions that stand in a jurisdiction's trail.
#[instrument(level = "debug", skip_all)]
pub async fn audit_actions(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
) -> Result<Vec<AuditAction>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "SELECT DISTINCT action FROM audit WHERE jurisdiction = $1 ORDER BY action",
    ).bind(jurisdiction).fetch_all(&mut *conn).await?))
}
