//! The public record: everything the public may rely on, in one append-only Merkle tree (C2SP tlog-tiles).
//!
//! [`domain::record`] stores and signs it; here it is shown and answered.

mod api;
#[cfg(test)]
mod download_tests;
mod feed;
mod pages;
mod problems;
#[cfg(test)]
mod store_tests;
#[cfg(test)]
mod takedown_tests;
#[cfg(test)]
pub(crate) mod tests;
#[cfg(test)]
mod word_tests;

use crate::web::routes::{Access, FRESH, Routes};
use domain::infra::app::App;

/// The record's addresses.
pub fn routes(app: &App) -> Routes {
    Routes::new(app.clone())
        .get("/verify", Access::Public, pages::verify)
        .get("/record", Access::Public, pages::record)
        .open("/downloads/{file}", api::download)
        .open("/record.atom", feed::whole_record)
        .open("/record/checkpoint", api::checkpoint)
        .open("/record/vkey", api::vkey)
        .open("/record/tile/{*path}", api::tile)
        .open("/record/body/{hash}", api::body)
        .get("/record/entry/{position}", Access::Public, pages::entry)
        .open("/record/entry/{position}/receipt", api::receipt)
        .post_on(
            FRESH,
            "/record/entry/{position}/take-down",
            Access::Admin,
            pages::ask,
        )
        .post_on(
            FRESH,
            "/record/entry/{position}/take-down/confirm",
            Access::Admin,
            pages::confirm,
        )
        .post(
            "/record/entry/{position}/take-down/withdraw",
            Access::Admin,
            pages::withdraw,
        )
        .get(
            "/j/{jurisdiction}/{year}/record",
            Access::Public,
            pages::cycle_record,
        )
        .open("/j/{jurisdiction}/{year}/record.atom", feed::record)
}
