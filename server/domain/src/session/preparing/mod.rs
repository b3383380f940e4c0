//! Before the vote: the poll, its rules, their adoption.

mod adoption;
mod creation;

pub use adoption::{Adoption, adopt, write_rules};
pub use creation::{NewPoll, create, new_main_poll};
