//! Which unit reviews a cluster (交办), and who may therefore act on it.

use super::assignment_store as store;
use super::audit::ScreeningEvent;
use super::cluster::{Cluster, ClusterId};
use super::error::ScreeningError;
use super::use_cases::{CLUSTERING, cluster_number, unpublished};
use crate::cycles::{Cycle, Hold, require_stage};
use crate::infra::app::App;
use crate::infra::database::{DatabaseError, Tx};
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::people::{Role, UnitId, store as people_store};
use crate::record::change::{Actor, Change};
use crate::record::values::text;
use tally::record::body::ClusterAssigned;
use tracing::instrument;

/// Who puts proposals together, and decides on any cluster.
const CLERKS: [Role; 2] = [Role::Office, Role::Government];

/// The office assigns a cluster to a unit, or to another one. What the former unit has decided is kept; until the new one decides
/// otherwise, it stands. To assign it to the same unit again is harmless. `seen` is the unit that it is taken from: where a
/// colleague has assigned it elsewhere meanwhile, it stays there.
#[instrument(skip_all, fields(cycle = %cycle.id, cluster = %id), err(level = "debug"))]
pub async fn assign(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
    id: ClusterId,
    (seen, unit): (Option<UnitId>, UnitId),
) -> Result<(), ScreeningError> {
    let mut change = Change::begin(app, actor, Some(cycle.scope())).await?;
    require_stage(&mut change.tx, cycle, Hold::Alone, &CLUSTERING).await?;
    require_role(&mut change.tx, actor, cycle, &[Role::Office]).await?;
    let cluster = unpublished(&mut change, cycle, id).await?;
    let units = people_store::units(&mut change.tx, cycle.jurisdiction).await?;
    let unit = units
        .into_iter()
        .find(|one| one.id == unit)
        .ok_or(ScreeningError::NoSuchUnit(unit))?;
    if cluster.unit.as_ref() == Some(&unit) {
        return Ok(());
    }
    if cluster.unit.as_ref().map(|unit| unit.id) != seen {
        return Err(ScreeningError::Stale(id));
    }
    let (by, at) = (change.account(), change.at);
    store::assign(&mut change.tx, cycle.jurisdiction, id, unit.id, by, at).await?;
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
            cluster: id,
            unit: unit.id,
        })
        .await?;
    change.commit().await?;
    Ok(())
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
    if may_decide(tx, actor, cycle.jurisdiction, cluster).await? {
        Ok(())
    } else {
        Err(ScreeningError::NotYourUnit(cluster.id))
    }
}

/// Whether somebody may decide on the cluster: who may on any, and the staff of the unit that it is assigned to.
pub async fn may_decide(
    tx: &mut Tx,
    actor: Actor,
    jurisdiction: JurisdictionId,
    cluster: &Cluster,
) -> Result<bool, DatabaseError> {
    if holds_any(tx, actor, jurisdiction, &CLERKS).await? {
        return Ok(true);
    }
    let (Some(account), Some(unit)) = (account_of(actor), &cluster.unit) else {
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
