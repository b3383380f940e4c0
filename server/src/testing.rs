//! What tests share: a fresh service on either database, people in any role, requests without a network.

#![expect(
    clippy::missing_panics_doc,
    reason = "made for tests, where a panic is the answer"
)]

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::Response;
use domain::cycles::{Jurisdiction, JurisdictionKind, Stage};
use domain::infra::app::App;
use domain::infra::ids::{AccountId, JurisdictionId};
use domain::people::Role;
use domain::people::session::token_hash;
use domain::people::store::{self as people, NewSession, SessionId, Standing};
pub use domain::testing::{NOW, TestApp};
use tower::ServiceExt as _;

/// A fresh service, with its pages.
pub struct TestService {
    inner: TestApp,
    router: Router,
}

impl std::ops::Deref for TestService {
    type Target = TestApp;

    fn deref(&self) -> &TestApp {
        &self.inner
    }
}

impl std::ops::DerefMut for TestService {
    fn deref_mut(&mut self) -> &mut TestApp {
        &mut self.inner
    }
}

/// A signed-in browser.
#[derive(Clone)]
pub struct Browser {
    /// Who.
    pub account: AccountId,
    cookie: String,
}

impl Browser {
    /// The `Cookie` header that this browser sends.
    pub fn cookie(&self) -> &str {
        &self.cookie
    }
}

/// What came back.
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Where a redirect leads.
    pub location: Option<String>,
    /// The body as text.
    pub body: String,
    /// The body's bytes.
    pub bytes: Vec<u8>,
}

impl Browser {
    /// The same with one cookie more, e.g. `home=liuwan`.
    #[must_use]
    pub fn with_cookie(mut self, cookie: &str) -> Self {
        self.cookie.push_str("; ");
        self.cookie.push_str(cookie);
        self
    }

    /// Nobody in particular.
    pub fn stranger() -> Self {
        Self {
            account: AccountId::from(uuid::Uuid::nil()),
            cookie: "lang=zh-CN".to_owned(),
        }
    }

    /// The same, with another cookie, as `name=value`.
    #[must_use]
    pub fn keeping(mut self, cookie: &str) -> Self {
        self.cookie = format!("{}; {cookie}", self.cookie);
        self
    }

    /// The same, with English chosen.
    #[must_use]
    pub fn in_english(mut self) -> Self {
        self.cookie = self.cookie.replace("lang=zh-CN", "lang=en");
        self
    }
}

impl TestService {
    /// A fresh service on SQLite.
    pub async fn start(stage: Stage) -> Self {
        Self::of(TestApp::start(stage).await)
    }

    /// A fresh service on SQLite that requires a second factor.
    pub async fn requiring_factors(stage: Stage) -> Self {
        Self::of(TestApp::requiring_factors(stage).await)
    }

    /// A fresh service on SQLite that cannot send anything, as one is delivered.
    pub async fn without_senders(stage: Stage) -> Self {
        Self::of(TestApp::without_senders(stage).await)
    }

    /// Two fresh services, on SQLite and on PostgreSQL (where there is one): every store test runs on both.
    pub async fn on_each_database(stage: Stage) -> Vec<Self> {
        let services = TestApp::on_each_database(stage).await;
        services.into_iter().map(Self::of).collect()
    }

    fn of(inner: TestApp) -> Self {
        Self {
            router: crate::router::router(&inner.app),
            inner,
        }
    }

    /// Adds another jurisdiction (promise 7: what one may not see of another).
    pub async fn add_jurisdiction(app: &App, slug: &str, kind: JurisdictionKind) -> Jurisdiction {
        domain::testing::add_jurisdiction(app, slug, kind).await
    }

    /// A new person with these roles in the county, signed in.
    pub async fn sign_in(&self, roles: &[Role]) -> Browser {
        self.sign_in_at(roles, self.jurisdiction.id).await
    }

    /// A new person with these roles elsewhere, signed in.
    pub async fn sign_in_at(&self, roles: &[Role], jurisdiction: JurisdictionId) -> Browser {
        let account = self.account(roles, jurisdiction).await;
        let token = hex::encode(self.app.entropy.bytes::<32>());
        let session = NewSession {
            id: SessionId::new(NOW, &self.app.entropy),
            account,
            token_hash: &token_hash(&token),
            device: "test",
            standing: Standing::Full,
            by_factor: false,
            expires_at: NOW.plus_days(1),
        };
        let mut tx = self.app.database.write().await.unwrap();
        people::insert_session(&mut tx, &session, NOW)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        Browser {
            account,
            cookie: format!("session={token}; lang=zh-CN"),
        }
    }

    /// Opens a page.
    pub async fn get(&self, path: &str, browser: Option<&Browser>) -> Reply {
        let reply = self.send(Request::get(path), browser, Body::empty()).await;
        if reply.body.starts_with("<!DOCTYPE html>") {
            // The language of the answer is the cookie's; every page must be in order in English as well.
            let english = browser
                .cloned()
                .unwrap_or_else(Browser::stranger)
                .in_english();
            let other = self
                .send(Request::get(path), Some(&english), Body::empty())
                .await;
            for body in [&reply.body, &other.body] {
                let faults = crate::web::lint::faults(body);
                assert!(faults.is_empty(), "{path}: {faults:#?}");
            }
        }
        reply
    }

    /// Sends a form.
    pub async fn post(
        &self,
        path: &str,
        browser: Option<&Browser>,
        form: &[(&str, &str)],
    ) -> Reply {
        let body = form
            .iter()
            .map(|(name, value)| {
                format!(
                    "{}={}",
                    crate::web::http_error::url_encode(name),
                    crate::web::http_error::url_encode(value)
                )
            })
            .collect::<Vec<_>>()
            .join("&");
        let request =
            Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, browser, Body::from(body)).await
    }

    /// Sends JSON to the API.
    pub async fn post_json(
        &self,
        path: &str,
        browser: Option<&Browser>,
        body: &serde_json::Value,
    ) -> Reply {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
        self.send(request, browser, Body::from(body.to_string()))
            .await
    }

    /// Sends a request exactly as it is.
    pub async fn raw(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// Sends anything.
    pub async fn send(
        &self,
        request: axum::http::request::Builder,
        browser: Option<&Browser>,
        body: Body,
    ) -> Reply {
        let request = match browser {
            Some(browser) => request.header(header::COOKIE, &browser.cookie),
            None => request.header(header::COOKIE, "lang=zh-CN"),
        };
        let request = request
            .header("sec-fetch-site", "same-origin")
            .body(body)
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let location = response
            .headers()
            .get(header::LOCATION)
            .map(|value| value.to_str().unwrap().to_owned());
        let headers = response.headers().clone();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Reply {
            status,
            headers,
            location,
            body: String::from_utf8_lossy(&bytes).into_owned(),
            bytes: bytes.to_vec(),
        }
    }
}

#[tokio::test]
async fn pages_answer_on_each_database() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        for path in ["/", "/j/qinghe", "/j/qinghe/2026", "/healthz", "/readyz"] {
            let reply = service.get(path, None).await;
            assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.body);
        }
        let reply = service.get("/j/nowhere", None).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND);
        assert!(reply.body.contains("没有这个页面"), "{}", reply.body);
    }
}
