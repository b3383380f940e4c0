//! What the audit trail says of cycles.

use super::cycle::Stage;
use crate::audit_events;
use crate::infra::ids::CycleId;

audit_events! {
    /// What happens to a year's cycle.
    pub(crate) enum CycleEvent {
        Create { cycle: CycleId, year: i32 } = CyclesCreate,
        Stage { cycle: CycleId, from: Stage, to: Stage } = CyclesStage,
    }
}
