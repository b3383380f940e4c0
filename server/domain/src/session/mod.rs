//! The congress session (票决): rules, check-in, keys, polls, ballots, count and result. Evaluation polls go by the
//! same machinery.

mod cast;
mod count;
mod dual_control;
mod election;
mod error;
mod poll;
mod publication;
mod state;
pub mod store;
mod use_cases;

pub use cast::{cast, find_ballot};
pub(crate) use count::publish_result;
pub use count::{Outcome, outcome, returns, submit_partial_decryption};
pub use dual_control::{Confirmed, confirm};
pub use election::{ElectionObjects, ElectionParts, answers};
pub use error::SessionError;
pub use poll::{DualControlStep, Hands, Party, Poll, PollId, PollItem, PollKind, Scrutineer};
pub use publication::{archive, bundle};
pub use state::{
    Adopted, Announced, Closed, Decrypted, Frozen, Opened, PollState, StateError, StateName, Step,
};
pub use use_cases::{
    Adoption, NewPoll, adopt, create, deputy_of, find, new_main_poll, parsed_rule, register,
    submit_trustee_key, write_rules,
};
pub(crate) use use_cases::{begin, inconsistent};
