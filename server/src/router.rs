//! All routes of the service: each room brings its own, every one with who may call it.

use crate::web::routes::Routes;
use crate::{
    cycles, demo, evaluation, people, projects, proposals, record, screening, session, web,
};
use axum::{Json, Router};
use domain::infra::app::App;
use utoipa::OpenApi as _;

/// Every room's routes, and the document of the API among them.
pub fn routes(app: &App) -> Routes {
    Routes::new(app.clone())
        .open("/api/openapi.json", api_document)
        .merge(web::routes(app))
        .merge(projects::routes(app))
        .merge(evaluation::routes(app))
        .merge(cycles::routes(app))
        .merge(proposals::routes(app))
        .merge(screening::routes(app))
        .merge(people::routes(app))
        .merge(record::routes(app))
        .merge(session::routes(app))
        .merge(demo::routes(app))
}

/// What the API answers to whom, as a program reads it: every room's operations (`OpenAPI` 3.1).
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = web::openapi::Base::openapi();
    for operations in [
        cycles::operations(),
        proposals::operations(),
        screening::operations(),
        session::operations(),
        projects::operations(),
        evaluation::operations(),
    ] {
        document.merge(operations);
    }
    document
}

/// `/api/openapi.json`
async fn api_document() -> Json<utoipa::openapi::OpenApi> {
    Json(document())
}

/// The whole service.
pub fn router(app: &App) -> Router {
    web::layers(app, routes(app).into_router())
}

#[cfg(test)]
#[path = "router_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "api_document_tests.rs"]
mod api_document_tests;
