//! The hostile server: the real service behind a proxy that can lie in any answer, and that notes what browsers ask.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::{Router, http};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use std::fmt;
use std::sync::{Arc, Mutex};
use tokio::{net::TcpListener, task::JoinHandle};

const LARGEST: usize = 64 << 20;

/// One request as it came from a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The method.
    pub method: Method,
    /// Path and query.
    pub path: String,
    /// Whether it carried a cookie.
    pub has_cookie: bool,
}

/// What is done to the body of an answer.
type Change = Box<dyn Fn(Vec<u8>) -> Vec<u8> + Send + Sync>;

struct Lie {
    path_ends: String,
    change: Change,
    told: usize,
}

struct Proxy {
    service: String,
    client: Client<HttpConnector, Body>,
    lies: Mutex<Vec<Lie>>,
    withheld: Mutex<Vec<String>>,
    asked: Mutex<Vec<Asked>>,
}

/// Serves until dropped; honest until told to lie.
pub struct HostileServer {
    url: String,
    proxy: Arc<Proxy>,
    task: JoinHandle<()>,
}

impl fmt::Debug for HostileServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostileServer")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

impl HostileServer {
    /// Stands before the service at this address (`http://127.0.0.1:PORT`).
    pub async fn before(service: &str) -> Self {
        let proxy = Arc::new(Proxy {
            service: service.to_owned(),
            // A kept connection may be closed by the service just as it is used again.
            client: Client::builder(TokioExecutor::new())
                .pool_max_idle_per_host(0)
                .build_http(),
            lies: Mutex::default(),
            withheld: Mutex::default(),
            asked: Mutex::default(),
        });
        let router = Router::new()
            .fallback(pass_on)
            .with_state(Arc::clone(&proxy));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let task =
            tokio::spawn(async move { axum::serve(listener, router).await.expect("serves") });
        Self { url, proxy, task }
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// From now on the body of every good answer whose path ends so is changed.
    pub fn lie(
        &self,
        path_ends: &str,
        change: impl Fn(Vec<u8>) -> Vec<u8> + Send + Sync + 'static,
    ) {
        let lie = Lie {
            path_ends: path_ends.to_owned(),
            change: Box::new(change),
            told: 0,
        };
        self.proxy.lies.lock().expect("no panic").push(lie);
    }

    /// From now on it tells the truth. Panics where no lie was told: then nothing was tried.
    pub fn be_honest(&self) {
        let lies = std::mem::take(&mut *self.proxy.lies.lock().expect("no panic"));
        let paths: Vec<&str> = lies.iter().map(|lie| lie.path_ends.as_str()).collect();
        let told: usize = lies.iter().map(|lie| lie.told).sum();
        assert!(told > 0, "nobody asked for {paths:?}");
    }

    /// From now on nothing comes from where a path ends in one of these, and from nowhere else.
    pub fn withhold(&self, path_ends: &[&str]) {
        let withheld = path_ends.iter().map(ToString::to_string).collect();
        *self.proxy.withheld.lock().expect("no panic") = withheld;
    }

    /// What was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.proxy.asked.lock().expect("no panic").clone()
    }
}

impl Drop for HostileServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass_on(State(proxy): State<Arc<Proxy>>, request: Request) -> Response {
    let path = request
        .uri()
        .path_and_query()
        .map_or_else(String::new, ToString::to_string);
    proxy.asked.lock().expect("no panic").push(Asked {
        method: request.method().clone(),
        path: path.clone(),
        has_cookie: request.headers().contains_key(header::COOKIE),
    });
    if proxy.withholds(&path) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let (mut head, body) = request.into_parts();
    head.uri = Uri::try_from(format!("{}{path}", proxy.service)).expect("an address");
    head.version = http::Version::HTTP_11;
    // A lie changes what can be read.
    head.headers.insert(
        header::ACCEPT_ENCODING,
        HeaderValue::from_static("identity"),
    );
    match proxy.client.request(Request::from_parts(head, body)).await {
        Ok(answer) => proxy.answer(&path, answer.map(Body::new)).await,
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}

impl Proxy {
    fn withholds(&self, path: &str) -> bool {
        let path = path.split('?').next().unwrap_or(path);
        let withheld = self.withheld.lock().expect("no panic");
        withheld.iter().any(|end| path.ends_with(end))
    }

    async fn answer(&self, path: &str, answer: Response) -> Response {
        let (mut head, body) = answer.into_parts();
        let Ok(body) = to_bytes(body, LARGEST).await else {
            return StatusCode::BAD_GATEWAY.into_response();
        };
        let body = if head.status.is_success() {
            self.told(path, body)
        } else {
            body
        };
        head.headers.remove(header::CONTENT_LENGTH);
        head.headers.remove(header::TRANSFER_ENCODING);
        Response::from_parts(head, Body::from(body))
    }

    fn told(&self, path: &str, truth: Bytes) -> Bytes {
        let path = path.split('?').next().unwrap_or(path);
        let mut lies = self.lies.lock().expect("no panic");
        let told = lies.iter_mut().filter(|lie| path.ends_with(&lie.path_ends));
        told.fold(truth, |bytes, lie| {
            lie.told += 1;
            (lie.change)(bytes.into()).into()
        })
    }
}
