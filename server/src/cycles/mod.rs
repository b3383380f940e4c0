//! Jurisdictions (行政区) and their yearly cycles: which stage the closed loop has reached.

mod api;
mod entry_api;
#[cfg(test)]
mod exception_tests;
mod pages;
mod problems;
mod settings_form;
mod settings_rows;
#[cfg(test)]
mod settings_tests;
#[cfg(test)]
mod task_tests;
#[cfg(test)]
mod tests;

use crate::web::routes::{Access, FRESH, Routes, Takes};
use domain::closed_loop::CONFIRMERS;
use domain::infra::app::App;
use domain::people::Role;

/// The pages of jurisdictions and cycles.
pub fn routes(app: &App) -> Routes {
    Routes::new(app.clone())
        .get("/", Access::Public, pages::front)
        .get("/open-data", Access::Public, pages::open_data)
        .get("/j/{jurisdiction}", Access::Public, pages::jurisdiction)
        .get("/j/{jurisdiction}/new", OFFICE, pages::new)
        .post("/j/{jurisdiction}/new", OFFICE, pages::create)
        .get(
            "/j/{jurisdiction}/settings",
            Access::Public,
            pages::settings,
        )
        .get(
            "/j/{jurisdiction}/settings/change",
            Access::Roles(pages::KEEPERS),
            pages::settings_form,
        )
        .post_on(
            Takes::Long,
            "/j/{jurisdiction}/settings/change",
            Access::Roles(pages::KEEPERS),
            pages::change_settings,
        )
        .open("/api/v1", entry_api::entry)
        .open("/api/v1/j/{jurisdiction}", entry_api::jurisdiction)
        .open("/api/v1/j/{jurisdiction}/settings", api::settings)
        .open("/api/v1/j/{jurisdiction}/{year}", entry_api::cycle)
        .get("/j/{jurisdiction}/{year}", Access::Public, pages::cycle)
        .get(
            "/j/{jurisdiction}/{year}/schedule",
            OFFICE,
            pages::schedule_form,
        )
        .post("/j/{jurisdiction}/{year}/schedule", OFFICE, pages::plan)
        .post("/j/{jurisdiction}/{year}/stage", OFFICE, pages::step)
        .post_on(
            FRESH,
            "/j/{jurisdiction}/{year}/stage/exception",
            OFFICE,
            pages::ask_exception,
        )
        .post_on(
            FRESH,
            "/j/{jurisdiction}/{year}/stage/exception/confirm",
            Access::Roles(CONFIRMERS),
            pages::confirm_exception,
        )
}

/// This room's part of the API's document.
pub(crate) fn operations() -> utoipa::openapi::OpenApi {
    let mut document = <entry_api::Operations as utoipa::OpenApi>::openapi();
    document.merge(<api::Operations as utoipa::OpenApi>::openapi());
    document
}

/// Who runs cycles.
const OFFICE: Access = Access::Roles(&[Role::Office]);
