//! What is published to check a poll without trusting this service.

mod publication;

pub use publication::{archive, bundle};
