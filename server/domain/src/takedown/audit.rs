//! What the audit trail says of takedowns.

use super::Reason;
use crate::audit_events;
use crate::record::EntryIndex;

audit_events! {
    /// What happens to the bodies of the public record.
    pub(crate) enum TakedownEvent {
        Ask { entry: EntryIndex, reason: Reason } = RecordTakedownAsk,
        Withdraw { entry: EntryIndex } = RecordTakedownWithdraw,
        TakeDown { entry: EntryIndex, reason: Reason } = RecordTakeDown,
    }
}
