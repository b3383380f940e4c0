//! Before the vote: the poll, its rules, their adoption.

mod adoption;
mod creation;
mod officers;
mod roster;

pub use adoption::{Adoption, adopt, write_rules};
pub use creation::{NewPoll, create, new_main_poll};
pub(in crate::session) use roster::roster;
pub(crate) use roster::roster_changed;
