//! What geckodriver does, as far as the journeys need it, for distributions that have Firefox and not its driver: the `WebDriver`
//! protocol on one side, Firefox's own Marionette protocol on the other. The commands are the same; only their dress differs.

use crate::child::Kept;
use axum::{
    Json, Router,
    extract::State,
    http::{Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    path::Path,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};

/// Pages in the language and the zone of the hall, nothing asked at the start, a free port.
const PREFERENCES: &str = r#"
user_pref("marionette.port", 0);
user_pref("intl.accept_languages", "zh-CN");
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
"#;

/// One Firefox with a fresh profile, and the `WebDriver` address under which it is reached.
#[derive(Debug)]
pub(crate) struct Gecko {
    _process: Kept,
    _profile: TempDir,
    task: JoinHandle<()>,
    url: String,
}

impl Gecko {
    /// Starts it; all its windows are private ones where that is wanted.
    pub(crate) async fn start(firefox: &str, is_private: bool) -> Self {
        let profile = tempfile::tempdir().expect("a temporary folder");
        let private = format!("user_pref(\"browser.privatebrowsing.autostart\", {is_private});\n");
        let preferences = format!("{PREFERENCES}{private}");
        fs::write(profile.path().join("user.js"), preferences).expect("written");
        let folder = profile.path().to_str().expect("a path in UTF-8");
        let command = [
            firefox,
            "--headless",
            "--no-remote",
            "--marionette",
            "--profile",
            folder,
        ];
        let ending = "kill $child 2>/dev/null";
        let process = Kept::start(&command, ending, &[("TZ", "Asia/Shanghai")], None);
        let marionette = Marionette::connect(profile.path(), &process);
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::new(Mutex::new(marionette)));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let task =
            tokio::spawn(async move { axum::serve(listener, router).await.expect("serves") });
        Self {
            _process: process,
            _profile: profile,
            task,
            url,
        }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Gecko {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One `WebDriver` request, as Marionette calls it.
async fn answer(
    State(marionette): State<Arc<Mutex<Marionette>>>,
    method: Method,
    uri: Uri,
    body: String,
) -> Response {
    let mut parameters: Value = serde_json::from_str(&body).unwrap_or_else(|_| json!({}));
    let path: Vec<&str> = uri.path().trim_matches('/').split('/').collect();
    let name = match (method.as_str(), &path[..]) {
        ("POST", ["session"]) => {
            parameters = json!({});
            "NewSession"
        }
        ("DELETE", ["session", _]) => "DeleteSession",
        ("POST", ["session", _, "url"]) => "Navigate",
        ("GET", ["session", _, "url"]) => "GetCurrentURL",
        ("GET", ["session", _, "screenshot"]) => "TakeScreenshot",
        ("POST", ["session", _, "execute", "sync"]) => "ExecuteScript",
        ("POST", ["session", _, "execute", "async"]) => "ExecuteAsyncScript",
        ("POST", ["session", _, "element"]) => "FindElement",
        ("POST", ["session", _, "elements"]) => "FindElements",
        ("POST", ["session", _, "element", id, act]) => {
            parameters["id"] = json!(id);
            match *act {
                "click" => "ElementClick",
                "value" => "ElementSendKeys",
                "clear" => "ElementClear",
                _ => return unknown(&uri),
            }
        }
        ("GET", ["session", _, "element", id, "property", name]) => {
            parameters = json!({ "id": id, "name": name });
            "GetElementProperty"
        }
        _ => return unknown(&uri),
    };
    let name = format!("WebDriver:{name}");
    let said = tokio::task::spawn_blocking(move || {
        marionette.lock().expect("whole").ask(&name, &parameters)
    });
    match said.await.expect("answered") {
        // A list, or a new session, is the answer itself; all else stands under `value`.
        Ok(answer) if answer.get("value").is_some() => Json(answer).into_response(),
        Ok(answer) => Json(json!({ "value": answer })).into_response(),
        Err(error) => {
            let status = match error["error"].as_str() {
                Some("no such element" | "stale element reference") => StatusCode::NOT_FOUND,
                Some("element click intercepted" | "element not interactable") => {
                    StatusCode::BAD_REQUEST
                }
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            };
            (status, Json(json!({ "value": error }))).into_response()
        }
    }
}

fn unknown(uri: &Uri) -> Response {
    let error = json!({ "error": "unknown command", "message": uri.path(), "stacktrace": "" });
    (StatusCode::NOT_FOUND, Json(json!({ "value": error }))).into_response()
}

/// The connection: each message is JSON behind its length and a colon.
#[derive(Debug)]
struct Marionette {
    stream: TcpStream,
    next: u64,
}

impl Marionette {
    /// Waits for the port that Firefox writes into its profile.
    fn connect(profile: &Path, process: &Kept) -> Self {
        let since = Instant::now();
        let stream = loop {
            let port = fs::read_to_string(profile.join("MarionetteActivePort"));
            let port = port.ok().and_then(|port| port.trim().parse::<u16>().ok());
            if let Some(stream) = port.and_then(|port| TcpStream::connect(("127.0.0.1", port)).ok())
            {
                break stream;
            }
            assert!(
                since.elapsed() < Duration::from_mins(1),
                "Firefox does not start:\n{}",
                process.errors()
            );
            std::thread::sleep(Duration::from_millis(50));
        };
        let mut marionette = Self { stream, next: 0 };
        // It introduces itself.
        marionette.read();
        marionette
    }

    /// The result of a command, or its error.
    fn ask(&mut self, name: &str, parameters: &Value) -> Result<Value, Value> {
        let id = self.next;
        self.next += 1;
        let message = json!([0, id, name, parameters]).to_string();
        write!(self.stream, "{}:{message}", message.len()).expect("sent");
        let mut answer = self.read();
        assert_eq!((&answer[0], &answer[1]), (&json!(1), &json!(id)), "{name}");
        match answer[2].take() {
            Value::Null => Ok(answer[3].take()),
            error => Err(error),
        }
    }

    fn read(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut byte = [0];
            self.stream.read_exact(&mut byte).expect("Firefox answers");
            match byte[0] {
                b':' => break,
                digit => length = length * 10 + usize::from(digit - b'0'),
            }
        }
        let mut message = vec![0; length];
        self.stream
            .read_exact(&mut message)
            .expect("the whole answer");
        serde_json::from_slice(&message).expect("JSON")
    }
}
