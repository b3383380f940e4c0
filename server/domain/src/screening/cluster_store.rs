//! Clusters and their decisions in the database.

use super::cluster::{Cluster, ClusterId, Decision, Member, Outcome, OutcomeName, Standing};
use crate::cycles::Cycle;
use crate::cycles::settings::DeclineReasonCode;
use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, exactly_one};
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::infra::money::Money;
use crate::on_either;
use crate::people::{Unit, UnitId};
use crate::proposals::ProposalId;
use std::collections::HashMap;
use tracing::instrument;

#[derive(sqlx::FromRow)]
struct ClusterRow {
    id: ClusterId,
    lead: ProposalId,
    #[sqlx(flatten)]
    decision: DecisionRow,
    unit_id: Option<UnitId>,
    unit_name: Option<String>,
}

/// A decision's columns; all empty where there is none.
#[derive(sqlx::FromRow)]
pub(super) struct DecisionRow {
    outcome: Option<OutcomeName>,
    reason: Option<String>,
    explanation: Option<String>,
    unit: Option<String>,
    budget: Option<Money>,
    funding: Option<String>,
    decided_at: Option<Timestamp>,
    published_at: Option<Timestamp>,
}

impl DecisionRow {
    /// The decision on this cluster.
    pub(super) fn decision(&self, cluster: ClusterId) -> Result<Option<Decision>, DatabaseError> {
        let Some(decided_at) = self.decided_at else {
            return Ok(None);
        };
        let reason = self.reason.as_deref().and_then(DeclineReasonCode::new);
        let outcome = match (self.outcome, reason, &self.unit, self.budget) {
            (Some(OutcomeName::Feasible), None, Some(unit), Some(budget)) => Outcome::Feasible {
                unit: unit.clone(),
                budget,
                funding: self.funding.clone().unwrap_or_default(),
            },
            (Some(OutcomeName::Declined), Some(reason), None, None) => Outcome::Declined { reason },
            (outcome, ..) => {
                return Err(DatabaseError::Column {
                    table: "screening_decisions",
                    column: "outcome",
                    reason: format!("{outcome:?}, which does not fit the rest of {cluster}"),
                });
            }
        };
        Ok(Some(Decision {
            outcome,
            explanation: self.explanation.clone().unwrap_or_default(),
            decided_at,
            published_at: self.published_at,
        }))
    }
}

#[derive(sqlx::FromRow)]
struct MemberRow {
    cluster: ClusterId,
    id: ProposalId,
    number: i32,
    title: String,
    district: Option<String>,
}

/// A decision's columns, and the unit's that has the cluster.
pub(super) const DECIDED: &str = "screening_decisions.outcome, screening_decisions.reason, \
     screening_decisions.explanation, screening_decisions.unit, screening_decisions.budget, \
     screening_decisions.funding, screening_decisions.decided_at, screening_decisions.published_at, \
     units.id AS unit_id, units.name AS unit_name";

/// From a cluster to its decision and to the unit that has it.
pub(super) const WITH_DECISION: &str = "LEFT JOIN screening_decisions \
     ON screening_decisions.jurisdiction = clusters.jurisdiction AND screening_decisions.cluster = clusters.id \
     LEFT JOIN cluster_assignments ON cluster_assignments.jurisdiction = clusters.jurisdiction \
     AND cluster_assignments.cluster = clusters.id AND cluster_assignments.number = \
         (SELECT COUNT(*) FROM cluster_assignments AS every_one WHERE every_one.jurisdiction = clusters.jurisdiction \
         AND every_one.cluster = clusters.id) \
     LEFT JOIN units ON units.jurisdiction = clusters.jurisdiction AND units.id = cluster_assignments.unit";

fn clusters_sql(more: &str) -> String {
    format!(
        "SELECT clusters.id, clusters.lead, {DECIDED} FROM clusters {WITH_DECISION} \
         WHERE clusters.jurisdiction = $1 AND clusters.cycle = $2 {more}"
    )
}

/// All clusters of the cycle, oldest first.
#[instrument(level = "debug", skip_all)]
pub async fn clusters(tx: &mut Tx, cycle: &Cycle) -> Result<Vec<Cluster>, DatabaseError> {
    let sql = clusters_sql("ORDER BY clusters.id");
    let rows: Vec<ClusterRow> = on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(cycle.jurisdiction).bind(cycle.id).fetch_all(&mut *conn).await?);
    assemble(tx, cycle, rows).await
}

/// One cluster of the cycle, kept for this transaction alone until its end.
#[instrument(level = "debug", skip_all)]
pub async fn cluster(
    tx: &mut Tx,
    cycle: &Cycle,
    id: ClusterId,
) -> Result<Option<Cluster>, DatabaseError> {
    let sql = clusters_sql("AND clusters.id = $3");
    let rows: Vec<ClusterRow> = on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(cycle.jurisdiction).bind(cycle.id).bind(id).fetch_all(&mut *conn).await?);
    Ok(assemble(tx, cycle, rows).await?.pop())
}

