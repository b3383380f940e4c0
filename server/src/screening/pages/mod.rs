//! The pages of screening and the shortlist.

mod assignment;
mod board;
mod cluster;
mod comments;
mod compose;
mod edit;
mod queue;
mod shortlist;

pub(crate) use assignment::assign;
pub(crate) use board::board;
pub(crate) use cluster::{cluster, decide, join, split};
pub(crate) use comments::{answer, comment};
pub(crate) use compose::{compose, publish as publish_shortlist, remove, review};
pub(crate) use edit::{add, change, edit, new};
pub(crate) use queue::{merge, publish as publish_decisions, queue, review as review_proposal};
pub(crate) use shortlist::{candidate, shortlist};
