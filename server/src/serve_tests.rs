//! Who holds many connections, sends slowly or never ends keeps nobody out.

use super::{ServeLimits, serve};
use axum::Router;
use axum::body::Body;
use axum::routing::get;
use futures_util::stream;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A service under way.
struct Served {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<()>,
}

async fn start(limits: ServeLimits) -> Served {
    let router = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route(
            "/slow",
            get(|| async {
                tokio::time::sleep(Duration::from_secs(1)).await;
                "at last\n"
            }),
        )
        .route(
            "/events",
            get(|| async {
                Body::from_stream(stream::pending::<Result<Vec<u8>, std::io::Error>>())
            }),
        );
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let ended = tokio::spawn(async move {
        serve(listener, router, &limits, async { drop(stopped.await) }).await;
    });
    Served {
        address,
        stop,
        ended,
    }
}

fn limits() -> ServeLimits {
    ServeLimits {
        connections: 100,
        from_loopback: 4,
        head: Duration::from_mins(1),
        stop: Duration::from_mins(1),
    }
}

impl Served {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    async fn asking(&self, path: &str) -> TcpStream {
        let mut stream = self.connect().await;
        let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        stream
    }

    /// Asks whether the service lives, and for how long that took.
    async fn answers(&self) -> Duration {
        let begun = Instant::now();
        let mut stream = self.asking("/healthz").await;
        let mut bytes = [0; 512];
        let within = Duration::from_secs(5);
        let read = tokio::time::timeout(within, stream.read(&mut bytes)).await;
        let answer = String::from_utf8_lossy(&bytes[..read.unwrap().unwrap()]).into_owned();
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer:?}");
        begun.elapsed()
    }
}

/// Whether the other side has closed the connection by `within`.
async fn is_closed(stream: &mut TcpStream, within: Duration) -> bool {
    let mut rest = Vec::new();
    tokio::time::timeout(within, stream.read_to_end(&mut rest))
        .await
        .is_ok()
}

#[tokio::test]
async fn slow_heads_on_more_connections_than_there_is_room_for_keep_nobody_out() {
    let served = start(limits()).await;
    let mut slow = Vec::new();
    for _ in 0..150 {
        slow.push(served.connect().await);
    }
    for byte in b"GET / HTTP/1.1\r\n" {
        for stream in &mut slow {
            // Those that made room are gone already.
            drop(stream.write_all(&[*byte]).await);
        }
        assert!(served.answers().await < Duration::from_secs(2));
    }
    let mut gone = 0;
    for stream in &mut slow {
        gone += i32::from(is_closed(stream, Duration::from_millis(1)).await);
    }
    assert!((50..150).contains(&gone), "only who made room: {gone}");
}

#[tokio::test]
async fn a_head_that_is_not_complete_in_time_and_an_idle_connection_are_closed() {
    let served = start(ServeLimits {
        head: Duration::from_millis(400),
        ..limits()
    })
    .await;
    let mut silent = served.connect().await;
    let mut idle = served.asking("/healthz").await;
    let mut slow = served.connect().await;
    let begun = Instant::now();
    while slow.write_all(b"x").await.is_ok() && begun.elapsed() < Duration::from_secs(20) {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(
        begun.elapsed() < Duration::from_secs(10),
        "a byte at a time"
    );
    for stream in [&mut silent, &mut idle] {
        assert!(is_closed(stream, Duration::from_secs(10)).await);
    }
}

#[tokio::test]
async fn whoever_is_being_answered_does_not_make_room_and_whoever_only_listens_does() {
    let served = start(ServeLimits {
        connections: 2,
        from_loopback: 0,
        ..limits()
    })
    .await;
    let mut slow = served.asking("/slow").await;
    let mut events = served.asking("/events").await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    served.answers().await;
    assert!(is_closed(&mut events, Duration::from_secs(5)).await);
    let mut bytes = [0; 512];
    let read = slow.read(&mut bytes).await.unwrap();
    assert!(bytes[..read].ends_with(b"at last\n"));
}

#[tokio::test]
async fn the_machine_itself_has_connections_of_its_own() {
    let served = start(ServeLimits {
        connections: 2,
        from_loopback: 2,
        ..limits()
    })
    .await;
    let _slow = [served.asking("/slow").await, served.asking("/slow").await];
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(served.answers().await < Duration::from_millis(700));
}

#[tokio::test]
async fn stopping_lets_an_answer_end_and_cuts_what_would_never() {
    let served = start(ServeLimits {
        stop: Duration::from_secs(3),
        ..limits()
    })
    .await;
    let mut slow = served.asking("/slow").await;
    let mut events = served.asking("/events").await;
    let mut half = served.connect().await;
    half.write_all(b"GET / HT").await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let begun = Instant::now();
    served.stop.send(()).unwrap();
    let mut bytes = Vec::new();
    slow.read_to_end(&mut bytes).await.unwrap();
    assert!(bytes.ends_with(b"at last\n"));
    served.ended.await.unwrap();
    assert!(
        begun.elapsed() < Duration::from_secs(6),
        "{:?}",
        begun.elapsed()
    );
    for stream in [&mut events, &mut half] {
        assert!(is_closed(stream, Duration::from_secs(1)).await);
    }
}

#[test]
fn the_room_is_within_what_the_process_may_open() {
    let config = domain::infra::config::Config::default();
    let limits = ServeLimits::new(&config);
    let files = super::open_files().unwrap();
    assert!(
        limits.connections + limits.from_loopback < files,
        "{limits:?}"
    );
    assert!(limits.connections > 0 && limits.connections <= config.max_connections);
}
