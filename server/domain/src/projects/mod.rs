//! Projects under way (实施): plan, milestones, monthly reports, lights, delivery and acceptance.

pub(crate) mod audit;
mod error;
mod glance;
mod handover;
mod light;
mod month;
mod project;
pub mod store;
mod thresholds;
mod use_cases;

pub use error::ProjectError;
pub use glance::{Glance, glance};
pub use handover::{chosen, hand_over, hand_over_chosen};
pub use light::{
    BasisPoints, Colour, Light, Reading, Reason, Standing, Waypoint, history, light, owed_months,
};
pub use month::{Month, MonthError};
pub use project::{
    Milestone, Plan, Project, ProjectId, ProjectState, Report, StateError, StateName, Step,
};
pub use thresholds::{LightRules, Thresholds};
pub use use_cases::{
    Correction, NewReport, REASON_CHARACTERS, REPORT_CHARACTERS, accept, complete_milestone,
    correct_report, deliver, light_rules, may_act_for, report_progress, require_running, today,
};
