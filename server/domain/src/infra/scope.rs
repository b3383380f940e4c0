//! Where something belongs: a jurisdiction, and within it a cycle.

use super::ids::{CycleId, JurisdictionId};

/// Where a change of state or an entry of the public record belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// The jurisdiction.
    pub jurisdiction: JurisdictionId,
    /// The cycle, where it belongs to one.
    pub cycle: Option<CycleId>,
}
