//! What the audit trail says of projects.

use super::month::Month;
use super::project::StateName;
use crate::audit_events;
use crate::infra::audit::Detail;
use crate::infra::ids::CycleId;
use serde_json::Value;
use tally::record::body::Code;

audit_events! {
    /// What happens to a project.
    pub(crate) enum ProjectEvent {
        HandOver { cycle: CycleId, chosen: Vec<Code> } = ProjectsHandOver,
        Report { project: Code, month: Month, version: i32 } = ProjectsReport,
        Milestone { project: Code, milestone: i32 } = ProjectsMilestone,
        State { project: Code, state: StateName } = ProjectsState,
    }
}

impl Detail for Month {
    fn json(&self) -> Value {
        self.to_string().into()
    }
}
