//! How ballots become a decision that anyone can check.
//!
//! A pure library: it opens no file, has no clock, no database. Bytes, or what reads them, and figures come in, reports and
//! decisions go out.
//!
//! * [`archive`]: election archives (`.bel`), read and written
//! * [`count`]: the encrypted sum of the ballots and the counts it opens to
//! * [`verify`]: the strict verifier, a list of named checks
//! * [`bundle`]: a poll's archive with its rule, figures and decision
//! * [`note`]: signed notes, the keys that verify them, and cosignatures
//! * [`rules`]: the voting rules (票决办法) as a document
//! * [`decision`]: figures and counts become what was decided
//! * [`setup`]: what is fixed before the first ballot
//! * `election`: an election from the command line, without the server (feature `cli`)
//! * [`statement`]: what scrutineers' devices sign before anything is decrypted
//! * [`opening`]: a closed poll's encrypted sum becomes counts and an outcome
//! * [`evaluation`]: how the finished projects are judged
//! * [`pabulib`]: approval votes of other cities, to count and to seal
//! * [`record`]: the public record, a Merkle tree in the C2SP formats

#![deny(missing_docs)]
#![forbid(unsafe_code)]
#![warn(unreachable_pub)]

pub mod archive;
pub mod bundle;
pub mod count;
pub mod decision;
#[cfg(feature = "cli")]
pub mod election;
pub mod evaluation;
pub mod note;
pub mod opening;
pub mod pabulib;
pub mod record;
pub mod rules;
pub mod setup;
#[cfg(feature = "simulate")]
pub mod simulate;
pub mod statement;
pub mod verify;

mod parallel;
mod strict;
