//! The pages of screening and the shortlist.

mod board;
mod cluster;
mod comments;
mod compose;
mod edit;
mod queue;
mod shortlist;

pub use board::board;
pub use cluster::{cluster, decide, join, split};
pub use comments::{answer, comment};
pub use compose::{compose, publish as publish_shortlist, remove, review};
pub use edit::{add, change, edit, new};
pub use queue::{merge, publish as publish_decisions, queue, review as review_proposal};
pub use shortlist::{candidate, shortlist};
