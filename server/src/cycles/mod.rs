//! Jurisdictions (行政区) and their yearly cycles: which stage the closed loop has reached.

mod acts;
mod cycle;
mod cycle_page;
mod guard;
mod office;
mod pages;
pub mod store;
#[cfg(test)]
mod tests;

pub use acts::{CycleError, NewCycle, create, move_stage};
pub use cycle::{Cycle, Jurisdiction, JurisdictionKind, Stage, StageError};
pub use guard::{GuardError, Hold, InCycle, require_stage};
pub use pages::{CycleHeading, banner};

use crate::app::App;
use crate::people::Role;
use crate::web::failure::Failure;
use crate::web::routes::{Access, Routes};

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

/// The jurisdiction with this slug, or [`Failure::NotFound`].
pub async fn find_jurisdiction(app: &App, slug: &str) -> Result<Jurisdiction, Failure> {
    let mut tx = app.database.read().await?;
    store::jurisdiction_by_slug(&mut tx, slug)
        .await?
        .ok_or(Failure::NotFound)
}

/// The cycle of this jurisdiction and year, or [`Failure::NotFound`].
pub async fn find_cycle(
    app: &App,
    slug: &str,
    year: i32,
) -> Result<(Jurisdiction, Cycle), Failure> {
    let jurisdiction = find_jurisdiction(app, slug).await?;
    let mut tx = app.database.read().await?;
    let cycle = store::cycle_of_year(&mut tx, jurisdiction.id, year)
        .await?
        .ok_or(Failure::NotFound)?;
    Ok((jurisdiction, cycle))
}
