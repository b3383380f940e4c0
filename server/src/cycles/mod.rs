//! Jurisdictions (行政区) and their yearly cycles: which stage the closed loop has reached.

mod api;
mod pages;
mod problems;
mod settings_form;
mod settings_rows;
#[cfg(test)]
mod settings_tests;
#[cfg(test)]
mod tests;

use crate::web::routes::{Access, Routes, Takes};
use domain::infra::app::App;
use domain::people::Role;

/// The pages of jurisdictions and cycles.
pub fn routes(app: &App) -> Routes {
    Routes::new(app.clone())
        .get("/", Access::Public, pages::front)
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
        .get(
            "/api/v1/j/{jurisdiction}/settings",
            Access::Public,
            api::settings,
        )
        .get("/j/{jurisdiction}/{year}", Access::Public, pages::cycle)
        .post("/j/{jurisdiction}/{year}/stage", OFFICE, pages::step)
}

/// This room's part of the API's document.
pub(crate) fn operations() -> utoipa::openapi::OpenApi {
    <api::Operations as utoipa::OpenApi>::openapi()
}

/// Who runs cycles.
const OFFICE: Access = Access::Roles(&[Role::Office]);
