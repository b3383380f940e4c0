//! All routes of the service: each room brings its own, every one with who may call it.

use crate::app::App;
use crate::web::routes::Routes;
use crate::{cycles, demo, people, proposals, record, screening, session, web};
use axum::Router;

/// Every room's routes.
pub fn routes(app: &App) -> Routes {
    Routes::new(app.clone())
        .merge(web::routes(app))
        .merge(crate::projects::routes(app))
        .merge(crate::evaluation::routes(app))
        .merge(cycles::routes(app))
        .merge(proposals::routes(app))
        .merge(screening::routes(app))
        .merge(people::routes(app))
        .merge(record::routes(app))
        .merge(session::routes(app))
        .merge(demo::routes(app))
}

/// The whole service.
pub fn router(app: &App) -> Router {
    web::layers(app, routes(app).into_router())
}

#[cfg(test)]
#[path = "router_tests.rs"]
mod tests;
