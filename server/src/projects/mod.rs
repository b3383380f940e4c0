//! Projects under way (实施): plan, milestones, monthly reports, lights, delivery and acceptance.

mod api;
mod calendar;
#[cfg(test)]
mod district_tests;
#[cfg(test)]
mod page_tests;
mod pages;
mod problems;
#[cfg(test)]
mod report_tests;
#[cfg(test)]
pub mod tests;

use crate::web::routes::{Access, Routes, Takes};
use domain::infra::app::App;
use domain::people::Role;

/// The pages and the API of projects.
pub fn routes(app: &App) -> Routes {
    const UNIT: Access = Access::Roles(&[Role::UnitStaff]);
    Routes::new(app.clone())
        .get(
            "/j/{jurisdiction}/{year}/projects",
            Access::Public,
            pages::list,
        )
        .open("/j/{jurisdiction}/{year}/projects.csv", pages::csv)
        .open("/j/{jurisdiction}/{year}/calendar.ics", calendar::deadlines)
        .open("/j/{jurisdiction}/{year}/projects.xlsx", pages::xlsx)
        .post_on(
            Takes::Long,
            "/j/{jurisdiction}/{year}/projects/handover",
            Access::Roles(&[Role::Office]),
            pages::hand_over,
        )
        .post(
            "/j/{jurisdiction}/{year}/projects/district",
            Access::Public,
            pages::remember_district,
        )
        .get(
            "/j/{jurisdiction}/{year}/projects/{project}",
            Access::Public,
            pages::project,
        )
        .get(
            "/j/{jurisdiction}/{year}/projects/{project}/report",
            UNIT,
            pages::report_page,
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
        .open_by(
            api::PARAMETERS,
            "/api/v1/j/{jurisdiction}/{year}/projects",
            api::projects,
        )
}

/// This room's part of the API's document.
pub(crate) fn operations() -> utoipa::openapi::OpenApi {
    <api::Operations as utoipa::OpenApi>::openapi()
}
