//! What people see of a congress session.

pub(super) mod device;
pub(super) mod manage;
mod manage_view;
pub(super) mod overview;
pub(super) mod result;
pub(super) mod result_view;
pub(super) mod status;
