//! Collecting: residents propose and support; the office takes in.

mod api;
#[cfg(test)]
mod guard_tests;
#[cfg(test)]
mod intake_tests;
#[cfg(test)]
mod list_tests;
mod pages;
#[cfg(test)]
mod picture_tests;
mod problems;
#[cfg(test)]
pub mod tests;

use crate::web::routes::{Access, Routes, Takes};
use domain::infra::app::App;
use domain::people::Role;
use domain::proposals::{PROPOSERS, SUPPORTERS};

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
        .post_on(
            Takes::File,
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
            "/j/{jurisdiction}/{year}/proposals/intake/{proposal}",
            INTAKE,
            pages::intake_one,
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
        .open("/j/{jurisdiction}/{year}/proposals.csv", api::csv)
        .open("/j/{jurisdiction}/{year}/proposals.xlsx", api::xlsx)
        .open("/j/{jurisdiction}/{year}/proposals.atom", api::feed)
        .open_by(
            api::PARAMETERS,
            "/api/v1/j/{jurisdiction}/{year}/proposals",
            api::list,
        )
}

/// This room's part of the API's document.
pub(crate) fn operations() -> utoipa::openapi::OpenApi {
    <api::Operations as utoipa::OpenApi>::openapi()
}
