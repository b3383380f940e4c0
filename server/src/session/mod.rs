//! The congress session (票决): rules, check-in, keys, polls, ballots, count and result. Evaluation polls go by the
//! same machinery.

mod api;
mod api_bodies;
mod exports;
mod in_poll;
mod minutes;
mod pages;
mod paper_api;
mod problems;
mod published_api;
mod receipt;
mod rule_form;
mod rule_template;
mod sheet;
pub mod simulate;
#[cfg(test)]
pub(crate) mod testkit;
#[cfg(test)]
mod tests;

pub use in_poll::InPoll;
pub use receipt::BallotReceipt;
pub use rule_form::RuleForm;

use crate::web::routes::{Access, FRESH, Routes, Takes};
use axum::extract::State;
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
const DESK: Access = Access::Roles(pages::screen::HALL_ROLES);
const TELLERS: Access = Access::Roles(&[Role::Teller]);
const CONSOLE: Access = Access::Roles(pages::console::CONSOLE_ROLES);
const DEPUTIES: Access = Access::Roles(&[Role::Deputy]);
const SCRUTINEERS: Access = Access::Roles(&[Role::Scrutineer, Role::ChiefScrutineer]);

/// The session's pages and API.
pub fn routes(app: &App) -> Routes {
    let routes = api_routes(page_routes(Routes::new(app.clone())));
    let routes = paper_routes(device_routes(routes));
    hall_routes(routes, pages::screen::Screens::default())
}

/// What stands in the hall while it meets: the big screen, and the desk at the check-in.
fn hall_routes(routes: Routes, screens: pages::screen::Screens) -> Routes {
    let (of_counts, of_console) = (screens.clone(), screens.clone());
    routes
        .post(
            poll_page!("/check-in-code"),
            OFFICE,
            pages::code_setting::set,
        )
        .post(poll_page!("/planned-end"), OFFICE, pages::planned_end::set)
        .post(
            poll_page!("/check-in-with"),
            OFFICE,
            pages::check_in_setting::set,
        )
        .get(poll_page!("/screen"), Access::Public, pages::screen::screen)
        .get(
            poll_page!("/screen/events"),
            Access::Public,
            move |State(app), visit, found, headers| {
                pages::screen::screen_events(screens, app, visit, found, headers)
            },
        )
        .get(
            poll_page!("/attendance/events"),
            Access::Public,
            move |State(app), visit, found, headers| {
                pages::screen::attendance_events(of_counts, app, visit, found, headers)
            },
        )
        .get(
            poll_page!("/console/events"),
            CONSOLE,
            move |State(app), visit, found, headers| {
                pages::screen::console_events(of_console, app, visit, found, headers)
            },
        )
        .get(
            poll_page!("/first-look"),
            Access::Roles(&[Role::ChiefScrutineer]),
            pages::first_look::first_look,
        )
        .post_on(
            FRESH,
            poll_page!("/first-look"),
            Access::Roles(&[Role::ChiefScrutineer]),
            pages::first_look::look,
        )
        .get(poll_page!("/desk"), DESK, pages::desk::desk)
        .post(poll_page!("/desk/code"), DESK, pages::desk::code)
        .post(poll_page!("/desk/leave"), DESK, pages::desk::leave)
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
        .get(
            "/j/{jurisdiction}/{year}/session/console",
            CONSOLE,
            pages::console::console,
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
            poll_page!("/motion"),
            leaders,
            pages::manage_ends::motion,
        )
        .post_on(
            FRESH,
            "/j/{jurisdiction}/{year}/session/follow-up",
            OFFICE,
            pages::manage_ends::follow_up,
        )
        .post_on(
            FRESH,
            poll_page!("/ceremony/restart"),
            OFFICE,
            pages::manage_ceremony::restart,
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
        .open("/j/{jurisdiction}/{year}/results.csv", exports::csv)
        .open("/j/{jurisdiction}/{year}/results.xlsx", exports::xlsx)
        .get(
            "/j/{jurisdiction}/{year}/results/{poll}",
            Access::Public,
            pages::result::result,
        )
        .get(
            "/j/{jurisdiction}/{year}/results/{poll}/sheet",
            Access::Public,
            pages::sheet::sheet,
        )
        .get(
            "/j/{jurisdiction}/{year}/results/{poll}/sheet.pdf",
            Access::Public,
            pages::sheet::sheet_pdf,
        )
        .get(
            "/j/{jurisdiction}/{year}/results/{poll}/announcement.pdf",
            Access::Public,
            pages::announcement::announcement_pdf,
        )
        .get(
            "/j/{jurisdiction}/{year}/results/{poll}/announcement",
            Access::Public,
            pages::announcement::announcement,
        )
        .post(
            "/j/{jurisdiction}/{year}/results/{poll}/announcement",
            OFFICE,
            pages::announcement::number,
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

/// Paper ballots: at the desk, and on the tellers' devices.
fn paper_routes(routes: Routes) -> Routes {
    routes
        .post(poll_page!("/desk/paper"), DESK, pages::desk_paper::presence)
        .post(
            poll_page!("/desk/hand-out"),
            DESK,
            pages::desk_paper::hand_out,
        )
        .post(
            poll_page!("/desk/replace"),
            DESK,
            pages::desk_paper::replace,
        )
        .get(poll_page!("/papers"), DESK, pages::ballot_papers::papers)
        .get(
            poll_page!("/papers.pdf"),
            DESK,
            pages::ballot_papers::papers_pdf,
        )
        .get(poll_page!("/paper"), TELLERS, pages::device::paper)
        .get(poll_api!("/paper"), TELLERS, paper_api::paper)
        .post_on(
            Takes::Long,
            poll_api!("/paper/credentials"),
            TELLERS,
            paper_api::credentials,
        )
        .post(poll_api!("/paper/list"), TELLERS, paper_api::list)
        .post(poll_api!("/paper/count"), TELLERS, paper_api::count)
}

fn api_routes(routes: Routes) -> Routes {
    routes
        .open("/api/v1/j/{jurisdiction}/{year}/results", exports::results)
        .open(poll_api!(""), api::poll)
        .open(poll_api!("/rule"), published_api::rule)
        .open(poll_api!("/election"), published_api::election)
        .open(poll_api!("/roll"), published_api::roll)
        .open(poll_api!("/trustees"), published_api::trustees)
        .open(
            poll_api!("/encrypted-tally"),
            published_api::encrypted_tally,
        )
        .open(poll_api!("/archive"), published_api::archive)
        .open(poll_api!("/record"), published_api::record)
        .open(
            poll_api!("/record/opening"),
            published_api::record_at_opening,
        )
        .open(poll_api!("/minutes"), minutes::minutes)
        .open(poll_api!("/bundle"), published_api::bundle)
        .open(poll_api!("/result"), published_api::result)
        .open(poll_api!("/ballots/{tracker}"), api::ballot)
        .post_on(
            Takes::Ballot,
            poll_api!("/ballots"),
            Access::Public,
            api::ballots,
        )
        .post_on(
            Takes::Ballot,
            poll_api!("/challenges"),
            Access::Public,
            api::challenges,
        )
        .post(poll_api!("/check-in"), DEPUTIES, api::check_in_device)
        .post(poll_api!("/trustee-key"), SCRUTINEERS, api::trustee_key)
        .post_on(
            Takes::Ballot,
            poll_api!("/ceremony"),
            SCRUTINEERS,
            api::ceremony_message,
        )
        .post(
            poll_api!("/ceremony/complaint"),
            SCRUTINEERS,
            api::ceremony_complaint,
        )
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
