//! What tests share: a fresh service on either database, and people in any role.

#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "made for tests, where a panic is the answer"
)]

use crate::cycles::{Cycle, Jurisdiction, JurisdictionKind, Stage, store as cycle_store};
use crate::infra::app::{App, Parts};
use crate::infra::clock::{Clock, Timestamp};
use crate::infra::config::{Config, SecondFactor};
use crate::infra::database::Database;
use crate::infra::downloads::Downloads;
use crate::infra::elections::Elections;
use crate::infra::entropy::Entropy;
use crate::infra::ids::{AccountId, CycleId, JurisdictionId};
use crate::infra::mail::Senders;
use crate::infra::metrics::Metrics;
use crate::infra::printer::Printer;
use crate::infra::record_key::RecordKey;
use crate::infra::vault::Vault;
use crate::people::Role;
use crate::people::store as people;
use image::{DynamicImage, ImageFormat};
use std::io::Cursor;

/// 2025-08-01 09:00 in Beijing: inside a collecting period.
pub const NOW: Timestamp = Timestamp::from_millis(1_754_010_000_000);

/// A fresh service with one county (`qinghe`) and its cycle of 2026 in the given stage.
pub struct TestApp {
    /// The service.
    pub app: App,
    /// The county.
    pub jurisdiction: Jurisdiction,
    /// The cycle.
    pub cycle: Cycle,
    database_url: String,
    _dir: tempfile::TempDir,
    _postgres: Option<throwaway_postgres::Database>,
}

impl TestApp {
    /// A fresh service on SQLite that requires a second factor.
    pub async fn requiring_factors(stage: Stage) -> Self {
        Self::on_sqlite(stage, SecondFactor::Required, Senders::to_console()).await
    }

    /// A fresh service on SQLite that cannot send anything, as one is delivered.
    pub async fn without_senders(stage: Stage) -> Self {
        let none = Senders::from_config(&Config::default()).unwrap();
        Self::on_sqlite(stage, SecondFactor::Offered, none).await
    }

    /// A fresh service on SQLite.
    pub async fn start(stage: Stage) -> Self {
        Self::on_sqlite(stage, SecondFactor::Offered, Senders::to_console()).await
    }

    async fn on_sqlite(stage: Stage, factor: SecondFactor, senders: Senders) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", dir.path().join("test.sqlite").display());
        Self::on(&url, dir, None, (stage, factor, senders)).await
    }

    /// Two fresh services, on SQLite and on PostgreSQL (where there is one): every store test runs on both.
    pub async fn on_each_database(stage: Stage) -> Vec<Self> {
        let mut services = vec![Self::start(stage).await];
        if let Some(postgres) = throwaway_postgres::database() {
            let url = postgres.url().to_owned();
            let dir = tempfile::tempdir().unwrap();
            let asked = (stage, SecondFactor::Offered, Senders::to_console());
            services.push(Self::on(&url, dir, Some(postgres), asked).await);
        }
        services
    }

    async fn on(
        url: &str,
        dir: tempfile::TempDir,
        postgres: Option<throwaway_postgres::Database>,
        (stage, second_factor, senders): (Stage, SecondFactor, Senders),
    ) -> Self {
        let config = Config {
            data_dir: dir.path().to_owned(),
            downloads: Some(dir.path().join("downloads")),
            second_factor,
            ..Config::default()
        };
        let database = Database::open(url).await.unwrap();
        database.migrate().await.unwrap();
        std::fs::create_dir(dir.path().join("downloads")).unwrap();
        let app = App::new(Parts {
            downloads: Downloads::new(config.downloads.clone()),
            printer: Printer::default(),
            record_key: RecordKey::load_or_make(dir.path()).unwrap(),
            vault: Vault::load_or_make(dir.path(), &Entropy::system()).unwrap(),
            senders,
            config,
            database,
            clock: Clock::fixed(NOW),
            entropy: Entropy::system(),
            elections: Elections::default(),
            metrics: Metrics::default(),
            demo: false,
        });
        let jurisdiction = add_jurisdiction(&app, "qinghe", JurisdictionKind::County).await;
        let cycle = Cycle {
            id: CycleId::new(NOW, &app.entropy),
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
        Self {
            app,
            jurisdiction,
            cycle,
            database_url: url.to_owned(),
            _dir: dir,
            _postgres: postgres,
        }
    }

    /// Where its database is.
    pub fn database_url(&self) -> &str {
        &self.database_url
    }

    /// A new account with these roles in the jurisdiction.
    pub async fn account(&self, roles: &[Role], jurisdiction: JurisdictionId) -> AccountId {
        let account = AccountId::new(NOW, &self.app.entropy);
        let mut tx = self.app.database.write().await.unwrap();
        people::insert_account(&mut tx, account, "城东李师傅", None, NOW)
            .await
            .unwrap();
        for role in roles {
            people::grant_role(&mut tx, jurisdiction, account, *role)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        account
    }
}

/// Adds another jurisdiction (promise 7: what one may not see of another).
pub async fn add_jurisdiction(app: &App, slug: &str, kind: JurisdictionKind) -> Jurisdiction {
    let id = JurisdictionId::new(NOW, &app.entropy);
    let jurisdiction = Jurisdiction::new(id, slug, &format!("{slug}（虚构）"), kind);
    let mut tx = app.database.write().await.unwrap();
    cycle_store::insert_jurisdiction(&mut tx, &jurisdiction, NOW)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    jurisdiction
}

/// The edges of the Mermaid diagram in a source file's documentation: from, to, step.
pub fn drawn_edges(source: &str) -> Vec<(&str, &str, &str)> {
    source
        .lines()
        .filter_map(|line| {
            let edge = line.trim_start().strip_prefix("///")?.trim();
            let (from, rest) = edge.split_once(" --> ")?;
            let (to, step) = rest.split_once(": ")?;
            Some((from, to, step))
        })
        .collect()
}

/// A small valid picture.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::new_rgb8(width, height)
        .write_to(&mut bytes, ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}
