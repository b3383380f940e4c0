//! What screening does with clusters, each in one transaction of its own.

use super::assignment::{require_clerk, require_decider};
use super::assignment_store::keep_decision;
use super::audit::ScreeningEvent;
use super::cluster::{Cluster, ClusterId, Decision, DecisionError, Outcome};
use super::cluster_store as store;
use super::error::ScreeningError;
use crate::cycles::{Cycle, Hold, Stage, require_stage};
use crate::infra::app::App;
use crate::infra::clock::Timestamp;
use crate::infra::database::DatabaseError;
use crate::infra::ids::AccountId;
use crate::infra::unique_key::UniqueKey;
use crate::proposals::{self, ProposalId};
use crate::record::change::{Actor, Change};
use crate::record::values::{number, text};
use tally::record::body::{
    ProposalNumber, ProposalSplit, ProposalsMerged, PublicText, ScreeningDecided, ScreeningOutcome,
};
use tracing::instrument;

pub(super) const CLUSTERING: [Stage; 2] = [Stage::Collecting, Stage::Screening];

/// Puts proposals into a new cluster; the first stands for it. A single one is a cluster of one, and is no news.
#[instrument(skip_all, fields(cycle = %cycle.id), err(level = "debug"))]
pub async fn cluster(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
    chosen: &[ProposalId],
) -> Result<ClusterId, ScreeningError> {
    let mut change = Change::begin(app, actor, Some(cycle.scope())).await?;
    require_stage(&mut change.tx, cycle, Hold::Alone, &CLUSTERING).await?;
    require_clerk(&mut change.tx, actor, cycle).await?;
    let lead = *chosen.first().ok_or(ScreeningError::NothingChosen)?;
    require_accepted(&mut change, cycle, lead).await?;
    let id = ClusterId::new(change.at, &app.entropy);
    store::insert_cluster(&mut change.tx, cycle, id, lead, change.at).await?;
    for proposal in chosen {
        add_member(&mut change, cycle, id, *proposal).await?;
    }
    change
        .audit(ScreeningEvent::Cluster {
            cluster: id,
            proposals: chosen.len(),
        })
        .await?;
    if chosen.len() > 1 {
        publish_merge(&mut change, cycle, id).await?;
    }
    change.commit().await?;
    Ok(id)
}

/// Puts one more proposal into a cluster.
#[instrument(skip_all, fields(cycle = %cycle.id, cluster = %id, %proposal), err(level = "debug"))]
pub async fn join(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
    id: ClusterId,
    proposal: ProposalId,
) -> Result<(), ScreeningError> {
    let mut change = Change::begin(app, actor, Some(cycle.scope())).await?;
    require_stage(&mut change.tx, cycle, Hold::Alone, &CLUSTERING).await?;
    require_clerk(&mut change.tx, actor, cycle).await?;
    unpublished(&mut change, cycle, id).await?;
    let before = store::cluster_of(&mut change.tx, cycle.jurisdiction, proposal).await?;
    if let Some(before) = before.filter(|before| *before != id) {
        leave_own_cluster(&mut change, cycle, before, proposal).await?;
    }
    add_member(&mut change, cycle, id, proposal).await?;
    change
        .audit(ScreeningEvent::Join {
            cluster: id,
            proposal,
        })
        .await?;
    publish_merge(&mut change, cycle, id).await?;
    change.commit().await?;
    Ok(())
}

/// A proposal that was looked at alone, and neither assigned nor decided, may still be merged with others.
async fn leave_own_cluster(
    change: &mut Change<'_>,
    cycle: &Cycle,
    own: ClusterId,
    proposal: ProposalId,
) -> Result<(), ScreeningError> {
    let alone = store::cluster(&mut change.tx, cycle, own)
        .await?
        .is_some_and(|cluster| {
            cluster.members.len() == 1 && cluster.decision.is_none() && cluster.unit.is_none()
        });
    if !alone {
        return Err(ScreeningError::InAnotherCluster(proposal));
    }
    store::delete_member(&mut change.tx, cycle.jurisdiction, own, proposal).await?;
    store::delete_cluster(&mut change.tx, cycle.jurisdiction, own).await?;
    Ok(())
}

