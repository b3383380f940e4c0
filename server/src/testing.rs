//! What tests share: a fresh service on either database, people in any role, requests without a network.

#![expect(
    clippy::missing_panics_doc,
    reason = "made for tests, where a panic is the answer"
)]

use crate::app::{App, Parts};
use crate::cycles::{Cycle, Jurisdiction, JurisdictionKind, Stage, store as cycle_store};
use crate::infra::chance::Chance;
use crate::infra::clock::{Clock, Timestamp};
use crate::infra::config::Config;
use crate::infra::database::Database;
use crate::infra::ids::{AccountId, CycleId, JurisdictionId};
use crate::infra::metrics::Metrics;
use crate::infra::post::Senders;
use crate::infra::vault::Vault;
use crate::on_either;
use crate::people::Role;
use crate::record::RecordKey;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use ring::digest::{SHA256, digest};
use tower::ServiceExt as _;

/// 2025-08-01 09:00 in Beijing: inside a collecting period.
pub const NOW: Timestamp = Timestamp::from_millis(1_754_010_000_000);

/// A fresh service with one county (`qinghe`) and its cycle of 2026 in the given stage.
pub struct TestService {
    /// The service.
    pub app: App,
    /// The county.
    pub jurisdiction: Jurisdiction,
    /// The cycle.
    pub cycle: Cycle,
    router: Router,
    database_url: String,
    _dir: tempfile::TempDir,
    _postgres: Option<throwaway_postgres::Database>,
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
    /// Where a redirect leads.
    pub location: Option<String>,
    /// The body as text.
    pub body: String,
    /// The body's bytes.
    pub bytes: Vec<u8>,
}

impl Browser {
    /// Nobody in particular.
    fn stranger() -> Self {
        Self {
            account: AccountId::from(uuid::Uuid::nil()),
            cookie: "lang=zh-CN".to_owned(),
        }
    }

    fn in_english(mut self) -> Self {
        self.cookie = self.cookie.replace("lang=zh-CN", "lang=en");
        self
    }
}

impl TestService {
    /// A fresh service on SQLite.
    pub async fn start(stage: Stage) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", dir.path().join("test.sqlite").display());
        Self::on(&url, dir, None, stage).await
    }

    /// Two fresh services, on SQLite and on PostgreSQL (where there is one): every store test runs on both.
    pub async fn on_each_database(stage: Stage) -> Vec<Self> {
        let mut services = vec![Self::start(stage).await];
        if let Some(postgres) = throwaway_postgres::database() {
            let url = postgres.url().to_owned();
            let dir = tempfile::tempdir().unwrap();
            services.push(Self::on(&url, dir, Some(postgres), stage).await);
        }
        services
    }

    async fn on(
        url: &str,
        dir: tempfile::TempDir,
        postgres: Option<throwaway_postgres::Database>,
        stage: Stage,
    ) -> Self {
        let config = Config {
            data_dir: dir.path().to_owned(),
            ..Config::default()
        };
        let database = Database::open(url).await.unwrap();
        database.migrate().await.unwrap();
        let app = App::new(Parts {
            record_key: RecordKey::load_or_make(dir.path()).unwrap(),
            vault: Vault::load_or_make(dir.path(), &Chance::system()).unwrap(),
            senders: Senders::in_house(),
            config,
            database,
            clock: Clock::fixed(NOW),
            chance: Chance::system(),
            metrics: Metrics::default(),
            demo: false,
        });
        let jurisdiction = Self::add_jurisdiction(&app, "qinghe", JurisdictionKind::County).await;
        let cycle = Cycle {
            id: CycleId::new(NOW, &app.chance),
            jurisdiction: jurisdiction.id,
            year: 2026,
            term: 18,
            session: 5,
            places: 10,
            stage,
        };
        let mut tx = app.database.write().await.unwrap();
        cycle_store::insert_cycle(&mut tx, &cycle, NOW)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let router = crate::router::router(&app);
        Self {
            app,
            jurisdiction,
            cycle,
            router,
            database_url: url.to_owned(),
            _dir: dir,
            _postgres: postgres,
        }
    }

    /// Where its database is.
    pub fn database_url(&self) -> &str {
        &self.database_url
    }

    /// Adds another jurisdiction (promise 7: what one may not see of another).
    pub async fn add_jurisdiction(app: &App, slug: &str, kind: JurisdictionKind) -> Jurisdiction {
        let jurisdiction = Jurisdiction {
            id: JurisdictionId::new(NOW, &app.chance),
            slug: slug.to_owned(),
            name: format!("{slug}（虚构）"),
            kind,
            parent: None,
        };
        let mut tx = app.database.write().await.unwrap();
        cycle_store::insert_jurisdiction(&mut tx, &jurisdiction, NOW)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        jurisdiction
    }

    /// A new person with these roles in the county, signed in.
    pub async fn sign_in(&self, roles: &[Role]) -> Browser {
        self.sign_in_at(roles, self.jurisdiction.id).await
    }

    /// A new person with these roles elsewhere, signed in.
    pub async fn sign_in_at(&self, roles: &[Role], jurisdiction: JurisdictionId) -> Browser {
        let app = &self.app;
        let account = AccountId::new(NOW, &app.chance);
        let token = hex::encode(app.chance.bytes::<32>());
        let hash = digest(&SHA256, token.as_bytes());
        let mut tx = app.database.write().await.unwrap();
        on_either!(&mut tx, conn => {
            sqlx::query("INSERT INTO accounts (id, display_name, created_at) VALUES ($1, $2, $3)")
                .bind(account).bind("城东李师傅").bind(NOW).execute(&mut *conn).await.unwrap();
            for role in roles {
                sqlx::query("INSERT INTO account_roles (jurisdiction, account, role) VALUES ($1, $2, $3)")
                    .bind(jurisdiction).bind(account).bind(*role).execute(&mut *conn).await.unwrap();
            }
            sqlx::query("INSERT INTO sessions (token_hash, id, account, device, created_at, rotated_at, expires_at) \
                VALUES ($1, $2, $3, 'test', $4, $4, $5)")
                .bind(hash.as_ref()).bind(AccountId::new(NOW, &app.chance)).bind(account).bind(NOW).bind(NOW.plus_days(1))
                .execute(&mut *conn).await.unwrap();
        });
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
                    crate::web::failure::url_encode(name),
                    crate::web::failure::url_encode(value)
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
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Reply {
            status,
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
