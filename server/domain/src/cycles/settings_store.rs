//! The settings of jurisdictions in the database: every version is kept.

use super::settings::{Settings, SettingsVersion};
use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx};
use crate::infra::ids::JurisdictionId;
use crate::on_either;

#[derive(sqlx::FromRow)]
struct VersionRow {
    version: i32,
    changed_at: Timestamp,
    document: String,
}

impl TryFrom<VersionRow> for SettingsVersion {
    type Error = DatabaseError;

    fn try_from(row: VersionRow) -> Result<Self, DatabaseError> {
        Ok(Self {
            number: row.version,
            changed_at: row.changed_at,
            settings: read(&row.document)?,
        })
    }
}

/// The document as it is stored.
pub(super) fn read(document: &str) -> Result<Settings, DatabaseError> {
    serde_json::from_str(document).map_err(|error| DatabaseError::Column {
        table: "jurisdiction_settings",
        column: "document",
        reason: error.to_string(),
    })
}

/// All versions of a jurisdiction's settings, the first one first; never none.
pub async fn settings_versions(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
) -> Result<Vec<SettingsVersion>, DatabaseError> {
    let rows: Vec<VersionRow> = on_either!(tx, conn => sqlx::query_as(
        "SELECT version, changed_at, document FROM jurisdiction_settings WHERE jurisdiction = $1 ORDER BY version",
    ).bind(jurisdiction).fetch_all(&mut *conn).await?);
    rows.into_iter().map(TryInto::try_into).collect()
}

/// A jurisdiction's settings as they are now.
pub async fn settings(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
) -> Result<SettingsVersion, DatabaseError> {
    let row: VersionRow = on_either!(tx, conn => sqlx::query_as(
        "SELECT version, changed_at, document FROM jurisdiction_settings WHERE jurisdiction = $1 \
         ORDER BY version DESC LIMIT 1",
    ).bind(jurisdiction).fetch_one(&mut *conn).await?);
    row.try_into()
}

/// Adds a version; one of this number that is there already is refused by `jurisdiction_settings_version`.
pub async fn insert_settings(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    version: &SettingsVersion,
) -> Result<(), DatabaseError> {
    let document =
        serde_json::to_string(&version.settings).map_err(|error| DatabaseError::Column {
            table: "jurisdiction_settings",
            column: "document",
            reason: error.to_string(),
        })?;
    on_either!(tx, conn => sqlx::query(
        "INSERT INTO jurisdiction_settings (jurisdiction, version, document, changed_at) VALUES ($1, $2, $3, $4)",
    ).bind(jurisdiction).bind(version.number).bind(document).bind(version.changed_at)
     .execute(&mut *conn).await?.rows_affected());
    Ok(())
}
