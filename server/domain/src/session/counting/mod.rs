//! From the close to the result.

mod box_check;
mod close;
mod result;

pub(super) use box_check::require_recorded;
pub(super) use close::{close, spoiled};
pub(crate) use result::publish_result;
pub(super) use result::{closed, figures, lot, partials, require_counting};
pub use result::{look_first, outcome, submit_partial_decryption};
