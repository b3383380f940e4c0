//! A fresh sign-in: before what weighs, people prove again who they are, unless they have done so within minutes.
//!
//! A route demands it by its [`Terms`](super::routes::Terms). Where the last proof is too old, a page is
//! asked for again after the proof; of a form everything that was sent is held ([`super::held`]).

use super::held::Interrupted;
use super::http_error::HttpError;
use axum::extract::Request;
use domain::infra::app::App;
use domain::infra::clock::Timestamp;
use domain::people::session::is_fresh;

/// When the person behind a request last proved who they are.
#[derive(Debug, Clone, Copy)]
pub struct ProvedAt(pub Timestamp);

/// Refuses where the last proof is too old, and holds what was sent.
pub(super) async fn demand(app: &App, request: Request) -> Result<Request, HttpError> {
    let proved_at = request.extensions().get::<ProvedAt>();
    if proved_at.is_some_and(|ProvedAt(at)| is_fresh(*at, app.clock.now())) {
        return Ok(request);
    }
    let interrupted = Interrupted::take(request).await;
    Err(HttpError::ProveAgain(Box::new(interrupted)))
}
