//! The other engines: Firefox and `WebKit`'s GTK port, with the same methods as Chromium's browser but for those that ask its own
//! protocol.

use crate::{
    browser::{Browser, Held},
    child::Kept,
    driver::Screen,
    gecko::Gecko,
    program,
};
use fantoccini::{Client, ClientBuilder, wd::Capabilities};
use hyper_util::client::legacy::connect::HttpConnector;
use std::{
    net::{TcpListener, TcpStream},
    time::{Duration, Instant},
};

/// An engine besides Chromium.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// The distribution's Firefox, by the protocol that it speaks itself.
    Firefox,
    /// The same in private windows, which forget everything when they are closed.
    PrivateFirefox,
    /// `MiniBrowser`, which is nearest to Safari.
    WebKit,
}

impl Engine {
    /// Opens a browser with a fresh profile.
    ///
    /// `None`, after a loud line, only where it is not installed.
    pub async fn open(self) -> Option<Browser> {
        match self {
            Self::Firefox | Self::PrivateFirefox => {
                let firefox = if program::find("firefox").is_some() {
                    "firefox"
                } else {
                    "firefox-esr"
                };
                if !program::installed(&[firefox]) {
                    return None;
                }
                let gecko = Gecko::start(firefox, self == Self::PrivateFirefox).await;
                let client = session(gecko.url()).await;
                Some(Browser::of(client, Screen::Laptop, Held::Gecko(gecko)))
            }
            Self::WebKit => {
                if !program::installed(&["WebKitWebDriver", "xvfb-run"]) {
                    return None;
                }
                let (process, url) = webkit();
                let client = session(&url).await;
                Some(Browser::of(client, Screen::Laptop, Held::Process(process)))
            }
        }
    }
}

/// Its driver on a free port, on a screen of its own.
fn webkit() -> (Kept, String) {
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = free.local_addr().expect("bound").port();
    drop(free);
    let option = format!("--port={port}");
    let command = ["xvfb-run", "--auto-servernum", "WebKitWebDriver", &option];
    let environment = [("TZ", "Asia/Shanghai"), ("LANGUAGE", "zh_CN")];
    let process = Kept::start(&command, "kill $child 2>/dev/null", &environment, None);
    let since = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(
            since.elapsed() < Duration::from_mins(1),
            "WebKitWebDriver does not start:\n{}",
            process.errors()
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    (process, format!("http://127.0.0.1:{port}"))
}

async fn session(url: &str) -> Client {
    ClientBuilder::new(HttpConnector::new())
        .capabilities(Capabilities::new())
        .connect(url)
        .await
        .expect("a browser")
}
