//! The ballot box, from the opening of the vote to its close.

mod cast;
mod opening;

pub use cast::{cast, find_ballot};
pub(super) use opening::open;
