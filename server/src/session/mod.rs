//! The congress session (票决): rules, check-in, keys, polls, ballots, count and result. Evaluation polls go by the
//! same machinery.

mod api;
mod exports;
mod in_poll;
mod pages;
mod problems;
mod published_api;
mod receipt;
mod rule_form;
pub mod simulate;
#[cfg(test)]
pub(crate) mod testkit;
#[cfg(test)]
mod tests;

pub use in_poll::InPoll;
pub use receipt::BallotReceipt;
pub use rule_form::RuleForm;

use crate::web::routes::{Access, FRESH, Routes, Takes};
use domain::infra::app::App;
use domain::people::Role;

/// An address below a poll's API.
macro_rules! poll_api {
    ($rest:literal) => {
        concat!("/api/v1/j/{jurisdiction}/{year}/polls/{poll}", $rest)
    };
}

/// An address below a poll's page.
macro_rules! poll_page {
    ($rest:literal) => {
        concat!("/j/{jurisdiction}/{year}/session/polls/{poll}", $rest)
    };
}

const OFFICE: Access = Access::Roles(&[Role::Office]);
const DEPUTIES: Access = Access::Roles(&[Role::Deputy]);
const SCRUTINEERS: Access = Access::Roles(&[Role::Scrutineer, Role::ChiefScrutineer]);

/// The session's pages and API.
pub fn routes(app: &App) -> Routes {
    device_routes(api_routes(page_routes(Routes::new(app.clone()))))
}

fn page_routes(routes: Routes) -> Routes {
    let leaders = Access::Roles(pages::overview::SESSION_ROLES);
    routes
        .get(
            "/j/{jurisdiction}/{year}/session",
            Access::Public,
            pages::overview::overview,
        )
        .post(
            "/j/{jurisdiction}/{year}/session/polls",
            OFFICE,
            pages::overview::create_main,
        )
        .get(poll_page!(""), Access::Public, pages::overview::poll)
        .get(poll_page!("/manage"), leaders, pages::manage::manage)
        .post_on(
            Takes::Long,
            poll_page!("/rules"),
            OFFICE,
            pages::manage::rules,
        )
        .post(poll_page!("/adopt"), OFFICE, pages::manage::adopt)
        .post_on(
            FRESH,
            poll_page!("/confirm"),
            leaders,
            pages::manage::confirm,
        )
        .post_on(
            FRESH,
            poll_page!("/announce"),
            Access::Roles(&[Role::Chair]),
            pages::manage::announce,
        )
        .get(
            "/j/{jurisdiction}/{year}/results",
            Access::Public,
            pages::result::results,
        )
        .get(
            "/j/{jurisdiction}/{year}/results.csv",
            Access::Public,
            exports::csv,
        )
        .get(
            "/j/{jurisdiction}/{year}/results.xlsx",
            Access::Public,
            exports::xlsx,
        )
        .get(
            "/j/{jurisdiction}/{year}/results/{poll}",
            Access::Public,
            pages::result::result,
        )
}

/// The pages whose work happens on the device. A scrutineer's may be seen by any scrutineer; it shows nothing of
/// anybody else's.
fn device_routes(routes: Routes) -> Routes {
    routes
        .get("/device", Access::Public, pages::device::preview)
        .get(
            poll_page!("/headcount"),
            DEPUTIES,
            pages::headcount::headcount,
        )
        .post_on(
            FRESH,
            poll_page!("/headcount"),
            DEPUTIES,
            pages::headcount::confirm,
        )
        .get(poll_page!("/check-in"), DEPUTIES, pages::device::check_in)
        .get(poll_page!("/cast"), DEPUTIES, pages::device::cast)
        .get(
            poll_page!("/scrutineer"),
            SCRUTINEERS,
            pages::device::scrutineer,
        )
}

fn api_routes(routes: Routes) -> Routes {
    routes
        .get(
            "/api/v1/j/{jurisdiction}/{year}/results",
            Access::Public,
            exports::results,
        )
        .get(poll_api!(""), Access::Public, api::poll)
        .get(poll_api!("/rule"), Access::Public, published_api::rule)
        .get(
            poll_api!("/election"),
            Access::Public,
            published_api::election,
        )
        .get(poll_api!("/roll"), Access::Public, published_api::roll)
        .get(
            poll_api!("/trustees"),
            Access::Public,
            published_api::trustees,
        )
        .get(
            poll_api!("/encrypted-tally"),
            Access::Public,
            published_api::encrypted_tally,
        )
        .get(
            poll_api!("/archive"),
            Access::Public,
            published_api::archive,
        )
        .get(poll_api!("/record"), Access::Public, published_api::record)
        .get(
            poll_api!("/record/opening"),
            Access::Public,
            published_api::record_at_opening,
        )
        .get(poll_api!("/bundle"), Access::Public, published_api::bundle)
        .get(poll_api!("/result"), Access::Public, published_api::result)
        .get(poll_api!("/ballots/{tracker}"), Access::Public, api::ballot)
        .post_on(
            Takes::Ballot,
            poll_api!("/ballots"),
            Access::Public,
            api::ballots,
        )
        .post(poll_api!("/check-in"), DEPUTIES, api::check_in_device)
        .post(poll_api!("/trustee-key"), SCRUTINEERS, api::trustee_key)
        .post(poll_api!("/approval"), SCRUTINEERS, api::approval)
        .post(
            poll_api!("/closing-statement"),
            SCRUTINEERS,
            api::closing_statement,
        )
        .post_on(
            Takes::Ballot,
            poll_api!("/partial-decryption"),
            SCRUTINEERS,
            api::partial_decryption,
        )
}

/// This room's part of the API's document.
pub(crate) fn operations() -> utoipa::openapi::OpenApi {
    <api::Operations as utoipa::OpenApi>::openapi()
}
