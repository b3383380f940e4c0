//! What is published of a poll, in its exact bytes: the objects that ballots are bound to, archive, record and bundle.

use super::in_poll::InPoll;
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::openapi::{OfPoll, ReadProblems};
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::infra::app::App;
use domain::session::store::{self, ObjectKind};
use domain::session::{self, UpTo, poll_record};

async fn exact(app: &App, poll: &session::Poll, kind: ObjectKind) -> HttpResult {
    let mut tx = app.database.read().await?;
    let text = store::object(&mut tx, poll, kind)
        .await?
        .ok_or(HttpError::NotFound)?;
    let media = match kind {
        ObjectKind::Rule => "application/toml; charset=utf-8",
        ObjectKind::Trustees
        | ObjectKind::Roll
        | ObjectKind::Election
        | ObjectKind::EncryptedTally
        | ObjectKind::Result
        | ObjectKind::Outcome
        | ObjectKind::Lot
        | ObjectKind::Paper => "application/json",
    };
    Ok(([(header::CONTENT_TYPE, media)], text).into_response())
}

/// The exact bytes of the adopted `rule.toml`.
#[utoipa::path(
    get, path = "/api/v1/j/{jurisdiction}/{year}/polls/{poll}/rule", tag = "polls", operation_id = "getRule",
    params(OfPoll),
    responses((status = 200, description = "The exact bytes.", body = String, content_type = "application/toml"), ReadProblems)
)]
pub(crate) async fn rule(State(app): State<App>, found: InPoll) -> HttpResult {
    exact(&app, &found.poll, ObjectKind::Rule).await
}

/// The exact bytes of the election object that every ballot is bound to, from the freeze on.
#[utoipa::path(
    get, path = "/api/v1/j/{jurisdiction}/{year}/polls/{poll}/election", tag = "polls", operation_id = "getElection",
    params(OfPoll),
    responses((status = 200, description = "The exact bytes.", body = Object, content_type = "application/json"), ReadProblems)
)]
pub(crate) async fn election(State(app): State<App>, found: InPoll) -> HttpResult {
    exact(&app, &found.poll, ObjectKind::Election).await
}

/// The exact bytes of the public credentials, from the freeze on.
#[utoipa::path(
    get, path = "/api/v1/j/{jurisdiction}/{year}/polls/{poll}/roll", tag = "polls", operation_id = "getRoll",
    params(OfPoll),
    responses((status = 200, description = "The exact bytes.", body = Vec<String>, content_type = "application/json"), ReadProblems)
)]
pub(crate) async fn roll(State(app): State<App>, found: InPoll) -> HttpResult {
    exact(&app, &found.poll, ObjectKind::Roll).await
}

/// The exact bytes of the trustees object, from the freeze on.
#[utoipa::path(
    get, path = "/api/v1/j/{jurisdiction}/{year}/polls/{poll}/trustees", tag = "polls", operation_id = "getTrustees",
    params(OfPoll),
    responses((status = 200, description = "The exact bytes.", body = Vec<serde_json::Value>, content_type = "application/json"), ReadProblems)
)]
pub(crate) async fn trustees(State(app): State<App>, found: InPoll) -> HttpResult {
    exact(&app, &found.poll, ObjectKind::Trustees).await
}

/// The encrypted tally that the scrutineers decrypt, from the close on.
#[utoipa::path(
    get, path = "/api/v1/j/{jurisdiction}/{year}/polls/{poll}/encrypted-tally", tag = "polls", operation_id = "getEncryptedTally",
    params(OfPoll),
    responses((status = 200, description = "The exact bytes.", body = Vec<Vec<Object>>, content_type = "application/json"), ReadProblems)
)]
pub(crate) async fn encrypted_tally(State(app): State<App>, found: InPoll) -> HttpResult {
    exact(&app, &found.poll, ObjectKind::EncryptedTally).await
}

/// Counts and decision, from the announcement on.
#[utoipa::path(
    get, path = "/api/v1/j/{jurisdiction}/{year}/polls/{poll}/result", tag = "polls", operation_id = "getResult",
    params(OfPoll),
    responses((status = 200, description = "The exact bytes.", body = Object, content_type = "application/json"), ReadProblems)
)]
pub(crate) async fn result(State(app): State<App>, found: InPoll) -> HttpResult {
    exact(&app, &found.poll, ObjectKind::Outcome).await
}

/// The election archive (`.bel`) so far.
#[utoipa::path(
    get, path = "/api/v1/j/{jurisdiction}/{year}/polls/{poll}/archive", tag = "polls", operation_id = "getArchive",
    params(OfPoll),
    responses((status = 200, description = "The exact bytes.", body = Vec<u8>, content_type = "application/x-tar"), ReadProblems)
)]
pub(crate) async fn archive(State(app): State<App>, found: InPoll) -> HttpResult {
    let bytes = session::archive(&app, &found.poll).await?;
    Ok(download(&found, "bel", "application/x-tar", bytes))
}

/// Everything that the public record says of the poll so far, with the proof that nothing is left out.
#[utoipa::path(
    get, path = "/api/v1/j/{jurisdiction}/{year}/polls/{poll}/record", tag = "polls", operation_id = "getPollRecord",
    params(OfPoll),
    responses((status = 200, description = "The document `record.json` of docs/bundle-format.md.", body = Object, content_type = "application/json"), ReadProblems)
)]
pub(super) async fn record(State(app): State<App>, found: InPoll) -> HttpResult {
    let record = poll_record(&app, &found.poll, UpTo::Newest).await?;
    Ok(Json(record).into_response())
}

/// The same up to the opening, without the ballots that were cast since.
#[utoipa::path(
    get, path = "/api/v1/j/{jurisdiction}/{year}/polls/{poll}/record/opening", tag = "polls", operation_id = "getPollRecordAtOpening",
    params(OfPoll),
    responses((status = 200, description = "The document `record.json` of docs/bundle-format.md.", body = Object, content_type = "application/json"), ReadProblems)
)]
pub(super) async fn record_at_opening(State(app): State<App>, found: InPoll) -> HttpResult {
    let record = poll_record(&app, &found.poll, UpTo::Opening).await?;
    Ok(Json(record).into_response())
}

/// Archive, rule, roll, figures and decision in a zip, from the announcement on; where the poll was withdrawn or is void, what proves
/// that.
#[utoipa::path(
    get, path = "/api/v1/j/{jurisdiction}/{year}/polls/{poll}/bundle", tag = "polls", operation_id = "getBundle",
    params(OfPoll),
    responses((status = 200, description = "The exact bytes.", body = Vec<u8>, content_type = "application/zip"), ReadProblems)
)]
pub(crate) async fn bundle(State(app): State<App>, found: InPoll) -> HttpResult {
    let bytes = session::bundle(&app, &found.poll).await?;
    Ok(download(&found, "zip", "application/zip", bytes))
}

fn download(found: &InPoll, extension: &str, media: &'static str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, media.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            found.file().attachment(extension),
        ),
    ];
    (headers, bytes).into_response()
}
