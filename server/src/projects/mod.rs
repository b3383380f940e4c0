//! Projects under way (实施): plan, milestones, monthly reports, lights, delivery and acceptance.

mod acts;
mod api;
mod calendar;
mod error;
mod hand_over;
mod light;
mod month;
#[cfg(test)]
mod page_tests;
mod pages;
mod project;
pub mod store;
#[cfg(test)]
pub mod tests;

pub use acts::{
    NewReport, accept, complete_milestone, correct_report, deliver, may_act_for, report_progress,
    require_running, today,
};
pub use error::ProjectError;
pub use hand_over::{chosen, take_over, take_over_chosen};
pub use light::{
    Basis, Colour, Light, Reading, Reason, Standing, Thresholds, Waypoint, history, light,
};
pub use month::{Month, MonthError};
pub use project::{
    Milestone, Plan, Project, ProjectId, ProjectState, Report, StateError, StateName, Step,
};

use crate::app::App;
use crate::people::Role;
use crate::web::routes::{Access, Routes};

/// The pages and the API of projects.
pub fn routes(app: &App) -> Routes {
    const UNIT: Access = Access::Roles(&[Role::UnitStaff]);
    Routes::new(app.clone())
        .get(
            "/j/{jurisdiction}/{year}/projects",
            Access::Public,
            pages::list,
        )
        .get(
            "/j/{jurisdiction}/{year}/projects.csv",
            Access::Public,
            pages::csv,
        )
        .get(
            "/j/{jurisdiction}/{year}/calendar.ics",
            Access::Public,
            calendar::deadlines,
        )
        .get(
            "/j/{jurisdiction}/{year}/projects.xlsx",
            Access::Public,
            pages::xlsx,
        )
        .post(
            "/j/{jurisdiction}/{year}/projects/take-over",
            Access::Roles(&[Role::Office]),
            pages::take_over,
        )
        .get(
            "/j/{jurisdiction}/{year}/projects/{project}",
            Access::Public,
            pages::project,
        )
        .post(
            "/j/{jurisdiction}/{year}/projects/{project}/reports",
            UNIT,
            pages::report,
        )
        .post(
            "/j/{jurisdiction}/{year}/projects/{project}/corrections",
            UNIT,
            pages::correct,
        )
        .post(
            "/j/{jurisdiction}/{year}/projects/{project}/milestones/{position}",
            UNIT,
            pages::complete,
        )
        .post(
            "/j/{jurisdiction}/{year}/projects/{project}/delivery",
            UNIT,
            pages::deliver,
        )
        .post(
            "/j/{jurisdiction}/{year}/projects/{project}/acceptance",
            Access::Roles(&[Role::Office]),
            pages::accept,
        )
        .post(
            "/j/{jurisdiction}/{year}/projects/{project}/rework",
            UNIT,
            pages::rework,
        )
        .get(
            "/api/v1/j/{jurisdiction}/{year}/projects",
            Access::Public,
            api::projects,
        )
}

/// This room's part of the API's document.
pub(crate) fn operations() -> utoipa::openapi::OpenApi {
    <api::Operations as utoipa::OpenApi>::openapi()
}
