//! Evaluation (测评): deputies' verdicts and residents' ratings side by side, and what follows from them. The
//! deputies' poll itself is held by the session's machinery.

mod api;
#[cfg(test)]
mod level_tests;
mod pages;
mod problems;
#[cfg(test)]
mod tests;

use crate::web::routes::{Access, Routes, Takes};
use domain::infra::app::App;
use domain::people::Role;

/// The pages and the API of the evaluation.
pub fn routes(app: &App) -> Routes {
    const OFFICE: Access = Access::Roles(&[Role::Office]);
    Routes::new(app.clone())
        .get(
            "/j/{jurisdiction}/{year}/evaluation",
            Access::Public,
            pages::evaluation,
        )
        .post(
            "/j/{jurisdiction}/{year}/evaluation/poll",
            OFFICE,
            pages::create,
        )
        .post_on(
            Takes::Long,
            "/j/{jurisdiction}/{year}/evaluation/verdicts",
            OFFICE,
            pages::apply,
        )
        .get(
            "/j/{jurisdiction}/{year}/evaluation/{project}",
            Access::Public,
            pages::rating_form,
        )
        .post(
            "/j/{jurisdiction}/{year}/evaluation/{project}",
            Access::Roles(&[Role::Resident]),
            pages::rate,
        )
        .open("/j/{jurisdiction}/{year}/evaluation.csv", api::csv)
        .open("/j/{jurisdiction}/{year}/evaluation.xlsx", api::xlsx)
        .open(
            "/api/v1/j/{jurisdiction}/{year}/evaluation",
            api::evaluation,
        )
}

/// This room's part of the API's document.
pub(crate) fn operations() -> utoipa::openapi::OpenApi {
    <api::Operations as utoipa::OpenApi>::openapi()
}
