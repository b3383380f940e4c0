//! What people see of people: signing in, one's own page, the roster, who may do what.

mod pages;
mod problems;
#[cfg(test)]
pub(crate) mod tests;

pub use pages::{factors_removed, link_made, routes};
