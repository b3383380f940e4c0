//! What screening does with clusters, each inside one act.

use super::cluster::{Cluster, ClusterId, Decision, Outcome};
use super::cluster_store as store;
use crate::app::App;
use crate::cycles::{Cycle, GuardError, Hold, Stage, require_stage};
use crate::infra::act::Act;
use crate::infra::database::DatabaseError;
use crate::infra::ids::AccountId;
use crate::proposals::{self, ProposalId};
use crate::record::EntryKind;
use crate::web::failure::Failure;
use serde_json::{Value, json};

/// Why an act of screening is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScreeningError {
    /// The cycle's stage does not allow it.
    #[error(transparent)]
    Guard(#[from] GuardError),
    /// No such cluster in this cycle.
    #[error("no cluster {0} in this cycle")]
    NoSuchCluster(ClusterId),
    /// No such accepted proposal in this cycle.
    #[error("no accepted proposal {0} in this cycle")]
    NoSuchProposal(ProposalId),
    /// The proposal is in another cluster already.
    #[error("proposal {0} is in another cluster")]
    InAnotherCluster(ProposalId),
    /// The proposal gives the cluster its name, so it stays.
    #[error("proposal {0} stands for the cluster")]
    StandsForCluster(ProposalId),
    /// Nothing was chosen.
    #[error("no proposal was chosen")]
    NothingChosen,
    /// The decision is published; it stays as it is.
    #[error("the decision on cluster {0} is published")]
    Published(ClusterId),
    /// The database refused.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<ScreeningError> for Failure {
    fn from(error: ScreeningError) -> Self {
        match error {
            ScreeningError::Guard(error) => error.into(),
            ScreeningError::NoSuchCluster(_) | ScreeningError::NoSuchProposal(_) => Self::NotFound,
            ScreeningError::InAnotherCluster(_) => Self::Conflict("in-another-cluster"),
            ScreeningError::StandsForCluster(_) => Self::Conflict("stands-for-cluster"),
            ScreeningError::NothingChosen => Self::Conflict("nothing-chosen"),
            ScreeningError::Published(_) => Self::Conflict("already-published"),
            ScreeningError::Database(error) => error.into(),
        }
    }
}

const CLUSTERING: [Stage; 2] = [Stage::Collecting, Stage::Screening];

/// Puts proposals into a new cluster; the first stands for it. A single one is a cluster of one, and is no news.
pub async fn cluster(
    app: &App,
    act: &mut Act<'_>,
    cycle: &Cycle,
    chosen: &[ProposalId],
) -> Result<ClusterId, ScreeningError> {
    require_stage(&mut act.tx, cycle, Hold::Alone, &CLUSTERING).await?;
    let lead = *chosen.first().ok_or(ScreeningError::NothingChosen)?;
    require_accepted(act, cycle, lead).await?;
    let id = ClusterId::new(act.at, &app.chance);
    store::insert_cluster(&mut act.tx, cycle, id, lead, act.at).await?;
    for proposal in chosen {
        add_member(act, cycle, id, *proposal).await?;
    }
    act.audit(
        "screening.cluster",
        id,
        json!({ "proposals": chosen.len() }),
    )
    .await?;
    if chosen.len() > 1 {
        publish_merge(act, cycle, id).await?;
    }
    Ok(id)
}

/// Puts one more proposal into a cluster.
pub async fn join(
    act: &mut Act<'_>,
    cycle: &Cycle,
    id: ClusterId,
    proposal: ProposalId,
) -> Result<(), ScreeningError> {
    require_stage(&mut act.tx, cycle, Hold::Alone, &CLUSTERING).await?;
    unpublished(act, cycle, id).await?;
    let before = store::cluster_of(&mut act.tx, cycle.jurisdiction, proposal).await?;
    if let Some(before) = before.filter(|before| *before != id) {
        leave_own_cluster(act, cycle, before, proposal).await?;
    }
    add_member(act, cycle, id, proposal).await?;
    act.audit("screening.join", id, json!({ "proposal": proposal }))
        .await?;
    publish_merge(act, cycle, id).await
}

/// A proposal that was looked at alone and not decided may still be merged with others.
async fn leave_own_cluster(
    act: &mut Act<'_>,
    cycle: &Cycle,
    own: ClusterId,
    proposal: ProposalId,
) -> Result<(), ScreeningError> {
    let alone = store::cluster(&mut act.tx, cycle, own)
        .await?
        .is_some_and(|cluster| cluster.members.len() == 1 && cluster.decision.is_none());
    if !alone {
        return Err(ScreeningError::InAnotherCluster(proposal));
    }
    store::delete_member(&mut act.tx, cycle.jurisdiction, own, proposal).await?;
    store::delete_cluster(&mut act.tx, cycle.jurisdiction, own).await?;
    Ok(())
}

/// Requires that this cycle has the proposal and accepted it.
async fn require_accepted(
    act: &mut Act<'_>,
    cycle: &Cycle,
    proposal: ProposalId,
) -> Result<(), ScreeningError> {
    proposals::store::find(&mut act.tx, cycle, proposal)
        .await?
        .filter(|found| found.state.is_public())
        .map(|_| ())
        .ok_or(ScreeningError::NoSuchProposal(proposal))
}

