//! Who may vote: check-in, and the roll that the freeze fixes.

mod check_in;
mod freeze;

pub use check_in::check_in;
pub(super) use freeze::freeze;
