//! Jurisdictions (行政区) and their yearly cycles: which stage the closed loop has reached.

mod pages;
mod problems;
#[cfg(test)]
mod tests;

use crate::web::routes::{Access, Routes};
use domain::infra::app::App;
use domain::people::Role;

/// The pages of jurisdictions and cycles.
pub fn routes(app: &App) -> Routes {
    Routes::new(app.clone())
        .get("/", Access::Public, pages::front)
        .get("/j/{jurisdiction}", Access::Public, pages::jurisdiction)
        .get("/j/{jurisdiction}/new", OFFICE, pages::new)
        .post("/j/{jurisdiction}/new", OFFICE, pages::create)
        .get("/j/{jurisdiction}/{year}", Access::Public, pages::cycle)
        .post("/j/{jurisdiction}/{year}/stage", OFFICE, pages::step)
}

/// Who runs cycles.
const OFFICE: Access = Access::Roles(&[Role::Office]);
