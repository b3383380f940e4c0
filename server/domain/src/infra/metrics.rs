//! Figures for whoever runs the service, in Prometheus' text format, on a port of their own.
//!
//! They tell how the service does, never what people do: requests by route (with parameters in braces, never filled
//! in), method and status. Nothing here counts ballots or their content (promise 3).

use metrics::{counter, histogram, with_local_recorder};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};
use std::time::Duration;

/// The figures of one running service.
pub struct Metrics(PrometheusRecorder);

/// The upper ends of the histogram's buckets, in seconds.
const SECONDS: [f64; 10] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

impl Default for Metrics {
    fn default() -> Self {
        // The list above is neither empty nor can it be refused; without it the exporter would give quantiles.
        let builder = PrometheusBuilder::new()
            .set_buckets(&SECONDS)
            .unwrap_or_default();
        Self(builder.build_recorder())
    }
}

impl Metrics {
    /// Notes that a request was answered. `route` is as it was declared, `-` where none matched.
    pub fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        let labels = [
            ("method", known_method(method).to_owned()),
            ("route", route.to_owned()),
            ("status", status.to_string()),
        ];
        with_local_recorder(&self.0, || {
            counter!("minsheng_http_requests_total", &labels).increment(1);
            histogram!("minsheng_http_request_seconds", "route" => route.to_owned())
                .record(took.as_secs_f64());
        });
    }

    /// The figures as text.
    pub fn render(&self) -> String {
        let handle = self.0.handle();
        handle.run_upkeep();
        handle.render()
    }
}

/// Whoever sends requests must not be able to invent labels.
fn known_method(method: &str) -> &str {
    match method {
        "GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "OPTIONS" => method,
        _ => "other",
    }
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics")
    }
}
