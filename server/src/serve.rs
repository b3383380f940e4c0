//! Serving connections, so that who holds many keeps nobody out: a request's head may take only so long, there are only so many
//! connections, and where there is no room for a newcomer, whoever has waited longest without asking anything makes it.

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use domain::infra::config::Config;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tower::ServiceExt as _;

/// Files that the process needs for other things than connections: the database, its log, keys, libraries.
const OTHER_FILES: usize = 128;
/// How long a request's head may take, and how long a connection may ask nothing.
const HEAD_TIME: Duration = Duration::from_secs(10);
/// How long what is under way may take once the service is asked to stop.
const STOP_TIME: Duration = Duration::from_secs(8);
/// The largest head of a request, in bytes.
const HEAD_BYTES: usize = 64 * 1024;

/// What connections are kept to.
#[derive(Debug, Clone)]
pub struct ServeLimits {
    /// How many connections there are at once.
    pub connections: usize,
    /// How many more there may be from the machine itself, whose operator looks whether it lives.
    pub from_loopback: usize,
    /// How long a request's head may take, and how long a connection may ask nothing.
    pub head: Duration,
    /// How long what is under way may take once the service is asked to stop.
    pub stop: Duration,
}

impl ServeLimits {
    /// What the configuration and the process's limit of open files allow.
    pub fn new(config: &Config) -> Self {
        let by_files = open_files().map_or(usize::MAX, |files| files.saturating_sub(OTHER_FILES));
        let from_loopback = 16;
        Self {
            connections: config
                .max_connections
                .min(by_files.saturating_sub(from_loopback))
                .max(1),
            from_loopback,
            head: HEAD_TIME,
            stop: STOP_TIME,
        }
    }

    /// For an address that a few programs of the operator ask.
    pub const fn of_few() -> Self {
        Self {
            connections: 16,
            from_loopback: 4,
            head: HEAD_TIME,
            stop: STOP_TIME,
        }
    }
}

/// How many files the process may have open, where the system says it.
fn open_files() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Serves until `stop` completes, then lets what is under way end, and cuts what has not ended in time.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: &ServeLimits,
    stop: impl Future<Output = ()>,
) {
    let crowd = Arc::new(Crowd::default());
    let (stopping, told) = watch::channel(false);
    let mut connections = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of files or of memory: it passes when others end.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let Some(place) = crowd.enter(peer, limits) else {
            tracing::warn!("no room for another connection");
            continue;
        };
        let told = told.clone();
        connections.spawn(connection(
            stream,
            peer,
            router.clone(),
            place,
            limits.head,
            told,
        ));
    }
    drop(listener);
    stopping.send_replace(true);
    let all_ended = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(limits.stop, all_ended).await.is_err() {
        tracing::info!(
            left = connections.len(),
            "connections that went on were cut"
        );
    }
    connections.shutdown().await;
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    place: Place,
    head: Duration,
    mut told: watch::Receiver<bool>,
) {
    drop(stream.set_nodelay(true));
    let seat = &place.seat;
    let service = service_fn(|request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        seat.enter(Phase::Answering);
        answer(router.clone(), request, Arc::clone(seat))
    });
    let mut served = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(head)
            .max_buf_size(HEAD_BYTES)
            .serve_connection(TokioIo::new(stream), service)
    );
    let mut is_told = false;
    loop {
        tokio::select! {
            // Who leaves in the middle of a request has no answer to miss.
            _ = served.as_mut() => break,
            () = seat.leave.notified() => break,
            _ = told.changed(), if !is_told => {
                is_told = true;
                served.as_mut().graceful_shutdown();
            }
        }
    }
}

async fn answer(
    router: Router,
    request: Request<Body>,
    seat: Arc<Seat>,
) -> Result<Response<Body>, Infallible> {
    let response = router.oneshot(request).await?;
    seat.enter(Phase::Sending);
    Ok(response.map(|body| Body::new(SentBody { body, seat })))
}

/// What a connection is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Nothing was asked, or not to its end.
    Waiting,
    /// The answer is being made.
    Answering,
    /// The answer is being sent; a stream of events is sent for ever.
    Sending,
}

/// One connection among all.
#[derive(Debug)]
struct Seat {
    phase: AtomicU8,
    leave: Notify,
}

impl Seat {
    fn enter(&self, phase: Phase) {
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    fn is_in(&self, phase: Phase) -> bool {
        self.phase.load(Ordering::Relaxed) == phase as u8
    }
}

/// All connections, the oldest first.
#[derive(Debug, Default)]
struct Crowd(Mutex<Seats>);

#[derive(Debug, Default)]
struct Seats {
    next: u64,
    taken: BTreeMap<u64, Arc<Seat>>,
}

impl Crowd {
    fn seats(&self) -> MutexGuard<'_, Seats> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place for a newcomer; `None` where every connection has an answer under way.
    fn enter(self: &Arc<Self>, peer: SocketAddr, limits: &ServeLimits) -> Option<Place> {
        let own = if peer.ip().to_canonical().is_loopback() {
            limits.from_loopback
        } else {
            0
        };
        let mut seats = self.seats();
        if seats.taken.len() >= limits.connections {
            // A page that is cut loads again; what listens for events asks again by itself. An answer in the making stays.
            let oldest = [Phase::Waiting, Phase::Sending]
                .into_iter()
                .find_map(|phase| {
                    let mut seats = seats.taken.iter();
                    seats.find_map(|(number, seat)| seat.is_in(phase).then_some(*number))
                });
            match oldest.and_then(|number| seats.taken.remove(&number)) {
                Some(seat) => seat.leave.notify_one(),
                None if seats.taken.len() < limits.connections.saturating_add(own) => {}
                None => return None,
            }
        }
        let number = seats.next;
        seats.next += 1;
        let seat = Arc::new(Seat {
            phase: AtomicU8::new(Phase::Waiting as u8),
            leave: Notify::new(),
        });
        seats.taken.insert(number, Arc::clone(&seat));
        Some(Place {
            crowd: Arc::clone(self),
            number,
            seat,
        })
    }
}

/// A connection's place, given back when it ends.
#[derive(Debug)]
struct Place {
    crowd: Arc<Crowd>,
    number: u64,
    seat: Arc<Seat>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.crowd.seats().taken.remove(&self.number);
    }
}

/// A body on its way; when it is out, the connection waits again.
struct SentBody {
    body: Body,
    seat: Arc<Seat>,
}

impl HttpBody for SentBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for SentBody {
    fn drop(&mut self) {
        self.seat.enter(Phase::Waiting);
    }
}

#[cfg(test)]
#[path = "serve_tests.rs"]
mod tests;
