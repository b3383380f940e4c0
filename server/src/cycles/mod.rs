//! Jurisdictions (行政区) and their yearly cycles: which stage the closed loop has reached.

mod cycle_page;
mod office;
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
        .get("/j/{jurisdiction}/new", OFFICE, office::new)
        .post("/j/{jurisdiction}/new", OFFICE, office::create)
        .get(
            "/j/{jurisdiction}/{year}",
            Access::Public,
            cycle_page::cycle,
        )
        .post("/j/{jurisdiction}/{year}/stage", OFFICE, office::step)
}

/// Who runs cycles.
const OFFICE: Access = Access::Roles(&[Role::Office]);
