//! Who may vote: check-in, and the roll that the freeze fixes.

mod check_in;
mod freeze;
mod links;

pub use check_in::check_in;
pub(super) use freeze::freeze;
pub(super) use links::forget;
pub use links::forget_spent_links;
