//! Jurisdictions (行政区) and their yearly cycles: which stage the closed loop has reached.

pub(crate) mod audit;
mod change_settings;
mod cycle;
mod error;
mod guard;
mod schedule;
mod schedule_store;
pub mod settings;
mod settings_store;
pub mod store;
mod use_cases;

pub use change_settings::{FixedPart, SettingsError, change_settings};
pub use cycle::{Cycle, Jurisdiction, JurisdictionKind, Stage, StageError};
pub use error::{CycleError, GuardError};
pub use guard::{Hold, require_stage};
pub use schedule::{Schedule, ScheduleError, Timeline, plan};
pub(crate) use use_cases::enter_stage;
pub use use_cases::{NewCycle, create};
