//! What every room stands on: configuration, database, clock, chance, audit.

pub mod act;
pub mod audit;
pub mod chance;
pub mod clock;
pub mod config;
pub mod database;
pub mod ids;
pub mod metrics;
pub mod money;
pub mod post;
pub mod vault;

#[cfg(test)]
mod privacy_tests;