/// Requires that this cycle has the proposal and accepted it.
async fn require_accepted(
    change: &mut Change<'_>,
    cycle: &Cycle,
    proposal: ProposalId,
) -> Result<(), ScreeningError> {
    proposals::store::find(&mut change.tx, cycle, proposal)
        .await?
        .filter(|found| found.state.is_public())
        .map(|_| ())
        .ok_or(ScreeningError::NoSuchProposal(proposal))
}

async fn add_member(
    change: &mut Change<'_>,
    cycle: &Cycle,
    id: ClusterId,
    proposal: ProposalId,
) -> Result<(), ScreeningError> {
    require_accepted(change, cycle, proposal).await?;
    store::insert_member(&mut change.tx, cycle.jurisdiction, id, proposal, change.at)
        .await
        .map_err(|error| {
            if error.refused_by(UniqueKey::ClusterMembersOneCluster) {
                ScreeningError::InAnotherCluster(proposal)
            } else {
                error.into()
            }
        })
}

/// Takes a proposal out of a cluster, so that it is screened by itself.
#[instrument(skip_all, fields(cycle = %cycle.id, cluster = %id, %proposal), err(level = "debug"))]
pub async fn split(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
    id: ClusterId,
    proposal: ProposalId,
) -> Result<(), ScreeningError> {
    let mut change = Change::begin(app, actor, Some(cycle.scope())).await?;
    require_stage(&mut change.tx, cycle, Hold::Alone, &CLUSTERING).await?;
    require_clerk(&mut change.tx, actor, cycle).await?;
    let cluster = unpublished(&mut change, cycle, id).await?;
    if cluster.lead == proposal {
        return Err(ScreeningError::StandsForCluster(proposal));
    }
    let member = cluster
        .members
        .iter()
        .find(|member| member.id == proposal)
        .ok_or(ScreeningError::NoSuchProposal(proposal))?;
    store::delete_member(&mut change.tx, cycle.jurisdiction, id, proposal).await?;
    let split = ProposalSplit {
        proposal: number("proposal", member.number)?,
        cluster: cluster_number(&cluster)?,
    };
    change.publish(split).await?;
    change
        .audit(ScreeningEvent::Split {
            cluster: id,
            proposal,
        })
        .await?;
    change.commit().await?;
    Ok(())
}

/// A decision on a cluster.
#[derive(Debug)]
pub struct NewDecision<'a> {
    /// Who decides.
    pub by: AccountId,
    /// Whether it can be done.
    pub outcome: Outcome,
    /// In words.
    pub explanation: &'a str,
    /// When the decision was made that this one replaces, as its form showed it.
    pub seen: Option<Timestamp>,
}

/// Decides on a cluster. The decision is held until all are published together; one that was held before is kept.
#[instrument(skip_all, fields(cycle = %cycle.id, cluster = %id), err(level = "debug"))]
pub async fn decide(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
    id: ClusterId,
    new: NewDecision<'_>,
) -> Result<(), ScreeningError> {
    let mut change = Change::begin(app, actor, Some(cycle.scope())).await?;
    require_stage(&mut change.tx, cycle, Hold::Alone, &[Stage::Screening]).await?;
    let cluster = unpublished(&mut change, cycle, id).await?;
    require_decider(&mut change.tx, actor, cycle, &cluster).await?;
    if let Some(present) = &cluster.decision {
        if present.outcome == new.outcome && present.explanation == new.explanation {
            return Ok(());
        }
        if new.seen != Some(present.decided_at) {
            return Err(ScreeningError::Stale(id));
        }
    }
    let decision = cluster
        .decide(new.outcome, new.explanation.to_owned(), change.at)
        .map_err(|error| ScreeningError::State(id, error))?;
    keep_decision(&mut change.tx, cycle.jurisdiction, id).await?;
    let by = Some(new.by);
    store::set_decision(&mut change.tx, cycle.jurisdiction, id, by, &decision).await?;
    change
        .audit(ScreeningEvent::Decide {
            cluster: id,
            outcome: decision.outcome.name(),
        })
        .await?;
    change.commit().await?;
    Ok(())
}

