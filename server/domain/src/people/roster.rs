//! What the public roster of deputies and the responsible units are made of.

use crate::id;
use crate::infra::ids::AccountId;
use serde::Serialize;

id!(
    /// A deputy (代表) of one jurisdiction's congress.
    DeputyId
);
id!(
    /// A delegation (代表团) of one jurisdiction's congress.
    DelegationId
);
id!(
    /// A responsible unit (承办单位) of one jurisdiction.
    UnitId
);

/// A delegation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delegation {
    /// Its id.
    pub id: DelegationId,
    /// Its name, e.g. `城关代表团`.
    pub name: String,
    /// Its place in the order of the roster, from 1.
    pub position: i32,
}

/// A deputy in office, as the public roster shows one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Deputy {
    /// The id.
    pub id: DeputyId,
    /// The number on the roster, from 1.
    pub number: i32,
    /// The name.
    pub name: String,
    /// The delegation's name.
    pub delegation: String,
    /// The delegation.
    pub delegation_id: DelegationId,
    /// The account, where the deputy can sign in. Not public.
    #[serde(skip)]
    pub account: Option<AccountId>,
}

/// A department or unit that answers for projects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unit {
    /// Its id.
    pub id: UnitId,
    /// Its name, e.g. `县水利局`.
    pub name: String,
}
