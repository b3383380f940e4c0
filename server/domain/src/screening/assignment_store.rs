//! To which units clusters were assigned, and what was decided before, in the database. Nothing here is ever changed.

use super::cluster::{ClusterId, Decision};
use super::cluster_store::DecisionRow;
use crate::cycles::Cycle;
use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, exactly_one};
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::on_either;
use crate::people::UnitId;
use tracing::instrument;

/// Assigns a cluster to a unit; the last assignment counts.
#[instrument(level = "debug", skip_all)]
pub(super) async fn assign(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    cluster: ClusterId,
    unit: UnitId,
    by: Option<AccountId>,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO cluster_assignments (jurisdiction, cluster, number, unit, assigned_by, assigned_at) \
         SELECT $1, $2, COUNT(*) + 1, $3, $4, $5 FROM cluster_assignments \
         WHERE jurisdiction = $1 AND cluster = $2",
    ).bind(jurisdiction).bind(cluster).bind(unit).bind(by).bind(at)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO cluster_assignments", touched)
}

/// Keeps the decision on a cluster, if there is one, before another takes its place.
#[instrument(level = "debug", skip_all)]
pub(super) async fn keep_decision(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    cluster: ClusterId,
) -> Result<(), DatabaseError> {
    on_either!(tx, conn => sqlx::query(
        "INSERT INTO former_decisions (jurisdiction, cluster, number, outcome, reason, explanation, unit, budget, \
         funding, decided_by, decided_at) \
         SELECT jurisdiction, cluster, (SELECT COUNT(*) + 1 FROM former_decisions AS kept \
             WHERE kept.jurisdiction = $1 AND kept.cluster = $2), outcome, reason, explanation, unit, budget, \
         funding, decided_by, decided_at FROM screening_decisions WHERE jurisdiction = $1 AND cluster = $2",
    ).bind(jurisdiction).bind(cluster).execute(&mut *conn).await?.rows_affected());
    Ok(())
}

/// What was decided on a cluster before the decision that stands, oldest first.
#[instrument(level = "debug", skip_all)]
pub async fn former_decisions(
    tx: &mut Tx,
    cycle: &Cycle,
    cluster: ClusterId,
) -> Result<Vec<Decision>, DatabaseError> {
    let rows: Vec<DecisionRow> = on_either!(tx, conn => sqlx::query_as(
        "SELECT outcome, reason, explanation, unit, budget, funding, decided_at, CAST(NULL AS BIGINT) AS published_at \
         FROM former_decisions WHERE jurisdiction = $1 AND cluster = $2 ORDER BY number",
    ).bind(cycle.jurisdiction).bind(cluster).fetch_all(&mut *conn).await?);
    rows.iter()
        .filter_map(|row| row.decision(cluster).transpose())
        .collect()
}
