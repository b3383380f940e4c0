//! Style, script, WebAssembly and pictures, all our own, inside the program. Their address carries a digest of
//! them all, so that browsers may keep them for ever and modules can name each other relatively.

use super::http_error::{HttpError, HttpResult};
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Redirect};
use ring::digest::{Context, SHA256};
use rust_embed::RustEmbed;
use std::sync::LazyLock;

#[derive(RustEmbed)]
#[folder = "assets"]
struct Files;

static DIGEST: LazyLock<String> = LazyLock::new(|| {
    let mut context = Context::new(&SHA256);
    let mut names: Vec<_> = Files::iter().collect();
    names.sort();
    for name in names {
        if let Some(file) = Files::get(&name) {
            context.update(name.as_bytes());
            context.update(&file.metadata.sha256_hash());
        }
    }
    hex::encode(context.finish()).chars().take(16).collect()
});

/// The address of an asset: `url("css/main.css")`.
pub fn url(path: &str) -> String {
    format!("/assets/{}/{path}", *DIGEST)
}

/// Every asset with its SHA-256, so that observers can compare what they were served.
pub fn hashes() -> Vec<(String, String)> {
    let mut hashes: Vec<_> = Files::iter()
        .filter_map(|name| {
            let hash = hex::encode(Files::get(&name)?.metadata.sha256_hash());
            Some((name.into_owned(), hash))
        })
        .collect();
    hashes.sort();
    hashes
}

/// Whether the program was built with this asset (the WebAssembly is made by `./dev`).
pub fn has(path: &str) -> bool {
    Files::get(path).is_some()
}

/// Serves an asset; an old digest gets the present file but is not kept.
pub async fn serve(Path((digest, path)): Path<(String, String)>) -> HttpResult {
    let file = Files::get(&path).ok_or(HttpError::NotFound)?;
    let keep = if digest == *DIGEST {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let headers = [
        (header::CONTENT_TYPE, media_type(&path)),
        (header::CACHE_CONTROL, keep),
    ];
    Ok((headers, file.data).into_response())
}

/// Browsers ask for this address by themselves where a page names no icon.
pub async fn icon() -> Redirect {
    Redirect::permanent(&url("img/icon.svg"))
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("webmanifest") => "application/manifest+json",
        _ => "application/octet-stream",
    }
}
