//! What is published to check a poll without trusting this service.

mod poll_record;
mod publication;

pub use poll_record::{UpTo, poll_record};
pub use publication::{archive, bundle};
