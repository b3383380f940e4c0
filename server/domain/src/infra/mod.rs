//! What every stage stands on: configuration, database, clock, randomness, ids, money, vault, mail.

pub mod app;
pub mod audit;
pub mod audit_action;
#[cfg(test)]
mod audit_tests;
#[cfg(test)]
mod catalogue_tests;
pub mod clock;
pub mod config;
pub mod database;
pub mod downloads;
pub mod elections;
pub mod entropy;
pub mod field_errors;
pub mod ids;
pub mod integrity;
pub mod mail;
pub mod metrics;
pub mod money;
mod name_enum;
pub mod printer;
#[cfg(test)]
mod privacy_tests;
pub mod record_key;
pub mod replication;
pub mod scope;
pub mod turn;
pub mod typed;
pub mod unique_key;
#[cfg(test)]
mod unique_key_tests;
pub mod vault;
pub mod whole_file;
