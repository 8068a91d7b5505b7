//! The application list and one application.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::error::{ApiError, ErrorAnswer};
use super::numbers::{Spark, Verdicts};
use super::parameters::Range;

/// One line of the application list.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationRow {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// How many tiers it has.
    pub tiers: u64,
    /// How many nodes it has.
    pub nodes: u64,
    /// Business transactions begun in the asked time.
    pub calls: u64,
    /// Calls per minute of the asked time.
    pub calls_per_minute: f64,
    /// Average response time; null without calls.
    pub average_ms: Option<f64>,
    /// Business transactions in error.
    pub errors: u64,
    /// Their share of all calls, 0 to 100.
    pub error_percent: f64,
    /// How they went.
    pub verdicts: Verdicts,
    /// The same over time.
    pub spark: Spark,
}

/// One application.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationDetails {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// When it was first heard of.
    pub first_seen: u64,
    /// When it was last heard of.
    pub last_seen: u64,
    /// Its tiers by name.
    pub tiers: Vec<TierInfo>,
    /// What its people should know, in sentences: numbers that do not add up, drops, refused data.
    pub warnings: Vec<String>,
}

/// A tier.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct TierInfo {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// `python`, `nodejs`, `rust` or `other`.
    pub language: String,
    /// The name of its kind of agent in the REST API (`PYTHON_APP_AGENT`).
    pub agent_type: String,
    /// How many nodes it has.
    pub nodes: u64,
}

/// All applications with their numbers.
#[utoipa::path(
    get,
    path = "/api/applications",
    operation_id = "applications_list",
    tag = "applications",
    params(Range),
    responses(
        (status = 200, body = Vec<ApplicationRow>),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
    )
)]
pub async fn list() -> Result<Json<Vec<ApplicationRow>>, ApiError> {
    Err(ApiError::not_logged_in())
}

/// One application.
#[utoipa::path(
    get,
    path = "/api/applications/{app}",
    operation_id = "applications_one",
    tag = "applications",
    params(("app" = u64, Path, description = "Its id.")),
    responses(
        (status = 200, body = ApplicationDetails),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
    )
)]
pub async fn one() -> Result<Json<ApplicationDetails>, ApiError> {
    Err(ApiError::not_logged_in())
}
