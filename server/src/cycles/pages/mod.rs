//! What people see of jurisdictions and cycles.

mod cycle;
mod front;
mod office;

pub(super) use cycle::cycle;
pub(super) use front::{front, jurisdiction};
pub(super) use office::{create, new, step};
