//! The ballot box, from the opening of the vote to its close.

mod cast;
mod challenge;
mod opening;
mod planned_end;

pub use cast::{cast, find_ballot};
pub use challenge::{MOST_CHALLENGES, challenge};
pub(super) use opening::open;
pub use planned_end::plan_end;
