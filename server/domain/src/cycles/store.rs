//! Jurisdictions and cycles in the database.

use super::cycle::{Cycle, Jurisdiction, JurisdictionKind, Stage};
use super::guard::Hold;
use super::settings::SettingsVersion;
use super::settings_store;
pub use super::settings_store::{insert_settings, settings, settings_versions};
use crate::infra::clock::Timestamp;
use crate::infra::database::{Backend, DatabaseError, Tx, exactly_one};
use crate::infra::ids::{AccountId, CycleId, JurisdictionId};
use crate::on_either;
use std::collections::HashMap;
use tracing::instrument;

/// A jurisdiction with the newest version of its settings.
const JURISDICTIONS: &str = "SELECT jurisdictions.id, jurisdictions.slug, jurisdictions.name, jurisdictions.kind, \
     jurisdictions.parent, jurisdiction_settings.version, jurisdiction_settings.document FROM jurisdictions \
     JOIN jurisdiction_settings ON jurisdiction_settings.jurisdiction = jurisdictions.id \
     AND jurisdiction_settings.version = (SELECT MAX(version) FROM jurisdiction_settings AS newest \
     WHERE newest.jurisdiction = jurisdictions.id)";

#[derive(sqlx::FromRow)]
struct JurisdictionRow {
    id: JurisdictionId,
    slug: String,
    name: String,
    kind: JurisdictionKind,
    parent: Option<JurisdictionId>,
    version: i32,
    document: String,
}

impl TryFrom<JurisdictionRow> for Jurisdiction {
    type Error = DatabaseError;

    fn try_from(row: JurisdictionRow) -> Result<Self, DatabaseError> {
        Ok(Self {
            id: row.id,
            slug: row.slug,
            name: row.name,
            kind: row.kind,
            parent: row.parent,
            settings: settings_store::read(&row.document)?,
            settings_version: row.version,
        })
    }
}

#[derive(sqlx::FromRow)]
struct CycleRow {
    id: CycleId,
    jurisdiction: JurisdictionId,
    year: i32,
    term: i32,
    session: i32,
    places: i32,
    stage: Stage,
}

impl From<CycleRow> for Cycle {
    fn from(row: CycleRow) -> Self {
        Self {
            id: row.id,
            jurisdiction: row.jurisdiction,
            year: row.year,
            term: row.term,
            session: row.session,
            places: row.places,
            stage: row.stage,
        }
    }
}

/// All jurisdictions by name.
#[instrument(level = "debug", skip_all)]
pub async fn jurisdictions(tx: &mut Tx) -> Result<Vec<Jurisdiction>, DatabaseError> {
    let sql = format!("{JURISDICTIONS} ORDER BY jurisdictions.name, jurisdictions.slug");
    let rows: Vec<JurisdictionRow> = on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .fetch_all(&mut *conn).await?);
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The jurisdiction of this slug.
#[instrument(level = "debug", skip_all)]
pub async fn jurisdiction_by_slug(
    tx: &mut Tx,
    slug: &str,
) -> Result<Option<Jurisdiction>, DatabaseError> {
    let sql = format!("{JURISDICTIONS} WHERE jurisdictions.slug = $1");
    let row: Option<JurisdictionRow> = on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(slug).fetch_optional(&mut *conn).await?);
    row.map(TryInto::try_into).transpose()
}

/// The jurisdictions in which an account holds a role, by name.
#[instrument(level = "debug", skip_all)]
pub async fn jurisdictions_of(
    tx: &mut Tx,
    account: AccountId,
) -> Result<Vec<Jurisdiction>, DatabaseError> {
    let sql = format!(
        "{JURISDICTIONS} WHERE jurisdictions.id IN (SELECT jurisdiction FROM account_roles WHERE account = $1) \
         ORDER BY jurisdictions.name, jurisdictions.slug"
    );
    let rows: Vec<JurisdictionRow> = on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(account).fetch_all(&mut *conn).await?);
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Adds a jurisdiction with the settings that it begins with.
#[instrument(level = "debug", skip_all)]
pub async fn insert_jurisdiction(
    tx: &mut Tx,
    new: &Jurisdiction,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    on_either!(tx, conn => sqlx::query(
        "INSERT INTO jurisdictions (id, slug, name, kind, parent, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
    ).bind(new.id).bind(&new.slug).bind(&new.name).bind(new.kind).bind(new.parent).bind(at)
     .execute(&mut *conn).await?.rows_affected());
    let first = SettingsVersion {
        number: new.settings_version,
        changed_at: at,
        settings: new.settings.clone(),
    };
    insert_settings(tx, new.id, &first).await
}

