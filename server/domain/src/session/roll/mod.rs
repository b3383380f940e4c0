//! Who may vote: check-in, and the roll that the freeze fixes.

mod check_in;
mod code;
mod desk;
mod freeze;
mod headcount;
mod links;

pub use check_in::{Credentials, check_in};
pub use code::{CheckInCode, HALL_CODE_SECONDS, PERSONAL_CODE_SECONDS, hall_code};
pub use desk::{desk_code, give_desk_code, set_check_in_code, set_leave, takes_leaves};
pub(super) use freeze::freeze;
pub(super) use headcount::confirmed_heads;
pub use headcount::{Headcount, confirm_headcount, headcounts};
pub use links::forget_spent_links;
pub(super) use links::{forget, macs_of};
