//! What the audit trail says of the public record.

use super::EntryIndex;
use super::takedown::Reason;
use crate::audit_events;
use crate::infra::audit::Detail;
use serde_json::Value;

audit_events! {
    /// What happens to the public record beside its growing.
    pub(crate) enum RecordEvent {
        TakeDown { entry: EntryIndex, reason: Reason } = RecordTakeDown,
    }
}

impl Detail for EntryIndex {
    fn json(&self) -> Value {
        self.position().into()
    }
}
