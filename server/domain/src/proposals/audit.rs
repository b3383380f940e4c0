//! What the audit trail says of proposals. Who supports stands in the line's account, and nowhere else.

use super::proposal::{Channel, PictureId, ProposalId};
use crate::audit_events;
use crate::cycles::settings::DeclineReasonCode;

audit_events! {
    /// What happens to a proposal.
    pub(crate) enum ProposalEvent {
        Propose { proposal: ProposalId, channel: Channel } = ProposalsPropose,
        ProposeAgain { proposal: ProposalId } = ProposalsProposeAgain,
        Picture { picture: PictureId, bytes: usize } = ProposalsPicture,
        Support { proposal: ProposalId, counted: bool } = ProposalsSupport,
        WithdrawSupport { proposal: ProposalId, counted: bool } = ProposalsWithdrawSupport,
        Accept { proposal: ProposalId } = ProposalsAccept,
        Decline { proposal: ProposalId, reason: DeclineReasonCode } = ProposalsDecline,
    }
}
