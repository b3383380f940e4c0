//! The ballot box, from the opening of the vote to its close.

mod cast;
mod challenge;
mod opening;

pub use cast::{cast, find_ballot};
pub use challenge::{MOST_CHALLENGES, challenge};
pub(super) use opening::open;
