//! The audit trail: who did what to which object, kept at least six months, never edited (a trigger refuses).

use super::clock::Timestamp;
use super::database::{DatabaseError, Tx};
use super::ids::{AccountId, JurisdictionId};
use crate::on_either;

/// One line of the audit trail. `details` holds no personal data beyond the account's id.
#[derive(Debug)]
pub struct AuditLine {
    /// When.
    pub at: Timestamp,
    /// Who; `None` for the system itself and for anonymous casts.
    pub account: Option<AccountId>,
    /// Where, if the act belongs to a jurisdiction.
    pub jurisdiction: Option<JurisdictionId>,
    /// What: `room.act`, e.g. `proposals.support`.
    pub action: &'static str,
    /// To which object: its id as text.
    pub object: String,
    /// Further facts.
    pub details: serde_json::Value,
}

/// Writes the line inside the caller's transaction.
pub async fn write(tx: &mut Tx, line: &AuditLine) -> Result<(), DatabaseError> {
    on_either!(tx, conn => sqlx::query(
        "INSERT INTO audit (at, account, jurisdiction, action, object, details) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(line.at)
    .bind(line.account)
    .bind(line.jurisdiction)
    .bind(line.action)
    .bind(&line.object)
    .bind(line.details.to_string())
    .execute(&mut *conn)
    .await?.rows_affected());
    Ok(())
}
