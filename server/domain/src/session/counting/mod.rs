//! From the close to the result.

mod close;
mod result;

pub(super) use close::close;
pub(crate) use result::publish_result;
pub use result::{Outcome, outcome, returns, submit_partial_decryption};
