//! How people use the ballot and the tally. A folder is a stage of the public's work; see `docs/`.

pub mod app;
pub mod backup;
pub mod cycles;
pub mod demo;
pub mod evaluation;
pub mod infra;
pub mod people;
pub mod projects;
pub mod proposals;
pub mod record;
pub mod router;
pub mod screening;
pub mod session;
pub mod web;

#[cfg(test)]
mod promises;
#[cfg(test)]
pub mod testing;
