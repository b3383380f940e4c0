//! What people see of the public record.

pub(super) mod body_view;
mod record;
mod verify;

pub(super) use record::{cycle_record, entry, record, take_down};
pub(super) use verify::verify;
