//! Whether the service lives and can serve.

use super::failure::Failure;
use crate::app::App;
use axum::extract::State;

/// The process answers.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// The database answers.
pub async fn ready(State(app): State<App>) -> Result<&'static str, Failure> {
    drop(app.database.read().await?);
    Ok("ready\n")
}
