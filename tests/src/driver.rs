//! Real browsers: one profile a person, nothing shared between them.

use crate::{
    browser::{Browser, Held},
    child::Kept,
};
use fantoccini::{ClientBuilder, wd::Capabilities};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use std::time::Duration;

/// One `ChromeDriver`; its browsers end with it.
#[derive(Debug)]
pub struct Driver {
    _process: Kept,
    port: u16,
}

/// The size of somebody's window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// A telephone: 390 × 844, touch.
    Phone,
    /// A laptop: 1280 × 900.
    Laptop,
    /// The hall's projector: 1920 × 1080.
    Hall,
}

impl Screen {
    /// Every size that a page must be right at.
    pub const ALL: [Self; 3] = [Self::Phone, Self::Laptop, Self::Hall];

    /// Width and height in CSS pixels.
    pub const fn size(self) -> (u32, u32) {
        match self {
            Self::Phone => (390, 844),
            Self::Laptop => (1280, 900),
            Self::Hall => (1920, 1080),
        }
    }
}

impl Driver {
    /// Starts a driver on a free port.
    ///
    /// `None`, after a loud line, only where Chromium or its driver is not installed.
    pub fn start() -> Option<Self> {
        if !crate::program::installed(&["chromium", "chromedriver"]) {
            return None;
        }
        // Asked to shut down, the driver ends its browsers; killed at once, it would leave them.
        let ending = r#"
            port=$(sed -n 's/.*successfully on port \([0-9]*\)\..*/\1/p' "$log")
            if exec 3<>"/dev/tcp/127.0.0.1/$port"; then
                printf 'GET /shutdown HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
                timeout 10 head -n 1 <&3 >/dev/null
                exec 3>&-
            fi
            kill $child 2>/dev/null"#;
        // Pages show times in the zone of the hall.
        let mut process = Kept::start(
            &["chromedriver", "--port=0"],
            ending,
            &[("TZ", "Asia/Shanghai")],
            None,
        );
        let said = process.line(
            "ChromeDriver was started successfully on port ",
            Duration::from_secs(30),
        );
        let port = said.trim_end_matches('.').parse().expect("a port");
        Some(Self {
            _process: process,
            port,
        })
    }

    /// Opens a browser with a fresh profile: another person, another device.
    pub async fn open(&self, screen: Screen) -> Browser {
        self.open_with(screen, &[]).await
    }

    /// The same without JavaScript, for what must work without it.
    pub async fn open_without_script(&self, screen: Screen) -> Browser {
        self.open_with(screen, &["--blink-settings=scriptEnabled=false"])
            .await
    }

    async fn open_with(&self, screen: Screen, more: &[&str]) -> Browser {
        let profile = tempfile::tempdir().expect("a temporary folder");
        let (width, height) = screen.size();
        let mut arguments = vec![
            format!("--user-data-dir={}", profile.path().display()),
            format!("--window-size={width},{height}"),
        ];
        let fixed = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            "--accept-lang=zh-CN",
        ];
        arguments.extend(fixed.iter().chain(more).map(ToString::to_string));
        let mut options = json!({ "args": arguments });
        if screen == Screen::Phone {
            // A window cannot be that narrow; a telephone's page can.
            options["mobileEmulation"] = json!({ "deviceMetrics": { "width": width, "height": height, "pixelRatio": 2.0, "touch": true } });
        }
        let mut wanted = Capabilities::new();
        wanted.insert("goog:chromeOptions".into(), options);
        wanted.insert("goog:loggingPrefs".into(), json!({ "browser": "WARNING" }));
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wanted)
            .connect(&format!("http://127.0.0.1:{}", self.port))
            .await
            .expect("a browser");
        Browser::of(client, screen, Held::Profile(profile))
    }
}