/// How many of the cycle's clusters are feasible, as far as that is published.
#[instrument(level = "debug", skip_all)]
pub async fn count_feasible(tx: &mut Tx, cycle: &Cycle) -> Result<i64, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "SELECT COUNT(*) FROM screening_decisions JOIN clusters \
             ON clusters.jurisdiction = screening_decisions.jurisdiction AND clusters.id = screening_decisions.cluster \
         WHERE clusters.jurisdiction = $1 AND clusters.cycle = $2 AND screening_decisions.outcome = 'feasible' \
             AND screening_decisions.published_at IS NOT NULL",
    ).bind(cycle.jurisdiction).bind(cycle.id).fetch_one(&mut *conn).await?))
}

async fn assemble(
    tx: &mut Tx,
    cycle: &Cycle,
    rows: Vec<ClusterRow>,
) -> Result<Vec<Cluster>, DatabaseError> {
    let mut members_of = members(tx, cycle).await?;
    let supporters: Vec<(ClusterId, i64)> = on_either!(tx, conn => sqlx::query_as(
        "SELECT cluster_members.cluster, COUNT(DISTINCT supports.account) FROM cluster_members \
         JOIN clusters ON clusters.jurisdiction = cluster_members.jurisdiction \
             AND clusters.id = cluster_members.cluster \
         JOIN supports ON supports.jurisdiction = cluster_members.jurisdiction \
             AND supports.proposal = cluster_members.proposal \
         WHERE clusters.jurisdiction = $1 AND clusters.cycle = $2 GROUP BY cluster_members.cluster",
    ).bind(cycle.jurisdiction).bind(cycle.id).fetch_all(&mut *conn).await?);
    let supporters: HashMap<ClusterId, i64> = supporters.into_iter().collect();
    rows.into_iter()
        .map(|row| {
            Ok(Cluster {
                decision: row.decision.decision(row.id)?,
                unit: row
                    .unit_id
                    .zip(row.unit_name)
                    .map(|(id, name)| Unit { id, name }),
                id: row.id,
                lead: row.lead,
                members: members_of.remove(&row.id).unwrap_or_default(),
                supporters: supporters.get(&row.id).copied().unwrap_or(0),
            })
        })
        .collect()
}

/// The proposals of each of the cycle's clusters, by number.
#[instrument(level = "debug", skip_all)]
pub(super) async fn members(
    tx: &mut Tx,
    cycle: &Cycle,
) -> Result<HashMap<ClusterId, Vec<Member>>, DatabaseError> {
    let rows: Vec<MemberRow> = on_either!(tx, conn => sqlx::query_as(
        "SELECT cluster_members.cluster, proposals.id, proposals.number, proposals.title, \
         proposals.district FROM cluster_members \
         JOIN proposals ON proposals.jurisdiction = cluster_members.jurisdiction \
             AND proposals.id = cluster_members.proposal \
         WHERE proposals.jurisdiction = $1 AND proposals.cycle = $2 ORDER BY proposals.number",
    ).bind(cycle.jurisdiction).bind(cycle.id).fetch_all(&mut *conn).await?);
    let mut members: HashMap<ClusterId, Vec<Member>> = HashMap::new();
    for row in rows {
        members.entry(row.cluster).or_default().push(Member {
            id: row.id,
            number: row.number,
            title: row.title,
            district: row.district,
        });
    }
    Ok(members)
}

/// The cluster that a proposal is in.
#[instrument(level = "debug", skip_all)]
pub async fn cluster_of(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    proposal: ProposalId,
) -> Result<Option<ClusterId>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "SELECT cluster FROM cluster_members WHERE jurisdiction = $1 AND proposal = $2",
    ).bind(jurisdiction).bind(proposal).fetch_optional(&mut *conn).await?))
}

/// Accepted proposals of the cycle that are in no cluster yet, most supporters first: id, number, title,
/// supporters.
#[instrument(level = "debug", skip_all)]
pub async fn unclustered(
    tx: &mut Tx,
    cycle: &Cycle,
) -> Result<Vec<(ProposalId, i32, String, i64)>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT id, number, title, supporters FROM proposals WHERE jurisdiction = $1 AND cycle = $2 \
         AND state = 'accepted' AND NOT EXISTS (SELECT 1 FROM cluster_members \
             WHERE cluster_members.jurisdiction = proposals.jurisdiction \
             AND cluster_members.proposal = proposals.id) ORDER BY supporters DESC, number",
    ).bind(cycle.jurisdiction).bind(cycle.id).fetch_all(&mut *conn).await?))
}

/// Adds a cluster; its members are added one by one.
#[instrument(level = "debug", skip_all)]
pub async fn insert_cluster(
    tx: &mut Tx,
    cycle: &Cycle,
    id: ClusterId,
    lead: ProposalId,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    on_either!(tx, conn => sqlx::query(
        "INSERT INTO clusters (jurisdiction, id, cycle, lead, made_at) VALUES ($1, $2, $3, $4, $5)",
    ).bind(cycle.jurisdiction).bind(id).bind(cycle.id).bind(lead).bind(at)
     .execute(&mut *conn).await?.rows_affected());
    Ok(())
}

