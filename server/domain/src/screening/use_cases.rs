//! What screening does with clusters, each in one transaction of its own.

use super::assignment::{require_clerk, require_decider};
use super::assignment_store::keep_decision;
use super::audit::ScreeningEvent;
use super::case::{Chosen, Seen};
use super::cluster::{Cluster, ClusterId, Decision, DecisionError, Outcome};
use super::cluster_store as store;
use super::error::ScreeningError;
use crate::cycles::{Cycle, Hold, Stage, require_stage};
use crate::infra::app::App;
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

/// Puts proposals together: into the cluster that the first is in, or into a new one that the first stands for. What is in it
/// already stays; a single one is a cluster of one, and is no news.
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
    let (first, others) = chosen.split_first().ok_or(ScreeningError::NothingChosen)?;
    let before = store::cluster_of(&mut change.tx, cycle.jurisdiction, *first).await?;
    let id = cluster_for(&mut change, cycle, *first).await?.id;
    let mut joined = 0;
    for other in others {
        if join(&mut change, cycle, id, *other).await? {
            joined += 1;
        }
    }
    if joined > 0 {
        publish_merge(&mut change, cycle, id).await?;
    }
    if joined > 0 || before.is_none() {
        change.commit().await?;
    }
    Ok(id)
}

/// The cluster that an accepted proposal is in; where it is in none, one of its own is opened.
pub(super) async fn cluster_for(
    change: &mut Change<'_>,
    cycle: &Cycle,
    proposal: ProposalId,
) -> Result<Cluster, ScreeningError> {
    let found = store::cluster_of(&mut change.tx, cycle.jurisdiction, proposal).await?;
    let id = if let Some(id) = found {
        id
    } else {
        require_accepted(change, cycle, proposal).await?;
        let id = ClusterId::new(change.at, &change.app().entropy);
        store::insert_cluster(&mut change.tx, cycle, id, proposal, change.at).await?;
        add_member(change, cycle, id, proposal).await?;
        change
            .audit(ScreeningEvent::Cluster {
                cluster: id,
                proposals: 1,
            })
            .await?;
        id
    };
    unpublished(change, cycle, id).await
}

/// Puts one more proposal into a cluster. Says whether it was not there already.
async fn join(
    change: &mut Change<'_>,
    cycle: &Cycle,
    id: ClusterId,
    proposal: ProposalId,
) -> Result<bool, ScreeningError> {
    let before = store::cluster_of(&mut change.tx, cycle.jurisdiction, proposal).await?;
    if before == Some(id) {
        return Ok(false);
    }
    if let Some(before) = before {
        leave_own_cluster(change, cycle, before, proposal).await?;
    }
    add_member(change, cycle, id, proposal).await?;
    change
        .audit(ScreeningEvent::Join {
            cluster: id,
            proposal,
        })
        .await?;
    Ok(true)
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

/// A decision on one case or on several.
#[derive(Debug)]
pub struct NewDecision<'a> {
    /// Who decides.
    pub by: AccountId,
    /// Whether it can be done.
    pub outcome: Outcome,
    /// In words.
    pub explanation: &'a str,
}

/// Decides on what was chosen, on all of it or on nothing; a proposal that is in no cluster is reviewed by itself. The decisions are
/// held until all are published together; those that were held before are kept. The same decision again changes nothing.
#[instrument(skip_all, fields(cycle = %cycle.id, cases = on.len()), err(level = "debug"))]
pub async fn decide(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
    on: &[Chosen],
    new: &NewDecision<'_>,
) -> Result<(), ScreeningError> {
    let mut change = Change::begin(app, actor, Some(cycle.scope())).await?;
    require_stage(&mut change.tx, cycle, Hold::Alone, &[Stage::Screening]).await?;
    if on.is_empty() {
        return Err(ScreeningError::NothingChosen);
    }
    let mut decided = false;
    for chosen in on {
        let cluster = reviewed_by(&mut change, actor, cycle, chosen.proposal).await?;
        decided |= decide_one(&mut change, cycle, (chosen, &cluster), new).await?;
    }
    if decided {
        change.commit().await?;
    }
    Ok(())
}

/// The cluster of a proposal, for somebody who may decide on it.
async fn reviewed_by(
    change: &mut Change<'_>,
    actor: Actor,
    cycle: &Cycle,
    proposal: ProposalId,
) -> Result<Cluster, ScreeningError> {
    let found = store::cluster_of(&mut change.tx, cycle.jurisdiction, proposal).await?;
    if found.is_none() {
        // What nobody has assigned is no unit's to decide.
        require_clerk(&mut change.tx, actor, cycle).await?;
    }
    let cluster = cluster_for(change, cycle, proposal).await?;
    require_decider(&mut change.tx, actor, cycle, &cluster).await?;
    Ok(cluster)
}

/// Decides on one cluster. Says whether that is not what was decided already.
async fn decide_one(
    change: &mut Change<'_>,
    cycle: &Cycle,
    (chosen, cluster): (&Chosen, &Cluster),
    new: &NewDecision<'_>,
) -> Result<bool, ScreeningError> {
    if let Some(present) = &cluster.decision
        && present.outcome == new.outcome
        && present.explanation == new.explanation
    {
        return Ok(false);
    }
    let now = Seen::of(cluster);
    if (&chosen.seen.members, chosen.seen.decided_at) != (&now.members, now.decided_at) {
        return Err(ScreeningError::Stale(chosen.proposal));
    }
    let decision = cluster
        .decide(new.outcome.clone(), new.explanation.to_owned(), change.at)
        .map_err(|error| ScreeningError::State(cluster.id, error))?;
    keep_decision(&mut change.tx, cycle.jurisdiction, cluster.id).await?;
    let by = Some(new.by);
    store::set_decision(
        &mut change.tx,
        cycle.jurisdiction,
        cluster.id,
        by,
        &decision,
    )
    .await?;
    change
        .audit(ScreeningEvent::Decide {
            cluster: cluster.id,
            outcome: decision.outcome.name(),
        })
        .await?;
    Ok(true)
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
