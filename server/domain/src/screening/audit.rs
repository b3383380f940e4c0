//! What the audit trail says of screening and of the shortlist.

use super::candidate::CandidateId;
use super::cluster::{ClusterId, OutcomeName};
use super::comment_store::CommentId;
use crate::audit_events;
use crate::infra::ids::CycleId;
use crate::people::UnitId;
use crate::proposals::ProposalId;
use tally::record::body::Sha256Hex;
use time::Date;

audit_events! {
    /// What happens to clusters.
    pub(crate) enum ScreeningEvent {
        Cluster { cluster: ClusterId, proposals: usize } = ScreeningCluster,
        Join { cluster: ClusterId, proposal: ProposalId } = ScreeningJoin,
        Split { cluster: ClusterId, proposal: ProposalId } = ScreeningSplit,
        Assign { cluster: ClusterId, unit: UnitId } = ScreeningAssign,
        Decide { cluster: ClusterId, outcome: OutcomeName } = ScreeningDecide,
        Publish { cycle: CycleId, decisions: usize } = ScreeningPublish,
    }
}

audit_events! {
    /// What happens to the shortlist.
    pub(crate) enum ShortlistEvent {
        Add { candidate: CandidateId, cluster: Option<ClusterId> } = ShortlistAdd,
        Change { candidate: CandidateId, published: bool } = ShortlistChange,
        Remove { candidate: CandidateId } = ShortlistRemove,
        Review { cycle: CycleId, on: Date } = ShortlistReview,
        Publish { cycle: CycleId, candidates: usize, facts_sha256: Sha256Hex } = ShortlistPublish,
        Comment { comment: CommentId } = ShortlistComment,
        Answer { comment: CommentId, adopted: bool } = ShortlistAnswer,
    }
}
