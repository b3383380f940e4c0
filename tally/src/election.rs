//! An election without the server: what its files hold, free of files and of chance.
//!
//! The commands of `tally election` read and write files and call what stands here and in [`crate::setup`],
//! [`crate::archive`], [`crate::verify`], [`crate::opening`] and [`crate::bundle`].

mod cards;
mod choices;
mod closing_record;
mod paper;
mod poll;
mod register;

pub use cards::{CardError, cards};
pub use choices::{ChoiceError, choices};
pub use closing_record::{ClosingRecord, RecordsDiffer};
pub use paper::{Difference, PaperError, Sheet, Teller, agree};
pub use poll::{Poll, PollError};
pub use register::{Register, RegisterError, tag};
