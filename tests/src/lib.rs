//! The harness of the journeys: a real server, real browsers, and what a visitor does with them.
//!
//! Only tests use this crate, so it panics where a test would, saying what it was waiting for.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a harness fails the test that uses it"
)]

pub mod accessibility;
pub mod artifacts;
pub mod browser;
mod child;
pub mod driver;
pub mod engines;
pub mod folder_server;
mod gecko;
pub mod hostile;
pub mod office;
pub mod program;
pub mod server;
pub mod service;
pub mod walk;

pub use browser::Browser;
pub use driver::{Driver, Screen};
pub use engines::Engine;
pub use fantoccini::key::Key;
pub use hostile::HostileServer;
pub use server::Demo;
