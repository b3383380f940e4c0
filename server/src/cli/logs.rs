//! What the service logs, and where.

use std::io::{IsTerminal as _, stderr};
use tracing_subscriber::EnvFilter;

/// Begins to log to standard error: in colours on a terminal whose user has not refused them (<https://no-color.org>).
pub(super) fn begin() {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    tracing_subscriber::fmt()
        .with_env_filter(
            EnvFilter::try_from_default_env().unwrap_or_else(|_| "info,sqlx=warn".into()),
        )
        .with_ansi(stderr().is_terminal() && !refused)
        .with_writer(stderr)
        .init();
}
