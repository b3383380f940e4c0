//! Collecting: residents propose and support; the office takes in.

mod acts;
mod api;
mod draft;
mod pages;
pub mod picture;
mod proposal;
pub mod search;
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

use crate::app::App;
use crate::people::Role;
use crate::web::routes::{Access, Routes};

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
            Access::SignedIn,
            pages::new,
        )
        .post(
            "/j/{jurisdiction}/{year}/proposals/new",
            Access::SignedIn,
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
            Access::SignedIn,
            pages::support,
        )
        .post(
            "/j/{jurisdiction}/{year}/proposals/{proposal}/withdraw",
            Access::SignedIn,
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
            api::table,
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
