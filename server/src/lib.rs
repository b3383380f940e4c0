//! How people use the ballot and the tally: pages, API, exports and the command. A folder is a stage of the public's
//! work, named as in [`domain`], on which this floor stands; a stage knows its own stage and `web`, the kit that all share.

#![warn(unreachable_pub)]

pub mod cycles;
pub mod demo;
pub mod evaluation;
pub mod people;
pub mod projects;
pub mod proposals;
pub mod record;
pub mod router;
pub mod screening;
pub mod serve;
pub mod session;
pub mod web;

#[cfg(test)]
mod backup_tests;
#[cfg(test)]
mod clock_tests;
#[cfg(test)]
mod inspection_tests;
#[cfg(test)]
mod invariants;
#[cfg(test)]
mod list_tests;
#[cfg(test)]
mod restore_tests;
#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod traces;
#[cfg(test)]
mod transaction_tests;