/// Publishes every decision that is held. Says how many there were.
#[instrument(skip_all, fields(cycle = %cycle.id), err(level = "debug"))]
pub async fn publish_decisions(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
) -> Result<usize, ScreeningError> {
    let mut change = Change::begin(app, actor, Some(cycle.scope())).await?;
    let stages = [Stage::Screening, Stage::Shortlisted];
    require_stage(&mut change.tx, cycle, Hold::Alone, &stages).await?;
    let mut published = 0;
    for cluster in store::clusters(&mut change.tx, cycle).await? {
        let Ok(decision) = cluster.publish(change.at) else {
            continue;
        };
        let (tx, at) = (&mut change.tx, change.at);
        store::set_decision_published(tx, cycle.jurisdiction, cluster.id, at).await?;
        change.publish(decided(&cluster, &decision)?).await?;
        published += 1;
    }
    change
        .audit(ScreeningEvent::Publish {
            cycle: cycle.id,
            decisions: published,
        })
        .await?;
    change.commit().await?;
    Ok(published)
}

pub(super) async fn unpublished(
    change: &mut Change<'_>,
    cycle: &Cycle,
    id: ClusterId,
) -> Result<Cluster, ScreeningError> {
    let cluster = store::cluster(&mut change.tx, cycle, id)
        .await?
        .ok_or(ScreeningError::NoSuchCluster(id))?;
    if cluster.is_published() {
        return Err(ScreeningError::State(id, DecisionError::Published));
    }
    Ok(cluster)
}

async fn publish_merge(
    change: &mut Change<'_>,
    cycle: &Cycle,
    id: ClusterId,
) -> Result<(), ScreeningError> {
    let cluster = store::cluster(&mut change.tx, cycle, id)
        .await?
        .ok_or(ScreeningError::NoSuchCluster(id))?;
    let merged = ProposalsMerged {
        cluster: cluster_number(&cluster)?,
        proposals: member_numbers(&cluster)?,
        distinct_supporters: number("distinct_supporters", cluster.supporters)?,
    };
    change.publish(merged).await?;
    Ok(())
}

fn decided(cluster: &Cluster, decision: &Decision) -> Result<ScreeningDecided, DatabaseError> {
    let outcome = match &decision.outcome {
        Outcome::Feasible {
            unit,
            budget,
            funding,
        } => ScreeningOutcome::Feasible {
            unit: text("unit", unit)?,
            budget_fen: number("budget_fen", budget.fen())?,
            funding: PublicText::cleaned(funding),
        },
        Outcome::Declined { reason } => ScreeningOutcome::Declined {
            reason: reason.clone(),
        },
    };
    Ok(ScreeningDecided {
        cluster: cluster_number(cluster)?,
        proposals: member_numbers(cluster)?,
        distinct_supporters: number("distinct_supporters", cluster.supporters)?,
        outcome,
        explanation: PublicText::cleaned(&decision.explanation),
    })
}

/// The number of the proposal that stands for the cluster, by which the record calls it.
pub(super) fn cluster_number(cluster: &Cluster) -> Result<ProposalNumber, DatabaseError> {
    let lead = cluster
        .members
        .iter()
        .find(|member| member.id == cluster.lead);
    number("cluster", lead.map_or(0, |member| member.number))
}

fn member_numbers(cluster: &Cluster) -> Result<Vec<ProposalNumber>, DatabaseError> {
    cluster
        .members
        .iter()
        .map(|member| number("proposals", member.number))
        .collect()
}
