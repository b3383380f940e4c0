//! Accounts, roles, sign-in, rosters, delegations.

pub mod account;
pub mod admin;
pub(crate) mod audit;
pub mod audit_trail;
mod caller;
pub mod code;
mod contact;
pub mod device;
mod error;
pub mod factors;
pub mod import;
pub mod limits;
pub mod links;
pub mod offers;
pub mod password;
mod role;
mod roster;
pub mod session;
pub mod sign_in;
pub mod store;
mod ticket;
mod viewer;
mod weak_password;
mod window;

pub use caller::Caller;
pub use contact::{Contact, NotAContact, is_own_data_key};
pub(crate) use contact::{is_sealed, keep_key_check};
pub use error::{FileError, PeopleError};
pub use role::Role;
pub use roster::{Delegation, DelegationId, Deputy, DeputyId, Unit, UnitId};
pub use viewer::Viewer;
pub use weak_password::Weakness;
