//! The pages of screening and the shortlist.

mod assignment;
mod board;
mod bulk;
mod candidate;
mod case;
mod case_view;
mod comment_panel;
mod comments;
mod compose;
mod desk;
mod edit;
mod queue;
mod shortlist;

pub(crate) use assignment::assign;
pub(crate) use board::board;
pub(crate) use bulk::{assign_chosen, decline_chosen};
pub(crate) use candidate::candidate;
pub(crate) use case::{case, decide, split};
pub(crate) use comments::{answer, comment};
pub(crate) use compose::{compose, publish as publish_shortlist, remove, review};
pub(crate) use edit::{add, change, edit, new};
pub(crate) use queue::{merge, publish as publish_decisions, queue};
pub(crate) use shortlist::shortlist;
