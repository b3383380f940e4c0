//! Feasibility, clusters, the shortlist, public comments and their answers.

#[cfg(test)]
mod answer_tests;
mod api;
#[cfg(test)]
mod assignment_tests;
#[cfg(test)]
pub(crate) mod bench_tests;
#[cfg(test)]
mod bulk_tests;
mod candidate_form;
mod decision_form;
#[cfg(test)]
mod guard_tests;
mod pages;
mod problems;
#[cfg(test)]
mod stale_tests;
#[cfg(test)]
pub(crate) mod tests;

use crate::web::routes::{Access, Routes, Takes};
use domain::infra::app::App;
use domain::people::Role;
use domain::proposals::PROPOSERS;

/// Who screens.
const SCREENERS: Access = Access::Roles(&[Role::Office, Role::UnitStaff, Role::Government]);
/// Who puts proposals together and composes the shortlist.
const CLERKS: Access = Access::Roles(&CLERK_ROLES);
const CLERK_ROLES: [Role; 2] = [Role::Office, Role::Government];
/// Who publishes and answers.
const OFFICE: Access = Access::Roles(&[Role::Office]);

/// The pages of screening and the shortlist.
pub fn routes(app: &App) -> Routes {
    shortlist_routes(screening_routes(Routes::new(app.clone())))
}

fn screening_routes(routes: Routes) -> Routes {
    routes
        .get(
            "/j/{jurisdiction}/{year}/screening",
            Access::Public,
            pages::board,
        )
        .get(
            "/j/{jurisdiction}/{year}/screening/queue",
            SCREENERS,
            pages::queue,
        )
        .post_on(
            Takes::Long,
            "/j/{jurisdiction}/{year}/screening/publish",
            OFFICE,
            pages::publish_decisions,
        )
        .post_on(
            Takes::Long,
            "/j/{jurisdiction}/{year}/screening/clusters",
            CLERKS,
            pages::merge,
        )
        .post_on(
            Takes::Long,
            "/j/{jurisdiction}/{year}/screening/queue/assign",
            OFFICE,
            pages::assign_chosen,
        )
        .post_on(
            Takes::Long,
            "/j/{jurisdiction}/{year}/screening/queue/decline",
            SCREENERS,
            pages::decline_chosen,
        )
        .get(
            "/j/{jurisdiction}/{year}/screening/queue/{proposal}",
            SCREENERS,
            pages::case,
        )
        .post(
            "/j/{jurisdiction}/{year}/screening/queue/{proposal}/decide",
            SCREENERS,
            pages::decide,
        )
        .post(
            "/j/{jurisdiction}/{year}/screening/queue/{proposal}/assign",
            OFFICE,
            pages::assign,
        )
        .post(
            "/j/{jurisdiction}/{year}/screening/clusters/{cluster}/split/{proposal}",
            CLERKS,
            pages::split,
        )
}

fn shortlist_routes(routes: Routes) -> Routes {
    routes
        .get(
            "/j/{jurisdiction}/{year}/shortlist",
            Access::Public,
            pages::shortlist,
        )
        .open("/j/{jurisdiction}/{year}/shortlist.csv", api::csv)
        .open("/j/{jurisdiction}/{year}/shortlist.xlsx", api::xlsx)
        .get(
            "/j/{jurisdiction}/{year}/shortlist/{code}",
            Access::Public,
            pages::candidate,
        )
        .post(
            "/j/{jurisdiction}/{year}/shortlist/comments",
            Access::Roles(PROPOSERS),
            pages::comment,
        )
        .post(
            "/j/{jurisdiction}/{year}/shortlist/comments/{comment}",
            OFFICE,
            pages::answer,
        )
        .get(
            "/j/{jurisdiction}/{year}/shortlist/compose",
            CLERKS,
            pages::compose,
        )
        .post(
            "/j/{jurisdiction}/{year}/shortlist/compose/review",
            CLERKS,
            pages::review,
        )
        .post(
            "/j/{jurisdiction}/{year}/shortlist/compose/publish",
            OFFICE,
            pages::publish_shortlist,
        )
        .get(
            "/j/{jurisdiction}/{year}/shortlist/compose/new",
            CLERKS,
            pages::new,
        )
        .post_on(
            Takes::Long,
            "/j/{jurisdiction}/{year}/shortlist/compose/new",
            CLERKS,
            pages::add,
        )
        .get(
            "/j/{jurisdiction}/{year}/shortlist/compose/{candidate}",
            CLERKS,
            pages::edit,
        )
        .post_on(
            Takes::Long,
            "/j/{jurisdiction}/{year}/shortlist/compose/{candidate}",
            CLERKS,
            pages::change,
        )
        .post(
            "/j/{jurisdiction}/{year}/shortlist/compose/{candidate}/remove",
            CLERKS,
            pages::remove,
        )
        .open("/api/v1/j/{jurisdiction}/{year}/shortlist", api::shortlist)
        .open(
            "/api/v1/j/{jurisdiction}/{year}/shortlist/facts",
            api::facts,
        )
}

/// This room's part of the API's document.
pub(crate) fn operations() -> utoipa::openapi::OpenApi {
    <api::Operations as utoipa::OpenApi>::openapi()
}
