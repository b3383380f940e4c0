//! What is published to check a poll without trusting this service.

mod numbered;
mod poll_record;
mod publication;
mod recorded;

pub use numbered::number_announcement;
pub use poll_record::{UpTo, poll_record};
pub use publication::{archive, bundle};
pub use recorded::recorded_steps;
