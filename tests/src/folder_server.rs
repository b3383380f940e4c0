//! A few files of a folder over HTTP, for pages that need no server of ours.

use axum::{
    Router,
    extract::{Path, State},
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::get,
};
use std::{collections::HashMap, sync::Arc};
use tokio::{net::TcpListener, task::JoinHandle};

/// Name → (media type, bytes).
type Files = HashMap<String, (&'static str, Vec<u8>)>;

/// Serves until dropped.
#[derive(Debug)]
pub struct FolderServer {
    url: String,
    task: JoinHandle<()>,
}

impl FolderServer {
    /// Serves `files` (name, bytes) at the root of a free port.
    pub async fn start(files: impl IntoIterator<Item = (&str, Vec<u8>)>) -> Self {
        let files: Files = files
            .into_iter()
            .map(|(name, bytes)| (name.to_owned(), (media_type(name), bytes)))
            .collect();
        let router = Router::new()
            .route("/{name}", get(file))
            .with_state(Arc::new(files));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let task =
            tokio::spawn(async move { axum::serve(listener, router).await.expect("serves") });
        Self { url, task }
    }

    /// The address of a file.
    pub fn at(&self, name: &str) -> String {
        format!("{}/{name}", self.url)
    }
}

impl Drop for FolderServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn file(State(files): State<Arc<Files>>, Path(name): Path<String>) -> Response {
    match files.get(&name) {
        Some((media_type, bytes)) => ([(CONTENT_TYPE, *media_type)], bytes.clone()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    }
}
