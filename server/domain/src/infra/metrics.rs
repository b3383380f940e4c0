//! Figures for whoever runs the service, in Prometheus' text format, on a port of their own.
//!
//! They tell how the service does, never what people do: requests by route (with parameters in braces, never filled
//! in), method and status. Nothing here counts ballots or their content (promise 3).

use metrics::{counter, describe_counter, describe_histogram, histogram, with_local_recorder};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};
use std::time::Duration;

/// The figures of one running service.
pub struct Metrics(PrometheusRecorder);

const REQUESTS: &str = "minsheng_http_requests_total";
const SECONDS_TAKEN: &str = "minsheng_http_request_seconds";

/// The upper ends of the histogram's buckets, in seconds.
const SECONDS: [f64; 10] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

impl Default for Metrics {
    fn default() -> Self {
        // The list above is neither empty nor can it be refused; without it the exporter would give quantiles.
        let builder = PrometheusBuilder::new()
            .set_buckets(&SECONDS)
            .unwrap_or_default();
        let recorder = builder.build_recorder();
        with_local_recorder(&recorder, || {
            describe_counter!(
                REQUESTS,
                "Requests that were answered, by method, route and status."
            );
            describe_histogram!(
                SECONDS_TAKEN,
                "Seconds from a request to its answer, by route."
            );
        });
        Self(recorder)
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
            counter!(REQUESTS, &labels).increment(1);
            histogram!(SECONDS_TAKEN, "route" => route.to_owned()).record(took.as_secs_f64());
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

#[cfg(test)]
mod tests {
    use super::Metrics;
    use std::time::Duration;

    #[test]
    fn every_figure_says_what_it_is() {
        let metrics = Metrics::default();
        metrics.answered("GET", "/", 200, Duration::from_millis(3));
        let text = metrics.render();
        let named = |line: &str| line.split(' ').nth(2).map(str::to_owned);
        let of = |kind: &str| -> Vec<_> {
            let lines = text.lines().filter(|line| line.starts_with(kind));
            lines.filter_map(named).collect()
        };
        assert_eq!(of("# TYPE").len(), 2, "{text}");
        assert_eq!(of("# HELP"), of("# TYPE"), "{text}");
    }
}
