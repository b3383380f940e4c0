//! Who heads each delegation, and what the heads have confirmed.

use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, exactly_one};
use crate::infra::ids::AccountId;
use crate::on_either;
use crate::people::{DelegationId, DeputyId};
use crate::session::poll::Poll;
use tracing::instrument;

/// A delegation of a poll's jurisdiction with its head, and the head count that the head confirmed.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DelegationHead {
    /// The delegation.
    pub delegation: DelegationId,
    /// Its name.
    pub name: String,
    /// The head: a deputy in office.
    pub head: Option<DeputyId>,
    /// The head's roster number.
    pub head_number: Option<i32>,
    /// The head's name.
    pub head_name: Option<String>,
    /// The head's account.
    pub head_account: Option<AccountId>,
    /// The deputy who confirmed, where one has.
    pub confirmed_by: Option<DeputyId>,
    /// The hash of the names that were confirmed.
    pub names_sha256: Option<String>,
}

/// The delegations in the roster's order.
#[instrument(level = "debug", skip_all)]
pub async fn delegation_heads(
    tx: &mut Tx,
    poll: &Poll,
) -> Result<Vec<DelegationHead>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT delegations.id AS delegation, delegations.name, deputies.id AS head, deputies.number AS head_number, \
             deputies.name AS head_name, deputies.account AS head_account, poll_headcounts.head AS confirmed_by, \
             poll_headcounts.names_sha256 FROM delegations \
         LEFT JOIN delegation_heads ON delegation_heads.jurisdiction = delegations.jurisdiction \
             AND delegation_heads.delegation = delegations.id \
         LEFT JOIN deputies ON deputies.jurisdiction = delegations.jurisdiction \
             AND deputies.id = delegation_heads.deputy AND deputies.left_at IS NULL \
         LEFT JOIN poll_headcounts ON poll_headcounts.jurisdiction = delegations.jurisdiction \
             AND poll_headcounts.delegation = delegations.id AND poll_headcounts.poll = $2 \
         WHERE delegations.jurisdiction = $1 ORDER BY delegations.position, delegations.name",
    ).bind(poll.jurisdiction).bind(poll.check_in).fetch_all(&mut *conn).await?))
}

/// A head count to be kept.
#[derive(Debug)]
pub struct NewHeadcount<'a> {
    /// Of which delegation.
    pub delegation: DelegationId,
    /// By whom.
    pub head: DeputyId,
    /// The hash of the names.
    pub names_sha256: &'a str,
    /// When.
    pub at: Timestamp,
}

/// Keeps what a head has confirmed, in place of what was confirmed before.
#[instrument(level = "debug", skip_all)]
pub async fn keep_headcount(
    tx: &mut Tx,
    poll: &Poll,
    new: &NewHeadcount<'_>,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO poll_headcounts (jurisdiction, poll, delegation, head, names_sha256, at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (jurisdiction, poll, delegation) \
         DO UPDATE SET head = excluded.head, names_sha256 = excluded.names_sha256, at = excluded.at",
    ).bind(poll.jurisdiction).bind(poll.id).bind(new.delegation).bind(new.head).bind(new.names_sha256)
     .bind(new.at).execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO poll_headcounts", touched)
}
