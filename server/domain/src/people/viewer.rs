//! Who is signed in.

use super::role::Role;
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::record::change::Actor;

/// A signed-in person, as far as pages and rules need to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// The account.
    pub account: AccountId,
    /// The chosen name that others see.
    pub display_name: String,
    /// The roles, each in its jurisdiction.
    pub roles: Vec<(JurisdictionId, Role)>,
}

impl Viewer {
    /// Whether the person holds the role there. Nothing is inherited from other jurisdictions.
    pub fn holds(&self, role: Role, jurisdiction: JurisdictionId) -> bool {
        self.roles.contains(&(jurisdiction, role))
    }

    /// Whether the person holds the role in any jurisdiction.
    pub fn holds_anywhere(&self, role: Role) -> bool {
        self.roles.iter().any(|(_, held)| *held == role)
    }

    /// The person as the doer of a change.
    pub fn actor(&self) -> Actor {
        Actor::Account(self.account)
    }
}
