//! Collecting: residents propose and support; the office takes in.

mod acts;
mod api;
mod draft;
mod pages;
pub mod picture;
mod proposal;
pub mod search;
mod search_store;
pub mod store;
mod terms;
#[cfg(test)]
pub mod tests;

pub use acts::{
    PROPOSALS_PER_PERSON, ProposalError, accept, decline, keep_picture, propose, support,
    withdraw_support,
};
pub use draft::{Draft, Ready};
pub use pages::reason_options;
pub use proposal::{
    AlreadyDecided, Category, Channel, Content, PictureId, Proposal, ProposalId, Reason, State,
};
pub use search_store::index_all;

use crate::app::App;
use crate::people::Role;
use crate::web::routes::{Access, Routes};

/// Who proposes (群众提): residents, deputies, and those who enter for others. Whoever signs in by code chooses where they
/// live and is a resident there; who lives elsewhere does not take part here.
pub const PROPOSERS: &[Role] = &[
    Role::Resident,
    Role::Deputy,
    Role::StationStaff,
    Role::UnitStaff,
    Role::Office,
];
/// Who supports: a person of this jurisdiction, not an office.
pub const SUPPORTERS: &[Role] = &[Role::Resident, Role::Deputy];
/// Who decides on intake.
const INTAKE: Access = Access::Roles(&[Role::Office]);

/// The pages and lists of collecting.
pub fn routes(app: &App) -> Routes {
    Routes::new(app.clone())
        .get(
            "/j/{jurisdiction}/{year}/proposals",
            Access::Public,
            pages::list,
        )
        .get(
            "/j/{jurisdiction}/{year}/proposals/new",
            Access::Roles(PROPOSERS),
            pages::new,
        )
        .post(
            "/j/{jurisdiction}/{year}/proposals/new",
            Access::Roles(PROPOSERS),
            pages::send,
        )
        .get(
            "/j/{jurisdiction}/{year}/proposals/mine",
            Access::SignedIn,
            pages::mine,
        )
        .get(
            "/j/{jurisdiction}/{year}/proposals/intake",
            INTAKE,
            pages::intake,
        )
        .get(
            "/j/{jurisdiction}/{year}/proposals/{proposal}",
            Access::Public,
            pages::one,
        )
        .get(
            "/j/{jurisdiction}/{year}/proposals/{proposal}/picture",
            Access::Public,
            pages::picture,
        )
        .post(
            "/j/{jurisdiction}/{year}/proposals/{proposal}/support",
            Access::Roles(SUPPORTERS),
            pages::support,
        )
        .post(
            "/j/{jurisdiction}/{year}/proposals/{proposal}/withdraw",
            Access::Roles(SUPPORTERS),
            pages::withdraw,
        )
        .post(
            "/j/{jurisdiction}/{year}/proposals/{proposal}/accept",
            INTAKE,
            pages::accept,
        )
        .post(
            "/j/{jurisdiction}/{year}/proposals/{proposal}/decline",
            INTAKE,
            pages::decline,
        )
        .get(
            "/j/{jurisdiction}/{year}/proposals.csv",
            Access::Public,
            api::csv,
        )
        .get(
            "/j/{jurisdiction}/{year}/proposals.xlsx",
            Access::Public,
            api::xlsx,
        )
        .get(
            "/j/{jurisdiction}/{year}/proposals.atom",
            Access::Public,
            api::feed,
        )
        .get(
            "/api/v1/j/{jurisdiction}/{year}/proposals",
            Access::Public,
            api::list,
        )
}

/// This room's part of the API's document.
pub(crate) fn operations() -> utoipa::openapi::OpenApi {
    <api::Operations as utoipa::OpenApi>::openapi()
}
