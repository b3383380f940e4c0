//! What people see of the public record.

pub(super) mod body_view;
mod entry;
mod record;
mod takedown;
mod verify;

pub(super) use entry::entry;
pub(super) use record::{cycle_record, record};
pub(super) use takedown::{ask, confirm, withdraw};
pub(super) use verify::verify;