/// Takes away a cluster that has no members left.
#[instrument(level = "debug", skip_all)]
pub(crate) async fn delete_cluster(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    id: ClusterId,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "DELETE FROM clusters WHERE jurisdiction = $1 AND id = $2",
    ).bind(jurisdiction).bind(id).execute(&mut *conn).await?.rows_affected());
    exactly_one("DELETE FROM clusters", touched)
}

/// Puts a proposal into a cluster; one that is in another is refused by `cluster_members_one_cluster`.
#[instrument(level = "debug", skip_all)]
pub async fn insert_member(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    cluster: ClusterId,
    proposal: ProposalId,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    on_either!(tx, conn => sqlx::query(
        "INSERT INTO cluster_members (jurisdiction, proposal, cluster, at) VALUES ($1, $2, $3, $4)",
    ).bind(jurisdiction).bind(proposal).bind(cluster).bind(at)
     .execute(&mut *conn).await?.rows_affected());
    Ok(())
}

/// Takes a proposal out of its cluster.
#[instrument(level = "debug", skip_all)]
pub(crate) async fn delete_member(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    cluster: ClusterId,
    proposal: ProposalId,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "DELETE FROM cluster_members WHERE jurisdiction = $1 AND cluster = $2 AND proposal = $3",
    ).bind(jurisdiction).bind(cluster).bind(proposal).execute(&mut *conn).await?.rows_affected());
    exactly_one("DELETE FROM cluster_members", touched)
}

/// Writes a decision, or a better one in place of one that is not published.
#[instrument(level = "debug", skip_all)]
pub async fn set_decision(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    cluster: ClusterId,
    by: Option<AccountId>,
    decision: &Decision,
) -> Result<(), DatabaseError> {
    let (reason, unit, budget, funding) = match &decision.outcome {
        Outcome::Feasible {
            unit,
            budget,
            funding,
        } => (
            None,
            Some(unit.as_str()),
            Some(*budget),
            Some(funding.as_str()),
        ),
        Outcome::Declined { reason } => (Some(reason.as_str()), None, None, None),
    };
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO screening_decisions (jurisdiction, cluster, outcome, reason, explanation, unit, budget, \
         funding, decided_by, decided_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         ON CONFLICT (jurisdiction, cluster) DO UPDATE SET outcome = excluded.outcome, \
         reason = excluded.reason, explanation = excluded.explanation, unit = excluded.unit, \
         budget = excluded.budget, funding = excluded.funding, decided_by = excluded.decided_by, \
         decided_at = excluded.decided_at WHERE screening_decisions.published_at IS NULL",
    ).bind(jurisdiction).bind(cluster).bind(decision.outcome.name()).bind(reason)
     .bind(&decision.explanation).bind(unit).bind(budget).bind(funding).bind(by)
     .bind(decision.decided_at)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO screening_decisions", touched)
}

/// Notes that a decision is published.
#[instrument(level = "debug", skip_all)]
pub async fn set_decision_published(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    cluster: ClusterId,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "UPDATE screening_decisions SET published_at = $3 \
         WHERE jurisdiction = $1 AND cluster = $2 AND published_at IS NULL",
    ).bind(jurisdiction).bind(cluster).bind(at).execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE screening_decisions", touched)
}

/// How a proposal fares in screening, as everybody may know; `None` while it is in no cluster.
#[instrument(level = "debug", skip_all)]
pub async fn standing(
    tx: &mut Tx,
    cycle: &Cycle,
    proposal: ProposalId,
) -> Result<Option<Standing>, DatabaseError> {
    let Some(id) = cluster_of(tx, cycle.jurisdiction, proposal).await? else {
        return Ok(None);
    };
    let Some(mut found) = cluster(tx, cycle, id).await? else {
        return Ok(None);
    };
    let published = found.is_published();
    let candidates: Vec<(String, String)> = on_either!(tx, conn => sqlx::query_as(
        "SELECT candidates.code, candidates.title FROM candidate_clusters \
         JOIN candidates ON candidates.jurisdiction = candidate_clusters.jurisdiction \
             AND candidates.id = candidate_clusters.candidate \
         JOIN shortlists ON shortlists.jurisdiction = candidates.jurisdiction \
             AND shortlists.cycle = candidates.cycle \
         WHERE candidate_clusters.jurisdiction = $1 AND candidate_clusters.cluster = $2 \
             AND shortlists.published_at IS NOT NULL ORDER BY candidates.code",
    ).bind(cycle.jurisdiction).bind(id).fetch_all(&mut *conn).await?);
    found.members.retain(|member| member.id != proposal);
    Ok(Some(Standing {
        others: found.members,
        supporters: found.supporters,
        decision: found.decision.filter(|_| published),
        candidates,
    }))
}