/// The cycles of a jurisdiction, newest first.
#[instrument(level = "debug", skip_all)]
pub async fn cycles(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
) -> Result<Vec<Cycle>, DatabaseError> {
    let rows: Vec<CycleRow> = on_either!(tx, conn => sqlx::query_as(
        "SELECT id, jurisdiction, year, term, session, places, stage FROM cycles \
         WHERE jurisdiction = $1 ORDER BY year DESC",
    ).bind(jurisdiction).fetch_all(&mut *conn).await?);
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The cycles that are not archived in the jurisdictions where an account holds a role, oldest first.
#[instrument(level = "debug", skip_all)]
pub async fn open_cycles_of(tx: &mut Tx, account: AccountId) -> Result<Vec<Cycle>, DatabaseError> {
    let rows: Vec<CycleRow> = on_either!(tx, conn => sqlx::query_as(
        "SELECT id, jurisdiction, year, term, session, places, stage FROM cycles WHERE stage <> 'closed' \
         AND jurisdiction IN (SELECT jurisdiction FROM account_roles WHERE account = $1) ORDER BY year",
    ).bind(account).fetch_all(&mut *conn).await?);
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Each jurisdiction's newest cycle.
#[instrument(level = "debug", skip_all)]
pub async fn newest_cycles(tx: &mut Tx) -> Result<HashMap<JurisdictionId, Cycle>, DatabaseError> {
    let rows: Vec<CycleRow> = on_either!(tx, conn => sqlx::query_as(
        "SELECT id, jurisdiction, year, term, session, places, stage FROM cycles WHERE (jurisdiction, year) IN \
         (SELECT jurisdiction, MAX(year) FROM cycles GROUP BY jurisdiction)",
    ).fetch_all(&mut *conn).await?);
    Ok(rows
        .into_iter()
        .map(Cycle::from)
        .map(|cycle| (cycle.jurisdiction, cycle))
        .collect())
}

/// The cycle of a jurisdiction's year.
#[instrument(level = "debug", skip_all)]
pub async fn cycle_of_year(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    year: i32,
) -> Result<Option<Cycle>, DatabaseError> {
    let row: Option<CycleRow> = on_either!(tx, conn => sqlx::query_as(
        "SELECT id, jurisdiction, year, term, session, places, stage FROM cycles \
         WHERE jurisdiction = $1 AND year = $2",
    ).bind(jurisdiction).bind(year).fetch_optional(&mut *conn).await?);
    Ok(row.map(Into::into))
}

/// Adds a cycle.
#[instrument(level = "debug", skip_all)]
pub async fn insert_cycle(tx: &mut Tx, new: &Cycle, at: Timestamp) -> Result<(), DatabaseError> {
    on_either!(tx, conn => sqlx::query(
        "INSERT INTO cycles (jurisdiction, id, year, term, session, places, stage, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    ).bind(new.jurisdiction).bind(new.id).bind(new.year).bind(new.term).bind(new.session)
     .bind(new.places).bind(new.stage).bind(at)
     .execute(&mut *conn).await?.rows_affected());
    insert_step(tx, new, new.stage, at).await
}

/// Moves a cycle from one stage to the next; fails if somebody else has moved it meanwhile.
#[instrument(level = "debug", skip_all)]
pub async fn set_stage(
    tx: &mut Tx,
    cycle: &Cycle,
    to: Stage,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "UPDATE cycles SET stage = $4 WHERE jurisdiction = $1 AND id = $2 AND stage = $3",
    ).bind(cycle.jurisdiction).bind(cycle.id).bind(cycle.stage).bind(to)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE cycles SET stage", touched)?;
    insert_step(tx, cycle, to, at).await
}

async fn insert_step(
    tx: &mut Tx,
    cycle: &Cycle,
    stage: Stage,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    on_either!(tx, conn => sqlx::query(
        "INSERT INTO cycle_steps (jurisdiction, cycle, step, stage, at) \
         SELECT $1, $2, COALESCE(MAX(step), 0) + 1, $3, $4 FROM cycle_steps WHERE jurisdiction = $1 AND cycle = $2",
    ).bind(cycle.jurisdiction).bind(cycle.id).bind(stage).bind(at)
     .execute(&mut *conn).await?.rows_affected());
    Ok(())
}

/// The stages that the cycle has reached, in order, with when.
#[instrument(level = "debug", skip_all)]
pub async fn steps(tx: &mut Tx, cycle: &Cycle) -> Result<Vec<(Stage, Timestamp)>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT stage, at FROM cycle_steps WHERE jurisdiction = $1 AND cycle = $2 ORDER BY step",
    ).bind(cycle.jurisdiction).bind(cycle.id).fetch_all(&mut *conn).await?))
}

/// The cycle's stage now, kept as it is until the transaction's end.
#[instrument(level = "debug", skip_all)]
pub async fn held_stage(tx: &mut Tx, cycle: &Cycle, hold: Hold) -> Result<Stage, DatabaseError> {
    let lock = match (tx.backend(), hold) {
        (Backend::Sqlite, _) => "",
        (Backend::Postgres, Hold::Shared) => " FOR SHARE",
        (Backend::Postgres, Hold::Alone) => " FOR UPDATE",
    };
    let sql = format!("SELECT stage FROM cycles WHERE jurisdiction = $1 AND id = $2{lock}");
    Ok(
        on_either!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(cycle.jurisdiction).bind(cycle.id).fetch_one(&mut *conn).await?),
    )
}

/// The districts of a jurisdiction in their order; none where it does not divide itself.
#[instrument(level = "debug", skip_all)]
pub async fn districts(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
) -> Result<Vec<String>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "SELECT name FROM districts WHERE jurisdiction = $1 ORDER BY position, name",
    ).bind(jurisdiction).fetch_all(&mut *conn).await?))
}

/// Replaces the districts of a jurisdiction; proposals keep the name they were made with.
#[instrument(level = "debug", skip_all)]
pub async fn set_districts(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    names: &[String],
) -> Result<(), DatabaseError> {
    on_either!(tx, conn => {
        sqlx::query("DELETE FROM districts WHERE jurisdiction = $1")
            .bind(jurisdiction).execute(&mut *conn).await?;
        for (position, name) in (0_i32..).zip(names) {
            sqlx::query("INSERT INTO districts (jurisdiction, name, position) VALUES ($1, $2, $3)")
                .bind(jurisdiction).bind(name).bind(position).execute(&mut *conn).await?;
        }
    });
    Ok(())
}
