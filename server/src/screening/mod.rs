//! Feasibility, clusters, the shortlist, public comments and their answers.

mod acts;
mod api;
mod candidate;
mod candidate_form;
mod candidate_store;
mod cluster;
mod cluster_store;
mod comment_store;
mod decision_form;
mod pages;
pub mod shortlist;
#[cfg(test)]
pub(crate) mod tests;

pub use acts::{ScreeningError, cluster, decide, join, publish_decisions, split};
pub use candidate::{
    Candidate, CandidateFacts, CandidateId, Milestone, canonical_facts, facts_hash,
};
pub use candidate_store::{Review, Shortlist, candidates, shortlist};
pub use cluster::{Cluster, ClusterId, Decision, Member, Outcome, Standing};
pub use cluster_store::{clusters, standing, unclustered};
pub use comment_store::{Answered, Comment, CommentId, comments};
pub use pages::standing_section;

use crate::app::App;
use crate::people::Role;
use crate::proposals::PROPOSERS;
use crate::web::routes::{Access, Routes};

/// What the demo and the use cases write through.
pub mod store {
    pub use super::candidate_store::{
        delete, insert, link_cluster, replace, set_published, set_review,
    };
    pub use super::cluster_store::{
        insert_cluster, insert_member, set_decision, set_decision_published,
    };
}

/// Who screens.
const SCREENERS: Access = Access::Roles(&[Role::Office, Role::UnitStaff, Role::Government]);
/// Who composes the shortlist.
const COMPOSERS: Access = Access::Roles(&[Role::Office, Role::Government]);
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
        .post(
            "/j/{jurisdiction}/{year}/screening/publish",
            OFFICE,
            pages::publish_decisions,
        )
        .post(
            "/j/{jurisdiction}/{year}/screening/clusters",
            SCREENERS,
            pages::merge,
        )
        .post(
            "/j/{jurisdiction}/{year}/screening/review/{proposal}",
            SCREENERS,
            pages::review_proposal,
        )
        .get(
            "/j/{jurisdiction}/{year}/screening/clusters/{cluster}",
            SCREENERS,
            pages::cluster,
        )
        .post(
            "/j/{jurisdiction}/{year}/screening/clusters/{cluster}/decide",
            SCREENERS,
            pages::decide,
        )
        .post(
            "/j/{jurisdiction}/{year}/screening/clusters/{cluster}/join/{proposal}",
            SCREENERS,
            pages::join,
        )
        .post(
            "/j/{jurisdiction}/{year}/screening/clusters/{cluster}/split/{proposal}",
            SCREENERS,
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
        .get(
            "/j/{jurisdiction}/{year}/shortlist.csv",
            Access::Public,
            api::csv,
        )
        .get(
            "/j/{jurisdiction}/{year}/shortlist.xlsx",
            Access::Public,
            api::xlsx,
        )
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
            COMPOSERS,
            pages::compose,
        )
        .post(
            "/j/{jurisdiction}/{year}/shortlist/compose/review",
            COMPOSERS,
            pages::review,
        )
        .post(
            "/j/{jurisdiction}/{year}/shortlist/compose/publish",
            OFFICE,
            pages::publish_shortlist,
        )
        .get(
            "/j/{jurisdiction}/{year}/shortlist/compose/new",
            COMPOSERS,
            pages::new,
        )
        .post(
            "/j/{jurisdiction}/{year}/shortlist/compose/new",
            COMPOSERS,
            pages::add,
        )
        .get(
            "/j/{jurisdiction}/{year}/shortlist/compose/{candidate}",
            COMPOSERS,
            pages::edit,
        )
        .post(
            "/j/{jurisdiction}/{year}/shortlist/compose/{candidate}",
            COMPOSERS,
            pages::change,
        )
        .post(
            "/j/{jurisdiction}/{year}/shortlist/compose/{candidate}/remove",
            COMPOSERS,
            pages::remove,
        )
        .get(
            "/api/v1/j/{jurisdiction}/{year}/shortlist",
            Access::Public,
            api::shortlist,
        )
        .get(
            "/api/v1/j/{jurisdiction}/{year}/shortlist/facts",
            Access::Public,
            api::facts,
        )
}

/// This room's part of the API's document.
pub(crate) fn operations() -> utoipa::openapi::OpenApi {
    <api::Operations as utoipa::OpenApi>::openapi()
}
