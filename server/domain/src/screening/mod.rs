//! Feasibility, clusters, the shortlist, public comments and their answers.

mod assignment;
mod assignment_store;
pub(crate) mod audit;
mod candidate;
mod candidate_store;
mod case;
mod case_store;
mod cluster;
mod cluster_store;
mod comment_store;
mod error;
pub mod shortlist;
mod shortlist_state;
mod use_cases;

pub use assignment::{assign, may_decide};
pub use assignment_store::former_decisions;
pub use candidate::{
    Candidate, CandidateFacts, CandidateId, MILESTONE_CHARACTERS, Milestone, Origin,
};
pub use candidate_store::{candidates, shortlist};
pub use case::{Assigned, Case, Chosen, Decided, QueueFilter, QueueOrder, Seen};
pub use case_store::{alike, case, cases};
pub use cluster::{
    Cluster, ClusterId, Decision, DecisionError, DecisionState, Member, Outcome, OutcomeName,
    Standing,
};
pub use cluster_store::{
    cluster as find_cluster, cluster_of, clusters, count_feasible, standing, unclustered,
};
pub use comment_store::{Answered, Comment, CommentId, NewComment, comments};
pub use error::{ScreeningError, ShortlistError};
pub use shortlist_state::{Review, Shortlist, ShortlistStateError};
pub use use_cases::{NewDecision, cluster, decide, publish_decisions, split};

/// What the demo and the use cases write through.
pub mod store {
    pub use super::candidate_store::{delete, insert, link_cluster, replace, save_shortlist};
    pub use super::cluster_store::{
        insert_cluster, insert_member, set_decision, set_decision_published,
    };
}
