//! What the audit trail says of cycles.

use super::cycle::Stage;
use crate::audit_events;
use crate::infra::ids::{CycleId, JurisdictionId};

audit_events! {
    /// What happens to a jurisdiction's settings and to a year's cycle.
    pub(crate) enum CycleEvent {
        Settings { jurisdiction: JurisdictionId, version: i32 } = CyclesSettings,
        Create { cycle: CycleId, year: i32 } = CyclesCreate,
        Schedule { cycle: CycleId, version: i32 } = CyclesSchedule,
        Stage { cycle: CycleId, from: Stage, to: Stage } = CyclesStage,
        AskException { cycle: CycleId, to: Stage } = CyclesAskException,
        ConfirmException { cycle: CycleId, to: Stage } = CyclesConfirmException,
    }
}
