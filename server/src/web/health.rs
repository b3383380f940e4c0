//! Whether the service lives and can serve, and how it does.

use super::http_error::reference;
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use domain::infra::app::App;
use domain::infra::clock;
use domain::record;
use std::time::Instant;
use tracing::Instrument as _;

/// The process answers.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// The database answers and continues what was published, and the clock is not behind the record. Else 503: whoever spreads
/// the load sends nobody here.
pub async fn ready(State(app): State<App>) -> Response {
    let not_ready = |error: &dyn std::error::Error| {
        tracing::error!(%error, "not ready");
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response()
    };
    let last = match record::last_entry_at(&app).await {
        Ok(last) => last,
        Err(error) => return not_ready(&error),
    };
    if let Err(error) = record::check_against_published(&app).await {
        return not_ready(&error);
    }
    match clock::after(last, app.clock.now()) {
        Ok(_) => "ready\n".into_response(),
        Err(behind) => {
            tracing::error!(%behind, "not ready");
            let text = format!("not ready: {behind}\n");
            (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
        }
    }
}

/// Notes each request's route, method, status and time; every line that it leaves in the log stands in its span.
pub async fn measure(State(app): State<App>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("-", MatchedPath::as_str);
    // The number ties the request's lines together; it is in no answer, and says nothing of who asked.
    let span = tracing::info_span!("request", number = reference(), %method, route);
    let response = next.run(request).instrument(span.clone()).await;
    let status = response.status().as_u16();
    tracing::debug!(parent: &span, status, "answered");
    app.metrics
        .answered(method.as_str(), route, status, begun.elapsed());
    response
}

/// What is served on the port of its own: `/metrics`, and nothing else.
pub fn metrics_router(app: &App) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .with_state(app.clone())
}

async fn metrics(State(app): State<App>) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    (headers, app.metrics.render()).into_response()
}

#[cfg(test)]
mod tests {
    use super::metrics_router;
    use crate::testing::TestService;
    use axum::body::{Body, to_bytes};
    use axum::http::{Request, StatusCode};
    use domain::cycles::Stage;
    use tower::ServiceExt as _;

    async fn scraped(service: &TestService) -> String {
        let request = Request::get("/metrics").body(Body::empty()).unwrap();
        let response = metrics_router(&service.app).oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn requests_are_counted_by_route_and_never_by_what_fills_it() {
        let service = TestService::start(Stage::Collecting).await;
        for path in ["/j/qinghe/2026", "/j/qinghe/2026", "/j/verborgen/2026"] {
            service.send(Request::get(path), None, Body::empty()).await;
        }
        let text = scraped(&service).await;
        for line in [
            "minsheng_http_requests_total{method=\"GET\",route=\"/j/{jurisdiction}/{year}\",status=\"200\"} 2",
            "minsheng_http_requests_total{method=\"GET\",route=\"/j/{jurisdiction}/{year}\",status=\"404\"} 1",
            "minsheng_http_request_seconds_count{route=\"/j/{jurisdiction}/{year}\"} 3",
        ] {
            assert!(text.lines().any(|one| one == line), "{line}\n{text}");
        }
        assert!(
            !text.contains("qinghe") && !text.contains("verborgen"),
            "{text}"
        );
    }

    #[tokio::test]
    async fn metrics_are_not_on_the_public_port() {
        let service = TestService::start(Stage::Collecting).await;
        let reply = service.get("/metrics", None).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn without_its_database_the_service_lives_but_is_not_ready() {
        let service = TestService::start(Stage::Collecting).await;
        assert_eq!(service.get("/readyz", None).await.body, "ready\n");
        service.app.database.close().await;
        assert_eq!(service.get("/healthz", None).await.body, "ok\n");
        let reply = service.get("/readyz", None).await;
        assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(reply.body, "not ready\n");
    }
}
