//! Jurisdictions (行政区) and their yearly cycles: which stage the closed loop has reached.

pub(crate) mod audit;
mod cycle;
mod error;
mod guard;
pub mod store;
mod use_cases;

pub use cycle::{Cycle, Jurisdiction, JurisdictionKind, Stage, StageError};
pub use error::{CycleError, GuardError};
pub use guard::{Hold, require_stage};
pub(crate) use use_cases::enter_stage;
pub use use_cases::{NewCycle, create};
