//! A jurisdiction's settings for programs.

use crate::web::cycle_path::find_jurisdiction;
use crate::web::http_error::HttpResult;
use crate::web::openapi::{OfJurisdiction, ReadProblems};
use axum::Json;
use axum::extract::{Path, State};
use domain::cycles::settings::Settings;
use domain::infra::app::App;
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

/// This room's part of the API's document.
#[derive(Debug, OpenApi)]
#[openapi(paths(settings))]
pub(super) struct Operations;

/// A jurisdiction's settings as they are now.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SettingsAnswer {
    /// 1 for those that the jurisdiction began with.
    version: i32,
    /// `Settings` of the record's schema: lights, periods, categories, reasons for declining, deciding body.
    #[schema(value_type = Object)]
    settings: Settings,
}

/// What the jurisdiction settles for itself.
#[utoipa::path(
    get, path = "/api/v1/j/{jurisdiction}/settings", tag = "settings", operation_id = "getSettings",
    params(OfJurisdiction), responses((status = 200, description = "The settings.", body = SettingsAnswer), ReadProblems)
)]
pub(super) async fn settings(
    State(app): State<App>,
    Path(slug): Path<String>,
) -> HttpResult<Json<SettingsAnswer>> {
    let jurisdiction = find_jurisdiction(&app, &slug).await?;
    Ok(Json(SettingsAnswer {
        version: jurisdiction.settings_version,
        settings: jurisdiction.settings,
    }))
}
