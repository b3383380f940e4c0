//! Projects under way (实施): plan, milestones, monthly reports, lights, delivery and acceptance.

pub(crate) mod audit;
mod error;
mod handover;
mod light;
mod month;
mod overview;
mod project;
mod questions;
mod reporting;
#[cfg(test)]
mod sample;
pub mod store;
mod thresholds;
mod use_cases;

pub use error::ProjectError;
pub use handover::{Source, Vote, chosen, hand_over, hand_over_chosen, source};
pub use light::{
    BasisPoints, Colour, Light, Reading, Reason, Standing, Waypoint, history, light, owed_months,
};
pub use month::{Month, MonthError};
pub use overview::{DistrictLights, Lit, late_first, lights_by_district, lit_projects};
pub use project::{
    Milestone, Plan, Project, ProjectId, ProjectState, Report, StateError, StateName, Step,
};
pub use questions::{LEAP_POINTS, Question, questions};
pub use reporting::{
    Correction, NewReport, REASON_CHARACTERS, REPORT_CHARACTERS, correct_report, report_progress,
};
pub use thresholds::{LightRules, Thresholds};
pub use use_cases::{
    accept, complete_milestone, deliver, light_rules, may_act_for, require_running, today,
};
