//! What people see of the public record.

pub(super) mod body_view;
mod entry;
mod record;
mod verify;

pub(super) use entry::{entry, take_down};
pub(super) use record::{cycle_record, record};
pub(super) use verify::verify;