async fn add_member(
    act: &mut Act<'_>,
    cycle: &Cycle,
    id: ClusterId,
    proposal: ProposalId,
) -> Result<(), ScreeningError> {
    require_accepted(act, cycle, proposal).await?;
    store::insert_member(&mut act.tx, cycle.jurisdiction, id, proposal, act.at)
        .await
        .map_err(|error| {
            if error.is_unique_violation() {
                ScreeningError::InAnotherCluster(proposal)
            } else {
                error.into()
            }
        })
}

/// Takes a proposal out of a cluster, so that it is screened by itself.
pub async fn split(
    act: &mut Act<'_>,
    cycle: &Cycle,
    id: ClusterId,
    proposal: ProposalId,
) -> Result<(), ScreeningError> {
    require_stage(&mut act.tx, cycle, Hold::Alone, &CLUSTERING).await?;
    let cluster = unpublished(act, cycle, id).await?;
    if cluster.lead == proposal {
        return Err(ScreeningError::StandsForCluster(proposal));
    }
    if !cluster.members.iter().any(|member| member.id == proposal) {
        return Err(ScreeningError::NoSuchProposal(proposal));
    }
    store::delete_member(&mut act.tx, cycle.jurisdiction, id, proposal).await?;
    let body = json!({ "year": cycle.year, "cluster": id, "proposal": proposal });
    act.publish(EntryKind::ProposalSplit, &body).await?;
    act.audit("screening.split", id, json!({ "proposal": proposal }))
        .await?;
    Ok(())
}

/// Decides on a cluster. The decision is held until all are published together.
pub async fn decide(
    act: &mut Act<'_>,
    cycle: &Cycle,
    id: ClusterId,
    by: AccountId,
    outcome: Outcome,
    explanation: &str,
) -> Result<(), ScreeningError> {
    require_stage(&mut act.tx, cycle, Hold::Alone, &[Stage::Screening]).await?;
    unpublished(act, cycle, id).await?;
    let decision = Decision {
        outcome,
        explanation: explanation.to_owned(),
        decided_at: act.at,
        published_at: None,
    };
    store::set_decision(&mut act.tx, cycle.jurisdiction, id, Some(by), &decision).await?;
    let details = json!({ "outcome": decision.outcome.name() });
    act.audit("screening.decide", id, details).await?;
    Ok(())
}

/// Publishes every decision that is held. Says how many there were.
pub async fn publish_decisions(act: &mut Act<'_>, cycle: &Cycle) -> Result<usize, ScreeningError> {
    let stages = [Stage::Screening, Stage::Shortlisted];
    require_stage(&mut act.tx, cycle, Hold::Alone, &stages).await?;
    let mut published = 0;
    for cluster in store::clusters(&mut act.tx, cycle).await? {
        let Some(decision) = cluster
            .decision
            .as_ref()
            .filter(|decision| decision.published_at.is_none())
        else {
            continue;
        };
        let (tx, at) = (&mut act.tx, act.at);
        store::set_decision_published(tx, cycle.jurisdiction, cluster.id, at).await?;
        act.publish(
            EntryKind::ScreeningDecision,
            &public_facts(cycle.year, &cluster, decision),
        )
        .await?;
        published += 1;
    }
    act.audit(
        "screening.publish",
        cycle.id,
        json!({ "decisions": published }),
    )
    .await?;
    Ok(published)
}

async fn unpublished(
    act: &mut Act<'_>,
    cycle: &Cycle,
    id: ClusterId,
) -> Result<Cluster, ScreeningError> {
    let cluster = store::cluster(&mut act.tx, cycle, id)
        .await?
        .ok_or(ScreeningError::NoSuchCluster(id))?;
    if cluster.is_published() {
        return Err(ScreeningError::Published(id));
    }
    Ok(cluster)
}

async fn publish_merge(
    act: &mut Act<'_>,
    cycle: &Cycle,
    id: ClusterId,
) -> Result<(), ScreeningError> {
    let cluster = store::cluster(&mut act.tx, cycle, id)
        .await?
        .ok_or(ScreeningError::NoSuchCluster(id))?;
    let body = json!({
        "year": cycle.year,
        "cluster": id,
        "stands_for_it": cluster.lead,
        "proposals": cluster.members.iter().map(|member| member.id).collect::<Vec<_>>(),
        "distinct_supporters": cluster.supporters,
    });
    act.publish(EntryKind::ProposalsMerged, &body).await?;
    Ok(())
}

fn public_facts(year: i32, cluster: &Cluster, decision: &Decision) -> Value {
    let (reason, unit, budget, funding) = match &decision.outcome {
        Outcome::Feasible {
            unit,
            budget,
            funding,
        } => (None, Some(unit), Some(budget), Some(funding)),
        Outcome::Declined { reason } => (Some(reason.name()), None, None, None),
    };
    json!({
        "year": year,
        "cluster": cluster.id,
        "proposals": cluster.members.iter().map(|member| member.id).collect::<Vec<_>>(),
        "distinct_supporters": cluster.supporters,
        "outcome": decision.outcome.name(),
        "reason": reason,
        "explanation": decision.explanation,
        "unit": unit,
        "budget_fen": budget,
        "funding": funding,
    })
}
