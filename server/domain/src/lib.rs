//! The yearly cycle of livelihood projects: what it is (types and their transitions), what it stores (the only SQL) and
//! what it does (use cases, one transaction each). A folder is a stage of the public's work.
//!
//! This is the lower of the server's two floors: it knows no web framework, no page and no language. Which module may
//! use which stands in `docs/map.md` and is held by a test.

#![warn(unreachable_pub)]

pub mod backup;
pub mod closed_loop;
pub mod cycles;
pub mod evaluation;
pub mod infra;
pub mod inspection;
pub mod people;
pub mod projects;
pub mod proposals;
pub mod record;
pub mod screening;
pub mod session;
pub mod startup;
pub mod takedown;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
