//! What programs read: checkpoint, key, tiles and entries in the C2SP formats, bodies, receipts.

use crate::web::http_error::{HttpError, HttpResult};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::infra::app::App;
use domain::record::store::{self, Body as StoredBody};
use domain::record::{self, EntryIndex};
use std::io;
use tally::record::BodyHash;
use tally::record::leaf::{Salt, body_document};
use tally::record::tile::{Bundle, Tile};
use tokio::task::spawn_blocking;

const TEXT: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";
/// How much of a file is in memory at once.
const PIECE: usize = 64 * 1024;
/// Tiles never change: c2sp.org/tlog-tiles asks for long caching.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// `/record/checkpoint` (c2sp.org/tlog-checkpoint)
pub(crate) async fn checkpoint(State(app): State<App>) -> HttpResult {
    let signed = record::checkpoint(&app).await?;
    Ok(answer(
        TEXT,
        "no-cache",
        signed.note.to_string().into_bytes(),
    ))
}

/// `/record/vkey` (c2sp.org/signed-note)
pub(crate) async fn vkey(State(app): State<App>) -> HttpResult {
    let line = format!("{}\n", record::verifier_key(&app)?);
    Ok(answer(TEXT, "no-cache", line.into_bytes()))
}

/// `/record/tile/{L}/{N}[.p/{W}]` and `/record/tile/entries/{N}[.p/{W}]` (c2sp.org/tlog-tiles)
pub(crate) async fn tile(State(app): State<App>, Path(path): Path<String>) -> HttpResult {
    let bytes = match path.strip_prefix("entries/") {
        Some(path) => entry_bundle(&app, path).await?,
        None => hash_tile(&app, &path).await?,
    };
    Ok(answer(BYTES, FOR_EVER, bytes))
}

async fn hash_tile(app: &App, path: &str) -> Result<Vec<u8>, HttpError> {
    let tile = Tile::from_path(path).map_err(|_| HttpError::NotFound)?;
    let mut tx = app.database.read().await?;
    if !tile.is_in(store::size(&mut tx).await?) {
        return Err(HttpError::NotFound);
    }
    let level = tile.level().saturating_mul(8);
    let first = tile.index().saturating_mul(256);
    let nodes = store::nodes_of_level(&mut tx, level, first, tile.width()).await?;
    tile.content(&nodes).ok_or(HttpError::NotFound)
}

async fn entry_bundle(app: &App, path: &str) -> Result<Vec<u8>, HttpError> {
    let bundle = Bundle::from_path(path).map_err(|_| HttpError::NotFound)?;
    let mut tx = app.database.read().await?;
    if !bundle.is_in(store::size(&mut tx).await?) {
        return Err(HttpError::NotFound);
    }
    let headers = store::headers(&mut tx, bundle.first_entry(), bundle.width()).await?;
    Bundle::content(&headers).map_err(|error| HttpError::internal(&error))
}

/// `/record/body/{hash}`: the salt in hexadecimal digits, a newline, the exact body. A body that was taken down
/// answers 410 with its public reason.
pub(crate) async fn body(State(app): State<App>, Path(hash): Path<String>) -> HttpResult {
    let hash = BodyHash::from_hex(&hash).ok_or(HttpError::NotFound)?;
    let mut tx = app.database.read().await?;
    match store::body(&mut tx, hash)
        .await?
        .ok_or(HttpError::NotFound)?
    {
        StoredBody::Shown { salt, text } => Ok(answer(
            TEXT,
            "no-cache",
            body_document(Salt::new(salt), text.as_bytes()),
        )),
        StoredBody::TakenDown { at, reason } => Ok((
            StatusCode::GONE,
            Json(serde_json::json!({ "taken_down_at": at, "reason": reason })),
        )
            .into_response()),
    }
}

/// `/record/entry/{position}/receipt` (c2sp.org/tlog-proof)
pub(crate) async fn receipt(State(app): State<App>, Path(position): Path<u64>) -> HttpResult {
    let entry = EntryIndex::new(position).ok_or(HttpError::NotFound)?;
    let mut tx = app.database.read().await?;
    store::entry(&mut tx, entry)
        .await?
        .ok_or(HttpError::NotFound)?;
    drop(tx);
    let receipt = record::receipt(&app, entry).await?;
    Ok(answer(TEXT, "no-cache", receipt.text.into_bytes()))
}

/// `/downloads/{file}`: a program that whoever runs the service offers, piece by piece.
pub(crate) async fn download(State(app): State<App>, Path(name): Path<String>) -> HttpResult {
    let asked = name.clone();
    let opened = spawn_blocking(move || app.downloads.open(&asked)).await;
    let (file, bytes) = opened
        .map_err(|error| HttpError::internal(&error))?
        .ok_or(HttpError::NotFound)?;
    let pieces = futures_util::stream::try_unfold(file, |file| async {
        spawn_blocking(move || next_piece(file))
            .await
            .map_err(io::Error::other)
            .flatten()
    });
    let headers = [
        (header::CONTENT_TYPE, BYTES.to_owned()),
        (header::CONTENT_LENGTH, bytes.to_string()),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// The next piece of a file, with what follows it; nothing at its end.
fn next_piece<F: io::Read>(mut file: F) -> io::Result<Option<(Vec<u8>, F)>> {
    let mut piece = vec![0; PIECE];
    let count = file.read(&mut piece)?;
    piece.truncate(count);
    Ok((count > 0).then_some((piece, file)))
}

fn answer(media_type: &'static str, keep: &'static str, bytes: Vec<u8>) -> Response {
    (
        [
            (header::CONTENT_TYPE, media_type),
            (header::CACHE_CONTROL, keep),
        ],
        bytes,
    )
        .into_response()
}
