//! What the audit trail says of polls. A line outlives the link between a deputy and their credential, which the
//! freeze deletes: none may hold a credential, and [`SessionEvent::Cast`] has neither account nor deputy.

use super::paper::PaperSide;
use super::poll::{DualControlStep, Party, PollId};
use crate::audit_events;
use crate::infra::audit::Detail;
use crate::people::{DelegationId, DeputyId};
use ballot::Digest;
use serde_json::Value;
use tally::rules::RuleHash;
use time::Date;

audit_events! {
    /// What happens to a poll.
    pub(crate) enum SessionEvent {
        CreatePoll { poll: PollId } = SessionCreatePoll,
        WriteRules { poll: PollId, rule_sha256: RuleHash } = SessionWriteRules,
        AdoptRules { poll: PollId, rule_sha256: RuleHash } = SessionAdoptRules,
        TrusteeKey { poll: PollId, trustee: u32, key_hash: Digest } = SessionTrusteeKey,
        CeremonyMessage { poll: PollId, attempt: u32, trustee: u32, message_hash: Digest } = SessionCeremonyMessage,
        CeremonyComplaint { poll: PollId, attempt: u32, trustee: u32, against: u32 } = SessionCeremonyComplaint,
        RestartCeremony { poll: PollId, attempt: u32 } = SessionRestartCeremony,
        CheckIn { poll: PollId, deputy: DeputyId } = SessionCheckIn,
        SetCheckInCode { poll: PollId, asked: bool } = SessionSetCheckInCode,
        DeskCode { poll: PollId, deputy: DeputyId } = SessionDeskCode,
        NoteLeave { poll: PollId, deputy: DeputyId } = SessionNoteLeave,
        CancelLeave { poll: PollId, deputy: DeputyId } = SessionCancelLeave,
        ReservePaper { poll: PollId, papers: u32 } = SessionReservePaper,
        OnPaper { poll: PollId, deputy: DeputyId } = SessionOnPaper,
        NotOnPaper { poll: PollId, deputy: DeputyId } = SessionNotOnPaper,
        // Without the deputy: the number stands on a stub, and is nobody's business after the session.
        HandOutPaper { poll: PollId, number: u32, helped: bool } = SessionHandOutPaper,
        ReplacePaper { poll: PollId, spoiled: u32, number: u32 } = SessionReplacePaper,
        PaperList { poll: PollId, side: PaperSide, sheets: u32 } = SessionPaperList,
        CountPaper { poll: PollId, sheets: u32 } = SessionCountPaper,
        Headcount { poll: PollId, delegation: DelegationId } = SessionHeadcount,
        Confirm { poll: PollId, step: DualControlStep, side: Party } = SessionConfirm,
        UndoConfirmation { poll: PollId, step: DualControlStep } = SessionUndoConfirmation,
        PutForward { poll: PollId, step: DualControlStep, side: Party } = SessionPutForward,
        PlanEnd { poll: PollId, minutes: u32 } = SessionPlanEnd,
        ShareCheckIn { poll: PollId, with: PollId } = SessionShareCheckIn,
        CallFollowUp { poll: PollId, follows: PollId } = SessionCallFollowUp,
        // Not the tracker: the order of the lines would tie it to the sign-ins around it.
        Cast { poll: PollId } = SessionCast,
        Challenge { poll: PollId } = SessionChallenge,
        Approve { poll: PollId, trustee: u32, statement_hash: Digest } = SessionApprove,
        StateClosing { poll: PollId, trustee: u32, statement_hash: Digest } = SessionStateClosing,
        Decrypt { poll: PollId, trustee: u32, partial_decryption_hash: Digest } = SessionDecrypt,
        LookFirst { poll: PollId } = SessionLookFirst,
        Announce { poll: PollId } = SessionAnnounce,
        NumberAnnouncement { poll: PollId, number: u32, day: Date } = SessionNumberAnnouncement,
    }
}

impl Detail for RuleHash {
    fn json(&self) -> Value {
        self.to_hex().into()
    }
}
