//! Which unit reviews a cluster (交办), and who may therefore act on it.

use super::assignment_store as store;
use super::audit::ScreeningEvent;
use super::case::{Chosen, Seen};
use super::cluster::Cluster;
use super::error::ScreeningError;
use super::use_cases::{CLUSTERING, cluster_for, cluster_number};
use crate::cycles::{Cycle, Hold, require_stage};
use crate::infra::app::App;
use crate::infra::database::{DatabaseError, Tx};
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::people::{Role, Unit, UnitId, store as people_store};
use crate::record::change::{Actor, Change};
use crate::record::values::text;
use tally::record::body::ClusterAssigned;
use tracing::instrument;

/// Who puts proposals together, and decides on any cluster.
const CLERKS: [Role; 2] = [Role::Office, Role::Government];

/// The office assigns what was chosen to a unit, all of it or nothing; a proposal that is in no cluster is reviewed by itself. What a
/// former unit has decided is kept; until the new one decides otherwise, it stands. To assign it to the same unit again is harmless.
/// What a colleague has assigned elsewhere since it was seen stays there.
#[instrument(skip_all, fields(cycle = %cycle.id, cases = chosen.len()), err(level = "debug"))]
pub async fn assign(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
    chosen: &[Chosen],
    unit: UnitId,
) -> Result<(), ScreeningError> {
    let mut change = Change::begin(app, actor, Some(cycle.scope())).await?;
    require_stage(&mut change.tx, cycle, Hold::Alone, &CLUSTERING).await?;
    require_role(&mut change.tx, actor, cycle, &[Role::Office]).await?;
    if chosen.is_empty() {
        return Err(ScreeningError::NothingChosen);
    }
    let units = people_store::units(&mut change.tx, cycle.jurisdiction).await?;
    let unit = units
        .into_iter()
        .find(|one| one.id == unit)
        .ok_or(ScreeningError::NoSuchUnit(unit))?;
    let mut assigned = false;
    for one in chosen {
        assigned |= assign_one(&mut change, cycle, one, &unit).await?;
    }
    if assigned {
        change.commit().await?;
    }
    Ok(())
}

/// Assigns one cluster. Says whether the unit did not have it already.
async fn assign_one(
    change: &mut Change<'_>,
    cycle: &Cycle,
    chosen: &Chosen,
    unit: &Unit,
) -> Result<bool, ScreeningError> {
    let cluster = cluster_for(change, cycle, chosen.proposal).await?;
    if cluster.unit.as_ref() == Some(unit) {
        return Ok(false);
    }
    if Seen::of(&cluster).unit != chosen.seen.unit {
        return Err(ScreeningError::Stale(chosen.proposal));
    }
    let (by, at) = (change.account(), change.at);
    let (tx, here) = (&mut change.tx, cycle.jurisdiction);
    store::assign(tx, here, cluster.id, unit.id, by, at).await?;
    change
        .publish(ClusterAssigned {
            cluster: cluster_number(&cluster)?,
            unit: text("unit", &unit.name)?,
            former_unit: match &cluster.unit {
                Some(former) => Some(text("former_unit", &former.name)?),
                None => None,
            },
        })
        .await?;
    change
        .audit(ScreeningEvent::Assign {
            cluster: cluster.id,
            unit: unit.id,
        })
        .await?;
    Ok(true)
}

/// Requires somebody who puts proposals together: a unit reviews what it is given.
pub(super) async fn require_clerk(
    tx: &mut Tx,
    actor: Actor,
    cycle: &Cycle,
) -> Result<(), ScreeningError> {
    require_role(tx, actor, cycle, &CLERKS).await
}

/// Requires somebody who may decide on the cluster.
pub(super) async fn require_decider(
    tx: &mut Tx,
    actor: Actor,
    cycle: &Cycle,
    cluster: &Cluster,
) -> Result<(), ScreeningError> {
    if may_decide(tx, actor, cycle.jurisdiction, Some(cluster)).await? {
        Ok(())
    } else {
        Err(ScreeningError::NotYourUnit(cluster.id))
    }
}

/// Whether somebody may decide on the cluster: who may on any, and the staff of the unit that it is assigned to. What is in no
/// cluster yet is no unit's.
pub async fn may_decide(
    tx: &mut Tx,
    actor: Actor,
    jurisdiction: JurisdictionId,
    cluster: Option<&Cluster>,
) -> Result<bool, DatabaseError> {
    if holds_any(tx, actor, jurisdiction, &CLERKS).await? {
        return Ok(true);
    }
    let (Some(account), Some(unit)) =
        (account_of(actor), cluster.and_then(|one| one.unit.as_ref()))
    else {
        return Ok(false);
    };
    let own = people_store::units_of_account(tx, jurisdiction, account).await?;
    Ok(own.contains(unit) && holds_any(tx, actor, jurisdiction, &[Role::UnitStaff]).await?)
}

async fn require_role(
    tx: &mut Tx,
    actor: Actor,
    cycle: &Cycle,
    roles: &[Role],
) -> Result<(), ScreeningError> {
    if holds_any(tx, actor, cycle.jurisdiction, roles).await? {
        Ok(())
    } else {
        Err(ScreeningError::NotAClerk)
    }
}

const fn account_of(actor: Actor) -> Option<AccountId> {
    match actor {
        Actor::Account(account) => Some(account),
        Actor::Anonymous | Actor::System => None,
    }
}

/// The service itself (the demo) may do what anybody may.
async fn holds_any(
    tx: &mut Tx,
    actor: Actor,
    jurisdiction: JurisdictionId,
    roles: &[Role],
) -> Result<bool, DatabaseError> {
    match actor {
        Actor::System => Ok(true),
        Actor::Anonymous => Ok(false),
        Actor::Account(account) => {
            let held = people_store::roles_of(tx, account).await?;
            Ok(roles
                .iter()
                .any(|role| held.contains(&(jurisdiction, *role))))
        }
    }
}
