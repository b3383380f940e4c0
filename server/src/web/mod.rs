//! What every page shares: layout, components, translation, assets, failures, who may call what.

pub mod assets;
mod caller;
mod chinese;
pub mod choice;
pub mod components;
pub mod cookies;
pub mod cycle_banner;
pub mod cycle_path;
pub mod export;
pub mod fresh;
pub mod health;
pub mod held;
pub mod http_error;
pub mod layout;
mod limits;
#[cfg(test)]
pub mod lint;
pub mod locale;
pub mod openapi;
pub mod page;
pub mod qr;
pub mod query;
pub mod routes;
mod sent;
#[cfg(test)]
mod sent_tests;
pub mod shared;
pub mod style_guide;
pub mod visit;
#[cfg(test)]
pub(crate) mod walk;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{from_fn, from_fn_with_state};
use domain::infra::app::App;
use routes::{Access, Routes};
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

/// No script, style, font or image from elsewhere, none inline; WebAssembly may be compiled.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'";

/// The routes that belong to no stage.
pub fn routes(app: &App) -> Routes {
    Routes::new(app.clone())
        .get("/assets/{digest}/{*path}", Access::Public, assets::serve)
        .get("/favicon.ico", Access::Public, assets::icon)
        .get("/healthz", Access::Public, health::alive)
        .get("/readyz", Access::Public, health::ready)
        .get("/demo/style", Access::Demo, style_guide::style_guide)
        .post("/preferences", Access::Public, visit::set_preferences)
}

/// Wraps the routes in what every request passes through, outermost last.
pub fn layers(app: &App, router: Router) -> Router {
    let fixed = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    router
        .fallback(http_error::no_such_page)
        .layer(from_fn_with_state(app.clone(), visit::identify))
        .layer(CsrfLayer::new())
        .layer(from_fn_with_state(app.clone(), http_error::render))
        .layer(CatchPanicLayer::custom(http_error::from_panic))
        // Each route has its own limit; the framework's of 2 MB would refuse a telephone's photo.
        .layer(DefaultBodyLimit::disable())
        .layer(TimeoutLayer::with_status_code(
            axum::http::StatusCode::SERVICE_UNAVAILABLE,
            Duration::from_mins(1),
        ))
        .layer(CompressionLayer::new())
        .layer(fixed(
            header::CONTENT_SECURITY_POLICY,
            CONTENT_SECURITY_POLICY,
        ))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::REFERRER_POLICY, "same-origin"))
        .layer(fixed(header::X_FRAME_OPTIONS, "DENY"))
        .layer(fixed(
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ))
        .layer(fixed(
            HeaderName::from_static("permissions-policy"),
            "camera=(self), geolocation=(self), microphone=()",
        ))
        .layer(from_fn(no_store))
        .layer(from_fn_with_state(app.clone(), health::measure))
}

/// Pages may show what only this person may see: shared caches keep nothing unless a handler says otherwise.
async fn no_store(
    request: axum::extract::Request,
    next: axum::middleware::Next,
) -> axum::response::Response {
    let mut response = next.run(request).await;
    response
        .headers_mut()
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}
