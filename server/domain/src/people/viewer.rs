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
    /// The roles that wait until this session has proved a second factor: nothing can be done in them.
    pub withheld: Vec<(JurisdictionId, Role)>,
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

    /// Whether the person has any role there, be it one that waits.
    pub fn belongs_to(&self, jurisdiction: JurisdictionId) -> bool {
        let mut all = self.roles.iter().chain(&self.withheld);
        all.any(|(of, _)| *of == jurisdiction)
    }

    /// Whether the person does more here than residents do, be it in a role that waits.
    pub fn works_here(&self) -> bool {
        let works = |(_, role): &(JurisdictionId, Role)| *role != Role::Resident;
        self.roles.iter().any(works) || !self.withheld.is_empty()
    }

    /// Withholds the roles that need a second factor.
    pub(super) fn withhold(&mut self) {
        let (withheld, roles) = std::mem::take(&mut self.roles)
            .into_iter()
            .partition(|(_, role)| role.needs_factor());
        self.roles = roles;
        self.withheld = withheld;
    }

    /// Whether a role there waits for a second factor.
    pub fn waits_for(&self, role: Role, jurisdiction: JurisdictionId) -> bool {
        self.withheld.contains(&(jurisdiction, role))
    }

    /// The person as the doer of a change.
    pub fn actor(&self) -> Actor {
        Actor::Account(self.account)
    }
}
