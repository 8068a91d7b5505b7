//! Business transactions with their numbers.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::error::{ApiError, ErrorAnswer};
use super::numbers::{Spark, Verdicts};
use super::parameters::Range;

/// One line of the list.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct BusinessTransactionRow {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Its originating tier.
    pub tier_id: u64,
    /// Its originating tier's name.
    pub tier_name: String,
    /// How it enters the tier, as in the REST API (`PYTHON_WEB`).
    pub entry_type: String,
    /// How it enters the tier, for people (`Python Web`).
    pub entry_title: String,
    /// Whether it is its tier's All Other Traffic.
    pub other_traffic: bool,
    /// Executions that started in it.
    pub calls: u64,
    /// Executions per minute of the asked time.
    pub calls_per_minute: f64,
    /// Average; null without calls.
    pub average_ms: Option<f64>,
    /// Shortest; null without calls.
    pub min_ms: Option<f64>,
    /// Longest; null without calls.
    pub max_ms: Option<f64>,
    /// 95 of 100 were faster; null without calls.
    pub p95: Option<f64>,
    /// In error.
    pub errors: u64,
    /// Their share of all calls, 0 to 100.
    pub error_percent: f64,
    /// How they went.
    pub verdicts: Verdicts,
    /// When it was last heard of.
    pub last_seen: u64,
    /// The same over time.
    pub spark: Spark,
}

/// One business transaction.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct BusinessTransactionDetails {
    /// What the list says of it.
    #[serde(flatten)]
    pub row: BusinessTransactionRow,
    /// The tiers that take part in it, the originating one first.
    pub tiers: Vec<BusinessTransactionTier>,
}

/// What one tier does for a business transaction.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct BusinessTransactionTier {
    /// The tier.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Whether the business transaction starts here.
    pub originating: bool,
    /// Segments.
    pub calls: u64,
    /// Average; null without calls.
    pub average_ms: Option<f64>,
    /// Segments in error.
    pub errors: u64,
}

/// All business transactions with their numbers.
#[utoipa::path(
    get,
    path = "/api/applications/{app}/business-transactions",
    operation_id = "business_transactions_list",
    tag = "business_transactions",
    params(("app" = u64, Path, description = "Its id."), Range),
    responses(
        (status = 200, body = Vec<BusinessTransactionRow>),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
    )
)]
pub async fn list() -> Result<Json<Vec<BusinessTransactionRow>>, ApiError> {
    Err(ApiError::not_logged_in())
}

/// One business transaction.
#[utoipa::path(
    get,
    path = "/api/applications/{app}/business-transactions/{bt}",
    operation_id = "business_transactions_one",
    tag = "business_transactions",
    params(("app" = u64, Path, description = "Its id."), ("bt" = u64, Path, description = "Its id."), Range),
    responses(
        (status = 200, body = BusinessTransactionDetails),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
    )
)]
pub async fn one() -> Result<Json<BusinessTransactionDetails>, ApiError> {
    Err(ApiError::not_logged_in())
}
