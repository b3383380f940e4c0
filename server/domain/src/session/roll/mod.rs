//! Who may vote: check-in, and the roll that the freeze fixes.

mod check_in;
mod freeze;
mod headcount;
mod links;

pub use check_in::{Credentials, check_in};
pub(super) use freeze::freeze;
pub(super) use headcount::confirmed_heads;
pub use headcount::{Headcount, confirm_headcount, headcounts};
pub(super) use links::forget;
pub use links::forget_spent_links;
