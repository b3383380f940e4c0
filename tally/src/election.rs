//! An election without the server: what its files hold, free of files and of chance.
//!
//! The commands of `tally election` read and write files and call what stands here and in [`crate::archive`],
//! [`crate::verify`], [`crate::count`] and [`crate::bundle`].

mod cards;
mod choices;
mod poll;
mod tally;

pub use cards::{CardError, cards};
pub use choices::{ChoiceError, choices};
pub use poll::{Poll, PollError};
pub use tally::{Decrypted, OpenError, Opened, open};
