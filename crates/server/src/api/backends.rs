//! Backends with their numbers.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::error::{ApiError, ErrorAnswer};
use super::numbers::{NameValue, Spark};
use super::parameters::Range;

/// One line of the list.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct BackendRow {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// `HTTP`, `DB`, `CACHE`, `QUEUE`, `CUSTOM`, ….
    pub exit_type: String,
    /// Its identifying properties.
    pub properties: Vec<NameValue>,
    /// The tier it turned out to be.
    pub resolved_tier_id: Option<u64>,
    /// That tier's name.
    pub resolved_tier_name: Option<String>,
    /// Exit calls.
    pub calls: u64,
    /// Exit calls per minute.
    pub calls_per_minute: f64,
    /// Average duration; null without calls.
    pub average_ms: Option<f64>,
    /// Exit calls in error.
    pub errors: u64,
    /// The same over time.
    pub spark: Spark,
}

/// One backend.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct BackendDetails {
    /// What the list says of it.
    #[serde(flatten)]
    pub row: BackendRow,
    /// Who calls it, most calls first.
    pub callers: Vec<BackendCaller>,
    /// For which business transactions, most calls first.
    pub bts: Vec<BackendBt>,
}

/// A tier that calls a backend.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct BackendCaller {
    /// The tier.
    pub tier_id: u64,
    /// Its name.
    pub tier_name: String,
    /// Its calls.
    pub calls: u64,
    /// Their average duration.
    pub average_ms: Option<f64>,
    /// How many of them were in error.
    pub errors: u64,
}

/// A business transaction that calls a backend.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct BackendBt {
    /// The business transaction.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Its calls.
    pub calls: u64,
}

/// All backends with their numbers.
#[utoipa::path(
    get,
    path = "/api/applications/{app}/backends",
    operation_id = "backends_list",
    tag = "backends",
    params(("app" = u64, Path, description = "Its id."), Range),
    responses(
        (status = 200, body = Vec<BackendRow>),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
    )
)]
pub async fn list() -> Result<Json<Vec<BackendRow>>, ApiError> {
    Err(ApiError::not_logged_in())
}

/// One backend.
#[utoipa::path(
    get,
    path = "/api/applications/{app}/backends/{backend}",
    operation_id = "backends_one",
    tag = "backends",
    params(("app" = u64, Path, description = "Its id."), ("backend" = u64, Path, description = "Its id."), Range),
    responses(
        (status = 200, body = BackendDetails),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
    )
)]
pub async fn one() -> Result<Json<BackendDetails>, ApiError> {
    Err(ApiError::not_logged_in())
}
