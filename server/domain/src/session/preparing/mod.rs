//! Before the vote: the poll, its rules, their adoption.

mod adoption;
mod creation;
mod departure;
mod follow_up;
mod officers;
mod roster;
mod together;

pub use adoption::{Adoption, AdoptionDetails, adopt, recorded_adoption, rule_text, write_rules};
pub use creation::{NewPoll, create, new_main_poll};
pub use departure::{Departure, departures};
pub use follow_up::call_follow_up;
pub(in crate::session) use roster::roster;
pub(crate) use roster::roster_changed;
pub use together::{check_in_together, elections_of_check_in, may_join};
