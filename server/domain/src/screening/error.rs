//! Why a change of a cluster or of the shortlist is refused.

use super::candidate::CandidateId;
use super::cluster::{ClusterId, DecisionError};
use super::comment_store::CommentId;
use super::shortlist_state::ShortlistStateError;
use crate::cycles::GuardError;
use crate::infra::database::DatabaseError;
use crate::people::UnitId;
use crate::proposals::ProposalId;

/// Why a change of a cluster is refused.
#[derive(Debug, thiserror::Error)]
pub enum ScreeningError {
    /// The cycle's stage does not allow it.
    #[error(transparent)]
    Guard(#[from] GuardError),
    /// No such cluster in this cycle.
    #[error("no cluster {0} in this cycle")]
    NoSuchCluster(ClusterId),
    /// No such accepted proposal in this cycle.
    #[error("no accepted proposal {0} in this cycle")]
    NoSuchProposal(ProposalId),
    /// The proposal is in another cluster already.
    #[error("proposal {0} is in another cluster")]
    InAnotherCluster(ProposalId),
    /// The proposal gives the cluster its name, so it stays.
    #[error("proposal {0} stands for the cluster")]
    StandsForCluster(ProposalId),
    /// Nothing was chosen.
    #[error("no proposal was chosen")]
    NothingChosen,
    /// Somebody else has decided, assigned, merged or split since the form was opened.
    #[error("what proposal {0} is reviewed with, by whom or how was changed meanwhile")]
    Stale(ProposalId),
    /// The cluster is not in a state for this.
    #[error("cluster {0}: {1}")]
    State(ClusterId, DecisionError),
    /// The jurisdiction has no such unit.
    #[error("no unit {0} here")]
    NoSuchUnit(UnitId),
    /// The account works for no unit that the cluster is assigned to.
    #[error("cluster {0} is not assigned to the account's unit")]
    NotYourUnit(ClusterId),
    /// Only the office, or the government with it, does this.
    #[error("units decide, they do not put proposals together or assign them")]
    NotAClerk,
    /// The database refused.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// Why a change of the shortlist is refused.
#[derive(Debug, thiserror::Error)]
pub enum ShortlistError {
    /// The cycle's stage does not allow it.
    #[error(transparent)]
    Guard(#[from] GuardError),
    /// No such candidate in this cycle.
    #[error("no candidate {0} in this cycle")]
    NoSuchCandidate(CandidateId),
    /// No such cluster in this cycle.
    #[error("no cluster {0} in this cycle")]
    NoSuchCluster(ClusterId),
    /// No such comment in this cycle.
    #[error("no comment {0} in this cycle")]
    NoSuchComment(CommentId),
    /// Somebody else has changed the candidate since the form was opened.
    #[error("candidate {0} was changed meanwhile")]
    Stale(CandidateId),
    /// The form made a comment already, and was sent again with something else in it.
    #[error("the form has made comment {0}, which says something else")]
    SentOtherwise(CommentId),
    /// Another candidate of the cycle has the code.
    #[error("another candidate has the code {0}")]
    CodeTaken(String),
    /// The list is not in a state for this; once it is published, a change needs a reason.
    #[error(transparent)]
    State(#[from] ShortlistStateError),
    /// There is nothing to publish.
    #[error("the shortlist has no candidate")]
    Empty,
    /// The comment is answered already.
    #[error("comment {0} is answered already")]
    Answered(CommentId),
    /// The database refused.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}
